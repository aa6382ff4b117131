using System.Collections.Immutable;
using QTrain.Formats;
using QTrain.Formats.Hamiltonians;
using QTrain.Problems;
using QTrain.Simulation;
using QTrain.Training;

namespace QTrain.Operations.Specs;

/// <summary>Turns checked and completed keys into a <see cref="TrainingSpec"/>, and into canonical JSON.</summary>
internal static class SpecReader
{
    public static TrainingSpec Read(SpecMap root)
    {
        var optimizer = Section(root, "optimizer")!;
        return new TrainingSpec
        {
            Name = Text(root, "name")!,
            Problem = Problem(Section(root, "problem")!),
            Ansatz = Ansatz(Section(root, "ansatz")!),
            Initial = Initial(Section(root, "initial")!),
            Optimizer = Text(optimizer, "name")!,
            OptimizerOptions = optimizer.Entries.Where(e => e.Key != "name" && e.Value is SpecScalar { Value: not null })
                .ToImmutableSortedDictionary(e => e.Key, e => ((SpecScalar)e.Value).Value!, StringComparer.Ordinal),
            Gradient = Enum.Parse<GradientMethod>(Text(root, "gradient")!, ignoreCase: true),
            Precision = Enum.Parse<Precision>(Text(Section(root, "backend")!, "precision") ?? nameof(Precision.Double), ignoreCase: true),
            Device = Device(Section(root, "backend")!),
            NoiseFile = Text(Section(root, "backend")!, "noise"),
            Threads = (int?)Whole(Section(root, "backend")!, "threads"),
            Shots = (int?)Whole(root, "shots"),
            Seed = (ulong)Whole(root, "seed")!.Value,
            Stopping = Stopping(Section(root, "stopping")!),
            Tags = Texts(root, "tags"),
        };
    }

    private static DeviceSpec? Device(SpecMap backend) => Text(backend, "device") is { } device
        ? new DeviceSpec(device, (int)Whole(backend, "level")!, Number(backend, "crosstalk")!.Value)
        {
            Twin = Text(backend, "name") == SpecKeys.Twin ? new TwinSpec(Text(backend, "drift")!, TimeSpan.FromSeconds(Number(backend, "pace")!.Value)) : null,
        }
        : null;

    private static ProblemSpec Problem(SpecMap problem)
    {
        if (Text(problem, "hamiltonian") is { } hamiltonian) return new HamiltonianProblem(hamiltonian);
        if (Text(problem, "circuit") is { } circuit) return new CircuitProblem(circuit, Text(problem, "observable")!);
        var maxcut = Section(problem, "maxcut")!;
        return new MaxCutProblem(Text(maxcut, "graph"), Edges(maxcut), (int?)Whole(maxcut, "vertices"));
    }

    public static ImmutableArray<Edge> Edges(SpecMap maxcut)
    {
        if (maxcut.Find("edges")?.Value is not SpecList edges) return [];
        return [.. edges.Items.Cast<SpecList>().Select(e => new Edge((int)Number(e, 0), (int)Number(e, 1), e.Items.Length > 2 ? Number(e, 2) : 1))];

        static double Number(SpecList ends, int at) => Convert.ToDouble(((SpecScalar)ends.Items[at]).Value);
    }

    private static AnsatzSpec Ansatz(SpecMap ansatz) => Text(ansatz, "type") switch
    {
        SpecKeys.HardwareEfficient => new HardwareEfficientSpec(
            (int)Whole(ansatz, "layers")!, Texts(ansatz, "rotations"), Text(ansatz, "entangler")!, Text(ansatz, "entanglement")!, Flag(ansatz, "final-rotations"), Text(ansatz, "reference")!),
        SpecKeys.Uccsd => new UccsdSpec((int?)Whole(ansatz, "electrons"), (int?)Whole(ansatz, "ms2"), Text(ansatz, "order"), Text(ansatz, "encoding")),
        SpecKeys.Qaoa => new QaoaSpec((int)Whole(ansatz, "layers")!),
        _ => new CircuitAnsatzSpec(Text(ansatz, "file")!),
    };

    private static InitialSpec Initial(SpecMap initial)
    {
        switch (Text(initial, "type"))
        {
            case SpecKeys.Zeros: return new ZerosStart();
            case SpecKeys.FixedAngles: return new FixedAnglesStart();
            case SpecKeys.File: return new FileStart(Text(initial, "file")!);
            case SpecKeys.Values when initial.Find("values")!.Value is SpecList list:
                return new ValuesStart([.. list.Items.Select(i => (double)((SpecScalar)i).Value!)], null);
            case SpecKeys.Values:
                return new ValuesStart(default, ((SpecMap)initial.Find("values")!.Value).Entries
                    .ToImmutableSortedDictionary(e => e.Key, e => (double)((SpecScalar)e.Value).Value!, StringComparer.Ordinal));
            default:
                var random = Section(initial, "random")!;
                return new RandomStart((ulong?)Whole(random, "seed"), Number(random, "low") ?? -Math.PI, Number(random, "high") ?? Math.PI, Number(random, "scale"));
        }
    }

    private static StoppingRules Stopping(SpecMap stopping)
    {
        var plateau = Section(stopping, "plateau");
        return new StoppingRules
        {
            MaxIterations = (int?)Whole(stopping, "iterations"),
            MaxEvaluations = (long?)Whole(stopping, "evaluations"),
            MaxTime = Number(stopping, "time") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            LossTolerance = Number(stopping, "tolerance"),
            GradientTolerance = Number(stopping, "gradient-tolerance"),
            PlateauSteps = plateau is null ? null : (int?)Whole(plateau, "steps"),
            PlateauTolerance = plateau is null ? 1e-8 : Number(plateau, "tolerance")!.Value,
            DivergenceAbove = Number(stopping, "divergence"),
        };
    }

    /// <summary>What a spec says about the file of its Hamiltonian or observable.</summary>
    public static HamiltonianReading Reading(SpecMap root)
    {
        var problem = Section(root, "problem")!;
        return new HamiltonianReading
        {
            Format = Text(problem, "format") is { } format ? FormatNames.Find(format) : null,
            BitOrder = Text(problem, "bit-order") is { } order ? Enum.Parse<BitOrder>(order, ignoreCase: true) : null,
            SpinOrbitals = Text(problem, "spin-orbitals") is { } spins ? Enum.Parse<SpinOrbitalOrder>(spins, ignoreCase: true) : SpinOrbitalOrder.Blocked,
        };
    }

    public static SpecMap? Section(SpecMap map, string key) => map.Find(key)?.Value as SpecMap;

    public static string? Text(SpecMap map, string key) => (map.Find(key)?.Value as SpecScalar)?.Value as string;

    public static decimal? Whole(SpecMap map, string key) => (map.Find(key)?.Value as SpecScalar)?.Value as decimal?;

    public static double? Number(SpecMap map, string key) => (map.Find(key)?.Value as SpecScalar)?.Value as double?;

    private static bool Flag(SpecMap map, string key) => (map.Find(key)?.Value as SpecScalar)?.Value is true;

    private static ImmutableArray<string> Texts(SpecMap map, string key) =>
        map.Find(key)?.Value is SpecList list ? [.. list.Items.Select(i => (string)((SpecScalar)i).Value!)] : [];
}
