using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>SHA-256 over everything that determines an answer: who answers, where in the run, what is asked, and the bits of the point.</summary>
public static class QuestionHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private const int Fixed = Size + 3 * sizeof(int) + 1;

    /// <summary>The hash of an evaluator's identity, which enters every question.</summary>
    public static byte[] OfIdentity(string identity) => SHA256.HashData(Encoding.UTF8.GetBytes(identity));

    /// <summary>The hash of a question.</summary>
    /// <param name="identity">The hash of the evaluator's identity.</param>
    /// <param name="question">The question.</param>
    /// <param name="hash">32 bytes to write to.</param>
    public static void Of(ReadOnlySpan<byte> identity, Question question, Span<byte> hash)
    {
        ArgumentNullException.ThrowIfNull(question);
        var length = Fixed + sizeof(double) * question.Point.Length;
        var rented = length <= 1024 ? null : ArrayPool<byte>.Shared.Rent(length);
        var bytes = rented is null ? stackalloc byte[1024] : rented;
        identity.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[Size..], question.Path.Member);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[(Size + 4)..], question.Path.Step);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[(Size + 8)..], question.Path.Slot);
        bytes[Size + 12] = (byte)question.Kind;
        WriteBits(question.Point, bytes[Fixed..]);
        SHA256.HashData(bytes[..length], hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Writes the bits of numbers, little-endian on every machine.</summary>
    internal static void WriteBits(ReadOnlySpan<double> numbers, Span<byte> into)
    {
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(numbers).CopyTo(into);
            return;
        }
        for (var k = 0; k < numbers.Length; k++) BinaryPrimitives.WriteDoubleLittleEndian(into[(k * sizeof(double))..], numbers[k]);
    }
}
