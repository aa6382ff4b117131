using System.Runtime.CompilerServices;

namespace QTrain.Numerics;

/// <summary>A counter-based stream of random numbers, Philox4x32-10: the same seed and path give the same numbers, wherever and in
/// whatever order streams are used. A mutable value: pass it by reference.</summary>
/// <remarks>Salmon, Moraes, Dror &amp; Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3". The key is the seed; the counter's
/// upper half is the stream's path, its lower half the position in the stream.</remarks>
public partial struct RandomStream
{
    private readonly ulong _seed;
    private readonly ulong _path;
    private ulong _block;
    private ulong _spare;
    private bool _hasSpare;

    /// <summary>The stream of a seed and a path.</summary>
    public RandomStream(ulong seed, ulong path = 0)
    {
        _seed = seed;
        _path = path;
    }

    /// <summary>A stream of its own for a child, such as a step or a shot; children of different indices never share numbers in practice.</summary>
    public readonly RandomStream Child(ulong index)
    {
        var (low, high) = Philox(_seed ^ 0x9E3779B97F4A7C15UL, _path, index);
        return new RandomStream(_seed, low ^ (high << 1 | high >> 63));
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }
        var (low, high) = Philox(_seed, _path, _block++);
        _spare = high;
        _hasSpare = true;
        return low;
    }

    /// <summary>The next number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The next whole number in [0, bound), without bias.</summary>
    public long NextBelow(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        // Lemire's rejection: the high word of a 128-bit product is uniform once the low word is past the threshold.
        var limit = (ulong)bound;
        var threshold = (0 - limit) % limit;
        while (true)
        {
            var high = Math.BigMul(NextUInt64(), limit, out var low);
            if (low >= threshold) return (long)high;
        }
    }

    /// <summary>The next number of the standard normal distribution (Box–Muller, one of the pair).</summary>
    public double NextGaussian()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>+1 or −1, each with probability one half.</summary>
    public double NextSign() => (NextUInt64() & 1) == 0 ? 1 : -1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Low, ulong High) Philox(ulong key, ulong counterHigh, ulong counterLow)
    {
        const uint m0 = 0xD2511F53, m1 = 0xCD9E8D57, w0 = 0x9E3779B9, w1 = 0xBB67AE85;
        uint c0 = (uint)counterLow, c1 = (uint)(counterLow >> 32), c2 = (uint)counterHigh, c3 = (uint)(counterHigh >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (var round = 0; round < 10; round++)
        {
            var p0 = (ulong)m0 * c0;
            var p1 = (ulong)m1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += w0;
            k1 += w1;
        }
        return (c0 | (ulong)c1 << 32, c2 | (ulong)c3 << 32);
    }
}
