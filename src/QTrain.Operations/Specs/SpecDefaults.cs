using QTrain.Formats;

namespace QTrain.Operations.Specs;

/// <summary>Rules between keys, and the defaults that depend on other keys or on what is in a file.</summary>
internal static class SpecDefaults
{
    public static SpecMap Fill(SpecMap root, SpecInputs inputs)
    {
        root = Default(root, "name", Path.GetFileNameWithoutExtension(root.Place.File));
        var problem = Problem(root);
        var shots = root.Find("shots")?.Value is SpecScalar { Value: not null };

        var ansatz = Section(root, "ansatz");
        if (ansatz.Find("type") is null)
            ansatz = Default(ansatz, "type", ansatz.Find("file") is not null ? SpecKeys.Circuit : AnsatzType(root, problem, inputs));
        ansatz = Ansatz(root, ansatz, problem);
        root = With(root, "ansatz", ansatz);
        root = With(root, "initial", Initial(root, Section(root, "initial"), ansatz, problem, inputs));
        root = With(root, "backend", Backend(root, Section(root, "backend"), shots));
        root = With(root, "optimizer", Default(Section(root, "optimizer"), "name", shots ? "spsa" : "l-bfgs"));

        if (shots && root.Find("gradient") is { Value: SpecScalar { Value: "adjoint" } } gradient)
            throw gradient.Place.Refuse("adjoint gradients need the exact state, but 'shots' is set. Use gradient: shift, or remove 'shots'.");
        return root;
    }

    private static SpecMap Backend(SpecMap root, SpecMap backend, bool shots)
    {
        var (device, noise) = (backend.Find("device"), backend.Find("noise"));
        backend = Default(backend, "name", device is not null || noise is not null ? SpecKeys.Noisy : SpecKeys.Simulator);
        var name = SpecReader.Text(backend, "name");
        if (name == SpecKeys.Simulator) return backend;
        if (device is not null && noise is not null) throw noise.Place.Refuse("a device has the noise of its calibration, and 'noise' names another: keep 'backend.device' or 'backend.noise'.");
        if (device is null && (noise is null || name == SpecKeys.Twin))
            throw root.PlaceOf("backend.name").Refuse($"backend {name} needs 'backend.device': a name of `qtrain devices list`, or the file of a calibration{(name == SpecKeys.Noisy ? "; or 'backend.noise': the file of a noise model" : "")}.");
        if (name == SpecKeys.Twin && !shots) throw root.PlaceOf("backend.name").Refuse("a twin measures as hardware does: add 'shots: 1000', or as many as every circuit shall be measured with.");
        return backend;
    }

    private static SpecMap Problem(SpecMap root)
    {
        if (root.Find("problem")?.Value is not SpecMap problem)
            throw root.Place.Refuse("a spec needs a 'problem': hamiltonian: FILE, or maxcut: FILE, or circuit: FILE with observable: FILE. `qtrain init` writes a commented spec.");
        SpecEntry[] kinds = [.. problem.Entries.Where(e => e.Key is "hamiltonian" or "maxcut" or "circuit")];
        switch (kinds.Length)
        {
            case 0:
                throw root.PlaceOf("problem").Refuse("'problem' needs one of hamiltonian, maxcut, or circuit with observable.");
            case > 1:
                throw kinds[1].Place.Refuse($"a spec has one problem, here are {string.Join(" and ", kinds.Select(k => $"'{k.Key}'"))}: keep one.");
        }
        var observable = problem.Find("observable");
        if (kinds[0].Key == "circuit" && observable is null)
            throw kinds[0].Place.Refuse("'problem.circuit' needs 'problem.observable': the file of what is measured at its end.");
        if (kinds[0].Key != "circuit" && observable is not null)
            throw observable.Place.Refuse($"'problem.observable' goes with 'problem.circuit', here the problem is '{kinds[0].Key}': remove it.");
        if (kinds[0].Key == "maxcut" && problem.Entries.FirstOrDefault(e => e.Key is "format" or "bit-order" or "spin-orbitals") is { } form)
            throw form.Place.Refuse($"'problem.{form.Key}' is about the file of a Hamiltonian or observable, here the problem is 'maxcut': remove it.");
        if (kinds[0] is { Key: "maxcut", Value: SpecMap maxcut })
        {
            var (graph, edges, vertices) = (maxcut.Find("graph"), maxcut.Find("edges"), maxcut.Find("vertices"));
            if ((graph is null) == (edges is null))
                throw (edges ?? kinds[0]).Place.Refuse("'problem.maxcut' needs either 'graph' (a file) or 'edges'.");
            if (graph is not null && vertices is not null)
                throw vertices.Place.Refuse("'problem.maxcut.vertices' goes with 'edges': a graph's file tells its own number of vertices.");
        }
        return problem;
    }

    private static string AnsatzType(SpecMap root, SpecMap problem, SpecInputs inputs)
    {
        if (problem.Find("maxcut") is not null) return SpecKeys.Qaoa;
        if (problem.Find("circuit") is not null) return SpecKeys.Circuit;
        var entry = problem.Find("hamiltonian")!;
        var file = inputs.Hamiltonian(entry.Value.Place, Value(entry), SpecReader.Reading(root));
        return file is { Mapping: FermionMapping.JordanWigner, SpinOrbitals: not null, ElectronCount: not null } ? SpecKeys.Uccsd : SpecKeys.HardwareEfficient;
    }

