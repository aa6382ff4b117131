using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using QTrain.Formats;

namespace QTrain.Operations.Specs;

/// <summary>Checks what was written against the table of keys and turns texts into values.</summary>
internal static partial class SpecChecker
{
    /// <summary>The same keys with checked values, shorthands written out. Keys left out stay out.</summary>
    public static SpecMap Check(SpecNode node, SpecKey root) => CheckSection(node, root, "");

    /// <summary>Adds the keys left out that have a default, and puts keys into the order of the table. Refuses keys that do not belong to
    /// the chosen type of their section.</summary>
    public static SpecMap Complete(SpecMap map, SpecKey section, string path = "")
    {
        var chosen = Chosen(map, section);
        if (map.Entries.FirstOrDefault(e => !section.Find(e.Key, chosen)!.BelongsTo(chosen)) is { } stray)
            throw stray.Place.Refuse(
                $"'{path}{stray.Key}' belongs to {section.Discriminator} {string.Join(" or ", section.Keys.Where(k => k.Name == stray.Key).SelectMany(k => k.Only))}, " +
                $"but the {section.Discriminator} here is {chosen ?? "not given"}.{Suggestion.DidYouMean(stray.Key, section.Names(chosen ?? ""))} " +
                $"Allowed with it: {string.Join(", ", section.Names(chosen ?? ""))}.");

        var entries = ImmutableArray.CreateBuilder<SpecEntry>();
        foreach (var key in section.Keys.Where(k => k.BelongsTo(chosen)))
        {
            if (map.Find(key.Name) is { } given)
            {
                var value = CheckValue(given.Value, key, path + key.Name);
                entries.Add(given with { Value = value is SpecMap inner && key.Kind == SpecKind.Section ? Complete(inner, key, path + key.Name + ".") : value });
            }
            else if (key.Default is { } standard)
                entries.Add(new SpecEntry(key.Name, map.Place, CheckValue(SpecYaml.ReadValue(map.Place.File, standard), key, path + key.Name)));
            else if (key.AlwaysThere)
                entries.Add(new SpecEntry(key.Name, map.Place, Complete(new SpecMap(map.Place, []), key, path + key.Name + ".")));
        }
        return map with { Entries = entries.ToImmutable() };
    }

    private static string? Chosen(SpecMap map, SpecKey section) =>
        section.Discriminator is { } by ? (map.Find(by)?.Value as SpecScalar)?.Text : null;

    private static SpecMap CheckSection(SpecNode node, SpecKey section, string path)
    {
        var shorthand = node is SpecScalar ? section.Shorthand : node is SpecList ? section.ListShorthand : null;
        if (shorthand is not null)
            return new SpecMap(node.Place, [new SpecEntry(shorthand, node.Place, CheckValue(node, section.Find(shorthand)!, path + shorthand))]);
        if (node is not SpecMap map)
            throw node.Place.Refuse($"{Name(path)} needs keys with values ({string.Join(", ", section.Names())}), found {node.Describe()}.");

        var entries = ImmutableArray.CreateBuilder<SpecEntry>();
        var chosen = Chosen(map, section);
        var faults = new SpecFaults();
        foreach (var entry in map.Entries) faults.Collect(() => entries.Add(CheckEntry(entry)));
        faults.ThrowIfAny();
        return map with { Entries = entries.ToImmutable() };

        SpecEntry CheckEntry(SpecEntry entry)
        {
            if (section.Find(entry.Key, chosen) is not { } key)
            {
                var names = section.Names(section.Keys.Any(k => k.Name == section.Discriminator && k.Allowed.Any(a => a.Name == chosen)) ? chosen : null).ToArray();
                throw entry.Place.Refuse($"'{path}{entry.Key}' is not a key of a spec.{Suggestion.DidYouMean(entry.Key, names)}{Elsewhere(entry.Key, path)} Allowed here: {string.Join(", ", names)}.");
            }
            return entry with { Value = CheckValue(entry.Value, key, path + key.Name) };
        }
    }

    // A right name in the wrong section is a common slip: learning-rate at the top, iterations under optimizer.
    private static string Elsewhere(string name, string path)
    {
        var places = SpecKeys.Root.Keys.Where(k => k.Find(name) is not null && k.Name + "." != path).Select(k => $"'{k.Name}.{name}'").ToArray();
        if (path.Length > 0 && SpecKeys.Root.Find(name) is not null) places = [.. places, $"'{name}' at the top"];
        return places.Length == 0 ? "" : $" There is {string.Join(" and ", places)}.";
    }

