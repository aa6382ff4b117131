using System.Numerics;

namespace QTrain.Simulation.Batches;

/// <summary>All phases that wait, at once: exp(−i/2 Σ φ_z·(−1)^{z·i}) over any parities z, and the scale that rotations left.</summary>
/// <remarks>
/// States are numbered by coordinates in which independent parities are one bit each; where the parities depend on one another the qubits
/// are the coordinates. The factor of a state is a product of an entry for its columns and one for its rows, two small tables made by
/// doubling. A parity of bits of both changes sign from row to row: rows go in the order of a Gray code, the bits with most such parities
/// last, and columns and rows are chosen so that there are few.
/// </remarks>
internal sealed unsafe class BatchPhaseTableStep : BatchStep
{
    // With so few bits a table of columns holds everything.
    private const int FewBits = 5;

    // Fewer columns than this are not worth a loop.
    private const int LeastBits = 3;

    private readonly nuint _first;
    private readonly nuint* _columnOffsets, _rowFlips;
    private readonly int* _slots, _starts, _flipped;
    private readonly PhaseTerm* _terms;
    private readonly int _columnTerms, _rowTerms;
    private readonly bool _hasRows;
    private readonly Array[] _kept;

    public BatchPhaseTableStep(BatchFrame frame, IReadOnlyList<(ulong Mask, int Slot)> terms, int blockBytes)
    {
        var qubits = frame.QubitCount;
        var masks = terms.Select(t => t.Mask).ToArray();
        if (BatchFrame.AreIndependent(masks))
        {
            frame = frame.In(BatchFrame.Dual(masks, qubits));
            for (var k = 0; k < masks.Length; k++) masks[k] = 1UL << k;
        }
        ulong used = 0;
        foreach (var mask in masks) used |= mask;
        var columns = BitOperations.PopCount(used) <= FewBits ? used : Columns(masks, qubits);
        for (var q = 0; BitOperations.PopCount(columns) < Math.Min(qubits, LeastBits); q++) columns |= 1UL << q;
        var columnBits = BitsOf(columns);
        var rowBits = BitsOf(~columns & ((1UL << qubits) - 1));
        var mixed = Enumerable.Range(0, masks.Length).Where(k => (masks[k] & columns) != 0 && (masks[k] & ~columns) != 0).ToArray();
        rowBits = [.. rowBits.OrderBy(q => mixed.Count(m => (masks[m] >> q & 1) != 0))];

        var slots = new int[qubits];
        Array.Fill(slots, PhaseTableJob.None);
        var (ofColumns, ofRows, ofBoth) = (new List<PhaseTerm>(), new List<PhaseTerm>(), new List<PhaseTerm>());
        for (var k = 0; k < masks.Length; k++)
        {
            var term = new PhaseTerm { Slot = terms[k].Slot, Column = Local(masks[k], columnBits), Row = Local(masks[k], rowBits) };
            if (BitOperations.IsPow2(masks[k])) slots[Array.IndexOf([.. columnBits, .. rowBits], BitOperations.Log2(masks[k]))] = term.Slot;
            else (term.Row == 0 ? ofColumns : term.Column == 0 ? ofRows : ofBoth).Add(term);
        }
        (_columnTerms, _rowTerms, MixedTerms) = (ofColumns.Count, ofRows.Count, ofBoth.Count);
        _hasRows = (used & ~columns) != 0;
        IsMoved = terms.Any(t => t.Slot >= 0);
        (ColumnBits, RowBits) = (columnBits.Length, rowBits.Length);
        var starts = new int[rowBits.Length + 1];
        var flipped = new List<int>();
        for (var b = 0; b < rowBits.Length; b++)
        {
            flipped.AddRange(Enumerable.Range(0, ofBoth.Count).Where(m => (ofBoth[m].Row >> b & 1) != 0));
            starts[b + 1] = flipped.Count;
        }
        var offsets = new nuint[1 << columnBits.Length];
        for (var c = 0; c < offsets.Length; c++)
        {
            ulong states = 0;
            for (var b = 0; b < columnBits.Length; b++)
                if ((c >> b & 1) != 0) states |= 1UL << columnBits[b];
            offsets[c] = (nuint)frame.FlipOf(states) * (nuint)blockBytes;
        }
        _first = (nuint)frame.AddressOf(0) * (nuint)blockBytes;
        _columnOffsets = Pinned(offsets, out var k0);
        _rowFlips = Pinned([.. rowBits.Select(b => (nuint)frame.FlipOf(1UL << b) * (nuint)blockBytes)], out nuint[] k1);
        _slots = Pinned(slots, out var k2);
        _starts = Pinned(starts, out var k3);
        _flipped = Pinned([.. flipped], out int[] k4);
        _terms = Pinned([.. ofColumns, .. ofRows, .. ofBoth], out PhaseTerm[] k5);
        _kept = [k0, k1, k2, k3, k4, k5];
    }

