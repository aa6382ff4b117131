using System.Collections.Immutable;
using QTrain.Formats;

namespace QTrain.Operations.Specs;

/// <summary>Where something stands: a file with line and column, or an override of the command line without.</summary>
internal readonly record struct SpecPlace(string File, int? Line = null, int? Column = null)
{
    public InvalidFileException Refuse(string reason) => new(File, Line, Column, reason);
}

/// <summary>A spec as it was written, before anything is known about its keys. Every node knows its place, so that every later refusal,
/// also one of the problem itself, can point at what the user typed.</summary>
internal abstract record SpecNode(SpecPlace Place)
{
    /// <summary>What it is, for messages.</summary>
    public abstract string Describe();
}

/// <summary>A single value.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Text">As written, without quotes.</param>
/// <param name="Quoted">A quoted value is always a text: <c>"5"</c> is not a number.</param>
internal sealed record SpecScalar(SpecPlace Place, string Text, bool Quoted) : SpecNode(Place)
{
    /// <summary>The value once it is checked: <see cref="string"/>, <see cref="decimal"/> (whole numbers) or <see cref="double"/>; null is "none".</summary>
    public object? Value { get; init; }

    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Describe() => IsNull ? "nothing" : Quoted ? $"the text \"{Shorten(Text)}\"" : $"'{Shorten(Text)}'";

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "...";
}

/// <summary>Values in order.</summary>
internal sealed record SpecList(SpecPlace Place, ImmutableArray<SpecNode> Items) : SpecNode(Place)
{
    public override string Describe() => Items.IsEmpty ? "an empty list" : "a list";
}

/// <summary>One <c>key: value</c>.</summary>
internal sealed record SpecEntry(string Key, SpecPlace Place, SpecNode Value);

/// <summary>Keys with values, in order; no key twice.</summary>
internal sealed record SpecMap(SpecPlace Place, ImmutableArray<SpecEntry> Entries) : SpecNode(Place)
{
    public override string Describe() => "keys with values";

    public SpecEntry? Find(string key) => Entries.FirstOrDefault(e => e.Key == key);

    public SpecMap With(SpecEntry entry)
    {
        var at = Entries.FindIndex(e => e.Key == entry.Key);
        return this with { Entries = at < 0 ? Entries.Add(entry) : Entries.SetItem(at, entry) };
    }

    public SpecMap Without(string key) => this with { Entries = Entries.RemoveAll(e => e.Key == key) };

    /// <summary>The place of the deepest key on a dotted path, so that a fault of something left out points at its section.</summary>
    public SpecPlace PlaceOf(string path)
    {
        var place = Place;
        SpecNode node = this;
        foreach (var part in path.Split('.'))
        {
            if ((node as SpecMap)?.Find(part) is not { } entry) break;
            place = entry.Value is SpecScalar { Place.Line: not null } value ? value.Place : entry.Place;
            node = entry.Value;
        }
        return place;
    }
}

internal static class SpecNodes
{
    public static int FindIndex(this ImmutableArray<SpecEntry> entries, Func<SpecEntry, bool> where)
    {
        for (var k = 0; k < entries.Length; k++)
            if (where(entries[k])) return k;
        return -1;
    }
}
