using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace QTrain.OpenQasm.Syntax;

internal sealed partial class Parser
{
    // A chain such as 1+1+1+… leans to the left, and whoever walks the tree descends it.
    private const int MaxExpressionDepth = 400;

    private const int MaxDigits = 4096;

    private const int PowerLevel = 13, UnaryLevel = 12;

    private static int LevelOf(ReadOnlySpan<char> symbol, int version) => symbol switch
    {
        "||" => 1,
        "&&" => 2,
        "|" => 3,
        "^" => version == 2 ? PowerLevel : 4,
        "&" => 5,
        "==" or "!=" => 6,
        "<" or "<=" or ">" or ">=" => 7,
        "<<" or ">>" => 8,
        "+" or "-" => 9,
        "*" or "/" or "%" => 10,
        "**" => PowerLevel,
        _ => 0,
    };

    private Expression ReadExpression(string what = "an expression", int level = 1)
    {
        Enter(SpanOf(Current));
        var first = Current;
        var left = ReadOperand(what);
        while (Current.Kind == TokenKind.Symbol && LevelOf(WordOf(Current), _version) is var own && own >= level)
        {
            var symbol = TextOf(Current);
            if (_version == 2 && symbol is not ("+" or "-" or "*" or "/" or "^" or "**")) break;
            _at++;
            // ** groups to the right, all others to the left.
            var right = ReadExpression("an expression after '" + symbol + "'", own == PowerLevel ? own : own + 1);
            left = new BinaryExpression(From(first), symbol == "^" && _version == 2 ? "**" : symbol, left, right) { Depth = Below(left, right) };
        }
        Leave();
        return left;
    }

    private static int Below(params ReadOnlySpan<Expression> parts)
    {
        var deepest = 0;
        foreach (var part in parts) deepest = Math.Max(deepest, part.Depth);
        if (deepest >= MaxExpressionDepth) throw parts[0].Span.Fault($"this expression is more than {MaxExpressionDepth} operators deep: divide it.");
        return deepest + 1;
    }

    private Expression ReadOperand(string what)
    {
        var first = Current;
        if (Current.Kind == TokenKind.Symbol && WordOf(Current) is "-" or "!" or "~" or "+")
        {
            var symbol = TextOf(Current);
            if (_version == 2 && symbol is "!" or "~" || symbol == "+" && _version == 3) throw Expected(what);
            _at++;
            var operand = ReadExpression("an expression after '" + symbol + "'", UnaryLevel + 1);
            if (symbol == "+") return operand;
            return new UnaryExpression(From(first), symbol, operand) { Depth = Below(operand) };
        }
        return ReadIndices(ReadPrimary(what));
    }

    private Expression ReadIndices(Expression of)
    {
        while (IsSymbol("["))
        {
            var index = ReadIndex();
            of = new IndexExpression(of.Span.To(index.Span), of, index) { Depth = Below(of) };
        }
        return of;
    }

    private Expression ReadPrimary(string what)
    {
        var first = Current;
        switch (Current.Kind)
        {
            case TokenKind.Integer:
                _at++;
                return new IntegerLiteral(SpanOf(first), ReadInteger(first));
            case TokenKind.Real:
                _at++;
                if (_settings.IsStrict && _version == 2) RequireStrictReal(first);
                return new RealLiteral(SpanOf(first), ReadReal(first, TextOf(first)));
            case TokenKind.Imaginary when _version == 3:
                _at++;
                return new ImaginaryLiteral(SpanOf(first), ReadReal(first, TextOf(first)[..^2].TrimEnd()));
            case TokenKind.Timing when _version == 3:
                _at++;
                return ReadTiming(first);
            case TokenKind.Text when _version == 3:
                return ReadBits();
            case TokenKind.PhysicalQubit when _version == 3:
                _at++;
                return PhysicalQubitOf(first);
            case TokenKind.Symbol when IsSymbol("("):
                _at++;
                var inner = ReadExpression("an expression in the parentheses");
                Take(")", "to close the parenthesis");
                return inner with { Span = From(first) };
            case TokenKind.Identifier:
                return ReadWord(what);
            default:
                throw Expected(what);
        }
    }

