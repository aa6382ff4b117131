using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Formats;
using QTrain.Numerics;
using QTrain.Optimizers;
using QTrain.Problems;
using QTrain.Training;
using QTrain.Training.Noisy;
using QTrain.Transpilation;

namespace QTrain.Operations.Specs;

/// <summary>Turns specs into plans.</summary>
public static class SpecCompiler
{
    // Random starts have a stream of their own, so that another use of the seed does not move them.
    private const ulong StartStream = 0x5354415254;

    /// <summary>The plan of a spec that was kept.</summary>
    /// <param name="json">Canonical JSON, as in <see cref="PreparedSpec.Json"/>.</param>
    /// <param name="inputs">The files it names, by name, as in <see cref="PreparedSpec.Inputs"/>.</param>
    /// <exception cref="InvalidFileException">The JSON or an input is not what it was.</exception>
    public static TrainingPlan ToPlan(string json, IReadOnlyDictionary<string, byte[]> inputs) => Restore(json, inputs).Plan;

    /// <summary>The spec and plan that were kept as JSON and inputs, with some lines replaced.</summary>
    /// <param name="json">Canonical JSON.</param>
    /// <param name="inputs">The files it names, by name.</param>
    /// <param name="overrides">Lines to replace, as <c>stopping.iterations=50</c>; a file named there is read, relative to the working directory.</param>
    /// <param name="references">Finds earlier runs and imported devices; null where there is no store.</param>
    /// <exception cref="InvalidFileException">The JSON, an input or an override is not what it must be.</exception>
    public static PreparedSpec Restore(
        string json, IReadOnlyDictionary<string, byte[]> inputs, IReadOnlyList<string>? overrides = null, SpecReferences? references = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(inputs);
        var node = SpecYaml.FromJson("the spec of the run", json);
        foreach (var assignment in overrides ?? []) node = SpecOverride.Apply(node, assignment);
        var kept = SpecInputs.Kept(inputs, overrides is { Count: > 0 } ? Directory.GetCurrentDirectory() : null, references);
        var root = SpecChecker.Check(node, SpecKeys.Root);
        root = SpecChecker.Complete(overrides is { Count: > 0 } ? SpecDefaults.Fill(root, kept) : root, SpecKeys.Root);
        var spec = SpecReader.Read(root);
        // The plan first: making it reads what it needs.
        return new PreparedSpec { Json = SpecJson.Write(root), Spec = spec, Plan = Compile(spec, root, kept), Inputs = kept.Bytes };
    }

    internal static TrainingPlan Compile(TrainingSpec spec, SpecMap root, SpecInputs inputs)
    {
        var problem = Problem(spec, root, inputs);
        var optimizer = OptimizerKeys.Create(spec.Optimizer, spec.OptimizerOptions, (option, reason) => root.PlaceOf($"optimizer.{option}").Refuse(reason));
        if (problem.Ansatz.Parameters.IsEmpty)
            throw root.PlaceOf("problem").Refuse("the circuit has no parameters: there is nothing to train. `qtrain expect` computes its expectation.");
        if (problem.Observable.QubitCount != problem.Ansatz.QubitCount)
            throw root.PlaceOf("problem").Refuse(
                $"the observable acts on {problem.Observable.QubitCount} qubits but the circuit has {problem.Ansatz.QubitCount}: they must agree.");
        return new TrainingPlan
        {
            Problem = problem with { Start = Start(spec, root, inputs, problem) },
            Optimizer = optimizer,
            Stopping = spec.Stopping,
            Shots = spec.Shots,
            Gradient = spec.Gradient,
            Precision = spec.Precision,
            Noise = spec.Device is { } device ? Noise(device, spec, root, inputs) : spec.NoiseFile is { } noise ? inputs.Noise(root.PlaceOf("backend.noise"), noise) : null,
            Twin = spec.Device?.Twin is { } twin
                ? new TwinTraining { Pace = twin.Pace, Options = new TwinOptions { Drift = twin.Drift == "none" ? DriftProcess.None : DriftProcess.Daily } } : null,
            Seed = spec.Seed,
        };
    }

