using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Terminal;
using QTrain.Devices;
using QTrain.Operations.Storage;

namespace QTrain.Cli.Devices;

internal static class DeviceImportCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var files = new Argument<string[]>("files")
        {
            Description = "Calibrations as providers give them: IBM properties (with the configuration), Braket device capabilities, IonQ characterizations, IQM quality metrics (with the architecture), Google calibration metrics, AQT resources; or in this program's own schema. The form is recognised by what a file holds. - reads standard input.",
            HelpName = "FILE",
            Arity = new ArgumentArity(1, 1000),
        };
        var name = new Option<string?>("--as") { Description = "The device's name; as the file says, when left out.", HelpName = "NAME" };
        var taken = new Option<string?>("--taken") { Description = "When the snapshot was taken, where the file does not say.", HelpName = "TIME" };
        var folder = SharedOptions.Store();
        return new Command("import", "Reads calibrations and keeps them, with their history.") { files, name, taken, folder }
            .Does(terminal,
            [
                ("qtrain devices import props_nairobi.json conf_nairobi.json", "both parts of one calibration"),
                ("qtrain devices import garnet.json --as garnet", "a name of your own"),
                ("qtrain devices import rainbow.json --taken 2021-11-16", "a file that does not say when"),
            ],
            async (parse, result, cancellation) =>
            {
                DateTimeOffset? at = parse.GetValue(taken) is not { } text ? null
                    : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment
                    : throw new UsageException($"--taken {text}: write a date or time such as 2021-11-16 or 2021-11-16T08:00:00Z.");
                if (parse.GetValue(name) is { } asked && (asked.Trim().Length == 0 || asked.Contains('@') || asked.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
                    throw new UsageException($"--as {asked}: a name must not be empty, hold an @ or end in .json, because those mean something else where devices are named.");
                var calibrations = CalibrationFiles.Read(parse.GetValue(files)!.Select(f => (EvaluationInputs.Text(f), f)).ToList(), parse.GetValue(name))
                    .Select(c => at is { } given && c.TakenAt is null ? c.With(takenAt: given) : c).ToList();
                if (at is not null && calibrations.All(c => c.TakenAt != at)) throw new UsageException($"--taken: {(calibrations.Count == 1 ? "the file says" : "the files say")} already when: {DeviceCatalog.Text(calibrations[0].TakenAt)}. Leave it out.");
                using var store = Store.Open(parse.GetValue(folder)!);
                var added = new List<(Calibration Calibration, bool IsNew)>();
                foreach (var calibration in calibrations) added.Add((calibration, await store.Calibrations.AddAsync(calibration, cancellation)));
                result.Write(
                    () => new JsonObject { ["imported"] = new JsonArray([.. added.Select(a => Document(a.Calibration, a.IsNew))]) },
                    writer =>
                    {
                        foreach (var (calibration, isNew) in added)
                        {
                            writer.WriteLine($"{terminal.Bold(calibration.Device)}  {calibration.Source}, {Show.Count(calibration.Qubits.Length, "qubit")}, {DeviceCatalog.Text(calibration.TakenAt)}  {terminal.Dim(calibration.ContentId[..16] + "…")}  {(isNew ? terminal.Green("kept") : "was there already")}");
                            foreach (var note in calibration.Notes) writer.WriteLine("  note: " + note);
                        }
                    });
                result.Hint($"Look at it: qtrain devices show {added[0].Calibration.Device}");
                return ExitCode.Success;
            });
    }

    private static JsonObject Document(Calibration calibration, bool isNew)
    {
        var document = DeviceDocument.Head(calibration);
        document["source"] = calibration.Source;
        document["qubits"] = calibration.Qubits.Length;
        document["isNew"] = isNew;
        document["notes"] = new JsonArray([.. calibration.Notes.Select(n => (JsonNode)n)]);
        return document;
    }
}
