using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>A term whose sign depends on the row: where a bit of its row mask flips, the column is turned by twice its angle.</summary>
internal struct DiagonalTerm
{
    /// <summary>Parity mask inside the column.</summary>
    public uint Column;

    /// <summary>Cosine and sine of the whole angle: from e^{−iφ/2} to e^{+iφ/2}.</summary>
    public double Cos, Sin;

    /// <summary>+1 or −1 in the row where the pass is.</summary>
    public double Sign;
}

/// <summary>One pass of merged phases over a tile: amplitude (row, column) is multiplied with Row[row]·Column[column].</summary>
/// <remarks>Rows are visited in a Gray code, so that from one to the next only the terms that hold one row qubit change their sign.</remarks>
internal unsafe struct DiagonalPass
{
    /// <summary>Blocks of the column, in the state's layout.</summary>
    public void* Column;

    /// <summary>Row factors, in the state's layout.</summary>
    public void* Rows;

    /// <summary>Blocks of eight in a column.</summary>
    public int ColumnBlocks;

    /// <summary>The first row, and how many bits of the row number vary.</summary>
    public int FirstRow, VaryingBits;

    /// <summary>The bit of the row number that flips at each position of the Gray code, and where its terms begin in <see cref="Flipped"/>.</summary>
    public fixed int Bits[32];

    public fixed int Starts[33];

    /// <summary>Numbers of <see cref="Terms"/>.</summary>
    public int* Flipped;

    public DiagonalTerm* Terms;

    /// <summary>Where each row is loaded from and stored to.</summary>
    public nint* SourceRows, TargetRows;
}

/// <summary>Sums of one pass back: w over each row, and over the rows, signed by a row mask, for each column.</summary>
internal unsafe struct DiagonalSums
{
    public double* RowTotals;

    /// <summary>Row masks of the terms that depend on the column, and room for their signs in a row.</summary>
    public uint* RowMasks;

    public double* RowSigns;

    public int RowMaskCount;

    /// <summary>For each row mask 8·blocks numbers.</summary>
    public void* Columns;
}

