using System.Globalization;
using QTrain.Formats;

namespace QTrain.OpenQasm.Syntax;

internal enum TokenKind : byte
{
    Identifier,
    Integer,
    Real,
    Imaginary,
    Timing,
    Text,
    PhysicalQubit,
    Annotation,
    Pragma,
    Dim,
    Calibration,
    Symbol,
    End,
}

/// <summary>A word of a program: what it is and where it stands. Names and keywords are one kind: which is which depends on the version.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int Length);

/// <summary>Divides a program into tokens.</summary>
/// <remarks>Calibration blocks (<c>cal</c>, <c>defcal</c>) are in a language of their own: they are one token each, kept as they are.</remarks>
internal sealed class Lexer
{
    private readonly SourceText _source;
    private readonly string _text;
    private readonly List<Token> _tokens;
    private int _at;

    private Lexer(SourceText source)
    {
        _source = source;
        _text = source.Text;
        _tokens = new List<Token>(_text.Length / 3 + 8);
    }

    public static Token[] Read(SourceText source)
    {
        var lexer = new Lexer(source);
        lexer.Run();
        return [.. lexer._tokens];
    }

    private void Run()
    {
        // 0: ordinary; 1: after defcal, its prelude reads as tokens; the next brace opens a calibration block.
        var inPrelude = false;
        while (true)
        {
            SkipBlank();
            if (_at == _text.Length) break;
            var start = _at;
            var c = _text[start];
            if (IsIdentifierStart(start, out _))
            {
                ReadIdentifier();
                var word = _text.AsSpan(start, _at - start);
                if (word is "pragma" && IsFirstOfStatement()) ReadLine(start, TokenKind.Pragma);
                else
                {
                    Add(TokenKind.Identifier, start);
                    inPrelude |= word is "cal" or "defcal" && IsFirstOfStatement(before: 1);
                }
            }
            else if (char.IsAsciiDigit(c) || c == '.' && start + 1 < _text.Length && char.IsAsciiDigit(_text[start + 1])) ReadNumber();
            else if (c is '"' or '\'') ReadText(c);
            else if (c == '$') ReadPhysicalQubit();
            else if (c == '#') ReadHash();
            else if (c == '@' && start + 1 < _text.Length && IsIdentifierStart(start + 1, out _) && IsFirstOfStatement()) ReadLine(start, TokenKind.Annotation);
            else if (c == '{' && inPrelude)
            {
                _at++;
                Add(TokenKind.Symbol, start);
                ReadCalibration();
                inPrelude = false;
            }
            else ReadSymbol();
        }
        Add(TokenKind.End, _text.Length);
    }

    private void Add(TokenKind kind, int start) => _tokens.Add(new Token(kind, start, _at - start));

    private InvalidFileException Fault(int start, int length, string reason) => _source.Fault(start, length, reason);

    // Whether a statement may begin here: pragma and annotations take the whole line, so they are told from names and modifiers by place.
    private bool IsFirstOfStatement(int before = 0)
    {
        var last = _tokens.Count - 1 - before;
        if (last < 0) return true;
        var token = _tokens[last];
        return token.Kind is TokenKind.Pragma or TokenKind.Annotation
            || token.Kind == TokenKind.Symbol && _text[token.Start] is ';' or '{' or '}' or ')'
            || token.Kind == TokenKind.Identifier && _text.AsSpan(token.Start, token.Length) is "else";
    }

