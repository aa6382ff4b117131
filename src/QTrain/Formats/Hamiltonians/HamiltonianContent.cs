using System.Globalization;
using QTrain.Observables;
using QTrain.Problems;

namespace QTrain.Formats.Hamiltonians;

/// <summary>What a file of a Hamiltonian turned out to hold: the observable, and the problem behind it where there is one.</summary>
internal sealed class HamiltonianContent
{
    private const string Cities = "qubit (c − 1)(n − 1) + (t − 1) says that city c, from 1, is the t-th of the tour after city 0; broken rules cost twice the largest distance each.";

    private HamiltonianFile? _facts;
    private SparsePauliSum? _wide;

    private HamiltonianContent(string file, HamiltonianFormat format) => (File, Format) = (file, format);

    public string File { get; }

    public HamiltonianFormat Format { get; }

    /// <summary>The graph whose largest cut is sought, where the file holds one.</summary>
    public Graph? Graph { get; private init; }

    /// <summary>The cost of bits, where the file holds one.</summary>
    public Qubo? Qubo { get; private init; }

    /// <summary>The cities, where the file holds some.</summary>
    public TravellingSalesman? Tour { get; private init; }

    public string? Name { get; private init; }

    private string? Description { get; init; }

    private double? GroundEnergy { get; init; }

    private string Unit { get; init; } = "";

    /// <summary>What was settled in reading that a person may want to know, such as which vertex is which qubit.</summary>
    public string? Note { get; private init; }

    public int QubitCount => _facts?.Observable.QubitCount ?? _wide?.QubitCount ?? Graph?.VertexCount ?? Qubo?.VariableCount ?? Tour!.QubitCount;

    /// <summary>What it is, in words.</summary>
    public string Described => Format switch
    {
        HamiltonianFormat.PauliJson or HamiltonianFormat.QiskitList or HamiltonianFormat.SparsePauliOp or HamiltonianFormat.PauliText => "a sum of Pauli strings",
        HamiltonianFormat.OpenFermion => "a sum of operators",
        HamiltonianFormat.Fcidump => "a molecule's integrals",
        HamiltonianFormat.Qubo or HamiltonianFormat.BinaryQuadraticModel or HamiltonianFormat.Coordinates => Qubo is null ? "an Ising problem" : "a QUBO",
        HamiltonianFormat.Ising => "an Ising problem",
        HamiltonianFormat.Tsplib => "a travelling salesman's problem",
        _ => "a graph",
    };

