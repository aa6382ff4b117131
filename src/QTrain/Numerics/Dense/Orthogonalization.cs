using System.Numerics;

namespace QTrain.Numerics.Dense;

/// <summary>QR decompositions of dense complex matrices, by Householder reflections.</summary>
/// <remarks>Golub &amp; Van Loan 2013, chapter 5. With pivoting, columns are taken in order of what is left of them (Businger &amp; Golub 1965).
/// An object owns the memory it works in; it is used by one thread at a time.</remarks>
internal sealed unsafe class Orthogonalization
{
    private readonly ComplexColumns _work = new();
    private readonly ComplexColumns _q = new();
    private readonly ComplexMatrix _upper = new();
    private double[] _scales = [];
    private double[] _left = [];
    private double[] _original = [];
    private int[] _order = [];

    /// <summary>A = Q·R with orthonormal columns of Q, as many as the smaller side of A.</summary>
    /// <param name="a">The matrix, or the one whose adjoint is decomposed.</param>
    /// <param name="adjoint">Whether A is the adjoint of <paramref name="a"/>.</param>
    /// <param name="q">Receives Q, or Q† where <paramref name="adjoint"/>: the shape that goes back into the place of A.</param>
    /// <param name="r">Receives R, or R† where <paramref name="adjoint"/>.</param>
    /// <param name="table">The loops.</param>
    public void Decompose(ComplexMatrix a, bool adjoint, ComplexMatrix q, ComplexMatrix r, DenseTable table)
    {
        _work.SetTo(a, adjoint);
        var rank = Reduce(table, pivot: false, out _);
        if (adjoint)
        {
            r.Resize(_work.Count, rank);
            r.Clear();
            for (var column = 0; column < _work.Count; column++)
                for (var row = 0; row <= Math.Min(column, rank - 1); row++) r[column, row] = Complex.Conjugate(_upper[row, column]);
        }
        else
        {
            r.Resize(rank, _work.Count);
            r.Clear();
            for (var column = 0; column < _work.Count; column++)
                for (var row = 0; row <= Math.Min(column, rank - 1); row++) r[row, column] = _upper[row, column];
        }
        FormQ(rank, table);
        _q.CopyTo(q, rank, adjoint);
    }

    /// <summary>R of A·Π = Q·R for the permutation Π that takes the largest remaining column each time, without Q.</summary>
    /// <param name="a">The matrix, or the one whose adjoint is decomposed.</param>
    /// <param name="adjoint">Whether A is the adjoint of <paramref name="a"/>.</param>
    /// <param name="rDagger">Receives the columns of Π·R†: one for each row of R, as long as A has columns.</param>
    /// <param name="negligible">The part of ‖A‖² that may be left out; 0: none.</param>
    /// <param name="table">The loops.</param>
    /// <param name="leftOut">How much of ‖A‖² was left out.</param>
    /// <returns>How many rows R has: as many as the smaller side of A, fewer where the rest is negligible.</returns>
    public int RevealRank(ComplexMatrix a, bool adjoint, ComplexColumns rDagger, double negligible, DenseTable table, out double leftOut)
    {
        _work.SetTo(a, adjoint);
        var rank = Reduce(table, pivot: true, out leftOut, negligible);
        rDagger.Resize(_work.Count, rank);
        rDagger.Clear();
        for (var row = 0; row < rank; row++)
            for (var column = row; column < _work.Count; column++)
                rDagger[_order[column], row] = Complex.Conjugate(_upper[row, column]);
        return rank;
    }

