using System.Collections.Immutable;
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
    private readonly ImmutableArray<Instruction> _instructions;
    private readonly Dictionary<int, List<ChannelOperation>> _channelsAt;

    private DensityProgram(NoisyCircuit circuit)
    {
        Circuit = circuit;
        // Channels are no instructions of a state: what is left of the circuit is compiled, and they are put back at their places.
        var (operations, places) = (new List<Operation>(), new List<int>());
        _channelsAt = [];
        foreach (var operation in circuit.Circuit.Operations)
        {
            if (operation is not ChannelOperation channel) operations.Add(operation);
            else
            {
                if (!_channelsAt.TryGetValue(operations.Count, out var list)) _channelsAt.Add(operations.Count, list = []);
                list.Add(channel);
            }
        }
        var rest = new Circuit(circuit.Circuit.QubitCount, operations, circuit.Circuit.BitCount, circuit.Circuit.Parameters);
        Compiled = CompiledCircuit.From(rest);
        _instructions = Compiled.Instructions;
        HasConditions = circuit.Circuit.Operations.Any(o => o.Condition is not null);
        Measures = circuit.Circuit.Operations.Any(o => o is Measure);
        OperationCount = operations.Count;
    }

    /// <summary>The circuit that was compiled.</summary>
    public NoisyCircuit Circuit { get; }

    /// <summary>How many qubits.</summary>
    public int QubitCount => Circuit.Circuit.QubitCount;

    /// <summary>How many parameters a run must be given, in the order of the circuit's.</summary>
    public int ParameterCount => Circuit.Circuit.Parameters.Length;

    /// <summary>The circuit without its channels: it checks points, and its instructions are what is lowered.</summary>
    internal CompiledCircuit Compiled { get; }

    internal bool HasConditions { get; }

    internal bool Measures { get; }

    /// <summary>How many operations there are beside channels.</summary>
    internal int OperationCount { get; }

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
            foreach (var step in Steps()) step.AddTo(lowering);
            var plan = new DensityPlan(QubitCount, lowering.Operations, width);
            _averaged.Add(width, plan);
            return plan;
        }
    }

    /// <summary>Instructions and channels in order of time.</summary>
    internal IEnumerable<NoisyStep> Steps()
    {
        var next = 0;
        for (var operation = 0; operation <= OperationCount; operation++)
        {
            foreach (var channel in _channelsAt.GetValueOrDefault(operation, [])) yield return new NoisyStep(null, channel);
            for (; next < _instructions.Length && _instructions[next].Operation == operation; next++) yield return new NoisyStep(_instructions[next], null);
        }
    }
}

/// <summary>An instruction or a channel.</summary>
internal readonly record struct NoisyStep(Instruction? Instruction, ChannelOperation? Channel)
{
    public Condition? Condition => Instruction is { } instruction ? instruction.Condition : Channel!.Condition;

    public void AddTo(DensityLowering lowering)
    {
        if (Instruction is { } instruction) lowering.Add(instruction);
        else lowering.Add(Channel!.Channel, Channel.Qubits);
    }

    /// <summary>The qubits it touches.</summary>
    public ulong Qubits => Instruction is { } instruction
        ? instruction.Targets.Aggregate(instruction.ControlMask | instruction.Pauli.Support, static (m, q) => m | 1UL << q)
        : Channel!.Qubits.Aggregate(0UL, static (m, q) => m | 1UL << q);
}
