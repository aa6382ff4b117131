using System.Numerics;

namespace QTrain.Numerics.Dense;

/// <summary>Singular values and left singular vectors of dense complex matrices.</summary>
/// <remarks>
/// One-sided Jacobi rotations (Hestenes 1958) on the triangular factor of a pivoted QR decomposition, after which few sweeps are left to do
/// (Drmač &amp; Veselić 2008, LAPACK Working Notes 169 and 170). Of A† = Q·R·Πᵀ only R is needed: the left vectors of A are those of Π·R†.
/// Small singular values come out with as many digits as large ones. The right vectors are the rows of U†·A divided by their norms;
/// who truncates needs U and U†·A only.
/// An object owns the memory it works in; it is used by one thread at a time.
/// </remarks>
internal sealed unsafe class SingularVectors
{
    private const int MaxSweeps = 60;

    private readonly Orthogonalization _qr = new();
    private readonly ComplexColumns _columns = new();
    private double[] _squares = [];
    private double[] _values = [];
    private int[] _order = [];

    /// <summary>The singular values, descending. As many as the rank: those that are exactly zero are left out.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Rank);

    /// <summary>How many singular values there are.</summary>
    public int Rank { get; private set; }

    /// <summary>How much of Σσ² was left out beforehand as negligible.</summary>
    public double LeftOut { get; private set; }

    /// <summary>Finds the singular values and left vectors of a matrix.</summary>
    /// <param name="a">The matrix A, or the one whose adjoint is A; left as it is.</param>
    /// <param name="adjoint">Whether A is the adjoint of <paramref name="a"/>.</param>
    /// <param name="negligible">The part of Σσ² that may be left out beforehand, which makes a matrix of low rank a small one; 0: none.</param>
    /// <param name="table">The loops.</param>
    public void Decompose(ComplexMatrix a, bool adjoint, double negligible, DenseTable table)
    {
        Rank = _qr.RevealRank(a, !adjoint, _columns, negligible, table, out var leftOut);
        LeftOut = leftOut;
        if (_squares.Length < Rank)
        {
            var room = (int)BitOperations.RoundUpToPowerOf2((uint)Rank);
            (_squares, _values, _order) = (new double[room], new double[room], new int[room]);
        }
        for (var k = 0; k < Rank; k++) _order[k] = k;
        var sweep = 0;
        while (Sweep(table))
            if (++sweep == MaxSweeps) throw new ArithmeticException("The Jacobi rotations of a singular value decomposition did not converge: does it hold numbers that are not finite?");
        Measure(table);
        for (var k = 0; k < Rank; k++) _values[k] = Math.Sqrt(_squares[_order[k]]);
        while (Rank > 0 && _values[Rank - 1] == 0) Rank--;
    }

    /// <summary>Writes the first <paramref name="count"/> left vectors as columns, or their conjugates as rows.</summary>
    public void VectorsTo(ComplexMatrix target, int count, bool asRows)
    {
        var length = _columns.Length;
        target.Resize(asRows ? count : length, asRows ? length : count);
        for (var k = 0; k < count; k++)
        {
            var scale = 1 / _values[k];
            var real = _columns.Real(_order[k]);
            var imaginary = _columns.Imaginary(_order[k]);
            for (var i = 0; i < length; i++)
            {
                var to = asRows ? k * length + i : i * count + k;
                target.Real[to] = scale * real[i];
                target.Imaginary[to] = asRows ? -scale * imaginary[i] : scale * imaginary[i];
            }
        }
    }

    /// <summary>Squared norms of all columns, in descending order; insertion keeps those in place that are.</summary>
    private void Measure(DenseTable table)
    {
        var dot = stackalloc double[2];
        var stride = _columns.Stride;
        for (var k = 0; k < Rank; k++)
        {
            var column = _columns.At(k);
            table.Dot(column, column + stride, column, column + stride, stride, dot);
            _squares[k] = dot[0];
        }
        for (var k = 1; k < Rank; k++)
        {
            var moved = _order[k];
            var at = k;
            for (; at > 0 && _squares[_order[at - 1]] < _squares[moved]; at--) _order[at] = _order[at - 1];
            _order[at] = moved;
        }
    }

    /// <summary>Makes every pair of columns orthogonal once; false when all were.</summary>
    private bool Sweep(DenseTable table)
    {
        Measure(table);
        var tolerance = Math.Sqrt(Math.Max(_columns.Length, 1)) / (1L << 52);
        var (stride, rotated) = (_columns.Stride, false);
        var dot = stackalloc double[2];
        var coefficients = stackalloc double[6];
        for (var i = 0; i < Rank; i++)
            for (var j = i + 1; j < Rank; j++)
            {
                var (first, second) = (_order[i], _order[j]);
                // The larger first: rotations then never undo the order.
                if (_squares[second] > _squares[first]) (_order[i], _order[j], first, second) = (second, first, second, first);
                var (alpha, beta) = (_squares[first], _squares[second]);
                if (beta == 0) continue;
                double* a = _columns.At(first), b = _columns.At(second);
                table.Dot(a, a + stride, b, b + stride, stride, dot);
                var size = Math.Sqrt(dot[0] * dot[0] + dot[1] * dot[1]);
                if (!(size > tolerance * Math.Sqrt(alpha) * Math.Sqrt(beta))) continue;
                rotated = true;
                // e^{iφ} of a†b; b·e^{−iφ} makes the product real, and a plane rotation makes it zero.
                var (phaseReal, phaseImaginary) = (dot[0] / size, dot[1] / size);
                var zeta = (beta - alpha) / (2 * size);
                var t = (zeta > 0 ? 1 : -1) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
                var c = 1 / Math.Sqrt(1 + t * t);
                var s = c * t;
                (coefficients[0], coefficients[1]) = (c, s);
                (coefficients[2], coefficients[3]) = (s * phaseReal, -s * phaseImaginary);
                (coefficients[4], coefficients[5]) = (c * phaseReal, -c * phaseImaginary);
                table.Rotate(a, a + stride, b, b + stride, stride, coefficients);
                _squares[first] = alpha - t * size;
                _squares[second] = Math.Max(0, beta + t * size);
            }
        GC.KeepAlive(_columns);
        return rotated;
    }
}
