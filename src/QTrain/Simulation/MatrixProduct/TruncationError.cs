namespace QTrain.Simulation.MatrixProduct;

/// <summary>What was cut off a matrix product state on its way, and how far it can be from the exact state.</summary>
/// <param name="DiscardedWeight">Σε over all truncations, ε being the part of the weight Σσ² that one cut off.</param>
/// <param name="FidelityEstimate">Π(1 − ε), close to |⟨exact|ψ⟩|² where errors are as good as independent (Zhou, Stoudenmire &amp; Waintal 2020,
/// arXiv:2002.07730).</param>
/// <param name="FidelityBound">|⟨exact|ψ⟩|² is at least this: cos²(Σ arcsin √ε), because angles between states obey the triangle inequality.</param>
/// <param name="PeakBond">The largest bond dimension there was.</param>
public readonly record struct TruncationError(double DiscardedWeight, double FidelityEstimate, double FidelityBound, int PeakBond)
{
    /// <summary>Nothing was cut off.</summary>
    public static TruncationError None => new(0, 1, 1, 1);

    /// <summary>Of two states, the one that is farther from exact: what a result computed from both may claim.</summary>
    internal static TruncationError Worst(TruncationError left, TruncationError right) => new(
        Math.Max(left.DiscardedWeight, right.DiscardedWeight), Math.Min(left.FidelityEstimate, right.FidelityEstimate),
        Math.Min(left.FidelityBound, right.FidelityBound), Math.Max(left.PeakBond, right.PeakBond));
}