    private static SpecNode CheckValue(SpecNode node, SpecKey key, string path)
    {
        if (node is SpecScalar { IsNull: true } or SpecScalar { Quoted: false, Text: "none" })
        {
            if (key.MayBeNone && ((SpecScalar)node).Text.Length > 0) return new SpecScalar(node.Place, "null", Quoted: false);
            if (((SpecScalar)node).IsNull) throw node.Place.Refuse($"'{path}' has no value: give {Expected(key)}, {(key.MayBeNone ? "none, " : "")}or remove the line{(key.Default is { } d ? $" for the default, {d}" : "")}.");
        }
        return key.Kind switch
        {
            SpecKind.Section => CheckSection(node, key, path + "."),
            SpecKind.Texts or SpecKind.Choices => CheckList(node, key, path),
            SpecKind.Values => CheckValues(node, key, path),
            SpecKind.Edges => CheckEdges(node, key, path),
            _ => CheckScalar(node, key, path),
        };
    }

    private static SpecScalar CheckScalar(SpecNode node, SpecKey key, string path)
    {
        if (node is not SpecScalar scalar) throw Wrong(node, key, path);
        switch (key.Kind)
        {
            case SpecKind.Integer:
                if (scalar.Quoted || !TryInteger(scalar.Text, out var whole)) throw Wrong(node, key, path);
                // As doubles 2⁶⁴ and 2⁶⁴ − 1 are one number.
                if (!InRange((double)whole, key) || (key.Maximum == ulong.MaxValue && whole > ulong.MaxValue)) throw OutOfRange(scalar, key, path);
                return scalar with { Value = whole };
            case SpecKind.Number:
                if (scalar.Quoted || !TryNumber(scalar.Text, out var number)) throw Wrong(node, key, path);
                if (!InRange(number, key)) throw OutOfRange(scalar, key, path);
                return scalar with { Value = number };
            case SpecKind.Duration:
                if (!TryDuration(scalar.Text, out var seconds)) throw Wrong(node, key, path);
                if (!InRange(seconds, key)) throw OutOfRange(scalar, key, path);
                return scalar with { Value = seconds };
            case SpecKind.Flag:
                if (scalar.Quoted || scalar.Text is not ("true" or "false")) throw Wrong(node, key, path);
                return scalar with { Value = scalar.Text == "true" };
            case SpecKind.Choice:
                return scalar with { Value = Choice(scalar, key, path) };
            default:
                if (scalar.Text.Trim().Length == 0) throw Wrong(node, key, path);
                if (scalar.Text.Any(char.IsControl)) throw node.Place.Refuse($"'{path}' holds a control character: write plain text in one line.");
                if (key.Maximum is { } longest && scalar.Text.Length > longest)
                    throw node.Place.Refuse($"'{path}' is {scalar.Text.Length} characters long: at most {longest:0} are allowed.");
                return scalar with { Value = scalar.Text };
        }
    }

    private static string Choice(SpecScalar scalar, SpecKey key, string path)
    {
        var names = key.Allowed.Select(a => a.Name).ToArray();
        // LBFGS, l_bfgs and l-bfgs are one name to a reader.
        return names.FirstOrDefault(n => n == scalar.Text) ?? names.FirstOrDefault(n => Suggestion.Fold(n) == Suggestion.Fold(scalar.Text))
            ?? throw scalar.Place.Refuse($"{scalar.Describe()} is not a value of '{path}'.{Suggestion.DidYouMean(scalar.Text, names)} Allowed: {string.Join(", ", names)}.");
    }

    private static SpecList CheckList(SpecNode node, SpecKey key, string path)
    {
        var list = node as SpecList ?? new SpecList(node.Place, [node]);        // one item needs no brackets
        return list with { Items = [.. list.Items.Select(Item)] };

        SpecNode Item(SpecNode item)
        {
            if (item is not SpecScalar { IsNull: false } scalar) throw Wrong(item, key, path);
            return key.Kind == SpecKind.Choices
                ? scalar with { Value = Choice(scalar, key, path) }
                : CheckScalar(item, key with { Kind = SpecKind.Text, Maximum = 100 }, path);
        }
    }

    private static SpecNode CheckValues(SpecNode node, SpecKey key, string path)
    {
        var number = new SpecKey("", SpecKind.Number, "");
        return node switch
        {
            SpecList list => list with { Items = [.. list.Items.Select((item, k) => CheckScalar(item, number, $"{path}[{k}]"))] },
            SpecMap map => map with { Entries = [.. map.Entries.Select(e => e with { Value = CheckScalar(e.Value, number, $"{path}.{e.Key}") })] },
            _ => throw Wrong(node, key, path),
        };
    }