    private static SpecMap Ansatz(SpecMap root, SpecMap ansatz, SpecMap problem)
    {
        var place = root.PlaceOf("ansatz.type");
        var type = Type(ansatz);
        if (type == SpecKeys.Qaoa && problem.Find("maxcut") is null)
            throw place.Refuse("ansatz qaoa is for 'problem.maxcut'. For a Hamiltonian use hardware-efficient or, for a molecule, uccsd.");
        if (type == SpecKeys.Uccsd && problem.Find("hamiltonian") is null)
            throw place.Refuse("ansatz uccsd is for 'problem.hamiltonian' of a molecule.");
        if (type != SpecKeys.Circuit)
            return problem.Find("circuit") is { } own ? throw place.Refuse($"'problem.circuit' is the ansatz already, at {own.Place.File}:{own.Place.Line}: remove 'ansatz', or give 'problem.hamiltonian' instead.") : ansatz;
        if (problem.Find("circuit") is { } circuit)
            return ansatz.Find("file") is { } twice ? throw twice.Place.Refuse("'problem.circuit' names the circuit already: remove 'ansatz.file'.") : ansatz.With(circuit with { Key = "file" });
        return ansatz.Find("file") is null ? throw place.Refuse("ansatz circuit needs 'ansatz.file': the file of the circuit.") : ansatz;
    }

    private static SpecMap Initial(SpecMap root, SpecMap initial, SpecMap ansatz, SpecMap problem, SpecInputs inputs)
    {
        if (initial.Find("type") is null)
        {
            SpecEntry[] implied = [.. initial.Entries.Where(e => e.Key is SpecKeys.Values or SpecKeys.File or SpecKeys.Run or SpecKeys.Random)];
            if (implied.Length > 1) throw implied[1].Place.Refuse($"initial parameters come from one place, here are {string.Join(" and ", implied.Select(k => $"'{k.Key}'"))}: keep one.");
            initial = Default(initial, "type", implied is [var one] ? one.Key : InitialType(ansatz, problem, inputs));
        }
        switch (Type(initial))
        {
            case SpecKeys.FixedAngles when Type(ansatz) != SpecKeys.Qaoa:
                throw root.PlaceOf("initial.type").Refuse($"fixed-angles are for ansatz qaoa; here it is {Type(ansatz)}. Use random, zeros or values.");
            case SpecKeys.Values or SpecKeys.File or SpecKeys.Run when initial.Find(Type(initial)) is null:
                throw root.PlaceOf("initial.type").Refuse($"initial type {Type(initial)} needs the key 'initial.{Type(initial)}'.");
            case SpecKeys.Random:
                return With(initial, SpecKeys.Random, Random(Section(initial, SpecKeys.Random), Type(ansatz)));
            case SpecKeys.Run:
                var run = initial.Find(SpecKeys.Run)!;
                // From here on it is a file like any other, kept with the run: the earlier run may be deleted.
                var kept = inputs.KeepRun(run.Value.Place, Value(run));
                return new SpecMap(initial.Place, [.. Default(new SpecMap(initial.Place, []), "type", SpecKeys.File).Entries,
                    new SpecEntry(SpecKeys.File, run.Place, new SpecScalar(run.Value.Place, kept, Quoted: true) { Value = kept })]);
            default:
                return initial;
        }
    }

    private static string InitialType(SpecMap ansatz, SpecMap problem, SpecInputs inputs)
    {
        if (Type(ansatz) == SpecKeys.Uccsd) return SpecKeys.Zeros;
        if (Type(ansatz) != SpecKeys.Qaoa) return SpecKeys.Random;
        var layers = (int?)SpecReader.Whole(ansatz, "layers") ?? int.Parse(SpecKeys.Root.Find("ansatz")!.Find("layers", SpecKeys.Qaoa)!.Default!);
        return SpecCompiler.HasFixedAngles(SpecCompiler.GraphOf(problem, inputs), layers) ? SpecKeys.FixedAngles : SpecKeys.Random;
    }

    private static SpecMap Random(SpecMap random, string ansatz)
    {
        if (random.Find("scale") is not null)
            return (random.Find("low") ?? random.Find("high")) is { } edge
                ? throw edge.Place.Refuse("'scale' draws from a normal distribution, 'low' and 'high' from a uniform one: keep one of the two.")
                : random;
        if (random.Find("low") is null && random.Find("high") is null && ansatz == SpecKeys.HardwareEfficient)
            return random.With(new SpecEntry("scale", random.Place, new SpecScalar(random.Place, "0.1", Quoted: false) { Value = 0.1 }));
        var (low, high) = (SpecReader.Number(random, "low") ?? -Math.PI, SpecReader.Number(random, "high") ?? Math.PI);
        if (!(low < high)) throw (random.Find("low") ?? random.Find("high"))!.Place.Refuse($"'low' is {low:R} and 'high' is {high:R}: low must be less than high.");
        return random
            .With(new SpecEntry("low", random.Place, new SpecScalar(random.Place, low.ToString("R"), Quoted: false) { Value = low }))
            .With(new SpecEntry("high", random.Place, new SpecScalar(random.Place, high.ToString("R"), Quoted: false) { Value = high }));
    }

    private static string Type(SpecMap section) => SpecReader.Text(section, "type")!;

    private static string Value(SpecEntry entry) => (string)((SpecScalar)entry.Value).Value!;

    private static SpecMap Section(SpecMap root, string key) => SpecReader.Section(root, key) ?? new SpecMap(root.Place, []);

    private static SpecMap With(SpecMap map, string key, SpecMap section) => map.With(new SpecEntry(key, map.Find(key)?.Place ?? map.Place, section));

    private static SpecMap Default(SpecMap map, string key, string value) => map.Find(key) is not null
        ? map
        : map.With(new SpecEntry(key, map.Place, new SpecScalar(map.Place, value, Quoted: true) { Value = value }));
}
