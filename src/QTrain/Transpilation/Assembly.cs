namespace QTrain.Transpilation;

/// <summary>Puts a routed circuit together again: its steps on device qubits, swaps as joint rotations.</summary>
internal static class Assembly
{
    public static List<Step> Of(IReadOnlyList<Step> steps, int qubits, RoutingProblem problem, Route route, DeviceGraph device)
    {
        var place = (int[])route.Start.Clone();
        var logical = new int[device.Count];
        for (var l = 0; l < device.Count; l++) logical[place[l]] = l;
        var alone = new Queue<int>[qubits];
        for (var q = 0; q < qubits; q++) alone[q] = new Queue<int>();
        for (var k = 0; k < steps.Count; k++)
            if (steps[k].IsPlain && steps[k].Kind != StepKind.Joint) alone[steps[k].First].Enqueue(k);
        var where = new int[qubits];
        for (var q = 0; q < qubits; q++) where[q] = device.Qubits[place[q]];
        var result = new List<Step>(steps.Count + route.Swaps);
        foreach (var happening in route.Events)
        {
            if (happening < 0)
            {
                var (p, q) = ((-1 - happening) / device.Count, (-1 - happening) % device.Count);
                (logical[p], logical[q]) = (logical[q], logical[p]);
                (place[logical[p]], place[logical[q]]) = (p, q);
                Move(logical[p], p);
                Move(logical[q], q);
                // Of two qubits that hold nothing yet a swap is nothing, but which these are only the circuit's input tells.
                result.Add(Step.OfJoint(device.Qubits[p], device.Qubits[q], Joint.Swap));
                continue;
            }
            var at = problem.Steps[happening];
            if (at < 0) continue;
            foreach (var qubit in steps[at].Qubits)
                while (alone[qubit].TryPeek(out var earlier) && earlier < at) result.Add(steps[alone[qubit].Dequeue()].On(where));
            result.Add(steps[at].On(where));
        }
        for (var q = 0; q < qubits; q++)
            while (alone[q].TryDequeue(out var rest)) result.Add(steps[rest].On(where));
        return result;

        void Move(int qubit, int to)
        {
            if (qubit < qubits) where[qubit] = device.Qubits[to];
        }
    }
}