    private Expression ReadWord(string what)
    {
        var first = Current;
        var word = TextOf(first);
        if (_version == 3)
        {
            if (word is "true" or "false")
            {
                _at++;
                return new BooleanLiteral(SpanOf(first), word == "true");
            }
            if (word == "durationof")
            {
                _at++;
                Take("(", "after 'durationof'");
                var block = ReadBlock("the instructions whose duration is asked, in braces");
                Take(")", "to close 'durationof'");
                return new DurationOf(From(first), block);
            }
            if (Words.Scalars.ContainsKey(word) || word == "array")
            {
                var type = ReadType();
                Take("(", "after the type of a cast");
                var operand = ReadExpression("the value to cast");
                Take(")", "to close the cast");
                return new CastExpression(From(first), type, operand) { Depth = Below(operand) };
            }
            if (Words.OfThree.Contains(word)) throw Expected(what);
        }
        else if (Words.OfTwo.Contains(word) && word is not ("pi" or "sin" or "cos" or "tan" or "exp" or "ln" or "sqrt")) throw Expected(what);
        _at++;
        if (!TakeIf("(")) return new NameExpression(SpanOf(first), word);
        var arguments = ReadList(")", "an argument");
        Take(")", $"to close the arguments of '{word}'");
        return new CallExpression(From(first), word, arguments) { Depth = arguments.IsEmpty ? 1 : Below(arguments.AsSpan()) };
    }

    // Expressions up to a closing symbol; a comma may follow the last.
    private ImmutableArray<Expression> ReadList(string end, string what)
    {
        if (IsSymbol(end)) return [];
        var only = ReadExpression(what);
        if (!TakeIf(",")) return [only];
        RefuseTrailingComma(end);
        var items = ImmutableArray.CreateBuilder<Expression>();
        items.Add(only);
        while (!IsSymbol(end))
        {
            items.Add(ReadExpression(what));
            if (!TakeIf(",")) break;
            RefuseTrailingComma(end);
        }
        return items.DrainToImmutable();
    }

    private void RefuseTrailingComma(string end)
    {
        if (_settings.IsStrict && _version == 2 && IsSymbol(end)) throw SpanOf(_tokens[_at - 1]).Fault("[strict] a comma must not follow the last item.");
    }

    private IndexNode ReadIndex()
    {
        var first = Take("[", "before an index");
        if (IsSymbol("{"))
        {
            var set = ReadSet();
            Take("]", "to close the index");
            return new IndexNode(From(first), set.Items, IsSet: true);
        }
        var only = ReadIndexItem();
        if (TakeIf("]")) return new IndexNode(From(first), [only], IsSet: false);
        var items = ImmutableArray.CreateBuilder<Expression>();
        items.Add(only);
        Take(",", "or ']' after an index");
        do
        {
            if (IsSymbol("]") && items.Count > 0) break;
            items.Add(ReadIndexItem());
        }
        while (TakeIf(","));
        Take("]", "to close the index");
        return new IndexNode(From(first), items.DrainToImmutable(), IsSet: false);
    }

    private Expression ReadIndexItem()
    {
        var first = Current;
        var start = IsSymbol(":") ? null : ReadExpression("an index");
        return IsSymbol(":") ? ReadRange(first, start) : start!;
    }

    private RangeExpression ReadRange(Token first, Expression? start)
    {
        Take(":", "of a range");
        var second = IsRangeEnd() ? null : ReadExpression("the end of a range");
        if (!TakeIf(":")) return new RangeExpression(From(first), start, null, second);
        var third = IsRangeEnd() ? null : ReadExpression("the end of a range");
        return new RangeExpression(From(first), start, second, third);
    }

    private bool IsRangeEnd() => IsSymbol("]") || IsSymbol(",") || IsSymbol(":");

    private SetExpression ReadSet()
    {
        var first = Take("{", "before a set");
        var items = ReadList("}", "a member of the set");
        if (items.IsEmpty) throw SpanOf(first).Fault("a set has at least one member: write {0, 2}, for example.");
        Take("}", "to close the set");
        return new SetExpression(From(first), items);
    }

    private TypeNode ReadType()
    {
        var first = Current;
        if (TakeWordIf("array"))
        {
            Take("[", "after 'array'");
            var element = ReadScalarType("the type of the elements");
            Take(",", "between the type of the elements and the sizes of the array");
            if (Current.Kind == TokenKind.Dim) throw SpanOf(Current).Fault("'#dim' is for references in the arguments of a subroutine: an array that is declared needs its sizes.");
            var sizes = ReadList("]", "the size of a dimension");
            if (sizes.IsEmpty) throw Expected("the size of a dimension");
            Take("]", "to close the type");
            return new TypeNode(From(first), TypeKeyword.Array, null) { Element = element, Dimensions = sizes };
        }
        return ReadScalarType("a type");
    }

