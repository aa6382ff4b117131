using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Noise;
using QTrain.Simulation;
using QTrain.Simulation.Batches;
using QTrain.Simulation.Density;
using QTrain.Simulation.Stabilizer;
using QTrain.Simulation.Trajectories;

namespace QTrain.Workloads;

/// <summary>Something a simulator is timed at.</summary>
/// <param name="Name">As typed: <c>hea</c>, <c>energy</c> …</param>
/// <param name="About">One line.</param>
/// <param name="Sizes">The numbers of qubits it is usually timed at.</param>
/// <param name="Prepare">Makes it ready to run on so many qubits: what a user does once is not timed.</param>
internal sealed record Workload(string Name, string About, ImmutableArray<int> Sizes, Func<int, SimulationOptions, WorkloadRun> Prepare)
{
    /// <summary>Layers of the layered circuits.</summary>
    public const int Layers = 10;

    /// <summary>Points that a batched workload evaluates together.</summary>
    public const int Points = 64;

    /// <summary>Shots of a sampling workload.</summary>
    public const int Shots = 100_000;

    /// <summary>Whether it runs when none is named.</summary>
    public bool IsStandard { get; init; } = true;

    /// <summary>Whether it runs on state vectors, which can be of single precision.</summary>
    public bool IsOfStates { get; init; } = true;

    /// <summary>The fewest qubits it exists on.</summary>
    public int LeastQubits { get; init; } = 2;

    /// <summary>The most qubits it can be asked for.</summary>
    public int MostQubits { get; init; } = 40;

    /// <summary>Which numbers of qubits it exists on: all when null.</summary>
    public Func<int, bool>? Takes { get; init; }

    /// <summary>Those numbers in words.</summary>
    public string TakesOnly { get; init; } = "";

    /// <summary>Names that belong here but have no engine yet.</summary>
    public static ImmutableArray<string> NotYetBuilt { get; } = [];

    // Before the list that uses it.
    private static readonly NoiseModel Noise = NoiseModel.None.AfterOneQubitGates(Channel.Depolarizing(0.001)).AfterTwoQubitGates(Channel.Depolarizing(0.01, qubits: 2));

