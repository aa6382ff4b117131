using System.Diagnostics;
using System.Globalization;
using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Optimizers;
using QTrain.Simulation;
using QTrain.Simulation.Batches;
using QTrain.Training;
using QTrain.Workloads;

namespace QTrain.Benchmarks;

/// <summary>Energies of hea at many points: one after another, and in batches. Microseconds an energy, the best and the median.</summary>
internal static class BatchWorkloads
{
    public static void Print(string[] args)
    {
        if (args is ["uses"])
        {
            PrintUses();
            return;
        }
        if (args is ["circuits"])
        {
            foreach (var qubits in new[] { 4, 8, 10, 12 })
                foreach (var (name, make) in new (string, Func<int, Circuit>)[]
                {
                    ("brickwork", n => WorkloadCircuits.Brickwork(n, 2 * Workload.Layers)), ("qaoa", n => WorkloadCircuits.RegularQaoa(n, Workload.Layers)),
                    ("uccsd", WorkloadCircuits.CoupledCluster), ("random2q", WorkloadCircuits.RandomTwoQubitGates), ("qv", WorkloadCircuits.QuantumVolume),
                })
                    Print($"{name}, n = {qubits}", make(qubits), threads: 1, Workload.Points);
            return;
        }
        var points = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 64;
        Console.WriteLine(NumericsFingerprint.Current);
        Console.WriteLine($"{points} points; µs an energy{"threads",14}{"alone",12}{"median",12}{"batched",12}{"median",12}{"ratio",8}");
        foreach (var qubits in new[] { 2, 4, 6, 8, 10, 11, 12 })
            foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
                Print($"n = {qubits}", WorkloadCircuits.HardwareEfficient(qubits, Workload.Layers), threads, points);
    }

    private static void Print(string name, Circuit ansatz, int threads, int points)
    {
        var options = new SimulationOptions { Threads = threads };
        var (circuit, observable) = (CompiledCircuit.From(ansatz), WorkloadCircuits.IsingChain(ansatz.QubitCount));
        var at = Enumerable.Range(0, points).Select(k => WorkloadCircuits.Point(circuit.ParameterCount, k)).ToArray();
        var values = new double[points];
        using var state = StateVector.Zero(ansatz.QubitCount, options);
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
        Row(name, threads, alone, batched);
    }

    /// <summary>A shift gradient of hea with one layer more than usual, in milliseconds, and training steps of SPSA a second.</summary>
    private static void PrintUses()
    {
        Console.WriteLine($"{"shift gradient, ms",-30}{"threads",8}{"alone",12}{"median",12}{"batched",12}{"median",12}{"ratio",8}");
        foreach (var qubits in new[] { 6, 10 })
            foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
            {
                var options = new SimulationOptions { Threads = threads };
                var (circuit, observable) = (WorkloadCircuits.HardwareEfficient(qubits, 4), WorkloadCircuits.IsingChain(qubits));
                var (rule, at) = (new ShiftRule(circuit), WorkloadCircuits.Point(circuit.Parameters.Length));
                var compiled = CompiledCircuit.From(rule.Circuit);
                using var state = StateVector.Zero(qubits, options);
                using var energies = new BatchedExpectations(compiled, observable, options);
                var alone = Time(1000, () => rule.Gradient(at, (angles, _) =>
                {
                    state.SetZero();
                    state.Apply(compiled, angles);
                    return (state.Expectation(observable), 0);
                }));
                var batched = Time(1000, () => rule.Gradient(at, energies));
                Row($"n = {qubits}, {rule.EnergyCount} energies", threads, alone, batched);
            }
        Console.WriteLine("adjoint gradients of 64 points, µs each");
        foreach (var qubits in new[] { 4, 6, 8, 10, 11, 12 })
            foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
            {
                var options = new SimulationOptions { Threads = threads };
                var (circuit, observable) = (CompiledCircuit.From(WorkloadCircuits.HardwareEfficient(qubits, Workload.Layers)), WorkloadCircuits.IsingChain(qubits));
                var at = Enumerable.Range(0, Workload.Points).Select(k => WorkloadCircuits.Point(circuit.ParameterCount, k)).ToArray();
                var (values, gradients, gradient) = (new double[at.Length], new double[at.Length * circuit.ParameterCount], new double[circuit.ParameterCount]);
                using var state = StateVector.Zero(qubits, options);
                using var sweep = new AdjointSweep(circuit, observable, state);
                using var energies = new BatchedExpectations(circuit, observable, options);
                var listed = new ListedPoints(at);
                var alone = Time(at.Length, () =>
                {
                    for (var k = 0; k < at.Length; k++) values[k] = sweep.Evaluate(at[k], gradient);
                });
                var batched = Time(at.Length, () => energies.Differentiate(listed, values, gradients));
                Row($"n = {qubits}", threads, alone, batched);
            }
        Console.WriteLine("SPSA, µs a step");
        foreach (var qubits in new[] { 4, 8, 10 })
        {
            var circuit = WorkloadCircuits.HardwareEfficient(qubits, 4);
            var plan = new TrainingPlan
            {
                Problem = new TrainingProblem("chain", circuit, WorkloadCircuits.IsingChain(qubits), [.. WorkloadCircuits.Point(circuit.Parameters.Length)]),
                Optimizer = new Spsa(),
                Stopping = new StoppingRules { MaxIterations = 2000 },
            };
            using var evaluator = new SimulatorEvaluator(plan);
            var alone = Time(2000, () => Trainer.TrainAsync(plan, new Apart(evaluator), new SystemRunClock()).GetAwaiter().GetResult());
            var batched = Time(2000, () => Trainer.TrainAsync(plan, evaluator, new SystemRunClock()).GetAwaiter().GetResult());
            Row($"n = {qubits}", Environment.ProcessorCount, alone, batched);
        }
    }

    private static void Row(string name, int threads, (double Best, double Median) alone, (double Best, double Median) batched) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-30}{threads,8}{alone.Best,12:F3}{alone.Median,12:F3}{batched.Best,12:F3}{batched.Median,12:F3}{alone.Best / batched.Best,8:F1}"));

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

    /// <summary>Makes an evaluator answer every question by itself.</summary>
    private sealed class Apart(IEvaluator inner) : IEvaluator
    {
        public int Dimension => inner.Dimension;

        public string Identity => inner.Identity;

        public ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation) =>
            inner.AnswerAsync([.. questions.Select(q => q with { AskedTogether = 1 })], cancellation);
    }
}