    private TypeNode ReadScalarType(string what)
    {
        var first = Current;
        if (Current.Kind != TokenKind.Identifier || !Words.Scalars.TryGetValue(TextOf(Current), out var keyword)) throw Expected($"{what}, such as int[32], float, bit or bool");
        _at++;
        if (keyword == TypeKeyword.Complex)
        {
            if (!TakeIf("[")) return new TypeNode(From(first), keyword, null);
            var part = ReadScalarType("the type of both parts of a complex number");
            if (part.Keyword != TypeKeyword.Float) throw part.Span.Fault("the parts of a complex number are floats: write complex[float[64]].");
            Take("]", "to close the type");
            return new TypeNode(From(first), keyword, part.Size) { Element = part };
        }
        var size = keyword is TypeKeyword.Bit or TypeKeyword.Int or TypeKeyword.Uint or TypeKeyword.Float or TypeKeyword.Angle ? ReadDesignator() : null;
        return new TypeNode(From(first), keyword, size);
    }

    private Expression? ReadDesignator()
    {
        if (!TakeIf("[")) return null;
        var size = ReadExpression("a size");
        Take("]", "to close the size");
        return size;
    }

    private BigInteger ReadInteger(Token token)
    {
        if (int.TryParse(WordOf(token), NumberStyles.None, CultureInfo.InvariantCulture, out var small)) return small;
        var text = TextOf(token).Replace("_", "", StringComparison.Ordinal);
        if (text.Length > MaxDigits) throw SpanOf(token).Fault($"a number of {text.Length} digits is too long: at most {MaxDigits} are read.");
        if (_version == 2)
        {
            if (text.Any(c => !char.IsAsciiDigit(c)) || WordOf(token).Contains('_')) throw SpanOf(token).Fault($"'{Shortened(TextOf(token))}' is no number of OpenQASM 2: write decimal digits.");
            return BigInteger.Parse(text, CultureInfo.InvariantCulture);
        }
        if (text.Length > 2 && char.ToLowerInvariant(text[1]) is 'x' or 'b' or 'o')
        {
            var bits = char.ToLowerInvariant(text[1]) switch { 'x' => 4, 'o' => 3, _ => 1 };
            var value = BigInteger.Zero;
            foreach (var digit in text.AsSpan(2)) value = value << bits | (char.IsAsciiDigit(digit) ? digit - '0' : char.ToLowerInvariant(digit) - 'a' + 10);
            return value;
        }
        return BigInteger.Parse(text, CultureInfo.InvariantCulture);
    }

    private double ReadReal(Token token, string text)
    {
        var value = double.Parse(text.Contains('_', StringComparison.Ordinal) ? text.Replace("_", "", StringComparison.Ordinal) : text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? value : throw SpanOf(token).Fault($"{Shortened(text)} is too large: numbers go up to {double.MaxValue:R}.");
    }

    private void RequireStrictReal(Token token)
    {
        var text = TextOf(token);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) throw SpanOf(token).Fault("[strict] a number with an exponent needs a decimal point, such as 1.0e3.");
        if (dot == 0 || dot + 1 == text.Length || !char.IsAsciiDigit(text[dot + 1])) throw SpanOf(token).Fault("[strict] a decimal point needs a digit on either side.");
    }

    private TimingLiteral ReadTiming(Token token)
    {
        var text = TextOf(token);
        var end = text.Length;
        while (!char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.') end--;
        var parts = text[end..].Trim() switch { "dt" or "s" => 1.0, "ms" => 1e3, "ns" => 1e9, _ => 1e6 };
        return new TimingLiteral(SpanOf(token), ReadReal(token, text[..end]) / parts, text.EndsWith("dt", StringComparison.Ordinal));
    }

    private PhysicalQubit PhysicalQubitOf(Token token) =>
        int.TryParse(WordOf(token)[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1_000_000
            ? new PhysicalQubit(SpanOf(token), number)
            : throw SpanOf(token).Fault("physical qubits are numbered from $0 to $999999.");

    private BitsLiteral ReadBits()
    {
        var token = Current;
        var text = TextOf(token);
        var inner = text[1..^1];
        if (text[0] != '"' || inner.Length == 0 || inner.Any(c => c is not ('0' or '1' or '_')) || inner.StartsWith('_') || inner.EndsWith('_') || inner.Contains("__", StringComparison.Ordinal))
            throw SpanOf(token).Fault($"{Shortened(text)} is no value: bits are written \"0101\".");
        _at++;
        inner = inner.Replace("_", "", StringComparison.Ordinal);
        var value = BigInteger.Zero;
        if (inner.Length > MaxDigits) throw SpanOf(token).Fault($"a text of {inner.Length} bits is too long: at most {MaxDigits} are read.");
        foreach (var digit in inner) value = value << 1 | digit - '0';
        return new BitsLiteral(SpanOf(token), value, inner.Length);
    }
}
