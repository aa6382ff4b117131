using System.Numerics;
using System.Runtime.InteropServices;

namespace QTrain.Simulation.Batches;

/// <summary>One thing done to all members of a batch. Immutable: what an evaluation binds lies in <see cref="BatchMemory"/>.</summary>
internal abstract unsafe class BatchStep
{
    public abstract void Run(BatchKernels kernels, BatchMemory* memory);

    /// <summary>Whether a parameter moves it.</summary>
    public virtual bool IsMoved => false;

    /// <summary>Undoes it on |ψ⟩ and |λ⟩ and writes the slopes of its angles.</summary>
    public abstract void RunBack(BatchKernels kernels, BatchMemory* memory);

    protected static T* Pinned<T>(T[] items, out T[] kept) where T : unmanaged
    {
        kept = GC.AllocateArray<T>(Math.Max(1, items.Length), pinned: true);
        items.CopyTo(kept, 0);
        return (T*)Marshal.UnsafeAddrOfPinnedArrayElement(kept, 0);
    }
}

/// <summary>The blocks of those basis states in which some qubits have given values, kept where kernels can read them.</summary>
internal sealed unsafe class VisitedBlocks
{
    private readonly nuint[] _flips;

    /// <param name="frame">Where basis states are.</param>
    /// <param name="mask">The qubits that have given values.</param>
    /// <param name="value">The values.</param>
    /// <param name="blockBytes">Bytes of a block.</param>
    public VisitedBlocks(BatchFrame frame, ulong mask, ulong value, int blockBytes)
    {
        Qubits = [.. Enumerable.Range(0, frame.QubitCount).Where(q => (mask >> q & 1) == 0)];
        _flips = GC.AllocateArray<nuint>(Math.Max(1, Qubits.Length), pinned: true);
        for (var k = 0; k < Qubits.Length; k++) _flips[k] = (nuint)frame.FlipOf(1UL << Qubits[k]) * (nuint)blockBytes;
        Visits = new BatchVisits
        {
            First = (nuint)frame.AddressOf(value) * (nuint)blockBytes,
            Flips = (nuint*)Marshal.UnsafeAddrOfPinnedArrayElement(_flips, 0),
            Count = (nuint)1 << Qubits.Length,
        };
    }

    /// <summary>The qubit that each bit of the Gray code flips.</summary>
    public int[] Qubits { get; }

    public BatchVisits Visits { get; }

    /// <summary>The bits of the Gray code that flip a qubit of a mask.</summary>
    public ulong BitsOf(ulong mask)
    {
        ulong bits = 0;
        for (var k = 0; k < Qubits.Length; k++) bits |= (mask >> Qubits[k] & 1) << k;
        return bits;
    }
}

/// <summary>Real rotations exp(−iθY/2) of up to three qubits: [1 −t; t 1] with t = tan(θ/2), the cosines left to a later step.</summary>
/// <remarks>The tangent form needs no other near a half turn: no double has a cosine below 4.6·10⁻¹⁹, and where t is large what it drowns is small.
/// So a member's arithmetic never depends on the other members. Only the product of the scales must not leave the range of doubles: a step
/// settles it where <see cref="MostTurns"/> rotations would have left theirs.</remarks>
internal sealed unsafe class BatchTurnStep : BatchStep
{
    /// <summary>Qubits that one step turns.</summary>
    public const int MostBits = 3;

    /// <summary>Rotations that may leave their scale: the square of 4.6·10⁻¹⁹ to this power is still a double, with its inverse.</summary>
    public const int MostTurns = 8;

    // Both states of two qubits fill the registers.
    private const int MostBitsBack = 2;

    private readonly VisitedBlocks _visited;
    private readonly VisitedBlocks[] _visitedBack;
    private readonly int[] _slots;
    private readonly nuint[] _flips = new nuint[MostBits];
    private readonly bool _settles;

    public BatchTurnStep(BatchFrame frame, int[] qubits, int[] slots, bool settles, int blockBytes)
    {
        (_slots, _settles) = (slots, settles);
        ulong mask = 0;
        for (var k = 0; k < qubits.Length; k++)
        {
            mask |= 1UL << qubits[k];
            _flips[k] = (nuint)frame.FlipOf(1UL << qubits[k]) * (nuint)blockBytes;
        }
        _visited = new VisitedBlocks(frame, mask, 0, blockBytes);
        _visitedBack = [.. qubits.Chunk(MostBitsBack).Select(pair => new VisitedBlocks(frame, pair.Aggregate(0UL, (m, q) => m | 1UL << q), 0, blockBytes))];
    }

