using System.Collections.Immutable;
using System.Numerics;
using QTrain.Observables;
using QTrain.Training;

namespace QTrain.Problems;

/// <summary>A division of the vertices in two.</summary>
/// <param name="Side">Bit v is the side of vertex v.</param>
/// <param name="Weight">The weight of the edges between the sides.</param>
public readonly record struct Cut(ulong Side, double Weight);

/// <summary>MaxCut: divide the vertices of a graph in two, so that the edges between the parts weigh as much as possible.</summary>
public static class MaxCut
{
    /// <summary>The largest graph whose best cut is searched for by trying all.</summary>
    public const int MaxVerticesToTryAll = 24;

    /// <summary>−C with C = Σ w(1 − ZᵤZᵥ)/2: minimising its expectation maximises the expected cut.</summary>
    public static PauliSum Observable(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.VertexCount > PauliString.MaxQubits)
            throw new QuantumException($"MaxCut needs a qubit for every vertex: {graph.VertexCount} are too many, at most {PauliString.MaxQubits} are possible.");
        return new PauliSum(graph.VertexCount,
        [
            new PauliTerm(PauliString.Identity, -graph.Edges.Sum(e => e.Weight) / 2),
            .. graph.Edges.Select(e => new PauliTerm(new PauliString(0, 1UL << e.U | 1UL << e.V), e.Weight / 2)),
        ]);
    }

    /// <summary>The weight of the edges cut when bit v of <paramref name="side"/> is the side of vertex v.</summary>
    public static double WeightOf(Graph graph, ulong side)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var weight = 0.0;
        foreach (var edge in graph.Edges)
            if (((side >> edge.U ^ side >> edge.V) & 1) != 0) weight += edge.Weight;
        return weight;
    }

    /// <summary>The heaviest cut, by trying all; of equal ones the one found first. Time O(2ⁿ·degree).</summary>
    /// <exception cref="QuantumException">The graph has more than <see cref="MaxVerticesToTryAll"/> vertices.</exception>
    public static Cut Best(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.VertexCount > MaxVerticesToTryAll)
            throw new QuantumException($"The best cut of {graph.VertexCount} vertices is not searched for: at most {MaxVerticesToTryAll} can be tried.");
        var neighbours = new List<(int Other, double Weight)>[graph.VertexCount];
        for (var v = 0; v < neighbours.Length; v++) neighbours[v] = [];
        foreach (var (u, v, w) in graph.Edges)
        {
            neighbours[u].Add((v, w));
            neighbours[v].Add((u, w));
        }
        // Gray code: one vertex changes sides at a time. The last vertex stays, since exchanging the sides changes nothing.
        var (side, weight, best) = (0UL, 0.0, new Cut(0, 0));
        for (var count = 1UL; count < 1UL << graph.VertexCount - 1; count++)
        {
            var vertex = BitOperations.TrailingZeroCount(count);
            foreach (var (other, w) in neighbours[vertex])
                weight += ((side >> vertex ^ side >> other) & 1) == 0 ? w : -w;
            side ^= 1UL << vertex;
            if (weight > best.Weight + 1e-9) best = new Cut(side, weight);
        }
        return best with { Weight = WeightOf(graph, best.Side) };       // without the rounding of millions of steps
    }

    /// <summary>The training of QAOA on a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="layers">How many layers: p.</param>
    /// <param name="start">All γ, then all β; the <see cref="FixedAngles"/> of the graph when left out.</param>
    /// <param name="name">For people.</param>
    /// <exception cref="QuantumException">There are no fixed angles for the graph and no start was given.</exception>
    public static TrainingProblem Problem(Graph graph, int layers, ImmutableArray<double>? start = null, string name = "maxcut")
    {
        ArgumentNullException.ThrowIfNull(graph);
        var ansatz = Qaoa.Circuit(graph, layers);
        return new TrainingProblem(name, ansatz, Observable(graph), start ?? FixedAngles.For(graph, layers).ToStart())
        {
            KnownOptimum = graph.VertexCount <= MaxVerticesToTryAll ? -Best(graph).Weight : null,
        };
    }
}
