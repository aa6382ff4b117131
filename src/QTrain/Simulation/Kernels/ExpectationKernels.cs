using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>Terms, or one, that flip the same qubits, as they act on the tiles of a visit.</summary>
internal record struct ObservableItem
{
    /// <summary>The flipped qubits: of the part's number in the tile, of the block's in the part, of the lane's in the block.</summary>
    public int PartFlip;

    public uint BlockFlip;

    public int LaneFlip;

    /// <summary>Whether the matrix elements are i times those that the rows add up to.</summary>
    public bool IsImaginary;

    /// <summary>Whether there is one row, so that its sign tells all.</summary>
    public bool IsSign;

    /// <summary>Its rows, and their masks.</summary>
    public int FirstRow, RowCount, FirstMask;

    /// <summary>Its place among the diagonals, where they are kept.</summary>
    public int Place;
}

/// <summary>One visit of all tiles.</summary>
internal struct ObservableVisit
{
    /// <summary>The number of its first unit of work: a slice of a tile, or a gathered tile.</summary>
    public nint FirstUnit;

    public bool IsGathered;

    /// <summary>The bits that are zero in the index of a tile's first amplitude; the others number the tiles.</summary>
    public ulong Pivots;

    public int FirstItem, ItemCount, FirstStart, FirstRowStart;
}

/// <summary>An expectation: what all units of work share.</summary>
internal unsafe struct ExpectationPass
{
    public void* Source;

    /// <summary>One double a unit.</summary>
    public double* Sums;

    public ObservableVisit* Visits;

    public int VisitCount;

    public ObservableItem* Items;

    public RowMask* Masks;

    public double* Rows;

    public ulong* Starts;

    public ulong* RowStarts;

    /// <summary>Diagonals over the whole state, or null.</summary>
    public double* Diagonals;

    public int Qubits;
}

/// <summary>Where the amplitudes are that a term connects in a part of a tile.</summary>
internal unsafe struct PairWalk
{
    public void* From, To;

    /// <summary>From the partner of a register to that of the next one.</summary>
    public nint Second;

    /// <summary>Offset bits: those whose parity is the sign of a block, the one that changes it, those a term flips, and those the walk leaves alone.</summary>
    public nuint Signs, Step, Flip, Holes;
}

