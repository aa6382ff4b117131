using System.Collections.Immutable;
using System.Numerics;
using QTrain.OpenQasm.Meaning;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Running;

/// <summary>Measures qubits into bits of variables. The dictionary gives the first bit of the circuit for each global variable of bits, by its slot.</summary>
internal sealed class MeasureStep(Span span, QubitOperand qubits, Func<Branch, BitAddress[]>? target, IReadOnlyDictionary<int, int> classicalBits) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        if (machine.Mode == MachineMode.Written)
        {
            Write(machine, branches[0]);
            return;
        }
        var count = branches.Count;
        for (var k = 0; k < count; k++)
        {
            var branch = branches[k];
            var (measured, bits) = (qubits.Find(branch), target?.Invoke(branch));
            Check(measured, bits);
            // Branches that divide off go on with the qubits that are left.
            var dividing = new List<Branch> { branch };
            for (var q = 0; q < measured.Length; q++)
            {
                var now = dividing.Count;
                for (var d = 0; d < now; d++)
                {
                    var (outcome, other) = machine.Measure(dividing[d], measured[q], Span);
                    if (bits is not null) Memory.StoreBit(dividing[d], bits[q], Value.Of(outcome));
                    if (other is null) continue;
                    if (bits is not null) Memory.StoreBit(other, bits[q], Value.Of(!outcome));
                    dividing.Add(other);
                    machine.Take(branches, other, Span);
                }
            }
        }
        machine.Merge(branches);
    }

    private void Check(int[] measured, BitAddress[]? bits)
    {
        if (bits is not null && bits.Length != measured.Length) throw Span.Fault($"{measured.Length} qubits are measured into {bits.Length} bits: there must be as many.");
    }

    private void Write(Machine machine, Branch branch)
    {
        var (measured, bits) = (qubits.Find(branch), target?.Invoke(branch));
        Check(measured, bits);
        for (var q = 0; q < measured.Length; q++)
        {
            if (bits is not null && bits[q].Frame == 0 && classicalBits.TryGetValue(bits[q].Slot, out var first))
            {
                var own = first + bits[q].Bit;
                var before = Memory.LoadBit(branch, bits[q]);
                var isOwn = before.Content is MeasuredBits { Bits: [{ } old] } && old.Bit == own && machine.IsCurrent(old);
                var isFresh = !before.IsSymbol && before.Integer.IsZero && machine.IsCurrent(new ClassicalBit(own, 0));
                var bit = Value.Holding(new MeasuredBits(BigInteger.Zero, [machine.Written(branch, measured[q], own, Span)]));
                // The circuit's own bit keeps its value where the measurement does not happen.
                if (isOwn || isFresh)
                {
                    var condition = branch.Condition;
                    branch.Condition = [];
                    Memory.StoreBit(branch, bits[q], bit);
                    branch.Condition = condition;
                }
                else Memory.StoreBit(branch, bits[q], bit);
            }
            else
            {
                var bit = Value.Holding(new MeasuredBits(BigInteger.Zero, [machine.Written(branch, measured[q], machine.BitCount, Span)]));
                if (bits is not null) Memory.StoreBit(branch, bits[q], bit);
            }
        }
    }
}

internal sealed class ResetStep(Span span, QubitOperand qubits) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        if (machine.Mode == MachineMode.Written)
        {
            foreach (var qubit in qubits.Find(branches[0])) machine.Add(branches[0], new Circuits.Reset(qubit) { Condition = machine.ConditionOf(branches[0]) }, Span);
            return;
        }
        // Branches may mean different qubits by one name: an alias chosen by what was measured.
        foreach (var group in branches.GroupBy(b => new QubitReference(qubits.Find(b))).ToList())
        {
            var list = group.ToList();
            foreach (var branch in list) branches.Remove(branch);
            foreach (var qubit in group.Key.Qubits) machine.Reset(list, qubit, Span);
            branches.AddRange(list);
        }
    }
}
