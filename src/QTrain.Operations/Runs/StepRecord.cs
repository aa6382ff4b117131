using System.Numerics;
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
    /// <summary>Which digest: 1 in stores of the first schema, 2 since.</summary>
    internal int DigestVersion { get; init; } = 2;

    /// <summary>The record of a step.</summary>
    public static StepRecord Of(int member, TrainingStep step, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Of(
            member, step.Index, step.Loss, step.StandardError, step.BestLoss, step.GradientNorm, step.Evaluations, step.Shots, at, step.Parameters);
    }

    /// <summary>The record of a step of which the parts are known.</summary>
    internal static StepRecord Of(
        int member, int index, double loss, double standardError, double bestLoss, double? gradientNorm, long evaluations, long shots, DateTimeOffset at,
        ReadOnlySpan<double> parameters)
    {
        var record = new StepRecord(member, index, loss, standardError, bestLoss, gradientNorm, evaluations, shots, at, 0);
        return record with { Digest = DigestOf(record, parameters) };
    }

    /// <summary>Whether a step is the recorded one.</summary>
    internal bool IsOf(TrainingStep step) => Digest == (DigestVersion == 1 ? FirstDigestOf(Member, step) : DigestOf(Member, step));

    /// <summary>Whether it is the record of the step with these digests.</summary>
    internal bool IsOf((long Now, long First) digests) => Digest == (DigestVersion == 1 ? digests.First : digests.Now);

    /// <summary>A step's digests of both versions.</summary>
    internal static (long Now, long First) DigestsOf(int member, TrainingStep step) => (DigestOf(member, step), FirstDigestOf(member, step));

    // Tells a step from another that an honest program made, in a few nanoseconds: two chains, so that one multiplication need not wait for the other,
    // mixed at the end as in SplitMix64.
    private static long DigestOf(in StepRecord step, ReadOnlySpan<double> parameters)
    {
        const ulong left = 0x9E3779B97F4A7C15, right = 0xBF58476D1CE4E5B9;
        var (a, b) = ((ulong)step.Member * left, (ulong)step.Index * right);
        Add(ref a, left, step.Loss);
        Add(ref b, right, step.StandardError);
        Add(ref a, left, step.BestLoss);
        Add(ref b, right, step.GradientNorm ?? -1);
        a = unchecked((BitOperations.RotateLeft(a, 29) ^ (ulong)step.Evaluations) * left);
        b = unchecked((BitOperations.RotateLeft(b, 29) ^ (ulong)step.Shots) * right);
        var k = 0;
        for (; k + 1 < parameters.Length; k += 2)
        {
            Add(ref a, left, parameters[k]);
            Add(ref b, right, parameters[k + 1]);
        }
        if (k < parameters.Length) Add(ref a, left, parameters[k]);
        return unchecked((long)Mix(Mix(a, b), (ulong)parameters.Length));

        // Rotated between, or the high bits of one number would never reach the low bits of the product.
        static void Add(ref ulong chain, ulong by, double value) =>
            chain = unchecked((BitOperations.RotateLeft(chain, 29) ^ BitConverter.DoubleToUInt64Bits(value)) * by);
    }

    private static long DigestOf(int member, TrainingStep step) => Of(member, step, default).Digest;

    private static long FirstDigestOf(int member, TrainingStep step)
    {
        var digest = Mix(Mix(0, (ulong)member), (ulong)step.Index);
        digest = Mix(digest, step.Loss);
        digest = Mix(digest, step.StandardError);
        digest = Mix(digest, step.BestLoss);
        digest = Mix(digest, step.GradientNorm ?? -1);
        digest = Mix(Mix(digest, (ulong)step.Evaluations), (ulong)step.Shots);
        foreach (var parameter in step.Parameters) digest = Mix(digest, parameter);
        return unchecked((long)digest);
    }

    private static ulong Mix(ulong digest, double value) => Mix(digest, BitConverter.DoubleToUInt64Bits(value));

    private static ulong Mix(ulong digest, ulong value)
    {
        var mixed = unchecked((digest ^ value) + 0x9E3779B97F4A7C15UL);
        mixed = unchecked((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ mixed >> 27) * 0x94D049BB133111EBUL);
        return mixed ^ mixed >> 31;
    }
}
