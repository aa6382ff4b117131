using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QTrain.Optimizers;

namespace QTrain.Training;

/// <summary>Everything a training needs to go on after a step as if it had never stopped: the optimizer's state, what the trainer counts and compares, and the
/// state of the trajectory's hash. A training that goes on from it equals one from the beginning to the bit.</summary>
/// <param name="Step">The step it was made after.</param>
/// <param name="Bytes">What is to be kept: a form, a hash of what is trained and how, the state, a checksum.</param>
public sealed record TrainingMark(int Step, ReadOnlyMemory<byte> Bytes)
{
    private const int Form = 1;
    private const int ChecksumSize = 8;

    /// <summary>Why a training cannot go on from the mark, in words; null when it can.</summary>
    /// <param name="plan">What is to be trained, how and until when.</param>
    /// <param name="evaluator">What answers.</param>
    /// <param name="member">Which member of an ensemble.</param>
    public string? MisfitWith(TrainingPlan plan, IEvaluator evaluator, int member = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(evaluator);
        var bytes = Bytes.Span;
        if (bytes.Length < sizeof(int) + SHA256.HashSizeInBytes + ChecksumSize || !Checksum(bytes[..^ChecksumSize]).SequenceEqual(bytes[^ChecksumSize..]))
            return $"the mark after step {Step} is damaged";
        var reader = Open();
        if (reader.ReadInt32() is var form && form != Form) return $"the mark after step {Step} has the form {form}, but this version knows {Form}";
        return reader.ReadBytes(SHA256.HashSizeInBytes).AsSpan().SequenceEqual(HashOf(plan, evaluator, member))
            ? null : $"the mark after step {Step} is of another problem, start, seed, optimizer, version of an algorithm or stopping rule";
    }

    /// <summary>Equal marks hold the same bytes.</summary>
    public bool Equals(TrainingMark? other) => other is not null && Step == other.Step && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Step, Bytes.Length);

    /// <summary>A mark with what is written after its head.</summary>
    internal static TrainingMark Write(int step, TrainingPlan plan, IEvaluator evaluator, int member, Action<BinaryWriter> state)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Form);
            writer.Write(HashOf(plan, evaluator, member));
            state(writer);
        }
        stream.Write(Checksum(stream.ToArray()));
        return new TrainingMark(step, stream.ToArray());
    }

    /// <summary>What was written after the head of a mark that fits.</summary>
    internal BinaryReader ReadState()
    {
        var reader = Open();
        reader.BaseStream.Position = sizeof(int) + SHA256.HashSizeInBytes;
        return reader;
    }

    internal static void Write(BinaryWriter to, ReadOnlySpan<double> numbers)
    {
        to.Write(numbers.Length);
        foreach (var number in numbers) to.Write(number);
    }

    internal static double[] ReadNumbers(BinaryReader from)
    {
        var numbers = new double[from.ReadInt32()];
        for (var k = 0; k < numbers.Length; k++) numbers[k] = from.ReadDouble();
        return numbers;
    }

    private BinaryReader Open() => new(new MemoryStream(Bytes[..^ChecksumSize].ToArray()));

    private static byte[] Checksum(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes)[..ChecksumSize];

    // Records print every public property, and numbers so that they can be read back.
    private static byte[] HashOf(TrainingPlan plan, IEvaluator evaluator, int member)
    {
        var text = new StringBuilder(evaluator.Identity).Append('\n').Append(plan.Optimizer).Append('\n').Append(plan.Stopping)
            .Append(CultureInfo.InvariantCulture, $"\nseed {plan.Seed} member {member} start");
        foreach (var value in plan.StartOf(member)) text.Append(CultureInfo.InvariantCulture, $" {BitConverter.DoubleToInt64Bits(value):x}");
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
