using System.CommandLine;
using QTrain.Cli.Terminal;
using QTrain.Cli.Train;
using QTrain.Operations.Runs;
using QTrain.Operations.Specs;
using QTrain.Operations.Storage;
using QTrain.Simulation;

namespace QTrain.Cli.Runs;

internal static class ResumeCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var (run, folder, threads) = (RunStores.Run(), SharedOptions.Store(), SharedOptions.Threads());
        return new Command("resume", "Goes on with a run that was stopped, from its journal; the result is that of a run never stopped.") { run, folder, threads }
            .Does(terminal, [("qtrain runs resume last", "the latest run"), ("qtrain runs resume bk3x", "by the beginning of its identity")],
            async (parse, result, cancellation) =>
            {
                using var store = RunStores.OpenExisting(parse.GetValue(folder)!);
                var record = await store.FindAsync(parse.GetValue(run)!, cancellation);
                return await GoOnAsync(store, record, parse.GetValue(threads), result, cancellation);
            });
    }

    /// <summary>Works on a recorded run, with the files it was created with.</summary>
    public static async Task<int> GoOnAsync(Store store, RunRecord run, int? threads, ResultWriter result, CancellationToken cancellation)
    {
        var inputs = new Dictionary<string, byte[]>();
        foreach (var (name, hash) in run.Inputs) inputs.Add(name, await store.Artifacts.ReadAsync(hash, cancellation));
        var prepared = SpecCompiler.Restore(run.SpecJson, inputs);
        return await TrainingSession.AdvanceAsync(
            new RunEngine(store), run, prepared, new SimulationOptions { Threads = threads ?? prepared.Spec.Threads ?? 0 }, result, cancellation);
    }
}
