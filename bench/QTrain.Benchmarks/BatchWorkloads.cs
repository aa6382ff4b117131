using System.Diagnostics;
using System.Globalization;
using QTrain.Simulation;
using QTrain.Simulation.Batches;
using QTrain.Workloads;

namespace QTrain.Benchmarks;

/// <summary>Energies of hea at many points: one after another, and in batches. Microseconds an energy, the best and the median.</summary>
internal static class BatchWorkloads
{
    public static void Print(string[] args)
    {
        var points = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 64;
        Console.WriteLine(NumericsFingerprint.Current);
        Console.WriteLine($"{points} points; µs an energy{"threads",10}{"alone",12}{"median",12}{"batched",12}{"median",12}{"ratio",8}");
        foreach (var qubits in new[] { 2, 4, 6, 8, 10, 11, 12 })
            foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct()) Print(qubits, threads, points);
    }

    private static void Print(int qubits, int threads, int points)
    {
        var options = new SimulationOptions { Threads = threads };
        var (circuit, observable) = (CompiledCircuit.From(WorkloadCircuits.HardwareEfficient(qubits, Workload.Layers)), WorkloadCircuits.IsingChain(qubits));
        var at = Enumerable.Range(0, points).Select(k => WorkloadCircuits.Point(circuit.ParameterCount, k)).ToArray();
        var values = new double[points];
        using var state = StateVector.Zero(qubits, options);
        var alone = Time(points, () =>
        {
            for (var k = 0; k < points; k++)
            {
                state.SetZero();
                state.Apply(circuit, at[k]);
                values[k] = state.Expectation(observable);
            }
        });
        using var batches = new BatchedExpectations(circuit, observable, options);
        var listed = new ListedPoints(at);
        var batched = Time(points, () => batches.Evaluate(listed, values));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"n = {qubits,-22}{threads,10}{alone.Best,12:F2}{alone.Median,12:F2}{batched.Best,12:F2}{batched.Median,12:F2}{alone.Best / batched.Best,8:F1}"));
    }

    private static (double Best, double Median) Time(int points, Action run)
    {
        for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < 150;) run();
        var times = new List<double>();
        for (var all = Stopwatch.StartNew(); all.ElapsedMilliseconds < 500 || times.Count < 5;)
        {
            var clock = Stopwatch.StartNew();
            run();
            times.Add(clock.Elapsed.TotalMicroseconds / points);
        }
        times.Sort();
        return (times[0], times[times.Count / 2]);
    }
}
