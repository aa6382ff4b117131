using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Observables;

namespace QTrain.Simulation.Trajectories;

/// <summary>A part of a program: trajectories go through it together as long as nothing tells them apart.</summary>
internal abstract record TrajectoryPart;

/// <summary>Gates and Pauli errors.</summary>
internal sealed record ChunkPart(Chunk Chunk) : TrajectoryPart;

/// <summary>Pauli frames on these qubits are done to the state: what follows cannot be passed by them.</summary>
internal sealed record SettlePart(ulong Qubits) : TrajectoryPart;

/// <summary>What follows is left out, as far as <paramref name="SkipTo"/>, where the condition does not hold.</summary>
internal sealed record ConditionPart(Condition Condition, int SkipTo) : TrajectoryPart;

/// <summary>One of several Kraus operators acts, with the probability that the state gives it.</summary>
/// <param name="Targets">The qubits.</param>
/// <param name="Kraus">The operators, the likeliest first, row by row.</param>
/// <param name="Weights">K†K of each on the circuit's qubits: its expectation is the probability.</param>
internal sealed record KrausPart(int[] Targets, Complex[][] Kraus, PauliSum[] Weights) : TrajectoryPart;

/// <summary>A qubit is measured into a bit, or reset (no bit).</summary>
internal sealed record MeasurePart(int Qubit, int? Bit, ReadoutError Error) : TrajectoryPart;

/// <summary>A circuit with noise made ready to run as trajectories: pure states in each of which the noise happened one way.</summary>
/// <remarks>A program depends on the circuit alone. Safe to use from several threads at once.</remarks>
public sealed class TrajectoryProgram
{
    private TrajectoryProgram(NoisyCircuit circuit)
    {
        Sequence = new NoisySequence(circuit);
        AtEnd = Sequence.PutOff(out var isPutOff);
        var parts = ImmutableArray.CreateBuilder<TrajectoryPart>();
        var (gates, sites) = (new List<NoisyStep>(), new List<ChannelOperation>());
        var (count, sitesBefore, wasRotation) = (0, 0, false);
        for (var k = 0; k < Sequence.Steps.Length; k++)
        {
            if (isPutOff[k]) continue;
            var step = AsGate(Sequence.Steps[k]);
            if (step.Condition is not null || IsHard(step))
            {
                Close();
                AddHard(parts, step);
                continue;
            }
            if (step.Channel is { } channel)
            {
                if (channel.Channel.Mixture!.Value is [{ Pauli.Weight: 0 }]) continue;
                sites.Add(channel);
            }
            else
            {
                // A chunk is about a layer of gates. It begins where rotations follow upon entangling gates: there a plan loses least.
                var isRotation = step.Instruction!.Kind != InstructionKind.Matrix;
                if (count >= 2 * QubitCount && (isRotation && !wasRotation || count >= 8 * QubitCount)) Close();
                wasRotation = isRotation;
                count++;
            }
            gates.Add(step);
        }
        Close();
        Parts = parts.ToImmutable();
        Sites = new ErrorSites(sites);

        void Close()
        {
            if (gates.Count > 0) parts.Add(new ChunkPart(new Chunk(QubitCount, gates, sitesBefore)));
            gates.Clear();
            (count, sitesBefore) = (0, sites.Count);
        }
    }

    /// <summary>The circuit that was compiled.</summary>
    public NoisyCircuit Circuit => Sequence.Circuit;

    /// <summary>How many qubits.</summary>
    public int QubitCount => Circuit.Circuit.QubitCount;

    /// <summary>How many parameters a run must be given, in the order of the circuit's.</summary>
    public int ParameterCount => Circuit.Circuit.Parameters.Length;

    internal NoisySequence Sequence { get; }

    internal ImmutableArray<TrajectoryPart> Parts { get; }

    internal ErrorSites Sites { get; }

