using QTrain.Cli.Runs;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;
using QTrain.Operations.Specs;
using QTrain.Simulation;

namespace QTrain.Cli.Train;

/// <summary>Works on a run while a person watches: progress, Ctrl-C, and what came of it.</summary>
internal static class TrainingSession
{
    public static async Task<int> AdvanceAsync(
        RunEngine engine, RunRecord run, PreparedSpec prepared, SimulationOptions simulation, ResultWriter result, CancellationToken cancellation)
    {
        var terminal = result.Terminal;
        RunOutcome outcome;
        await using (var progress = ProgressView.Create(terminal, run, prepared))
        using (var signals = new StopSignals(() => progress.Say("Stopping at the next safe point; once more to end at once."), cancellation))
        {
            outcome = await engine.AdvanceAsync(run.Id, RunStores.Plans, new AdvanceOptions { Simulation = simulation, OnStep = progress.Step }, signals.Token);
        }

        var (after, training) = (outcome.Run, outcome.Result ?? RunResult.Of(outcome.Run));
        // Why a run failed is told once, on standard error.
        result.Write(() => RunDocument.Of(after, training), text => RunText.Write(text, terminal, after with { Failure = null }, training));
        switch (outcome.Status)
        {
            case RunStatus.Completed:
                result.Hint($"Next: qtrain runs show {after.Id} | qtrain plot {after.Id} -o loss.svg | qtrain runs replay {after.Id}");
                return ExitCode.Success;
            case RunStatus.Interrupted or RunStatus.Paused:
                terminal.Error.WriteLine($"Stopped. Go on with: qtrain runs resume {after.Id}");
                return ExitCode.Interrupted;
            default:
                terminal.Error.WriteLine($"qtrain: run {after.Id} failed: {after.Failure}");
                return ExitCode.Failure;
        }
    }
}
