using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using QTrain.Operations.Storage;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>What an <see cref="Answer"/> consists of, wherever its gradient lies.</summary>
internal readonly ref struct AnswerParts(
    double loss, double standardError, bool hasGradient, ReadOnlySpan<double> gradient, int evaluations, long shots, string? failure)
{
    public double Loss { get; } = loss;

    public double StandardError { get; } = standardError;

    public bool HasGradient { get; } = hasGradient;

    public ReadOnlySpan<double> Gradient { get; } = gradient;

    public int Evaluations { get; } = evaluations;

    public long Shots { get; } = shots;

    public string? Failure { get; } = failure;
}

/// <summary>Answers as bytes: a byte that says what follows, the loss, its standard error unless 0, evaluations and shots as variable-length
/// numbers, the gradient, the reason of a failure. Every bit of every number is kept.</summary>
public static class AnswerCodec
{
    private const byte Format = 0x10, HasStandardError = 1, HasGradient = 2, IsFailure = 4;

    /// <summary>Writes an answer.</summary>
    public static void Write(Answer answer, IBufferWriter<byte> into)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(into);
        var parts = new AnswerParts(
            answer.Loss, answer.StandardError, answer.Gradient is not null, answer.Gradient, answer.Evaluations, answer.Shots, answer.Failure);
        into.Advance(Write(parts, into.GetSpan(LongestOf(parts))));
    }

    /// <summary>Writes an answer behind what was written.</summary>
    internal static void Write(in AnswerParts answer, ByteWriter into)
    {
        var room = LongestOf(answer);
        into.GiveBack(room - Write(answer, into.Take(room)));
    }

    private static int LongestOf(in AnswerParts answer) => 1 + 16 + 40 + sizeof(double) * answer.Gradient.Length
        + (answer.Failure is { } reason ? Encoding.UTF8.GetMaxByteCount(reason.Length) : 0);

    private static int Write(in AnswerParts answer, Span<byte> span)
    {
        var gradient = answer.Gradient;
        var exact = BitConverter.DoubleToInt64Bits(answer.StandardError) == 0;
        span[0] = (byte)(Format | (exact ? 0 : HasStandardError) | (answer.HasGradient ? HasGradient : 0) | (answer.Failure is null ? 0 : IsFailure));
        var at = 1;
        WriteDouble(span, ref at, answer.Loss);
        if (!exact) WriteDouble(span, ref at, answer.StandardError);
        WriteNumber(span, ref at, (ulong)answer.Evaluations);
        WriteNumber(span, ref at, (ulong)answer.Shots);
        if (answer.HasGradient)
        {
            WriteNumber(span, ref at, (ulong)gradient.Length);
            if (BitConverter.IsLittleEndian)
            {
                MemoryMarshal.AsBytes(gradient).CopyTo(span[at..]);
                at += sizeof(double) * gradient.Length;
            }
            else
            {
                foreach (var component in gradient) WriteDouble(span, ref at, component);
            }
        }
        if (answer.Failure is { } failure)
        {
            var reason = Encoding.UTF8.GetBytes(failure);
            WriteNumber(span, ref at, (ulong)reason.Length);
            reason.CopyTo(span[at..]);
            at += reason.Length;
        }
        return at;
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="FormatException">The bytes are not an answer of a form this version knows.</exception>
    public static Answer Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || (bytes[0] & 0xF8) != Format)
            throw new FormatException($"A recorded answer begins with {(bytes.IsEmpty ? "nothing" : $"0x{bytes[0]:x2}")}, but this version knows 0x10 to 0x17.");
        var at = 1;
        var loss = ReadDouble(bytes, ref at);
        var standardError = (bytes[0] & HasStandardError) != 0 ? ReadDouble(bytes, ref at) : 0;
        var evaluations = (int)ReadNumber(bytes, ref at);
        var shots = (long)ReadNumber(bytes, ref at);
        double[]? gradient = null;
        if ((bytes[0] & HasGradient) != 0)
        {
            gradient = new double[ReadNumber(bytes, ref at)];
            for (var k = 0; k < gradient.Length; k++) gradient[k] = ReadDouble(bytes, ref at);
        }
        if ((bytes[0] & IsFailure) == 0) return new Answer(loss, standardError, gradient, evaluations, shots);
        var length = (int)ReadNumber(bytes, ref at);
        return new Answer(loss, standardError, gradient, evaluations, shots) { Failure = Encoding.UTF8.GetString(bytes.Slice(at, length)) };
    }

    private static void WriteDouble(Span<byte> into, ref int at, double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(into[at..], value);
        at += sizeof(double);
    }

    private static double ReadDouble(ReadOnlySpan<byte> from, ref int at)
    {
        var value = BinaryPrimitives.ReadDoubleLittleEndian(from[at..]);
        at += sizeof(double);
        return value;
    }

    private static void WriteNumber(Span<byte> into, ref int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7) into[at++] = (byte)(value | 0x80);
        into[at++] = (byte)value;
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> from, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = from[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
