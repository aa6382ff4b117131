using System.Collections.Immutable;
using System.Numerics;
using QTrain.Noise;
using QTrain.Shots;
using QTrain.Simulation;

namespace QTrain.Mitigation;

/// <summary>Undoes misreadings of qubits that are each read on their own: the inverse of the tensor product of their confusion matrices.</summary>
/// <remarks>Bravyi, Sheldon, Kandala, McKay &amp; Gambetta 2021, "Mitigating measurement errors in multiqubit experiments", PRA 103, 042605.</remarks>
public sealed class ReadoutMitigation
{
    private const int MostBits = 24;

    /// <summary>Mitigation for bits that are misread as said.</summary>
    /// <param name="errors">For each bit of an outcome, the lowest first, how its qubit is misread.</param>
    /// <exception cref="QuantumException">A bit says nothing of its qubit: reading 1 is as likely whatever the qubit is.</exception>
    public ReadoutMitigation(params ImmutableArray<ReadoutError> errors)
    {
        for (var k = 0; k < errors.Length; k++)
            if (!(Math.Abs(Contrast(errors[k])) > 1e-6))
                throw new QuantumException($"Bit {k} is read alike whether its qubit is 0 or 1 ({errors[k]}): nothing can be said of it. Leave it out.");
        Errors = errors;
    }

    /// <summary>How each bit is misread, the lowest first.</summary>
    public ImmutableArray<ReadoutError> Errors { get; }

    /// <summary>By how much the variance of an expectation of all bits grows at most: Π 1/(1 − p(1|0) − p(0|1))².</summary>
    public double VarianceFactor => Errors.Aggregate(1.0, static (product, e) => product / (Contrast(e) * Contrast(e)));

    /// <summary>What was there, from the probabilities of what was read. Measured frequencies may lead to negative entries: see <see cref="Nearest"/>.</summary>
    /// <param name="probabilities">2ᵏ numbers for k bits, bit 0 lowest.</param>
    /// <returns>2ᵏ numbers that add up to the same.</returns>
    public double[] Invert(ReadOnlySpan<double> probabilities)
    {
        if (Errors.Length > MostBits || probabilities.Length != 1 << Errors.Length)
            throw new QuantumException($"{probabilities.Length} probabilities were given for {Errors.Length} bits: give 2^{Errors.Length} (at most {MostBits} bits). Expectations need no list of them: see Expectation.");
        var result = probabilities.ToArray();
        for (var bit = 0; bit < Errors.Length; bit++)
        {
            var (error, contrast) = (Errors[bit], Contrast(Errors[bit]));
            for (var k = 0; k < result.Length; k++)
            {
                if ((k >> bit & 1) != 0) continue;
                var (zero, one) = (result[k], result[k | 1 << bit]);
                result[k] = ((1 - error.ZeroGivenOne) * zero - error.ZeroGivenOne * one) / contrast;
                result[k | 1 << bit] = ((1 - error.OneGivenZero) * one - error.OneGivenZero * zero) / contrast;
            }
        }
        return result;
    }

    /// <summary>What was there, from counts of what was read.</summary>
    public double[] Invert(Counts counts)
    {
        RequireBits(counts);
        if (Errors.Length > MostBits) throw new QuantumException($"{Errors.Length} bits have too many outcomes to list: at most {MostBits} are allowed. See Expectation.");
        var read = new double[1 << Errors.Length];
        foreach (var (outcome, count) in counts) read[outcome] = (double)count / counts.Total;
        return Invert(read);
    }

    /// <summary>The expectation of a product of Z over some bits, misreadings undone. It takes time by the outcomes that were seen, however wide they are.</summary>
    /// <param name="counts">What was read; at least one shot.</param>
    /// <param name="bits">The bits of the product.</param>
    /// <returns>Unbiased where the errors are right; its standard error grows by 1/(1 − p(1|0) − p(0|1)) a bit.</returns>
    public Estimate Expectation(Counts counts, ulong bits)
    {
        RequireBits(counts);
        if (counts.Total < 1) throw new QuantumException("No shots were counted: an expectation needs at least 1.");
        if (Errors.Length < 64 && bits >> Errors.Length != 0) throw new QuantumException($"The product has bit {BitOperations.Log2(bits)}, but only bits 0 to {Errors.Length - 1} were read.");
        // A read bit b stands for Z by (±1 − offset)/contrast.
        var (mean, square) = (0.0, 0.0);
        foreach (var (outcome, count) in counts)
        {
            var value = 1.0;
            for (var rest = bits; rest != 0; rest &= rest - 1)
            {
                var bit = BitOperations.TrailingZeroCount(rest);
                var (zero, one) = (Errors[bit].OneGivenZero, Errors[bit].ZeroGivenOne);
                value *= (((outcome >> bit & 1) == 0 ? 1 : -1) - (one - zero)) / Contrast(Errors[bit]);
            }
            mean += count * value;
            square += count * value * value;
        }
        double shots = counts.Total;
        (mean, square) = (mean / shots, square / shots);
        return new Estimate(mean, counts.Total == 1 ? 1 : Math.Sqrt(Math.Max(0, square - mean * mean) / (shots - 1)), counts.Total);
    }

    /// <summary>The probabilities nearest, in the Euclidean sense, to numbers that add up to 1 but may be negative.</summary>
    /// <remarks>Smolin, Gambetta &amp; Smith 2012, "Efficient method for computing the maximum-likelihood quantum state from measurements with additive
    /// Gaussian noise", PRL 108, 070502.</remarks>
    public static double[] Nearest(ReadOnlySpan<double> quasiProbabilities)
    {
        var result = quasiProbabilities.ToArray();
        var order = Enumerable.Range(0, result.Length).OrderBy(k => result[k]).ToArray();
        var (excess, left) = (result.Sum() - 1, result.Length);
        foreach (var k in order)
        {
            if (result[k] >= excess / left) break;
            excess -= result[k];
            result[k] = 0;
            left--;
        }
        foreach (var k in order.AsSpan(result.Length - left)) result[k] -= excess / left;
        return result;
    }

    private static double Contrast(ReadoutError error) => 1 - error.OneGivenZero - error.ZeroGivenOne;

    private void RequireBits(Counts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.BitCount != Errors.Length) throw new QuantumException($"The counts have {counts.BitCount} bits and the errors {Errors.Length}: they must be as many.");
    }
}
