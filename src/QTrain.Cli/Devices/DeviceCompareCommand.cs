using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using QTrain.Cli.Runs;
using QTrain.Cli.Terminal;
using QTrain.Devices;

namespace QTrain.Cli.Devices;

internal static class DeviceCompareCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var devices = DeviceCatalog.Completed(new Argument<string[]>("devices")
        {
            Description = "Two snapshots, before and after: names, NAME@DATE, NAME@ID or files. With one name: its latest two.",
            HelpName = "DEVICE",
            Arity = new ArgumentArity(1, 2),
        });
        var limit = new Option<int>("--limit") { Description = "Only so many changes, the worst; --output json has all.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var folder = SharedOptions.Store();
        return new Command("compare", "What changed between two snapshots, and by how much: errors first, the worst change first.") { devices, limit, folder }
            .Does(terminal,
            [
                ("qtrain devices compare nairobi", "its latest two snapshots"),
                ("qtrain devices compare nairobi@2024-05-27 nairobi@2024-06-03", "of two dates"),
                ("qtrain devices compare lagos nairobi", "two devices of one layout"),
            ],
            async (parse, result, cancellation) =>
            {
                if (parse.GetValue(limit) < 1) throw new UsageException($"--limit {parse.GetValue(limit)}: it must be at least 1.");
                var (given, store) = (parse.GetValue(devices)!, parse.GetValue(folder)!);
                var (before, after) = given.Length == 2
                    ? ((await DeviceCatalog.FindAsync(given[0], store, cancellation)).Calibration, (await DeviceCatalog.FindAsync(given[1], store, cancellation)).Calibration)
                    : await LatestTwoAsync(given[0], store, cancellation);
                var comparison = new CalibrationComparison(before, after);
                result.Write(() => Document(comparison), text => Write(text, terminal, comparison, parse.GetValue(limit)));
                return ExitCode.Success;
            });
    }

    private static async ValueTask<(Calibration Before, Calibration After)> LatestTwoAsync(string name, string folder, CancellationToken cancellation)
    {
        var all = new List<Calibration>();
        using var store = RunStores.FindExisting(folder);
        if (store is not null && (await store.Calibrations.LatestAsync(cancellation)).FirstOrDefault(e => DeviceCatalog.Same(e.Device, name)) is { } known)
            foreach (var entry in (await store.Calibrations.HistoryAsync(known.Device, cancellation)).Take(2)) all.Add(await store.Calibrations.ReadAsync(entry.Device, entry.ContentId, cancellation));
        if (BuiltInDevices.Find(name) is { } builtIn && all.All(c => c.ContentId != builtIn.ContentId)) all.Add(builtIn);
        if (all.Count == 0) await DeviceCatalog.FindAsync(name, folder, cancellation);      // says what there is
        return all.OrderByDescending(c => c.TakenAt).ToList() is [var latest, var former, ..]
            ? (former, latest)
            : throw new QuantumException($"There is one snapshot of {name} only: name a second device or file, or import another snapshot.");
    }

    private static JsonObject Document(CalibrationComparison comparison) => new()
    {
        ["before"] = DeviceDocument.Head(comparison.Before),
        ["after"] = DeviceDocument.Head(comparison.After),
        ["unchanged"] = comparison.Unchanged,
        ["switched"] = new JsonArray([.. comparison.Switched.Select(s => (JsonNode)new JsonObject { ["what"] = s.What, ["enabled"] = s.IsEnabled })]),
        ["changes"] = new JsonArray([.. comparison.Changes.Select(c => (JsonNode)new JsonObject
        {
            ["quantity"] = c.Quantity,
            ["gate"] = c.Gate,
            ["qubits"] = new JsonArray([.. c.Qubits.Select(q => (JsonNode)q)]),
            ["before"] = DeviceDocument.Value(c.Before),
            ["after"] = DeviceDocument.Value(c.After),
            ["timesWorse"] = ResultWriter.Number(c.Worsening),
        })]),
    };

    private static void Write(TextWriter text, CommandTerminal terminal, CalibrationComparison comparison, int limit)
    {
        text.WriteLine($"before  {comparison.Before}");
        text.WriteLine($"after   {comparison.After}");
        if (comparison.Before.ContentId == comparison.After.ContentId)
        {
            text.WriteLine("They are the same snapshot.");
            return;
        }
        foreach (var (what, isEnabled) in comparison.Switched) text.WriteLine(isEnabled ? terminal.Green($"enabled   {what}") : terminal.Red($"disabled  {what}"));
        text.WriteLine();
        var medians = new TextTable("median", ">before", ">after", ">change");
        var (was, became) = (new CalibrationSummary(comparison.Before), new CalibrationSummary(comparison.After));
        foreach (var name in was.Spreads.Select(s => s.Name).Union(became.Spreads.Select(s => s.Name)))
            medians.Row(name, was.Median(name)?.ToString() ?? "–", became.Median(name)?.ToString() ?? "–",
                was.Median(name) is { Value: > 0 } a && became.Median(name) is { } b ? ((b.Value / a.Value - 1) * 100).ToString("+0.0;-0.0;0", CultureInfo.InvariantCulture) + " %" : "–");
        medians.Write(text, terminal);
        if (comparison.Changes.Length == 0) return;
        text.WriteLine();
        var table = new TextTable("worst first", ">before", ">after", ">times worse");
        foreach (var change in comparison.Changes.Take(limit))
            table.Row(change.Subject, change.Before?.ToString() ?? "–", change.After?.ToString() ?? "–", change.Worsening is { } times
                ? Coloured(times, double.IsFinite(times) ? times.ToString("0.00", CultureInfo.InvariantCulture) : "∞") : "–");
        table.Write(text, terminal);
        var rest = comparison.Changes.Length - limit;
        text.WriteLine(terminal.Dim($"{(rest > 0 ? $"… {Show.Count(rest, "more change")}; " : "")}{Show.Count(comparison.Unchanged, "value")} the same"));

        string Coloured(double times, string shown) => times > 1.25 ? terminal.Red(shown) : times < 0.8 ? terminal.Green(shown) : shown;
    }
}