    public static HamiltonianContent Read(string text, string file, HamiltonianReading? reading)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        reading ??= new HamiltonianReading();
        var source = new TextSource(text, file);
        JsonValue? root = null;
        var format = reading.Format ?? HamiltonianText.Recognise(source, out root);
        var json = source.Text.AsSpan().TrimStart() is ['{', ..] or ['[', ..];
        JsonValue Root() => root ??= JsonSource.Read(source.Text, file);
        switch (format)
        {
            case HamiltonianFormat.PauliJson:
                return OfPauliJson(Root(), file, reading.BitOrder);
            case HamiltonianFormat.PauliText when json:
                return new HamiltonianContent(file, format) { _wide = PauliDictionary(Root(), source, reading.BitOrder) };
            case HamiltonianFormat.QiskitList or HamiltonianFormat.SparsePauliOp:
                return new HamiltonianContent(file, format) { _wide = QiskitText.Read(source, reading.BitOrder) };
            case HamiltonianFormat.OpenFermion or HamiltonianFormat.PauliText:
                var (sum, fermions) = OperatorText.Read(source, reading.BitOrder);
                var content = new HamiltonianContent(file, format) { _wide = sum, Note = fermions ? "mode k of the fermions is qubit k, by Jordan–Wigner." : null };
                if (fermions)
                    content._facts = new HamiltonianFile { File = file, Observable = sum.ToPauliSum(), Note = content.Note, Encoding = "Jordan-Wigner, qubit k is mode k", Mapping = FermionMapping.JordanWigner };
                return content;
            case HamiltonianFormat.Fcidump:
                return OfMolecule(FcidumpText.Read(source), file, reading.SpinOrbitals);
            case HamiltonianFormat.Qubo or HamiltonianFormat.Ising or HamiltonianFormat.BinaryQuadraticModel when json:
                var (kind, qubo, ising, note) = QuboJson.Read(Root());
                return new HamiltonianContent(file, kind)
                {
                    Qubo = qubo, _wide = ising, Note = note,
                    Name = Fact(Root(), "name"), Description = Fact(Root(), "description"), Unit = Fact(Root(), "unit") ?? "", GroundEnergy = Number(Root(), "minimum") ?? Number(Root(), "ground_energy"),
                };
            case HamiltonianFormat.Qubo or HamiltonianFormat.Ising or HamiltonianFormat.BinaryQuadraticModel or HamiltonianFormat.Coordinates:
                var (bits, signs) = CoordinateText.Read(source);
                return new HamiltonianContent(file, HamiltonianFormat.Coordinates) { Qubo = bits, _wide = signs };
            case HamiltonianFormat.Graph or HamiltonianFormat.EdgeList when json:
                return new HamiltonianContent(file, HamiltonianFormat.Graph)
                {
                    Graph = GraphJson.Read(Root()), Name = Fact(Root(), "name"), Description = Fact(Root(), "description"), GroundEnergy = -Number(Root(), "max_cut"),
                };
            case HamiltonianFormat.Tsplib when json:
                return new HamiltonianContent(file, format)
                {
                    Tour = Distances(Root().AsObject("a travelling salesman's problem").Require("distance_matrix", "a travelling salesman's problem")),
                    Name = Fact(Root(), "name"), Description = Fact(Root(), "description"), GroundEnergy = Number(Root(), "optimal_tour_length"), Note = Cities,
                };
            case HamiltonianFormat.Tsplib:
                var (tour, title, comment) = TsplibText.Read(source);
                return new HamiltonianContent(file, format) { Tour = tour, Name = title, Description = comment, Note = Cities };
            default:
                var (graph, vertices) = EdgeListText.Read(source);
                var weights = graph.IsUnweighted || reading.Format is not null ? null : "read as the weighted edges of a graph, for its largest cut; --format qubo reads 'i j value' as a cost of bits.";
                return new HamiltonianContent(file, HamiltonianFormat.EdgeList) { Graph = graph, Note = vertices is null ? weights : weights is null ? vertices : $"{weights} {vertices}" };
        }
    }

    /// <summary>A value in its own form, for writing.</summary>
    public static HamiltonianContent Of(HamiltonianFile file) => new(file.File, HamiltonianFormat.PauliJson) { _facts = file, Name = file.Name };

    /// <summary>The observable with what is known of it.</summary>
    /// <exception cref="InvalidFileException">It acts on more than 64 qubits.</exception>
    public HamiltonianFile ToFile()
    {
        if (_facts is not null) return _facts;
        if (QubitCount > PauliString.MaxQubits)
            throw new InvalidFileException(File, null, null, $"{Described} on {QubitCount} qubits: at most {PauliString.MaxQubits} can be trained or evaluated here{(Tour is null ? "" : $", so {(int)Math.Sqrt(PauliString.MaxQubits) + 1} cities")}.");
        return _facts = new HamiltonianFile { File = File, Observable = Wide().ToPauliSum(), Name = Name, Description = Description, GroundEnergy = GroundEnergy, Unit = Unit, Note = Note };
    }

    /// <summary>The observable on any number of qubits.</summary>
    public SparsePauliSum Wide() => _wide ??= _facts is { } facts ? SparsePauliSum.From(facts.Observable)
        : Graph is { } graph ? CutOf(graph)
        : (Qubo ?? Cost()).Observable();

    /// <summary>The problem as a cost of bits.</summary>
    /// <exception cref="QuantumException">It is none.</exception>
    public Qubo RequireQubo(HamiltonianFormat format) => Qubo ?? (Tour is not null ? Cost() : null) ?? Problems.Qubo.From(Wide())
        ?? throw new QuantumException($"{File} is {Described} that is not diagonal or couples more than two qubits at once: it has no form as {format}, which holds Z and products of two Z only.");

    /// <summary>The problem as a graph.</summary>
    /// <exception cref="QuantumException">It is none.</exception>
    public Graph RequireGraph() => Graph ?? (Tour ?? throw new QuantumException($"{File} is {Described}: only graphs and cities with their distances can be written as a graph.")).ToGraph();

    /// <summary>The integrals of a molecule.</summary>
    /// <exception cref="QuantumException">The file does not say how its spin orbitals became qubits, or no integrals make its sum.</exception>
    public MolecularIntegrals RequireIntegrals()
    {
        var facts = ToFile();
        if (facts is not { Mapping: FermionMapping.JordanWigner, SpinOrbitals: { } order })
            throw new QuantumException($"{File} does not say that it is a molecule by Jordan–Wigner and in which order its spin orbitals are (\"encoding\": \"Jordan-Wigner, interleaved\" or \"blocked\"): it has no form as FCIDUMP.");
        return MolecularIntegrals.From(facts.Observable, order, facts.ElectronCount, facts.Ms2 ?? 0)
            ?? throw new QuantumException($"{File} is no Hamiltonian of real, spin-restricted integrals: it has no form as FCIDUMP.");
    }

    private Qubo Cost() => Tour!.Cost();

    private static SparsePauliSum CutOf(Graph graph) => new(graph.VertexCount,
    [
        new SparsePauliTerm([], -graph.Edges.Sum(e => e.Weight) / 2),
        .. graph.Edges.Select(e => new SparsePauliTerm([new PauliLetter(Math.Min(e.U, e.V), 'Z'), new PauliLetter(Math.Max(e.U, e.V), 'Z')], e.Weight / 2)),
    ]);

    private static HamiltonianContent OfPauliJson(JsonValue root, string file, BitOrder? order)
    {
        var given = order ?? PauliJson.OrderOf(root);
        if (PauliJson.WidthOf(root) > PauliString.MaxQubits) return new HamiltonianContent(file, HamiltonianFormat.PauliJson) { _wide = PauliJson.ReadSparse(root, given) };
        var facts = PauliJson.Read(root, file, given);
        return new HamiltonianContent(file, HamiltonianFormat.PauliJson) { _facts = facts, Name = facts.Name };
    }

    private static HamiltonianContent OfMolecule(MolecularIntegrals integrals, string file, SpinOrbitalOrder order)
    {
        var observable = integrals.Hamiltonian(order);
        var reference = integrals.ReferenceDeterminant(order);
        return new HamiltonianContent(file, HamiltonianFormat.Fcidump)
        {
            _facts = new HamiltonianFile
            {
                File = file,
                Observable = observable,
                Encoding = "Jordan-Wigner, " + (order == SpinOrbitalOrder.Blocked
                    ? "blocked spin orbitals: qubits 0..N-1 = spin up orbitals, N..2N-1 = spin down orbitals"
                    : "interleaved spin orbitals: qubit 2p = orbital p spin up, qubit 2p+1 = orbital p spin down"),
                Mapping = FermionMapping.JordanWigner,
                SpinOrbitals = order,
                ElectronCount = integrals.ElectronCount,
                Ms2 = integrals.Ms2,
                ReferenceDeterminant = reference is { } bits ? bits.ToString("b", CultureInfo.InvariantCulture).PadLeft(observable.QubitCount, '0') : null,
                ReferenceDeterminantEnergy = reference is { } filled ? observable.ValueAt(filled).Real : null,
                Unit = "hartree",
            },
        };
    }

    // {"XZ": 0.5, "II": -1}: no format's own, so that the order of letters is asked about.
    private static SparsePauliSum PauliDictionary(JsonValue root, TextSource source, BitOrder? order)
    {
        var terms = new PauliTerms(source, order);
        foreach (var (name, key, value) in root.AsObject("a sum of Pauli strings").Members)
            terms.Add(new Token(name, key.Offset + 1), ComplexJson.ReadReal(value, "a coefficient"), value.Offset);
        return terms.ToSum();
    }

    private static TravellingSalesman Distances(JsonValue matrix)
    {
        var rows = matrix.AsList("distance_matrix");
        var distance = new double[rows.Count, rows.Count];
        for (var a = 0; a < rows.Count; a++)
        {
            var row = rows[a].AsList("a row of distance_matrix");
            if (row.Count != rows.Count) throw rows[a].Fault($"the matrix has {rows.Count} rows, but this row has {row.Count} columns: it must be square.");
            for (var b = 0; b < rows.Count; b++) distance[a, b] = row[b].AsNumber("a distance");
        }
        return matrix.At(() => new TravellingSalesman(distance));
    }

    // Facts are for people; a file whose name is no text is no less a problem.
    private static string? Fact(JsonValue root, string key) => root.Kind == JsonKind.Object && root.Find(key) is { Kind: JsonKind.Text } value ? value.Text : null;

    private static double? Number(JsonValue root, string key) => root.Kind == JsonKind.Object && root.Find(key) is { Kind: JsonKind.Number } value ? value.Number : null;
}
