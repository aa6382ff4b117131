using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;

namespace QTrain.Cli.Runs;

internal static class ExportCommand
{
    private enum Format
    {
        Json,
        Csv,
    }

    public static Command Create(CommandTerminal terminal)
    {
        var (run, folder) = (RunStores.Run(), SharedOptions.Store());
        var file = new Option<string?>("--file", "-o") { Description = "Where to write it; standard output when left out.", HelpName = "FILE" };
        var format = new Option<Format?>("--format") { Description = "json (everything) or csv (the history); by the file's ending when left out, else json.", HelpName = "json|csv" };
        return new Command("export", "A run as one file: its result, spec, input files and history as JSON, or its history as CSV.") { run, file, format, folder }
            .Does(terminal, [("qtrain runs export last -o run.json", "everything"), ("qtrain runs export last -o history.csv", "the history for a spreadsheet")],
            async (parse, result, cancellation) =>
            {
                using var store = RunStores.OpenExisting(parse.GetValue(folder)!);
                var record = await store.FindAsync(parse.GetValue(run)!, cancellation);
                var steps = await ShowCommand.StepsAsync(store, record, cancellation);
                var path = parse.GetValue(file);
                var asCsv = (parse.GetValue(format) ?? (path?.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) == true ? Format.Csv : Format.Json)) == Format.Csv;
                if (asCsv && path is null && result.IsJson) throw new UsageException("--output json prints one JSON document, so the CSV needs a file: add -o history.csv.");
                var content = asCsv ? Csv(steps) : ResultWriter.ToText(await DocumentAsync(store, record, steps, cancellation)) + "\n";
                if (path is null)
                {
                    await terminal.Out.WriteAsync(content);
                    return ExitCode.Success;
                }
                await ResultFile.WriteAsync(path, content, cancellation);
                result.Write(() => new JsonObject { ["run"] = record.Id.Value, ["file"] = path }, text => text.WriteLine($"Wrote {path}: run {record.Id}, {Show.Count(steps.Count)} steps."));
                return ExitCode.Success;
            });
    }

    private static async Task<JsonObject> DocumentAsync(Store store, RunRecord run, IReadOnlyList<StepRecord> steps, CancellationToken cancellation)
    {
        var document = ShowCommand.Document(run, steps);
        var files = new JsonObject();
        foreach (var (name, hash) in run.Inputs)
            files[name] = new JsonObject { ["sha256"] = hash.Value, ["text"] = Encoding.UTF8.GetString(await store.Artifacts.ReadAsync(hash, cancellation)) };
        document["inputs"] = files;
        return document;
    }

    private static string Csv(IReadOnlyList<StepRecord> steps)
    {
        // A column more where there is more than one member.
        var several = steps.Count > 0 && steps[^1].Member != steps[0].Member;
        var text = new StringBuilder(several ? "member," : "").Append("step,loss,standard_error,best_loss,gradient_norm,evaluations,shots,time\n");
        foreach (var s in steps)
        {
            if (several) text.Append(CultureInfo.InvariantCulture, $"{s.Member},");
            text.Append(CultureInfo.InvariantCulture, $"{s.Index},{s.Loss:R},{s.StandardError:R},{s.BestLoss:R},{s.GradientNorm:R},{s.Evaluations},{s.Shots},{s.At:O}\n");
        }
        return text.ToString();
    }
}
