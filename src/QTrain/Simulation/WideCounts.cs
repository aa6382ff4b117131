using System.Collections;
using System.Collections.Immutable;

namespace QTrain.Simulation;

/// <summary>One outcome of any number of bits and how often it was measured.</summary>
/// <param name="Bits">The bits, bit 0 rightmost.</param>
/// <param name="Count">How often; at least 1.</param>
public readonly record struct BitsCount(string Bits, long Count);

/// <summary>Outcomes of any number of bits and how often each was measured, in order of the outcome: <see cref="Counts"/> beyond 64 bits.</summary>
public sealed class WideCounts : IReadOnlyList<BitsCount>, IEquatable<WideCounts>
{
    private readonly ImmutableArray<BitsCount> _outcomes;

    /// <summary>Counts of outcomes of so many bits; an outcome listed again is added up.</summary>
    /// <exception cref="QuantumException">An outcome has another number of bits, or a count is negative.</exception>
    public WideCounts(int bits, IEnumerable<BitsCount> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        BitCount = bits;
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (outcome, count) in outcomes)
        {
            if (outcome.Length != bits || outcome.AsSpan().ContainsAnyExcept('0', '1')) throw new QuantumException($"'{outcome}' is no outcome of {bits} bits: write {bits} digits 0 or 1, bit 0 rightmost.");
            if (count < 0) throw new QuantumException($"Outcome {outcome} was counted {count} times: counts are not negative.");
            if (count == 0) continue;
            sums[outcome] = sums.GetValueOrDefault(outcome) + count;
            Total += count;
        }
        _outcomes = [.. sums.Select(s => new BitsCount(s.Key, s.Value))];
    }

    /// <summary>How many bits an outcome has.</summary>
    public int BitCount { get; }

    /// <summary>The number of shots.</summary>
    public long Total { get; }

    /// <summary>How many different outcomes occurred.</summary>
    public int Count => _outcomes.Length;

    /// <summary>The k-th outcome in ascending order.</summary>
    public BitsCount this[int index] => _outcomes[index];

    /// <summary>How often an outcome, written with bit 0 rightmost, was measured; 0 when never.</summary>
    public long Of(string bits)
    {
        var at = _outcomes.BinarySearch(new BitsCount(bits, 0), Comparer<BitsCount>.Create(static (a, b) => string.CompareOrdinal(a.Bits, b.Bits)));
        return at < 0 ? 0 : _outcomes[at].Count;
    }

    /// <summary>The same counts as numbers, for outcomes of at most 64 bits.</summary>
    /// <exception cref="QuantumException">There are more bits.</exception>
    public Counts ToCounts() => new(BitCount, _outcomes.Select(o => new OutcomeCount(o.Bits.Aggregate(0UL, (number, digit) => number << 1 | (digit == '1' ? 1UL : 0)), o.Count)));

    /// <inheritdoc/>
    public IEnumerator<BitsCount> GetEnumerator() => ((IEnumerable<BitsCount>)_outcomes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(WideCounts? other) => other is not null && BitCount == other.BitCount && _outcomes.AsSpan().SequenceEqual(other._outcomes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WideCounts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(BitCount, Total, _outcomes.Length);

    /// <summary>The counts as <c>00: 512, 11: 488</c>.</summary>
    public override string ToString() => string.Join(", ", _outcomes.Select(o => $"{o.Bits}: {o.Count}"));
}