    private static DeviceNoiseSource Noise(DeviceSpec device, TrainingSpec spec, SpecMap root, SpecInputs inputs)
    {
        var place = root.PlaceOf("backend.device");
        var calibration = inputs.Calibration(place, device.Name);
        return At(root, "backend.device", () => new DeviceNoiseSource(
            calibration, DeviceNoiseOptions.Default with { Crosstalk = device.Crosstalk }, new TranspileOptions { Level = device.Level, Seed = spec.Seed }));
    }

    private static TrainingProblem Problem(TrainingSpec spec, SpecMap root, SpecInputs inputs)
    {
        switch (spec.Problem)
        {
            case MaxCutProblem:
                var graph = GraphOf(SpecReader.Section(root, "problem")!, inputs);
                var layers = spec.Ansatz is QaoaSpec qaoa ? qaoa.Layers : 1;
                var cut = At(root, "problem.maxcut", () => MaxCut.Problem(graph, layers, [.. new double[2 * layers]], spec.Name));
                return spec.Ansatz is QaoaSpec ? cut : cut with { Ansatz = Ansatz(spec.Ansatz, root, inputs, graph.VertexCount, null) };
            case CircuitProblem(var circuitFile, var observableFile):
                var circuit = inputs.Circuit(root.PlaceOf("problem.circuit"), circuitFile);
                var observable = inputs.Hamiltonian(root.PlaceOf("problem.observable"), observableFile, SpecReader.Reading(root));
                return Of(spec.Name, circuit, observable);
            default:
                var file = inputs.Hamiltonian(root.PlaceOf("problem.hamiltonian"), ((HamiltonianProblem)spec.Problem).File, SpecReader.Reading(root));
                if (spec.Ansatz is UccsdSpec uccsd)
                    return At(root, uccsd.Electrons is null ? "ansatz.type" : "ansatz.electrons", () => Uccsd.For(file, Options(uccsd))).ToProblem(spec.Name);
                return Of(spec.Name, Ansatz(spec.Ansatz, root, inputs, file.Observable.QubitCount, file), file);
        }
    }

    private static TrainingProblem Of(string name, Circuit circuit, HamiltonianFile file) => new(name, circuit, file.Observable.ExtendTo(Math.Max(circuit.QubitCount, file.Observable.QubitCount)), [])
    {
        KnownOptimum = file.GroundEnergy,
        Unit = file.Unit,
    };

    private static UccsdOptions Options(UccsdSpec spec) => new()
    {
        ElectronCount = spec.Electrons,
        Ms2 = spec.Ms2,
        SpinOrbitals = spec.Order is { } order ? Enum.Parse<SpinOrbitalOrder>(order, ignoreCase: true) : null,
        Mapping = spec.Encoding is null ? null : FermionMapping.JordanWigner,
    };

    private static Circuit Ansatz(AnsatzSpec ansatz, SpecMap root, SpecInputs inputs, int qubits, HamiltonianFile? file)
    {
        if (ansatz is CircuitAnsatzSpec own) return inputs.Circuit(root.PlaceOf("ansatz.file"), own.File);
        var spec = (HardwareEfficientSpec)ansatz;
        var reference = spec.Reference switch
        {
            "zero" => null,
            "hartree-fock" => file?.ReferenceDeterminant ?? throw root.PlaceOf("ansatz.reference").Refuse(
                "the Hamiltonian's file has no 'reference_determinant', so the Hartree–Fock state is unknown: give the bit string itself, qubit 0 rightmost."),
            var bits => bits,
        };
        return At(root, reference is null || spec.Reference == "hartree-fock" ? "ansatz" : "ansatz.reference", () => new HardwareEfficientAnsatz
        {
            Layers = spec.Layers,
            Rotations = spec.Rotations,
            Entangler = spec.Entangler,
            Entanglement = Enum.Parse<Entanglement>(spec.Entanglement, ignoreCase: true),
            FinalRotations = spec.FinalRotations,
            Reference = reference,
        }.Circuit(qubits));
    }

