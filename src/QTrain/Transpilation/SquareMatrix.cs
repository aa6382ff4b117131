using System.Numerics;
using QTrain.Numerics;

namespace QTrain.Transpilation;

/// <summary>A small dense complex matrix, for synthesis.</summary>
internal sealed class SquareMatrix(int size)
{
    public int Size { get; } = size;

    /// <summary>Row-major.</summary>
    public Complex[] Entries { get; } = new Complex[size * size];

    public Complex this[int row, int column]
    {
        get => Entries[row * Size + column];
        set => Entries[row * Size + column] = value;
    }

    public static SquareMatrix Of(Complex[,] matrix)
    {
        var copy = new SquareMatrix(matrix.GetLength(0));
        var at = 0;
        foreach (var entry in matrix) copy.Entries[at++] = entry;
        return copy;
    }

    public static SquareMatrix Identity(int size)
    {
        var one = new SquareMatrix(size);
        for (var k = 0; k < size; k++) one[k, k] = 1;
        return one;
    }

    public Complex[,] ToArray()
    {
        var array = new Complex[Size, Size];
        for (var row = 0; row < Size; row++)
            for (var column = 0; column < Size; column++) array[row, column] = this[row, column];
        return array;
    }

    public static SquareMatrix operator *(SquareMatrix left, SquareMatrix right)
    {
        var (size, product) = (left.Size, new SquareMatrix(left.Size));
        for (var row = 0; row < size; row++)
            for (var k = 0; k < size; k++)
            {
                var factor = left[row, k];
                for (var column = 0; column < size; column++) product.Entries[row * size + column] += factor * right.Entries[k * size + column];
            }
        return product;
    }

    public SquareMatrix Adjoint()
    {
        var adjoint = new SquareMatrix(Size);
        for (var row = 0; row < Size; row++)
            for (var column = 0; column < Size; column++) adjoint[column, row] = Complex.Conjugate(this[row, column]);
        return adjoint;
    }

    /// <summary>A quarter of the matrix, from a row and a column on.</summary>
    public SquareMatrix Block(int fromRow, int fromColumn)
    {
        var block = new SquareMatrix(Size / 2);
        for (var row = 0; row < block.Size; row++)
            for (var column = 0; column < block.Size; column++) block[row, column] = this[fromRow + row, fromColumn + column];
        return block;
    }

    public void ScaleRows(ReadOnlySpan<Complex> factors)
    {
        for (var row = 0; row < Size; row++)
            for (var column = 0; column < Size; column++) this[row, column] *= factors[row];
    }

    public double ColumnNorm(int column)
    {
        var sum = 0.0;
        for (var row = 0; row < Size; row++)
        {
            var entry = this[row, column];
            sum += entry.Real * entry.Real + entry.Imaginary * entry.Imaginary;
        }
        return Math.Sqrt(sum);
    }

    /// <summary>p·c − q·s* and p·s + q·c in place of columns p and q.</summary>
    public void Rotate(int p, int q, double cos, Complex sin)
    {
        for (var row = 0; row < Size; row++)
        {
            var (a, b) = (this[row, p], this[row, q]);
            (this[row, p], this[row, q]) = (cos * a - Complex.Conjugate(sin) * b, sin * a + cos * b);
        }
    }

    /// <summary>Orthonormal columns in the directions of these, which are orthogonal, large ones first; those that vanish get any direction that is left.</summary>
    public SquareMatrix Orthonormal()
    {
        var result = new SquareMatrix(Size);
        var done = new List<int>();
        var vector = new Complex[Size];
        foreach (var column in Enumerable.Range(0, Size).OrderByDescending(ColumnNorm))
        {
            for (var row = 0; row < Size; row++) vector[row] = this[row, column];
            var isDone = Scale(vector) > 1e-14 && Free(vector);
            for (var unit = 0; !isDone; unit++)
            {
                Array.Clear(vector);
                vector[unit] = 1;
                isDone = Free(vector);
            }
            for (var row = 0; row < Size; row++) result[row, column] = vector[row];
            done.Add(column);
        }
        return result;

        // Without the part along the columns already done; false when little is left.
        bool Free(Complex[] v)
        {
            for (var pass = 0; pass < 2; pass++)
            {
                foreach (var other in done)
                {
                    var overlap = Complex.Zero;
                    for (var row = 0; row < Size; row++) overlap += Complex.Conjugate(result[row, other]) * v[row];
                    for (var row = 0; row < Size; row++) v[row] -= overlap * result[row, other];
                }
                if (Scale(v) < 0.1 / Math.Sqrt(Size) && pass == 0) return false;
            }
            return true;
        }
    }

