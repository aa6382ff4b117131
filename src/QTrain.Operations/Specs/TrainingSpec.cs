using System.Collections.Immutable;
using QTrain.Problems;
using QTrain.Simulation;
using QTrain.Training;

namespace QTrain.Operations.Specs;

/// <summary>A training as a person describes it: every key checked, every default filled in. Files are still names.</summary>
public sealed record TrainingSpec
{
    /// <summary>What the run is called.</summary>
    public required string Name { get; init; }

    /// <summary>What is minimised.</summary>
    public required ProblemSpec Problem { get; init; }

    /// <summary>The parameterized circuit.</summary>
    public required AnsatzSpec Ansatz { get; init; }

    /// <summary>Where training starts.</summary>
    public required InitialSpec Initial { get; init; }

    /// <summary>The optimizer's name.</summary>
    public required string Optimizer { get; init; }

    /// <summary>The optimizer's options that are not none, by name.</summary>
    public required ImmutableSortedDictionary<string, object> OptimizerOptions { get; init; }

    /// <summary>How gradients are computed.</summary>
    public GradientMethod Gradient { get; init; }

    /// <summary>Of the simulator's amplitudes.</summary>
    public Precision Precision { get; init; }

    /// <summary>The device that is simulated with its noise; null: an ideal one.</summary>
    public DeviceSpec? Device { get; init; }

    /// <summary>The file of a noise model written by hand; null: none, or that of the device.</summary>
    public string? NoiseFile { get; init; }

    /// <summary>Threads of the simulator; null: all processors. No result depends on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Shots for every measured circuit; null: exact.</summary>
    public int? Shots { get; init; }

    /// <summary>The seed of every random choice.</summary>
    public ulong Seed { get; init; }

    /// <summary>When training ends.</summary>
    public required StoppingRules Stopping { get; init; }

    /// <summary>Words to find the run by.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];
}

/// <summary>A device that is simulated with its noise.</summary>
/// <param name="Name">Its name or the file of its calibration.</param>
/// <param name="Level">How hard the compiler tries, 0 to 3.</param>
/// <param name="Crosstalk">Phase flips of neighbours as a share of a two-qubit gate's error.</param>
public sealed record DeviceSpec(string Name, int Level, double Crosstalk)
{
    /// <summary>How it runs as a twin; null: it is simulated at once.</summary>
    public TwinSpec? Twin { get; init; }
}

/// <summary>A device twin.</summary>
/// <param name="Drift"><c>daily</c> or <c>none</c>.</param>
/// <param name="Pace">How long a step takes on its clock.</param>
public sealed record TwinSpec(string Drift, TimeSpan Pace);

/// <summary>What is minimised.</summary>
public abstract record ProblemSpec;

/// <summary>The lowest energy of a Hamiltonian.</summary>
/// <param name="File">Its Pauli JSON.</param>
public sealed record HamiltonianProblem(string File) : ProblemSpec;

/// <summary>The largest cut of a graph, from a file or written out.</summary>
/// <param name="GraphFile">Its JSON; null when the edges are given.</param>
/// <param name="Edges">The edges; empty when a file is given.</param>
/// <param name="Vertices">How many vertices; null: as many as the edges need.</param>
public sealed record MaxCutProblem(string? GraphFile, ImmutableArray<Edge> Edges, int? Vertices) : ProblemSpec;

/// <summary>The expectation of an observable at the end of a circuit.</summary>
/// <param name="CircuitFile">The circuit's JSON.</param>
/// <param name="ObservableFile">The observable's Pauli JSON.</param>
public sealed record CircuitProblem(string CircuitFile, string ObservableFile) : ProblemSpec;

/// <summary>The parameterized circuit.</summary>
public abstract record AnsatzSpec;

/// <summary>Layers of rotations and entangling gates.</summary>
/// <param name="Layers">How many layers.</param>
/// <param name="Rotations">Names of the rotations of a layer, in order.</param>
/// <param name="Entangler">Name of the entangling gate.</param>
/// <param name="Entanglement">Which pairs are entangled.</param>
/// <param name="FinalRotations">Whether rotations come last.</param>
/// <param name="Reference"><c>zero</c>, <c>hartree-fock</c> or a bit string.</param>
public sealed record HardwareEfficientSpec(
    int Layers, ImmutableArray<string> Rotations, string Entangler, string Entanglement, bool FinalRotations, string Reference) : AnsatzSpec;

/// <summary>Unitary coupled cluster with singles and doubles. Null: as the Hamiltonian's file says.</summary>
/// <param name="Electrons">How many electrons.</param>
/// <param name="Ms2">Electrons of spin up minus electrons of spin down.</param>
/// <param name="Order"><c>interleaved</c> or <c>blocked</c>.</param>
/// <param name="Encoding"><c>jordan-wigner</c>.</param>
public sealed record UccsdSpec(int? Electrons, int? Ms2, string? Order, string? Encoding) : AnsatzSpec;

/// <summary>The quantum approximate optimization ansatz.</summary>
/// <param name="Layers">Its p.</param>
public sealed record QaoaSpec(int Layers) : AnsatzSpec;

/// <summary>A circuit from a file.</summary>
/// <param name="File">Its JSON.</param>
public sealed record CircuitAnsatzSpec(string File) : AnsatzSpec;

/// <summary>Where training starts.</summary>
public abstract record InitialSpec;

/// <summary>Every parameter 0.</summary>
public sealed record ZerosStart : InitialSpec;

/// <summary>The table of arXiv:2107.00677.</summary>
public sealed record FixedAnglesStart : InitialSpec;

/// <summary>Seeded random numbers.</summary>
/// <param name="Seed">The seed; null: the run's.</param>
/// <param name="Low">Lowest value of a uniform distribution.</param>
/// <param name="High">Highest value of a uniform distribution.</param>
/// <param name="Scale">Standard deviation of a normal distribution; null: uniform.</param>
public sealed record RandomStart(ulong? Seed, double Low, double High, double? Scale) : InitialSpec;

/// <summary>Given numbers.</summary>
/// <param name="InOrder">In the order of the parameters; default when given by name.</param>
/// <param name="ByName">By name; null when given in order.</param>
public sealed record ValuesStart(ImmutableArray<double> InOrder, ImmutableSortedDictionary<string, double>? ByName) : InitialSpec;

/// <summary>A file of parameters, or the best of an earlier run, which is kept like a file.</summary>
/// <param name="Input">The name of the input.</param>
public sealed record FileStart(string Input) : InitialSpec;