    public int Turns => _slots.Length;

    public override bool IsMoved => Array.Exists(_slots, s => s >= 0);

    /// <summary>Whether the scale is applied on the way back.</summary>
    public bool SettlesBack { get; set; }

    public override void Run(BatchKernels kernels, BatchMemory* memory)
    {
        var (first, second, third) = (_slots[0] * kernels.Lanes, _slots[_slots.Length > 1 ? 1 : 0] * kernels.Lanes, _slots[_slots.Length > 2 ? 2 : 0] * kernels.Lanes);
        var job = new TurnJob
        {
            State = memory->State,
            Visits = _visited.Visits,
            Bits = _slots.Length,
            Flip0 = _flips[0],
            Flip1 = _flips[1],
            Flip2 = _flips[2],
            Cosine0 = memory->Cosines + first,
            Cosine1 = memory->Cosines + second,
            Cosine2 = memory->Cosines + third,
            Sine0 = memory->Sines + first,
            Tangent0 = memory->Tangents + first,
            Tangent1 = memory->Tangents + second,
            Tangent2 = memory->Tangents + third,
            Scale = memory->Scale,
            Settles = _settles,
        };
        kernels.Turn(&job);
    }

    public override void RunBack(BatchKernels kernels, BatchMemory* memory)
    {
        for (var pair = 0; pair < _visitedBack.Length; pair++)
        {
            var k = MostBitsBack * pair;
            var bits = Math.Min(MostBitsBack, _slots.Length - k);
            var (first, second) = (_slots[k] * kernels.Lanes, _slots[k + bits - 1] * kernels.Lanes);
            var job = new TurnBackJob
            {
                State = memory->State,
                Bra = memory->Bra,
                Visits = _visitedBack[pair].Visits,
                Bits = bits,
                Flip0 = _flips[k],
                Flip1 = _flips[k + bits - 1],
                Cosine0 = memory->Cosines + first,
                Cosine1 = memory->Cosines + second,
                Sine0 = memory->Sines + first,
                Tangent0 = memory->Tangents + first,
                Tangent1 = memory->Tangents + second,
                Scale = memory->Scale,
                Settles = SettlesBack && pair == 0,
                // Constants have slots too, before the start.
                Slope0 = memory->Slopes + first,
                Slope1 = memory->Slopes + second,
            };
            kernels.TurnBack(&job);
        }
    }
}

/// <summary>A rotation about a Pauli string, on all states or on those in which some qubits have given values: exp(−iφP/2) there.</summary>
internal sealed unsafe class BatchPauliStep : BatchStep
{
    private readonly VisitedBlocks _visited;
    private readonly int _slot, _sign;
    private readonly nuint _flip;
    private readonly ulong _signs;
    private readonly bool _isTurned;

    /// <param name="frame">Where basis states are.</param>
    /// <param name="flipped">The qubits that the string flips.</param>
    /// <param name="signed">The qubits that sign it.</param>
    /// <param name="mask">Qubits with given values; where the string flips qubits, one of them is among these, so that of each pair one is visited.</param>
    /// <param name="value">Their values.</param>
    /// <param name="slot">The angle.</param>
    /// <param name="blockBytes">Bytes of a block.</param>
    /// <param name="isPhase">e^{+iφ/2} instead of exp(−iφP/2).</param>
    public BatchPauliStep(BatchFrame frame, ulong flipped, ulong signed, ulong mask, ulong value, int slot, int blockBytes, bool isPhase = false)
    {
        _visited = new VisitedBlocks(frame, mask, value, blockBytes);
        _slot = slot;
        _flip = (nuint)frame.FlipOf(flipped) * (nuint)blockBytes;
        _signs = _visited.BitsOf(signed);
        // Row i of −i·P has the factor −i·(−i)^y·(−1)^(z·i), y the number of Ys: imaginary where y is even.
        var ys = BitOperations.PopCount(flipped & signed);
        _isTurned = (ys & 1) == 0;
        var isNegative = (BitOperations.PopCount(value & signed) & 1) != 0 ^ (ys & 2) == 0 ^ isPhase;
        _sign = isNegative ? 1 : 0;
    }

    public override bool IsMoved => _slot >= 0;

