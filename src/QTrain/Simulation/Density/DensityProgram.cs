using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Numerics;

namespace QTrain.Simulation.Density;

/// <summary>A circuit with noise made ready to run as a density matrix, many times at new parameters: gates and channels multiplied together into
/// maps of Pauli coefficients, and these gathered into passes over memory.</summary>
/// <remarks>A plan depends on the circuit alone, never on thread count or measured time. Safe to use from several threads at once.</remarks>
public sealed class DensityProgram
{
    private readonly Lock _lock = new();
    private readonly Dictionary<LaneWidth, DensityPlan> _averaged = [];

    private DensityProgram(NoisyCircuit circuit) => Sequence = new NoisySequence(circuit);

    /// <summary>The circuit that was compiled.</summary>
    public NoisyCircuit Circuit => Sequence.Circuit;

    /// <summary>How many qubits.</summary>
    public int QubitCount => Circuit.Circuit.QubitCount;

    /// <summary>How many parameters a run must be given, in the order of the circuit's.</summary>
    public int ParameterCount => Circuit.Circuit.Parameters.Length;

    internal NoisySequence Sequence { get; }

    /// <summary>Compiles a circuit with noise.</summary>
    public static DensityProgram From(NoisyCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        return new DensityProgram(circuit);
    }

    /// <summary>Compiles a circuit, with the channels it holds, if any.</summary>
    public static DensityProgram From(Circuit circuit) => new(new NoisyCircuit(circuit));

    /// <summary>The plan that forgets what is measured; a circuit with conditions has none.</summary>
    internal DensityPlan Averaged(LaneWidth width)
    {
        lock (_lock)
        {
            if (_averaged.TryGetValue(width, out var known)) return known;
            var lowering = new DensityLowering(QubitCount);
            foreach (var step in Sequence.Steps) lowering.Add(step);
            var plan = new DensityPlan(QubitCount, lowering.Operations, width);
            _averaged.Add(width, plan);
            return plan;
        }
    }
}
