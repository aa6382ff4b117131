using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using QTrain.Observables;
using QTrain.Problems;

namespace QTrain.Formats.Hamiltonians;

/// <summary>Hamiltonians in every form of <see cref="HamiltonianFormat"/>; which one it is, is seen from what is in the file.</summary>
public static class HamiltonianText
{
    private const string Forms =
        "It may be JSON (Pauli terms, Qiskit's list, a QUBO or Ising problem, a graph, a distance matrix), SparsePauliOp(…), OpenFermion's 0.5 [X0 Z1] + …, a FCIDUMP, lines 'u v weight' or TSPLIB.";

    /// <summary>Reads a Hamiltonian and what its file says about it.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="reading">What the user says about the file; null where it speaks for itself.</param>
    /// <exception cref="InvalidFileException">The text is no Hamiltonian, or leaves open which end of its labels is qubit 0; says where and what to do.</exception>
    public static HamiltonianFile Read(string text, string file, HamiltonianReading? reading = null) => HamiltonianContent.Read(text, file, reading).ToFile();

    /// <summary>Reads the observable alone, on any number of qubits.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="reading">What the user says about the file; null where it speaks for itself.</param>
    /// <exception cref="InvalidFileException">As for <see cref="Read"/>.</exception>
    public static SparsePauliSum ReadSparse(string text, string file, HamiltonianReading? reading = null) => HamiltonianContent.Read(text, file, reading).Wide();

    /// <summary>Reads the graph of a problem: as JSON, as a list of edges, or the distances of a travelling salesman.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidFileException">The text is no graph; says where and what is allowed.</exception>
    public static Graph ReadGraph(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        var start = text.AsSpan().TrimStart("\uFEFF \t\r\n");
        if (start.StartsWith("{") && JsonSource.Read(text, file) is var root && root.Find("distance_matrix") is null) return GraphJson.Read(root);
        // In a file of lines without a head three numbers are an edge with its weight.
        var content = HamiltonianContent.Read(text, file, start.StartsWith("[") ? new HamiltonianReading { Format = HamiltonianFormat.Graph } : null);
        return content.Graph ?? (content.Tour is { } tour
            ? new TextSource(text, file).At(0, tour.ToGraph)
            : throw new InvalidFileException(file, null, null, $"this is {content.Described}, not a graph: edges are wanted, as JSON, {{\"edges\": [[0, 1], [1, 2, 0.5]]}}, or as lines 'u v weight'."));
    }

    /// <summary>Which form a text has.</summary>
    internal static HamiltonianFormat Recognise(TextSource source, out JsonValue? root)
    {
        root = null;
        var text = source.Text.AsSpan().TrimStart();
        if (text.IsEmpty) throw source.Fault(0, "the file is empty; a Hamiltonian is expected. " + Forms);
        switch (text[0])
        {
            case '{':
                return OfObject(root = JsonSource.Read(source.Text, source.File));
            case '[':
                var first = text.TrimStart("[( \t\r\n");
                if (first.StartsWith("{")) break;
                if (first.Length > 0 && first[0] is '"' or '\'') return HamiltonianFormat.QiskitList;
                if (first.Length > 0 && "XYZI".Contains(first[0]) || first.Contains('^')) return HamiltonianFormat.OpenFermion;
                break;
            case '&' or '$':
                return HamiltonianFormat.Fcidump;
        }
        if (text[0] == '[') return OfList(root = JsonSource.Read(source.Text, source.File), source);
        if (TsplibText.Fits(source)) return HamiltonianFormat.Tsplib;
        var head = text[..Math.Min(text.Length, 200)];
        if (head.IndexOf('(') is > 0 and var parenthesis && (char.IsAsciiLetter(head[0]) || head[0] == '_') && head[..parenthesis].IndexOfAny(" \t\n*") < 0) return HamiltonianFormat.SparsePauliOp;
        if (text.Contains('[') || text.StartsWith("QubitOperator") || text.StartsWith("FermionOperator")) return HamiltonianFormat.OpenFermion;
        if (CoordinateText.Announces(source)) return HamiltonianFormat.Coordinates;
        var lines = source.Lines().Where(l => l[0].Text != "c");
        if (lines.FirstOrDefault() is [{ Text: "p" }, ..]) return HamiltonianFormat.EdgeList;
        // The first line tells; what is wrong with the others is told with their place.
        if (lines.FirstOrDefault() is { Length: > 1 and < 5 } numbers && numbers[0].TryIndex(out _) && numbers[1].TryIndex(out _))
            return lines.Any(l => l.Length == 3 && l[0].Text == l[1].Text) ? HamiltonianFormat.Coordinates : HamiltonianFormat.EdgeList;
        if (text.ContainsAny("IXYZ")) return HamiltonianFormat.PauliText;
        throw source.Fault(0, "this is no Hamiltonian in any form that is known. " + Forms);
    }

