namespace QTrain.Transpilation;

/// <summary>Swaps that need not happen: qubits change names instead.</summary>
internal static class Mirrors
{
    /// <summary>Every joint rotation that is cheaper with a swap after it is done so, and what follows is renamed. An iswap becomes a cz.</summary>
    /// <returns>The steps, and which wire each qubit is on at the end.</returns>
    public static (List<Step> Steps, int[] Wires) Rename(IReadOnlyList<Step> steps, int qubits)
    {
        var wires = Enumerable.Range(0, qubits).ToArray();
        var renamed = new List<Step>(steps.Count);
        foreach (var given in steps)
        {
            var step = given.On(wires);
            if (!step.IsPlain || step.Kind != StepKind.Joint)
            {
                renamed.Add(step);
                continue;
            }
            var (joint, _) = step.Joint.Reduced();
            var (mirrored, flips) = (joint + Joint.Swap).Reduced();
            if (mirrored.ControlledCount() >= joint.ControlledCount())
            {
                renamed.Add(step);
                continue;
            }
            // The joint rotation and its reduced form differ by flips of both qubits, which are the same before and after a swap.
            var (_, own) = step.Joint.Reduced();
            if (!mirrored.IsNone) renamed.Add(step with { Joint = mirrored });
            var after = own * flips;
            if (!after.IsNone)
            {
                renamed.Add(Step.OfTurn(step.First, after));
                renamed.Add(Step.OfTurn(step.Second, after));
            }
            (wires[given.First], wires[given.Second]) = (wires[given.Second], wires[given.First]);
        }
        return (renamed, wires);
    }
}
