using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Noise;

namespace QTrain.Simulation;

/// <summary>An instruction or a channel.</summary>
internal readonly record struct NoisyStep(Instruction? Instruction, ChannelOperation? Channel)
{
    public Condition? Condition => Instruction is { } instruction ? instruction.Condition : Channel!.Condition;

    /// <summary>The qubits it touches.</summary>
    public ulong Qubits => Instruction is { } instruction
        ? instruction.Targets.Aggregate(instruction.ControlMask | instruction.Pauli.Support, static (m, q) => m | 1UL << q)
        : Channel!.Qubits.Aggregate(0UL, static (m, q) => m | 1UL << q);
}

/// <summary>A circuit with noise as compiled instructions with channels between them: what density matrices and trajectories are planned from.</summary>
internal sealed class NoisySequence
{
    public NoisySequence(NoisyCircuit circuit)
    {
        Circuit = circuit;
        if (circuit.Circuit.BitCount > 64)
            throw new QuantumException($"A circuit of {circuit.Circuit.BitCount} classical bits cannot be run: outcomes have at most 64 bits.");
        // Channels are no instructions of a state: what is left of the circuit is compiled, and they are put back at their places.
        var operations = new List<Operation>();
        var channelsAt = new Dictionary<int, List<ChannelOperation>>();
        foreach (var operation in circuit.Circuit.Operations)
        {
            if (operation is not ChannelOperation channel) operations.Add(operation);
            else
            {
                if (!channelsAt.TryGetValue(operations.Count, out var list)) channelsAt.Add(operations.Count, list = []);
                list.Add(channel);
            }
        }
        Compiled = CompiledCircuit.From(new Circuit(circuit.Circuit.QubitCount, operations, circuit.Circuit.BitCount, circuit.Circuit.Parameters));
        var steps = ImmutableArray.CreateBuilder<NoisyStep>();
        var next = 0;
        for (var operation = 0; operation <= operations.Count; operation++)
        {
            foreach (var channel in channelsAt.GetValueOrDefault(operation, [])) steps.Add(new NoisyStep(null, channel));
            for (; next < Compiled.Instructions.Length && Compiled.Instructions[next].Operation == operation; next++)
                steps.Add(new NoisyStep(Compiled.Instructions[next], null));
        }
        Steps = steps.ToImmutable();
        HasConditions = circuit.Circuit.Operations.Any(o => o.Condition is not null);
        Measures = circuit.Circuit.Operations.Any(o => o is Measure);
    }

    public NoisyCircuit Circuit { get; }

    /// <summary>The circuit without its channels.</summary>
    public CompiledCircuit Compiled { get; }

    /// <summary>Instructions and channels in order of time.</summary>
    public ImmutableArray<NoisyStep> Steps { get; }

    public bool HasConditions { get; }

    public bool Measures { get; }

    /// <summary>How many bits an outcome has: the classical register's, or a bit a qubit where nothing is measured.</summary>
    public int OutcomeBits => Measures ? Circuit.Circuit.BitCount : Circuit.Circuit.QubitCount;

    /// <summary>
    /// The measurements that may as well come last, because nothing touches their qubit or asks for their bit afterwards: their steps, and
    /// what is read at the end. Where nothing is measured, every qubit is.
    /// </summary>
    public ImmutableArray<(int Qubit, int Bit)> PutOff(out bool[] isPutOff)
    {
        var end = new List<(int Qubit, int Bit)>();
        isPutOff = new bool[Steps.Length];
        ulong usedLater = 0, bitsLater = 0;
        for (var k = Steps.Length - 1; k >= 0; k--)
        {
            var (step, qubits) = (Steps[k], Steps[k].Qubits);
            if (step.Instruction is { Kind: InstructionKind.Measure } measure)
            {
                isPutOff[k] = measure.Condition is null && (usedLater & qubits) == 0 && (bitsLater >> measure.Bit & 1) == 0;
                if (isPutOff[k]) end.Add((measure.Targets[0], measure.Bit));
                bitsLater |= 1UL << measure.Bit;
            }
            foreach (var bit in step.Condition?.Bits ?? []) bitsLater |= 1UL << bit;
            usedLater |= qubits;
        }
        return Measures ? [.. end.OrderBy(e => e.Bit)] : [.. Enumerable.Range(0, Circuit.Circuit.QubitCount).Select(q => (q, q))];
    }

    /// <summary>Whether a condition holds in a classical register.</summary>
    public static bool Holds(Condition condition, ulong register)
    {
        for (var k = 0; k < condition.Bits.Length; k++)
            if ((register >> condition.Bits[k] & 1) != (condition.Value >> k & 1)) return false;
        return true;
    }

    /// <summary>A register with a bit written.</summary>
    public static ulong With(ulong register, int bit, bool value) => value ? register | 1UL << bit : register & ~(1UL << bit);
}
