using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using QTrain.Observables;

namespace QTrain.Tests.Observables;

public sealed class The_algebra_of_Pauli_sums
{
    /// <summary>A few roundings of numbers near one.</summary>
    private const double Rounding = 1e-12;

    private static readonly Complex[,] X = { { 0, 1 }, { 1, 0 } };
    private static readonly Complex[,] Y = { { 0, -Complex.ImaginaryOne }, { Complex.ImaginaryOne, 0 } };
    private static readonly Complex[,] Z = { { 1, 0 }, { 0, -1 } };
    private static readonly Complex[,] I = { { 1, 0 }, { 0, 1 } };

    [Fact]
    public void writes_the_matrix_of_a_string_as_the_Kronecker_product_of_its_letters_leftmost_highest() =>
        Prop.ForAll(Gen.Elements('I', 'X', 'Y', 'Z').ArrayOf(3).ToArbitrary(), letters =>
        {
            var byHand = letters.Select(Letter).Aggregate(Dense.Kronecker);
            Dense.Distance(Of(new string(letters)).Matrix(), byHand).ShouldBe(0);
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void multiplies_strings_as_matrices_multiply_phase_included() =>
        Prop.ForAll(Gen.Zip(AnyPauli.String(4), AnyPauli.String(4)).ToArbitrary(), pair =>
        {
            var (a, b) = pair;
            var (product, power) = PauliString.Multiply(a, b);
            var phase = power switch { 0 => Complex.One, 1 => Complex.ImaginaryOne, 2 => -Complex.One, _ => -Complex.ImaginaryOne };
            var expected = Dense.Product(Of(a, 4).Matrix(), Of(b, 4).Matrix());
            Dense.Distance((phase * Of(product, 4)).Matrix(), expected).ShouldBe(0);
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void says_that_strings_commute_when_their_matrices_do() =>
        Prop.ForAll(Gen.Zip(AnyPauli.String(3), AnyPauli.String(3)).ToArbitrary(), pair =>
        {
            var (a, b) = (Of(pair.Item1, 3).Matrix(), Of(pair.Item2, 3).Matrix());
            pair.Item1.CommutesWith(pair.Item2).ShouldBe(Dense.Distance(Dense.Product(a, b), Dense.Product(b, a)) == 0);
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void says_that_strings_commute_qubit_wise_when_every_two_letters_commute() =>
        Prop.ForAll(Gen.Zip(AnyPauli.String(4), AnyPauli.String(4)).ToArbitrary(), pair =>
        {
            var (a, b) = pair;
            var letterByLetter = Enumerable.Range(0, 4).All(q => a[q] == 'I' || b[q] == 'I' || a[q] == b[q]);
            a.CommutesQubitWiseWith(b).ShouldBe(letterByLetter);
            if (letterByLetter) a.CommutesWith(b).ShouldBeTrue();
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void is_the_algebra_of_matrices() =>
        Prop.ForAll(AnyPauli.Three().ToArbitrary(), three =>
        {
            var (a, b, _) = three;
            var (ma, mb) = (a.Matrix(), b.Matrix());
            var commutator = Dense.Combine(Dense.Product(ma, mb), -1, Dense.Product(mb, ma));
            Dense.Distance((a + b).Matrix(), Dense.Combine(ma, 1, mb)).ShouldBeLessThan(Rounding);
            Dense.Distance((a - b).Matrix(), Dense.Combine(ma, -1, mb)).ShouldBeLessThan(Rounding);
            Dense.Distance((a * b).Matrix(), Dense.Product(ma, mb)).ShouldBeLessThan(Rounding);
            Dense.Distance(PauliSum.Commutator(a, b).Matrix(), commutator).ShouldBeLessThan(Rounding);
            a.CommutesWith(b).ShouldBe(commutator.Cast<Complex>().All(c => c.Magnitude < Rounding));
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void takes_adjoints_as_matrices_do() =>
        Prop.ForAll(AnyPauli.Sum(1, 3, hermitian: false).ToArbitrary(), sum =>
        {
            var (matrix, adjoint) = (sum.Matrix(), sum.Adjoint().Matrix());
            for (var row = 0; row < matrix.GetLength(0); row++)
                for (var column = 0; column < matrix.GetLength(0); column++)
                    adjoint[row, column].ShouldBe(Complex.Conjugate(matrix[column, row]));
            ((sum + sum.Adjoint()) / 2).IsHermitian.ShouldBeTrue();
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void joins_qubits_as_Kronecker_products_do() =>
        Prop.ForAll(Gen.Zip(AnyPauli.Sum(2), AnyPauli.Sum(1)).ToArbitrary(), pair =>
        {
            var (high, low) = pair;
            Dense.Distance(high.Tensor(low).Matrix(), Dense.Kronecker(high.Matrix(), low.Matrix())).ShouldBeLessThan(Rounding);
            high.ExtendTo(4).ShouldBe(PauliSum.Identity(2).Tensor(high));
        }).Check(AnyPauli.Fixed);

    /// <summary>Coefficients are eighths, so these equalities are exact.</summary>
    [Fact]
    public void is_associative_and_distributive_and_its_addition_commutes() =>
        Prop.ForAll(AnyPauli.Three().ToArbitrary(), three =>
        {
            var (a, b, c) = three;
            (a * b * c).ShouldBe(a * (b * c));
            (a * (b + c)).ShouldBe(a * b + a * c);
            (a + b).ShouldBe(b + a);
            (a + b).GetHashCode().ShouldBe((b + a).Simplify(0).GetHashCode());
            (a - a).ShouldBe(PauliSum.Zero(a.QubitCount));
            (PauliSum.Identity(a.QubitCount) * a).ShouldBe(a);
            (a * b).Adjoint().ShouldBe(b.Adjoint() * a.Adjoint());
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void gives_the_energy_of_a_bit_string_from_the_diagonal_of_the_matrix() =>
        Prop.ForAll(AnyPauli.Sum(1, 4, hermitian: true).ToArbitrary(), sum =>
        {
            var matrix = sum.Matrix();
            for (var b = 0; b < matrix.GetLength(0); b++) sum.ValueAt((ulong)b).ShouldBe(matrix[b, b]);
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void drops_what_is_small_and_nothing_else()
    {
        var sum = new PauliSum(2, [new(PauliString.Parse("XI"), new Complex(0.5, 1e-15)), new(PauliString.Parse("ZZ"), 1e-15)]);
        sum.IsHermitian.ShouldBeFalse();
        sum.Simplify().ShouldBe(PauliSum.Of(2, ("XI", 0.5)));
        sum.Simplify(0).ShouldBe(sum);
        PauliSum.Of(2, ("XI", 0.5), ("IZ", 0.25), ("XI", -0.5)).Simplify().Terms.Length.ShouldBe(1);
    }

    [Fact]
    public void knows_one_norm_and_diagonal()
    {
        PauliSum.Of(2, ("XI", 0.5), ("IZ", -0.25)).OneNorm.ShouldBe(0.75);
        PauliSum.Of(2, ("ZZ", 0.5), ("I", -0.25)).IsDiagonal.ShouldBeTrue();
        PauliSum.Of(2, ("ZY", 0.5)).IsDiagonal.ShouldBeFalse();
    }

    [Fact]
    public void refuses_sums_of_different_sizes_and_says_how_to_extend() =>
        Should.Throw<QuantumException>(() => PauliSum.Identity(2) + PauliSum.Identity(3))
            .Message.ShouldBe("Observables on 2 and on 3 qubits cannot be combined: extend the smaller with ExtendTo(3).");

    [Fact]
    public void refuses_coefficients_that_are_no_numbers() =>
        Should.Throw<QuantumException>(() => PauliSum.Of(1, ("X", double.NaN)))
            .Message.ShouldBe("The coefficient of X is NaN: coefficients must be finite.");

    private static PauliSum Of(string label) => PauliSum.Of(label.Length, (label, 1));

    private static PauliSum Of(PauliString pauli, int qubits) => new(qubits, [new PauliTerm(pauli, 1)]);

    private static Complex[,] Letter(char letter) => letter switch { 'I' => I, 'X' => X, 'Y' => Y, _ => Z };
}
