using System.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation;

/// <summary>In which order the terms of an observable meet the amplitudes of a state of n qubits, so that what is read once serves many terms.</summary>
/// <remarks>
/// The state is visited a few times. A visit works on tiles of 2¹⁴ amplitudes that fit into the cache of a core, and serves all terms that
/// flip only qubits of its tiles. The first visit takes tiles as they lie. For terms that flip higher qubits a tile is gathered: rows of
/// 64 neighbours whose numbers differ by the sums (over GF(2)) of up to eight <em>basis</em> flips. Every term whose flip of rows is such a sum is
/// served while the tile is there: the eight it was made for and, among many random terms, as many others.
/// In the tile a basis flip is one qubit, and a sign (−1)^(z·i) is again a sign of the tile's own qubits times one for the whole tile. So
/// kernels never know that a tile was gathered.
/// </remarks>
internal sealed unsafe class ObservablePlan
{
    /// <summary>Qubits of a tile: 256 KiB.</summary>
    public const int TileQubits = 14;

    /// <summary>Qubits of a part of a tile that all terms meet while it is in the first-level cache: 8 KiB.</summary>
    public const int PartQubits = 9;

    /// <summary>Qubits of a row that is gathered: 1 KiB.</summary>
    public const int RowQubits = 6;

    /// <summary>Qubits of the smallest piece of work of the first visit.</summary>
    public const int SliceQubits = 12;

    // With more rows than this, one transform over a part of a tile is quicker than one sum for each.
    private const int FewRows = 3;

    // Diagonals of a state of one slice are kept up to here: it is what fits beside the state into the cache of a core.
    private const long MostKept = 4L << 20;

    public ObservablePlan(CompiledObservable observable, int qubits, KernelTable kernels)
    {
        QubitCount = qubits;
        var tile = Math.Min(TileQubits, qubits);
        var part = Math.Min(PartQubits, qubits);
        var isKept = qubits is >= 5 and <= SliceQubits && KeptBytes(observable, qubits) is > 0 and <= MostKept;
        var (visits, items, masks) = (new List<ObservableVisit>(), new List<ObservableItem>(), new List<RowMask>());
        var (starts, rows) = (new List<ulong>(), new List<ulong>());
        var waiting = Enumerable.Range(0, observable.Groups.Length).ToList();
        nint units = 0;
        var places = 0;
        if (observable.Groups.Any(g => g.X >> tile == 0))
        {
            ulong[] basis = [.. Enumerable.Range(0, tile).Select(q => 1UL << q)];
            AddVisit(basis, pivots: (1UL << tile) - 1, isGathered: false, waiting.Where(g => observable.Groups[g].X >> tile == 0));
            units += (nint)1 << Math.Max(0, qubits - SliceQubits);
            waiting.RemoveAll(g => observable.Groups[g].X >> tile == 0);
        }
        while (waiting.Count > 0)
        {
            var basis = new FlipBasis();
            foreach (var g in waiting)
                if (!basis.IsFull) basis.TryAdd(observable.Groups[g].X >> RowQubits << RowQubits);
            // What is left of the tile makes rows longer.
            for (var q = RowQubits; !basis.IsFull; q++) basis.TryAdd(1UL << q);
            var (vectors, pivots) = basis.InOrder();
            ulong[] all = [.. Enumerable.Range(0, RowQubits).Select(q => 1UL << q), .. vectors];
            AddVisit(all, pivots | (1UL << RowQubits) - 1, isGathered: true, waiting.Where(g => basis.Spans(observable.Groups[g].X >> RowQubits << RowQubits)));
            units += (nint)1 << (qubits - TileQubits);
            waiting.RemoveAll(g => basis.Spans(observable.Groups[g].X >> RowQubits << RowQubits));
        }
        UnitCount = units;
        Visits = Pinned(visits);
        Items = Pinned(items);
        Masks = Pinned(masks);
        Starts = Pinned(starts);
        RowStarts = Pinned(rows);
        if (isKept) Diagonals = Keep(observable, kernels, places);

        void AddVisit(ulong[] basis, ulong pivots, bool isGathered, IEnumerable<int> groups)
        {
            var first = items.Count;
            foreach (var g in groups)
            {
                AddItems(observable.Groups[g], basis, imaginary: false);
                AddItems(observable.Groups[g], basis, imaginary: true);
            }
            // Terms that bring the same other part into the first-level cache come after one another.
            items.Sort(first, items.Count - first, Comparer<ObservableItem>.Create((a, b) => (a.PartFlip, a.FirstRow).CompareTo((b.PartFlip, b.FirstRow))));
            visits.Add(new ObservableVisit { FirstUnit = units, IsGathered = isGathered, Pivots = pivots, FirstItem = first, ItemCount = items.Count - first, FirstStart = starts.Count, FirstRowStart = rows.Count });
            starts.AddRange(Sums(basis.AsSpan(part)));
            if (isGathered) rows.AddRange(Sums(basis.AsSpan(RowQubits)));
        }

        void AddItems(ObservableGroup group, ulong[] basis, bool imaginary)
        {
            var (row, count) = imaginary ? (group.FirstImaginary, group.ImaginaryCount) : (group.FirstReal, group.RealCount);
            if (count == 0) return;
            var flip = LocalFlip(group.X, basis);
            var item = new ObservableItem
            {
                PartFlip = (int)(flip >> part),
                BlockFlip = (uint)(flip & ((1UL << part) - 1)) >> 3,
                LaneFlip = (int)(flip & 7),
                IsImaginary = imaginary,
            };
            var many = isKept ? count > 1 : count > FewRows || qubits < 5;
            if (many)
            {
                items.Add(item with { FirstRow = row, RowCount = count, FirstMask = masks.Count, Place = places });
                if (isKept) places++;
            }
            for (var k = 0; k < count; k++)
            {
                var mask = new RowMask { Block = LocalSign(observable.Signs[row + k], basis.AsSpan(0, part)), Outside = (nuint)observable.Signs[row + k] };
                if (!many) items.Add(item with { FirstRow = row + k, RowCount = 1, FirstMask = masks.Count, IsSign = true });
                masks.Add(mask);
            }
        }
    }

