using System.Globalization;

namespace QTrain.Formats.Hamiltonians;

/// <summary>A word of a text and where it stands.</summary>
internal readonly record struct Token(string Text, int Offset)
{
    /// <summary>The token as a finite number; Fortran's exponents D and d are read too.</summary>
    public bool TryNumber(out double value)
    {
        var text = Text.AsSpan().ContainsAny('d', 'D') && !Text.AsSpan().ContainsAny('e', 'E') ? Text.Replace('d', 'e').Replace('D', 'e') : Text;
        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    /// <summary>The token as a whole number from 0.</summary>
    public bool TryIndex(out int value) => int.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}

/// <summary>A text under its file's name, which knows the line and column of every character.</summary>
internal sealed class TextSource
{
    public TextSource(string text, string file) => (Text, File) = (text.StartsWith('\uFEFF') ? text[1..] : text, file);

    public string Text { get; }

    public string File { get; }

    /// <summary>A fault at a character of the text.</summary>
    public InvalidFileException Fault(int offset, string reason)
    {
        var before = Text.AsSpan(0, Math.Min(offset, Text.Length));
        return new InvalidFileException(File, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'), reason);
    }

    public InvalidFileException Fault(Token token, string reason) => Fault(token.Offset, reason);

    /// <summary>Turns a fault of the domain, found while <paramref name="work"/> was done, into one at a place of the text.</summary>
    public T At<T>(int offset, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (QuantumException fault) when (fault is not InvalidFileException)
        {
            throw Fault(offset, fault.Message);
        }
    }

    /// <summary>The finite number without a sign that stands at a character, which moves behind it.</summary>
    /// <exception cref="InvalidFileException">There is none.</exception>
    public double Number(ref int at)
    {
        var end = at;
        while (end < Text.Length && (char.IsAsciiDigit(Text[end]) || Text[end] == '.')) end++;
        if (end > at && end < Text.Length && Text[end] is 'e' or 'E')
        {
            var digits = end + 1;
            if (digits < Text.Length && Text[digits] is '+' or '-') digits++;
            if (digits < Text.Length && char.IsAsciiDigit(Text[digits]))
                for (end = digits; end < Text.Length && char.IsAsciiDigit(Text[end]);) end++;
        }
        if (!double.TryParse(Text.AsSpan(at, end - at), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            throw Fault(at, at < Text.Length ? $"'{Text[at]}' stands where a finite number is expected." : "a number is missing at the end.");
        at = end;
        return value;
    }

    /// <summary>The words of every line that has some, in order; what follows a # or % is a comment.</summary>
    public IEnumerable<Token[]> Lines()
    {
        for (var start = 0; start < Text.Length;)
        {
            var end = Text.IndexOf('\n', start);
            if (end < 0) end = Text.Length;
            var comment = Text.AsSpan(start, end - start).IndexOfAny('#', '%');
            var tokens = Words(start, comment < 0 ? end : start + comment);
            if (tokens.Length > 0) yield return tokens;
            start = end + 1;
        }
    }

    /// <summary>The words between two characters, divided by white space, commas and semicolons.</summary>
    public Token[] Words(int start, int end)
    {
        var tokens = new List<Token>();
        for (var at = start; at < end;)
        {
            if (IsSpace(Text[at]))
            {
                at++;
                continue;
            }
            var first = at;
            while (at < end && !IsSpace(Text[at])) at++;
            tokens.Add(new Token(Text[first..at], first));
        }
        return [.. tokens];

        static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is ',' or ';';
    }

    /// <summary>A text short enough for a message.</summary>
    public static string Shown(string text) => text.Length <= 40 ? text : text[..37] + "…";
}
