using System.Diagnostics;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;
using QTrain.Operations.Specs;
using QTrain.Training;

namespace QTrain.Cli.Train;

/// <summary>Shows how a training goes on, on standard error.</summary>
internal abstract class ProgressView : IAsyncDisposable
{
    /// <summary>A live picture on a terminal, a line now and then elsewhere.</summary>
    public static ProgressView Create(CommandTerminal terminal, RunRecord run, PreparedSpec prepared)
    {
        var progress = new TrainingProgress(prepared.Plan);
        var plan = prepared.Plan;
        terminal.Error.WriteLine($"{run.Name}: run {run.Id}, {Show.Count(plan.Problem.Ansatz.QubitCount, "qubit")}, {Show.Count(plan.Problem.Ansatz.Parameters.Length, "parameter")}, {plan.Optimizer.Name}"
            + (plan.Shots is { } shots ? $", {Show.Count(shots, "shot")} a circuit" : ""));
        return terminal.ErrorIsTerminal ? new LiveProgress(terminal, progress) : new LineProgress(terminal, progress);
    }

    /// <summary>Takes note of a step; called on the optimizer's thread.</summary>
    public abstract void Step(TrainingStep step);

    /// <summary>Tells the person something.</summary>
    public abstract void Say(string text);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A line at the first step, every two seconds, and at the end.</summary>
internal sealed class LineProgress(CommandTerminal terminal, TrainingProgress progress) : ProgressView
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    private long _said = -1;
    private int _saidStep = -1;

    public override void Step(TrainingStep step)
    {
        progress.Add(step);
        if (_said >= 0 && Stopwatch.GetElapsedTime(_said) < Between) return;
        Line();
    }

    public override void Say(string text) => terminal.Error.WriteLine(text);

    public override ValueTask DisposeAsync()
    {
        if (progress.Last is { } last && last.Index != _saidStep) Line(ended: true);
        return ValueTask.CompletedTask;
    }

    private void Line(bool ended = false)
    {
        terminal.Error.WriteLine(progress.Line(ended));
        (_said, _saidStep) = (Stopwatch.GetTimestamp(), progress.Last!.Index);
    }
}
