using System.Globalization;
using System.Text;
using QTrain.Observables;
using QTrain.Problems;

namespace QTrain.Formats.Hamiltonians;

/// <summary>Quadratic problems as lines <c>i j value</c>, with equal numbers for the linear part.</summary>
/// <remarks><code>
/// # vartype=SPIN          dimod's coordinates: SPIN are signs, BINARY (or no such line) are bits
/// # offset=1.5
/// 0 0 -1
/// 0 1 2
///
/// c a comment             qbsolv's: bits
/// p qubo 0 4 2 3          topology, variables, diagonal entries, couplings
/// 0 0 -1
/// </code></remarks>
internal static class CoordinateText
{
    /// <summary>Whether a line of the text says that these are coordinates.</summary>
    public static bool Announces(TextSource source) => source.Text.Contains("vartype", StringComparison.OrdinalIgnoreCase) || Lines(source).FirstOrDefault() is [{ Text: "p" }, { Text: "qubo" }, ..];

    public static (Qubo? Qubo, SparsePauliSum? Ising) Read(TextSource source)
    {
        var (variables, entries, head) = (0, new List<Coupling>(), default(Token));
        int? stated = null;
        foreach (var line in Lines(source))
        {
            if (line[0].Text == "p")
            {
                if (line.Length != 6 || line[1].Text != "qubo" || !line[3].TryIndex(out var most)) throw source.Fault(line[0], "the first line of qbsolv's form is 'p qubo 0 VARIABLES DIAGONALS COUPLINGS'.");
                if (stated is not null) throw source.Fault(line[0], "there is a second line 'p qubo': a file holds one problem.");
                (stated, head) = (most, line[3]);
                continue;
            }
            if (line.Length != 3) throw source.Fault(line[0], $"a line must be 'i j value', here are {line.Length} words.");
            if (!line[0].TryIndex(out var i)) throw Variable(line[0]);
            if (!line[1].TryIndex(out var j)) throw Variable(line[1]);
            if (Math.Max(i, j) >= Qubo.MaxVariables) throw source.Fault(line[0], $"variable {Math.Max(i, j)} is out of range: they are numbered 0 to {Qubo.MaxVariables - 1}.");
            if (!line[2].TryNumber(out var value)) throw source.Fault(line[2], $"'{TextSource.Shown(line[2].Text)}' is no finite number.");
            variables = Math.Max(variables, Math.Max(i, j) + 1);
            if (stated is { } count && variables > count) throw source.Fault(line[0], $"variable {variables - 1} does not exist: the first line says there are {count}, numbered 0 to {count - 1}.");
            entries.Add(new Coupling(i, j, value));
        }
        if (entries.Count == 0) throw source.Fault(head.Offset, "there are no coefficients: lines 'i j value' are expected.");
        var offset = Comment(source, "offset") is { } text
            ? text.TryNumber(out var number) ? number : throw source.Fault(text, $"the offset '{TextSource.Shown(text.Text)}' is no finite number.")
            : 0;
        var signs = Comment(source, "vartype") is { } kind && kind.Text.ToUpperInvariant() switch
        {
            "SPIN" => true,
            "BINARY" => false,
            _ => throw source.Fault(kind, $"variables are of type BINARY (bits) or SPIN (signs), not '{TextSource.Shown(kind.Text)}'."),
        };
        var all = Math.Max(variables, stated ?? 0);
        return signs
            ? (null, source.At(0, () => QuboJson.Signs(all, offset, entries)))
            : (source.At(0, () => new Qubo(all, offset, entries)), null);

        InvalidFileException Variable(Token word) => source.Fault(word, $"'{TextSource.Shown(word.Text)}' is no variable: they are numbered from 0.");
    }

    public static string Write(Qubo qubo)
    {
        var text = new StringBuilder("# vartype=BINARY\n");
        if (qubo.Constant != 0) text.Append(CultureInfo.InvariantCulture, $"# offset={qubo.Constant:R}\n");
        for (var i = 0; i < qubo.VariableCount; i++)
            // The last variable is written even without a coefficient, so that none is lost.
            if (qubo.Linear[i] != 0 || i == qubo.VariableCount - 1) text.Append(CultureInfo.InvariantCulture, $"{i} {i} {qubo.Linear[i]:R}\n");
        foreach (var (i, j, value) in qubo.Quadratic) text.Append(CultureInfo.InvariantCulture, $"{i} {j} {value:R}\n");
        return text.ToString();
    }

    // Lines of 'c' are comments of qbsolv.
    private static IEnumerable<Token[]> Lines(TextSource source) => source.Lines().Where(l => l[0].Text != "c");

    private static Token? Comment(TextSource source, string name)
    {
        for (var start = 0; start < source.Text.Length;)
        {
            var end = source.Text.IndexOf('\n', start);
            if (end < 0) end = source.Text.Length;
            var line = source.Text[start..end];
            var at = line.IndexOf(name, StringComparison.OrdinalIgnoreCase);
            var equals = at < 0 ? -1 : line.IndexOf('=', at);
            if (line.TrimStart().StartsWith('#') && equals > 0) return new Token(line[(equals + 1)..].Trim(), start + equals + 1);
            start = end + 1;
        }
        return null;
    }
}
