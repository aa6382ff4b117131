using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using QTrain.Observables;

namespace QTrain.Tests.Observables;

public sealed class A_Pauli_label
{
    [Theory]
    [InlineData("XIZ", "XIZ", 3)]
    [InlineData("X2 Z0", "XIZ", 3)]
    [InlineData("  Z0   X2 ", "XIZ", 3)]
    [InlineData("X2Z0", "XIZ", 3)]
    [InlineData("Y11", "YIIIIIIIIIII", 12)]
    [InlineData("I3 X0", "X", 4)]
    [InlineData("", "I", 0)]
    [InlineData("I", "I", 0)]
    [InlineData("II", "I", 2)]
    public void is_read_in_both_forms(string label, string printed, int qubits)
    {
        PauliString.TryParse(label, null, out var pauli, out var implied, out _).ShouldBeTrue();
        pauli.ToString().ShouldBe(printed);
        implied.ShouldBe(qubits);
    }

    [Theory]
    [InlineData("XQZ", null, "The Pauli label 'XQZ' has 'Q' at position 2: a label is letters I, X, Y, Z with qubit 0 rightmost, such as 'XIZ', or letters with qubit numbers, such as 'X0 Z2'.")]
    [InlineData(" x", null, "The Pauli label ' x' has 'x' at position 2: a label is letters I, X, Y, Z with qubit 0 rightmost, such as 'XIZ', or letters with qubit numbers, such as 'X0 Z2'.")]
    [InlineData("X0 Q2", null, "The Pauli label 'X0 Q2' has 'Q' at position 4: a label is letters I, X, Y, Z with qubit 0 rightmost, such as 'XIZ', or letters with qubit numbers, such as 'X0 Z2'.")]
    [InlineData("X0 Z", null, "In the Pauli label 'X0 Z' the letter Z at position 4 has no qubit number, but others have: a label is letters I, X, Y, Z with qubit 0 rightmost, such as 'XIZ', or letters with qubit numbers, such as 'X0 Z2'.")]
    [InlineData("X0 Z0", null, "The Pauli label 'X0 Z0' names qubit 0 twice, again at position 4: every qubit may have one letter.")]
    [InlineData("X64", null, "In the Pauli label 'X64' the qubit 64 at position 2 is out of range: qubits are numbered 0 to 63.")]
    [InlineData("X99999999999", null, "In the Pauli label 'X99999999999' the qubit 99999999999 at position 2 is out of range: qubits are numbered 0 to 63.")]
    [InlineData("X3", 3, "The Pauli label 'X3' acts on qubit 3, but there are 3 qubits, numbered 0 to 2.")]
    [InlineData("XZ", 3, "The Pauli label 'XZ' has 2 letters, but there are 3 qubits: write a letter for every qubit, or number them as in 'X0 Z2'.")]
    public void that_is_wrong_is_refused_with_its_place(string label, int? qubits, string message)
    {
        PauliString.TryParse(label, qubits, out var pauli, out _, out var error).ShouldBeFalse();
        pauli.ShouldBe(PauliString.Identity);
        error.ShouldBe(message);
        Should.Throw<QuantumException>(() => PauliString.Parse(label, qubits)).Message.ShouldBe(message);
    }

    [Fact]
    public void of_64_letters_is_the_longest()
    {
        PauliString.Parse(new string('Y', 64)).ShouldBe(new PauliString(ulong.MaxValue, ulong.MaxValue));
        PauliString.TryParse(new string('Y', 65), null, out _, out _, out var error).ShouldBeFalse();
        error.ShouldBe("A Pauli label of 65 letters is too long: at most 64 qubits are allowed.");
    }

    [Fact]
    public void that_is_printed_reads_back() =>
        Prop.ForAll(AnyPauli.String(6).ToArbitrary(), pauli => PauliString.Parse(pauli.ToLabel(6), 6) == pauli).Check(AnyPauli.Fixed);
}

public sealed class A_Pauli_sum_in_text
{
    [Theory]
    [InlineData("0.5*XIZ - 0.2*Z0", "0.5*XIZ - 0.2*IIZ")]
    [InlineData("-0.5*I + 0.5*Z", "-0.5*I + 0.5*Z")]
    [InlineData("X0 Z2 + 2", "1*ZIX + 2*III")]
    [InlineData("(0.5+0j) [X0 Z2] +\n(-0.25+0j) []", "0.5*ZIX - 0.25*III")]
    [InlineData("(0.5-2i)*XY", "(0.5-2i)*XY")]
    [InlineData("1e-3 ZZ − 2E+1·X1", "0.001*ZZ - 20*XI")]
    [InlineData("Z0 - Z0", "0*Z")]
    [InlineData("3", "3*I")]
    public void is_read_and_printed(string text, string printed) => PauliSum.Parse(text).ToString().ShouldBe(printed);

    [Theory]
    [InlineData("", "position 1: there is nothing to read")]
    [InlineData("0.5*XIZ - ", "position 11: a Pauli label is missing at the end")]
    [InlineData("0.5*", "position 5: a Pauli label is missing at the end")]
    [InlineData("0.5*XQ", "position 5: The Pauli label 'XQ' has 'Q' at position 2")]
    [InlineData("(0.5*X", "position 5: '*' stands where a + or − between two terms is expected")]
    [InlineData("(0.5", "position 5: the parenthesis of a complex coefficient is never closed")]
    [InlineData("[X0", "position 1: the bracket is never closed")]
    [InlineData("1..5*X", "position 1: '1' stands where a number is expected")]
    public void that_is_wrong_is_refused_with_its_place(string text, string reason) =>
        Should.Throw<QuantumException>(() => PauliSum.Parse(text)).Message.ShouldContain(reason);

    [Fact]
    public void needs_letters_for_all_qubits_in_letter_labels() =>
        Should.Throw<QuantumException>(() => PauliSum.Parse("XX + Z"))
            .Message.ShouldBe("The Pauli label 'Z' has 1 letters, but there are 2 qubits: write a letter for every qubit, or number them as in 'X0 Z2'.");

    [Fact]
    public void that_is_printed_reads_back_to_the_bit() =>
        Prop.ForAll(AnyPauli.Sum(1, 4, hermitian: false).ToArbitrary(), sum =>
        {
            var odd = (Complex)(1 / 3.0) * sum;
            PauliSum.Parse(odd.ToString(), sum.QubitCount).ShouldBe(odd);
        }).Check(AnyPauli.Fixed);
}