internal static unsafe class DiagonalKernels<R, TVector, TElement>
    where R : struct, IRegister<TVector, TElement>
    where TVector : unmanaged
    where TElement : unmanaged
{
    private static readonly void* Signs = MakeSigns();

    /// <summary>target = Row·Column·source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(DiagonalPass* pass, void* source, void* target)
    {
        var row = pass->FirstRow;
        var blocks = pass->ColumnBlocks;
        var rows = (TElement*)pass->Rows;
        var column = (TElement*)pass->Column;
        var count = 1 << pass->VaryingBits;
        for (var k = 1; ; k++)
        {
            var factor = rows + 16 * (row >> 3) + (row & 7);
            var (re, im) = (R.Splat(factor), R.Splat(factor + 8));
            var from = (TElement*)source + pass->SourceRows[row];
            var to = (TElement*)target + pass->TargetRows[row];
            for (nint b = 0; b < 16 * blocks; b += 16)
                for (nint lane = 0; lane < 8; lane += R.Count)
                {
                    var at = b + lane;
                    var (cr, ci) = (R.Load(column + at), R.Load(column + at + 8));
                    var pr = R.SubtractProduct(im, ci, R.Multiply(re, cr));
                    var pi = R.MultiplyAdd(im, cr, R.Multiply(re, ci));
                    var (ar, ai) = (R.Load(from + at), R.Load(from + at + 8));
                    R.Store(R.SubtractProduct(pi, ai, R.Multiply(pr, ar)), to + at);
                    R.Store(R.MultiplyAdd(pi, ar, R.Multiply(pr, ai)), to + at + 8);
                }
            if (k == count) return;
            var position = BitOperations.TrailingZeroCount(k);
            row ^= 1 << pass->Bits[position];
            for (var f = pass->Starts[position]; f < pass->Starts[position + 1]; f++)
            {
                var term = pass->Terms + pass->Flipped[f];
                Twist(column, blocks, term->Column, term->Cos, term->Sign * term->Sin);
                term->Sign = -term->Sign;
            }
        }
    }

    /// <summary>Both states times conj(Row·Column), and the sums of w = Im(conj(bra)·ket) that the slopes of the phases are made of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ApplyBack(DiagonalPass* pass, BackPlaces* places, DiagonalSums* sums)
    {
        var row = pass->FirstRow;
        var blocks = pass->ColumnBlocks;
        var rows = (TElement*)pass->Rows;
        var column = (TElement*)pass->Column;
        var signs = sums->RowSigns;
        var masks = sums->RowMasks;
        var tables = sums->RowMaskCount;
        var count = 1 << pass->VaryingBits;
        for (var k = 1; ; k++)
        {
            var factor = rows + 16 * (row >> 3) + (row & 7);
            var (re, im) = (R.Splat(factor), R.Splat(factor + 8));
            var (source, target) = (pass->SourceRows[row], pass->TargetRows[row]);
            var ketSource = (TElement*)places->KetSource + source;
            var ket = (TElement*)places->Ket + target;
            var braSource = (TElement*)places->BraSource + source;
            var bra = (TElement*)places->Bra + target;
            for (var m = 0; m < tables; m++) signs[m] = 1 - 2 * (BitOperations.PopCount((uint)row & masks[m]) & 1);
            var total = R.Broadcast(0);
            for (nint b = 0; b < blocks; b++)
                for (nint lane = 0; lane < 8; lane += R.Count)
                {
                    var at = 16 * b + lane;
                    var (cr, ci) = (R.Load(column + at), R.Load(column + at + 8));
                    var pr = R.SubtractProduct(im, ci, R.Multiply(re, cr));
                    var pi = R.MultiplyAdd(im, cr, R.Multiply(re, ci));
                    var ar = R.Load(ketSource + at);
                    var ai = R.Load(ketSource + at + 8);
                    var br = R.Load(braSource + at);
                    var bi = R.Load(braSource + at + 8);
                    var w = R.SubtractProduct(bi, ar, R.Multiply(br, ai));
                    total = R.Add(total, w);
                    R.Store(R.MultiplyAdd(pi, ai, R.Multiply(pr, ar)), ket + at);
                    R.Store(R.SubtractProduct(pi, ar, R.Multiply(pr, ai)), ket + at + 8);
                    R.Store(R.MultiplyAdd(pi, bi, R.Multiply(pr, br)), bra + at);
                    R.Store(R.SubtractProduct(pi, br, R.Multiply(pr, bi)), bra + at + 8);
                    for (var m = 0; m < tables; m++)
                    {
                        var place = (TElement*)sums->Columns + 8 * (m * blocks + b) + lane;
                        R.Store(R.MultiplyAdd(R.Broadcast(signs[m]), w, R.Load(place)), place);
                    }
                }
            sums->RowTotals[row] = Sum(total);
            if (k == count) return;
            var position = BitOperations.TrailingZeroCount(k);
            row ^= 1 << pass->Bits[position];
            for (var f = pass->Starts[position]; f < pass->Starts[position + 1]; f++)
            {
                var term = pass->Terms + pass->Flipped[f];
                Twist(column, blocks, term->Column, term->Cos, term->Sign * term->Sin);
                term->Sign = -term->Sign;
            }
        }
    }

    /// <summary>Σ ±table[c] by the parity of c under a mask.</summary>
    public static double SignedSum(void* table, int blocks, uint mask)
    {
        var sum = 0.0;
        for (var c = 0; c < 8 * blocks; c++)
        {
            var value = R.ToDouble(((TElement*)table)[c]);
            sum += (BitOperations.PopCount((uint)c & mask) & 1) == 0 ? value : -value;
        }
        return sum;
    }

    private static double Sum(TVector value)
    {
        TElement* lanes = stackalloc TElement[8];
        R.Store(value, lanes);
        var sum = 0.0;
        for (var lane = 0; lane < R.Count; lane++) sum += R.ToDouble(lanes[lane]);
        return sum;
    }

    /// <summary>Multiplies a table, in the state's layout, with re + i·im where the entry's number has an even parity under the mask, with
    /// re − i·im where it is odd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Twist(void* table, int blocks, uint mask, double re, double im)
    {
        // ±1 a lane by the parity of its number under the lowest three bits of the mask: kept for all eight masks.
        var signs = (TElement*)Signs + 8 * (mask & 7);
        var cos = R.Broadcast(re);
        var (plus, minus) = (R.Broadcast(im), R.Broadcast(-im));
        for (nint lane = 0; lane < 8; lane += R.Count)
        {
            var sign = R.Load(signs + lane);
            var (even, odd) = (R.Multiply(sign, plus), R.Multiply(sign, minus));
            for (var b = 0; b < blocks; b++)
            {
                var place = (TElement*)table + 16 * b + lane;
                var sin = (BitOperations.PopCount((uint)b & (mask >> 3)) & 1) == 0 ? even : odd;
                var (ar, ai) = (R.Load(place), R.Load(place + 8));
                R.Store(R.SubtractProduct(sin, ai, R.Multiply(cos, ar)), place);
                R.Store(R.MultiplyAdd(sin, ar, R.Multiply(cos, ai)), place + 8);
            }
        }
    }

    /// <summary>Makes every entry of a table re + i·im.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(void* table, int blocks, double re, double im)
    {
        var (cos, sin) = (R.Broadcast(re), R.Broadcast(im));
        for (var b = 0; b < blocks; b++)
            for (nint lane = 0; lane < 8; lane += R.Count)
            {
                var place = (TElement*)table + 16 * b + lane;
                R.Store(cos, place);
                R.Store(sin, place + 8);
            }
    }

    private static void* MakeSigns()
    {
        var signs = (TElement*)NativeMemory.AlignedAlloc((nuint)(64 * sizeof(TElement)), 64);
        TElement* spread = stackalloc TElement[8];
        for (var mask = 0; mask < 8; mask++)
            for (var lane = 0; lane < 8; lane++)
            {
                R.Store(R.Broadcast(1 - 2 * (BitOperations.PopCount((uint)(mask & lane)) & 1)), spread);
                signs[8 * mask + lane] = spread[0];
            }
        return signs;
    }
}
