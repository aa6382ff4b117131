using QTrain.Operations.Runs;

namespace QTrain.Operations.Storage;

/// <summary>Steps of a member in their order as one piece of bytes: a format byte, the steps, a checksum. Of a step: a byte that says what follows, by how much its
/// index is past that of the step before, its loss, what differs from the ordinary (a standard error, a best loss that is neither this loss nor the one before, a
/// gradient's norm), by how much its counts and its time in milliseconds are past those before, its digest.</summary>
internal static class StepBlock
{
    /// <summary>The most steps of a block.</summary>
    public const int MostSteps = 1024;

    private const byte Format = 1;
    private const byte HasStandardError = 1, IsBest = 2, HasOtherBest = 4, HasGradientNorm = 8;

    public static void Write(ReadOnlySpan<StepRecord> steps, ByteWriter into)
    {
        into.Byte(Format);
        var (index, best, evaluations, shots, at) = (-1, 0L, 0L, 0L, 0L);
        foreach (ref readonly var step in steps)
        {
            var loss = BitConverter.DoubleToInt64Bits(step.Loss);
            var bestLoss = BitConverter.DoubleToInt64Bits(step.BestLoss);
            var standardError = BitConverter.DoubleToInt64Bits(step.StandardError);
            var milliseconds = step.At.ToUnixTimeMilliseconds();
            into.Byte((byte)((standardError == 0 ? 0 : HasStandardError) | (bestLoss == loss ? IsBest : bestLoss == best ? 0 : HasOtherBest)
                | (step.GradientNorm is null ? 0 : HasGradientNorm)));
            into.Number((ulong)(step.Index - index));
            into.Int64(loss);
            if (standardError != 0) into.Int64(standardError);
            if (bestLoss != loss && bestLoss != best) into.Int64(bestLoss);
            if (step.GradientNorm is { } norm) into.Double(norm);
            into.Signed(step.Evaluations - evaluations);
            into.Signed(step.Shots - shots);
            into.Signed(milliseconds - at);
            into.Int64(step.Digest);
            (index, best, evaluations, shots, at) = (step.Index, bestLoss, step.Evaluations, step.Shots, milliseconds);
        }
        into.Seal();
    }

    /// <summary>Adds the steps after one to a list, until it holds so many.</summary>
    /// <exception cref="FormatException">The bytes are damaged, or of a form this version does not know.</exception>
    public static void Read(ReadOnlySpan<byte> block, int member, int after, int limit, List<StepRecord> into)
    {
        var bytes = new ByteReader(ByteReader.Unseal(block));
        var format = bytes.Byte();
        if (format != Format) throw new FormatException($"has the form {format}, but this version knows {Format}");
        var (index, best, evaluations, shots, at) = (-1, 0L, 0L, 0L, 0L);
        while (!bytes.AtEnd && into.Count < limit)
        {
            var what = bytes.Byte();
            index += (int)bytes.Number();
            var loss = bytes.Int64();
            var standardError = (what & HasStandardError) != 0 ? bytes.Int64() : 0;
            best = (what & IsBest) != 0 ? loss : (what & HasOtherBest) != 0 ? bytes.Int64() : best;
            double? norm = (what & HasGradientNorm) != 0 ? bytes.Double() : null;
            evaluations += bytes.Signed();
            shots += bytes.Signed();
            at += bytes.Signed();
            var digest = bytes.Int64();
            if (index <= after) continue;
            into.Add(new StepRecord(
                member, index, BitConverter.Int64BitsToDouble(loss), BitConverter.Int64BitsToDouble(standardError), BitConverter.Int64BitsToDouble(best),
                norm, evaluations, shots, DateTimeOffset.FromUnixTimeMilliseconds(at), digest));
        }
    }
}
