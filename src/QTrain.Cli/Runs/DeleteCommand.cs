using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;

namespace QTrain.Cli.Runs;

internal static class DeleteCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var (runs, folder) = (RunStores.Runs(1), SharedOptions.Store());
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        return new Command("delete", "Removes runs with their journals and histories, for good.") { runs, yes, folder }
            .Does(terminal, [("qtrain runs delete bk3x7fa", "asks first, on a terminal"), ("qtrain runs delete bk3x7fa bk4y8gb --yes", "does not ask")],
            async (parse, result, cancellation) =>
            {
                using var store = RunStores.OpenExisting(parse.GetValue(folder)!);
                var records = new List<RunRecord>();
                foreach (var given in parse.GetValue(runs)!) records.Add(await store.FindAsync(given, cancellation));
                records = [.. records.DistinctBy(r => r.Id)];
                if (!parse.GetValue(yes) && terminal.ErrorIsTerminal && !Console.IsInputRedirected && !result.IsJson)
                {
                    terminal.Error.Write($"Delete {string.Join(", ", records.Select(r => $"{r.Id} ({r.Name})"))} for good? [y/N] ");
                    if (Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
                    {
                        terminal.Error.WriteLine("Nothing was deleted.");
                        return ExitCode.Failure;
                    }
                }
                foreach (var record in records) await store.Runs.DeleteAsync(record.Id, cancellation);
                await store.Artifacts.CollectAsync(cancellation);
                result.Write(
                    () => new JsonObject { ["deleted"] = new JsonArray([.. records.Select(r => JsonValue.Create(r.Id.Value))]) },
                    text => text.WriteLine($"Deleted {string.Join(", ", records.Select(r => r.Id))}."));
                return ExitCode.Success;
            });
    }
}
