using System.Buffers.Binary;
using System.Numerics;

namespace QTrain.Numerics;

/// <summary>SHA-256 whose state can be written down and gone on from, which the runtime's cannot: a trajectory of a million steps is then not hashed again
/// when its training goes on.</summary>
/// <remarks>FIPS 180-4, sections 4.1.2, 4.2.2, 5 and 6.2.</remarks>
internal sealed class TrajectoryHash
{
    private const int BlockSize = 64;

    // The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private readonly uint[] _state;
    private readonly byte[] _block = new byte[BlockSize];
    private ulong _length;

    public TrajectoryHash() => _state = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>Goes on from a state that was written down.</summary>
    public TrajectoryHash(BinaryReader from)
    {
        _state = new uint[8];
        for (var k = 0; k < _state.Length; k++) _state[k] = from.ReadUInt32();
        _length = from.ReadUInt64();
        from.BaseStream.ReadExactly(_block.AsSpan(0, (int)(_length % BlockSize)));
    }

    private TrajectoryHash(TrajectoryHash other)
    {
        (_state, _length) = ([.. other._state], other._length);
        other._block.CopyTo(_block, 0);
    }

    /// <summary>Writes the state down.</summary>
    public void Write(BinaryWriter to)
    {
        foreach (var word in _state) to.Write(word);
        to.Write(_length);
        to.Write(_block.AsSpan(0, (int)(_length % BlockSize)));
    }

    /// <summary>Adds the IEEE bits of a number, little-endian.</summary>
    public void Add(double value)
    {
        var at = (int)(_length % BlockSize);
        // Only numbers are added, so a block is filled to its end.
        BinaryPrimitives.WriteDoubleLittleEndian(_block.AsSpan(at), value);
        _length += sizeof(double);
        if (at + sizeof(double) == BlockSize) Compress();
    }

    /// <summary>The hash of everything added, in lower-case hexadecimal.</summary>
    public string ToHex()
    {
        var last = new TrajectoryHash(this);
        var at = (int)(_length % BlockSize);
        last._block.AsSpan(at).Clear();
        last._block[at++] = 0x80;
        if (at > BlockSize - sizeof(ulong))
        {
            last.Compress();
            last._block.AsSpan().Clear();
        }
        BinaryPrimitives.WriteUInt64BigEndian(last._block.AsSpan(BlockSize - sizeof(ulong)), 8 * _length);
        last.Compress();
        Span<byte> hash = stackalloc byte[32];
        for (var k = 0; k < last._state.Length; k++) BinaryPrimitives.WriteUInt32BigEndian(hash[(4 * k)..], last._state[k]);
        return Convert.ToHexStringLower(hash);
    }

    private void Compress()
    {
        Span<uint> schedule = stackalloc uint[64];
        for (var t = 0; t < 16; t++) schedule[t] = BinaryPrimitives.ReadUInt32BigEndian(_block.AsSpan(4 * t));
        for (var t = 16; t < 64; t++)
        {
            var (early, late) = (schedule[t - 15], schedule[t - 2]);
            var small0 = BitOperations.RotateRight(early, 7) ^ BitOperations.RotateRight(early, 18) ^ early >> 3;
            var small1 = BitOperations.RotateRight(late, 17) ^ BitOperations.RotateRight(late, 19) ^ late >> 10;
            schedule[t] = unchecked(schedule[t - 16] + small0 + schedule[t - 7] + small1);
        }
        var s = _state;
        var (a, b, c, d, e, f, g, h) = (s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
        var constants = Constants;
        for (var t = 0; t < schedule.Length; t++)
        {
            var big1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            var choice = e & f ^ ~e & g;
            var first = unchecked(h + big1 + choice + constants[t] + schedule[t]);
            var big0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            var majority = a & b ^ a & c ^ b & c;
            (h, g, f, e, d, c, b, a) = (g, f, e, unchecked(d + first), c, b, a, unchecked(first + big0 + majority));
        }
        unchecked
        {
            (s[0], s[1], s[2], s[3]) = (s[0] + a, s[1] + b, s[2] + c, s[3] + d);
            (s[4], s[5], s[6], s[7]) = (s[4] + e, s[5] + f, s[6] + g, s[7] + h);
        }
    }
}