    /// <summary>Leaves R in <see cref="_upper"/> and the reflections' vectors, from their diagonal on, in the columns.</summary>
    private int Reduce(DenseTable table, bool pivot, out double leftOut, double negligible = 0)
    {
        leftOut = 0;
        var (rows, columns) = (_work.Length, _work.Count);
        var steps = Math.Min(rows, columns);
        _upper.Resize(steps, columns);
        Room(ref _scales, columns);
        Room(ref _order, columns);
        for (var k = 0; k < columns; k++) _order[k] = k;
        var least = pivot ? negligible * StartNorms(columns, table) : 0;
        var dot = stackalloc double[2];
        var stride = _work.Stride;
        for (var k = 0; k < steps; k++)
        {
            if (pivot)
            {
                var largest = k;
                for (var j = k + 1; j < columns; j++)
                    if (_left[j] > _left[largest]) largest = j;
                var left = 0.0;
                for (var j = k; j < columns; j++) left += _left[j];
                if (left <= least)
                {
                    (steps, leftOut) = (k, Math.Max(0, left));
                    break;
                }
                if (largest != k) Exchange(k, largest);
            }
            var column = _work.At(k);
            for (var row = 0; row < k; row++)
            {
                _upper[row, k] = new Complex(column[row], column[stride + row]);
                column[row] = column[stride + row] = 0;
            }
            // What lies before the diagonal is zero now, so that whole registers may be read from the nearest boundary.
            nint from = k & ~7, rest = stride - from;
            table.Dot(column + from, column + stride + from, column + from, column + stride + from, rest, dot);
            var norm = Math.Sqrt(dot[0]);
            if (norm == 0)
            {
                _upper[k, k] = 0;
                _scales[k] = 0;
                continue;
            }
            var head = new Complex(column[k], column[stride + k]);
            var size = head.Magnitude;
            var diagonal = size == 0 ? -norm : -norm / size * head;
            // The reflection 1 − s·v·v† with v = x − diagonal·e: there is no cancellation in its head.
            var v = head - diagonal;
            (column[k], column[stride + k]) = (v.Real, v.Imaginary);
            _upper[k, k] = diagonal;
            _scales[k] = 1 / (norm * (norm + size));
            for (var j = k + 1; j < columns; j++)
            {
                var other = _work.At(j);
                // The head of the other column, above the diagonal, meets zeros of v.
                table.Dot(column + from, column + stride + from, other + from, other + stride + from, rest, dot);
                table.AddScaled(other + from, other + stride + from, -_scales[k] * dot[0], -_scales[k] * dot[1], column + from, column + stride + from, rest);
                if (pivot) Downdate(j, k, table, dot);
            }
        }
        for (var j = steps; j < columns; j++)
        {
            var column = _work.At(j);
            for (var row = 0; row < steps; row++) _upper[row, j] = new Complex(column[row], column[stride + row]);
        }
        GC.KeepAlive(_work);
        return steps;
    }

    private double StartNorms(int columns, DenseTable table)
    {
        var total = 0.0;
        Room(ref _left, columns);
        Room(ref _original, columns);
        var dot = stackalloc double[2];
        for (var j = 0; j < columns; j++)
        {
            var column = _work.At(j);
            table.Dot(column, column + _work.Stride, column, column + _work.Stride, _work.Stride, dot);
            _left[j] = _original[j] = dot[0];
            total += dot[0];
        }
        return total;
    }

    /// <summary>Takes row k off the squared norm that is left of a column; computes it anew once half of its digits are gone.</summary>
    private void Downdate(int j, int k, DenseTable table, double* dot)
    {
        var column = _work.At(j);
        var stride = _work.Stride;
        _left[j] -= column[k] * column[k] + column[stride + k] * column[stride + k];
        if (_left[j] > 1e-8 * _original[j]) return;
        var sum = 0.0;
        nint from = (k + 1 + 7) & ~7;
        for (nint row = k + 1; row < Math.Min(from, stride); row++) sum += column[row] * column[row] + column[stride + row] * column[stride + row];
        dot[0] = 0;
        if (from < stride) table.Dot(column + from, column + stride + from, column + from, column + stride + from, stride - from, dot);
        _left[j] = _original[j] = sum + dot[0];
    }

    private void Exchange(int k, int other)
    {
        (_order[k], _order[other]) = (_order[other], _order[k]);
        (_left[k], _left[other]) = (_left[other], _left[k]);
        (_original[k], _original[other]) = (_original[other], _original[k]);
        double* a = _work.At(k), b = _work.At(other);
        for (nint i = 0; i < 2 * _work.Stride; i++) (a[i], b[i]) = (b[i], a[i]);
    }

    /// <summary>Q = H₀H₁…, the first columns of it, into <see cref="_q"/>.</summary>
    private void FormQ(int rank, DenseTable table)
    {
        _q.Resize(_work.Length, rank);
        _q.Clear();
        var stride = _work.Stride;
        var dot = stackalloc double[2];
        for (var k = rank - 1; k >= 0; k--)
        {
            _q[k, k] = 1;
            if (_scales[k] == 0) continue;
            var v = _work.At(k);
            nint from = k & ~7, rest = stride - from;
            for (var j = k; j < rank; j++)
            {
                var target = _q.At(j);
                table.Dot(v + from, v + stride + from, target + from, target + stride + from, rest, dot);
                table.AddScaled(target + from, target + stride + from, -_scales[k] * dot[0], -_scales[k] * dot[1], v + from, v + stride + from, rest);
            }
        }
    }

    private static void Room<TItem>(ref TItem[] items, int count)
    {
        if (items.Length < count) items = new TItem[(int)BitOperations.RoundUpToPowerOf2((uint)count)];
    }
}
