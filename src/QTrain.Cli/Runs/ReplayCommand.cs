using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;
using QTrain.Simulation;

namespace QTrain.Cli.Runs;

internal static class ReplayCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var (run, folder, threads) = (RunStores.Run(), SharedOptions.Store(), SharedOptions.Threads());
        var fromMark = new Option<bool>("--from-mark") { Description = "Begin at the run's last mark and believe what comes before it, not at the beginning: quick for long runs." };
        return new Command("replay", "Computes a run again from its spec and seed and compares every recorded number, bit by bit. Exit 1 when one differs.") { run, fromMark, folder, threads }
            .Does(terminal, [("qtrain runs replay last", "the latest run"), ("qtrain runs replay last --threads 1", "on one thread: the same bits")],
            async (parse, result, cancellation) =>
            {
                using var store = RunStores.OpenExisting(parse.GetValue(folder)!);
                using var signals = new StopSignals(() => { }, cancellation);
                var record = await store.FindAsync(parse.GetValue(run)!, signals.Token);
                var options = new AdvanceOptions { Simulation = new SimulationOptions { Threads = parse.GetValue(threads) ?? 0 } };
                var report = await new RunEngine(store).ReplayAsync(record.Id, RunStores.Plans, options, parse.GetValue(fromMark), signals.Token);
                result.Write(() => Document(report), text => Write(text, terminal, report));
                return report.IsIdentical ? ExitCode.Success : ExitCode.Failure;
            });
    }

    private static JsonObject Document(ReplayReport report) => new()
    {
        ["run"] = report.Run.Value,
        ["identical"] = report.IsIdentical,
        ["fromStep"] = report.FromStep,
        ["compared"] = report.Compared,
        ["different"] = report.Different,
        ["first"] = Difference(report.First),
        ["largest"] = Difference(report.Largest),
        ["departure"] = report.Departure,
        ["stepsEqual"] = report.StepsEqual,
        ["firstStepDifferent"] = report.FirstStepDifferent,
        ["recordedHash"] = report.RecordedHash,
        ["replayedHash"] = report.ReplayedHash,
        ["recordedFingerprint"] = report.RecordedFingerprint,
        ["fingerprint"] = report.Fingerprint,
    };

    private static JsonObject? Difference(ReplayDifference? difference) => difference is null ? null : new JsonObject
    {
        ["path"] = difference.Path.ToString(),
        ["sequence"] = difference.Sequence,
        ["what"] = difference.What,
        ["recorded"] = ResultWriter.Number(difference.Recorded),
        ["recomputed"] = ResultWriter.Number(difference.Recomputed),
        ["size"] = ResultWriter.Number(difference.Size),
    };

    private static void Write(TextWriter text, CommandTerminal terminal, ReplayReport report)
    {
        text.WriteLine(report.IsIdentical
            ? $"{terminal.Green("Identical")}: {Show.Count(report.Compared)} answers and {Show.Count(report.StepsEqual)} steps of run {report.Run} agree to the bit{(report.FromStep is { } from ? $", from the mark after step {Show.Count(from)} on" : "")}."
            : $"{terminal.Red("Different")}: {Show.Count(report.Different)} of {Show.Count(report.Compared)} answers of run {report.Run} differ.");
        if (report.Largest is { } largest)
            text.WriteLine($"  largest: {largest.What} of question {largest.Path}, recorded {largest.Recorded:R}, now {largest.Recomputed:R}, apart by {Show.Small(largest.Size)}");
        if (report.First is { } first && first != report.Largest)
            text.WriteLine($"  first:   {first.What} of question {first.Path}, recorded {first.Recorded:R}, now {first.Recomputed:R}, apart by {Show.Small(first.Size)}");
        if (report.FirstStepDifferent is { } step) text.WriteLine($"  the first step that differs is {step}");
        if (report.Departure is { } departure) text.WriteLine($"  {departure}");
        if (!report.IsIdentical && report.RecordedFingerprint != report.Fingerprint)
            text.WriteLine($"  the run was made with {report.RecordedFingerprint}, this is {report.Fingerprint}: last bits may differ between machines");
    }
}
