using System.Collections.Immutable;
using QTrain.Formats;

namespace QTrain.OpenQasm.Syntax;

/// <summary>Reads tokens into a tree. One class, three files: this one holds the tokens and the version; expressions and statements have their own.</summary>
internal sealed partial class Parser
{
    // Deeper programs than people write, and far from the end of the stack.
    private const int MaxDepth = 200;

    // Two million lines; what is made of a line takes some twenty times its room.
    private const int MaxCharacters = 1 << 25;

    private const int MaxIncludes = 200, MaxIncludeDepth = 16;

    private readonly SourceText _source;
    private readonly Token[] _tokens;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _words = new HashSet<string>().GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly ParserSettings _settings;
    private readonly Shared _shared;
    private int _version;
    private int _at;
    private int _depth;

    private Parser(SourceText source, ParserSettings settings, Shared shared, int version, int includeDepth)
    {
        if ((shared.Characters += source.Text.Length) > MaxCharacters) throw source.Fault(0, 1, $"the program has {shared.Characters:#,0} characters with what it includes: at most {MaxCharacters:#,0} are read. Divide it, or write loops.");
        _source = source;
        _settings = settings;
        _shared = shared;
        _version = version;
        _includeDepth = includeDepth;
        _tokens = Lexer.Read(source);
    }

    private readonly int _includeDepth;

    /// <summary>What files that include each other have in common.</summary>
    private sealed class Shared
    {
        public int Includes;
        public long Characters;
        public List<string> Pragmas { get; } = [];
    }

    /// <summary>The tree of a program.</summary>
    /// <exception cref="InvalidFileException">The text is not OpenQASM; says where and what was expected.</exception>
    public static ProgramNode Parse(SourceText source, ParserSettings settings)
    {
        var parser = new Parser(source, settings, new Shared(), version: 0, includeDepth: 0);
        return parser.ReadProgram();
    }

    private ProgramNode ReadProgram()
    {
        string? written = null;
        if (IsWord("OPENQASM"))
        {
            var word = _at++;
            var number = Current;
            if (number.Kind is not (TokenKind.Integer or TokenKind.Real)) throw Expected("a version such as 3.0 after 'OPENQASM'");
            written = TextOf(number);
            var major = written.Split('.')[0];
            if (major is not ("2" or "3") || written.Split('.') is [_, not ("0" or "1" or "2")] || written.Any(c => c != '.' && !char.IsAsciiDigit(c)) || written.EndsWith('.') || major == "2" && written is not ("2" or "2.0"))
                throw SpanOf(number).Fault($"OpenQASM {written} is not known here: versions 2.0, 3, 3.0 and 3.1 are.");
            _version = major[0] - '0';
            _at++;
            if (_settings.IsStrict && _version == 2 && written != "2.0") throw SpanOf(number).Fault("[strict] the version must be written 2.0.");
            Take(";", "after the version");
        }
        else
        {
            _version = GuessVersion();
            if (_settings.IsStrict) throw SpanOf(Current).Fault($"[strict] the first statement must be 'OPENQASM {(_version == 2 ? "2.0" : "3.0")};'.");
        }
        var statements = ReadUntilEnd();
        return new ProgramNode(new Span(_source, 0, 0), _version, written, statements, [.. _shared.Pragmas]);
    }

    private ImmutableArray<Statement> ReadUntilEnd()
    {
        var statements = ImmutableArray.CreateBuilder<Statement>();
        while (Current.Kind != TokenKind.End) ReadInto(statements);
        return statements.DrainToImmutable();
    }

    // A file without a version line: OpenQASM 2 when it includes its library or declares nothing but qreg and creg.
    private int GuessVersion()
    {
        var (old, isThree) = (false, _source.Text.Contains('π') || _source.Text.Contains('θ'));
        for (var k = 0; k < _tokens.Length; k++)
        {
            var token = _tokens[k];
            if (token.Kind == TokenKind.PhysicalQubit || token.Kind is TokenKind.Pragma or TokenKind.Annotation or TokenKind.Timing or TokenKind.Imaginary) isThree = true;
            if (token.Kind == TokenKind.Symbol && _source.Text[token.Start] is '@' or '=' && !(token.Length == 2)) isThree = true;
            if (token.Kind == TokenKind.Text && TextOf(token)[1..^1] == "qelib1.inc") return 2;
            if (token.Kind == TokenKind.Text && TextOf(token)[1..^1] == "stdgates.inc") return 3;
            if (token.Kind != TokenKind.Identifier) continue;
            switch (_source.Text.AsSpan(token.Start, token.Length))
            {
                case "opaque":
                    return 2;
                case "qreg" or "creg":
                    old = true;
                    break;
                case "delay" when k + 1 < _tokens.Length && !IsSymbol(_tokens[k + 1], "["):
                    break;
                case "qubit" or "bit" or "int" or "uint" or "float" or "bool" or "const" or "let" or "def" or "input" or "output" or "for" or "while" or "else" or "switch" or "gphase" or "array" or "extern" or "box" or "delay":
                    isThree = true;
                    break;
            }
        }
        // A lone gate reads the same in both; only OpenQASM 2 has CX from the start.
        return !isThree && (old || _tokens.Any(t => IsWord(t, "CX"))) ? 2 : 3;
    }