    /// <summary>Eigenvectors, as columns, and phases of the eigenvalues of a unitary matrix.</summary>
    /// <remarks>Those of the Hermitian cos κ·(U + U†)/2 + sin κ·(U − U†)/2i, of eigenvalues cos(φ − κ). Where two phases lie alike on both sides of κ
    /// their vectors mix; that shows, and another κ is taken.</remarks>
    public (SquareMatrix Vectors, double[] Phases) Eigen()
    {
        (SquareMatrix, double[])? best = null;
        var least = double.PositiveInfinity;
        for (var attempt = 0; attempt < 12 && least > 1e-13 * Size; attempt++)
        {
            var vectors = HermitianVectors(0.4 + 0.517 * attempt);
            var image = this * vectors;
            var phases = new double[Size];
            var worst = 0.0;
            for (var k = 0; k < Size; k++)
            {
                var value = Complex.Zero;
                for (var row = 0; row < Size; row++) value += Complex.Conjugate(vectors[row, k]) * image[row, k];
                phases[k] = value.Phase;
                var unit = Complex.FromPolarCoordinates(1, phases[k]);
                for (var row = 0; row < Size; row++) worst = Math.Max(worst, (image[row, k] - unit * vectors[row, k]).Magnitude);
            }
            if (worst < least) (best, least) = ((vectors, phases), worst);
        }
        return best!.Value;
    }

    private SquareMatrix HermitianVectors(double kappa)
    {
        var (sin, cos) = Math.SinCos(kappa);
        var n = Size;
        var doubled = new double[4 * n * n];
        for (var row = 0; row < n; row++)
            for (var column = 0; column < n; column++)
            {
                var (entry, mirrored) = (this[row, column], Complex.Conjugate(this[column, row]));
                var hermitian = cos * (entry + mirrored) / 2 + sin * (entry - mirrored) / new Complex(0, 2);
                // A + iB as [[A, −B], [B, A]].
                doubled[row * 2 * n + column] = doubled[(row + n) * 2 * n + column + n] = hermitian.Real;
                doubled[(row + n) * 2 * n + column] = hermitian.Imaginary;
                doubled[row * 2 * n + column + n] = -hermitian.Imaginary;
            }
        var (_, real) = SymmetricEigen.Decompose(doubled, 2 * n);
        // Every vector comes twice, once multiplied by some phase: those that depend on earlier ones are left out.
        var vectors = new SquareMatrix(n);
        var count = 0;
        var vector = new Complex[n];
        foreach (var candidate in real)
        {
            if (count == n) break;
            for (var row = 0; row < n; row++) vector[row] = new Complex(candidate[row], candidate[row + n]);
            Scale(vector);
            for (var pass = 0; pass < 2; pass++)
                for (var other = 0; other < count; other++)
                {
                    var overlap = Complex.Zero;
                    for (var row = 0; row < n; row++) overlap += Complex.Conjugate(vectors[row, other]) * vector[row];
                    for (var row = 0; row < n; row++) vector[row] -= overlap * vectors[row, other];
                }
            if (Scale(vector) < 0.3 / Math.Sqrt(n)) continue;
            for (var row = 0; row < n; row++) vectors[row, count] = vector[row];
            count++;
        }
        return vectors;
    }

    /// <summary>Makes a vector as long as 1, where it is not nothing; what its length was.</summary>
    private static double Scale(Complex[] vector)
    {
        var sum = 0.0;
        foreach (var entry in vector) sum += entry.Real * entry.Real + entry.Imaginary * entry.Imaginary;
        var norm = Math.Sqrt(sum);
        if (norm > 1e-300)
            for (var k = 0; k < vector.Length; k++) vector[k] /= norm;
        return norm;
    }
}
