using QTrain.Formats;
using QTrain.Observables;

namespace QTrain.Tests.Observables;

public sealed class A_sparse_Pauli_sum
{
    [Fact]
    public void reads_labels_of_both_forms_on_any_number_of_qubits()
    {
        SparsePauliSum.Of(3, ("XIZ", 0.5)).ShouldBe(SparsePauliSum.Of(3, ("Z0 X2", 0.5)));
        SparsePauliSum.Of(3, ("Z0X2", 0.5)).ShouldBe(SparsePauliSum.Of(3, ("X2 Z0", 0.5)));
        SparsePauliSum.Of(200, ("Z199 I3", 2)).Terms[0].Letters.ShouldBe([new PauliLetter(199, 'Z')]);
        SparsePauliSum.Of(200, (new string('Y', 200), 1)).Terms[0].Letters.Length.ShouldBe(200);
        SparsePauliSum.Of(5, ("", 1), ("I", 2), ("IIIII", 3)).Terms.ShouldHaveSingleItem().Coefficient.ShouldBe(6);
    }

    [Fact]
    public void is_a_value_of_added_up_terms()
    {
        var sum = SparsePauliSum.Of(100, ("Z0 Z99", 1), ("X7", 0.5), ("Z99 Z0", 1));
        sum.Terms.Length.ShouldBe(2);
        sum.ShouldBe(SparsePauliSum.Of(100, ("X7", 0.5), ("Z0 Z99", 2)));
        sum.GetHashCode().ShouldBe(SparsePauliSum.Of(100, ("X7", 0.5), ("Z0 Z99", 2)).GetHashCode());
        sum.ShouldNotBe(sum.ExtendTo(101));
        sum.ToString().ShouldBe("2*Z0 Z99 + 0.5*X7");
    }

    [Fact]
    public void holds_what_a_Pauli_sum_holds()
    {
        var random = new QTrain.Numerics.RandomStream(1);
        var dense = Reference.Any.Observable(9, 20, ref random);
        var sparse = SparsePauliSum.From(dense);
        sparse.ShouldBe(SparsePauliSum.Of(9, dense.Terms.Select(t => (t.Pauli.ToLabel(9), t.Coefficient.Real))));
        Should.Throw<NotHermitianException>(() => SparsePauliSum.From(new PauliSum(1, [new PauliTerm(default, System.Numerics.Complex.ImaginaryOne)])));
    }

    [Fact]
    public void is_read_from_the_same_files()
    {
        const string text = """{"num_qubits": 120, "terms": [{"pauli": "X0 Z119", "coeff": 0.5}, {"pauli": "", "coeff": -1}]}""";
        PauliJson.ReadSparse(text, "o.json").ShouldBe(SparsePauliSum.Of(120, ("X0 Z119", 0.5), ("", -1)));
        PauliJson.ReadSparse("""{"terms": [{"pauli": "Z70", "coeff": 1}]}""", "o.json").QubitCount.ShouldBe(71);
        Should.Throw<InvalidFileException>(() => PauliJson.ReadSparse("""{"num_qubits": 70, "terms": [{"pauli": "Z70", "coeff": 1}]}""", "o.json")).Message
            .ShouldBe("o.json:1:40: The Pauli label 'Z70' acts on qubit 70, but there are 70 qubits, numbered 0 to 69.");
    }

    [Theory]
    [InlineData("Z0 Z0", "A Pauli string names qubit 0 twice: every qubit may have one letter.")]
    [InlineData("Z9", "The Pauli label 'Z9' acts on qubit 9, but there are 3 qubits, numbered 0 to 2.")]
    [InlineData("ZZ", "The Pauli label 'ZZ' has 2 letters, but there are 3 qubits: write a letter for every qubit, or number them as in 'X0 Z2'.")]
    [InlineData("Z0 W1", "The Pauli label 'Z0 W1' cannot be read: a label is letters I, X, Y, Z with qubit 0 rightmost, such as 'XIZ', or letters with qubit numbers, such as 'X0 Z199'.")]
    [InlineData("Z X Z", "The Pauli label 'Z X Z' cannot be read: a label is letters I, X, Y, Z with qubit 0 rightmost, such as 'XIZ', or letters with qubit numbers, such as 'X0 Z199'.")]
    public void says_what_is_wrong_with_a_label(string label, string message) =>
        Should.Throw<QuantumException>(() => SparsePauliSum.Of(3, (label, 1))).Message.ShouldBe(message);

    [Fact]
    public void refuses_what_cannot_be()
    {
        Should.Throw<QuantumException>(() => new SparsePauliSum(0, []));
        Should.Throw<QuantumException>(() => new SparsePauliSum(2, [new SparsePauliTerm([new PauliLetter(1, 'I')], 1)])).Message
            .ShouldBe("'I' is not a Pauli operator of a term: the letters are X, Y and Z.");
        Should.Throw<QubitOutOfRangeException>(() => new SparsePauliSum(2, [new SparsePauliTerm([new PauliLetter(2, 'X')], 1)]));
        Should.Throw<QuantumException>(() => SparsePauliSum.Of(2, ("X0", double.NaN))).Message.ShouldBe("The coefficient of X0 is NaN: coefficients must be finite.");
        Should.Throw<QuantumException>(() => SparsePauliSum.Of(4, ("X0", 1)).ExtendTo(3));
    }
}
