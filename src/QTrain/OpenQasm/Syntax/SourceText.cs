using System.Text;
using QTrain.Formats;

namespace QTrain.OpenQasm.Syntax;

/// <summary>One OpenQASM file as text: knows the line and column of every character, and words faults that point at one.</summary>
internal sealed class SourceText(string file, string text)
{
    // A line longer than this is shown in part, around the fault.
    private const int ShownCharacters = 120;

    private int[]? _lines;

    public string File { get; } = file;

    public string Text { get; } = text.StartsWith('\uFEFF') ? text[1..] : text;

    public override string ToString() => File;

    /// <summary>Line and column, both from 1.</summary>
    public (int Line, int Column) Place(int offset)
    {
        _lines ??= LineStarts();
        var line = Array.BinarySearch(_lines, Math.Clamp(offset, 0, Text.Length));
        if (line < 0) line = ~line - 1;
        return (line + 1, offset - _lines[line] + 1);
    }

    /// <summary>A fault at a place: file, line and column, the reason, and the source line with a mark under what is meant.</summary>
    public InvalidFileException Fault(int offset, int length, string reason)
    {
        var (line, column) = Place(offset);
        var start = _lines![line - 1];
        var end = start;
        while (end < Text.Length && Text[end] is not ('\n' or '\r')) end++;
        var from = Math.Max(start, Math.Min(offset - ShownCharacters / 2, end - ShownCharacters));
        var shown = Text[from..Math.Min(end, from + ShownCharacters)].Replace('\t', ' ');
        var mark = new StringBuilder().Append(' ', Math.Max(0, offset - from)).Append('^', Math.Clamp(length, 1, Math.Max(1, Math.Min(end, from + ShownCharacters) - offset)));
        var number = line.ToString();
        return new InvalidFileException(File, line, column, $"{reason}\n  {number} | {Printable(shown)}\n  {new string(' ', number.Length)} | {mark}");
    }

    // A hostile file may hold escape sequences; a terminal must not see them.
    private static string Printable(string line) => string.Concat(line.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    private int[] LineStarts()
    {
        var starts = new List<int> { 0 };
        for (var k = 0; k < Text.Length; k++)
            if (Text[k] == '\n' || Text[k] == '\r' && (k + 1 == Text.Length || Text[k + 1] != '\n')) starts.Add(k + 1);
        return [.. starts];
    }
}

/// <summary>A piece of a source.</summary>
internal readonly record struct Span(SourceText Source, int Start, int Length)
{
    public InvalidFileException Fault(string reason) => Source.Fault(Start, Length, reason);

    /// <summary>From the beginning of this piece to the end of another of the same file.</summary>
    public Span To(Span last) => ReferenceEquals(last.Source, Source) && last.Start + last.Length >= Start
        ? this with { Length = last.Start + last.Length - Start }
        : this;

    public string Text => Source.Text.Substring(Start, Length);
}
