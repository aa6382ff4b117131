using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using QTrain.Observables;

namespace QTrain.Tests.Observables;

/// <summary>Generators of Pauli strings and sums.</summary>
internal static class AnyPauli
{
    /// <summary>One fixed seed for every law, so that a failure repeats.</summary>
    public static Config Fixed { get; } = Config.QuickThrowOnFailure.WithReplay(20241107UL, 7UL);

    public static Gen<PauliString> String(int qubits) =>
        Gen.Elements('I', 'X', 'Y', 'Z').ArrayOf(qubits).Select(letters => PauliString.Parse(new string(letters), qubits));

    /// <summary>Up to eight terms; coefficients are eighths, so that sums and products of a few are exact.</summary>
    public static Gen<PauliSum> Sum(int qubits, bool hermitian = false) =>
        from terms in (
            from pauli in String(qubits)
            from real in Gen.Choose(-16, 16)
            from imaginary in Gen.Choose(-16, 16)
            select new PauliTerm(pauli, new Complex(real / 8.0, hermitian ? 0 : imaginary / 8.0))).ListOf()
        select new PauliSum(qubits, terms.Take(8));

    public static Gen<PauliSum> Sum(int minimum, int maximum, bool hermitian) =>
        from qubits in Gen.Choose(minimum, maximum)
        from sum in Sum(qubits, hermitian)
        select sum;

    public static Gen<(PauliSum A, PauliSum B, PauliSum C)> Three() =>
        from qubits in Gen.Choose(1, 4)
        from a in Sum(qubits)
        from b in Sum(qubits)
        from c in Sum(qubits)
        select (a, b, c);
}

/// <summary>Plain dense matrices, the specification that everything else is held against.</summary>
internal static class Dense
{
    public static Complex[,] Product(Complex[,] left, Complex[,] right)
    {
        var (rows, inner, columns) = (left.GetLength(0), left.GetLength(1), right.GetLength(1));
        var product = new Complex[rows, columns];
        for (var row = 0; row < rows; row++)
            for (var k = 0; k < inner; k++)
                for (var column = 0; column < columns; column++) product[row, column] += left[row, k] * right[k, column];
        return product;
    }

    /// <summary>left ⊗ right: <paramref name="right"/> holds the lower bits.</summary>
    public static Complex[,] Kronecker(Complex[,] left, Complex[,] right)
    {
        var (n, m) = (left.GetLength(0), right.GetLength(0));
        var product = new Complex[n * m, n * m];
        for (var row = 0; row < n * m; row++)
            for (var column = 0; column < n * m; column++)
                product[row, column] = left[row / m, column / m] * right[row % m, column % m];
        return product;
    }

    public static Complex[,] Combine(Complex[,] left, Complex factor, Complex[,] right)
    {
        var sum = (Complex[,])left.Clone();
        for (var row = 0; row < sum.GetLength(0); row++)
            for (var column = 0; column < sum.GetLength(1); column++) sum[row, column] += factor * right[row, column];
        return sum;
    }

    public static double Distance(Complex[,] left, Complex[,] right) => Combine(left, -1, right).Cast<Complex>().Max(Complex.Abs);
}
