using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation.Plans;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Simulation;

/// <summary>A circuit made ready to run many times: gates reduced to matrices, Pauli rotations and phases on masks of qubits, parameters to
/// indices. Binding new values costs nothing but the values.</summary>
/// <remarks>A plan depends on the circuit alone, never on thread count, measured time or cache size, so results are reproducible.</remarks>
public sealed class CompiledCircuit
{
    private readonly ExecutionPlan?[] _plans = new ExecutionPlan?[2 * ((int)LaneWidth.Vector512 + 1)];

    private CompiledCircuit(Circuit circuit, ImmutableArray<Instruction> instructions)
    {
        Circuit = circuit;
        Instructions = instructions;
        IsUnitary = true;
        foreach (var instruction in instructions)
            IsUnitary &= instruction.Kind is not (InstructionKind.Measure or InstructionKind.Reset) && instruction.Condition is null;
    }

    /// <summary>The circuit that was compiled.</summary>
    public Circuit Circuit { get; }

    /// <summary>How many qubits.</summary>
    public int QubitCount => Circuit.QubitCount;

    /// <summary>How many parameters a run must be given, in the order of <see cref="Circuit.Parameters"/>.</summary>
    public int ParameterCount => Circuit.Parameters.Length;

    /// <summary>Whether the circuit neither measures, resets nor asks a condition.</summary>
    public bool IsUnitary { get; }

    internal ImmutableArray<Instruction> Instructions { get; }

    /// <summary>The plan of a unitary circuit for one width of registers and precision; made when first asked for.</summary>
    internal ExecutionPlan PlanFor(LaneWidth width, Precision precision)
    {
        ref var plan = ref _plans[2 * (int)width + (int)precision];
        if (Volatile.Read(ref plan) is { } made) return made;
        Interlocked.CompareExchange(ref plan, new ExecutionPlan(QubitCount, Instructions.AsSpan(), width, precision), null);
        return plan;
    }

    /// <summary>Compiles a circuit.</summary>
    public static CompiledCircuit From(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (circuit.QubitCount > 62)
            throw new QuantumException($"A circuit of {circuit.QubitCount} qubits cannot be simulated as a state: at most 62 have addresses.");
        var index = new Dictionary<Parameter, int>();
        for (var k = 0; k < circuit.Parameters.Length; k++) index.Add(circuit.Parameters[k], k);
        var instructions = ImmutableArray.CreateBuilder<Instruction>();
        for (var at = 0; at < circuit.Operations.Length; at++) Compile(circuit.Operations[at], at, index, instructions);
        return new CompiledCircuit(circuit, instructions.ToImmutable());
    }

    /// <summary>Throws when a point has not as many values as the circuit has parameters.</summary>
    internal void CheckPoint(ReadOnlySpan<double> at)
    {
        if (at.Length == ParameterCount) return;
        throw new QuantumException($"The circuit has {ParameterCount} parameters, but {at.Length} values were given."
            + (ParameterCount == 0 ? "" : $" The parameters are: {string.Join(", ", Circuit.Parameters.Take(8))}{(ParameterCount > 8 ? ", …" : "")}."));
    }

    private static void Compile(Operation operation, int at, Dictionary<Parameter, int> index, ImmutableArray<Instruction>.Builder into)
    {
        switch (operation)
        {
            case Barrier or Delay:
                return;
            case Measure measure:
                into.Add(new Instruction { Kind = InstructionKind.Measure, Operation = at, Targets = [measure.Qubit], Bit = measure.Bit, Condition = operation.Condition });
                return;
            case Reset reset:
                into.Add(new Instruction { Kind = InstructionKind.Reset, Operation = at, Targets = [reset.Qubit], Condition = operation.Condition });
                return;
            case GlobalPhase phase:
                var (mask, value) = Masks(phase.Controls);
                into.Add(new Instruction
                {
                    Kind = InstructionKind.Phase,
                    Operation = at,
                    ControlMask = mask,
                    ControlValue = value,
                    Angle = AffineAngle.From(phase.Phase, index),
                    Condition = operation.Condition,
                });
                return;
            case GateOperation gate:
                CompileGate(gate, at, index, into);
                return;
            default:
                throw new QuantumException($"Operation '{operation}' cannot be simulated.");
        }
    }

    private static void CompileGate(GateOperation operation, int at, Dictionary<Parameter, int> index, ImmutableArray<Instruction>.Builder into)
    {
        var (mask, value) = Masks(operation.Controls);
        var gate = operation.Gate;
        var targets = operation.Targets;
        while (gate.Base is { } target)
        {
            foreach (var qubit in targets[..gate.ControlCount])
            {
                mask |= 1UL << qubit;
                value |= 1UL << qubit;
            }
            targets = targets[gate.ControlCount..];
            gate = target;
        }
        if (gate.Definition is { } definition)
        {
            var primitives = definition(operation.Angles);
            if (primitives.Length > 1 && IsConstant(operation.Angles))
            {
                // Nothing to train: one matrix is fewer passes than its factors.
                AddMatrix(gate.Matrix([.. operation.Angles.Select(a => a.Constant)]));
                return;
            }
            foreach (var primitive in primitives)
            {
                var extra = Scatter(primitive.Controls, targets);
                into.Add(new Instruction
                {
                    Kind = primitive.IsPhase ? InstructionKind.Phase : InstructionKind.PauliRotation,
                    Operation = at,
                    Pauli = new PauliString(Scatter(primitive.Pauli.X, targets), Scatter(primitive.Pauli.Z, targets)),
                    ControlMask = mask | extra,
                    ControlValue = value | extra,
                    Angle = AffineAngle.From(primitive.Angle, index),
                    Condition = operation.Condition,
                });
            }
            return;
        }
        if (gate.Name == "id" && gate.IsNamed) return;
        AddMatrix(gate.Matrix());

        void AddMatrix(Complex[,] matrix) => into.Add(new Instruction
        {
            Kind = InstructionKind.Matrix,
            Operation = at,
            Targets = [.. targets],
            ControlMask = mask,
            ControlValue = value,
            Matrix = Flat(matrix),
            Condition = operation.Condition,
        });
    }

    private static Complex[] Flat(Complex[,] matrix)
    {
        var flat = new Complex[matrix.Length];
        var size = matrix.GetLength(1);
        for (var k = 0; k < flat.Length; k++) flat[k] = matrix[k / size, k % size];
        return flat;
    }

    private static (ulong Mask, ulong Value) Masks(ImmutableArray<Control> controls)
    {
        ulong mask = 0, value = 0;
        foreach (var control in controls)
        {
            mask |= 1UL << control.Qubit;
            if (control.On) value |= 1UL << control.Qubit;
        }
        return (mask, value);
    }

    private static bool IsConstant(ImmutableArray<Angle> angles)
    {
        foreach (var angle in angles)
            if (!angle.IsConstant) return false;
        return true;
    }

    private static ulong Scatter(ulong local, ImmutableArray<int> targets)
    {
        ulong global = 0;
        for (var k = 0; k < targets.Length; k++)
            if ((local >> k & 1) != 0) global |= 1UL << targets[k];
        return global;
    }
}
