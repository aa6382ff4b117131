using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Observables;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Simulation.Stabilizer;

/// <summary>An operation is no Clifford gate, so a stabilizer simulation cannot run it.</summary>
public sealed class NotCliffordException : QuantumException
{
    internal NotCliffordException(int index, Operation operation, string reason)
        : base($"Operation {index}, '{operation}', is not a Clifford gate: {reason}. Stabilizer simulation runs Clifford gates, measurements and resets; use a state vector for others.")
    {
        Index = index;
        Operation = operation;
    }

    /// <summary>Where the operation stands in the circuit, from 0.</summary>
    public int Index { get; }

    /// <summary>The operation.</summary>
    public Operation Operation { get; }
}

/// <summary>One step of a Clifford circuit: a gate by its map, a rotation exp(−iθP/2) by quarter turns, a measurement or a reset.</summary>
internal readonly record struct CliffordStep(CliffordMap? Map, ImmutableArray<int> Qubits, SparsePauli Rotation = default, int QuarterTurns = 0)
{
    public bool IsMeasurement { get; init; }

    public bool IsReset { get; init; }

    /// <summary>The classical bit a measurement writes.</summary>
    public int Bit { get; init; }

    public Condition? Condition { get; init; }

    /// <summary>Whether it is a gate that only multiplies by a Pauli string, which frames take on a condition.</summary>
    public bool IsPauli => Map is { IsPauli: true } || (Map is null && !IsMeasurement && !IsReset && QuarterTurns % 2 == 0);

    /// <summary>The string that <see cref="IsPauli"/> multiplies by.</summary>
    public SparsePauli AsPauli() => Map is not null ? SparsePauli.Placed(new SignedPauli(Map.AsPauli(), false), Qubits.AsSpan())
        : QuarterTurns % 4 == 0 ? new SparsePauli([], false) : Rotation;
}

/// <summary>A circuit with its parameters bound, as Clifford steps. What is Clifford is decided by each gate's matrix or definition, not by its name.</summary>
internal sealed class CliffordCircuit
{
    // Up to here the matrix decides; wider gates are taken apart into rotations where they have a definition.
    private const int MatrixQubits = 6;
    private const int MaxControls = 12;
    private const double Tolerance = 1e-9;

    private readonly Dictionary<Parameter, double> _values = [];
    private readonly Dictionary<Gate, CliffordMap?> _fixedGates = new(ReferenceEqualityComparer.Instance);
    private readonly ImmutableArray<CliffordStep>.Builder _steps = ImmutableArray.CreateBuilder<CliffordStep>();

    private CliffordCircuit(Circuit circuit, ReadOnlySpan<double> at)
    {
        if (at.Length != circuit.Parameters.Length)
            throw new QuantumException($"The circuit has {circuit.Parameters.Length} parameters, but {at.Length} values were given.");
        Circuit = circuit;
        for (var k = 0; k < at.Length; k++) _values.Add(circuit.Parameters[k], at[k]);
        for (var k = 0; k < circuit.Operations.Length; k++) Add(k, circuit.Operations[k]);
        Steps = _steps.ToImmutable();
    }

    public Circuit Circuit { get; }

    public ImmutableArray<CliffordStep> Steps { get; }

