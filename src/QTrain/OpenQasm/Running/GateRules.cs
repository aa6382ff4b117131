using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.OpenQasm.Meaning;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Running;

/// <summary>A gate by its name: what it takes, and what operations it is made of.</summary>
internal abstract class GateRule(string name, int angles, int qubits)
{
    public string Name { get; } = name;

    public int AngleCount { get; } = angles;

    public int QubitCount { get; } = qubits;

    /// <summary>How deep definitions are nested below this one.</summary>
    public int Depth { get; protected init; }

    /// <summary>Whether what it does depends on its arguments alone.</summary>
    public virtual bool IsFixed => true;

    public abstract void Emit(Machine machine, Branch branch, Angle[] angles, int[] qubits, Span at, List<Operation> into);
}

/// <summary>A gate of QTrain's table.</summary>
internal sealed class TableRule(string name, Gate gate) : GateRule(name, gate.AngleCount, gate.QubitCount)
{
    public override void Emit(Machine machine, Branch branch, Angle[] angles, int[] qubits, Span at, List<Operation> into) =>
        into.Add(new GateOperation(gate, [.. qubits], [.. angles]));
}

/// <summary>A gate made of a few of the table.</summary>
internal sealed class ComposedRule(string name, int angles, int qubits, Func<Angle[], int[], IEnumerable<Operation>> make) : GateRule(name, angles, qubits)
{
    public override void Emit(Machine machine, Branch branch, Angle[] angles, int[] qubits, Span at, List<Operation> into) => into.AddRange(make(angles, qubits));
}

/// <summary>A gate known by its name alone.</summary>
internal sealed class OpaqueRule(string name, int angles, int qubits) : GateRule(name, angles, qubits)
{
    public override void Emit(Machine machine, Branch branch, Angle[] angles, int[] qubits, Span at, List<Operation> into) =>
        throw at.Fault($"gate '{Name}' has no definition, only a name or a calibration: what it does is not said, so it cannot be run.");
}

/// <summary>A gate that the program defines.</summary>
internal sealed class DefinedRule : GateRule
{
    private readonly int _frameSize;
    private readonly Step _body;

    public DefinedRule(string name, int angles, int qubits, int frameSize, Step body, int depth, bool isFixed) : base(name, angles, qubits)
    {
        _frameSize = frameSize;
        _body = body;
        Depth = depth;
        IsFixed = isFixed;
    }

    public override bool IsFixed { get; }

    public override void Emit(Machine machine, Branch branch, Angle[] angles, int[] qubits, Span at, List<Operation> into)
    {
        var frame = new Value[_frameSize];
        for (var k = 0; k < angles.Length; k++) frame[k] = Value.Of(angles[k]);
        for (var k = 0; k < qubits.Length; k++) frame[angles.Length + k] = Value.Holding(new QubitReference([qubits[k]]));
        var (operations, condition) = (branch.Operations, branch.Condition);
        branch.Frames.Add(frame);
        branch.Operations = into;
        branch.Condition = [];
        branch.GateDepth++;
        _body.Run(machine, [branch]);
        branch.GateDepth--;
        branch.Condition = condition;
        branch.Operations = operations;
        branch.Frames.RemoveAt(branch.Frames.Count - 1);
        branch.Flow = Flow.Goes;
    }
}

/// <summary>A modifier whose number is known.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Count">Of a control: how many qubits.</param>
/// <param name="Power">Of a power: how many times.</param>
/// <param name="IsWhole">Of a power: whether it never changes.</param>
/// <param name="Span">Where it stands.</param>
internal sealed record BoundModifier(ModifierKind Kind, int Count, Func<Branch, double>? Power, bool IsWhole, Span Span)
{
    private const int MaxControls = 1000;

    /// <summary>Of a control whose number of qubits is known only as the program runs.</summary>
    public Func<Branch, System.Numerics.BigInteger>? Counted { get; init; }

    /// <summary>How many qubits of the call are its.</summary>
    public int CountAt(Branch branch)
    {
        if (Counted is null) return Count;
        var count = Counted(branch);
        return count >= 1 && count <= MaxControls ? (int)count : throw Span.Fault($"the number of controls is {count}: 1 to {MaxControls:#,0} is allowed.");
    }
}

/// <summary>A gate applied to qubits.</summary>
internal sealed class GateStep(Span span, GateRule rule, ImmutableArray<BoundModifier> modifiers, Bound[] angles, ImmutableArray<QubitOperand> operands, bool isFixed) : Step(span)
{
    // Operations made once for gates whose arguments never change.
    private const int MostKept = 256;

    private Operation[]? _kept;

