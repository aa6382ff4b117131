namespace QTrain.Circuits;

public sealed partial class Circuit
{
    /// <summary>How many steps the circuit takes when operations on different qubits happen at once.</summary>
    /// <remarks>Barriers and delays take no step, but nothing moves across them. An operation waits for the classical bits it asks or writes. A global
    /// phase that no qubit controls takes no step.</remarks>
    public int Depth
    {
        get
        {
            var (qubits, bits) = (new int[QubitCount], new int[BitCount]);
            foreach (var operation in Operations)
            {
                var step = 0;
                foreach (var qubit in operation.Qubits) step = Math.Max(step, qubits[qubit]);
                var asked = operation.Condition?.Bits ?? [];
                foreach (var bit in asked) step = Math.Max(step, bits[bit]);
                if (operation is Measure { Bit: var written }) step = Math.Max(step, bits[written]);
                if (operation is not (Barrier or Delay) && !operation.Qubits.IsEmpty) step++;
                foreach (var qubit in operation.Qubits) qubits[qubit] = step;
                foreach (var bit in asked) bits[bit] = step;
                if (operation is Measure measure) bits[measure.Bit] = step;
            }
            return Math.Max(qubits.Max(), bits.DefaultIfEmpty().Max());
        }
    }

    /// <summary>How often each operation occurs, most frequent first; controls that are no part of the name are written <c>ctrl @ x</c>. Barriers are not counted.</summary>
    public IReadOnlyDictionary<string, int> GateCounts => new OrderedDictionary<string, int>(
        Operations.Where(o => o is not Barrier).CountBy(CountedAs).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal));

    private static string CountedAs(Operation operation)
    {
        var controls = operation switch { GateOperation gate => gate.Controls.Length, GlobalPhase phase => phase.Controls.Length, _ => 0 };
        return controls switch { 0 => operation.Name, 1 => $"ctrl @ {operation.Name}", _ => $"ctrl({controls}) @ {operation.Name}" };
    }
}
