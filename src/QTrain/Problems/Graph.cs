using System.Collections.Immutable;

namespace QTrain.Problems;

/// <summary>An edge of a graph.</summary>
/// <param name="U">One end.</param>
/// <param name="V">The other end.</param>
/// <param name="Weight">What the edge counts.</param>
public readonly record struct Edge(int U, int V, double Weight = 1);

/// <summary>An undirected graph with weighted edges and no loops: a value. Vertices are numbered from 0.</summary>
public sealed class Graph : IEquatable<Graph>
{
    /// <summary>A graph of given edges.</summary>
    /// <param name="vertices">How many vertices; at least 1.</param>
    /// <param name="edges">Its edges; each pair of vertices at most once.</param>
    /// <exception cref="QuantumException">An edge leads to itself, occurs twice, or ends where no vertex is.</exception>
    public Graph(int vertices, IEnumerable<Edge> edges)
    {
        ArgumentNullException.ThrowIfNull(edges);
        if (vertices < 1) throw new QuantumException($"A graph of {vertices} vertices cannot be: it needs at least 1.");
        VertexCount = vertices;
        Edges = [.. edges];
        var seen = new HashSet<(int, int)>();
        foreach (var edge in Edges)
            if (FaultOf(edge, vertices, seen) is { } fault) throw new QuantumException(fault);
    }

    /// <summary>How many vertices.</summary>
    public int VertexCount { get; }

    /// <summary>The edges, in the order given.</summary>
    public ImmutableArray<Edge> Edges { get; }

    /// <summary>Whether every edge weighs 1.</summary>
    public bool IsUnweighted => Edges.All(e => e.Weight == 1);

    /// <summary>The number of edges at every vertex when it is the same everywhere; null otherwise.</summary>
    public int? RegularDegree
    {
        get
        {
            var degrees = new int[VertexCount];
            foreach (var edge in Edges)
            {
                degrees[edge.U]++;
                degrees[edge.V]++;
            }
            return degrees.Distinct().Count() == 1 ? degrees[0] : null;
        }
    }

    /// <summary>What is wrong with an edge, or null; remembers it in <paramref name="seen"/>.</summary>
    internal static string? FaultOf(Edge edge, int vertices, HashSet<(int, int)> seen)
    {
        var (u, v, weight) = edge;
        foreach (var end in (ReadOnlySpan<int>)[u, v])
            if ((uint)end >= (uint)vertices) return $"Vertex {end} does not exist: this graph has {vertices} vertices, numbered 0 to {vertices - 1}.";
        if (u == v) return $"Edge {u}–{v} leads from a vertex to itself: a loop is never cut. Remove it.";
        if (!double.IsFinite(weight)) return $"Edge {u}–{v} weighs {weight}: weights must be finite.";
        return seen.Add((Math.Min(u, v), Math.Max(u, v))) ? null : $"Edge {u}–{v} occurs twice: give it once, with the sum of the weights.";
    }

    /// <inheritdoc/>
    public bool Equals(Graph? other) => other is not null && VertexCount == other.VertexCount && Edges.AsSpan().SequenceEqual(other.Edges.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Graph);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(VertexCount);
        foreach (var edge in Edges) hash.Add(edge);
        return hash.ToHashCode();
    }

    /// <summary>The graph as <c>16 vertices, 24 edges</c>.</summary>
    public override string ToString() => $"{VertexCount} vertices, {Edges.Length} edges";
}
