using System.Globalization;
using System.Numerics;

namespace QTrain.Formats.Hamiltonians;

internal enum LiteralKind
{
    List,
    Text,
    Number,
    Call,
}

/// <summary>A value written as Python prints it: a list or tuple, a text, a real or complex number, or a call with arguments.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Where it stands.</param>
internal sealed record Literal(LiteralKind Kind, int Offset)
{
    /// <summary>The text, or the name of what is called.</summary>
    public string Text { get; init; } = "";

    public Complex Number { get; init; }

    /// <summary>The items of a list, or the arguments of a call; a named argument carries its name in <see cref="Keyword"/>.</summary>
    public IReadOnlyList<Literal> Items { get; init; } = [];

    public string? Keyword { get; init; }
}

/// <summary>Reads Python literals, of which the lists of JSON are some: <c>[('XX', (0.5+0j)), …]</c>, <c>SparsePauliOp(['XX'], coeffs=[0.5+0.j])</c>.</summary>
internal sealed class PythonLiteral
{
    private const int MaxDepth = 32;

    private readonly TextSource _source;
    private int _at;

    private PythonLiteral(TextSource source) => _source = source;

    private string Text => _source.Text;

    private char Next => _at < Text.Length ? Text[_at] : '\0';

    /// <summary>The one value of a text.</summary>
    public static Literal Read(TextSource source)
    {
        var reader = new PythonLiteral(source);
        var value = reader.Value(0);
        reader.SkipSpace();
        return reader._at == reader.Text.Length ? value : throw source.Fault(reader._at, $"'{reader.Next}' stands where the text should end.");
    }

    private void SkipSpace()
    {
        while (_at < Text.Length && (char.IsWhiteSpace(Text[_at]) || Text[_at] == '#'))
        {
            if (Text[_at] == '#')
                while (_at < Text.Length && Text[_at] != '\n') _at++;
            else _at++;
        }
    }

    private Literal Value(int depth)
    {
        if (depth > MaxDepth) throw _source.Fault(_at, $"nested more than {MaxDepth} levels deep: no list of Pauli terms needs that.");
        SkipSpace();
        var start = _at;
        switch (Next)
        {
            case '\0':
                throw _source.Fault(_at, "the text ends where a value is expected.");
            case '[' or '(':
                return Bracketed(depth);
            case '"' or '\'':
                return new Literal(LiteralKind.Text, start) { Text = Quoted() };
            case '.' when Text.AsSpan(_at).StartsWith("..."):
                throw _source.Fault(_at, "the list was shortened with '...' when it was printed: print op.to_list() instead, which never is.");
            case '+' or '-' or '.' or (>= '0' and <= '9'):
                return new Literal(LiteralKind.Number, start) { Number = Sum() };
            case '_' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z'):
                return Named(depth);
            default:
                throw _source.Fault(_at, $"'{Next}' stands where a list, a text or a number is expected.");
        }
    }

    // A bracket makes a list; parentheses around one number are only parentheses.
    private Literal Bracketed(int depth)
    {
        var (start, close) = (_at, Next == '[' ? ']' : ')');
        var items = Items(close, depth, out var commas);
        return close == ')' && !commas && items is [var only] ? only : new Literal(LiteralKind.List, start) { Items = items };
    }

    private List<Literal> Items(char close, int depth, out bool commas)
    {
        var start = _at++;
        var items = new List<Literal>();
        commas = false;
        for (SkipSpace(); Next != close; SkipSpace())
        {
            if (_at >= Text.Length) throw _source.Fault(start, $"this '{Text[start]}' is never closed.");
            items.Add(Argument(depth + 1));
            SkipSpace();
            if (Next == ',')
            {
                commas = true;
                _at++;
            }
            else if (Next != close) throw _at >= Text.Length ? _source.Fault(start, $"this '{Text[start]}' is never closed.") : _source.Fault(_at, $"'{Next}' stands where ',' or '{close}' is expected.");
        }
        _at++;
        return items;
    }

    private Literal Argument(int depth)
    {
        var start = _at;
        if (char.IsAsciiLetter(Next) || Next == '_')
        {
            var name = Word();
            SkipSpace();
            if (Next == '=')
            {
                _at++;
                return Value(depth) with { Keyword = name };
            }
            _at = start;
        }
        return Value(depth);
    }

    private Literal Named(int depth)
    {
        var start = _at;
        var name = Word();
        if (name is "nan" or "inf" or "NaN" or "Infinity") throw _source.Fault(start, $"{name} is not a number that is allowed here: only finite numbers are.");
        SkipSpace();
        if (Next != '(') throw _source.Fault(start, $"'{TextSource.Shown(name)}' is neither a text in quotes nor a number.");
        return new Literal(LiteralKind.Call, start) { Text = name, Items = Items(')', depth, out _) };
    }

    private string Word()
    {
        var start = _at;
        while (_at < Text.Length && (char.IsAsciiLetterOrDigit(Text[_at]) || Text[_at] is '_' or '.')) _at++;
        return Text[start.._at];
    }

    private string Quoted()
    {
        var (start, quote) = (_at, Next);
        var end = Text.IndexOf(quote, _at + 1);
        if (end < 0) throw _source.Fault(start, "this text is never closed by a second quote.");
        _at = end + 1;
        return Text[(start + 1)..end];
    }

    // 0.5, -1e-3, 0.5+0.j, 1. +0.j, 2j
    private Complex Sum()
    {
        Complex sum = 0;
        for (var first = true; ; first = false)
        {
            var start = _at;
            SkipSpace();
            if (!first && Next is not ('+' or '-'))
            {
                _at = start;
                return sum;
            }
            var sign = Next == '-' ? -1 : 1;
            if (Next is '+' or '-') _at++;
            SkipSpace();
            var value = sign * Unsigned();
            if (Next is 'j' or 'J' or 'i')
            {
                _at++;
                sum += new Complex(0, value);
            }
            else sum += value;
        }
    }

    private double Unsigned() => _source.Number(ref _at);
}
