namespace QTrain.Cli.Terminal;

/// <summary>Columns that line up: texts to the left, numbers to the right.</summary>
internal sealed class TextTable
{
    private readonly List<string[]> _rows = [];
    private readonly (string Title, bool Right)[] _columns;

    /// <param name="columns">Titles; one that begins with <c>&gt;</c> is a column of numbers.</param>
    public TextTable(params string[] columns) => _columns = [.. columns.Select(c => c.StartsWith('>') ? (c[1..], true) : (c, false))];

    public void Row(params string[] cells) => _rows.Add(cells);

    public void Write(TextWriter output, CommandTerminal terminal)
    {
        var widths = _columns.Select((c, k) => _rows.Select(r => Width(r[k])).Append(Width(c.Title)).Max()).ToArray();
        if (_columns.Any(c => c.Title.Length > 0)) output.WriteLine(terminal.Bold(Line([.. _columns.Select(c => c.Title)])));
        foreach (var row in _rows) output.WriteLine(Line(row));

        string Line(string[] cells) => string.Join("  ", cells.Select((cell, k) =>
        {
            var space = new string(' ', widths[k] - Width(cell));
            return _columns[k].Right ? space + cell : cell + space;
        })).TrimEnd();
    }

    // Escape sequences of colours take no room.
    private static int Width(string text)
    {
        var width = 0;
        for (var k = 0; k < text.Length; k++)
        {
            if (text[k] == '\e') k = text.IndexOf('m', k);
            else if (!char.IsLowSurrogate(text[k])) width++;
        }
        return width;
    }
}
