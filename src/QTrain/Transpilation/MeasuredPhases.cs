namespace QTrain.Transpilation;

/// <summary>Takes away what a measurement cannot see: phases of a qubit, and joint phases of two that are both measured next.</summary>
internal static class MeasuredPhases
{
    public static List<Step> Drop(IReadOnlyList<Step> steps, int qubits)
    {
        var isMeasuredNext = new bool[qubits];
        var kept = new List<Step>(steps.Count);
        for (var k = steps.Count - 1; k >= 0; k--)
        {
            var step = steps[k];
            if (step is { Kind: StepKind.Barrier })
            {
                kept.Add(step);
                continue;
            }
            if (step is { Kind: StepKind.Measure, Condition: null })
            {
                kept.Add(step);
                isMeasuredNext[step.First] = true;
                continue;
            }
            var isPhase = step.IsPlain && step.Kind switch
            {
                StepKind.Phase => true,
                StepKind.Turn => step.Turn.IsDiagonal,
                _ => Joint.IsZero(step.Joint.X) && Joint.IsZero(step.Joint.Y),
            };
            var isSeen = false;
            foreach (var qubit in step.Qubits) isSeen |= !isMeasuredNext[qubit];
            if (isPhase && !isSeen) continue;
            kept.Add(step);
            foreach (var qubit in step.Qubits) isMeasuredNext[qubit] &= isPhase && step.Second < 0;
        }
        kept.Reverse();
        return kept;
    }
}
