using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Numerics;

namespace QTrain.Simulation.Density;

/// <summary>A mixed state of n qubits: ρ = 2⁻ⁿ Σ r(P)·P over all 4ⁿ Pauli strings, held as the real numbers r(P) = Tr(ρP).</summary>
/// <remarks>
/// Gates and channels are then real matrices of 4ᵏ rows, gates and noise of one qubit multiply into one 3×3 matrix and a shift, and
/// the expectation of a Pauli string is one number read. Coefficient P has the index Σ 4^q·(x_q + 2z_q). Memory is 8·4ⁿ bytes: half
/// of what a complex matrix needs. A matrix is not safe for use by several threads at once. Dispose returns the memory.
/// </remarks>
public sealed unsafe partial class DensityMatrix : IDisposable
{
    private readonly AmplitudeBuffer _buffer;
    private readonly LaneWidth _width;
    private readonly int _parts;
    private AmplitudeBuffer? _tiles;
    private (DensityPlan Plan, DensityBinding Binding)? _last;

    private DensityMatrix(int qubits, SimulationOptions? options)
    {
        if (qubits < 1) throw new QuantumException($"A density matrix of {qubits} qubits cannot be: it needs at least 1.");
        if (qubits > MaxQubits)
            throw new QuantumException(
                $"A density matrix of {qubits} qubits needs {SimulationMemory.Text(8 * Math.Pow(4, qubits))} of memory: at most {MaxQubits} qubits fit. Use trajectories, which need one state of {qubits} qubits at a time.");
        QubitCount = qubits;
        Options = options ?? SimulationOptions.Default;
        Options.RequireDouble("Density matrices");
        // One qubit has four coefficients.
        _width = qubits == 1 && Options.Width == LaneWidth.Vector512 ? LaneWidth.Vector256 : Options.Width;
        _parts = qubits <= DensityPlan.TileQubits ? 1 : Options.Parts;
        _buffer = AmplitudeBuffer.Rent(2 * qubits - 1);
    }

    /// <summary>The largest number of qubits a density matrix can have on this machine.</summary>
    public static int MaxQubits => Math.Min(28, (SimulationMemory.MaxQubits + 1) / 2);

    /// <summary>How many qubits.</summary>
    public int QubitCount { get; }

    /// <summary>How the matrix uses the machine.</summary>
    public SimulationOptions Options { get; }

    /// <summary>|0…0⟩⟨0…0|.</summary>
    /// <exception cref="QuantumException">It does not fit into memory.</exception>
    public static DensityMatrix Zero(int qubits, SimulationOptions? options = null)
    {
        var matrix = new DensityMatrix(qubits, options);
        matrix.SetZero();
        return matrix;
    }

    /// <summary>|ψ⟩⟨ψ|.</summary>
    public static DensityMatrix FromState(StateVector state, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        var matrix = new DensityMatrix(state.QubitCount, options ?? state.Options);
        var amplitudes = state.ToArray();
        matrix.Fill((row, column) => amplitudes[row] * Complex.Conjugate(amplitudes[column]));
        return matrix;
    }

    /// <summary>A matrix given entry by entry, 2ⁿ×2ⁿ, Hermitian; its trace is taken as it is.</summary>
    /// <exception cref="QuantumException">It is not square, not a power of two, or not Hermitian to 1e-9.</exception>
    public static DensityMatrix FromMatrix(Complex[,] matrix, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var size = matrix.GetLength(0);
        if (size != matrix.GetLength(1) || size < 2 || !BitOperations.IsPow2(size))
            throw new QuantumException($"A density matrix has 2, 4, 8 … rows and as many columns; one of {size}×{matrix.GetLength(1)} was given.");
        for (var row = 0; row < size; row++)
            for (var column = 0; column <= row; column++)
                if (!((matrix[row, column] - Complex.Conjugate(matrix[column, row])).Magnitude <= 1e-9))
                    throw new QuantumException($"A density matrix is Hermitian, but entry ({row}, {column}) is {matrix[row, column]} and entry ({column}, {row}) {matrix[column, row]}.");
        var result = new DensityMatrix(BitOperations.Log2((uint)size), options);
        result.Fill((row, column) => matrix[row, column]);
        return result;
    }

