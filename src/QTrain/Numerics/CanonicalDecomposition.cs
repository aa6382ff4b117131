using System.Numerics;
using System.Runtime.CompilerServices;

namespace QTrain.Numerics;

/// <summary>U = (L₁⊗L₀)·exp(i(x·X⊗X + y·Y⊗Y + z·Z⊗Z))·(R₁⊗R₀): a unitary of two qubits as rotations of each and one that joins them.</summary>
/// <remarks>
/// In the basis of Bell states, with phases that make products of one-qubit rotations real, U = K₁·Δ·K₂ with K real orthogonal and Δ diagonal;
/// UᵀU = K₂ᵀ·Δ²·K₂ gives K₂ as what makes the commuting real and imaginary part diagonal. Jacobi rotations do both at once, so eigenvalues that
/// coincide, or nearly do, cost no accuracy. Kraus &amp; Cirac 2001, arXiv:quant-ph/0011050; Makhlin 2002, arXiv:quant-ph/0002045;
/// Bunse-Gerstner, Byers &amp; Mehrmann 1993 for the rotations.
/// </remarks>
/// <param name="LeftHigh">2×2, row-major, on the qubit that is the higher bit of the matrix; carries the global phase.</param>
/// <param name="LeftLow">On the other qubit.</param>
/// <param name="RightHigh">Before the joint rotation.</param>
/// <param name="RightLow">Before the joint rotation.</param>
/// <param name="X">Radians, −π/4 … π/4.</param>
/// <param name="Y">Radians, −π/4 … π/4.</param>
/// <param name="Z">Radians, −π/4 … π/4, the largest of the three.</param>
internal sealed unsafe record CanonicalDecomposition(
    Complex[] LeftHigh, Complex[] LeftLow, Complex[] RightHigh, Complex[] RightLow, double X, double Y, double Z)
{
    private const int MostSweeps = 40;

    // Entries of a unitary matrix are known no better.
    private const double Negligible = 4e-16;

    // A sweep that found nothing larger leaves what rounding makes of it.
    private const double Rounding = 2e-15;

    private static readonly double Half = Math.Sqrt(0.5);

    private static readonly Complex[] PauliX = [0, 1, 1, 0], PauliY = [0, -Complex.ImaginaryOne, Complex.ImaginaryOne, 0], PauliZ = [1, 0, 0, -1];

    // Exchange two of the axes and turn the third around, on both qubits alike: the joint rotation keeps its form.
    private static readonly Complex[] ExchangeXZ = [Half, Half, Half, -Half], ExchangeYZ = [Half, new(0, -Half), new(0, Half), -Half];

    /// <param name="unitary">4×4, row-major.</param>
    public static CanonicalDecomposition Of(ReadOnlySpan<Complex> unitary)
    {
        Complex[] u = [.. unitary];
        ToBellBasis(u);
        var right = Diagonalizer(u);
        if (Determinant(right) < 0)
            for (var row = 0; row < 4; row++) right[4 * row] = -right[4 * row];

        // K₁·Δ = U·P: each column is a real vector times a phase.
        var left = new double[16];
        Span<double> phases = stackalloc double[4];
        Span<Complex> image = stackalloc Complex[4];
        for (var column = 0; column < 4; column++)
        {
            var square = Complex.Zero;
            for (var row = 0; row < 4; row++)
            {
                image[row] = Complex.Zero;
                for (var k = 0; k < 4; k++) image[row] += u[4 * row + k] * right[4 * k + column];
                square += image[row] * image[row];
            }
            phases[column] = square.Phase / 2;
            var back = Complex.FromPolarCoordinates(1, -phases[column]);
            for (var row = 0; row < 4; row++) left[4 * row + column] = (image[row] * back).Real;
        }
        if (Determinant(left) < 0)
        {
            phases[0] += Math.PI;
            for (var row = 0; row < 4; row++) left[4 * row] = -left[4 * row];
        }
        var (leftHigh, leftLow) = Factors(InStandardBasis(left, isTransposed: false));
        var (rightHigh, rightLow) = Factors(InStandardBasis(right, isTransposed: true));
        Span<double> joint =
        [
            (phases[0] + phases[1] - phases[2] - phases[3]) / 4,
            (-phases[0] + phases[1] - phases[2] + phases[3]) / 4,
            (phases[0] - phases[1] - phases[2] + phases[3]) / 4,
        ];
        var global = Complex.FromPolarCoordinates(1, (phases[0] + phases[1] + phases[2] + phases[3]) / 4);
        for (var axis = 0; axis < 3; axis++)
        {
            // exp(iπ/2·XX) = i·XX.
            var quarters = (int)Math.Round(joint[axis] / (Math.PI / 2));
            joint[axis] -= quarters * (Math.PI / 2);
            if ((quarters & 1) != 0)
            {
                var pauli = axis == 0 ? PauliX : axis == 1 ? PauliY : PauliZ;
                leftHigh = Multiply(leftHigh, pauli, 2);
                leftLow = Multiply(leftLow, pauli, 2);
            }
            global *= (quarters & 3) switch { 0 => 1, 1 => Complex.ImaginaryOne, 2 => -1, _ => -Complex.ImaginaryOne };
        }
        for (var k = 0; k < 4; k++) leftHigh[k] *= global;
        var (x, y, z) = (joint[0], joint[1], joint[2]);
        if (Math.Abs(x) > Math.Abs(z) && Math.Abs(x) >= Math.Abs(y))
        {
            Exchange(ExchangeXZ);
            (x, z) = (z, x);
        }
        else if (Math.Abs(y) > Math.Abs(z))
        {
            Exchange(ExchangeYZ);
            (y, z) = (z, y);
        }
        return new CanonicalDecomposition(leftHigh, leftLow, rightHigh, rightLow, x, y, z);

        void Exchange(Complex[] axes)
        {
            (leftHigh, leftLow) = (Multiply(leftHigh, axes, 2), Multiply(leftLow, axes, 2));
            (rightHigh, rightLow) = (Multiply(axes, rightHigh, 2), Multiply(axes, rightLow, 2));
        }
    }

    /// <summary>Matrix product, row-major.</summary>
    public static Complex[] Multiply(ReadOnlySpan<Complex> left, ReadOnlySpan<Complex> right, int size)
    {
        var product = new Complex[size * size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
            {
                var sum = Complex.Zero;
                for (var k = 0; k < size; k++) sum += left[row * size + k] * right[k * size + column];
                product[row * size + column] = sum;
            }
        return product;
    }

    /// <summary>High ⊗ low, of 2×2 matrices.</summary>
    public static Complex[] Kronecker(ReadOnlySpan<Complex> high, ReadOnlySpan<Complex> low)
    {
        var product = new Complex[16];
        for (var row = 0; row < 4; row++)
            for (var column = 0; column < 4; column++)
                product[4 * row + column] = high[(row >> 1) * 2 + (column >> 1)] * low[(row & 1) * 2 + (column & 1)];
        return product;
    }

    /// <summary>Columns and rows become those of (|00⟩+|11⟩), i(|01⟩+|10⟩), (|01⟩−|10⟩), i(|00⟩−|11⟩), over √2.</summary>
    private static void ToBellBasis(Complex[] matrix)
    {
        for (var row = 0; row < 4; row++) Change(ref matrix[4 * row], ref matrix[4 * row + 1], ref matrix[4 * row + 2], ref matrix[4 * row + 3], Half);
        for (var column = 0; column < 4; column++) Change(ref matrix[column], ref matrix[4 + column], ref matrix[8 + column], ref matrix[12 + column], -Half);

        static void Change(ref Complex a, ref Complex b, ref Complex c, ref Complex d, double half)
        {
            var i = new Complex(0, half);
            (a, b, c, d) = (Half * (a + d), i * (b + c), Half * (b - c), i * (a - d));
        }
    }

    private static void FromBellBasis(Complex[] matrix)
    {
        for (var row = 0; row < 4; row++) Change(ref matrix[4 * row], ref matrix[4 * row + 1], ref matrix[4 * row + 2], ref matrix[4 * row + 3], -Half);
        for (var column = 0; column < 4; column++) Change(ref matrix[column], ref matrix[4 + column], ref matrix[8 + column], ref matrix[12 + column], Half);

        static void Change(ref Complex a, ref Complex b, ref Complex c, ref Complex d, double half)
        {
            var i = new Complex(0, half);
            (a, b, c, d) = (Half * a + i * d, i * b + Half * c, i * b - Half * c, Half * a - i * d);
        }
    }

    /// <summary>A real orthogonal matrix, its columns eigenvectors of UᵀU.</summary>
    private static double[] Diagonalizer(Complex[] u)
    {
        // Of symmetric matrices only the entries on the diagonal and above it are kept.
        double* re = stackalloc double[16], im = stackalloc double[16];
        for (var row = 0; row < 4; row++)
            for (var column = row; column < 4; column++)
            {
                var sum = Complex.Zero;
                for (var k = 0; k < 4; k++) sum += u[4 * k + row] * u[4 * k + column];
                (re[4 * row + column], im[4 * row + column]) = (sum.Real, sum.Imaginary);
            }
        var vectors = new double[16];
        for (var k = 0; k < 4; k++) vectors[5 * k] = 1;
        fixed (double* v = vectors)
            for (var sweep = 0; sweep < MostSweeps; sweep++)
            {
                var largest = Turn(re, im, v, 0, 1, 2, 3);
                largest = Math.Max(largest, Turn(re, im, v, 0, 2, 1, 3));
                largest = Math.Max(largest, Turn(re, im, v, 0, 3, 1, 2));
                largest = Math.Max(largest, Turn(re, im, v, 1, 2, 0, 3));
                largest = Math.Max(largest, Turn(re, im, v, 1, 3, 0, 2));
                largest = Math.Max(largest, Turn(re, im, v, 2, 3, 0, 1));
                if (largest < Rounding) break;
            }
        return vectors;
    }

    /// <summary>Turns axes p and q by the angle that makes the two entries off the diagonal, one of each matrix, as small as possible. k and l are the
    /// other axes.</summary>
    /// <returns>The larger of the two entries, doubled.</returns>
    private static double Turn(double* re, double* im, double* vectors, int p, int q, int k, int l)
    {
        var (d1, o1) = (re[5 * p] - re[5 * q], 2 * re[4 * p + q]);
        var (d2, o2) = (im[5 * p] - im[5 * q], 2 * im[4 * p + q]);
        var size = Math.Max(Math.Abs(o1), Math.Abs(o2));
        if (size < Negligible) return size;
        var (cos, sin) = QuarterOf(d1 * d1 + d2 * d2 - o1 * o1 - o2 * o2, 2 * (d1 * o1 + d2 * o2));
        Both(re);
        Both(im);
        for (var row = 0; row < 4; row++) Pair(ref vectors[4 * row + p], ref vectors[4 * row + q]);
        return size;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Both(double* m)
        {
            var (pp, qq, pq) = (m[5 * p], m[5 * q], m[4 * p + q]);
            var (first, second) = (cos * pp + sin * pq, cos * pq + sin * qq);
            m[5 * p] = cos * first + sin * second;
            m[4 * p + q] = cos * second - sin * first;
            m[5 * q] = cos * (cos * qq - sin * pq) - sin * (cos * pq - sin * pp);
            Pair(ref m[Place(p, k)], ref m[Place(q, k)]);
            Pair(ref m[Place(p, l)], ref m[Place(q, l)]);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Pair(ref double a, ref double b) => (a, b) = (cos * a + sin * b, cos * b - sin * a);

        static int Place(int row, int column) => row < column ? 4 * row + column : 4 * column + row;
    }

    /// <summary>Cosine and sine of a quarter of the angle of (x, y), by halving it twice: much less than an arc tangent and a sine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (double Cos, double Sin) QuarterOf(double x, double y)
    {
        var length = Math.Sqrt(x * x + y * y);
        if (length == 0) return (1, 0);
        // The larger of the two by its square, the other from their product.
        var (cos, sin) = (Math.Sqrt((1 + Math.Abs(x) / length) / 2), 0.0);
        sin = Math.Abs(y) / (2 * length * cos);
        if (x < 0) (cos, sin) = (sin, cos);
        cos = Math.Sqrt((1 + cos) / 2);
        return (cos, Math.CopySign(sin / (2 * cos), y));
    }

    private static Complex[] InStandardBasis(double[] orthogonal, bool isTransposed)
    {
        var matrix = new Complex[16];
        for (var row = 0; row < 4; row++)
            for (var column = 0; column < 4; column++) matrix[4 * row + column] = orthogonal[isTransposed ? 4 * column + row : 4 * row + column];
        FromBellBasis(matrix);
        return matrix;
    }

    /// <summary>A product of two one-qubit rotations taken apart.</summary>
    private static (Complex[] High, Complex[] Low) Factors(Complex[] product)
    {
        // The block of the high qubit's largest entry is the low qubit's matrix times that entry.
        var (best, size) = (0, 0.0);
        for (var block = 0; block < 4; block++)
        {
            var norm = 0.0;
            for (var k = 0; k < 4; k++) norm += Squared(product[Index(block, k)]);
            if (norm > size) (best, size) = (block, norm);
        }
        var low = new Complex[4];
        for (var k = 0; k < 4; k++) low[k] = product[Index(best, k)];
        var scale = 1 / Complex.Sqrt(low[0] * low[3] - low[1] * low[2]);
        for (var k = 0; k < 4; k++) low[k] *= scale;
        var high = new Complex[4];
        for (var block = 0; block < 4; block++)
            for (var k = 0; k < 4; k++) high[block] += product[Index(block, k)] * Complex.Conjugate(low[k]) / 2;
        return (high, low);

        static int Index(int block, int k) => 4 * (2 * (block >> 1) + (k >> 1)) + 2 * (block & 1) + (k & 1);
        static double Squared(Complex value) => value.Real * value.Real + value.Imaginary * value.Imaginary;
    }

    private static double Determinant(double[] m)
    {
        // By the minors of the first two rows and of the last two.
        return Minor(0, 0, 1) * Minor(8, 2, 3) - Minor(0, 0, 2) * Minor(8, 1, 3) + Minor(0, 0, 3) * Minor(8, 1, 2)
            + Minor(0, 1, 2) * Minor(8, 0, 3) - Minor(0, 1, 3) * Minor(8, 0, 2) + Minor(0, 2, 3) * Minor(8, 0, 1);

        double Minor(int row, int a, int b) => m[row + a] * m[row + 4 + b] - m[row + b] * m[row + 4 + a];
    }
}
