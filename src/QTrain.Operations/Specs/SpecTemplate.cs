using System.Text;

namespace QTrain.Operations.Specs;

/// <summary>The commented spec of <c>qtrain init</c>: a small training that runs as it is, with every other key behind a <c>#</c>.</summary>
public static class SpecTemplate
{
    // A five-vertex ring with a chord: small, needs no other file, and its best cut is not obvious at a glance.
    private static readonly Dictionary<string, string> Live = new()
    {
        ["name"] = "my first training",
        ["problem.maxcut.edges"] = "[[0, 1], [1, 2], [2, 3], [3, 4], [4, 0], [1, 3]]",
        ["ansatz.type"] = SpecKeys.Qaoa,
        ["ansatz.layers"] = "2",
        ["initial.type"] = SpecKeys.Random,
        ["optimizer.name"] = "l-bfgs",
        ["seed"] = "1",
        ["stopping.iterations"] = "200",
        ["tags"] = "[example]",
    };

    /// <summary>The text.</summary>
    public static string Text()
    {
        var text = new StringBuilder();
        text.Append("""
            # A training. Run it: qtrain train FILE. Look first: qtrain train FILE --dry-run.
            # A line behind '#' shows a default or an example: remove the '#' to use it. Files are relative to this one.
            # Editors complete the keys with the schema that `qtrain schema` prints.

            """.ReplaceLineEndings("\n"));
        foreach (var key in SpecKeys.Root.Keys)
        {
            text.Append('\n');
            Write(text, key, key.Name, "");
        }
        return text.ToString();
    }

    private static bool IsLive(string path) => Live.Keys.Any(k => k == path || k.StartsWith(path + ".", StringComparison.Ordinal));

    private static void Write(StringBuilder text, SpecKey key, string path, string indent)
    {
        text.Append(indent).Append("# ").Append(key.About.Replace("`", "'"));
        if (key.DefaultNote is { } note) text.Append(" Default: ").Append(note.Replace("`", "'")).Append('.');
        text.Append('\n');
        if (key.Kind is SpecKind.Choice or SpecKind.Choices)
            foreach (var name in key.Allowed) text.Append(indent).Append("#   ").Append(name.Name).Append(": ").Append(name.About).Append('\n');

        if (key.Kind != SpecKind.Section)
        {
            var value = Live.GetValueOrDefault(path);
            text.Append(indent).Append(value is null ? "# " : "").Append(key.Name).Append(": ").Append(value ?? key.Default ?? key.Example ?? Allowed(key)).Append('\n');
            return;
        }
        text.Append(indent).Append(IsLive(path) ? "" : "# ").Append(key.Name).Append(":\n");
        var group = "";
        foreach (var inner in key.Keys)
        {
            var chosen = key.Discriminator is { } by ? Live.GetValueOrDefault($"{path}.{by}") : null;
            var belongs = inner.BelongsTo(chosen) || inner.Only.IsEmpty;
            var only = string.Join(", ", inner.Only);
            if (only != group && only.Length > 0 && key.Discriminator is not null) text.Append(indent).Append("  # ── with ").Append(key.Discriminator).Append(' ').Append(only).Append(":\n");
            group = only;
            // The same name twice in a section cannot both be live: an option of another type stays behind its '#'.
            Write(text, inner, belongs ? $"{path}.{inner.Name}" : $"{path}.({only}).{inner.Name}", indent + "  ");
        }
    }

    private static string Allowed(SpecKey key) => key.Allowed.IsEmpty ? (key.Minimum ?? 1).ToString("R") : key.Allowed[0].Name;
}
