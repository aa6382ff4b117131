using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;

namespace QTrain.Cli.Runs;

internal static class ShowCommand
{
    private const int StepsShown = 20;

    public static Command Create(CommandTerminal terminal)
    {
        var (run, folder) = (RunStores.Run(), SharedOptions.Store());
        var all = new Option<bool>("--all") { Description = "Every step, not only about twenty of them." };
        var spec = new Option<bool>("--spec") { Description = "The whole spec, with every default." };
        return new Command("show", "How a run stands: its result, its spec, its history.") { run, all, spec, folder }
            .Does(terminal, [("qtrain runs show last", "the latest run"), ("qtrain runs show last --spec", "with its spec"), ("qtrain runs show last --output json", "everything, every step")],
            async (parse, result, cancellation) =>
            {
                using var store = RunStores.OpenExisting(parse.GetValue(folder)!);
                var record = await store.FindAsync(parse.GetValue(run)!, cancellation);
                var steps = await StepsAsync(store, record, cancellation);
                result.Write(() => Document(record, steps), text => Write(text, terminal, record, steps, parse.GetValue(all), parse.GetValue(spec)));
                return ExitCode.Success;
            });
    }

    /// <summary>The history of a run, of every member of an ensemble one after the other.</summary>
    public static async Task<IReadOnlyList<StepRecord>> StepsAsync(Store store, RunRecord run, CancellationToken cancellation)
    {
        var steps = new List<StepRecord>();
        await foreach (var step in store.Runs.AllStepsAsync(run.Id, cancellation)) steps.Add(step);
        return steps;
    }

    /// <summary>A run with everything that is known of it.</summary>
    public static JsonObject Document(RunRecord run, IReadOnlyList<StepRecord> steps)
    {
        var document = RunDocument.Of(run, RunResult.Of(run));
        document["created"] = run.Created.ToString("O");
        document["updated"] = run.Updated.ToString("O");
        document["tags"] = new JsonArray([.. run.Tags.Select(t => JsonValue.Create(t))]);
        document["seed"] = run.Seed;
        document["parent"] = run.Parent?.Value;
        document["fingerprints"] = new JsonArray([.. run.Fingerprints.Select(f => new JsonObject
        {
            ["fingerprint"] = f.Fingerprint, ["from"] = f.At.ToString("O"), ["journalLength"] = f.JournalLength,
        })]);
        document["journalLength"] = run.JournalLength;
        document["inputs"] = new JsonObject(run.Inputs.Select(i => KeyValuePair.Create(i.Key, (JsonNode?)i.Value.Value)));
        document["spec"] = JsonNode.Parse(run.SpecJson);
        document["steps"] = new JsonArray([.. steps.Select(RunDocument.Step)]);
        return document;
    }

    private static void Write(TextWriter text, CommandTerminal terminal, RunRecord run, IReadOnlyList<StepRecord> steps, bool all, bool spec)
    {
        var result = RunResult.Of(run);
        RunText.Write(text, terminal, run, result);
        text.WriteLine($"  created {run.Created.ToLocalTime():yyyy-MM-dd HH:mm:ss}, seed {run.Seed}"
            + (run.Tags.IsEmpty ? "" : $", tags {string.Join(' ', run.Tags)}") + (run.Parent is { } parent ? $", forked from {parent}" : ""));
        if (run.Fingerprints.Length > 1)
            text.WriteLine($"  worked on with {run.Fingerprints.Length} fingerprints: results need not be equal to the bit to a run on one machine");
        if (spec)
        {
            text.WriteLine();
            text.WriteLine(run.SpecJson);
        }
        if (result is not null)
        {
            text.WriteLine();
            var parameters = new TextTable("parameter", ">best (radians)");
            var shown = all ? result.ParameterNames.Length : Math.Min(result.ParameterNames.Length, StepsShown);
            for (var k = 0; k < shown; k++) parameters.Row(result.ParameterNames[k], result.Training.BestParameters[k].ToString("F9"));
            parameters.Write(text, terminal);
            if (shown < result.ParameterNames.Length) text.WriteLine(terminal.Dim($"… {result.ParameterNames.Length - shown} more; --all shows them"));
        }
        if (steps.Count == 0) return;
        text.WriteLine();
        var several = steps[^1].Member != steps[0].Member;
        string[] columns = [">step", ">loss", ">best", ">|gradient|", ">evaluations", ">shots"];
        var history = new TextTable(several ? [">member", .. columns] : columns);
        foreach (var member in steps.GroupBy(s => s.Member))
        {
            foreach (var step in all ? member : Sample([.. member]))
            {
                string[] cells = [step.Index.ToString(), Show.Loss(step.Loss, step.StandardError), Show.Loss(step.BestLoss), Show.Small(step.GradientNorm), Show.Count(step.Evaluations), Show.Count(step.Shots)];
                history.Row(several ? [step.Member.ToString(), .. cells] : cells);
            }
        }
        history.Write(text, terminal);
        if (!all && steps.Count > StepsShown) text.WriteLine(terminal.Dim($"{(several ? $"{StepsShown} a member" : $"{StepsShown}")} of {steps.Count} steps; --all shows every one"));
    }

    // Even over the whole run, the first and the last among them.
    private static IEnumerable<StepRecord> Sample(IReadOnlyList<StepRecord> steps) => steps.Count <= StepsShown
        ? steps
        : Enumerable.Range(0, StepsShown).Select(k => steps[(int)((long)k * (steps.Count - 1) / (StepsShown - 1))]);
}
