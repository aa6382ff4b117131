using System.Globalization;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Optimizers;
using QTrain.Training;

namespace QTrain.Operations.Tests.Crash;

/// <summary>The process that crash tests kill: advances one run and leaves.</summary>
internal static class CrashHost
{
    public const string Verb = "advance-run";

    /// <summary>Marks after steps 40 to 280: seven.</summary>
    public const int MarkEvery = 40, Marks = 7;

    /// <summary>The plan every crash test trains.</summary>
    public static TrainingPlan Plan => TestTraining.Plan(shots: 100, seed: 11, iterations: 300, optimizer: new Spsa());

    public static async Task<int> RunAsync(string[] args)
    {
        var (folder, run, lease) = (args[0], RunId.Parse(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture));
        try
        {
            using var store = Store.Open(folder);
            var outcome = await new RunEngine(store).AdvanceAsync(run, (_, _) => Plan, Options(lease));
            Console.WriteLine(outcome.Status);
            return 0;
        }
        catch (QuantumException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>Slow enough to be caught in the act, and writing often.</summary>
    public static AdvanceOptions Options(int leaseMilliseconds) => new()
    {
        LeaseDuration = TimeSpan.FromMilliseconds(leaseMilliseconds),
        GroupCommit = new GroupCommit(Entries: 7, Milliseconds: 10),
        MarkEvery = MarkEvery,
        // Slow enough to be killed many times before the end.
        Evaluator = (plan, options) => new Watched(new SimulatorEvaluator(plan, options), _ => Thread.Sleep(1)),
    };
}
