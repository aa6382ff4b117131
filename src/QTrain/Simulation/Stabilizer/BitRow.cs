namespace QTrain.Simulation.Stabilizer;

/// <summary>Bits in a row, packed.</summary>
internal sealed class BitRow(long count)
{
    private readonly ulong[] _words = new ulong[(count + 63) / 64];

    public long Count { get; } = count;

    public bool this[long index]
    {
        get => (_words[index >> 6] >> (int)index & 1) != 0;
        set
        {
            if (value) _words[index >> 6] |= 1UL << (int)index;
            else _words[index >> 6] &= ~(1UL << (int)index);
        }
    }
}
