using System.Text;

namespace QTrain.Operations.Specs;

/// <summary>The reference of every key in Markdown: the generated part of docs/guide/spec.md.</summary>
internal static class SpecGuide
{
    public static string Text()
    {
        var text = new StringBuilder();
        Table(text, "The top", SpecKeys.Root, "");
        foreach (var (path, key) in SpecKeys.All().Where(k => k.Key.Kind == SpecKind.Section)) Table(text, $"`{path}`", key, path + ".");
        return text.ToString();
    }

    private static void Table(StringBuilder text, string title, SpecKey section, string path)
    {
        text.Append("### ").Append(title).Append("\n\n").Append(section.About).Append('\n');
        if (section.Shorthand is { } shorthand) text.Append($"A single value stands for `{path}{shorthand}`.\n");
        text.Append("\n| key | value | default | about |\n| --- | --- | --- | --- |\n");
        foreach (var key in section.Keys)
        {
            var about = key.About;
            if (!key.Allowed.IsEmpty) about += "<br>" + string.Join("<br>", key.Allowed.Select(a => $"`{a.Name}`: {a.About}"));
            if (!key.Only.IsEmpty) about = $"*{section.Discriminator} {string.Join(", ", key.Only)}.* " + about;
            var standard = key.DefaultNote ?? (key.Default is { } d ? $"`{d}`" : key.Kind == SpecKind.Section && key.AlwaysThere ? "its own defaults" : "none");
            text.Append($"| `{key.Name}` | {Value(key)} | {Escape(standard)} | {Escape(about)} |\n");
        }
        text.Append('\n');
    }

    private static string Value(SpecKey key)
    {
        var range = SpecChecker.Range(key);
        var kind = key.Kind switch
        {
            SpecKind.Integer => "whole number",
            SpecKind.Number => "number",
            SpecKind.Duration => "time",
            SpecKind.Flag => "true or false",
            SpecKind.File => "file",
            SpecKind.Choice => "name",
            SpecKind.Choices => "list of names",
            SpecKind.Texts => "list of texts",
            SpecKind.Values => "numbers",
            SpecKind.Edges => "edges",
            SpecKind.Section => "section",
            _ => "text",
        };
        return kind + (range.Length > 0 ? ", " + range : "") + (key.MayBeNone ? ", or `none`" : "");
    }

    private static string Escape(string text) => text.Replace("|", "\\|");
}
