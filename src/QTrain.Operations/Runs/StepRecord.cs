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

    // Tells a step from another that an honest program made; 64 bits mixed as in SplitMix64 are enough for that and cost no time.
    private static long DigestOf(int member, TrainingStep step)
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
