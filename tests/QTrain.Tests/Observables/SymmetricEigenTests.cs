using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Tests.Observables;

public sealed class The_eigenvalues_of_a_dense_matrix
{
    /// <summary>Rounding of a few hundred operations on numbers near one.</summary>
    private const double Rounding = 1e-12;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(100)]
    public void come_with_orthonormal_vectors_that_the_matrix_only_stretches(int size)
    {
        var matrix = Symmetric(size, seed: (ulong)size);
        var (values, vectors) = SymmetricEigen.Decompose((double[])matrix.Clone(), size);
        values.ShouldBe(values.Order());
        for (var k = 0; k < size; k++)
        {
            for (var row = 0; row < size; row++)
                RealVectors.Dot(matrix.AsSpan(row * size, size), vectors[k]).ShouldBe(values[k] * vectors[k][row], Rounding * size);
            for (var other = 0; other < size; other++)
                RealVectors.Dot(vectors[k], vectors[other]).ShouldBe(k == other ? 1 : 0, Rounding);
        }
        SymmetricEigen.Values(matrix, size).ShouldBe(values, Rounding);
    }

    [Fact]
    public void of_a_complex_Hermitian_matrix_have_its_powers_traces()
    {
        var sum = PauliSum.Parse("0.5*XYZ - 0.3*YII + 0.7*ZZX + 0.2*IXY - 0.1*III");
        var values = HermitianEigen.Values(sum.Matrix());
        var power = PauliSum.Identity(3);
        for (var k = 1; k <= 6; k++)
        {
            power *= sum;
            values.Sum(v => Math.Pow(v, k)).ShouldBe(8 * power[PauliString.Identity].Real, Rounding);
        }
    }

    [Fact]
    public void of_a_matrix_of_low_rank_are_found_where_rounding_once_never_counted_as_small()
    {
        // Few eigenvalues, many of them 0: below the diagonal and on it stands nothing but rounding.
        const int n = 9;
        var random = new RandomStream(11);
        for (var sample = 0; sample < 6; sample++)
        {
            var first = new PauliString((ulong)random.NextBelow(1 << n), (ulong)random.NextBelow(1 << n));
            var second = new PauliString((ulong)random.NextBelow(1 << n), (ulong)random.NextBelow(1 << n));
            if (!first.CommutesWith(second)) continue;
            var sum = new PauliSum(n, [new(first, 1), new(second, 1)]);
            if (sum.Terms.Any(t => int.IsOddInteger(t.Pauli.CountY)) || first == second || first == default || second == default) continue;
            var values = HermitianEigen.Values(sum.Matrix());
            // Two commuting strings that are no power of each other: −2, 0, 0, 2 in equal shares.
            values.ShouldBe([.. Enumerable.Repeat(-2.0, 128), .. Enumerable.Repeat(0.0, 256), .. Enumerable.Repeat(2.0, 128)], Rounding);
        }
        var projector = Enumerable.Repeat(1.0 / 64, 64 * 64).ToArray();
        SymmetricEigen.Values(projector, 64).ShouldBe([.. Enumerable.Repeat(0.0, 63), 1], Rounding);
    }

    [Fact]
    public void of_numbers_that_are_not_finite_are_refused() =>
        Should.Throw<ArithmeticException>(() => SymmetricEigen.Values([1, double.NaN, double.NaN, 1], 2));

    private static double[] Symmetric(int size, ulong seed)
    {
        var random = new RandomStream(seed);
        var matrix = new double[size * size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column <= row; column++) matrix[row * size + column] = matrix[column * size + row] = random.NextGaussian();
        return matrix;
    }
}
