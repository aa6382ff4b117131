using System.Numerics;

namespace QTrain.Tests.Circuits;

internal static class MatrixAssertions
{
    /// <summary>Every entry agrees; 1e-12 leaves room for the rounding of some dozens of products.</summary>
    public static void ShouldBeClose(this Complex[,] actual, Complex[,] expected, double tolerance = 1e-12)
    {
        (actual.GetLength(0), actual.GetLength(1)).ShouldBe((expected.GetLength(0), expected.GetLength(1)));
        for (var row = 0; row < actual.GetLength(0); row++)
            for (var column = 0; column < actual.GetLength(1); column++)
                if (!((actual[row, column] - expected[row, column]).Magnitude <= tolerance))
                    Assert.Fail($"entry [{row}, {column}] is {actual[row, column]}, not {expected[row, column]}");
    }

    public static Complex[,] Times(this Complex[,] left, Complex[,] right)
    {
        var size = left.GetLength(0);
        var product = new Complex[size, size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
                for (var k = 0; k < size; k++) product[row, column] += left[row, k] * right[k, column];
        return product;
    }

    /// <summary>exp(factor·matrix) by its series, after halving the argument until it is small.</summary>
    public static Complex[,] Exponential(this Complex[,] matrix, Complex factor)
    {
        var size = matrix.GetLength(0);
        var (sum, power) = (new Complex[size, size], new Complex[size, size]);
        for (var k = 0; k < size; k++) sum[k, k] = power[k, k] = 1;
        const int halvings = 4;
        for (var order = 1; order < 25; order++)
        {
            power = power.Times(matrix);
            for (var row = 0; row < size; row++)
                for (var column = 0; column < size; column++)
                {
                    power[row, column] *= factor / (order * (1 << halvings));
                    sum[row, column] += power[row, column];
                }
        }
        for (var k = 0; k < halvings; k++) sum = sum.Times(sum);
        return sum;
    }
}