    public int QubitCount { get; }

    public nint UnitCount { get; }

    public ObservableVisit[] Visits { get; }

    public ObservableItem[] Items { get; }

    public RowMask[] Masks { get; }

    /// <summary>The index of the first amplitude of every part of a tile, to be combined with that of the tile.</summary>
    public ulong[] Starts { get; }

    /// <summary>The same for every row of a gathered tile.</summary>
    public ulong[] RowStarts { get; }

    /// <summary>Of a small state: the diagonals of the items that need them, 2ⁿ numbers each.</summary>
    public double[]? Diagonals { get; }

    private static long KeptBytes(CompiledObservable observable, int qubits) =>
        observable.Groups.Sum(g => (g.RealCount > 1 ? 1L : 0) + (g.ImaginaryCount > 1 ? 1 : 0)) * sizeof(double) << Math.Max(3, qubits);

    private double[] Keep(CompiledObservable observable, KernelTable kernels, int places)
    {
        // With every qubit inside, a mask is a place in the transform of the whole state.
        var length = 1 << Math.Max(3, QubitCount);
        var all = GC.AllocateArray<double>(places * length, pinned: true);
        fixed (double* start = all)
        fixed (double* rows = observable.Rows)
            foreach (var item in Items)
            {
                if (item.IsSign) continue;
                var masks = new RowMask[item.RowCount];
                for (var k = 0; k < masks.Length; k++) masks[k] = new RowMask { Block = (uint)(observable.Signs[item.FirstRow + k] >> 3) };
                fixed (RowMask* first = masks)
                    kernels.FillDiagonal(start + (nint)item.Place * length, first, rows + 8 * (nint)item.FirstRow, masks.Length, 0, length / 8);
            }
        return all;
    }

    /// <summary>All sums of some vectors over GF(2), in the order of their bits.</summary>
    private static ulong[] Sums(ReadOnlySpan<ulong> vectors)
    {
        var sums = new ulong[1 << vectors.Length];
        for (var k = 1; k < sums.Length; k++) sums[k] = sums[k & (k - 1)] ^ vectors[BitOperations.TrailingZeroCount(k)];
        return sums;
    }

    /// <summary>The tile's qubits that a flip flips. Each basis vector has a bit of its own, its pivot: the highest that no other one has.</summary>
    private static ulong LocalFlip(ulong x, ulong[] basis)
    {
        ulong local = 0, sum = 0;
        for (var q = 0; q < basis.Length; q++)
        {
            ulong others = 0;
            for (var k = 0; k < basis.Length; k++)
                if (k != q) others |= basis[k];
            if ((x & basis[q] & ~others) == 0) continue;
            local |= 1UL << q;
            sum ^= basis[q];
        }
        System.Diagnostics.Debug.Assert(sum == x);
        return local;
    }

    /// <summary>The blocks of a part that a sign signs.</summary>
    private static uint LocalSign(ulong z, ReadOnlySpan<ulong> basis)
    {
        uint local = 0;
        for (var q = 3; q < basis.Length; q++) local |= (uint)(BitOperations.PopCount(z & basis[q]) & 1) << (q - 3);
        return local;
    }

    private static TItem[] Pinned<TItem>(List<TItem> items)
    {
        var pinned = GC.AllocateArray<TItem>(Math.Max(1, items.Count), pinned: true);
        items.CopyTo(pinned);
        return pinned;
    }

    /// <summary>Independent flips of rows, reduced so that each has a pivot: a bit that no other has.</summary>
    private sealed class FlipBasis
    {
        private readonly List<(ulong Vector, ulong Pivot)> _vectors = [];

        public bool IsFull => _vectors.Count == TileQubits - RowQubits;

        public void TryAdd(ulong vector)
        {
            vector = Reduce(vector);
            if (vector == 0) return;
            var pivot = 1UL << BitOperations.Log2(vector);
            for (var k = 0; k < _vectors.Count; k++)
                if ((_vectors[k].Vector & pivot) != 0) _vectors[k] = (_vectors[k].Vector ^ vector, _vectors[k].Pivot);
            _vectors.Add((vector, pivot));
        }

        public bool Spans(ulong vector) => Reduce(vector) == 0;

        public (ulong[] Vectors, ulong Pivots) InOrder()
        {
            var ordered = _vectors.OrderBy(v => v.Pivot).ToArray();
            return ([.. ordered.Select(v => v.Vector)], ordered.Aggregate(0UL, (all, v) => all | v.Pivot));
        }

        private ulong Reduce(ulong vector)
        {
            foreach (var (known, pivot) in _vectors)
                if ((vector & pivot) != 0) vector ^= known;
            return vector;
        }
    }
}
