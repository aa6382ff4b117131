using QTrain.Circuits;

namespace QTrain.Problems;

/// <summary>The quantum approximate optimization algorithm. Farhi, Goldstone &amp; Gutmann 2014, arXiv:1411.4028.</summary>
public static class Qaoa
{
    /// <summary>From the equal superposition, <paramref name="layers"/> times exp(−iγC) and then exp(−iβΣX), with C = Σ w(1 − ZZ)/2.</summary>
    /// <remarks>Parameters: <c>gamma0 … gamma(p−1)</c>, then <c>beta0 … beta(p−1)</c>. The global phase of exp(−iγC) is left out.</remarks>
    public static Circuit Circuit(Graph graph, int layers)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (layers < 1) throw new QuantumException($"QAOA of {layers} layers cannot be: it needs at least 1.");
        var (gammas, betas) = (Parameter.Vector("gamma", layers), Parameter.Vector("beta", layers));
        var builder = new CircuitBuilder(graph.VertexCount);
        for (var v = 0; v < graph.VertexCount; v++) builder.H(v);
        for (var layer = 0; layer < layers; layer++)
        {
            foreach (var (u, v, weight) in graph.Edges) builder.Rzz(-weight * gammas[layer], u, v);
            for (var v = 0; v < graph.VertexCount; v++) builder.Rx(2 * betas[layer], v);
        }
        return new Circuit(graph.VertexCount, builder.ToCircuit().Operations, parameters: [.. gammas, .. betas]);
    }
}