    /// <summary>Whether the table of fixed angles has this degree and so many layers.</summary>
    internal static bool HasFixedAngles(Graph graph, int layers) =>
        graph is { IsUnweighted: true, RegularDegree: { } degree } && FixedAngles.Find(degree, layers) is not null;

    /// <summary>The graph of a maxcut problem.</summary>
    internal static Graph GraphOf(SpecMap problem, SpecInputs inputs)
    {
        var maxcut = SpecReader.Section(problem, "maxcut")!;
        if (maxcut.Find("graph") is { } file) return inputs.Graph(file.Value.Place, SpecReader.Text(maxcut, "graph")!);
        var edges = SpecReader.Edges(maxcut);
        var vertices = (int?)SpecReader.Whole(maxcut, "vertices") ?? edges.Max(e => Math.Max(e.U, e.V)) + 1;
        return At(maxcut, "edges", () => new Graph(vertices, edges));
    }

    private static ImmutableArray<double> Start(TrainingSpec spec, SpecMap root, SpecInputs inputs, TrainingProblem problem)
    {
        var parameters = problem.Ansatz.Parameters;
        switch (spec.Initial)
        {
            case ZerosStart:
                return [.. new double[parameters.Length]];
            case FixedAnglesStart:
                return At(root, "initial", () => FixedAngles.For(GraphOf(SpecReader.Section(root, "problem")!, inputs), ((QaoaSpec)spec.Ansatz).Layers).ToStart());
            case RandomStart random:
                var stream = new RandomStream(random.Seed ?? spec.Seed, StartStream);
                var start = ImmutableArray.CreateBuilder<double>(parameters.Length);
                for (var k = 0; k < parameters.Length; k++)
                    start.Add(random.Scale is { } scale ? scale * stream.NextGaussian() : random.Low + (random.High - random.Low) * stream.NextDouble());
                return start.MoveToImmutable();
            case ValuesStart { ByName: null } values when values.InOrder.Length == parameters.Length:
                return values.InOrder;
            case ValuesStart { ByName: null } values:
                throw root.PlaceOf("initial.values").Refuse(
                    $"{values.InOrder.Length} values were given, but the circuit has {parameters.Length} parameters: {Names(parameters)}.");
            case ValuesStart { ByName: { } byName }:
                return ByName(parameters, byName, name => root.PlaceOf($"initial.values.{name}"), root.PlaceOf("initial.values"));
            default:
                var input = ((FileStart)spec.Initial).Input;
                var place = root.PlaceOf("initial.file");
                return ByName(parameters, inputs.Parameters(place, input), _ => place, place);
        }
    }

    private static ImmutableArray<double> ByName(
        ImmutableArray<Parameter> parameters, IReadOnlyDictionary<string, double> values, Func<string, SpecPlace> placeOf, SpecPlace place)
    {
        var names = parameters.Select(p => p.Name).ToHashSet();
        foreach (var name in values.Keys.Where(n => !names.Contains(n)))
            throw placeOf(name).Refuse($"the circuit has no parameter '{name}'.{Suggestion.DidYouMean(name, names)} It has: {Names(parameters)}.");
        Parameter[] missing = [.. parameters.Where(p => !values.ContainsKey(p.Name))];
        return missing.Length == 0
            ? [.. parameters.Select(p => values[p.Name])]
            : throw place.Refuse($"{(missing.Length == 1 ? "a value is" : $"{missing.Length} values are")} missing: {Names([.. missing])}.");
    }

    private static string Names(ImmutableArray<Parameter> parameters) =>
        string.Join(", ", parameters.Take(12)) + (parameters.Length > 12 ? $" … ({parameters.Length} in all)" : "");

    /// <summary>A fact of the domain, found while a key was worked on, is told with that key's place.</summary>
    private static T At<T>(SpecMap root, string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (QuantumException fault) when (fault is not InvalidFileException)
        {
            throw root.PlaceOf(path).Refuse(fault.Message);
        }
    }
}