    public override void Run(BatchKernels kernels, BatchMemory* memory)
    {
        var job = JobOf(kernels, memory);
        kernels.Pauli(&job);
    }

    public override void RunBack(BatchKernels kernels, BatchMemory* memory)
    {
        var job = JobOf(kernels, memory);
        job.Bra = memory->Bra;
        job.Scale = memory->Scale;
        job.Slope = IsMoved ? memory->Slopes + _slot * kernels.Lanes : null;
        kernels.PauliBack(&job);
    }

    private PauliJob JobOf(BatchKernels kernels, BatchMemory* memory) => new()
    {
        State = memory->State,
        Visits = _visited.Visits,
        Flip = _flip,
        Cosine = memory->Cosines + _slot * kernels.Lanes,
        Sine = memory->Sines + _slot * kernels.Lanes,
        Signs = _signs,
        Sign = _sign,
        IsTurned = _isTurned,
    };
}

/// <summary>A constant matrix on some qubits where others have given values.</summary>
internal sealed unsafe class BatchMatrixStep : BatchStep
{
    private readonly VisitedBlocks _visited;
    private readonly nuint* _offsets;
    private readonly double* _entries, _inverse;
    private readonly int _size;
    private readonly Array[] _kept;

    public BatchMatrixStep(BatchFrame frame, int[] targets, Complex[] matrix, ulong mask, ulong value, int blockBytes)
    {
        _size = 1 << targets.Length;
        ulong all = 0;
        foreach (var target in targets) all |= 1UL << target;
        _visited = new VisitedBlocks(frame, mask | all, value, blockBytes);
        var offsets = new nuint[_size];
        for (var local = 0; local < _size; local++)
        {
            ulong qubits = 0;
            for (var k = 0; k < targets.Length; k++)
                if ((local >> k & 1) != 0) qubits |= 1UL << targets[k];
            offsets[local] = (nuint)frame.FlipOf(qubits) * (nuint)blockBytes;
        }
        _offsets = Pinned(offsets, out var keptOffsets);
        _entries = Pinned(matrix.SelectMany(e => new[] { e.Real, e.Imaginary }).ToArray(), out var keptEntries);
        var inverse = new Complex[matrix.Length];
        for (var row = 0; row < _size; row++)
            for (var column = 0; column < _size; column++) inverse[row * _size + column] = Complex.Conjugate(matrix[column * _size + row]);
        _inverse = Pinned(inverse.SelectMany(e => new[] { e.Real, e.Imaginary }).ToArray(), out var keptInverse);
        _kept = [keptOffsets, keptEntries, keptInverse];
    }

    /// <summary>Rows of the matrix.</summary>
    public int Size => _size;

    public override void Run(BatchKernels kernels, BatchMemory* memory) => Multiply(kernels, memory, memory->State, _entries);

    public override void RunBack(BatchKernels kernels, BatchMemory* memory)
    {
        Multiply(kernels, memory, memory->State, _inverse);
        Multiply(kernels, memory, memory->Bra, _inverse);
    }

    private void Multiply(BatchKernels kernels, BatchMemory* memory, byte* state, double* entries)
    {
        var job = new MatrixJob { State = state, Visits = _visited.Visits, Offsets = _offsets, Size = _size, Entries = entries, Vector = memory->Vector };
        kernels.Matrix(&job);
        GC.KeepAlive(_kept);
    }
}

/// <summary>Exchanges two basis states of some qubits where others have given values.</summary>
internal sealed unsafe class BatchExchangeStep(BatchFrame frame, ulong from, ulong to, ulong mask, ulong value, int blockBytes) : BatchStep
{
    private readonly VisitedBlocks _visited = new(frame, mask | (from ^ to), value, blockBytes);
    private readonly nuint _from = (nuint)frame.FlipOf(from) * (nuint)blockBytes, _to = (nuint)frame.FlipOf(to) * (nuint)blockBytes;

    public override void Run(BatchKernels kernels, BatchMemory* memory) => Exchange(kernels, memory->State);

    public override void RunBack(BatchKernels kernels, BatchMemory* memory)
    {
        Exchange(kernels, memory->State);
        Exchange(kernels, memory->Bra);
    }

    private void Exchange(BatchKernels kernels, byte* state)
    {
        var job = new ExchangeJob { State = state, Visits = _visited.Visits, From = _from, To = _to };
        kernels.Exchange(&job);
    }
}
