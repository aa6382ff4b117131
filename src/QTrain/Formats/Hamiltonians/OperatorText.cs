using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using QTrain.Observables;
using QTrain.Problems;

namespace QTrain.Formats.Hamiltonians;

/// <summary>Sums of operators as text: OpenFermion's, with what is acted on in brackets, and sums of labels as people write them.</summary>
/// <remarks><code>
/// (-0.81+0j) [] +
/// (0.17+0j) [Z0] +              a QubitOperator; the last + may stand alone
/// 0.04 [X0 X1 Y2 Y3]
///
/// FermionOperator:              the first line may name the operator
/// -1.25 [0^ 0] +
/// 0.33 [0^ 1^ 1 0]              mode k becomes qubit k by Jordan–Wigner
///
/// -1.05 * II + 0.39 * IZ        labels, also one a line, also the label first
/// </code></remarks>
internal sealed class OperatorText
{
    private readonly TextSource _source;
    private readonly PauliTerms _terms;
    private readonly List<(int Offset, Complex Coefficient, ImmutableArray<LadderOperator> Product)> _products = [];
    private bool? _fermions;
    private int _at;

    private OperatorText(TextSource source, BitOrder? order) => (_source, _terms) = (source, new PauliTerms(source, order));

    private string Text => _source.Text;

    private char Next => _at < Text.Length ? Text[_at] : '\0';

    /// <summary>A sum of Pauli strings; of operators of fermions, the one that Jordan–Wigner makes of it.</summary>
    public static (SparsePauliSum Sum, bool Fermions) Read(TextSource source, BitOrder? order)
    {
        var reader = new OperatorText(source, order);
        reader.ReadHead();
        if (!reader.ReadPairs()) reader.ReadSum();
        return (reader.ToSum(), reader._fermions == true);
    }

    private SparsePauliSum ToSum()
    {
        if (_fermions != true) return _terms.ToSum();
        var modes = _products.SelectMany(p => p.Product).Select(l => l.Mode).DefaultIfEmpty().Max() + 1;
        var sum = JordanWigner.Map(modes, _products.Select(p => (p.Coefficient, p.Product)));
        var rounding = 1e-9 * Math.Max(1e-300, sum.OneNorm);
        if (sum.Terms.FirstOrDefault(t => Math.Abs(t.Coefficient.Imaginary) > rounding) is { Coefficient.Imaginary: not 0 } odd)
            throw _source.Fault(_products[0].Offset,
                $"the operator is not Hermitian: under Jordan–Wigner {odd.Pauli.ToLabel(modes)} has the coefficient {PauliSumText.Write(odd.Coefficient)}. For every term, such as [0^ 1], there must be its conjugate, [1^ 0].");
        return SparsePauliSum.From(new PauliSum(modes, sum.Simplify(1e-15 * sum.OneNorm).Terms.Select(t => t with { Coefficient = t.Coefficient.Real })));
    }

    private void ReadHead()
    {
        SkipSpace();
        foreach (var (name, fermions) in (ReadOnlySpan<(string, bool)>)[("QubitOperator", false), ("FermionOperator", true), ("IsingOperator", false), ("MajoranaOperator", false), ("BosonOperator", false), ("QuadOperator", false)])
        {
            if (!Text.AsSpan(_at).StartsWith(name)) continue;
            if (name is "MajoranaOperator" or "BosonOperator" or "QuadOperator")
                throw _source.Fault(_at, $"a {name} is not read: of OpenFermion's operators, QubitOperator and FermionOperator are.");
            _at += name.Length;
            SkipSpace();
            if (Next != ':') throw _source.Fault(_at, $"after {name} a ':' is expected, and then its terms, such as 0.5 [X0 Z1].");
            _at++;
            _fermions = fermions;
        }
    }

    // Lines of a label and its coefficient, in that order; any other line makes the text a sum.
    private bool ReadPairs()
    {
        var pairs = new List<(Token Label, double Value, int At)>();
        foreach (var words in _source.Lines())
        {
            if (words.Length < 2 || words[0].Offset < _at || words[0].Text.Trim('"', '\'', ':') is not { Length: > 0 } first || !"IXYZ".Contains(first[0]) || !words[^1].TryNumber(out var value)) return false;
            var label = words[..^1].Where(w => w.Text is not (":" or "=")).ToArray();
            if (label.Any(w => !"IXYZ\"'".Contains(w.Text[0]))) return false;
            pairs.Add((new Token(string.Join(' ', label.Select(w => w.Text.Trim('"', '\'', ':'))), words[0].Offset), value, words[^1].Offset));
        }
        foreach (var (label, value, at) in pairs) _terms.Add(label, value, at);
        return pairs.Count > 0;
    }

