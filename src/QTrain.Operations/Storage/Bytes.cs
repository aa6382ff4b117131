using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QTrain.Operations.Storage;

/// <summary>Numbers as bytes, one after another, in a buffer that grows: little-endian where their length is fixed, seven bits a byte where it is not.</summary>
internal sealed class ByteWriter(int capacity = 4096)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>So many bytes to be written to, counted as written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count) Grow(count);
        var taken = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), Length), count);
        Length += count;
        return taken;
    }

    /// <summary>Takes back the last of the bytes taken.</summary>
    public void GiveBack(int count) => Length -= count;

    public void Byte(byte value) => Take(1)[0] = value;

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    /// <summary>A number that may be negative; short when it is small.</summary>
    public void Signed(long value) => Number((ulong)(value << 1 ^ value >> 63));

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Ends with a checksum of everything before.</summary>
    public void Seal()
    {
        var sum = Checksum.Of(Written);
        BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), sum);
    }

    private void Grow(int count) => Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, checked(Length + count)));
}

/// <summary>Reads what a <see cref="ByteWriter"/> wrote.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public readonly bool AtEnd => _at == _bytes.Length;

    public readonly int Position => _at;

    public byte Byte() => _bytes[_at++];

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(sizeof(double)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(sizeof(long)));

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = _bytes[_at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    public long Signed()
    {
        var value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        var taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    /// <summary>What was sealed, without its checksum.</summary>
    /// <exception cref="FormatException">The checksum does not fit: a bit has flipped.</exception>
    public static ReadOnlySpan<byte> Unseal(ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(sealedBytes[^sizeof(uint)..]) != Checksum.Of(sealedBytes[..^sizeof(uint)]))
            throw new FormatException("does not fit its checksum");
        return sealedBytes[..^sizeof(uint)];
    }
}

/// <summary>CRC-32C, which processors have an instruction for.</summary>
internal static class Checksum
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
