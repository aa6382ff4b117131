using System.Numerics;

namespace QTrain.Simulation.Stabilizer;

/// <summary>The bits that many shots gave, packed: as many bits a shot as one likes, where <see cref="Counts"/> has 64.</summary>
public sealed class ShotTable
{
    // Batch by batch, and in a batch a row of its shots for each bit: as the sampler writes them.
    private readonly ulong[] _words;
    private readonly long _firstRow;
    private readonly long _rowsPerBatch;

    internal ShotTable(ulong[] words, long shots, long bits, long firstRow, long rowsPerBatch)
    {
        _words = words;
        ShotCount = shots;
        BitCount = bits;
        _firstRow = firstRow;
        _rowsPerBatch = rowsPerBatch;
    }

    /// <summary>Some of the rows of each batch, in another order; −1 stands for a row of zeros.</summary>
    internal static ShotTable Selected(ulong[] words, long shots, int rows, ReadOnlySpan<int> chosen)
    {
        var selected = FrameSampler.Zeros(shots, chosen.Length);
        for (var batch = 0L; batch * FrameSampler.ShotsPerBatch < shots; batch++)
            for (var k = 0; k < chosen.Length; k++)
                if (chosen[k] >= 0)
                    words.AsSpan((int)((batch * rows + chosen[k]) * FrameSampler.WordsPerBatch), FrameSampler.WordsPerBatch)
                        .CopyTo(selected.AsSpan((int)((batch * chosen.Length + k) * FrameSampler.WordsPerBatch)));
        return new ShotTable(selected, shots, chosen.Length, 0, chosen.Length);
    }

    /// <summary>How many shots.</summary>
    public long ShotCount { get; }

    /// <summary>How many bits a shot.</summary>
    public long BitCount { get; }

    /// <summary>A bit of a shot.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such shot or bit.</exception>
    public bool this[long shot, long bit]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(shot);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shot, ShotCount);
            ArgumentOutOfRangeException.ThrowIfNegative(bit);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bit, BitCount);
            var (batch, within) = (shot >> FrameSampler.ShotsPerBatchLog2, (int)(shot & (FrameSampler.ShotsPerBatch - 1)));
            return (_words[Row(batch, bit) + (within >> 6)] >> within & 1) != 0;
        }
    }

    /// <summary>How many shots have the bit set.</summary>
    public long CountOf(long bit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bit);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bit, BitCount);
        var count = 0L;
        for (var batch = 0L; batch * FrameSampler.ShotsPerBatch < ShotCount; batch++)
            foreach (var word in _words.AsSpan((int)Row(batch, bit), FrameSampler.WordsPerBatch)) count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>A shot as a bit string, bit 0 rightmost.</summary>
    public string ToBits(long shot) => string.Create((int)BitCount, (this, shot), static (span, of) =>
    {
        for (var k = 0; k < span.Length; k++) span[span.Length - 1 - k] = of.Item1[of.shot, k] ? '1' : '0';
    });

    /// <summary>The counts of the outcomes.</summary>
    /// <exception cref="QuantumException">A shot has more than 64 bits.</exception>
    public Counts ToCounts()
    {
        if (BitCount > 64) throw new QuantumException($"Outcomes of {BitCount} bits are not counted: a count's outcome has at most 64. Read the shots one by one instead.");
        var outcomes = new OutcomeCount[ShotCount];
        for (var shot = 0L; shot < ShotCount; shot++)
        {
            var outcome = 0UL;
            for (var bit = 0; bit < BitCount; bit++)
                if (this[shot, bit]) outcome |= 1UL << bit;
            outcomes[shot] = new OutcomeCount(outcome, 1);
        }
        return new Counts((int)BitCount, outcomes);
    }

    private long Row(long batch, long bit) => (batch * _rowsPerBatch + _firstRow + bit) * FrameSampler.WordsPerBatch;
}
