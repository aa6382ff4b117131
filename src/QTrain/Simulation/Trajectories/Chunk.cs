using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Observables;

namespace QTrain.Simulation.Trajectories;

/// <summary>What a Pauli frame does when it is carried over a step of a chunk.</summary>
internal abstract record ChunkStep(ulong Qubits);

/// <summary>A place where a Pauli error may join the frame.</summary>
internal sealed record ErrorStep(ulong Qubits, int Site) : ChunkStep(Qubits);

/// <summary>exp(−iaP/2), possibly controlled: a frame that anticommutes with P passes and turns the angle's sign.</summary>
internal sealed record AngleStep(ulong Qubits, PauliString Pauli, ulong Controls, int Slot, Instruction Instruction) : ChunkStep(Qubits);

/// <summary>A constant matrix: a frame becomes the string that the table says, or cannot pass (−1).</summary>
internal sealed record MatrixStep(ulong Qubits, int[] Places, int[]? Table, Instruction Instruction) : ChunkStep(Qubits);

/// <summary>Errors that could not pass a gate: they are done to the state before it.</summary>
internal readonly record struct Settled(int Step, ulong X, ulong Z);

/// <summary>How a chunk runs in a trajectory: which angles have the other sign, and which Pauli strings are done to the state on the way.
/// Trajectories of one course stay one state.</summary>
internal sealed record ChunkCourse(ulong[] Signs, ImmutableArray<Settled> Settled)
{
    public bool Equals(ChunkCourse? other) =>
        other is not null && Signs.AsSpan().SequenceEqual(other.Signs) && Settled.AsSpan().SequenceEqual(other.Settled.AsSpan());

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var word in Signs) hash.Add(word);
        foreach (var settled in Settled) hash.Add(settled);
        return hash.ToHashCode();
    }
}

/// <summary>
/// A stretch of gates with places for Pauli errors. A Pauli error P is carried to the end: P·exp(−iaQ/2) = exp(∓iaQ/2)·P, and Clifford gates
/// turn it into another string. So a trajectory with errors is the same compiled stretch with some angles' signs turned, at full speed.
/// </summary>
internal sealed class Chunk
{
    private readonly Dictionary<(int, int), CompiledCircuit> _pieces = [];
    private readonly Lock _lock = new();
    private readonly int _qubitCount;

    public Chunk(int qubits, IReadOnlyList<NoisyStep> steps, int firstSite)
    {
        _qubitCount = qubits;
        var list = ImmutableArray.CreateBuilder<ChunkStep>();
        var angles = ImmutableArray.CreateBuilder<AffineAngle>();
        FirstSite = EndSite = firstSite;
        foreach (var step in steps)
        {
            if (step.Channel is not null)
            {
                list.Add(new ErrorStep(step.Qubits, EndSite++));
                continue;
            }
            var instruction = step.Instruction!;
            if (instruction.Kind == InstructionKind.Matrix)
            {
                list.Add(MatrixOf(step));
                continue;
            }
            // A phase on one qubit is a rotation about Z; on several it lets frames pass that flip none of them.
            var isPhase = instruction.Kind == InstructionKind.Phase;
            if (instruction.ControlMask == 0 && instruction.Pauli.Weight == 0) continue;     // a global phase
            var first = isPhase && BitOperations.IsPow2(instruction.ControlMask) ? instruction.ControlMask : 0;
            list.Add(new AngleStep(step.Qubits, isPhase ? new PauliString(0, first) : instruction.Pauli, instruction.ControlMask & ~first, angles.Count, instruction));
            angles.Add(instruction.Angle);
        }
        Steps = list.ToImmutable();
        Angles = angles.ToImmutable();
        Words = (Angles.Length + 63) / 64;
        Ideal = new ChunkCourse(new ulong[Words], []);
    }

    public ImmutableArray<ChunkStep> Steps { get; }

    public ImmutableArray<AffineAngle> Angles { get; }

    /// <summary>Places of errors: FirstSite ≤ site &lt; EndSite.</summary>
    public int FirstSite { get; }

    public int EndSite { get; }

    /// <summary>Words of a set of angles.</summary>
    public int Words { get; }

    /// <summary>The course without errors.</summary>
    public ChunkCourse Ideal { get; }

    /// <summary>Carries a frame to the end, joined by errors on the way.</summary>
    public ChunkCourse Carry(ref ulong x, ref ulong z, ReadOnlySpan<PauliError> errors)
    {
        if ((x | z) == 0 && errors.IsEmpty) return Ideal;
        var signs = new ulong[Words];
        List<Settled>? settled = null;
        for (var k = 0; k < Steps.Length; k++)
        {
            if (Steps[k] is ErrorStep place)
            {
                if (errors.IsEmpty || errors[0].Site != place.Site) continue;
                x ^= errors[0].X;
                z ^= errors[0].Z;
                errors = errors[1..];
                continue;
            }
            if (((x | z) & Steps[k].Qubits) == 0) continue;
            if (Steps[k] is AngleStep angle)
            {
                if ((x & angle.Controls) == 0)
                {
                    if ((BitOperations.PopCount((x & angle.Pauli.Z) ^ (z & angle.Pauli.X)) & 1) != 0) signs[angle.Slot >> 6] ^= 1UL << angle.Slot;
                    continue;
                }
            }
            else if (Steps[k] is MatrixStep { Table: { } table } matrix)
            {
                var code = 0;
                for (var q = 0; q < matrix.Places.Length; q++)
                    code |= (int)((x >> matrix.Places[q] & 1) | (z >> matrix.Places[q] & 1) << 1) << (2 * q);
                if (table[code] is >= 0 and var image)
                {
                    for (var q = 0; q < matrix.Places.Length; q++)
                    {
                        var bit = 1UL << matrix.Places[q];
                        x = (image >> (2 * q) & 1) != 0 ? x | bit : x & ~bit;
                        z = (image >> (2 * q + 1) & 1) != 0 ? z | bit : z & ~bit;
                    }
                    continue;
                }
            }
            (settled ??= []).Add(new Settled(k, x, z));
            (x, z) = (0, 0);
        }
        return new ChunkCourse(signs, settled is null ? [] : [.. settled]);
    }

