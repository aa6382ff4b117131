using System.Globalization;

namespace QTrain.Noise;

/// <summary>How a qubit is misread: a value.</summary>
/// <param name="OneGivenZero">The probability of reading 1 when the qubit was 0.</param>
/// <param name="ZeroGivenOne">The probability of reading 0 when the qubit was 1.</param>
public readonly record struct ReadoutError(double OneGivenZero, double ZeroGivenOne)
{
    /// <summary>The probability of reading 1 when the qubit was 0.</summary>
    public double OneGivenZero { get; } = Checked(OneGivenZero);

    /// <summary>The probability of reading 0 when the qubit was 1.</summary>
    public double ZeroGivenOne { get; } = Checked(ZeroGivenOne);

    /// <summary>Whether every reading is right.</summary>
    public bool IsNone => OneGivenZero == 0 && ZeroGivenOne == 0;

    /// <summary>The probability of reading <paramref name="measured"/> when the qubit was <paramref name="actual"/>.</summary>
    public double this[bool measured, bool actual] => (measured, actual) switch
    {
        (true, false) => OneGivenZero,
        (false, false) => 1 - OneGivenZero,
        (false, true) => ZeroGivenOne,
        _ => 1 - ZeroGivenOne,
    };

    /// <summary>The error of a confusion matrix <c>matrix[measured, true]</c>.</summary>
    /// <exception cref="QuantumException">It is not 2×2, or a column does not add up to 1.</exception>
    public static ReadoutError FromMatrix(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (matrix.GetLength(0) != 2 || matrix.GetLength(1) != 2)
            throw new QuantumException($"A readout matrix of {matrix.GetLength(0)}×{matrix.GetLength(1)} numbers was given: 2×2 is needed, matrix[measured, true].");
        for (var actual = 0; actual < 2; actual++)
        {
            var sum = matrix[0, actual] + matrix[1, actual];
            if (!(Math.Abs(sum - 1) <= Channel.TracePreservingTolerance))
                throw new QuantumException(
                    $"The readings of a qubit that is {actual} have probabilities that add up to {sum.ToString("R", CultureInfo.InvariantCulture)}: each column of matrix[measured, true] must add up to 1.");
        }
        return new ReadoutError(matrix[1, 0], matrix[0, 1]);
    }

    /// <summary>The confusion matrix, <c>[measured, true]</c>.</summary>
    public double[,] ToMatrix() => new[,] { { 1 - OneGivenZero, ZeroGivenOne }, { OneGivenZero, 1 - ZeroGivenOne } };

    private static double Checked(double probability) => probability is >= 0 and <= 1
        ? probability
        : throw new QuantumException($"A readout error of {probability.ToString("R", CultureInfo.InvariantCulture)} cannot be: probabilities are 0 to 1.");
}
