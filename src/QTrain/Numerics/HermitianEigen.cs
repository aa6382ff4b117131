using System.Numerics;

namespace QTrain.Numerics;

/// <summary>Eigenvalues of dense Hermitian matrices.</summary>
internal static class HermitianEigen
{
    /// <summary>The eigenvalues of a Hermitian matrix, ascending.</summary>
    /// <remarks>A + iB is the real symmetric matrix [[A, −B], [B, A]] of twice the size, which has every eigenvalue twice; when B is 0, A alone is taken.</remarks>
    public static double[] Values(Complex[,] matrix)
    {
        var n = matrix.GetLength(0);
        var isReal = true;
        foreach (var entry in matrix) isReal &= entry.Imaginary == 0;
        var size = isReal ? n : 2 * n;
        var real = new double[size * size];
        for (var row = 0; row < n; row++)
            for (var column = 0; column < n; column++)
            {
                var entry = matrix[row, column];
                real[row * size + column] = entry.Real;
                if (isReal) continue;
                real[(row + n) * size + column + n] = entry.Real;
                real[row * size + column + n] = -entry.Imaginary;
                real[(row + n) * size + column] = entry.Imaginary;
            }
        var values = SymmetricEigen.Values(real, size);
        return isReal ? values : Halve(values);
    }

    /// <summary>Each value of a spectrum that holds every value twice, once: the mean of each pair.</summary>
    public static double[] Halve(double[] doubled)
    {
        var values = new double[doubled.Length / 2];
        for (var k = 0; k < values.Length; k++) values[k] = (doubled[2 * k] + doubled[2 * k + 1]) / 2;
        return values;
    }
}