    /// <summary>Runs the chunk on a state.</summary>
    /// <param name="state">The state, changed in place.</param>
    /// <param name="course">Signs and settled errors.</param>
    /// <param name="angles">The chunk's angles without errors.</param>
    /// <param name="scratch">Room for as many.</param>
    public void Run(StateVector state, ChunkCourse course, ReadOnlySpan<double> angles, Span<double> scratch)
    {
        for (var k = 0; k < angles.Length; k++) scratch[k] = (course.Signs[k >> 6] >> k & 1) != 0 ? -angles[k] : angles[k];
        var start = 0;
        foreach (var (step, x, z) in course.Settled)
        {
            RunPiece(state, start, step, scratch);
            Frames.Apply(state, x, z);
            start = step;
        }
        RunPiece(state, start, Steps.Length, scratch);
    }

    private void RunPiece(StateVector state, int start, int end, ReadOnlySpan<double> angles)
    {
        CompiledCircuit? piece;
        lock (_lock)
            if (!_pieces.TryGetValue((start, end), out piece)) _pieces.Add((start, end), piece = Compile(start, end));
        if (piece.Instructions.Length == 0) return;
        var first = Steps[..start].Count(static s => s is AngleStep);
        state.Apply(piece, angles.Slice(first, piece.ParameterCount));
    }

    /// <summary>The steps as a circuit in which every angle is a parameter of its own, in order of time.</summary>
    private CompiledCircuit Compile(int start, int end)
    {
        var operations = new List<Operation>();
        var parameters = new List<Parameter>();
        for (var k = start; k < end; k++)
        {
            if (Steps[k] is MatrixStep { Instruction: var constant })
            {
                var size = 1 << constant.Targets.Length;
                var matrix = new Complex[size, size];
                for (var e = 0; e < size * size; e++) matrix[e / size, e % size] = constant.Matrix[e];
                operations.Add(new GateOperation(Gate.Unitary(matrix), [.. constant.Targets], [], Controls(constant)));
            }
            else if (Steps[k] is AngleStep { Instruction: var turn })
            {
                var parameter = Parameter.Named($"a{parameters.Count}");
                parameters.Add(parameter);
                int[] qubits = [.. Enumerable.Range(0, _qubitCount).Where(q => (turn.Pauli.Support >> q & 1) != 0)];
                operations.Add(turn.Kind == InstructionKind.Phase ? new GlobalPhase(parameter, Controls(turn))
                    : qubits.Length == 0 ? new GlobalPhase(-0.5 * (Angle)parameter, Controls(turn))
                    : new GateOperation(Gate.PauliRotation(string.Concat(qubits.Reverse().Select(q => turn.Pauli[q]))), [.. qubits], [parameter], Controls(turn)));
            }
        }
        return CompiledCircuit.From(new Circuit(_qubitCount, operations, parameters: parameters));
    }

    private static ImmutableArray<Control> Controls(Instruction instruction) =>
        [.. Enumerable.Range(0, 64).Where(q => (instruction.ControlMask >> q & 1) != 0).Select(q => new Control(q, (instruction.ControlValue >> q & 1) != 0))];

    private static MatrixStep MatrixOf(NoisyStep step)
    {
        const double rounding = 1e-12;
        const int mostTableQubits = 4;
        var instruction = step.Instruction!;
        int[] controls = Density.DensityLowering.Bits(instruction.ControlMask), places = [.. instruction.Targets, .. controls];
        if (places.Length > mostTableQubits) return new MatrixStep(step.Qubits, places, null, instruction);
        var transfer = PauliTransfer.Of(Density.DensityLowering.FullMatrix(instruction, controls), places.Length);
        var size = 1 << (2 * places.Length);
        var table = new int[size];
        for (var column = 0; column < size; column++)
        {
            table[column] = -1;
            for (var row = 0; row < size; row++)
                if (Math.Abs(Math.Abs(transfer[row * size + column]) - 1) <= rounding) table[column] = row;
        }
        return new MatrixStep(step.Qubits, places, table, instruction);
    }
}

/// <summary>Pauli strings done to a state.</summary>
internal static class Frames
{
    private static readonly Complex[] X = [0, 1, 1, 0], Z = [1, 0, 0, -1], Y = [0, -Complex.ImaginaryOne, Complex.ImaginaryOne, 0];

    public static void Apply(StateVector state, ulong x, ulong z)
    {
        for (var q = 0; q < state.QubitCount; q++)
        {
            var matrix = ((x >> q & 1) != 0, (z >> q & 1) != 0) switch { (true, false) => X, (false, true) => Z, (true, true) => Y, _ => null };
            if (matrix is not null) Apply(state, matrix, [q]);
        }
    }

    public static void Apply(StateVector state, Complex[] matrix, int[] targets) =>
        state.Apply(new Instruction { Kind = InstructionKind.Matrix, Operation = 0, Targets = targets, Matrix = matrix }, 0, inverse: false);
}
