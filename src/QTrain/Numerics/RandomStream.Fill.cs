using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QTrain.Numerics;

// Many numbers at once. Blocks of a counter-based stream do not depend on each other, so eight are computed side by side.
public partial struct RandomStream
{
    /// <summary>Writes the next random words: the same ones that as many calls of <see cref="NextUInt64"/> would give.</summary>
    internal void Fill(Span<ulong> words)
    {
        while (words.Length > 0 && _hasSpare)
        {
            words[0] = NextUInt64();
            words = words[1..];
        }
        if (Avx2.IsSupported)
        {
            for (; words.Length >= 16; words = words[16..], _block += 8) EightBlocks(words);
        }
        foreach (ref var word in words) word = NextUInt64();
    }

    // Each 64-bit lane holds one 32-bit word of one block; the high half of a lane is whatever it is, and never read.
    private readonly void EightBlocks(Span<ulong> words)
    {
        Debug.Assert(Avx2.IsSupported && words.Length >= 16);
        var m0 = Vector256.Create(0xD2511F53UL).AsUInt32();
        var m1 = Vector256.Create(0xCD9E8D57UL).AsUInt32();
        var lower = Vector256.Create(_block) + Vector256.Create(0UL, 1, 2, 3);
        var upper = lower + Vector256.Create(4UL);
        var (a0, a1, a2, a3) = (lower, lower >>> 32, Vector256.Create(_path & uint.MaxValue), Vector256.Create(_path >> 32));
        var (b0, b1, b2, b3) = (upper, upper >>> 32, a2, a3);
        uint k0 = (uint)_seed, k1 = (uint)(_seed >> 32);
        for (var round = 0; round < 10; round++)
        {
            var (first, second) = (Vector256.Create((ulong)k0), Vector256.Create((ulong)k1));
            var (p0, p1) = (Avx2.Multiply(m0, a0.AsUInt32()), Avx2.Multiply(m1, a2.AsUInt32()));
            var (q0, q1) = (Avx2.Multiply(m0, b0.AsUInt32()), Avx2.Multiply(m1, b2.AsUInt32()));
            (a0, a1, a2, a3) = ((p1 >>> 32) ^ a1 ^ first, p1, (p0 >>> 32) ^ a3 ^ second, p0);
            (b0, b1, b2, b3) = ((q1 >>> 32) ^ b1 ^ first, q1, (q0 >>> 32) ^ b3 ^ second, q0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        var low = Vector256.Create((ulong)uint.MaxValue);
        Interleave((a0 & low) | a1 << 32, (a2 & low) | a3 << 32, words);
        Interleave((b0 & low) | b1 << 32, (b2 & low) | b3 << 32, words[8..]);
    }

    // A block gives its low word first, then its high one.
    private static void Interleave(Vector256<ulong> low, Vector256<ulong> high, Span<ulong> words)
    {
        var (even, odd) = (Avx2.UnpackLow(low, high), Avx2.UnpackHigh(low, high));
        Avx2.Permute2x128(even, odd, 0x20).CopyTo(words);
        Avx2.Permute2x128(even, odd, 0x31).CopyTo(words[4..]);
    }
}