    /// <summary>The qubits that are read at the end, and into which bits.</summary>
    internal ImmutableArray<(int Qubit, int Bit)> AtEnd { get; }

    /// <summary>Compiles a circuit with noise.</summary>
    public static TrajectoryProgram From(NoisyCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        return new TrajectoryProgram(circuit);
    }

    /// <summary>Compiles a circuit, with the channels it holds, if any.</summary>
    public static TrajectoryProgram From(Circuit circuit) => new(new NoisyCircuit(circuit));

    /// <summary>A channel of one unitary is a gate.</summary>
    private static NoisyStep AsGate(NoisyStep step) => step.Channel is { Channel.IsUnitary: true } channel
        ? new NoisyStep(new Instruction
        {
            Kind = InstructionKind.Matrix,
            Operation = 0,
            Targets = [.. channel.Qubits],
            Matrix = [.. channel.Channel.Operators[0].Cast<Complex>()],
            Condition = channel.Condition,
        }, null)
        : step;

    private static bool IsHard(NoisyStep step) => step.Instruction is { } instruction
        ? instruction.Kind is InstructionKind.Measure or InstructionKind.Reset
        : !step.Channel!.Channel.IsPauliMixture;

    private void AddHard(ImmutableArray<TrajectoryPart>.Builder parts, NoisyStep step)
    {
        var isMeasured = step.Instruction is { Kind: InstructionKind.Measure or InstructionKind.Reset };
        // The frame of a measured qubit only flips what is read; all else must act on the state itself.
        if (!isMeasured) parts.Add(new SettlePart(step.Qubits));
        if (step.Condition is { } condition) parts.Add(new ConditionPart(condition, parts.Count + 2));
        parts.Add(step switch
        {
            { Channel: { } channel } => KrausOf(channel),
            { Instruction: { Kind: InstructionKind.Measure } measure } => new MeasurePart(measure.Targets[0], measure.Bit, Circuit.Readout.GetValueOrDefault(measure.Targets[0])),
            { Instruction: { Kind: InstructionKind.Reset } reset } => new MeasurePart(reset.Targets[0], null, default),
            _ => new ChunkPart(new Chunk(QubitCount, [step with { Instruction = step.Instruction! with { Condition = null } }], firstSite: 0)),
        });
    }

    private KrausPart KrausOf(ChannelOperation operation)
    {
        var (qubits, size) = (operation.Channel.QubitCount, 1 << operation.Channel.QubitCount);
        var ordered = operation.Channel.Operators.OrderByDescending(k => k.Cast<Complex>().Sum(e => e.Real * e.Real + e.Imaginary * e.Imaginary)).ToArray();
        var weights = ordered.Select(k =>
        {
            var terms = new List<PauliTerm>();
            for (var code = 0; code < size * size; code++)
            {
                // The coefficient of P in K†K is Tr(P K†K)/2ᵏ.
                var pauli = PauliTransfer.StringOf(code, qubits);
                Complex trace = 0;
                for (var c = 0; c < size; c++)
                    for (var r = 0; r < size; r++) trace += pauli.PhaseOn((ulong)c) * Complex.Conjugate(k[r, c]) * k[r, c ^ (int)pauli.X];
                if (Math.Abs(trace.Real) > 1e-15) terms.Add(new PauliTerm(Scattered(pauli, operation.Qubits), trace.Real / size));
            }
            return new PauliSum(QubitCount, terms);
        });
        return new KrausPart([.. operation.Qubits], [.. ordered.Select(k => k.Cast<Complex>().ToArray())], [.. weights]);
    }

    private static PauliString Scattered(PauliString pauli, ImmutableArray<int> qubits)
    {
        ulong x = 0, z = 0;
        for (var k = 0; k < qubits.Length; k++)
        {
            x |= (pauli.X >> k & 1) << qubits[k];
            z |= (pauli.Z >> k & 1) << qubits[k];
        }
        return new PauliString(x, z);
    }
}