    private Token Current => _tokens[_at];

    private Token Ahead(int by) => _tokens[Math.Min(_at + by, _tokens.Length - 1)];

    // Programs say the same few words over and over: each is kept once.
    private string TextOf(Token token)
    {
        var text = WordOf(token);
        if (token.Kind is not (TokenKind.Identifier or TokenKind.Symbol)) return text.ToString();
        if (_words.TryGetValue(text, out var known)) return known;
        var word = text.ToString();
        _words.Add(word);
        return word;
    }

    private ReadOnlySpan<char> WordOf(Token token) => _source.Text.AsSpan(token.Start, token.Length);

    private Span SpanOf(Token token) => new(_source, token.Start, token.Length);

    private Span From(Token first)
    {
        var last = _tokens[Math.Max(0, _at - 1)];
        return new Span(_source, first.Start, Math.Max(first.Length, last.Start + last.Length - first.Start));
    }

    private bool IsSymbol(string symbol) => IsSymbol(Current, symbol);

    private bool IsSymbol(Token token, string symbol) => token.Kind == TokenKind.Symbol && WordOf(token).SequenceEqual(symbol);

    private bool IsWord(string word) => IsWord(Current, word);

    private bool IsWord(Token token, string word) => token.Kind == TokenKind.Identifier && WordOf(token).SequenceEqual(word);

    private bool TakeIf(string symbol)
    {
        if (!IsSymbol(symbol)) return false;
        _at++;
        return true;
    }

    private bool TakeWordIf(string word)
    {
        if (!IsWord(word)) return false;
        _at++;
        return true;
    }

    private Token Take(string symbol, string where)
    {
        if (!IsSymbol(symbol)) throw Expected($"'{symbol}' {where}", afterPrevious: symbol == ";");
        return _tokens[_at++];
    }

    private InvalidFileException Expected(string what, bool afterPrevious = false)
    {
        var found = Current.Kind switch
        {
            TokenKind.End => "the end of the file",
            TokenKind.Calibration => "a calibration block",
            _ => $"'{Shortened(TextOf(Current))}'",
        };
        // A missing semicolon is missed where the statement ends, which may be lines before the next word.
        if (afterPrevious && _at > 0)
        {
            var previous = _tokens[_at - 1];
            if (Current.Kind == TokenKind.End || _source.Place(previous.Start).Line != _source.Place(Current.Start).Line)
                return _source.Fault(previous.Start + previous.Length, 1, $"expected {what}; found {found}.");
        }
        return _source.Fault(Current.Start, Math.Max(1, Current.Length), $"expected {what}; found {found}.");
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..37] + "...";

    private string TakeName(string what, out Span span)
    {
        if (Current.Kind != TokenKind.Identifier) throw Expected(what);
        var name = TextOf(Current);
        if (IsReserved(name)) throw SpanOf(Current).Fault($"expected {what}; '{name}' is a word of the language and cannot be a name.");
        span = SpanOf(Current);
        _at++;
        return name;
    }

    private bool IsReserved(string word) => _version == 2 ? Words.OfTwo.Contains(word) : Words.OfThree.Contains(word);

    private void Enter(Span span)
    {
        if (++_depth > MaxDepth) throw span.Fault($"nested more than {MaxDepth} levels deep: this reader goes no deeper.");
    }

    private void Leave() => _depth--;
}

/// <summary>How a program is read.</summary>
/// <param name="IsStrict">Whether what readers let pass by custom is refused.</param>
/// <param name="Include">The text of an included file by its path, with the name to show; null when there is none. Null: includes are not followed.</param>
internal sealed record ParserSettings(bool IsStrict, Func<string, (string File, string Text)?>? Include);

/// <summary>The words that cannot be names.</summary>
internal static class Words
{
    public static readonly HashSet<string> OfTwo = ["OPENQASM", "include", "qreg", "creg", "gate", "opaque", "barrier", "if", "measure", "reset", "pi", "sin", "cos", "tan", "exp", "ln", "sqrt"];

    public static readonly HashSet<string> OfThree =
    [
        "OPENQASM", "include", "defcalgrammar", "def", "cal", "defcal", "gate", "extern", "box", "let", "break", "continue", "if", "else", "end", "return",
        "for", "while", "in", "switch", "case", "default", "nop", "pragma", "input", "output", "const", "readonly", "mutable", "qreg", "qubit", "creg", "bool",
        "bit", "int", "uint", "float", "angle", "complex", "array", "void", "duration", "stretch", "gphase", "inv", "pow", "ctrl", "negctrl", "durationof",
        "delay", "reset", "measure", "barrier", "true", "false", "im",
    ];

    public static readonly Dictionary<string, TypeKeyword> Scalars = new()
    {
        ["bit"] = TypeKeyword.Bit,
        ["int"] = TypeKeyword.Int,
        ["uint"] = TypeKeyword.Uint,
        ["float"] = TypeKeyword.Float,
        ["angle"] = TypeKeyword.Angle,
        ["bool"] = TypeKeyword.Bool,
        ["complex"] = TypeKeyword.Complex,
        ["duration"] = TypeKeyword.Duration,
        ["stretch"] = TypeKeyword.Stretch,
    };
}