    public int ColumnBits { get; }

    public int RowBits { get; }

    public int MixedTerms { get; }

    public override bool IsMoved { get; }

    public override void Run(BatchKernels kernels, BatchMemory* memory)
    {
        var job = JobOf(memory);
        kernels.PhaseTable(&job);
        GC.KeepAlive(_kept);
    }

    public override void RunBack(BatchKernels kernels, BatchMemory* memory)
    {
        var job = JobOf(memory);
        kernels.PhaseTableBack(&job);
        GC.KeepAlive(_kept);
    }

    private PhaseTableJob JobOf(BatchMemory* memory) => new()
    {
        State = memory->State,
        Bra = memory->Bra,
        Slopes = memory->Slopes,
        ColumnSums = memory->ColumnSums,
        RowSums = memory->RowSums,
        Sines = memory->Sines,
        Cosines = memory->Cosines,
        Scale = memory->Scale,
        Columns = memory->Columns,
        Rows = memory->Rows,
        Mixed = memory->Mixed,
        First = _first,
        ColumnOffsets = _columnOffsets,
        RowFlips = _rowFlips,
        ColumnBits = ColumnBits,
        RowBits = RowBits,
        HasRows = _hasRows,
        Slots = _slots,
        Terms = _terms,
        ColumnTerms = _columnTerms,
        RowTerms = _rowTerms,
        MixedTerms = MixedTerms,
        Starts = _starts,
        Flipped = _flipped,
    };

    /// <summary>Half of the bits, so that few parities lie across and, among equal choices, columns are neighbours.</summary>
    private static ulong Columns(ulong[] masks, int qubits)
    {
        var size = qubits / 2;
        var (best, least) = (0UL, double.PositiveInfinity);
        Span<int> flips = stackalloc int[qubits];
        for (ulong columns = 0; columns < 1UL << qubits; columns++)
        {
            if (BitOperations.PopCount(columns) != size) continue;
            // How often rows change: a bit that k others precede, once in 2^(k+1) rows for each parity.
            flips.Clear();
            foreach (var mask in masks)
            {
                if ((mask & columns) == 0) continue;
                for (var set = mask & ~columns; set != 0; set &= set - 1) flips[BitOperations.TrailingZeroCount(set)]++;
            }
            flips.Sort();
            var cost = 0.0;
            for (var k = size; k < qubits; k++) cost += Math.ScaleB(flips[k], size - k - 1);
            if (cost < least) (best, least) = (columns, cost);
            if (cost == 0) break;
        }
        return best;
    }

    private static int[] BitsOf(ulong set) => [.. Enumerable.Range(0, 64).Where(q => (set >> q & 1) != 0)];

    private static uint Local(ulong mask, int[] bits)
    {
        uint local = 0;
        for (var k = 0; k < bits.Length; k++) local |= (uint)(mask >> bits[k] & 1) << k;
        return local;
    }
}
