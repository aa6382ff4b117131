using System.Numerics;
using QTrain.Numerics;
using QTrain.Numerics.Dense;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Numerics;

/// <summary>Random matrices and plain loops to compare with.</summary>
internal static class DenseReference
{
    public static ComplexMatrix Random(int rows, int columns, ulong seed)
    {
        var random = new RandomStream(seed, 501);
        var matrix = new ComplexMatrix(rows, columns);
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++) matrix[row, column] = new Complex(random.NextGaussian(), random.NextGaussian());
        return matrix;
    }

    public static ComplexMatrix Product(ComplexMatrix left, ComplexMatrix right)
    {
        var product = new ComplexMatrix(left.Rows, right.Columns);
        for (var row = 0; row < left.Rows; row++)
            for (var column = 0; column < right.Columns; column++)
            {
                Complex sum = 0;
                for (var k = 0; k < left.Columns; k++) sum += left[row, k] * right[k, column];
                product[row, column] = sum;
            }
        return product;
    }

    public static ComplexMatrix Adjoint(ComplexMatrix matrix)
    {
        var adjoint = new ComplexMatrix(matrix.Columns, matrix.Rows);
        for (var row = 0; row < matrix.Rows; row++)
            for (var column = 0; column < matrix.Columns; column++) adjoint[column, row] = Complex.Conjugate(matrix[row, column]);
        return adjoint;
    }

    /// <summary>A matrix of given singular values: orthonormal columns, times them, times orthonormal rows.</summary>
    public static ComplexMatrix Spectrum(int rows, int columns, double[] values, ulong seed)
    {
        var (left, right) = (Orthonormal(rows, values.Length, seed), Orthonormal(columns, values.Length, seed + 1));
        for (var row = 0; row < rows; row++)
            for (var k = 0; k < values.Length; k++) left[row, k] *= values[k];
        return Product(left, Adjoint(right));
    }

    public static double Largest(ComplexMatrix matrix)
    {
        var largest = 0.0;
        for (var row = 0; row < matrix.Rows; row++)
            for (var column = 0; column < matrix.Columns; column++) largest = Math.Max(largest, matrix[row, column].Magnitude);
        return largest;
    }

    public static double Distance(ComplexMatrix left, ComplexMatrix right)
    {
        (left.Rows, left.Columns).ShouldBe((right.Rows, right.Columns));
        var difference = new ComplexMatrix(left.Rows, left.Columns);
        for (var row = 0; row < left.Rows; row++)
            for (var column = 0; column < left.Columns; column++) difference[row, column] = left[row, column] - right[row, column];
        return Largest(difference);
    }

    public static ComplexMatrix Identity(int size)
    {
        var identity = new ComplexMatrix(size, size);
        for (var k = 0; k < size; k++) identity[k, k] = 1;
        return identity;
    }

    // Gram–Schmidt on Gaussian columns, twice.
    private static ComplexMatrix Orthonormal(int rows, int columns, ulong seed)
    {
        var matrix = Random(rows, columns, seed);
        for (var column = 0; column < columns; column++)
        {
            for (var pass = 0; pass < 2; pass++)
                for (var earlier = 0; earlier < column; earlier++)
                {
                    Complex overlap = 0;
                    for (var row = 0; row < rows; row++) overlap += Complex.Conjugate(matrix[row, earlier]) * matrix[row, column];
                    for (var row = 0; row < rows; row++) matrix[row, column] -= overlap * matrix[row, earlier];
                }
            var norm = 0.0;
            for (var row = 0; row < rows; row++) norm += matrix[row, column].Magnitude * matrix[row, column].Magnitude;
            for (var row = 0; row < rows; row++) matrix[row, column] /= Math.Sqrt(norm);
        }
        return matrix;
    }
}

public sealed class Products_of_complex_matrices
{
    public static TheoryData<int, int, int> Shapes => new() { { 1, 1, 1 }, { 3, 5, 2 }, { 4, 8, 8 }, { 7, 130, 9 }, { 33, 17, 40 }, { 64, 64, 64 }, { 2, 300, 3 } };

