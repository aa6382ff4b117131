namespace QTrain.Simulation.MatrixProduct;

// Measuring one qubit in the middle of a circuit.
public sealed partial class MatrixProductState
{
    private static readonly System.Numerics.Complex[] Flip = [0, 1, 1, 0];

    /// <summary>The probability that a qubit is measured as 1.</summary>
    public double ProbabilityOfOne(int qubit)
    {
        if ((uint)qubit >= (uint)QubitCount) throw new QubitOutOfRangeException(qubit, QubitCount);
        var site = _siteOf[qubit];
        MoveCentre(site);
        var (zero, one) = (0.0, 0.0);
        var right = RightBond(site);
        var tensor = _sites[site];
        for (var at = 0; at < tensor.Length; at++)
        {
            var weight = tensor.Real[at] * tensor.Real[at] + tensor.Imaginary[at] * tensor.Imaginary[at];
            if (at / right % 2 == 0) zero += weight;
            else one += weight;
        }
        return one / (zero + one);
    }

    /// <summary>Keeps the part in which a qubit has a value, normalized again. Bonds that need less now become smaller.</summary>
    internal void Project(int qubit, bool value)
    {
        var site = _siteOf[qubit];
        MoveCentre(site);
        var right = RightBond(site);
        var tensor = _sites[site];
        for (var start = value ? 0 : right; start < tensor.Length; start += 2 * right)
        {
            tensor.Real.AsSpan(start, right).Clear();
            tensor.Imaginary.AsSpan(start, right).Clear();
        }
        var norm = tensor.NormSquared();
        if (!(norm > 0)) throw new QuantumException($"Qubit {qubit} is never {(value ? 1 : 0)} in this state: it cannot be projected on that.");
        tensor.Scale(1 / Math.Sqrt(norm));
        Shrink();
    }

    /// <summary>Turns a qubit that was projected on 1 back to 0.</summary>
    internal void TurnToZero(int qubit) => ApplyToSite(_siteOf[qubit], Flip);
}
