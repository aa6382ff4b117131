using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.OpenQasm.Meaning;

namespace QTrain.OpenQasm.Running;

/// <summary>A program written down as one circuit, and what its variables are at the end in terms of the circuit's classical bits.</summary>
/// <param name="Circuit">The circuit; null when the program has no qubits.</param>
/// <param name="Final">The variables.</param>
/// <param name="Measures">Whether anything is measured.</param>
internal sealed record WrittenCircuit(Circuit? Circuit, Branch Final, bool Measures)
{
    /// <summary>Lines that no circuit holds, each with the number of operations before it; where these were asked for.</summary>
    public ImmutableArray<(int At, string Text)> Kept { get; init; } = [];

    /// <exception cref="NotStaticException">The program is not one circuit.</exception>
    public static WrittenCircuit Of(OpenQasmProgram program, IReadOnlyDictionary<string, string>? inputs, QasmLimits limits, CancellationToken cancellation, bool keepsText = false)
    {
        var bound = program.Bound;
        var machine = new Machine(MachineMode.Written, bound.QubitCount, limits, cancellation) { BitCount = bound.BitCount, KeepsText = keepsText };
        var branch = machine.Begin(bound.GlobalSize, shots: 0, default);
        InputValues.Assign(program, branch, inputs, keepsParameters: true);
        bound.Body.Run(machine, [branch]);
        foreach (var variable in bound.Variables) RequireCurrent(machine, branch.Globals[variable.Slot]);
        if (bound.QubitCount == 0) return new WrittenCircuit(null, branch, machine.HasMeasured && bound.BitCount > 0);
        var operations = new List<Operation>(branch.Operations.Count);
        var kept = ImmutableArray.CreateBuilder<(int, string)>();
        Angle phase = 0;
        foreach (var operation in branch.Operations)
        {
            // A phase of everything may be anywhere: it is kept once, at the end.
            if (operation is KeptText text) kept.Add((operations.Count, text.Text));
            else if (operation is GlobalPhase { Condition: null, Controls.IsEmpty: true } global) phase += global.Phase;
            else operations.Add(operation);
        }
        if (phase.IsConstant) phase = Math.IEEERemainder(phase.Constant, Math.Tau);
        if (!phase.IsConstant || Math.Abs(phase.Constant) > 1e-15) operations.Add(new GlobalPhase(phase));
        var used = operations.SelectMany(o => o.Angles).SelectMany(a => a.Terms).Select(t => t.Parameter).ToHashSet();
        var parameters = bound.Inputs.Select(OpenQasmProgram.ParameterOf).Where(used.Contains);
        return new WrittenCircuit(new Circuit(bound.QubitCount, operations, machine.BitCount, parameters), branch, machine.HasMeasured && bound.BitCount > 0) { Kept = kept.ToImmutable() };
    }

    // A variable that holds what a bit was before it was measured again has no place in the circuit's outcome.
    private static void RequireCurrent(Machine machine, Value value)
    {
        var bits = value.Content switch
        {
            MeasuredBits measured => measured.Bits.OfType<ClassicalBit>(),
            Cases cases => cases.Bits,
            Conjunction conjunction => conjunction.Asked.Select(a => a.Bit),
            _ => [],
        };
        if (bits.Any(b => !machine.IsCurrent(b))) throw new NotStaticException("a variable keeps the result of a measurement that a later one into the same bit has overwritten");
        if (value.Content is ArrayValue array)
            foreach (var item in array.Items) RequireCurrent(machine, item);
    }

    /// <summary>A value where the circuit's bits read so.</summary>
    public static Value Resolve(Value value, Func<int, bool> bit)
    {
        switch (value.Content)
        {
            case MeasuredBits measured:
                var integer = measured.Known;
                for (var b = 0; b < measured.Bits.Length; b++)
                    if (measured.Bits[b] is { } one && bit(one.Bit)) integer |= BigInteger.One << b;
                return Value.Of(integer);
            case Conjunction conjunction:
                return Value.Of(conjunction.Asked.All(a => bit(a.Bit.Bit) == a.Value));
            case Cases cases:
                var at = 0;
                for (var b = 0; b < cases.Bits.Length; b++)
                    if (bit(cases.Bits[b].Bit)) at |= 1 << b;
                return Resolve(cases.Values[at], bit);
            case ArrayValue array:
                return Value.Holding(new ArrayValue([.. array.Items.Select(v => Resolve(v, bit))], array.Shape) { IsAssigned = array.IsAssigned });
            default:
                return value;
        }
    }
}
