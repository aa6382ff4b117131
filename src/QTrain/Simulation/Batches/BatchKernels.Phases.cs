using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Batches;

internal sealed unsafe partial class BatchKernels<R, TVector>
{
    public override void PhaseTable(PhaseTableJob* job) => PhaseTable<No>(job);

    public override void PhaseTableBack(PhaseTableJob* job) => PhaseTable<Yes>(job);

    /// <summary><c>TBack</c>: undoes the phases on |ψ⟩ and |λ⟩ and takes their slopes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PhaseTable<TBack>(PhaseTableJob* job) where TBack : struct, IFlag
    {
        var scale = R.Load(job->Scale);
        R.Store(R.Broadcast(1), job->Scale);
        var direction = R.Broadcast(TBack.IsSet ? -1 : 1);
        BuildTable(job, job->Columns, job->ColumnBits, job->Slots, job->HasRows ? R.Broadcast(1) : scale, direction);
        var terms = job->Terms;
        for (var t = 0; t < job->ColumnTerms; t++, terms++) Twist(job, job->Columns, job->ColumnBits, terms->Column, terms->Slot, direction);
        if (job->HasRows)
        {
            BuildTable(job, job->Rows, job->RowBits, job->Slots + job->ColumnBits, scale, direction);
            for (var t = 0; t < job->RowTerms; t++, terms++) Twist(job, job->Rows, job->RowBits, terms->Row, terms->Slot, direction);
            for (var t = 0; t < job->MixedTerms; t++)
            {
                Twist(job, job->Columns, job->ColumnBits, terms[t].Column, terms[t].Slot, direction);
                // Changing the sign is a turn by twice the angle.
                var (s, c) = (R.Multiply(direction, R.Load(job->Sines + terms[t].Slot * R.Count)), R.Load(job->Cosines + terms[t].Slot * R.Count));
                R.Store(R.SubtractProduct(s, s, R.Multiply(c, c)), job->Mixed + 2 * t * R.Count);
                R.Store(R.Multiply(R.Add(s, s), c), job->Mixed + (2 * t + 1) * R.Count);
            }
        }
        var rows = (nuint)1 << job->RowBits;
        if (TBack.IsSet) Clear(job->ColumnSums, (1 + job->MixedTerms) << job->ColumnBits);
        var at = job->First;
        for (nuint k = 1; ; k++)
        {
            var row = (nint)((k - 1) ^ ((k - 1) >> 1));
            if (TBack.IsSet) ApplyRowBack(job, at, row, terms);
            else if (job->HasRows) ApplyRow(job, at, job->Rows + 2 * R.Count * row);
            else ApplyColumns(job, at);
            if (k == rows) break;
            var bit = BitOperations.TrailingZeroCount(k);
            at ^= job->RowFlips[bit];
            for (var f = job->Starts[bit]; f < job->Starts[bit + 1]; f++)
            {
                // From now on it turns the other way.
                var mixed = job->Flipped[f];
                var s = job->Mixed + (2 * mixed + 1) * R.Count;
                Twist(job->Columns, job->ColumnBits, terms[mixed].Column, R.Load(job->Mixed + 2 * mixed * R.Count), R.Multiply(R.Load(s), R.Broadcast(-1)));
                R.Store(R.Multiply(R.Load(s), R.Broadcast(-1)), s);
            }
        }
        if (TBack.IsSet) TakeSlopes(job, R.Multiply(scale, scale));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ApplyRow(PhaseTableJob* job, nuint at, double* row)
    {
        var (rr, ri) = (R.Load(row), R.Load(row + R.Count));
        var state = job->State;
        var offsets = job->ColumnOffsets;
        var column = job->Columns;
        for (nint k = 0; k < (nint)1 << job->ColumnBits; k++, column += 2 * R.Count)
        {
            var place = (double*)(state + (at ^ offsets[k]));
            var (cr, ci) = (R.Load(column), R.Load(column + R.Count));
            var fr = R.SubtractProduct(ri, ci, R.Multiply(rr, cr));
            var fi = R.MultiplyAdd(ri, cr, R.Multiply(rr, ci));
            var (re, im) = (R.Load(place), R.Load(place + R.Count));
            R.Store(R.SubtractProduct(im, fi, R.Multiply(re, fr)), place);
            R.Store(R.MultiplyAdd(im, fr, R.Multiply(re, fi)), place + R.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ApplyColumns(PhaseTableJob* job, nuint at)
    {
        var state = job->State;
        var offsets = job->ColumnOffsets;
        var column = job->Columns;
        for (nint k = 0; k < (nint)1 << job->ColumnBits; k++, column += 2 * R.Count)
        {
            var place = (double*)(state + (at ^ offsets[k]));
            var (fr, fi) = (R.Load(column), R.Load(column + R.Count));
            var (re, im) = (R.Load(place), R.Load(place + R.Count));
            R.Store(R.SubtractProduct(im, fi, R.Multiply(re, fr)), place);
            R.Store(R.MultiplyAdd(im, fr, R.Multiply(re, fi)), place + R.Count);
        }
    }

    /// <summary>Adds up Im λ*ψ, by which every phase moves the expectation, up to its sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ApplyRowBack(PhaseTableJob* job, nuint at, nint row, PhaseTerm* mixed)
    {
        var (rr, ri) = (R.Broadcast(1), R.Broadcast(0));
        if (job->HasRows) (rr, ri) = (R.Load(job->Rows + 2 * R.Count * row), R.Load(job->Rows + (2 * row + 1) * R.Count));
        var state = job->State;
        var bra = job->Bra;
        var offsets = job->ColumnOffsets;
        var column = job->Columns;
        var sums = job->ColumnSums;
        var ofRow = R.Broadcast(0);
        for (nint k = 0; k < (nint)1 << job->ColumnBits; k++, column += 2 * R.Count, sums += R.Count)
        {
            var (cr, ci) = (R.Load(column), R.Load(column + R.Count));
            var fr = R.SubtractProduct(ri, ci, R.Multiply(rr, cr));
            var fi = R.MultiplyAdd(ri, cr, R.Multiply(rr, ci));
            var place = (double*)(state + (at ^ offsets[k]));
            var (re, im) = (R.Load(place), R.Load(place + R.Count));
            R.Store(R.SubtractProduct(im, fi, R.Multiply(re, fr)), place);
            R.Store(R.MultiplyAdd(im, fr, R.Multiply(re, fi)), place + R.Count);
            place = (double*)(bra + (at ^ offsets[k]));
            var (lr, li) = (R.Load(place), R.Load(place + R.Count));
            R.Store(R.SubtractProduct(li, fi, R.Multiply(lr, fr)), place);
            R.Store(R.MultiplyAdd(li, fr, R.Multiply(lr, fi)), place + R.Count);
            var slope = R.SubtractProduct(li, re, R.Multiply(lr, im));
            ofRow = R.Add(ofRow, slope);
            R.Store(R.Add(R.Load(sums), slope), sums);
            for (var m = 0; m < job->MixedTerms; m++)
            {
                var sum = sums + ((m + 1) * R.Count << job->ColumnBits);
                var sign = R.Broadcast(1 - 2 * (BitOperations.PopCount((uint)row & mixed[m].Row) & 1));
                R.Store(R.MultiplyAdd(sign, slope, R.Load(sum)), sum);
            }
        }
        R.Store(ofRow, job->RowSums + row * R.Count);
    }

    private static void TakeSlopes(PhaseTableJob* job, TVector weight)
    {
        for (var bit = 0; bit < job->ColumnBits; bit++) Take(job->Slots[bit], job->ColumnSums, job->ColumnBits, 1U << bit);
        for (var bit = 0; bit < job->RowBits; bit++) Take(job->Slots[job->ColumnBits + bit], job->RowSums, job->RowBits, 1U << bit);
        var terms = job->Terms;
        for (var t = 0; t < job->ColumnTerms; t++, terms++) Take(terms->Slot, job->ColumnSums, job->ColumnBits, terms->Column);
        for (var t = 0; t < job->RowTerms; t++, terms++) Take(terms->Slot, job->RowSums, job->RowBits, terms->Row);
        for (var t = 0; t < job->MixedTerms; t++, terms++)
            Take(terms->Slot, job->ColumnSums + ((t + 1) * R.Count << job->ColumnBits), job->ColumnBits, terms->Column);

        void Take(int slot, double* sums, int bits, uint mask)
        {
            // Nothing there, or a constant.
            if (slot < 0) return;
            var (even, odd) = (R.Broadcast(0), R.Broadcast(0));
            for (uint k = 0; k < 1U << bits; k++, sums += R.Count)
            {
                if ((BitOperations.PopCount(k & mask) & 1) == 0) even = R.Add(even, R.Load(sums));
                else odd = R.Add(odd, R.Load(sums));
            }
            R.Store(R.Multiply(weight, R.SubtractProduct(odd, R.Broadcast(1), even)), job->Slopes + slot * R.Count);
        }
    }

    private static void Clear(double* registers, int count)
    {
        for (var k = 0; k < count; k++) R.Store(R.Broadcast(0), registers + k * R.Count);
    }

    /// <summary>The product of the phases that depend on one bit each, bit by bit: every one doubles what is there.</summary>
    private static void BuildTable(PhaseTableJob* job, double* table, int bits, int* slots, TVector first, TVector direction)
    {
        R.Store(first, table);
        R.Store(R.Broadcast(0), table + R.Count);
        for (var bit = 0; bit < bits; bit++)
        {
            var low = table;
            var high = table + 2 * R.Count * ((nint)1 << bit);
            var end = high;
            if (slots[bit] == PhaseTableJob.None)
            {
                for (; low < end; low += R.Count, high += R.Count) R.Store(R.Load(low), high);
                continue;
            }
            var (c, s) = (R.Load(job->Cosines + slots[bit] * R.Count), R.Multiply(direction, R.Load(job->Sines + slots[bit] * R.Count)));
            for (; low < end; low += 2 * R.Count, high += 2 * R.Count)
            {
                // e^{−iφ/2} where the bit is 0, e^{iφ/2} where it is 1.
                var (re, im) = (R.Load(low), R.Load(low + R.Count));
                var (cr, ci) = (R.Multiply(c, re), R.Multiply(c, im));
                R.Store(R.MultiplyAdd(s, im, cr), low);
                R.Store(R.SubtractProduct(s, re, ci), low + R.Count);
                R.Store(R.SubtractProduct(s, im, cr), high);
                R.Store(R.MultiplyAdd(s, re, ci), high + R.Count);
            }
        }
    }

    private static void Twist(PhaseTableJob* job, double* table, int bits, uint mask, int slot, TVector direction) => Twist(
        table, bits, mask, R.Load(job->Cosines + slot * R.Count), R.Multiply(direction, R.Load(job->Sines + slot * R.Count)));

    /// <summary>Multiplies with cos ∓ i·sin by the parity of the entry's number.</summary>
    private static void Twist(double* table, int bits, uint mask, TVector c, TVector s)
    {
        var minus = R.Multiply(s, R.Broadcast(-1));
        for (uint k = 0; k < 1U << bits; k++, table += 2 * R.Count)
        {
            var signed = (BitOperations.PopCount(k & mask) & 1) == 0 ? s : minus;
            var (re, im) = (R.Load(table), R.Load(table + R.Count));
            R.Store(R.MultiplyAdd(signed, im, R.Multiply(c, re)), table);
            R.Store(R.SubtractProduct(signed, re, R.Multiply(c, im)), table + R.Count);
        }
    }
}
