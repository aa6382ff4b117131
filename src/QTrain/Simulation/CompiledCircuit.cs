using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Observables;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Simulation;

/// <summary>A circuit made ready to run many times: gates reduced to matrices, Pauli rotations and phases on masks of qubits, parameters to
/// indices. Binding new values costs nothing but the values.</summary>
/// <remarks>A plan depends on the circuit alone, never on thread count, measured time or cache size, so results are reproducible.</remarks>
public sealed class CompiledCircuit
{
    private CompiledCircuit(Circuit circuit, ImmutableArray<Instruction> instructions)
    {
        Circuit = circuit;
        Instructions = instructions;
    }

    /// <summary>The circuit that was compiled.</summary>
    public Circuit Circuit { get; }

    /// <summary>How many qubits.</summary>
    public int QubitCount => Circuit.QubitCount;

    /// <summary>How many parameters a run must be given, in the order of <see cref="Circuit.Parameters"/>.</summary>
    public int ParameterCount => Circuit.Parameters.Length;

    internal ImmutableArray<Instruction> Instructions { get; }

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

    private static void Compile(Operation operation, int at, Dictionary<Parameter, int> index, ImmutableArray<Instruction>.Builder into)
    {
        switch (operation)
        {
            case Barrier:
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
            foreach (var primitive in definition(operation.Angles))
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
        var matrix = gate.Matrix();
        into.Add(new Instruction
        {
            Kind = InstructionKind.Matrix,
            Operation = at,
            Targets = [.. targets],
            ControlMask = mask,
            ControlValue = value,
            Matrix = [.. matrix.Cast<Complex>()],
            Condition = operation.Condition,
        });
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

    private static ulong Scatter(ulong local, ImmutableArray<int> targets)
    {
        ulong global = 0;
        for (var k = 0; k < targets.Length; k++)
            if ((local >> k & 1) != 0) global |= 1UL << targets[k];
        return global;
    }
}

internal enum InstructionKind
{
    /// <summary>A constant matrix on <see cref="Instruction.Targets"/>, controlled.</summary>
    Matrix,

    /// <summary>exp(−i·angle·P/2), controlled.</summary>
    PauliRotation,

    /// <summary>e^{i·angle} on the amplitudes whose index matches the controls.</summary>
    Phase,
    Measure,
    Reset,
}

/// <summary>One step of a compiled circuit. Amplitude i takes part when <c>(i &amp; ControlMask) == ControlValue</c>.</summary>
internal sealed record Instruction
{
    public required InstructionKind Kind { get; init; }

    /// <summary>Which operation of the circuit it comes from.</summary>
    public required int Operation { get; init; }

    /// <summary>Qubits of the matrix, first lowest; the qubit of a measurement or reset.</summary>
    public int[] Targets { get; init; } = [];

    /// <summary>Row-major, 2ᵏ×2ᵏ.</summary>
    public Complex[] Matrix { get; init; } = [];

    public PauliString Pauli { get; init; }

    public ulong ControlMask { get; init; }

    public ulong ControlValue { get; init; }

    public AffineAngle Angle { get; init; } = AffineAngle.Zero;

    public int Bit { get; init; }

    public Condition? Condition { get; init; }
}

/// <summary>An affine angle over indices of a parameter vector.</summary>
internal sealed class AffineAngle(int[] indices, double[] coefficients, double constant)
{
    public static readonly AffineAngle Zero = new([], [], 0);

    public int[] Indices => indices;

    public double[] Coefficients => coefficients;

    public double Constant => constant;

    public static AffineAngle From(Angle angle, Dictionary<Parameter, int> index) =>
        new([.. angle.Terms.Select(t => index[t.Parameter])], [.. angle.Terms.Select(t => t.Coefficient)], angle.Constant);

    public double At(ReadOnlySpan<double> parameters)
    {
        var sum = constant;
        for (var k = 0; k < indices.Length; k++) sum = Math.FusedMultiplyAdd(coefficients[k], parameters[indices[k]], sum);
        return sum;
    }
}
