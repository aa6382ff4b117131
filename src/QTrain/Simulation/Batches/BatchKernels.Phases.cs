using System.Numerics;
using System.Runtime.CompilerServices;

namespace QTrain.Simulation.Batches;

internal sealed unsafe partial class BatchKernels<R, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void PhaseTable(PhaseTableJob* job)
    {
        var scale = R.Load(job->Scale);
        R.Store(R.Broadcast(1), job->Scale);
        BuildTable(job, job->Columns, job->ColumnBits, job->Slots, job->HasRows ? R.Broadcast(1) : scale);
        var terms = job->Terms;
        for (var t = 0; t < job->ColumnTerms; t++, terms++) Twist(job, job->Columns, job->ColumnBits, terms->Column, terms->Slot);
        if (job->HasRows)
        {
            BuildTable(job, job->Rows, job->RowBits, job->Slots + job->ColumnBits, scale);
            for (var t = 0; t < job->RowTerms; t++, terms++) Twist(job, job->Rows, job->RowBits, terms->Row, terms->Slot);
            for (var t = 0; t < job->MixedTerms; t++)
            {
                Twist(job, job->Columns, job->ColumnBits, terms[t].Column, terms[t].Slot);
                // Changing the sign is a turn by twice the angle.
                var (s, c) = (R.Load(job->Sines + terms[t].Slot * R.Count), R.Load(job->Cosines + terms[t].Slot * R.Count));
                R.Store(R.SubtractProduct(s, s, R.Multiply(c, c)), job->Mixed + 2 * t * R.Count);
                R.Store(R.Multiply(R.Add(s, s), c), job->Mixed + (2 * t + 1) * R.Count);
            }
        }
        var rows = (nuint)1 << job->RowBits;
        var at = job->First;
        for (nuint k = 1; ; k++)
        {
            if (job->HasRows) ApplyRow(job, at, job->Rows + 2 * R.Count * (nint)((k - 1) ^ ((k - 1) >> 1)));
            else ApplyColumns(job, at);
            if (k == rows) return;
            var bit = BitOperations.TrailingZeroCount(k);
            at ^= job->RowFlips[bit];
            for (var f = job->Starts[bit]; f < job->Starts[bit + 1]; f++)
            {
                // From now on it turns the other way.
                var mixed = job->Flipped[f];
                var c = job->Mixed + 2 * mixed * R.Count;
                var s = job->Mixed + (2 * mixed + 1) * R.Count;
                Twist(job->Columns, job->ColumnBits, terms[mixed].Column, R.Load(c), R.Multiply(R.Load(s), R.Broadcast(-1)));
                R.Store(R.Multiply(R.Load(s), R.Broadcast(-1)), s);
            }
        }
    }

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

    /// <summary>The product of the phases that depend on one bit each, bit by bit: every one doubles what is there.</summary>
    private static void BuildTable(PhaseTableJob* job, double* table, int bits, int* slots, TVector first)
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
            var (c, s) = (R.Load(job->Cosines + slots[bit] * R.Count), R.Load(job->Sines + slots[bit] * R.Count));
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

    private static void Twist(PhaseTableJob* job, double* table, int bits, uint mask, int slot) => Twist(
        table, bits, mask, R.Load(job->Cosines + slot * R.Count), R.Load(job->Sines + slot * R.Count));

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