    protected override void Do(Machine machine, List<Branch> branches)
    {
        foreach (var branch in branches)
        {
            if (_kept is { } kept)
            {
                AddAll(machine, branch, kept);
                continue;
            }
            var values = new Value[angles.Length];
            var bits = ImmutableArray<ClassicalBit>.Empty;
            for (var k = 0; k < values.Length; k++)
            {
                values[k] = angles[k].Constant ?? angles[k].Find(branch);
                if (Cases.Has(values[k])) bits = bits.Union(Cases.Of(values[k]).Bits).ToImmutableArray();
            }
            if (bits.IsEmpty) Apply(machine, branch, values);
            else
            {
                for (var k = 0; k < 1 << bits.Length; k++)
                {
                    var cube = bits.Select((bit, b) => (bit, (k >> b & 1) != 0)).ToImmutableArray();
                    Conditional.Under(machine, branch, branch.Condition, cube, new ActionStep(Span, (m, b) => Apply(m, b, [.. values.Select(v => Memory.Under(cube, v))])));
                }
            }
        }
    }

    private void AddAll(Machine machine, Branch branch, Operation[] operations)
    {
        machine.Work(operations.Length, Span);
        var condition = branch.Condition.IsEmpty ? null : machine.ConditionOf(branch);
        foreach (var operation in operations) machine.Add(branch, condition is null ? operation : operation with { Condition = condition }, Span);
    }

    private void Apply(Machine machine, Branch branch, Value[] values)
    {
        var arguments = new Angle[values.Length];
        for (var k = 0; k < values.Length; k++)
        {
            arguments[k] = values[k].Affine;
            if (!double.IsFinite(arguments[k].Constant)) throw Span.Fault($"'{rule.Name}' was given the angle {arguments[k]}: angles must be finite.");
        }
        var made = new List<Operation>();
        var (lists, length) = QubitOperand.Lists(operands, branch, Span);
        for (var k = 0; k < length; k++)
        {
            var qubits = new int[lists.Length];
            for (var q = 0; q < qubits.Length; q++) qubits[q] = operands[q].IsRegister ? lists[q][k] : lists[q][0];
            for (var a = 0; a < qubits.Length; a++)
                for (var b = 0; b < a; b++)
                    if (qubits[a] == qubits[b]) throw Span.Fault($"'{rule.Name}' is given one qubit twice: they must differ.");
            machine.Work(1, Span);
            Expand(machine, branch, arguments, qubits, made);
        }
        var condition = machine.ConditionOf(branch);
        foreach (var operation in made) machine.Add(branch, condition is null ? operation : operation with { Condition = condition }, Span);
        if (isFixed && made.Count <= MostKept) _kept = [.. made];
    }

    private void Expand(Machine machine, Branch branch, Angle[] arguments, int[] qubits, List<Operation> into)
    {
        if (modifiers.IsEmpty)
        {
            rule.Emit(machine, branch, arguments, qubits, Span, into);
            return;
        }
        var controls = modifiers.Sum(m => m.CountAt(branch));
        if (qubits.Length != rule.QubitCount + controls)
            throw Span.Fault($"with its modifiers, gate '{rule.Name}' acts on {rule.QubitCount + controls} qubits, but {qubits.Length} are given.");
        var operations = new List<Operation>();
        rule.Emit(machine, branch, arguments, qubits[controls..], Span, operations);
        // The modifier nearest to the gate is done first; the first controls listed are those of the first modifier.
        for (var k = modifiers.Length - 1; k >= 0; k--)
        {
            var modifier = modifiers[k];
            var count = modifier.CountAt(branch);
            controls -= count;
            switch (modifier.Kind)
            {
                case ModifierKind.Inverse:
                    operations = Modifiers.Inverse(operations);
                    break;
                case ModifierKind.Power:
                    operations = Modifiers.Power(machine, operations, modifier.Power!(branch), modifier.Span);
                    break;
                default:
                    operations = Modifiers.Control(operations, [.. qubits[controls..(controls + count)].Select(q => new Control(q, modifier.Kind == ModifierKind.Control))]);
                    break;
            }
        }
        into.AddRange(operations);
    }
}

/// <summary>Qubits as a gate is given them: one, or a register over which it spreads.</summary>
internal sealed record QubitOperand(Func<Branch, int[]> Find, bool IsRegister, int Width, int[]? Fixed, Span Span)
{
    /// <summary>The number of a physical qubit, whose place among all is known when all are.</summary>
    public int? Physical { get; init; }

    /// <summary>The qubits of every operand, and how often the gate is done: registers must be of one size.</summary>
    public static (int[][] Lists, int Length) Lists(ImmutableArray<QubitOperand> operands, Branch branch, Span at)
    {
        var lists = new int[operands.Length][];
        int? length = null;
        for (var k = 0; k < lists.Length; k++)
        {
            lists[k] = operands[k].Find(branch);
            if (!operands[k].IsRegister) continue;
            if (length is { } other && other != lists[k].Length) throw operands[k].Span.Fault(Mismatch(other, lists[k].Length));
            length = lists[k].Length;
        }
        return (lists, length ?? 1);
    }

    public static string Mismatch(int first, int second) => $"registers of {first} and {second} qubits cannot go together: they must be of one size.";
}