    [Theory, MemberData(nameof(Shapes))]
    public void agree_with_the_plain_loop_at_every_width_and_for_every_adjoint(int rows, int inner, int columns)
    {
        ComplexMatrix left = DenseReference.Random(rows, inner, 1), right = DenseReference.Random(inner, columns, 2), result = new();
        var expected = DenseReference.Product(left, right);
        foreach (var width in LaneWidths.All)
        {
            var options = DenseOptions.Of(width, 1);
            ComplexProduct.Multiply(left, false, right, false, result, options);
            DenseReference.Distance(result, expected).ShouldBeLessThan(1e-13 * inner);
            ComplexProduct.Multiply(DenseReference.Adjoint(left), true, right, false, result, options);
            DenseReference.Distance(result, expected).ShouldBeLessThan(1e-13 * inner);
            ComplexProduct.Multiply(left, false, DenseReference.Adjoint(right), true, result, options);
            DenseReference.Distance(result, expected).ShouldBeLessThan(1e-13 * inner);
            ComplexProduct.Multiply(DenseReference.Adjoint(left), true, DenseReference.Adjoint(right), true, result, options);
            DenseReference.Distance(result, expected).ShouldBeLessThan(1e-13 * inner);
        }
    }

    [Fact]
    public void are_the_same_to_the_bit_at_every_width_and_on_any_number_of_threads()
    {
        ComplexMatrix left = DenseReference.Random(70, 150, 3), right = DenseReference.Random(150, 90, 4), one = new(), other = new();
        ComplexProduct.Multiply(left, false, right, false, one, DenseOptions.Of(LaneWidth.Scalar, 1));
        foreach (var width in LaneWidths.All)
            foreach (var parts in (int[])[1, 2, 5])
            {
                ComplexProduct.Multiply(left, false, right, false, other, DenseOptions.Of(width, parts));
                other.RealParts.SequenceEqual(one.RealParts).ShouldBeTrue();
                other.ImaginaryParts.SequenceEqual(one.ImaginaryParts).ShouldBeTrue();
            }
    }

    [Fact]
    public void refuse_factors_that_do_not_fit() =>
        Should.Throw<ArgumentException>(() => ComplexProduct.Multiply(new ComplexMatrix(2, 3), false, new ComplexMatrix(4, 5), false, new ComplexMatrix(), DenseOptions.Default))
            .Message.ShouldStartWith("A matrix of 3 columns cannot be multiplied with one of 4 rows.");
}

public sealed class A_QR_decomposition
{
    public static TheoryData<int, int> Shapes => new() { { 1, 1 }, { 5, 3 }, { 3, 5 }, { 16, 16 }, { 40, 17 }, { 9, 64 } };

    [Theory, MemberData(nameof(Shapes))]
    public void has_orthonormal_columns_and_their_product_is_the_matrix(int rows, int columns)
    {
        var a = DenseReference.Random(rows, columns, 5);
        var (q, r) = (new ComplexMatrix(), new ComplexMatrix());
        foreach (var width in LaneWidths.All)
        {
            var table = DenseTable.For(width);
            new Orthogonalization().Decompose(a, adjoint: false, q, r, table);
            DenseReference.Distance(DenseReference.Product(DenseReference.Adjoint(q), q), DenseReference.Identity(Math.Min(rows, columns))).ShouldBeLessThan(1e-14 * rows);
            DenseReference.Distance(DenseReference.Product(q, r), a).ShouldBeLessThan(1e-14 * (rows + columns));
            for (var row = 1; row < r.Rows; row++)
                for (var column = 0; column < row; column++) r[row, column].ShouldBe(0);
            // Of the adjoint: A = R†·Q†, and Q† has orthonormal rows.
            new Orthogonalization().Decompose(a, adjoint: true, q, r, table);
            DenseReference.Distance(DenseReference.Product(q, DenseReference.Adjoint(q)), DenseReference.Identity(Math.Min(rows, columns))).ShouldBeLessThan(1e-14 * columns);
            DenseReference.Distance(DenseReference.Product(r, q), a).ShouldBeLessThan(1e-14 * (rows + columns));
        }
    }

