using System.Diagnostics;
using System.Globalization;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Gradients;
using QTrain.Problems;
using QTrain.Simulation;
using QTrain.Workloads;

namespace QTrain.Benchmarks;

/// <summary>Layers of one kind of gate, and a molecule; whole workloads are <c>qtrain bench</c>. The best and the median of several, in milliseconds.</summary>
internal static class LayerWorkloads
{
    public static void Print(string[] args)
    {
        if (args is ["molecule", var file])
        {
            PrintMolecule(file);
            return;
        }
        var sizes = args.Length > 0 ? [.. args.Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : new[] { 12, 16, 20 };
        Console.WriteLine(NumericsFingerprint.Current);
        Console.WriteLine($"{"workload",-28}{"threads",8}{"best",12}{"median",12}  ms");
        foreach (var qubits in sizes)
            foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
                Print(qubits, threads);
    }

    private static void Print(int qubits, int threads)
    {
        var energy = WorkloadCircuits.IsingChain(qubits);
        using var state = StateVector.Zero(qubits, new SimulationOptions { Threads = threads });
        state.Apply(WorkloadCircuits.HardwareEfficient(qubits, layers: 2), WorkloadCircuits.Point(4 * qubits));
        foreach (var (name, make) in new (string, Action<CircuitBuilder, int>)[]
        {
            ("ry", (c, q) => c.Ry(Parameter.Named($"t{q}"), q)), ("rz", (c, q) => c.Rz(Parameter.Named($"t{q}"), q)), ("cx", (c, q) => c.Cx(q, (q + 1) % qubits)),
        })
        {
            var layer = CompiledCircuit.From(Circuit.Build(qubits, c =>
            {
                for (var q = 0; q < qubits; q++) make(c, q);
            }));
            Row($"  {name} on every qubit", r => state.Apply(layer, WorkloadCircuits.Point(layer.ParameterCount, r)));
        }
        Row("  variance alone", _ => state.Variance(energy));

        void Row(string name, Action<int> run) => LayerWorkloads.Row($"{name}, n={qubits}", threads, run);
    }

    private static void PrintMolecule(string file)
    {
        var hamiltonian = PauliJson.Read(File.ReadAllText(file), file);
        var circuit = CompiledCircuit.From(Uccsd.For(hamiltonian).Circuit);
        using var state = StateVector.Zero(circuit.QubitCount);
        using var sweep = new AdjointSweep(circuit, hamiltonian.Observable, state);
        var gradient = new double[circuit.ParameterCount];
        Console.WriteLine($"{hamiltonian.Observable.Terms.Length} terms, {circuit.ParameterCount} parameters, {circuit.Instructions.Length} instructions");
        Row("UCCSD", Environment.ProcessorCount, r =>
        {
            state.SetZero();
            state.Apply(circuit, WorkloadCircuits.Point(circuit.ParameterCount, r));
        });
        Row("  energy alone", Environment.ProcessorCount, _ => state.Expectation(hamiltonian.Observable));
        Row("  variance alone", Environment.ProcessorCount, _ => state.Variance(hamiltonian.Observable));
        Row("  energy and gradient", Environment.ProcessorCount, r => sweep.Evaluate(WorkloadCircuits.Point(circuit.ParameterCount, r), gradient));
    }

    private static void Row(string name, int threads, Action<int> run)
    {
        run(0);
        var clock = Stopwatch.StartNew();
        run(1);
        var repetitions = (int)Math.Clamp(1500 / Math.Max(0.01, clock.Elapsed.TotalMilliseconds), 3, 500);
        var times = new double[repetitions];
        for (var r = 0; r < repetitions; r++)
        {
            clock.Restart();
            run(r);
            times[r] = clock.Elapsed.TotalMilliseconds;
        }
        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28}{threads,8}{times[0],12:F3}{times[times.Length / 2],12:F3}"));
    }
}
