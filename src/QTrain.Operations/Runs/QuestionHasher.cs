using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>Hashes questions: 128 bits over everything that determines an answer, which is who answers, where in the run, what is asked, and the
/// bits of the point.</summary>
/// <remarks>SipHash-2-4 with 128 bits over member, step, slot and kind as four 32-bit numbers and the point's IEEE bits, all little-endian; the key is the
/// first half of the SHA-256 of the evaluator's identity. Stores of the first schema hold SHA-256 hashes, which are still understood.</remarks>
/// <param name="identity">The identity of the evaluator; its own hash is the key of every question's.</param>
public sealed class QuestionHasher(string identity) : IDisposable
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = 16;

    private readonly byte[] _identity = SHA256.HashData(Encoding.UTF8.GetBytes(identity));
    private readonly byte[] _hash = new byte[Size];
    private readonly SipHash _keyed = new(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, SipHash.KeySize));
    private Sha256Questions? _first;

    /// <summary>The hash of a question, valid until the next.</summary>
    public ReadOnlySpan<byte> Of(Question question)
    {
        ArgumentNullException.ThrowIfNull(question);
        Hash(question.Path, question.Kind, question.Point, _hash);
        return _hash;
    }

    /// <summary>Writes down the hash of a question; several threads may at once.</summary>
    internal void Hash(QuestionPath path, QuestionKind kind, ReadOnlySpan<double> point, Span<byte> into)
    {
        var hash = _keyed;
        hash.Add((uint)path.Member | (ulong)(uint)path.Step << 32);
        hash.Add((uint)path.Slot | (ulong)kind << 32);
        foreach (var coordinate in point) hash.Add(BitConverter.DoubleToUInt64Bits(coordinate));
        var (low, high) = hash.End(2 + point.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(into, low);
        BinaryPrimitives.WriteUInt64LittleEndian(into[sizeof(ulong)..], high);
    }

    /// <summary>Whether a recorded hash, of this form or an earlier one, is that of a question.</summary>
    public bool Matches(ReadOnlySpan<byte> recorded, Question question) => recorded.Length == Sha256Questions.Size
        ? (_first ??= new Sha256Questions(_identity)).Of(question).SequenceEqual(recorded)
        : Of(question).SequenceEqual(recorded);

    /// <inheritdoc/>
    public void Dispose() => _first?.Dispose();

    /// <summary>The form of the first schema: SHA-256 over the identity's hash, path, kind and point.</summary>
    private sealed class Sha256Questions(byte[] identity) : IDisposable
    {
        public const int Size = SHA256.HashSizeInBytes;

        private readonly byte[] _head = [.. identity, .. new byte[3 * sizeof(int) + 1]];
        private readonly byte[] _hash = new byte[Size];
        private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public ReadOnlySpan<byte> Of(Question question)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_head.AsSpan(Size), question.Path.Member);
            BinaryPrimitives.WriteInt32LittleEndian(_head.AsSpan(Size + 4), question.Path.Step);
            BinaryPrimitives.WriteInt32LittleEndian(_head.AsSpan(Size + 8), question.Path.Slot);
            _head[Size + 12] = (byte)question.Kind;
            _sha.AppendData(_head);
            var bits = new byte[sizeof(double) * question.Point.Length];
            for (var k = 0; k < question.Point.Length; k++)
                BinaryPrimitives.WriteDoubleLittleEndian(bits.AsSpan(sizeof(double) * k), question.Point[k]);
            _sha.AppendData(bits);
            _sha.GetHashAndReset(_hash);
            return _hash;
        }

        public void Dispose() => _sha.Dispose();
    }
}