    /// <summary>Puts the matrix back to |0…0⟩⟨0…0|.</summary>
    public void SetZero()
    {
        NativeMemory.Clear(Pointer, (nuint)Length * sizeof(double));
        // Every string of I and Z has the expectation 1.
        for (var z = 0; z < 1 << QubitCount; z++) Pointer[Spread((uint)z) << 1] = 1;
        GC.KeepAlive(this);
    }

    /// <summary>Makes this matrix equal to another of as many qubits.</summary>
    public void CopyFrom(DensityMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.QubitCount != QubitCount)
            throw new QuantumException($"The density matrices have {QubitCount} and {other.QubitCount} qubits: they must have as many.");
        NativeMemory.Copy(other.Pointer, Pointer, (nuint)Length * sizeof(double));
        GC.KeepAlive(other);
        GC.KeepAlive(this);
    }

    /// <summary>Runs a circuit with noise. What it measures on the way is not looked at: measured qubits lose their coherence.</summary>
    /// <param name="program">A compiled circuit of as many qubits, without conditions.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <exception cref="QuantumException">The number of qubits or parameters differs, or the circuit asks conditions.</exception>
    public void Apply(DensityProgram program, ReadOnlySpan<double> at = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (program.QubitCount != QubitCount)
            throw new QuantumException($"A circuit of {program.QubitCount} qubits cannot run on a density matrix of {QubitCount}: they must have as many.");
        program.Sequence.Compiled.CheckPoint(at);
        if (program.Sequence.HasConditions)
            throw new QuantumException("A circuit that asks conditions has a different course for every outcome: ask NoisySimulator for its probabilities, expectation or counts.");
        Apply(program.Averaged(_width), at);
    }

    /// <summary>Runs a circuit with the channels it holds.</summary>
    public void Apply(Circuit circuit, ReadOnlySpan<double> at = default) => Apply(DensityProgram.From(circuit), at);

    /// <summary>Applies a channel to qubits, the first listed lowest.</summary>
    public void Apply(Channel channel, params ImmutableArray<int> qubits)
    {
        var lowering = new DensityLowering(QubitCount);
        foreach (var operation in new Circuit(QubitCount, [new ChannelOperation(channel, qubits)]).Operations.Cast<ChannelOperation>())
            lowering.Add(operation.Channel, operation.Qubits);
        Apply(new DensityPlan(QubitCount, lowering.Operations, _width), default);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer.Dispose();
        _tiles?.Dispose();
    }

    /// <summary>How many coefficients: 4ⁿ.</summary>
    internal long Length => 1L << (2 * QubitCount);

    /// <summary>The coefficients. Whoever uses it keeps the matrix alive until done.</summary>
    internal double* Pointer
    {
        get
        {
            var pointer = _buffer.Pointer;
            ObjectDisposedException.ThrowIf(pointer is null, this);
            return pointer;
        }
    }

    internal LaneWidth Width => _width;

    internal void Apply(DensityPlan plan, ReadOnlySpan<double> at)
    {
        if (_last is not { } last || !ReferenceEquals(last.Plan, plan)) _last = last = (plan, plan.NewBinding());
        Apply(plan, at, last.Binding);
    }

    /// <summary>Runs a plan with room for its coefficients that the caller keeps.</summary>
    internal void Apply(DensityPlan plan, ReadOnlySpan<double> at, DensityBinding binding)
    {
        plan.Bind(at, binding);
        fixed (double* coefficients = binding.Coefficients)
        fixed (TileOp* ops = plan.Ops)
        {
            foreach (var pass in plan.Passes)
            {
                if (pass.Dense is { } dense) Apply(dense, at);
                else if (pass.Qubits.Length == 0) RunWhole(ops + pass.Groups[0].First, coefficients);
                else Run(pass, ops, coefficients);
            }
        }
        GC.KeepAlive(this);
    }

    private void RunWhole(TileOp* op, double* coefficients)
    {
        var job = new TileJob { State = Pointer, Ops = op, Coefficients = coefficients };
        if (_parts == 1) WholePart(&job, 0, 1);
        else WorkerTeam.Shared.Run(&WholePart, &job, _parts);
    }

    private static void WholePart(void* context, int part, int parts)
    {
        var job = (TileJob*)context;
        var op = job->Ops;
        op->Kernel(op, job->State, job->Coefficients, Share(op->Count, part, parts), Share(op->Count, part + 1, parts));
    }

    private void Run(DensityPass pass, TileOp* ops, double* coefficients)
    {
        var row = Math.Min(DensityPlan.RowQubits, pass.Qubits.Length);
        nuint* rows = stackalloc nuint[1 << (2 * (DensityPlan.TileQubits - DensityPlan.RowQubits))];
        fixed (DensityGroup* groups = pass.Groups)
        {
            var job = new TileJob
            {
                State = Pointer,
                Ops = ops,
                Coefficients = coefficients,
                Groups = groups,
                GroupCount = pass.Groups.Length,
                TileQubits = pass.Qubits.Length,
                Held = pass.Held,
                Tiles = (nint)1 << (2 * (QubitCount - pass.Qubits.Length)),
                RowLength = (nint)1 << (2 * row),
            };
            var parts = (int)Math.Min(_parts, job.Tiles);
            if (!pass.IsContiguous)
            {
                job.Rows = rows;
                job.RowCount = (nint)1 << (2 * (pass.Qubits.Length - row));
                var above = pass.Held & ~((nuint)job.RowLength - 1);
                for (nint r = 0; r < job.RowCount; r++) rows[r] = Deposit((nuint)r, above);
                _tiles ??= AmplitudeBuffer.Rent(2 * DensityPlan.TileQubits - 1 + (int)BitOperations.Log2((uint)Math.Max(1, _parts * 2 - 1)));
                job.Room = _tiles.Pointer;
            }
            if (parts == 1) TilePart(&job, 0, 1);
            else WorkerTeam.Shared.Run(&TilePart, &job, parts);
        }
    }

    private static void TilePart(void* context, int part, int parts)
    {
        var job = (TileJob*)context;
        var end = Share(job->Tiles, part + 1, parts);
        var room = job->Room + ((nint)part << (2 * DensityPlan.TileQubits));
        for (var tile = Share(job->Tiles, part, parts); tile < end; tile++)
        {
            var place = job->State + Deposit((nuint)tile, ~job->Held);
            if (job->Rows is null)
            {
                RunGroups(job, place);
                continue;
            }
            var bytes = (nuint)job->RowLength * sizeof(double);
            for (nint r = 0; r < job->RowCount; r++) Unsafe.CopyBlock(room + r * job->RowLength, place + job->Rows[r], (uint)bytes);
            RunGroups(job, room);
            for (nint r = 0; r < job->RowCount; r++) Unsafe.CopyBlock(place + job->Rows[r], room + r * job->RowLength, (uint)bytes);
        }
    }

    private static void RunGroups(TileJob* job, double* tile)
    {
        for (var g = 0; g < job->GroupCount; g++)
        {
            var group = job->Groups[g];
            var part = (nint)1 << (2 * group.Qubits);
            var last = tile + ((nint)1 << (2 * job->TileQubits));
            for (var place = tile; place < last; place += part)
                for (var op = job->Ops + group.First; op < job->Ops + group.End; op++)
                    op->Kernel(op, place, job->Coefficients, 0, op->Count);
        }
    }

    private static nint Share(nint count, int part, int parts) => (nint)(count * (Int128)part / parts);

    /// <summary>The bits of a number put, lowest first, where a mask has ones.</summary>
    private static nuint Deposit(nuint bits, nuint mask)
    {
        nuint result = 0;
        for (; bits != 0; mask &= mask - 1)
        {
            if ((bits & 1) != 0) result |= mask & (0 - mask);
            bits >>= 1;
        }
        return result;
    }

    private struct TileJob
    {
        public double* State, Coefficients, Room;
        public TileOp* Ops;
        public DensityGroup* Groups;
        public nuint* Rows;
        public nint RowCount, RowLength, Tiles;
        public nuint Held;
        public int GroupCount, TileQubits;
    }
}
