using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;

namespace QTrain.Cli.Runs;

internal static class ListCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var status = new Option<RunStatus?>("--status") { Description = "Only runs that stand so.", HelpName = "completed|interrupted|failed|…" };
        var tag = new Option<string?>("--tag") { Description = "Only runs with this tag.", HelpName = "TAG" };
        var name = new Option<string?>("--name") { Description = "Only runs whose name contains this.", HelpName = "TEXT" };
        var limit = new Option<int>("--limit") { Description = "Only so many, the latest.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var folder = SharedOptions.Store();
        return new Command("list", "The runs of the store, the latest first.") { status, tag, name, limit, folder }
            .Does(terminal, [("qtrain runs list --tag h2", "those with a tag"), ("qtrain runs list --status interrupted", "those to go on with")],
            async (parse, result, cancellation) =>
            {
                if (parse.GetValue(limit) < 1) throw new UsageException($"--limit {parse.GetValue(limit)}: it must be at least 1.");
                IReadOnlyList<RunRecord> runs = [];
                // No store is no runs: listing makes no folders.
                using var store = RunStores.FindExisting(parse.GetValue(folder)!);
                if (store is not null)
                    runs = await store.Runs.ListAsync(new RunFilter(parse.GetValue(status), parse.GetValue(tag), parse.GetValue(name), parse.GetValue(limit)), cancellation);
                result.Write(() => new JsonObject { ["runs"] = new JsonArray([.. runs.Select(Document)]) }, text => Write(text, terminal, runs));
                var chosen = parse.GetValue(status) is not null || parse.GetValue(tag) is not null || parse.GetValue(name) is not null;
                if (runs.Count == 0 && store is not null && chosen) result.Hint($"No run in {parse.GetValue(folder)} is like that. All of them: qtrain runs list");
                else if (runs.Count == 0) result.Hint($"No runs in {parse.GetValue(folder)} yet. Train something: qtrain train SPEC");
                return ExitCode.Success;
            });
    }

    private static JsonNode Document(RunRecord run)
    {
        var document = RunDocument.Of(run, RunResult.Of(run));
        foreach (var big in (string[])["bestParameters", "fingerprint", "failure"]) document.Remove(big);
        document["tags"] = new JsonArray([.. run.Tags.Select(t => JsonValue.Create(t))]);
        document["created"] = run.Created.ToString("O");
        document["updated"] = run.Updated.ToString("O");
        return document;
    }

    private static void Write(TextWriter text, CommandTerminal terminal, IReadOnlyList<RunRecord> runs)
    {
        if (runs.Count == 0) return;
        var table = new TextTable("run", "name", "status", ">best loss", ">best − exact", ">iterations", ">time", "tags");
        foreach (var run in runs)
        {
            var result = RunResult.Of(run);
            var exact = result?.KnownOptimum;
            table.Row(
                run.Id.Value, run.Name, RunText.Status(terminal, run.Status),
                result is null ? "–" : Show.Loss(result.Training.BestLoss) + Show.Unit(result.Unit),
                exact is { } e && double.IsFinite(result!.Training.BestLoss) ? Show.Difference(result.Training.BestLoss - e, result.Unit) : "–",
                result is null ? "–" : Show.Count(result.Training.Iterations),
                Show.Time(run.Worked),
                string.Join(' ', run.Tags));
        }
        table.Write(text, terminal);
    }
}
