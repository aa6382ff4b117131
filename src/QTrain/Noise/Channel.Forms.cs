using System.Collections.Immutable;
using System.Numerics;
using QTrain.Observables;

namespace QTrain.Noise;

/// <summary>One way a channel may act when it is a mixture: a unitary, chosen with a probability that no state changes.</summary>
/// <param name="Probability">How probable; all of a channel add up to 1.</param>
/// <param name="Unitary">The matrix, first listed qubit lowest.</param>
/// <param name="Pauli">The Pauli string it is, over the channel's own qubits; null for other unitaries.</param>
public sealed record MixtureTerm(double Probability, Complex[,] Unitary, PauliString? Pauli);

// The other ways to write a channel down.
public sealed partial class Channel
{
    /// <summary>Entries of a transfer matrix or of K†K below this are rounding.</summary>
    private const double Rounding = 1e-12;

    private double[]? _transfer;
    private Option<ImmutableArray<MixtureTerm>>? _mixture;

    /// <summary>R[i, j] = Tr(Pᵢ·channel(Pⱼ))/2ᵏ, the real 4ᵏ×4ᵏ matrix that acts on Pauli expectations.</summary>
    /// <returns>Rows and columns in the order I, X, Y, Z, the first listed qubit fastest.</returns>
    public double[,] PauliTransferMatrix()
    {
        var (matrix, size) = (Transfer, 1 << (2 * QubitCount));
        var result = new double[size, size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
                result[row, column] = matrix[PauliTransfer.FromLetters(row) * size + PauliTransfer.FromLetters(column)];
        return result;
    }

    /// <summary>S = Σ K*⊗K, the 4ᵏ×4ᵏ matrix that acts on a density matrix written column under column.</summary>
    public Complex[,] Superoperator()
    {
        var size = 1 << QubitCount;
        var result = new Complex[size * size, size * size];
        foreach (var k in _kraus)
            for (var row = 0; row < size * size; row++)
                for (var column = 0; column < size * size; column++)
                    result[row, column] += Complex.Conjugate(k[row / size, column / size]) * k[row % size, column % size];
        return result;
    }

    /// <summary>The channel as a mixture of unitaries with fixed probabilities, Pauli strings where it can be written with them; null when
    /// it is no such mixture, as amplitude damping is not.</summary>
    public ImmutableArray<MixtureTerm>? Mixture => (_mixture ??= new(PauliMixture() ?? UnitaryMixture())).Value;

    /// <summary>Whether it is a mixture of Pauli strings: what error-pattern and stabilizer simulation need.</summary>
    public bool IsPauliMixture => Mixture is { } mixture && mixture.All(t => t.Pauli is not null);

    /// <summary>The transfer matrix row by row, Pauli strings numbered as the density matrix numbers them.</summary>
    internal double[] Transfer => _transfer ??= PauliTransfer.Of(_kraus, QubitCount);

    private ImmutableArray<MixtureTerm>? PauliMixture()
    {
        var (matrix, size) = (Transfer, 1 << (2 * QubitCount));
        for (var k = 0; k < matrix.Length; k++)
            if (k / size != k % size && Math.Abs(matrix[k]) > Rounding) return null;
        var terms = ImmutableArray.CreateBuilder<MixtureTerm>();
        var total = 0.0;
        for (var error = 0; error < size; error++)
        {
            // The diagonal is Σ p(Q)·(−1)^(P and Q anticommute): a Walsh–Hadamard transform, which is its own inverse.
            var sum = 0.0;
            for (var p = 0; p < size; p++) sum += PauliTransfer.Anticommute(p, error) ? -matrix[p * size + p] : matrix[p * size + p];
            var probability = sum / size;
            if (probability < -Rounding) return null;
            if (probability <= Rounding) continue;
            var pauli = PauliTransfer.StringOf(error, QubitCount);
            terms.Add(new MixtureTerm(probability, PauliTransfer.MatrixOf(pauli, QubitCount), pauli));
            total += probability;
        }
        return [.. terms.Select(t => t with { Probability = t.Probability / total })];
    }

    private ImmutableArray<MixtureTerm>? UnitaryMixture()
    {
        var terms = ImmutableArray.CreateBuilder<MixtureTerm>();
        var size = 1 << QubitCount;
        foreach (var k in _kraus)
        {
            var weight = 0.0;
            for (var row = 0; row < size; row++) weight += k[row, 0].Real * k[row, 0].Real + k[row, 0].Imaginary * k[row, 0].Imaginary;
            for (var a = 0; a < size; a++)
                for (var b = 0; b < size; b++)
                {
                    Complex sum = a == b ? -weight : 0;
                    for (var row = 0; row < size; row++) sum += Complex.Conjugate(k[row, a]) * k[row, b];
                    if (sum.Magnitude > Rounding) return null;
                }
            if (weight <= Rounding) continue;
            var unitary = (Complex[,])k.Clone();
            for (var row = 0; row < size; row++)
                for (var column = 0; column < size; column++) unitary[row, column] /= Math.Sqrt(weight);
            terms.Add(new MixtureTerm(weight, unitary, null));
        }
        return terms.ToImmutable();
    }

    /// <summary>A value that may be absent, as a reference: read whole or not at all by several threads.</summary>
    private sealed class Option<T>(T? value) where T : struct
    {
        public T? Value => value;
    }
}
