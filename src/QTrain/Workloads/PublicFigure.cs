using System.Collections.Immutable;

namespace QTrain.Workloads;

/// <summary>The best time that a public simulator was measured at, and the time that this one is meant to reach. Milliseconds.</summary>
/// <param name="Workload">Its name.</param>
/// <param name="Qubits">How many.</param>
/// <param name="Precision"><c>double</c> or <c>single</c>.</param>
/// <param name="OneThread">The best public time on one thread, and our goal.</param>
/// <param name="TwoThreads">The same on two; null where it was not measured.</param>
/// <param name="Whose">The simulators that were that fast: on one thread / on two.</param>
internal sealed record PublicFigure(
    string Workload, int Qubits, string Precision, (double Best, double Goal) OneThread, (double Best, double Goal)? TwoThreads, string Whose)
{
    /// <summary>Where they were measured.</summary>
    public const string Machine = "a server of 2 Zen 4 cores with AVX-512, 32 MiB L3, 43–53 GB/s; compare in passes where yours differs";

    public static ImmutableArray<PublicFigure> All { get; } =
    [
        new("hea", 12, "double", (0.36, 0.13), (0.41, 0.13), "PennyLane Lightning / qulacs"),
        new("hea", 16, "double", (5.5, 1.6), (3.7, 1.0), "Lightning"),
        new("hea", 20, "double", (165, 38), (67, 20), "qulacs / Lightning"),
        new("hea", 24, "double", (4240, 1000), (2240, 550), "qulacs"),
        new("hea", 20, "single", (65, 16), (39, 9), "qsim"),
        new("hea", 24, "single", (2080, 480), (1110, 280), "qsim"),
        new("energy", 12, "double", (0.56, 0.18), (0.62, 0.18), "Lightning / qsim"),
        new("energy", 16, "double", (8.5, 1.8), (7.2, 1.2), "Lightning"),
        new("energy", 20, "double", (318, 50), (150, 26), "Lightning, QuEST, QDK, qsim"),
        new("expectation", 20, "double", (62, 6), (31, 3), "Lightning, QuEST, QDK, qsim"),
        new("gradient", 12, "double", (2.6, 0.7), (6.6, 0.7), "Lightning / qulacs"),
        new("gradient", 16, "double", (49, 9), (66, 6), "Lightning / qulacs"),
        new("gradient", 20, "double", (2800, 250), (2400, 130), "Lightning / qulacs"),
        new("qft", 20, "double", (104, 18), (58, 10), "Lightning / qulacs"),
        new("qft", 24, "double", (4375, 350), (2550, 190), "Lightning"),
        new("qv", 20, "double", (208, 100), (81, 55), "qulacs"),
        new("sample", 20, "double", (21, 5), (21, 3.5), "qulacs"),
        new("density", 10, "double", (2165, 80), (830, 45), "QuEST"),
        new("trajectories", 16, "double", (12771, 700), (7459, 380), "qulacs"),
        new("surface", 241, "double", (77, 77), null, "Stim"),
        new("paulis", 16, "double", (61, 8), (49, 5), "QuEST"),
        new("paulis", 20, "double", (1650, 150), (824, 90), "qulacs"),
    ];

    /// <summary>The figure and the goal of a row, where there are any.</summary>
    public static (double BestMs, double GoalMs, string Whose)? Of(WorkloadTiming timing)
    {
        var row = All.FirstOrDefault(f => f.Workload == timing.Workload && f.Qubits == timing.Qubits && f.Precision == timing.Precision);
        var pair = timing.Threads switch { 1 => row?.OneThread, 2 => row?.TwoThreads, _ => null };
        if (pair is not { } figure) return null;
        var names = row!.Whose.Split(" / ");
        return (figure.Best, figure.Goal, names[Math.Min(timing.Threads, names.Length) - 1]);
    }
}