    private void SkipBlank()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v' or '\u00A0') _at++;
            else if (c == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/')
            {
                while (_at < _text.Length && _text[_at] is not ('\n' or '\r')) _at++;
            }
            else if (c == '/' && _at + 1 < _text.Length && _text[_at + 1] == '*')
            {
                var end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                if (end < 0) throw Fault(_at, 2, "this comment is never closed: expected '*/'.");
                _at = end + 2;
            }
            else return;
        }
    }

    private bool IsIdentifierStart(int at, out int length) => IsLetter(at, out length) || at < _text.Length && _text[at] == '_';

    private bool IsLetter(int at, out int length)
    {
        length = 1;
        if (at >= _text.Length) return false;
        if (char.IsAsciiLetter(_text[at])) return true;
        if (_text[at] < 128) return false;
        if (char.IsHighSurrogate(_text[at]) && at + 1 < _text.Length && char.IsLowSurrogate(_text[at + 1])) length = 2;
        return CharUnicodeInfo.GetUnicodeCategory(_text, at) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber;
    }

    private void ReadIdentifier()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] == '_' || char.IsAsciiDigit(_text[_at])) _at++;
            else if (IsLetter(_at, out var length)) _at += length;
            else return;
        }
    }

    private void ReadNumber()
    {
        var start = _at;
        var kind = TokenKind.Integer;
        if (_text[_at] == '0' && _at + 1 < _text.Length && _text[_at + 1] is 'x' or 'X' or 'b' or 'B' or 'o' or 'O' && Prefixed())
        {
            Finish(start, kind);
            return;
        }
        Digits(char.IsAsciiDigit);
        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            kind = TokenKind.Real;
            if (_at < _text.Length && char.IsAsciiDigit(_text[_at])) Digits(char.IsAsciiDigit);
        }
        if (_at < _text.Length && _text[_at] is 'e' or 'E')
        {
            var mark = _at++;
            if (_at < _text.Length && _text[_at] is '+' or '-') _at++;
            if (_at < _text.Length && char.IsAsciiDigit(_text[_at])) Digits(char.IsAsciiDigit);
            else throw Fault(mark, _at - mark, "the exponent of this number has no digits: write 1e-3, for example.");
            kind = TokenKind.Real;
        }
        Finish(start, kind);
    }

    private bool Prefixed()
    {
        var mark = char.ToLowerInvariant(_text[_at + 1]);
        if (mark == 'o' && _text[_at + 1] == 'O') throw Fault(_at, 2, "an octal number begins with 0o, not 0O.");
        Func<char, bool> isDigit = mark switch { 'x' => char.IsAsciiHexDigit, 'b' => c => c is '0' or '1', _ => c => c is >= '0' and <= '7' };
        if (_at + 2 >= _text.Length || !isDigit(_text[_at + 2])) throw Fault(_at, 2, $"'{_text.Substring(_at, 2)}' begins a number, but no digit of it follows.");
        _at += 2;
        Digits(isDigit);
        return true;
    }

    // Single underscores may stand between digits.
    private void Digits(Func<char, bool> isDigit)
    {
        while (_at < _text.Length)
        {
            if (isDigit(_text[_at])) _at++;
            else if (_text[_at] == '_' && _at + 1 < _text.Length && isDigit(_text[_at + 1])) _at++;
            else return;
        }
    }

    private void Finish(int start, TokenKind kind)
    {
        // A unit or "im" may stand apart by blanks; anything else that touches the number is a slip.
        var unit = _at;
        while (unit < _text.Length && _text[unit] is ' ' or '\t') unit++;
        if (unit == _text.Length || _text[unit] is not ('i' or 'd' or 'n' or 'u' or 'm' or 's' or '\u00B5' or '\u03BC') && (unit > _at || _text[unit] is ';' or ',' or ')' or ']' or '*' or '/' or '+' or '-' or '\n' or '\r'))
        {
            Add(kind, start);
            return;
        }
        foreach (var name in (ReadOnlySpan<string>)["im", "dt", "ns", "us", "\u00B5s", "\u03BCs", "ms", "s"])
        {
            var end = unit + name.Length;
            if (string.CompareOrdinal(_text, unit, name, 0, name.Length) != 0 || end < _text.Length && (_text[end] == '_' || char.IsAsciiDigit(_text[end]) || IsLetter(end, out _))) continue;
            _at = end;
            Add(name == "im" ? TokenKind.Imaginary : TokenKind.Timing, start);
            return;
        }
        if (_at < _text.Length && (_text[_at] == '_' || char.IsAsciiDigit(_text[_at]) || IsLetter(_at, out _)))
        {
            var bad = _at;
            ReadIdentifier();
            throw Fault(start, _at - start, $"'{_text[start.._at]}' is not a number: '{_text[bad.._at]}' cannot follow '{_text[start..bad]}'.");
        }
        Add(kind, start);
    }

    private void ReadText(char quote)
    {
        var start = _at++;
        while (_at < _text.Length && _text[_at] != quote && _text[_at] is not ('\n' or '\r')) _at++;
        if (_at == _text.Length || _text[_at] != quote) throw Fault(start, 1, $"this text is never closed: expected {quote} on the same line.");
        _at++;
        Add(TokenKind.Text, start);
    }

    private void ReadPhysicalQubit()
    {
        var start = _at++;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
        if (_at == start + 1) throw Fault(start, 1, "expected the number of a physical qubit after '$', such as $0.");
        Add(TokenKind.PhysicalQubit, start);
    }

    private void ReadHash()
    {
        var start = _at;
        foreach (var (word, kind) in (ReadOnlySpan<(string, TokenKind)>)[("#pragma", TokenKind.Pragma), ("#dim", TokenKind.Dim)])
        {
            var end = start + word.Length;
            if (string.CompareOrdinal(_text, start, word, 0, word.Length) != 0 || end < _text.Length && (_text[end] == '_' || char.IsLetterOrDigit(_text[end]))) continue;
            _at = end;
            if (kind == TokenKind.Pragma) ReadLine(start, kind);
            else Add(kind, start);
            return;
        }
        throw Fault(start, 1, "'#' begins nothing here: expected '#pragma' or '#dim'.");
    }

    private void ReadLine(int start, TokenKind kind)
    {
        while (_at < _text.Length && _text[_at] is not ('\n' or '\r')) _at++;
        Add(kind, start);
    }

    private void ReadCalibration()
    {
        var start = _at;
        for (var depth = 1; _at < _text.Length; _at++)
        {
            if (_text[_at] == '{') depth++;
            else if (_text[_at] == '}' && --depth == 0)
            {
                Add(TokenKind.Calibration, start);
                return;
            }
        }
        throw Fault(start - 1, 1, "this calibration block is never closed: expected '}'.");
    }

    // The longest that is one; 0: none is.
    private static int LengthOfSymbol(ReadOnlySpan<char> text)
    {
        switch (text[0])
        {
            case '[' or ']' or '{' or '}' or '(' or ')' or ':' or ';' or '.' or ',' or '@' or '~':
                return 1;
            case '=' or '+' or '-' or '*' or '/' or '%' or '|' or '&' or '^' or '!' or '>' or '<':
                if (text.Length >= 3 && text[..3] is "<<=" or ">>=" or "**=") return 3;
                if (text.Length >= 2 && text[..2] is "->" or "++" or "**" or "||" or "&&" or "==" or "!=" or "+=" or "-=" or "*=" or "/=" or "&=" or "|=" or "^=" or "%=" or ">=" or "<=" or ">>" or "<<") return 2;
                return 1;
            default:
                return 0;
        }
    }

    private void ReadSymbol()
    {
        if (LengthOfSymbol(_text.AsSpan(_at)) is > 0 and var length)
        {
            var start = _at;
            _at += length;
            Add(TokenKind.Symbol, start);
            return;
        }
        var shown = char.IsControl(_text[_at]) ? $"U+{(int)_text[_at]:X4}" : $"'{(char.IsHighSurrogate(_text[_at]) && _at + 1 < _text.Length ? _text.Substring(_at, 2) : _text[_at].ToString())}'";
        throw Fault(_at, 1, $"{shown} has no meaning in OpenQASM.");
    }
}