    private static SpecList CheckEdges(SpecNode node, SpecKey key, string path)
    {
        var vertex = new SpecKey("", SpecKind.Integer, "") { Minimum = 0, Maximum = 1000 };
        var weight = new SpecKey("", SpecKind.Number, "");
        if (node is not SpecList { Items.Length: > 0 } edges) throw Wrong(node, key, path);
        return edges with { Items = [.. edges.Items.Select(Edge)] };

        SpecNode Edge(SpecNode edge, int at)
        {
            if (edge is not SpecList { Items.Length: 2 or 3 } ends) throw edge.Place.Refuse($"'{path}[{at}]' must be an edge [u, v] or [u, v, weight], found {edge.Describe()}.");
            return ends with { Items = [.. ends.Items.Select((item, k) => CheckScalar(item, k < 2 ? vertex : weight, $"{path}[{at}][{k}]"))] };
        }
    }

    private static InvalidFileException Wrong(SpecNode node, SpecKey key, string path) =>
        node.Place.Refuse($"'{path}' must be {Expected(key)}, found {node.Describe()}.");

    private static InvalidFileException OutOfRange(SpecScalar scalar, SpecKey key, string path) =>
        scalar.Place.Refuse($"'{path}' is {scalar.Text}: it must be {Range(key)}.");

    private static bool InRange(double value, SpecKey key) =>
        (key.Minimum is not { } low || (key.AboveMinimum ? value > low : value >= low)) &&
        (key.Maximum is not { } high || (key.BelowMaximum ? value < high : value <= high));

    /// <summary>The range of a key in words; empty when there is none.</summary>
    internal static string Range(SpecKey key)
    {
        if (key.Kind is not (SpecKind.Integer or SpecKind.Number or SpecKind.Duration)) return "";
        var low = key.Minimum is { } minimum ? $"{(key.AboveMinimum ? "more than" : "at least")} {Limit(minimum)}" : null;
        var high = key.Maximum is { } maximum ? $"{(key.BelowMaximum ? "less than" : "at most")} {Limit(maximum)}" : null;
        return (low, high) switch
        {
            (null, null) => "",
            (not null, not null) => $"{low} and {high}",
            _ => low ?? high!,
        };
    }

    private static string Limit(double limit) => limit == ulong.MaxValue ? ulong.MaxValue.ToString(CultureInfo.InvariantCulture) : limit.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>What a key expects, in words.</summary>
    internal static string Expected(SpecKey key) => key.Kind switch
    {
        SpecKind.Integer => "a whole number" + (Range(key) is { Length: > 0 } range ? $" ({range})" : ""),
        SpecKind.Number => "a finite number" + (Range(key) is { Length: > 0 } range ? $" ({range})" : ""),
        SpecKind.Duration => "a time such as 90 (seconds), 10m or 1h30m",
        SpecKind.Choice => $"one of {string.Join(", ", key.Allowed.Select(a => a.Name))}",
        SpecKind.Choices => $"a list of some of {string.Join(", ", key.Allowed.Select(a => a.Name))}",
        SpecKind.Flag => "true or false",
        SpecKind.File => "the name of a file",
        SpecKind.Texts => "a list of texts",
        SpecKind.Values => "a list of numbers, or numbers by parameter name",
        SpecKind.Edges => "a list of edges [u, v] or [u, v, weight] of vertices from 0",
        SpecKind.Section => $"keys with values ({string.Join(", ", key.Keys.Select(k => k.Name))})",
        _ => "a text",
    };

    private static string Name(string path) => path.Length == 0 ? "A spec" : $"'{path.TrimEnd('.')}'";

    private static bool TryInteger(string text, out decimal value)
    {
        if (decimal.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return true;
        // 1e6 is a whole number too.
        if (!TryNumber(text, out var number) || number != Math.Floor(number) || Math.Abs(number) > 1e15) return false;
        value = (decimal)number;
        return true;
    }

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    private static bool TryDuration(string text, out double seconds)
    {
        if (TryNumber(text, out seconds)) return true;
        var parts = Durations().Match(text);
        if (!parts.Success || text.Length == 0) return false;
        seconds = Part("d", 86400) + Part("h", 3600) + Part("m", 60) + Part("s", 1) + Part("ms", 0.001);
        return double.IsFinite(seconds);

        double Part(string unit, double each) =>
            parts.Groups[unit] is { Success: true, Value: var number } ? each * double.Parse(number, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"^(?:(?<d>\d{1,9}(?:\.\d+)?)\s*d\s*)?(?:(?<h>\d{1,9}(?:\.\d+)?)\s*h\s*)?(?:(?<m>\d{1,9}(?:\.\d+)?)\s*(?:m|min)\s*)?(?:(?<s>\d{1,9}(?:\.\d+)?)\s*s)?(?:(?<ms>\d{1,9}(?:\.\d+)?)\s*ms)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Durations();
}
