using System.Collections.Immutable;
using QTrain.Circuits;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Simulation.MatrixProduct;

/// <summary>A circuit made ready for a chain of sites, at any width: gates without parameters are made once, the others when they are asked for.</summary>
internal sealed class ChainProgram
{
    private ChainProgram(Circuit circuit, ImmutableArray<ChainStep> steps) => (Circuit, Steps) = (circuit, steps);

    public Circuit Circuit { get; }

    public ImmutableArray<ChainStep> Steps { get; }

    public static ChainProgram From(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var index = new Dictionary<Parameter, int>();
        for (var k = 0; k < circuit.Parameters.Length; k++) index.Add(circuit.Parameters[k], k);
        var steps = ImmutableArray.CreateBuilder<ChainStep>();
        foreach (var operation in circuit.Operations)
        {
            if (operation is Barrier or Delay) continue;
            if (operation is not (GateOperation or GlobalPhase or Measure or Reset))
                throw new QuantumException($"Operation '{operation}' cannot be run on a matrix product state: it holds pure states, so leave noise out or run the circuit as a density matrix.");
            steps.Add(new ChainStep(operation, index));
        }
        return new ChainProgram(circuit, steps.ToImmutable());
    }

    public void CheckPoint(ReadOnlySpan<double> at)
    {
        if (at.Length != Circuit.Parameters.Length)
            throw new QuantumException($"The circuit has {Circuit.Parameters.Length} parameters, but {at.Length} values were given.");
    }
}

/// <summary>One operation: a gate, made once where no parameter moves it, or a measurement or reset.</summary>
internal sealed class ChainStep
{
    private readonly ChainGate? _constant;
    private readonly AffineAngle[] _angles;

    public ChainStep(Operation operation, Dictionary<Parameter, int> index)
    {
        Operation = operation;
        _angles = [.. operation.Angles.Select(a => AffineAngle.From(a, index))];
        if (IsGate && operation.Angles.All(a => a.IsConstant)) _constant = ChainGates.Of(operation, [.. operation.Angles.Select(a => a.Constant)]);
    }

    public Operation Operation { get; }

    public bool IsGate => Operation is GateOperation or GlobalPhase;

    /// <summary>The gate at a point; null where it does nothing.</summary>
    public ChainGate? GateAt(ReadOnlySpan<double> at)
    {
        if (Array.TrueForAll(_angles, a => a.Indices.Length == 0)) return _constant;
        Span<double> angles = stackalloc double[_angles.Length];
        for (var k = 0; k < angles.Length; k++) angles[k] = _angles[k].At(at);
        return ChainGates.Of(Operation, angles);
    }
}