    /// <summary>The circuit at some parameter values.</summary>
    /// <exception cref="NotCliffordException">An operation is no Clifford gate there.</exception>
    public static CliffordCircuit Of(Circuit circuit, ReadOnlySpan<double> at)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        return new CliffordCircuit(circuit, at);
    }

    private void Add(int index, Operation operation)
    {
        switch (operation)
        {
            case Barrier or Delay:
                break;
            case Measure measure:
                _steps.Add(new CliffordStep(null, [measure.Qubit]) { IsMeasurement = true, Bit = measure.Bit, Condition = operation.Condition });
                break;
            case Reset reset:
                _steps.Add(new CliffordStep(null, [reset.Qubit]) { IsReset = true, Condition = operation.Condition });
                break;
            case GlobalPhase phase:
                AddPhase(index, operation, Value(phase.Phase), [.. phase.Controls]);
                break;
            case GateOperation gate:
                AddGate(index, gate);
                break;
            default:
                throw new NotCliffordException(index, operation, "it is of a kind that is not known here");
        }
    }

    private void AddGate(int index, GateOperation operation)
    {
        var gate = operation.Gate;
        var qubits = operation.Qubits;
        if (qubits.Length > MatrixQubits && (gate.Base ?? gate).Definition is { } definition)
        {
            ImmutableArray<Control> controls = [.. operation.Controls, .. operation.Targets[..gate.ControlCount].Select(q => new Control(q))];
            var targets = operation.Targets[gate.ControlCount..];
            foreach (var primitive in definition(operation.Angles))
            {
                ImmutableArray<Control> all = [.. controls, .. Enumerable.Range(0, targets.Length).Where(k => (primitive.Controls >> k & 1) != 0).Select(k => new Control(targets[k]))];
                if (primitive.IsPhase) AddPhase(index, operation, Value(primitive.Angle), all);
                else AddRotation(index, operation, SparsePauli.Placed(new SignedPauli(primitive.Pauli, false), targets.AsSpan()), Value(primitive.Angle), all);
            }
            return;
        }
        if (qubits.Length > Gate.MaxMatrixQubits) throw new NotCliffordException(index, operation, $"gates that are a matrix are examined up to {Gate.MaxMatrixQubits} qubits, controls included");
        var map = MapOf(operation) ?? throw new NotCliffordException(index, operation, "it takes some Pauli operator to what is no Pauli operator");
        _steps.Add(new CliffordStep(map, qubits) { Condition = operation.Condition });
    }

    private CliffordMap? MapOf(GateOperation operation)
    {
        if (operation.Angles.IsEmpty && operation.Controls.IsEmpty)
        {
            if (!_fixedGates.TryGetValue(operation.Gate, out var known))
                _fixedGates.Add(operation.Gate, known = CliffordMap.FromMatrix(operation.Gate.Matrix()));
            return known;
        }
        var matrix = operation.Gate.Matrix([.. operation.Angles.Select(Value)]);
        if (operation.Controls.IsEmpty) return CliffordMap.FromMatrix(matrix);
        var negated = 0UL;
        for (var k = 0; k < operation.Controls.Length; k++)
            if (!operation.Controls[k].On) negated |= 1UL << k;
        return CliffordMap.FromMatrix(Gate.Controlled(matrix, operation.Controls.Length))?.Negated(negated);
    }

    /// <summary>e^{ia} where all controls hold: on 1 with Π(1 − Z)/2, which multiplied out is a rotation about Z of each subset of controls.</summary>
    private void AddPhase(int index, Operation operation, double angle, ImmutableArray<Control> controls)
    {
        if (controls.Length > 0) AddRotation(index, operation, new SparsePauli([], false), -2 * angle, controls);
    }

    /// <summary>exp(−iaP/2) where all controls hold. With k of them it is a product of 2ᵏ rotations by ±a/2ᵏ, about P times Z of each subset of controls.</summary>
    private void AddRotation(int index, Operation operation, SparsePauli pauli, double angle, ImmutableArray<Control> controls)
    {
        var reason = $"it rotates by {angle:R} radians{(controls.Length == 0 ? "" : $" under {controls.Length} control{(controls.Length == 1 ? "" : "s")}")}, which is no multiple of a quarter turn";
        if (controls.Length > MaxControls) throw new NotCliffordException(index, operation, $"it has {controls.Length} controls, and at most {MaxControls} are examined");
        var turns = angle / (Math.PI / 2) / (1 << controls.Length);
        var whole = Math.Round(turns);
        if (!(Math.Abs(turns - whole) < Tolerance)) throw new NotCliffordException(index, operation, reason);
        var quarterTurns = (int)(whole - 4 * Math.Floor(whole / 4));
        for (var subset = 0; subset < 1 << controls.Length; subset++)
        {
            var letters = pauli.Letters.ToBuilder();
            var sign = 1;
            for (var k = 0; k < controls.Length; k++)
            {
                if ((subset >> k & 1) == 0) continue;
                letters.Add((controls[k].Qubit, false, true));
                if (controls[k].On) sign = -sign;
            }
            if (letters.Count > 0 && quarterTurns != 0)
                _steps.Add(new CliffordStep(null, [], new SparsePauli(letters.ToImmutable(), false), sign * quarterTurns & 3) { Condition = operation.Condition });
        }
    }

    private double Value(Angle angle)
    {
        var sum = angle.Constant;
        foreach (var term in angle.Terms) sum += term.Coefficient * _values[term.Parameter];
        return sum;
    }
}
