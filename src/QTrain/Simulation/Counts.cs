using System.Collections;
using System.Collections.Immutable;
using System.Numerics;

namespace QTrain.Simulation;

/// <summary>One outcome and how often it was measured.</summary>
/// <param name="Outcome">The bits; qubit or classical bit 0 is the lowest.</param>
/// <param name="Count">How often; at least 1.</param>
public readonly record struct OutcomeCount(ulong Outcome, long Count);

/// <summary>Outcomes and how often each was measured: a value. Enumerates in order of the outcome, those that never occurred left out.</summary>
public sealed class Counts : IReadOnlyList<OutcomeCount>, IEquatable<Counts>, IEqualityOperators<Counts, Counts, bool>
{
    private readonly ImmutableArray<OutcomeCount> _outcomes;

    /// <summary>Counts of outcomes of so many bits; an outcome listed again is added up.</summary>
    /// <exception cref="QuantumException">A count is negative, or an outcome has a bit more.</exception>
    public Counts(int bits, IEnumerable<OutcomeCount> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        if (bits is < 0 or > 64) throw new QuantumException($"Outcomes of {bits} bits cannot be counted: 0 to 64 are allowed.");
        BitCount = bits;
        OutcomeCount[] sorted = [.. outcomes];
        var isSorted = true;
        for (var k = 0; k < sorted.Length; k++)
        {
            if (sorted[k].Count < 0) throw new QuantumException($"Outcome {sorted[k].Outcome} was counted {sorted[k].Count} times: counts are not negative.");
            if (bits < 64 && sorted[k].Outcome >> bits != 0)
                throw new QuantumException($"Outcome {sorted[k].Outcome} has more than {bits} bits.");
            isSorted &= k == 0 || sorted[k - 1].Outcome < sorted[k].Outcome;
        }
        if (!isSorted) Array.Sort(sorted, static (a, b) => a.Outcome.CompareTo(b.Outcome));
        var merged = ImmutableArray.CreateBuilder<OutcomeCount>(sorted.Length);
        foreach (var (outcome, count) in sorted)
        {
            if (count == 0) continue;
            Total = checked(Total + count);
            if (merged.Count > 0 && merged[^1].Outcome == outcome) merged[^1] = new OutcomeCount(outcome, merged[^1].Count + count);
            else merged.Add(new OutcomeCount(outcome, count));
        }
        _outcomes = merged.DrainToImmutable();
    }

    private Counts(int bits, long total, ImmutableArray<OutcomeCount> outcomes)
    {
        BitCount = bits;
        Total = total;
        _outcomes = outcomes;
    }

    /// <summary>How many bits an outcome has.</summary>
    public int BitCount { get; }

    /// <summary>The number of shots.</summary>
    public long Total { get; }

    /// <summary>How many different outcomes occurred.</summary>
    public int Count => _outcomes.Length;

    /// <summary>The k-th outcome in ascending order.</summary>
    public OutcomeCount this[int index] => _outcomes[index];

    /// <summary>Counts in ascending order of the outcome, each at least 1, that add up to the total. The array becomes theirs.</summary>
    internal static Counts FromSorted(int bits, long total, OutcomeCount[] outcomes) =>
        new(bits, total, System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(outcomes));

    /// <summary>Shots drawn from probabilities.</summary>
    /// <param name="bits">How many bits an outcome has.</param>
    /// <param name="probabilities">Outcomes, each once, and their probabilities, which add up to 1.</param>
    /// <param name="shots">How many.</param>
    /// <param name="seed">The same seed gives the same counts.</param>
    public static Counts Draw(int bits, IEnumerable<(ulong Outcome, double Probability)> probabilities, long shots, ulong seed) =>
        OutcomeSampling.Draw(probabilities, bits, shots, new Numerics.RandomStream(seed));

    /// <summary>How often an outcome was measured; 0 when never.</summary>
    public long Of(ulong outcome) => TryGet(outcome, out var count) ? count : 0;

    /// <summary>How often an outcome, written with bit 0 rightmost, was measured; 0 when never.</summary>
    public long Of(string bits)
    {
        ArgumentNullException.ThrowIfNull(bits);
        if (bits.Length != BitCount || bits.Any(c => c is not ('0' or '1')))
            throw new QuantumException($"'{bits}' is no outcome of {BitCount} bits: write {BitCount} digits 0 or 1, bit 0 rightmost.");
        ulong outcome = 0;
        foreach (var digit in bits) outcome = outcome << 1 | (digit == '1' ? 1UL : 0);
        return Of(outcome);
    }

    /// <summary>How often an outcome was measured, where it was.</summary>
    public bool TryGet(ulong outcome, out long count)
    {
        var (low, high) = (0, _outcomes.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_outcomes[middle].Outcome == outcome)
            {
                count = _outcomes[middle].Count;
                return true;
            }
            if (_outcomes[middle].Outcome < outcome) low = middle + 1;
            else high = middle - 1;
        }
        count = 0;
        return false;
    }

    /// <summary>An outcome as a bit string, bit 0 rightmost.</summary>
    public string ToBits(ulong outcome) => string.Create(BitCount, outcome, static (span, bits) =>
    {
        for (var k = 0; k < span.Length; k++) span[span.Length - 1 - k] = (bits >> k & 1) != 0 ? '1' : '0';
    });

    /// <summary>The counts of these shots and others of as many bits together.</summary>
    public Counts Add(Counts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.BitCount != BitCount) throw new QuantumException($"Outcomes of {BitCount} and of {other.BitCount} bits cannot be counted together.");
        return new Counts(BitCount, _outcomes.Concat(other._outcomes));
    }

    /// <inheritdoc/>
    public IEnumerator<OutcomeCount> GetEnumerator() => ((IEnumerable<OutcomeCount>)_outcomes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Counts? other) => other is not null && BitCount == other.BitCount && _outcomes.AsSpan().SequenceEqual(other._outcomes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Counts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(BitCount, Total, _outcomes.Length);

    /// <summary>Whether the same outcomes were counted as often.</summary>
    public static bool operator ==(Counts? left, Counts? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether counts differ.</summary>
    public static bool operator !=(Counts? left, Counts? right) => !(left == right);

    /// <summary>The counts as <c>00: 512, 11: 488</c>.</summary>
    public override string ToString() => string.Join(", ", _outcomes.Select(o => $"{ToBits(o.Outcome)}: {o.Count}"));
}
