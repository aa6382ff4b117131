using System.Globalization;
using System.Text;
using QTrain.Problems;

namespace QTrain.Formats.Hamiltonians;

/// <summary>Graphs as lists of edges.</summary>
/// <remarks><code>
/// # a comment               0 1            an edge that weighs 1
///                           1 2 0.5        an edge and its weight
///
/// 5 6                       Rudy's form (Biq Mac, G-set): vertices and edges, then lines 'u v weight', vertices from 1
/// 1 2 1
///
/// p edge 5 6                DIMACS' form, vertices from 1
/// e 1 2
/// </code>
/// A plain list that mentions vertex 0 counts from 0, one that does not from 1.</remarks>
internal static class EdgeListText
{
    private sealed record Line(Token At, int U, int V, double Weight);

    public static (Graph Graph, string? Note) Read(TextSource source)
    {
        Token[][] lines = [.. source.Lines().Where(l => l[0].Text != "c")];
        if (lines.Length == 0) throw source.Fault(0, "there are no edges: lines 'u v' or 'u v weight' are expected.");
        if (lines[0][0].Text == "p") return (Dimacs(source, lines), "vertex v of the file is qubit v − 1.");
        if (HasRudysHead(source, lines))
        {
            _ = lines[0][0].TryIndex(out var vertices);
            return (ToGraph(source, lines[0][0].Offset, vertices, [.. lines[1..].Select(l => Edge(source, l, 1))]), "vertex v of the file is qubit v − 1.");
        }
        Line[] edges = [.. lines.Select(l => Edge(source, l, 0))];
        var fromOne = edges.All(e => e.U > 0 && e.V > 0);
        if (fromOne) edges = [.. edges.Select(e => e with { U = e.U - 1, V = e.V - 1 })];
        return (ToGraph(source, edges[0].At.Offset, edges.Max(e => Math.Max(e.U, e.V)) + 1, edges), fromOne ? "no edge names vertex 0, so vertices count from 1: vertex v of the file is qubit v − 1." : null);
    }

    public static string Write(Graph graph)
    {
        if (graph.Edges.IsEmpty || graph.Edges.Max(e => Math.Max(e.U, e.V)) != graph.VertexCount - 1 || graph.Edges.All(e => Math.Min(e.U, e.V) > 0))
            throw new QuantumException("A list of edges says nothing of vertices without edges, and vertex 0 or the last one of this graph has none: write it as JSON, --to graph.");
        var text = new StringBuilder();
        foreach (var (u, v, weight) in graph.Edges)
            text.Append(graph.IsUnweighted ? $"{u} {v}\n" : string.Create(CultureInfo.InvariantCulture, $"{u} {v} {weight:R}\n"));
        return text.ToString();
    }

    // "5 6" above lines of three numbers is a head. Above lines of two it is one when as many follow as it says and each fits, but then the
    // whole may be a list of edges as well.
    private static bool HasRudysHead(TextSource source, Token[][] lines)
    {
        if (lines.Length < 2 || lines[0].Length != 2 || !lines[0][0].TryIndex(out var vertices) || !lines[0][1].TryIndex(out var edges) || edges != lines.Length - 1) return false;
        // Vertices count from 1 below a head.
        if (vertices == 0 || lines[1..].Any(l => l.Length > 1 && (l[0].Text == "0" || l[1].Text == "0"))) return false;
        if (lines[1..].All(l => l.Length == 3)) return true;
        if (lines[1..].Any(l => l.Length != 2 || l.Any(w => !w.TryIndex(out var v) || v > vertices))) return false;
        // An edge that would occur twice cannot be one.
        if (lines[1..].Any(l => (l[0].Text, l[1].Text) == (lines[0][0].Text, lines[0][1].Text) || (l[1].Text, l[0].Text) == (lines[0][0].Text, lines[0][1].Text)) || vertices == edges) return true;
        throw source.Fault(lines[0][0], $"is '{lines[0][0].Text} {lines[0][1].Text}' the number of vertices and edges, or the first edge? Both would do. Give the first edge a weight, or write the graph as JSON: {{\"edges\": [[0, 1], …]}}.");
    }

    private static Line Edge(TextSource source, Token[] words, int from)
    {
        // networkx writes data after the vertices: {'weight': 0.5} or {}.
        if (words is [_, _, { Text: "{'weight':" }, var last] && last.Text.EndsWith('}')) words = [words[0], words[1], last with { Text = last.Text.TrimEnd('}') }];
        if (words.Length is not (2 or 3)) throw source.Fault(words[0], $"an edge must be 'u v' or 'u v weight', here are {words.Length} words.");
        var weight = 1.0;
        if (words.Length == 3 && words[2].Text != "{}" && !words[2].TryNumber(out weight)) throw source.Fault(words[2], $"'{TextSource.Shown(words[2].Text)}' is no finite number: the weight of an edge is expected.");
        return new Line(words[0], Vertex(source, words[0], from), Vertex(source, words[1], from), weight);
    }

    private static int Vertex(TextSource source, Token word, int from)
    {
        if (!word.TryIndex(out var vertex)) throw source.Fault(word, $"'{TextSource.Shown(word.Text)}' is no vertex: they are numbered from {from}.");
        return vertex >= from && vertex < 1_000_000 ? vertex - from : throw source.Fault(word, $"vertex {vertex} is out of range: here they are numbered {from} to 999999.");
    }

    private static Graph Dimacs(TextSource source, Token[][] lines)
    {
        if (lines[0].Length != 4 || lines[0][1].Text is not ("edge" or "col" or "sp" or "max") || !lines[0][2].TryIndex(out var vertices))
            throw source.Fault(lines[0][0], "the first line of DIMACS' form is 'p edge VERTICES EDGES'.");
        return ToGraph(source, lines[0][2].Offset, vertices,
            [.. lines[1..].Select(l => l[0].Text is "e" or "a" ? Edge(source, l[1..] is [] ? l : l[1..], 1) : throw source.Fault(l[0], $"'{TextSource.Shown(l[0].Text)}' begins no line of DIMACS' form: edges are 'e u v' or 'e u v weight'."))]);
    }

    private static Graph ToGraph(TextSource source, int head, int vertices, Line[] edges)
    {
        var seen = new HashSet<(int, int)>();
        foreach (var edge in edges)
            if (Graph.FaultOf(new Edge(edge.U, edge.V, edge.Weight), vertices, seen) is { } fault) throw source.Fault(edge.At, fault);
        return source.At(head, () => new Graph(vertices, edges.Select(e => new Edge(e.U, e.V, e.Weight))));
    }
}