    [Fact]
    public void of_columns_that_depend_on_one_another_still_is_one()
    {
        var a = new ComplexMatrix(6, 4);
        for (var row = 0; row < 6; row++)
        {
            a[row, 1] = new Complex(row, 1);
            a[row, 3] = 2 * a[row, 1];
        }
        var (q, r) = (new ComplexMatrix(), new ComplexMatrix());
        new Orthogonalization().Decompose(a, adjoint: false, q, r, DenseOptions.Default.Table);
        DenseReference.Distance(DenseReference.Product(DenseReference.Adjoint(q), q), DenseReference.Identity(4)).ShouldBeLessThan(1e-14);
        DenseReference.Distance(DenseReference.Product(q, r), a).ShouldBeLessThan(1e-14);
    }
}

public sealed class Singular_vectors
{
    private static void ShouldDecompose(ComplexMatrix a, double[] expected, double tolerance, double relative = 1e-12)
    {
        var svd = new SingularVectors();
        var (u, rest) = (new ComplexMatrix(), new ComplexMatrix());
        foreach (var adjoint in (bool[])[false, true])
            foreach (var width in LaneWidths.All)
            {
                var of = adjoint ? DenseReference.Adjoint(a) : a;
                svd.Decompose(of, adjoint, 0, DenseTable.For(width));
                svd.VectorsTo(u, svd.Rank, asRows: false);
                DenseReference.Distance(DenseReference.Product(DenseReference.Adjoint(u), u), DenseReference.Identity(svd.Rank)).ShouldBeLessThan(tolerance);
                rest = DenseReference.Product(DenseReference.Adjoint(u), a);
                DenseReference.Distance(DenseReference.Product(u, rest), a).ShouldBeLessThan(tolerance * svd.Values[0]);
                // The rows of U†A are the right vectors times their singular values.
                var gram = DenseReference.Product(rest, DenseReference.Adjoint(rest));
                for (var k = 0; k < svd.Rank; k++) gram[k, k] -= svd.Values[k] * svd.Values[k];
                DenseReference.Largest(gram).ShouldBeLessThan(tolerance * svd.Values[0] * svd.Values[0]);
                for (var k = 0; k < expected.Length; k++)
                    if (expected[k] > 0) svd.Values[k].ShouldBe(expected[k], relative * expected[k] + 1e-15 * expected[0]);
                for (var k = 1; k < svd.Rank; k++) svd.Values[k].ShouldBeLessThanOrEqualTo(svd.Values[k - 1]);
            }
    }

    [Theory]
    [InlineData(1, 1), InlineData(2, 2), InlineData(5, 3), InlineData(3, 5), InlineData(20, 20), InlineData(33, 12)]
    public void reconstruct_a_random_matrix(int rows, int columns) => ShouldDecompose(DenseReference.Random(rows, columns, 6), [], 1e-13);

    [Fact]
    public void have_the_spectrum_that_was_put_in() =>
        ShouldDecompose(DenseReference.Spectrum(24, 16, [.. Enumerable.Range(0, 16).Select(k => 16.0 - k)], 7), [.. Enumerable.Range(0, 16).Select(k => 16.0 - k)], 1e-13);

    [Fact]
    public void of_degenerate_values_are_orthonormal_too() => ShouldDecompose(DenseReference.Spectrum(16, 16, [3, 3, 3, 3, 1, 1, 1, 1], 8), [3, 3, 3, 3, 1, 1, 1, 1], 1e-13);

    [Fact]
    public void of_a_matrix_of_lower_rank_end_in_rounding()
    {
        var a = DenseReference.Spectrum(30, 20, [5, 2, 1], 9);
        ShouldDecompose(a, [5, 2, 1], 1e-13);
        var svd = new SingularVectors();
        svd.Decompose(a, adjoint: false, 0, DenseOptions.Default.Table);
        for (var k = 3; k < svd.Rank; k++) svd.Values[k].ShouldBeLessThan(1e-14);
    }