    private void ReadSum()
    {
        SkipSpace();
        for (var first = true; _at < Text.Length; first = false)
        {
            var start = _at;
            var sign = Sign();
            if (_at >= Text.Length && !first && sign is not null) return;           // OpenFermion's last +
            if (!first && sign is null && !Text.AsSpan(0, start).TrimEnd(" \t\r").EndsWith("\n"))
                throw _source.Fault(_at, $"'{Next}' stands where + or − or a new line is expected.");
            ReadTerm(sign ?? 1);
            SkipSpace();
        }
    }

    private int? Sign()
    {
        int? sign = null;
        while (Next is '+' or '-' or '−')
        {
            sign = (sign ?? 1) * (Next == '+' ? 1 : -1);
            _at++;
            SkipSpace();
        }
        return sign;
    }

    private void ReadTerm(int sign)
    {
        var start = _at;
        Complex coefficient = sign;
        var given = Next == '(' || char.IsAsciiDigit(Next) || Next == '.';
        if (Next == '(') coefficient *= ParenthesizedComplex();
        else if (given) coefficient *= Number();
        SkipBlanks();
        if (given && Next is '*' or '·')
        {
            _at++;
            SkipSpace();
        }
        if (Next == '[') ReadBracket(start, coefficient);
        else if ("IXYZ".Contains(Next) && Next != '\0') _terms.Add(Label(), coefficient, start);
        else if (given && _fermions is null or false && Next is '\0' or '\r' or '\n' or '+' or '-' or '−') _terms.AddLetters(new Token("", start), coefficient, start);
        else throw _source.Fault(_at, _at < Text.Length
            ? $"'{Next}' stands where an operator is expected: [X0 Z1], [0^ 1], or a label such as XIZ."
            : "the text ends where an operator is expected: [X0 Z1], [0^ 1], or a label such as XIZ.");
    }

    private Token Label()
    {
        var start = _at;
        while (_at < Text.Length && (char.IsAsciiLetterOrDigit(Text[_at]) || (Text[_at] is ' ' or '\t' && NextIsNumbered(_at)))) _at++;
        return new Token(Text[start.._at], start);
    }

    private bool NextIsNumbered(int at)
    {
        while (at < Text.Length && Text[at] is ' ' or '\t') at++;
        return at + 1 < Text.Length && "IXYZ".Contains(Text[at]) && char.IsAsciiDigit(Text[at + 1]);
    }

    private void ReadBracket(int start, Complex coefficient)
    {
        var open = _at;
        var close = Text.IndexOf(']', open);
        if (close < 0) throw _source.Fault(open, "this '[' is never closed.");
        var words = _source.Words(open + 1, close);
        _at = close + 1;
        foreach (var word in words)
        {
            var fermionic = char.IsAsciiDigit(word.Text[0]);
            if (_fermions is null) _fermions = fermionic;
            else if (_fermions != fermionic)
                throw _source.Fault(word, $"'{TextSource.Shown(word.Text)}' is an operator of {(fermionic ? "fermions" : "qubits")}, but those before it are of {(fermionic ? "qubits" : "fermions")}: a sum has one kind.");
        }
        _products.Add((start, coefficient, _fermions == true ? [.. words.Select(Ladder)] : []));
        if (_fermions == true) return;
        _terms.AddNumbered(new Token(Text[(open + 1)..close].Replace(',', ' '), open + 1), coefficient, start);
    }

    private LadderOperator Ladder(Token word)
    {
        var creates = word.Text.EndsWith('^');
        if (!int.TryParse(creates ? word.Text.AsSpan(0, word.Text.Length - 1) : word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var mode))
            throw _source.Fault(word, $"'{TextSource.Shown(word.Text)}' is no operator of fermions: write the mode, with ^ when it creates, such as [0^ 1].");
        return mode < PauliString.MaxQubits
            ? new LadderOperator(mode, creates)
            : throw _source.Fault(word, $"mode {mode} is out of range: modes are numbered 0 to {PauliString.MaxQubits - 1}.");
    }

    private Complex ParenthesizedComplex()
    {
        var open = _at++;
        Complex value = 0;
        for (SkipSpace(); Next != ')'; SkipSpace())
        {
            if (_at >= Text.Length) throw _source.Fault(open, "this '(' is never closed.");
            var sign = Sign() ?? 1;
            var part = sign * Number();
            if (Next is 'j' or 'J' or 'i')
            {
                _at++;
                value += new Complex(0, part);
            }
            else value += part;
        }
        _at++;
        return value;
    }

    private double Number() => _source.Number(ref _at);

    private void SkipBlanks()
    {
        while (Next is ' ' or '\t') _at++;
    }

    private void SkipSpace()
    {
        while (_at < Text.Length && char.IsWhiteSpace(Text[_at])) _at++;
    }
}
