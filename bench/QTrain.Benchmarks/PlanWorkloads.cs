using System.Diagnostics;
using System.Globalization;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Simulation.Plans;
using QTrain.Workloads;

namespace QTrain.Benchmarks;

/// <summary>How long a circuit takes to become a plan, beside how long the plan takes to run: in microseconds, one thread.</summary>
/// <remarks><c>plans [CIRCUIT] [QUBITS]</c>. What a young process takes is the first lines of a run: name one circuit to see it without the others.</remarks>
internal static class PlanWorkloads
{
    private static readonly (string Name, Func<int, Circuit> Make)[] Circuits =
    [
        ("hea", n => WorkloadCircuits.HardwareEfficient(n, Workload.Layers)), ("qft", WorkloadCircuits.Fourier), ("qv", WorkloadCircuits.QuantumVolume),
        ("brickwork", n => WorkloadCircuits.Brickwork(n, 2 * Workload.Layers)), ("qaoa", n => WorkloadCircuits.RegularQaoa(n, Workload.Layers)),
        ("random2q", WorkloadCircuits.RandomTwoQubitGates), ("uccsd", WorkloadCircuits.CoupledCluster),
    ];

    public static void Print(string[] args)
    {
        var qubits = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 16;
        Console.WriteLine(NumericsFingerprint.Current);
        Console.WriteLine($"{"n=" + qubits,-12}{"compile",10}{"first",10}{"second",10}{"tenth",10}{"best",10}{"median",10}{"bind",10}{"run",10}{"plan/run",10}  µs");
        foreach (var (name, make) in Circuits)
            if (args.Length == 0 || args[0] == name || args[0] == "all") Print(name, make(qubits));
    }

    private static void Print(string name, Circuit circuit)
    {
        var compiling = Best(circuit, 300, _ => CompiledCircuit.From(circuit));
        var compiled = CompiledCircuit.From(circuit);
        var times = new double[500];
        ExecutionPlan? plan = null;
        for (var k = 0; k < times.Length; k++)
        {
            var clock = Stopwatch.StartNew();
            plan = new ExecutionPlan(circuit.QubitCount, compiled.Instructions.AsSpan(), LaneWidths.Widest, Precision.Double);
            times[k] = clock.Elapsed.TotalMicroseconds;
            // The runtime compiles again what is called often, but only once nothing new was compiled for a tenth of a second.
            if (k is 50 or 150) Thread.Sleep(300);
        }
        var (first, second, tenth) = (times[0], times[1], times[9]);
        Array.Sort(times);
        var point = WorkloadCircuits.Point(compiled.ParameterCount);
        var binding = Best(circuit, 300, _ => plan!.Bind(point));
        using var state = StateVector.Zero(circuit.QubitCount, new SimulationOptions { Threads = 1 });
        var running = Best(circuit, 50, _ =>
        {
            state.SetZero();
            state.Apply(compiled, point);
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-12}{compiling,10:F0}{first,10:F0}{second,10:F0}{tenth,10:F0}{times[0],10:F0}{times[times.Length / 2],10:F0}{binding,10:F1}{running,10:F0}{times[0] / running,10:P0}"));
    }

    private static double Best(Circuit circuit, int repetitions, Action<Circuit> run)
    {
        var best = double.MaxValue;
        for (var k = 0; k < repetitions; k++)
        {
            var clock = Stopwatch.StartNew();
            run(circuit);
            best = Math.Min(best, clock.Elapsed.TotalMicroseconds);
        }
        return best;
    }
}
