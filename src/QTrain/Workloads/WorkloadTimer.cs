using System.Diagnostics;
using QTrain.Simulation;

namespace QTrain.Workloads;

/// <summary>What a workload took. Times are in milliseconds.</summary>
internal sealed record WorkloadTiming(
    string Workload, int Qubits, int Threads, string Precision, double BestMs, double MedianMs, double? PassMs, long PassBytes, long Gates, int Repetitions)
{
    /// <summary>The median as a multiple of a memory pass; null where there is no state to pass over.</summary>
    public double? Passes => MedianMs / PassMs;

    /// <summary>Null where there is no circuit.</summary>
    public double? GatesPerSecond => Gates == 0 ? null : Gates / (MedianMs / 1e3);

    /// <summary>What a simulator that sweeps the state once a gate would have to move to be as fast, 10⁹ bytes a second.</summary>
    public double? GigabytesPerSecond => PassMs is null ? null : GatesPerSecond * 2 * PassBytes / 1e9;

    /// <summary>What a memory pass moves, 10⁹ bytes a second.</summary>
    public double? PassGigabytesPerSecond => 2 * PassBytes / (PassMs * 1e6);
}

/// <summary>Times workloads and, between their repetitions, memory passes: machines drift, and both drift together.</summary>
internal static class WorkloadTimer
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Group = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PassGroup = TimeSpan.FromMilliseconds(0.3);

    /// <summary>Times one workload: as often as said, or for about two seconds and at least five times.</summary>
    public static WorkloadTiming Time(
        Workload workload, int qubits, int threads, int? repetitions, CancellationToken cancellation, Precision precision = Precision.Double)
    {
        var options = new SimulationOptions { Threads = threads, Precision = precision };
        using var run = workload.Prepare(qubits, options);
        using var pass = run.PassQubits == 0 ? null : new MemoryPass(run.PassQubits ?? qubits, options);
        // Once, and where that is short until the runtime has compiled all of it with optimizations.
        var number = 0;
        var clock = Stopwatch.StartNew();
        do
        {
            cancellation.ThrowIfCancellationRequested();
            run.Next(number);
            run.Run(number++);
        }
        while (clock.Elapsed < WarmUp);

        var (times, passes) = (new List<double>(), new List<double>());
        var spent = TimeSpan.Zero;
        while (times.Count < (repetitions ?? 5) || repetitions is null && spent < Enough)
        {
            var group = TimeSpan.Zero;
            do
            {
                cancellation.ThrowIfCancellationRequested();
                run.Next(number);
                clock.Restart();
                run.Run(number++);
                var took = clock.Elapsed;
                times.Add(took.TotalMilliseconds);
                group += took;
            }
            while (group < Group && (repetitions is null || times.Count < repetitions));
            spent += group;
            if (pass is not null) passes.Add(TimePass(pass, clock));
        }
        return new WorkloadTiming(workload.Name, qubits, threads, precision.Name(), times.Min(), Median(times), pass is null ? null : Median(passes), pass?.Bytes ?? 0, run.Gates, times.Count);
    }

    private static double TimePass(MemoryPass pass, Stopwatch clock)
    {
        pass.Run();      // what the workload left in the caches is not what a pass finds
        var count = 0;
        clock.Restart();
        do
        {
            pass.Run();
            count++;
        }
        while (clock.Elapsed < PassGroup);
        return clock.Elapsed.TotalMilliseconds / count;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[values.Count / 2 - 1] + values[values.Count / 2]) / 2;
    }
}
