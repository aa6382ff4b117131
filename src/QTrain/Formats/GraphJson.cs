using QTrain.Problems;

namespace QTrain.Formats;

/// <summary>Graphs as JSON: <c>{"num_vertices": 4, "edges": [[0, 1], [1, 2, 0.5]]}</c>, vertices from 0, an edge of two numbers weighing 1.</summary>
/// <remarks><c>num_vertices</c> may be left out: then the largest vertex named is the last. Other keys are ignored. A bare list of edges is read too.</remarks>
public static class GraphJson
{
    /// <summary>Reads a graph.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidFileException">The text is not a graph; the message says where and what is allowed.</exception>
    public static Graph Read(string text, string file) => Read(JsonSource.Read(text, file));

    /// <summary>A graph as an object or as the list of its edges.</summary>
    internal static Graph Read(JsonValue root)
    {
        if (root.Kind != JsonKind.List) root.AsObject("a graph").RefuseMisspelled("num_vertices", "edges", "num_edges");
        var list = root.Kind == JsonKind.List ? root : root.Require("edges", "a graph");
        var entries = list.AsList("edges");
        var edges = entries.Select(ReadEdge).ToList();
        if (root.Find("num_vertices") is null && edges.Count == 0) throw list.Fault("a graph without edges needs num_vertices.");
        var vertices = root.Find("num_vertices")?.AsInteger("num_vertices", 1) ?? edges.Max(e => Math.Max(e.U, e.V)) + 1;
        var seen = new HashSet<(int, int)>();
        for (var k = 0; k < edges.Count; k++)
            if (Graph.FaultOf(edges[k], vertices, seen) is { } fault) throw entries[k].Fault(fault);
        return new Graph(vertices, edges);
    }

    /// <summary>Writes a graph so that reading gives an equal one.</summary>
    public static string Write(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return JsonLines.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("num_vertices", graph.VertexCount);
            JsonLines.WriteLines(writer, "edges", graph.Edges, static (w, edge) =>
            {
                w.WriteStartArray();
                w.WriteNumberValue(edge.U);
                w.WriteNumberValue(edge.V);
                if (edge.Weight != 1) w.WriteNumberValue(edge.Weight);
                w.WriteEndArray();
            });
            writer.WriteEndObject();
        });
    }

    private static Edge ReadEdge(JsonValue entry)
    {
        var parts = entry.AsList("an edge");
        if (parts.Count is not (2 or 3)) throw entry.Fault($"an edge must be [u, v] or [u, v, weight], not a list of {parts.Count}.");
        return new Edge(
            parts[0].AsInteger("a vertex", 0, int.MaxValue - 1),
            parts[1].AsInteger("a vertex", 0, int.MaxValue - 1),
            parts.Count == 3 ? parts[2].AsNumber("the weight of an edge") : 1);
    }
}
