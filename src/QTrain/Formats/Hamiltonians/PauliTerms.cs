using System.Collections.Immutable;
using System.Numerics;
using QTrain.Observables;

namespace QTrain.Formats.Hamiltonians;

/// <summary>Collects the Pauli terms of a text that may be wider than 64 qubits, and settles which end of a label is qubit 0.</summary>
/// <param name="source">The text.</param>
/// <param name="order">The order that the form or the user names; null to ask when it matters.</param>
internal sealed class PauliTerms(TextSource source, BitOrder? order)
{
    // More than any method here holds; a number beyond is a slip.
    private const int MaxQubits = 1_000_000;

    private readonly List<(int Offset, string Letters, ImmutableArray<PauliLetter> Numbered, double Coefficient)> _terms = [];
    private int? _width;
    private int _largest = -1;

    /// <summary>A term whose label is either letters or numbered.</summary>
    public void Add(Token label, Complex coefficient, int coefficientAt)
    {
        if (label.Text.AsSpan().ContainsAnyInRange('0', '9')) AddNumbered(label, coefficient, coefficientAt);
        else AddLetters(label, coefficient, coefficientAt);
    }

    /// <summary>A term of letters, one a qubit; none, or a lone I, is the identity of any number of qubits.</summary>
    public void AddLetters(Token label, Complex coefficient, int coefficientAt)
    {
        var letters = label.Text.Trim();
        for (var k = 0; k < letters.Length; k++)
            if (!"IXYZ".Contains(letters[k]))
                throw source.Fault(label.Offset + k, $"the Pauli label '{TextSource.Shown(letters)}' has '{letters[k]}' at position {k + 1}: the letters are I, X, Y and Z.");
        if (letters is "" or "I") letters = "";
        else if (_width is { } width && letters.Length != width)
            throw source.Fault(label, $"the Pauli label '{TextSource.Shown(letters)}' has {letters.Length} letters, but those before it have {width}: write a letter for every qubit.");
        else _width = letters.Length;
        _terms.Add((label.Offset, letters, [], Real(coefficient, coefficientAt)));
    }

    /// <summary>A term <c>X0 Z2</c>.</summary>
    public void AddNumbered(Token label, Complex coefficient, int coefficientAt) =>
        AddNumbered(label.Offset, source.At(label.Offset, () => SparsePauliSum.ParseLabel(label.Text, null)), coefficient, coefficientAt);

    public void AddNumbered(int offset, ImmutableArray<PauliLetter> letters, Complex coefficient, int coefficientAt)
    {
        foreach (var (qubit, _) in letters) _largest = Math.Max(_largest, qubit);
        if (_largest >= MaxQubits) throw source.Fault(offset, $"qubit {_largest} is out of range: qubits are numbered 0 to {MaxQubits - 1}.");
        _terms.Add((offset, "", letters, Real(coefficient, coefficientAt)));
    }

    /// <summary>The sum, on as many qubits as the labels speak of or <paramref name="qubits"/>.</summary>
    public SparsePauliSum ToSum(int? qubits = null)
    {
        if (_terms.Count == 0) throw source.Fault(0, "there are no terms: at least one is needed.");
        var all = Math.Max(qubits ?? 1, Math.Max(_width ?? 1, _largest + 1));
        if (_width is { } width && width != all)
            throw source.Fault(_terms.First(t => t.Letters.Length > 0).Offset, $"this label has {width} letters, but there are {all} qubits: write a letter for every qubit, or number them as in 'X0 Z2'.");
        var rightmost = Sum(all, BitOrder.Rightmost);
        if (order is { } known) return known == BitOrder.Rightmost ? rightmost : Sum(all, known);
        if (_width is null or 1 || rightmost.Equals(Sum(all, BitOrder.Leftmost))) return rightmost;      // nothing to ask
        var asymmetric = _terms.First(t => t.Letters.Length > 0 && !t.Letters.SequenceEqual(t.Letters.Reverse()));
        throw source.Fault(asymmetric.Offset,
            $"which end of '{TextSource.Shown(asymmetric.Letters)}' is qubit 0? This form of file does not say, and programs differ. "
            + "Say --bit-order rightmost (Qiskit) or --bit-order leftmost (Cirq, PennyLane, Braket); in a spec: 'bit-order' under 'problem'.");
    }

    private SparsePauliSum Sum(int qubits, BitOrder bits) => source.At(_terms[0].Offset, () =>
        new SparsePauliSum(qubits, _terms.Select(t => new SparsePauliTerm(t.Letters.Length > 0 ? Letters(t.Letters, bits) : t.Numbered, t.Coefficient))));

    private static ImmutableArray<PauliLetter> Letters(string label, BitOrder bits) =>
    [
        .. Enumerable.Range(0, label.Length).Select(q => new PauliLetter(q, label[bits == BitOrder.Rightmost ? label.Length - 1 - q : q])).Where(l => l.Letter != 'I'),
    ];

    private double Real(Complex coefficient, int at) => coefficient.Imaginary == 0
        ? double.IsFinite(coefficient.Real) ? coefficient.Real : throw source.Fault(at, $"the coefficient is {coefficient.Real}: it must be finite.")
        : throw source.Fault(at, $"the coefficient has the imaginary part {coefficient.Imaginary:R}: only Hermitian sums, with real coefficients, can be measured.");
}