    private static HamiltonianFormat OfObject(JsonValue root)
    {
        if (root.Find("terms") is not null || root.Find("observable") is not null) return HamiltonianFormat.PauliJson;
        if (root.Find("edges") is not null) return HamiltonianFormat.Graph;
        if (root.Find("distance_matrix") is not null) return HamiltonianFormat.Tsplib;
        if (QuboJson.Fits(root)) return root.Find("h") is not null || root.Find("J") is not null ? HamiltonianFormat.Ising : HamiltonianFormat.Qubo;
        if (root.Members is [var one, ..] && one.Name.Length > 0 && one.Name.All(c => "IXYZ 0123456789".Contains(c)) && one.Name.AsSpan().ContainsAny("IXYZ")) return HamiltonianFormat.PauliText;
        root.RefuseMisspelled("terms", "observable", "edges", "distance_matrix", "linear", "quadratic");
        return HamiltonianFormat.PauliJson;     // whose reader says what is missing
    }

    private static HamiltonianFormat OfList(JsonValue root, TextSource source)
    {
        if (root.Items.Count > 0 && root.Items.All(i => i.Kind == JsonKind.Object)) return HamiltonianFormat.PauliJson;
        if (root.Items.Count > 0 && root.Items.All(i => i.Kind == JsonKind.List && i.Items.All(e => e.Kind == JsonKind.Number)))
        {
            var square = root.Items.All(i => i.Items.Count == root.Items.Count);
            var edges = root.Items.All(i => i.Items.Count is 2 or 3 && i.Items.Take(2).All(e => e.Number >= 0 && e.Number == Math.Floor(e.Number)) && i.Items[0].Number != i.Items[1].Number);
            if (square && edges) throw root.Fault("these rows are either the matrix of a QUBO or a list of edges: which? Write {\"Q\": [[…]]} or {\"edges\": [[…]]}.");
            if (square) return HamiltonianFormat.Qubo;
            if (edges) return HamiltonianFormat.Graph;
        }
        throw root.Fault("this list is no Hamiltonian: Qiskit's is [[\"XX\", 0.5], …], a QUBO's a square matrix, a graph's a list of edges [u, v, weight].");
    }

    /// <summary>Writes an observable in one of the forms.</summary>
    internal static string Write(HamiltonianContent content, HamiltonianFormat format)
    {
        switch (format)
        {
            case HamiltonianFormat.PauliJson:
                return content.QubitCount > PauliString.MaxQubits ? PauliJson.Write(content.Wide()) : PauliJson.Write(content.ToFile());
            case HamiltonianFormat.QiskitList:
                var wide = content.Wide();
                return "[\n" + string.Join(",\n", wide.Terms.Select(t => $"  [\"{Letters(t, wide.QubitCount)}\", {Number(t.Coefficient)}]")) + "\n]\n";
            case HamiltonianFormat.SparsePauliOp:
                var op = content.Wide();
                return $"SparsePauliOp([{string.Join(", ", op.Terms.Select(t => $"'{Letters(t, op.QubitCount)}'"))}],\n              coeffs=[{string.Join(", ", op.Terms.Select(t => Number(t.Coefficient)))}])\n";
            case HamiltonianFormat.OpenFermion:
                return string.Join(" +\n", content.Wide().Terms.Select(t => $"{Number(t.Coefficient)} [{(t.Letters.IsEmpty ? "" : SparsePauliSum.LabelOf(t.Letters))}]")) + "\n";
            case HamiltonianFormat.Qubo:
                return QuboJson.Write(content.RequireQubo(format));
            case HamiltonianFormat.BinaryQuadraticModel:
                return QuboJson.WriteModel(content.RequireQubo(format));
            case HamiltonianFormat.Coordinates:
                return CoordinateText.Write(content.RequireQubo(format));
            case HamiltonianFormat.Ising:
                content.RequireQubo(format);
                return QuboJson.WriteIsing(content.Wide());
            case HamiltonianFormat.Graph:
                return GraphJson.Write(content.RequireGraph());
            case HamiltonianFormat.EdgeList:
                return EdgeListText.Write(content.RequireGraph());
            case HamiltonianFormat.Fcidump:
                return FcidumpText.Write(content.RequireIntegrals());
            case HamiltonianFormat.Tsplib when content.Tour is { } tour:
                return TsplibText.Write(tour, content.Name);
            case HamiltonianFormat.Tsplib:
                throw new QuantumException($"{content.File} is {content.Described}: only cities and their distances can be written as TSPLIB.");
            default:
                throw new QuantumException($"{format} is read, not written. Written are: {string.Join(", ", Written)}.");
        }
    }

    /// <summary>The forms that are written.</summary>
    internal static ImmutableArray<HamiltonianFormat> Written { get; } =
    [
        HamiltonianFormat.PauliJson, HamiltonianFormat.QiskitList, HamiltonianFormat.SparsePauliOp, HamiltonianFormat.OpenFermion, HamiltonianFormat.Fcidump, HamiltonianFormat.Qubo, HamiltonianFormat.Ising,
        HamiltonianFormat.BinaryQuadraticModel, HamiltonianFormat.Coordinates, HamiltonianFormat.Graph, HamiltonianFormat.EdgeList, HamiltonianFormat.Tsplib,
    ];

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture) is var text && text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";

    private static string Letters(SparsePauliTerm term, int qubits)
    {
        var letters = new char[qubits];
        letters.AsSpan().Fill('I');
        foreach (var (qubit, letter) in term.Letters) letters[qubits - 1 - qubit] = letter;
        return new string(letters);
    }
}
