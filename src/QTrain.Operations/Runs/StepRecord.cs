using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>A step of a run as its history keeps it.</summary>
/// <param name="Member">Which member of an ensemble; 0 where there is one.</param>
/// <param name="Index">0 is the start.</param>
/// <param name="Loss">The loss.</param>
/// <param name="StandardError">Its standard error; 0 when exact.</param>
/// <param name="BestLoss">The lowest finite loss so far.</param>
/// <param name="GradientNorm">Where known.</param>
/// <param name="Evaluations">Energies evaluated so far.</param>
/// <param name="Shots">Shots spent so far.</param>
/// <param name="At">When it was made first.</param>
/// <param name="Digest">64 bits over the parameters and everything above but the time, so that a repeated step can be told from another.</param>
public readonly record struct StepRecord(
    int Member, int Index, double Loss, double StandardError, double BestLoss, double? GradientNorm, long Evaluations, long Shots, DateTimeOffset At,
    long Digest)
{
    /// <summary>The record of a step.</summary>
    public static StepRecord Of(int member, TrainingStep step, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new StepRecord(
            member, step.Index, step.Loss, step.StandardError, step.BestLoss, step.GradientNorm, step.Evaluations, step.Shots, at, DigestOf(member, step));
    }

    private static long DigestOf(int member, TrainingStep step)
    {
        const int facts = 8;
        var length = sizeof(double) * (facts + step.Parameters.Length);
        var rented = length <= 1024 ? null : ArrayPool<byte>.Shared.Rent(length);
        var bytes = rented is null ? stackalloc byte[1024] : rented;
        BinaryPrimitives.WriteInt64LittleEndian(bytes, member);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], step.Index);
        QuestionHash.WriteBits([step.Loss, step.StandardError, step.BestLoss, step.GradientNorm ?? -1], bytes[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], step.Evaluations);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[56..], step.Shots);
        QuestionHash.WriteBits(step.Parameters, bytes[(sizeof(double) * facts)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
