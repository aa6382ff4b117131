using QTrain.Formats;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Formats;

public sealed class An_observable_as_JSON
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(TestData.Path("hamiltonians"), "*.json", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(TestData.Root, f)).Order()];

    [Theory, MemberData(nameof(Files))]
    public void of_the_test_data_is_read_and_comes_back(string file)
    {
        var read = PauliJson.Read(File.ReadAllText(TestData.Path(file)), file);
        read.GroundEnergy.ShouldNotBeNull();
        read.Observable.IsHermitian.ShouldBeTrue();
        var again = PauliJson.Read(PauliJson.Write(read), file);
        again.ShouldBe(read);
    }

    [Fact]
    public void comes_back_as_it_was_written() => Law.ForAll(Any.Seed(), seed =>
    {
        var random = new RandomStream(seed);
        var sum = Any.Observable(1 + (int)random.NextBelow(9), 5, ref random);
        PauliJson.Read(PauliJson.Write(sum), "h.json").Observable.ShouldBe(sum);
    });

    [Fact]
    public void of_a_molecule_keeps_what_its_file_says()
    {
        var file = TestData.Path("hamiltonians", "h2_fcidump.json");
        var h2 = PauliJson.Read(File.ReadAllText(file), file);
        h2.Name.ShouldBe("h2_fcidump");
        h2.Mapping.ShouldBe(FermionMapping.JordanWigner);
        h2.SpinOrbitals.ShouldBe(SpinOrbitalOrder.Blocked);
        h2.ElectronCount.ShouldBe(2);
        h2.Ms2.ShouldBe(0);
        h2.ReferenceDeterminant.ShouldBe("0101");
        h2.ReferenceDeterminantEnergy.ShouldBe(-1.116998996754004);
        h2.GroundEnergyOfElectronCount.ShouldBe(-1.1373060357533997);
        h2.Unit.ShouldBe("hartree");
    }

    [Theory]
    [InlineData("Jordan-Wigner, interleaved", FermionMapping.JordanWigner, SpinOrbitalOrder.Interleaved)]
    [InlineData("jordan_wigner blocked", FermionMapping.JordanWigner, SpinOrbitalOrder.Blocked)]
    [InlineData("Jordan-Wigner", FermionMapping.JordanWigner, null)]
    [InlineData("Bravyi-Kitaev", FermionMapping.BravyiKitaev, null)]
    [InlineData("parity, two qubits tapered", FermionMapping.Parity, null)]
    [InlineData("JW", FermionMapping.Unknown, null)]
    [InlineData("Jordan-Wigner or Bravyi-Kitaev", FermionMapping.Unknown, null)]
    [InlineData("Jordan-Wigner, interleaved or blocked", FermionMapping.JordanWigner, null)]
    public void names_its_encoding(string encoding, FermionMapping mapping, SpinOrbitalOrder? order)
    {
        var file = PauliJson.Read($$"""{"encoding": "{{encoding}}", "terms": [{"pauli": "Z", "coeff": 1}]}""", "h.json");
        (file.Mapping, file.SpinOrbitals).ShouldBe((mapping, order));
    }

    [Fact]
    public void may_lie_inside_a_file_of_gradients()
    {
        var file = TestData.Path("gradients", "circuit_b.json");
        PauliJson.Read(File.ReadAllText(file), file).Observable.QubitCount.ShouldBe(5);
    }

    [Theory]
    [InlineData("""{"terms": [{"pauli": "XIZ", "coeff": 0.5}, {"pauli": "X0 Z2", "coeff": [1, 0]}, {"pauli": "", "coeff": {"re": 2, "im": 0}}]}""", "0.5*XIZ + 1*ZIX + 2*III")]
    [InlineData("""{"terms": [{"pauli": "Y1", "coeff": 1}, {"pauli": "X0 Z2", "coeff": 1}]}""", "1*IYI + 1*ZIX")]
    [InlineData("""{"num_qubits": 4, "terms": [{"pauli": "Y1", "coeff": 1}]}""", "1*IIYI")]
    [InlineData("""{"terms": [{"pauli": "", "coeff": -1}]}""", "-1*I")]
    [InlineData("""{"terms": [{"pauli": "X0", "coeff": 1}, {"pauli": "ZZ", "coeff": 1}, {"pauli": "IX", "coeff": 1}]}""", "2*IX + 1*ZZ")]
    [InlineData("""{"num_qubits": 2, "terms": []}""", "0*II")]
    public void may_use_either_form_of_label(string text, string sum) =>
        PauliJson.Read(text, "h.json").Observable.ToString().ShouldBe(sum);

    [Theory]
    [InlineData("""{"pauli": "XQ", "coeff": 1}""", 11, "The Pauli label 'XQ' has 'Q' at position 2")]
    [InlineData("""{"pauli": "XXX", "coeff": 1}""", 11, "The Pauli label 'XXX' has 3 letters, but there are 2 qubits")]
    [InlineData("""{"pauli": "X2", "coeff": 1}""", 11, "The Pauli label 'X2' acts on qubit 2, but there are 2 qubits, numbered 0 to 1.")]
    [InlineData("""{"pauli": "X0 Z0", "coeff": 1}""", 11, "The Pauli label 'X0 Z0' names qubit 0 twice")]
    [InlineData("""{"pauli": "XX", "coeff": [1, 2]}""", 26, "coeff has the imaginary part 2: only Hermitian sums, with real coefficients, can be measured.")]
    [InlineData("""{"pauli": "XX", "coeff": "1"}""", 26, "coeff must be a number, [re, im] or {\"re\": …, \"im\": …}.")]
    [InlineData("""{"pauli": "XX", "coef": 1}""", 17, "there is no key \"coef\" here. Did you mean \"coeff\"?")]
    [InlineData("""{"pauli": "XX"}""", 1, "a term needs the key \"coeff\".")]
    [InlineData("""{"pauli": 3, "coeff": 1}""", 11, "pauli must be a text, not the number 3.")]
    [InlineData("""{"pauli": "XX", "coeff": NaN}""", 26, "NaN is not a number that is allowed here")]
    [InlineData("""{"pauli": "XX", "pauli": "XX", "coeff": 1}""", 17, "key 'pauli' occurs twice in one object")]
    public void is_refused_at_the_wrong_term(string term, int column, string reason)
    {
        var fault = Should.Throw<InvalidFileException>(() => PauliJson.Read("{\"num_qubits\": 2, \"terms\": [\n" + term + "]}", "h.json"));
        fault.Reason.ShouldStartWith(reason);
        (fault.Line, fault.Column).ShouldBe((2, column));
    }

    [Fact]
    public void is_refused_when_its_determinant_is_of_another_size() =>
        Should.Throw<InvalidFileException>(() => PauliJson.Read("""{"terms": [{"pauli": "ZZ", "coeff": 1}], "reference_determinant": "011"}""", "h.json"))
            .Message.ShouldBe("h.json:1:67: reference_determinant has 3 bits for 2 qubits.");
}
