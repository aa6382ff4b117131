using System.Collections.Immutable;
using System.Globalization;

namespace QTrain.Observables;

/// <summary>A Pauli operator on one qubit of any number.</summary>
/// <param name="Qubit">The qubit, from 0.</param>
/// <param name="Letter">X, Y or Z.</param>
public readonly record struct PauliLetter(int Qubit, char Letter);

/// <summary>A product of Pauli operators on some of any number of qubits, and its coefficient.</summary>
/// <param name="Letters">The operators, in ascending order of the qubits, each qubit once; none for the identity.</param>
/// <param name="Coefficient">Real: the sum is measured.</param>
public sealed record SparsePauliTerm(ImmutableArray<PauliLetter> Letters, double Coefficient)
{
    /// <inheritdoc/>
    public bool Equals(SparsePauliTerm? other) =>
        other is not null && Coefficient.Equals(other.Coefficient) && Letters.AsSpan().SequenceEqual(other.Letters.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Coefficient, Letters.Length);

    /// <summary>The term as <c>0.5*X0 Z199</c>.</summary>
    public override string ToString() =>
        Coefficient.ToString("R", CultureInfo.InvariantCulture) + (Letters.IsEmpty ? "" : "*" + SparsePauliSum.LabelOf(Letters));
}

/// <summary>An observable Σ cₖPₖ on any number of qubits, each term listing only the qubits it acts on: for systems wider than the 64 qubits of
/// <see cref="PauliSum"/>. A value; terms of one string are added up and keep the order of first mention.</summary>
public sealed class SparsePauliSum : IEquatable<SparsePauliSum>
{
    /// <summary>The sum of <paramref name="terms"/> on <paramref name="qubits"/> qubits.</summary>
    /// <exception cref="QuantumException">A term acts on a qubit that does not exist or on one twice, has a letter other than X, Y, Z, or a
    /// coefficient that is not finite.</exception>
    public SparsePauliSum(int qubits, IEnumerable<SparsePauliTerm> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (qubits < 1) throw new QuantumException($"An observable on {qubits} qubits cannot be: it needs at least 1.");
        QubitCount = qubits;
        var order = new OrderedDictionary<string, SparsePauliTerm>();
        foreach (var term in terms)
        {
            var letters = term.Letters.IsDefault ? [] : term.Letters.Sort((a, b) => a.Qubit.CompareTo(b.Qubit));
            for (var k = 0; k < letters.Length; k++)
            {
                if ((uint)letters[k].Qubit >= (uint)qubits) throw new QubitOutOfRangeException(letters[k].Qubit, qubits);
                if (letters[k].Letter is not ('X' or 'Y' or 'Z'))
                    throw new QuantumException($"'{letters[k].Letter}' is not a Pauli operator of a term: the letters are X, Y and Z.");
                if (k > 0 && letters[k].Qubit == letters[k - 1].Qubit)
                    throw new QuantumException($"A Pauli string names qubit {letters[k].Qubit} twice: every qubit may have one letter.");
            }
            if (!double.IsFinite(term.Coefficient))
                throw new QuantumException($"The coefficient of {LabelOf(letters)} is {term.Coefficient}: coefficients must be finite.");
            var label = LabelOf(letters);
            order[label] = new SparsePauliTerm(letters, term.Coefficient + (order.TryGetValue(label, out var known) ? known.Coefficient : 0));
        }
        Terms = [.. order.Values];
    }

    /// <summary>How many qubits the sum is defined on.</summary>
    public int QubitCount { get; }

    /// <summary>The terms, each string once.</summary>
    public ImmutableArray<SparsePauliTerm> Terms { get; }

    /// <summary>A sum of labels of either form: <c>SparsePauliSum.Of(200, ("Z0 Z199", 0.5), ("X7", -1))</c>.</summary>
    /// <exception cref="QuantumException">A label cannot be read or does not fit the number of qubits.</exception>
    public static SparsePauliSum Of(int qubits, params IEnumerable<(string Label, double Coefficient)> terms) =>
        new(qubits, terms.Select(t => new SparsePauliTerm(ParseLabel(t.Label, qubits), t.Coefficient)));

    /// <summary>The same observable as a <see cref="PauliSum"/>.</summary>
    /// <exception cref="NotHermitianException">A coefficient is not real.</exception>
    public static SparsePauliSum From(PauliSum observable)
    {
        ArgumentNullException.ThrowIfNull(observable);
        observable.RequireHermitian();
        return new SparsePauliSum(observable.QubitCount, observable.Terms.Select(t => new SparsePauliTerm(
            [.. Enumerable.Range(0, t.Pauli.MinimumQubits).Where(q => t.Pauli[q] != 'I').Select(q => new PauliLetter(q, t.Pauli[q]))], t.Coefficient.Real)));
    }

