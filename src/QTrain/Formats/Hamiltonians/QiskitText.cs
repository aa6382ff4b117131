using System.Collections.Immutable;
using System.Numerics;
using QTrain.Observables;

namespace QTrain.Formats.Hamiltonians;

/// <summary>Qiskit's sums of Pauli strings, as lists and as they are printed. Labels have qubit 0 rightmost.</summary>
/// <remarks><code>
/// [["XX", 0.5], ["ZI", [0.25, 0]]]                                a list, as JSON or as Python prints it: [('XX', (0.5+0j)), …]
/// [["XZ", [0, 2], 0.5]]                                           a sparse list: X on qubit 0, Z on qubit 2
/// SparsePauliOp(['XX', 'ZI'], coeffs=[0.5+0.j, 0.25+0.j])         what print(op) shows
/// SparsePauliOp.from_list([("XX", 0.5)])                          what makes one
/// </code></remarks>
internal static class QiskitText
{
    private const string Form = "a list of Pauli terms is written [[\"XX\", 0.5], [\"ZI\", 0.25]] or SparsePauliOp(['XX', 'ZI'], coeffs=[0.5, 0.25])";

    public static SparsePauliSum Read(TextSource source, BitOrder? order)
    {
        var terms = new PauliTerms(source, order ?? BitOrder.Rightmost);
        var value = PythonLiteral.Read(source);
        int? qubits = null;
        if (value.Kind == LiteralKind.List) AddPairs(value, terms, source);
        else if (value.Kind != LiteralKind.Call) throw source.Fault(value.Offset, $"{Form}.");
        else qubits = AddCall(value, terms, source);
        return terms.ToSum(qubits);
    }

    private static int? AddCall(Literal call, PauliTerms terms, TextSource source)
    {
        var name = call.Text.Split('.')[^1];
        var first = call.Items.FirstOrDefault(i => i.Keyword is null or "data" or "obj" or "op") ?? throw source.Fault(call.Offset, $"{call.Text}() has no terms; {Form}.");
        var qubits = call.Items.FirstOrDefault(i => i.Keyword == "num_qubits");
        switch (name)
        {
            case "from_list" or "from_sparse_list":
                AddPairs(first, terms, source);
                break;
            case "SparsePauliOp":
                var labels = Unwrapped(first);
                Literal[] list = [.. labels.Kind == LiteralKind.List ? labels.Items : [labels]];
                var given = call.Items.FirstOrDefault(i => i.Keyword == "coeffs") ?? call.Items.Where(i => i.Keyword is null).ElementAtOrDefault(1);
                var coefficients = given is null ? null : Unwrapped(given);
                if (coefficients is { Kind: not LiteralKind.List }) throw source.Fault(coefficients.Offset, "coeffs must be a list of numbers.");
                if (coefficients is not null && coefficients.Items.Count != list.Length)
                    throw source.Fault(coefficients.Offset, $"there are {list.Length} labels, but {coefficients.Items.Count} coefficients: every label needs one.");
                for (var k = 0; k < list.Length; k++)
                {
                    var coefficient = coefficients?.Items[k];
                    terms.AddLetters(Label(list[k], source), coefficient is null ? 1 : Number(coefficient, source), coefficient?.Offset ?? list[k].Offset);
                }
                break;
            default:
                throw source.Fault(call.Offset, $"'{TextSource.Shown(call.Text)}' cannot be read here; {Form}.");
        }
        return qubits is null ? null : (int)Whole(qubits, source);
    }

    // array([...]) and PauliList([...]) are lists; Pauli('XX') is its label.
    private static Literal Unwrapped(Literal value) =>
        value.Kind == LiteralKind.Call && value.Text.Split('.')[^1] is "array" or "PauliList" or "Pauli" && value.Items is [var inner, ..] ? inner : value;

    private static void AddPairs(Literal list, PauliTerms terms, TextSource source)
    {
        if (list.Kind != LiteralKind.List) throw source.Fault(list.Offset, $"{Form}.");
        foreach (var entry in list.Items)
        {
            if (entry.Kind != LiteralKind.List || entry.Items.Count is not (2 or 3))
                throw source.Fault(entry.Offset, $"a term must be [\"label\", coefficient] or [\"letters\", [qubits], coefficient]; {Form}.");
            var (label, coefficient) = (Label(entry.Items[0], source), entry.Items[^1]);
            if (entry.Items.Count == 2) terms.Add(label, Number(coefficient, source), coefficient.Offset);
            else terms.AddNumbered(label.Offset, Sparse(label, entry.Items[1], source), Number(coefficient, source), coefficient.Offset);
        }
    }

    private static ImmutableArray<PauliLetter> Sparse(Token letters, Literal qubits, TextSource source)
    {
        if (qubits.Kind != LiteralKind.List || qubits.Items.Count != letters.Text.Length)
            throw source.Fault(qubits.Offset, $"'{TextSource.Shown(letters.Text)}' has {letters.Text.Length} letters: list as many qubits, such as [0, 2].");
        var found = ImmutableArray.CreateBuilder<PauliLetter>();
        for (var k = 0; k < letters.Text.Length; k++)
        {
            if (!"IXYZ".Contains(letters.Text[k])) throw source.Fault(letters.Offset + k, $"'{letters.Text[k]}' is not a Pauli operator: the letters are I, X, Y and Z.");
            var qubit = Whole(qubits.Items[k], source);
            if (found.Any(l => l.Qubit == qubit)) throw source.Fault(qubits.Items[k].Offset, $"qubit {qubit} is named twice: every qubit may have one letter.");
            if (letters.Text[k] != 'I') found.Add(new PauliLetter((int)qubit, letters.Text[k]));
        }
        return found.ToImmutable();
    }

    private static long Whole(Literal value, TextSource source) =>
        value.Kind == LiteralKind.Number && value.Number is { Imaginary: 0, Real: >= 0 and < 1_000_000 and var number } && number == Math.Floor(number)
            ? (long)number
            : throw source.Fault(value.Offset, "this must be a whole number from 0 to 999999.");

    private static Token Label(Literal value, TextSource source)
    {
        var label = Unwrapped(value);
        return label.Kind == LiteralKind.Text ? new Token(label.Text, label.Offset + 1) : throw source.Fault(value.Offset, "a Pauli label must be a text in quotes, such as \"XZ\".");
    }

    private static Complex Number(Literal value, TextSource source) => value switch
    {
        { Kind: LiteralKind.Number } => value.Number,
        { Kind: LiteralKind.List, Items: [{ Kind: LiteralKind.Number } re, { Kind: LiteralKind.Number } im] } => new Complex(re.Number.Real, im.Number.Real),
        _ => throw source.Fault(value.Offset, "a coefficient must be a number, such as 0.5, (0.5+0j) or [0.5, 0]."),
    };
}
