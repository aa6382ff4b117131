using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace QTrain.Observables;

public readonly partial record struct PauliString
{
    private const string Allowed = "a label is letters I, X, Y, Z with qubit 0 rightmost, such as 'XIZ', or letters with qubit numbers, such as 'X0 Z2'";

    /// <summary>Reads a label of either form: <c>XIZ</c> (qubit 0 rightmost) or <c>X0 Z2</c> (OpenFermion's). The empty label and <c>I</c> are the identity.</summary>
    /// <param name="label">The label.</param>
    /// <param name="qubits">How many qubits there are; null: as many as the label speaks of.</param>
    /// <exception cref="QuantumException">The text is no label, or speaks of other qubits than there are.</exception>
    public static PauliString Parse(string label, int? qubits = null) =>
        TryParse(label, qubits, out var pauli, out _, out var error) ? pauli : throw new QuantumException(error);

    /// <summary>Reads a label of either form, as <see cref="Parse"/> does, and says what is wrong with one that cannot be read.</summary>
    /// <param name="label">The label.</param>
    /// <param name="qubits">How many qubits there are; null: as many as the label speaks of.</param>
    /// <param name="pauli">The string; the identity when the label cannot be read.</param>
    /// <param name="qubitsImplied">How many qubits the label speaks of: the letters of <c>XIZ</c>, the largest number of <c>X0 Z2</c> plus one,
    /// 0 for the empty label and for <c>I</c>.</param>
    /// <param name="error">What was found where, and what is allowed; null when all is well.</param>
    public static bool TryParse(
        string label, int? qubits, out PauliString pauli, out int qubitsImplied, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(label);
        var numbered = label.AsSpan().ContainsAnyInRange('0', '9');
        var ok = numbered ? TryParseNumbered(label, out pauli, out qubitsImplied, out error) : TryParseLetters(label, out pauli, out qubitsImplied, out error);
        if (ok && qubits is { } count && qubitsImplied != 0 && (numbered ? qubitsImplied > count : qubitsImplied != count))
        {
            error = numbered
                ? $"The Pauli label '{label}' acts on qubit {qubitsImplied - 1}, but there are {count} qubits, numbered 0 to {count - 1}."
                : $"The Pauli label '{label}' has {qubitsImplied} letters, but there are {count} qubits: write a letter for every qubit, or number them as in 'X0 Z2'.";
            ok = false;
        }
        if (!ok) (pauli, qubitsImplied) = (default, 0);
        return ok;
    }

    private static bool TryParseLetters(string label, out PauliString pauli, out int qubits, out string? error)
    {
        (pauli, qubits, error) = (default, 0, null);
        var letters = label.Trim();
        var start = label.Length - label.TrimStart().Length;
        for (var at = 0; at < letters.Length; at++)
            if (!"IXYZ".Contains(letters[at]))
            {
                error = Unexpected(label, start + at);
                return false;
            }
        if (letters.Length > MaxQubits)
        {
            error = $"A Pauli label of {letters.Length} letters is too long: at most {MaxQubits} qubits are allowed.";
            return false;
        }
        for (var q = 0; q < letters.Length; q++) pauli = pauli.With(letters[letters.Length - 1 - q], q);
        // A lone I is the identity of any number of qubits, as sums are written: 0.5*I + 0.2*XZ.
        qubits = letters is "I" ? 0 : letters.Length;
        return true;
    }

    private static bool TryParseNumbered(string label, out PauliString pauli, out int qubits, out string? error)
    {
        (pauli, qubits, error) = (default, 0, null);
        var seen = 0UL;
        for (var at = 0; at < label.Length;)
        {
            if (char.IsWhiteSpace(label[at]))
            {
                at++;
                continue;
            }
            var letter = label[at];
            if (!"IXYZ".Contains(letter))
            {
                error = Unexpected(label, at);
                return false;
            }
            var end = at + 1;
            while (end < label.Length && char.IsAsciiDigit(label[end])) end++;
            if (end == at + 1)
            {
                error = $"In the Pauli label '{label}' the letter {letter} at position {at + 1} has no qubit number, but others have: {Allowed}.";
                return false;
            }
            var digits = label.AsSpan(at + 1, end - at - 1);
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var qubit) || qubit >= MaxQubits)
            {
                error = $"In the Pauli label '{label}' the qubit {digits} at position {at + 2} is out of range: qubits are numbered 0 to {MaxQubits - 1}.";
                return false;
            }
            if ((seen >> qubit & 1) != 0)
            {
                error = $"The Pauli label '{label}' names qubit {qubit} twice, again at position {at + 1}: every qubit may have one letter.";
                return false;
            }
            seen |= 1UL << qubit;
            pauli = pauli.With(letter, qubit);
            qubits = Math.Max(qubits, qubit + 1);
            at = end;
        }
        return true;
    }

    private PauliString With(char letter, int qubit)
    {
        var single = Single(letter, qubit);
        return new PauliString(X | single.X, Z | single.Z);
    }

    private static string Unexpected(string label, int at) =>
        $"The Pauli label '{label}' has '{label[at]}' at position {at + 1}: {Allowed}.";
}