    /// <summary>The same observable as a <see cref="PauliSum"/>.</summary>
    /// <exception cref="QuantumException">It acts on more than 64 qubits.</exception>
    internal PauliSum ToPauliSum()
    {
        if (QubitCount > PauliString.MaxQubits) throw new QuantumException($"An observable on {QubitCount} qubits is too wide here: at most {PauliString.MaxQubits} are allowed.");
        return new PauliSum(QubitCount, Terms.Select(t => new PauliTerm(
            t.Letters.Aggregate(PauliString.Identity, (p, l) => PauliString.Multiply(p, PauliString.Single(l.Letter, l.Qubit)).Product), t.Coefficient)));
    }

    /// <summary>The same sum on more qubits: the identity on the added ones.</summary>
    public SparsePauliSum ExtendTo(int qubits) => qubits >= QubitCount
        ? new SparsePauliSum(qubits, Terms)
        : throw new QuantumException($"An observable on {QubitCount} qubits cannot be extended to {qubits}: give at least {QubitCount}.");

    /// <summary>Reads a label of either form: <c>XIZ</c> (a letter for each qubit, qubit 0 rightmost) or <c>X0 Z199</c>. The empty label and <c>I</c> are the identity.</summary>
    internal static ImmutableArray<PauliLetter> ParseLabel(string label, int? qubits)
    {
        ArgumentNullException.ThrowIfNull(label);
        var letters = ImmutableArray.CreateBuilder<PauliLetter>();
        var words = label.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (!label.AsSpan().ContainsAnyInRange('0', '9'))
        {
            if (words.Length > 1) throw Unreadable(label);
            var word = words.Length == 0 ? "" : words[0];
            if (qubits is { } count && word is not ("" or "I") && word.Length != count)
                throw new QuantumException($"The Pauli label '{Shown(label)}' has {word.Length} letters, but there are {count} qubits: write a letter for every qubit, or number them as in 'X0 Z2'.");
            for (var q = 0; q < word.Length; q++)
            {
                var letter = word[word.Length - 1 - q];
                if (letter is not ('I' or 'X' or 'Y' or 'Z')) throw Unreadable(label);
                if (letter != 'I') letters.Add(new PauliLetter(q, letter));
            }
            return letters.ToImmutable();
        }
        // OpenFermion's words may stand together: X0Z2.
        for (var at = 0; at < label.Length;)
        {
            if (char.IsWhiteSpace(label[at]))
            {
                at++;
                continue;
            }
            var letter = label[at];
            var end = at + 1;
            while (end < label.Length && char.IsAsciiDigit(label[end])) end++;
            if (letter is not ('I' or 'X' or 'Y' or 'Z') || !int.TryParse(label.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var qubit))
                throw Unreadable(label);
            if (qubits is { } all && qubit >= all)
                throw new QuantumException($"The Pauli label '{Shown(label)}' acts on qubit {qubit}, but there are {all} qubits, numbered 0 to {all - 1}.");
            if (letter != 'I') letters.Add(new PauliLetter(qubit, letter));
            at = end;
        }
        return letters.ToImmutable();
    }

    internal static string LabelOf(ImmutableArray<PauliLetter> letters) => letters.IsEmpty ? "I" : string.Join(' ', letters.Select(l => $"{l.Letter}{l.Qubit}"));

    private static QuantumException Unreadable(string label) => new(
        $"The Pauli label '{Shown(label)}' cannot be read: a label is letters I, X, Y, Z with qubit 0 rightmost, such as 'XIZ', or letters with qubit numbers, such as 'X0 Z199'.");

    private static string Shown(string label) => label.Length <= 40 ? label : label[..37] + "…";

    /// <inheritdoc/>
    public bool Equals(SparsePauliSum? other) => other is not null && QubitCount == other.QubitCount
        && Terms.Length == other.Terms.Length && Terms.ToHashSet().SetEquals(other.Terms);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SparsePauliSum);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(QubitCount, Terms.Length);

    /// <summary>The sum as <c>0.5*Z0 Z199 + -1*X7</c>.</summary>
    public override string ToString() => Terms.IsEmpty ? "0" : string.Join(" + ", Terms);
}