/// <summary>⟨ψ|O|ψ⟩, unit by unit.</summary>
internal static unsafe class ExpectationKernels<T, TElement>
    where T : unmanaged, ILanes<T>
    where TElement : unmanaged
{
    /// <summary>Doubles of scratch memory: a gathered tile and a diagonal of a part.</summary>
    public const int Scratch = (2 << ObservablePlan.TileQubits) + (1 << ObservablePlan.PartQubits);

    /// <summary>Σ Re(conj(ψᵢ)·(Oψ)ᵢ) for Hermitian O over one unit. Of two amplitudes that a term connects only the one with the highest
    /// flipped qubit at 0 is visited, and counted twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unit(ExpectationPass* pass, nint unit, double* scratch)
    {
        var v = 0;
        while (v + 1 < pass->VisitCount && pass->Visits[v + 1].FirstUnit <= unit) v++;
        var visit = pass->Visits + v;
        var number = unit - visit->FirstUnit;
        var tileQubits = Math.Min(ObservablePlan.TileQubits, pass->Qubits);
        var partQubits = Math.Min(ObservablePlan.PartQubits, pass->Qubits);
        int firstPart = 0, parts = 1 << (tileQubits - partQubits);
        TElement* tile;
        ulong index;
        if (visit->IsGathered)
        {
            index = Spread((ulong)number, ~visit->Pivots);
            tile = (TElement*)scratch;
            Gather((TElement*)pass->Source, pass->RowStarts + visit->FirstRowStart, index, tile);
        }
        else
        {
            var slices = Math.Max(0, tileQubits - ObservablePlan.SliceQubits);
            index = (ulong)(number >> slices) << tileQubits;
            tile = (TElement*)pass->Source + Sweep.OffsetOf(index);
            parts >>= slices;
            firstPart = (int)(number & ((1 << slices) - 1)) * parts;
        }
        double* once = stackalloc double[8], twice = stackalloc double[8];
        for (var lane = 0; lane < 8; lane++) once[lane] = twice[lane] = 0;
        var flippers = stackalloc double[64];
        for (var flip = 0; flip < T.Count; flip++) T.Store(T.Flipper(flip), flippers + 8 * flip);
        var diagonal = scratch + (2 << ObservablePlan.TileQubits);
        nint partNumbers = Math.Max(16, 2 << partQubits);
        var blocks = (int)(partNumbers / 16);
        for (var part = firstPart; part < firstPart + parts; part++)
        {
            var start = index ^ pass->Starts[visit->FirstStart + part];
            var own = tile + part * partNumbers;
            for (var k = 0; k < visit->ItemCount; k++)
            {
                var item = pass->Items + visit->FirstItem + k;
                if (item->PartFlip != 0 && (part >> BitOperations.Log2((uint)item->PartFlip) & 1) != 0) continue;
                var other = tile + (part ^ item->PartFlip) * partNumbers;
                var fix = item->PartFlip == 0 && item->BlockFlip != 0 ? 1u << BitOperations.Log2(item->BlockFlip) : 0;
                var sums = item->PartFlip != 0 || item->BlockFlip != 0 ? twice : once;
                if (item->IsSign)
                {
                    var mask = pass->Masks[item->FirstMask];
                    var sign = 1 - 2 * (BitOperations.PopCount(mask.Outside & start) & 1);
                    var row = pass->Rows + 8 * (nint)item->FirstRow;
                    if ((item->LaneFlip & (T.Count - 1)) != 0)
                    {
                        if (item->IsImaginary) Signed<Yes, Yes>(own, other, item, blocks, fix, mask.Block, row, sign, flippers, sums);
                        else Signed<No, Yes>(own, other, item, blocks, fix, mask.Block, row, sign, flippers, sums);
                    }
                    else if (item->IsImaginary) Signed<Yes, No>(own, other, item, blocks, fix, mask.Block, row, sign, flippers, sums);
                    else Signed<No, No>(own, other, item, blocks, fix, mask.Block, row, sign, flippers, sums);
                    continue;
                }
                var d = diagonal;
                if (pass->Diagonals is not null) d = pass->Diagonals + ((nint)item->Place << Math.Max(3, pass->Qubits)) + part * (partNumbers / 2);
                else ObservableKernels<T, TElement>.Fill(d, pass->Masks + item->FirstMask, pass->Rows + 8 * (nint)item->FirstRow, item->RowCount, (nuint)start, blocks);
                if (item->IsImaginary) Weighted<Yes>(own, other, item, blocks, fix, d, flippers, sums);
                else Weighted<No>(own, other, item, blocks, fix, d, flippers, sums);
            }
        }
        pass->Sums[unit] = Math.FusedMultiplyAdd(2, Tiles.Sum(twice), Tiles.Sum(once));
    }

    /// <summary>Σ ±w·Re(conj(a)·b), or of −Im. The sign costs nothing: blocks are taken in pairs of an even and an odd one, and each adds to a sum
    /// of its own.</summary>
    private static void Signed<TImaginary, TFlip>(
        TElement* own, TElement* other, ObservableItem* item, int blocks, uint fix, uint mask, double* row, double sign, double* flippers, double* sums)
        where TImaginary : struct, IFlag
        where TFlip : struct, IFlag
    {
        Debug.Assert(blocks >= 4);
        mask &= ~fix;
        var pivot = mask != 0 ? mask & (0 - mask) : fix == 1 ? 2u : 1u;
        var step = (nuint)pivot << 4;
        var walk = new PairWalk
        {
            From = own,
            Step = step,
            Flip = (nuint)item->BlockFlip << 4,
            Signs = (nuint)(mask & ~pivot) << 4,
            // All that is not the number of a block of the part is held too, so that the walk ends where it began.
            Holes = ~((nuint)(uint)(blocks - 1) << 4) | (nuint)fix << 4 | step,
        };
        var oddSign = T.Broadcast(mask != 0 ? -1 : 1);
        var weight = T.Broadcast(sign);
        var flipper = T.Load(flippers + 8 * (item->LaneFlip & (T.Count - 1)));
        var registerFlip = item->LaneFlip & ~(T.Count - 1);
        if (T.Count == 8)
        {
            walk.To = other;
            Walk<TImaginary, TFlip>(&walk, flipper, out var even, out var odd);
            T.Store(T.MultiplyAdd(weight * T.Load(row), T.MultiplyAdd(oddSign, odd, even), T.Load(sums)), sums);
            return;
        }
        for (var lane = 0; lane < 8; lane += 2 * T.Count)
        {
            walk.From = own + lane;
            walk.To = other + (lane ^ registerFlip);
            walk.Second = (lane + T.Count ^ registerFlip) - (lane ^ registerFlip);
            WalkTwo<TImaginary, TFlip>(&walk, flipper, out var even, out var odd, out var evenSecond, out var oddSecond);
            T.Store(T.MultiplyAdd(weight * T.Load(row + lane), T.MultiplyAdd(oddSign, odd, even), T.Load(sums + lane)), sums + lane);
            var next = sums + lane + T.Count;
            T.Store(T.MultiplyAdd(weight * T.Load(row + lane + T.Count), T.MultiplyAdd(oddSign, oddSecond, evenSecond), T.Load(next)), next);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Walk<TImaginary, TFlip>(PairWalk* walk, T flipper, out T even, out T odd)
        where TImaginary : struct, IFlag
        where TFlip : struct, IFlag
    {
        TElement* from = (TElement*)walk->From, to = (TElement*)walk->To;
        var (signs, step, flip, holes) = (walk->Signs, walk->Step, walk->Flip, walk->Holes);
        T sumEven = T.Broadcast(0), sumOdd = sumEven;
        nuint at = 0;
        do
        {
            var first = at | ((0 - Sweep.Parity(at, signs)) & step);
            sumEven = Add<TImaginary, TFlip>(from + first, to + (first ^ flip), flipper, sumEven);
            first ^= step;
            sumOdd = Add<TImaginary, TFlip>(from + first, to + (first ^ flip), flipper, sumOdd);
            at = ((at | holes) + 1) & ~holes;
        }
        while (at != 0);
        (even, odd) = (sumEven, sumOdd);
    }

    /// <summary>The same for two registers of every block, so that finding the blocks is shared. Four sums, no more: with eight the
    /// compiler runs out of registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void WalkTwo<TImaginary, TFlip>(PairWalk* walk, T flipper, out T even, out T odd, out T evenSecond, out T oddSecond)
        where TImaginary : struct, IFlag
        where TFlip : struct, IFlag
    {
        TElement* from = (TElement*)walk->From, to = (TElement*)walk->To;
        var (second, signs, step, flip, holes) = (walk->Second, walk->Signs, walk->Step, walk->Flip, walk->Holes);
        T sumEven = T.Broadcast(0), sumOdd = sumEven, sumEven2 = sumEven, sumOdd2 = sumEven;
        nuint at = 0;
        do
        {
            var first = at | ((0 - Sweep.Parity(at, signs)) & step);
            AddTwo<TImaginary, TFlip>(from + first, to + (first ^ flip), second, flipper, ref sumEven, ref sumEven2);
            first ^= step;
            AddTwo<TImaginary, TFlip>(from + first, to + (first ^ flip), second, flipper, ref sumOdd, ref sumOdd2);
            at = ((at | holes) + 1) & ~holes;
        }
        while (at != 0);
        (even, odd, evenSecond, oddSecond) = (sumEven, sumOdd, sumEven2, sumOdd2);
    }

    /// <summary>sum + Re(conj(own)·other), or sum − Im.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Add<TImaginary, TFlip>(TElement* own, TElement* other, T flipper, T sum)
        where TImaginary : struct, IFlag
        where TFlip : struct, IFlag
    {
        var (a, b) = (ComplexLanes<T>.Load(own), ComplexLanes<T>.Load(other));
        if (TFlip.IsSet) b = b.Flip(flipper);
        return TImaginary.IsSet
            ? T.SubtractProduct(a.Real, b.Imaginary, T.MultiplyAdd(a.Imaginary, b.Real, sum))
            : T.MultiplyAdd(a.Imaginary, b.Imaginary, T.MultiplyAdd(a.Real, b.Real, sum));
    }

    // The halves of a cache line by turns: two loads of the same half of different lines wait for one another.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwo<TImaginary, TFlip>(TElement* own, TElement* other, nint second, T flipper, ref T sum, ref T sum2)
        where TImaginary : struct, IFlag
        where TFlip : struct, IFlag
    {
        var plane = TImaginary.IsSet ? ComplexLanes<T>.Plane : 0;
        var (a, a2) = (ComplexLanes<T>.LoadReal(own + plane), ComplexLanes<T>.LoadReal(own + plane + T.Count));
        var (b, b2) = (ComplexLanes<T>.LoadReal(other), ComplexLanes<T>.LoadReal(other + second));
        if (TFlip.IsSet) (b, b2) = (T.Flip(b, flipper), T.Flip(b2, flipper));
        var (x, x2) = (T.MultiplyAdd(a, b, sum), T.MultiplyAdd(a2, b2, sum2));
        plane = ComplexLanes<T>.Plane - plane;
        (a, a2) = (ComplexLanes<T>.LoadReal(own + plane), ComplexLanes<T>.LoadReal(own + plane + T.Count));
        (b, b2) = (ComplexLanes<T>.LoadReal(other + ComplexLanes<T>.Plane), ComplexLanes<T>.LoadReal(other + ComplexLanes<T>.Plane + second));
        if (TFlip.IsSet) (b, b2) = (T.Flip(b, flipper), T.Flip(b2, flipper));
        sum = TImaginary.IsSet ? T.SubtractProduct(a, b, x) : T.MultiplyAdd(a, b, x);
        sum2 = TImaginary.IsSet ? T.SubtractProduct(a2, b2, x2) : T.MultiplyAdd(a2, b2, x2);
    }

    /// <summary>Σ d·Re(conj(a)·b), or of −Im.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weighted<TImaginary>(TElement* own, TElement* other, ObservableItem* item, int blocks, uint fix, double* d, double* flippers, double* sums)
        where TImaginary : struct, IFlag
    {
        var holes = (nuint)fix << 4 | 15;
        var count = fix == 0 ? blocks : blocks / 2;
        var flip = (nuint)item->BlockFlip << 4;
        var flipper = T.Load(flippers + 8 * (item->LaneFlip & (T.Count - 1)));
        for (var lane = 0; lane < 8; lane += T.Count)
        {
            var from = own + lane;
            var to = other + (lane ^ (item->LaneFlip & ~(T.Count - 1)));
            var weights = d + lane;
            var (sum, second) = (T.Load(sums + lane), T.Broadcast(0));
            nuint at = 0;
            for (var k = 0; k < count; k++)
            {
                var (a, b) = (ComplexLanes<T>.Load(from + at), ComplexLanes<T>.Load(to + (at ^ flip)).Flip(flipper));
                var product = TImaginary.IsSet
                    ? T.SubtractProduct(a.Real, b.Imaginary, a.Imaginary * b.Real)
                    : T.MultiplyAdd(a.Imaginary, b.Imaginary, a.Real * b.Real);
                (sum, second) = (second, T.MultiplyAdd(T.Load(weights + at / 2), product, sum));
                at = ((at | holes) + 1) & ~holes;
            }
            T.Store(sum + second, sums + lane);
        }
    }

    /// <summary>A number's bits at the places that are set.</summary>
    private static ulong Spread(ulong number, ulong places)
    {
        ulong result = 0;
        for (; number != 0; places &= places - 1)
        {
            if ((number & 1) != 0) result |= places & (0 - places);
            number >>= 1;
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(TElement* source, ulong* rows, ulong index, TElement* tile)
    {
        const int numbers = 2 << ObservablePlan.RowQubits;
        for (var row = 0; row < 1 << (ObservablePlan.TileQubits - ObservablePlan.RowQubits); row++, tile += numbers)
        {
            // Bytes, whatever numbers they are.
            double* from = (double*)(source + Sweep.OffsetOf(index ^ rows[row])), to = (double*)tile;
            for (nint k = 0; k < numbers * sizeof(TElement) / sizeof(double); k += T.Count) T.Store(T.Load(from + k), to + k);
        }
    }
}
