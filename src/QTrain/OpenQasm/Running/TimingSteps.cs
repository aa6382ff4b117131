using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.OpenQasm.Meaning;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Running;

/// <summary>Nothing moves across it. In the body of a gate it says how the gate is played, which a circuit of gates does not hold.</summary>
internal sealed class BarrierStep(Span span, ImmutableArray<QubitOperand> operands, Func<int>? allQubits) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        if (machine.Mode != MachineMode.Written) return;
        var branch = branches[0];
        if (branch.GateDepth > 0) return;
        var qubits = operands.IsEmpty && allQubits is not null ? Enumerable.Range(0, allQubits()).ToImmutableArray() : operands.SelectMany(o => o.Find(branch)).Distinct().ToImmutableArray();
        if (qubits.Length > 0) machine.Add(branch, new Circuits.Barrier(qubits), Span);
    }
}

/// <summary>Qubits wait. No state changes, so that only a circuit that is written keeps it.</summary>
internal sealed class DelayStep(Span span, Func<Branch, Value> duration, ImmutableArray<QubitOperand> operands, Func<int> allQubits) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        foreach (var branch in branches)
        {
            var value = duration(branch);
            var time = new Duration(value.Real, value.Imaginary);
            if (!time.IsPossible) throw Span.Fault($"a delay of {time} cannot be: durations of delays are not negative.");
            if (machine.Mode != MachineMode.Written) continue;
            var qubits = operands.IsEmpty ? [.. Enumerable.Range(0, allQubits())] : operands.SelectMany(o => o.Find(branch)).Distinct().ToImmutableArray();
            if (qubits.Length > 0) machine.Add(branch, new Delay(time, qubits) { Condition = machine.ConditionOf(branch) }, Span);
        }
    }
}

/// <summary>A box: nothing moves into it or out of it, so that a circuit has barriers around what it holds, on the qubits that it uses.</summary>
internal sealed class BoxStep(Span span, Func<Branch, Value>? duration, Step body) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        if (machine.Mode != MachineMode.Written || branches[0].GateDepth > 0)
        {
            body.Run(machine, branches);
            return;
        }
        var branch = branches[0];
        var start = branch.Operations.Count;
        body.Run(machine, branches);
        var qubits = branch.Operations.Skip(start).SelectMany(o => o.Qubits).Distinct().Order().ToImmutableArray();
        if (qubits.IsEmpty) return;
        if (duration is not null) RequireRoom(branch, start, duration(branch));
        if (machine.KeepsText)
        {
            // The box itself says what barriers would.
            var length = duration is null ? "" : $"[{new Duration(duration(branch).Real, duration(branch).Imaginary)}]";
            branch.Operations.Insert(start, new KeptText($"box{length} {{"));
            machine.Add(branch, new KeptText("}"), Span);
            return;
        }
        branch.Operations.Insert(start, new Circuits.Barrier(qubits));
        machine.Add(branch, new Circuits.Barrier(qubits), Span);
    }

    // How long gates take is not known here; delays alone may already be too much.
    private void RequireRoom(Branch branch, int start, Value length)
    {
        var room = new Duration(length.Real, length.Imaginary);
        if (!room.IsPossible) throw Span.Fault($"a box of {room} cannot be: durations of boxes are not negative.");
        var waited = new Dictionary<int, Duration>();
        foreach (var delay in branch.Operations.Skip(start).OfType<Delay>())
            foreach (var qubit in delay.Qubits)
            {
                var sum = waited[qubit] = waited.GetValueOrDefault(qubit) + delay.Duration;
                if (room.Dt == 0 && sum.Dt == 0 && sum.Seconds > room.Seconds * (1 + 1e-12) || room.Seconds == 0 && sum.Seconds == 0 && sum.Dt > room.Dt)
                    throw Span.Fault($"the delays in this box take {sum} on one qubit, more than the {room} of the box.");
            }
    }
}
