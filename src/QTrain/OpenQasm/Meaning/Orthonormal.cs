using System.Numerics;

namespace QTrain.OpenQasm.Meaning;

/// <summary>Matrices that are unitary but for rounding.</summary>
internal static class Orthonormal
{
    /// <summary>The largest entry of U†U − 1.</summary>
    public static double Defect(Complex[,] matrix)
    {
        var (gram, worst) = (Gram(matrix), 0.0);
        for (var row = 0; row < gram.GetLength(0); row++)
            for (var column = 0; column < gram.GetLength(0); column++) worst = Math.Max(worst, (gram[row, column] - (row == column ? 1 : 0)).Magnitude);
        return worst;
    }

    /// <summary>The nearest unitary matrix, its polar factor: U ← U(3 − U†U)/2, which doubles the digits each time.</summary>
    /// <remarks>Björck and Bowie 1971, doi:10.1137/0708036. Converges from defects below 1.</remarks>
    public static Complex[,] Nearest(Complex[,] matrix)
    {
        var n = matrix.GetLength(0);
        for (var round = 0; round < 4 && Defect(matrix) > 1e-15; round++)
        {
            var gram = Gram(matrix);
            var next = new Complex[n, n];
            for (var row = 0; row < n; row++)
                for (var column = 0; column < n; column++)
                {
                    var sum = 1.5 * matrix[row, column];
                    for (var k = 0; k < n; k++) sum -= 0.5 * matrix[row, k] * gram[k, column];
                    next[row, column] = sum;
                }
            matrix = next;
        }
        return matrix;
    }

    private static Complex[,] Gram(Complex[,] matrix)
    {
        var n = matrix.GetLength(0);
        var gram = new Complex[n, n];
        for (var row = 0; row < n; row++)
            for (var column = 0; column < n; column++)
                for (var k = 0; k < n; k++) gram[row, column] += Complex.Conjugate(matrix[k, row]) * matrix[k, column];
        return gram;
    }
}