    /// <summary>All of them, in the order of the tables.</summary>
    public static ImmutableArray<Workload> All { get; } =
    [
        new("hea", $"{Layers} layers of ry and rz on every qubit and a chain of cx, from |0…0⟩", [12, 16, 20, 24],
            (n, o) => Prepared(WorkloadCircuits.HardwareEfficient(n, Layers), n, o)),
        new("energy", "hea, then ⟨−ΣZZ − ΣX⟩ of an open chain", [12, 16, 20], (n, o) =>
        {
            var (circuit, observable, state) = (Compiled(WorkloadCircuits.HardwareEfficient(n, Layers)), WorkloadCircuits.IsingChain(n), StateVector.Zero(n, o));
            var point = new double[circuit.ParameterCount];
            return new WorkloadRun(GatesOf(circuit), r => WorkloadCircuits.SetPoint(point, r), _ =>
            {
                state.SetZero();
                state.Apply(circuit, point);
                state.Expectation(observable);
            }, state);
        }),
        new("expectation", "⟨−ΣZZ − ΣX⟩ alone, of a hea state that is there", [20], (n, o) =>
        {
            var (observable, state) = (WorkloadCircuits.IsingChain(n), HardwareEfficientState(n, o));
            return new WorkloadRun(0, _ => { }, _ => state.Expectation(observable), state);
        }),
        new("gradient", "energy and its derivatives by all parameters", [12, 16, 20], (n, o) =>
        {
            var (circuit, state) = (Compiled(WorkloadCircuits.HardwareEfficient(n, Layers)), StateVector.Zero(n, o));
            var sweep = new AdjointSweep(circuit, WorkloadCircuits.IsingChain(n), state);
            var (point, gradient) = (new double[circuit.ParameterCount], new double[circuit.ParameterCount]);
            return new WorkloadRun(GatesOf(circuit), r => WorkloadCircuits.SetPoint(point, r), _ => sweep.Evaluate(point, gradient), sweep, state);
        }),
        new("qft", "the quantum Fourier transform with its swaps, of a generic state", [20, 24], (n, o) =>
        {
            var (circuit, state) = (Compiled(WorkloadCircuits.Fourier(n)), StateVector.Zero(n, o));
            state.Apply(WorkloadCircuits.GenericProduct(n), WorkloadCircuits.Point(2 * n));
            return new WorkloadRun(GatesOf(circuit), _ => { }, _ => state.Apply(circuit), state);
        }),
        new("qv", "quantum volume: random two-qubit unitaries on random pairs, as many layers as qubits", [20],
            (n, o) => Prepared(WorkloadCircuits.QuantumVolume(n), n, o)),
        new("sample", $"{Shots:#,0} shots of a hea state that is there", [20], (n, o) =>
        {
            var state = HardwareEfficientState(n, o);
            return new WorkloadRun(0, _ => { }, r => state.Sample(Shots, (ulong)r), state);
        }),
        new("density", "hea with depolarizing noise after every gate (0.001, two qubits 0.01), as a density matrix", [10], (n, o) =>
        {
            var program = DensityProgram.From(Noise.ApplyTo(WorkloadCircuits.HardwareEfficient(n, Layers)));
            var (matrix, point) = (DensityMatrix.Zero(n, o), new double[program.ParameterCount]);
            return new WorkloadRun(program.Circuit.Circuit.Operations.Length, r => WorkloadCircuits.SetPoint(point, r), _ =>
            {
                matrix.SetZero();
                matrix.Apply(program, point);
            }, matrix) { PassQubits = 2 * n - 1 };
        }) { MostQubits = 20, IsOfStates = false },
        new("trajectories", "1,000 noisy trajectories of hea, the noise of density, and the mean energy of the chain", [16], (n, o) =>
        {
            var program = TrajectoryProgram.From(Noise.ApplyTo(WorkloadCircuits.HardwareEfficient(n, Layers)));
            var (observable, point) = (WorkloadCircuits.IsingChain(n), new double[program.ParameterCount]);
            return new WorkloadRun(program.Circuit.Circuit.Operations.Length, r => WorkloadCircuits.SetPoint(point, r),
                r => TrajectorySimulator.Expectation(program, observable, point, 1000, (ulong)r, o));
        }),
        new("paulis", "the expectation of 500 random Pauli terms, of a hea state that is there", [16, 20], (n, o) =>
        {
            var (observable, state) = (WorkloadCircuits.RandomTerms(n, 500), HardwareEfficientState(n, o));
            return new WorkloadRun(0, _ => { }, _ => state.Expectation(observable), state);
        }),
        new("surface", $"{Shots:#,0} shots of a rotated surface code's memory, as many rounds as its distance, p = 0.001", [241], (n, o) =>
        {
            var distance = DistanceOf(n);
            var sampler = FrameSampler.Compile(SurfaceCode.RotatedMemory(distance, distance, CircuitNoise.Uniform(0.001)));
            return new WorkloadRun(0, _ => { }, r => sampler.SampleDetectors(Shots, (ulong)r, o)) { PassQubits = 0 };
        }) { IsOfStates = false, LeastQubits = 7, MostQubits = 1921, Takes = n => 2 * DistanceOf(n) * DistanceOf(n) - 1 == n, TakesOnly = "2d² − 1 qubits of a distance d: 7, 17, 31, 49, 71, 97, 127, 161, 199, 241 …" },
        new("batch", $"{Points} points of energy at once", [4, 6, 8, 10, 12], (n, o) =>
        {
            var circuit = Compiled(WorkloadCircuits.HardwareEfficient(n, Layers));
            var energies = new BatchedExpectations(circuit, WorkloadCircuits.IsingChain(n), o);
            var (points, values) = (new double[Points][], new double[Points]);
            for (var k = 0; k < Points; k++) points[k] = new double[circuit.ParameterCount];
            var listed = new ListedPoints(points);
            return new WorkloadRun(Points * GatesOf(circuit), r =>
            {
                for (var k = 0; k < Points; k++) WorkloadCircuits.SetPoint(points[k], Points * r + k);
            }, _ => energies.Evaluate(listed, values), energies) { PassQubits = 0 };
        }) { IsStandard = false },
        new("brickwork", $"{2 * Layers} layers of rx and rz on every qubit and cz on every other pair", [20],
            (n, o) => Prepared(WorkloadCircuits.Brickwork(n, 2 * Layers), n, o)) { IsStandard = false },
        new("qaoa", $"{Layers} layers of MaxCut on a random 3-regular graph", [20],
            (n, o) => Prepared(WorkloadCircuits.RegularQaoa(n, Layers), n, o)) { IsStandard = false, LeastQubits = 4, Takes = int.IsEvenInteger, TakesOnly = EvenOnly },
        new("uccsd", "unitary coupled cluster of a molecule with a third of its spin orbitals filled", [12, 16],
            (n, o) => Prepared(WorkloadCircuits.CoupledCluster(n), n, o)) { IsStandard = false, LeastQubits = 4, Takes = int.IsEvenInteger, TakesOnly = EvenOnly },
        new("random2q", "two-qubit gates of eight kinds on random pairs, ten a qubit, with rotations between", [20],
            (n, o) => Prepared(WorkloadCircuits.RandomTwoQubitGates(n), n, o)) { IsStandard = false },
    ];

    private const string EvenOnly = "even numbers of qubits";

    private static int DistanceOf(int qubits) => (int)Math.Sqrt((qubits + 1) / 2.0);

    private static WorkloadRun Prepared(Circuit circuit, int qubits, SimulationOptions options)
    {
        var (compiled, state) = (Compiled(circuit), StateVector.Zero(qubits, options));
        var point = new double[compiled.ParameterCount];
        return new WorkloadRun(GatesOf(compiled), r => WorkloadCircuits.SetPoint(point, r), _ =>
        {
            state.SetZero();
            state.Apply(compiled, point);
        }, state);
    }

    private static StateVector HardwareEfficientState(int qubits, SimulationOptions options)
    {
        var (circuit, state) = (WorkloadCircuits.HardwareEfficient(qubits, Layers), StateVector.Zero(qubits, options));
        state.Apply(circuit, WorkloadCircuits.Point(circuit.Parameters.Length));
        return state;
    }

    private static CompiledCircuit Compiled(Circuit circuit) => CompiledCircuit.From(circuit);

    private static long GatesOf(CompiledCircuit circuit) => circuit.Circuit.Operations.Length;
}

/// <summary>A workload that is ready: next is called before each repetition and not timed, run is timed.</summary>
internal sealed class WorkloadRun(long gates, Action<int> next, Action<int> run, params IDisposable[] owned) : IDisposable
{
    /// <summary>The state vector whose memory is as large as what the workload works on; null: as many qubits as the workload; 0: there is no such memory.</summary>
    public int? PassQubits { get; init; }

    /// <summary>Gates of the circuit; 0 where there is none.</summary>
    public long Gates { get; } = gates;

    /// <summary>Gets the parameters of a repetition ready.</summary>
    public void Next(int repetition) => next(repetition);

    /// <summary>Does what is timed.</summary>
    public void Run(int repetition) => run(repetition);

    public void Dispose()
    {
        foreach (var item in owned) item.Dispose();
    }
}