    [Fact]
    public void of_nothing_are_none()
    {
        var svd = new SingularVectors();
        svd.Decompose(new ComplexMatrix(4, 3), adjoint: false, 0, DenseOptions.Default.Table);
        svd.Rank.ShouldBe(0);
    }

    [Fact]
    public void of_graded_columns_keep_their_digits_where_absolute_methods_lose_them()
    {
        // Columns in steps of 10⁻¹⁰: each singular value is what of its column is perpendicular to the former ones, up to a part of 10⁻²⁰.
        var b = DenseReference.Random(8, 4, 10);
        double[] scales = [1, 1e-10, 1e-20, 1e-30];
        var a = new ComplexMatrix(8, 4);
        for (var row = 0; row < 8; row++)
            for (var column = 0; column < 4; column++) a[row, column] = scales[column] * b[row, column];
        var (q, r) = (new ComplexMatrix(), new ComplexMatrix());
        new Orthogonalization().Decompose(b, adjoint: false, q, r, DenseOptions.Default.Table);
        var svd = new SingularVectors();
        svd.Decompose(a, adjoint: false, 0, DenseOptions.Default.Table);
        svd.Rank.ShouldBe(4);
        for (var k = 0; k < 4; k++) svd.Values[k].ShouldBe(r[k, k].Magnitude * scales[k], 1e-12 * scales[k]);
        svd.Decompose(DenseReference.Adjoint(a), adjoint: false, 0, DenseOptions.Default.Table);
        for (var k = 0; k < 4; k++) svd.Values[k].ShouldBe(r[k, k].Magnitude * scales[k], 1e-12 * scales[k]);
    }

    [Fact]
    public void that_are_negligible_are_left_out_and_the_others_are_right()
    {
        double[] spectrum = [.. Enumerable.Range(0, 24).Select(k => Math.Pow(10, -k))];
        var a = DenseReference.Spectrum(24, 24, spectrum, 11);
        var svd = new SingularVectors();
        svd.Decompose(a, adjoint: false, 1e-16, DenseOptions.Default.Table);
        svd.Rank.ShouldBeInRange(8, 12);
        (spectrum.Sum(v => v * v) - svd.Values.ToArray().Sum(v => v * v)).ShouldBeInRange(-1e-15, 1.1e-16);
        // What is left out moves a value by its own weight over the value, 10⁻¹⁶/10⁻ᵏ.
        for (var k = 0; k < 6; k++) svd.Values[k].ShouldBe(spectrum[k], 1e-15 / spectrum[k]);
    }

    [Fact]
    public void of_128_by_128_random_numbers_have_the_weight_of_the_matrix()
    {
        var a = DenseReference.Random(128, 128, 12);
        var svd = new SingularVectors();
        svd.Decompose(a, adjoint: false, 0, DenseOptions.Default.Table);
        svd.Values.ToArray().Sum(v => v * v).ShouldBe(a.NormSquared(), 1e-12 * a.NormSquared());
        var (u, gram) = (new ComplexMatrix(), new ComplexMatrix());
        svd.VectorsTo(u, 128, asRows: false);
        ComplexProduct.Multiply(u, true, u, false, gram, DenseOptions.Default);
        DenseReference.Distance(gram, DenseReference.Identity(128)).ShouldBeLessThan(1e-13);
    }

    [Fact]
    public void are_the_same_to_the_bit_at_every_width()
    {
        var a = DenseReference.Random(37, 29, 13);
        var svd = new SingularVectors();
        var (u, other) = (new ComplexMatrix(), new ComplexMatrix());
        svd.Decompose(a, adjoint: false, 0, DenseTable.For(LaneWidth.Scalar));
        svd.VectorsTo(u, svd.Rank, asRows: false);
        foreach (var width in LaneWidths.All)
        {
            svd.Decompose(a, adjoint: false, 0, DenseTable.For(width));
            svd.VectorsTo(other, svd.Rank, asRows: false);
            other.RealParts.SequenceEqual(u.RealParts).ShouldBeTrue();
            other.ImaginaryParts.SequenceEqual(u.ImaginaryParts).ShouldBeTrue();
        }
    }
}
