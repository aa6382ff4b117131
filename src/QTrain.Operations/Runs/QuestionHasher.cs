using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>Hashes questions: SHA-256 over everything that determines an answer, which is who answers, where in the run, what is asked, and the
/// bits of the point.</summary>
/// <param name="identity">The identity of the evaluator; its own hash enters every question's.</param>
public sealed class QuestionHasher(string identity) : IDisposable
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private const int Head = Size + 3 * sizeof(int) + 1;

    private readonly byte[] _head = [.. SHA256.HashData(Encoding.UTF8.GetBytes(identity)), .. new byte[Head - Size]];
    private readonly byte[] _hash = new byte[Size];
    // Kept, because making one costs as much as a short hash.
    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The hash of a question, valid until the next.</summary>
    public ReadOnlySpan<byte> Of(Question question)
    {
        ArgumentNullException.ThrowIfNull(question);
        BinaryPrimitives.WriteInt32LittleEndian(_head.AsSpan(Size), question.Path.Member);
        BinaryPrimitives.WriteInt32LittleEndian(_head.AsSpan(Size + 4), question.Path.Step);
        BinaryPrimitives.WriteInt32LittleEndian(_head.AsSpan(Size + 8), question.Path.Slot);
        _head[Size + 12] = (byte)question.Kind;
        _sha.AppendData(_head);
        if (BitConverter.IsLittleEndian) _sha.AppendData(MemoryMarshal.AsBytes(question.Point.AsSpan()));
        else AppendSwapped(question.Point);
        _sha.GetHashAndReset(_hash);
        return _hash;
    }

    /// <inheritdoc/>
    public void Dispose() => _sha.Dispose();

    private void AppendSwapped(double[] point)
    {
        Span<byte> bits = stackalloc byte[sizeof(double)];
        foreach (var coordinate in point)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bits, coordinate);
            _sha.AppendData(bits);
        }
    }
}
