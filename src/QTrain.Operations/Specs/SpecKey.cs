using System.Collections.Immutable;

namespace QTrain.Operations.Specs;

/// <summary>What may stand after a key.</summary>
internal enum SpecKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>One of <see cref="SpecKey.Allowed"/>.</summary>
    Choice,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A finite number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>A time: <c>90</c> (seconds), <c>10m</c>, <c>1h30m</c>.</summary>
    Duration,

    /// <summary>A file, relative to the spec.</summary>
    File,

    /// <summary>A list of texts.</summary>
    Texts,

    /// <summary>A list of some of <see cref="SpecKey.Allowed"/>.</summary>
    Choices,

    /// <summary>A list of numbers in the order of the parameters, or numbers by parameter name.</summary>
    Values,

    /// <summary>A list of <c>[u, v]</c> or <c>[u, v, weight]</c>.</summary>
    Edges,

    /// <summary>Keys of its own.</summary>
    Section,
}

/// <summary>One key of a spec: the row from which its check, its place in the JSON Schema, its line in <c>qtrain init</c> and its
/// documentation are derived.</summary>
internal sealed record SpecKey(string Name, SpecKind Kind, string About)
{
    /// <summary>What holds when the key is left out, as YAML; null when nothing does or it depends (<see cref="DefaultNote"/>).</summary>
    public string? Default { get; init; }

    /// <summary>How a default that depends on other keys is found, in words.</summary>
    public string? DefaultNote { get; init; }

    /// <summary>The names that are allowed, each with its meaning.</summary>
    public ImmutableArray<SpecName> Allowed { get; init; } = [];

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    /// <summary>The minimum itself is not allowed: "more than 0".</summary>
    public bool AboveMinimum { get; init; }

    /// <summary>The maximum itself is not allowed: "less than 1".</summary>
    public bool BelowMaximum { get; init; }

    /// <summary>Whether <c>none</c> is allowed: it switches a default off.</summary>
    public bool MayBeNone { get; init; }

    /// <summary>An example value, as YAML.</summary>
    public string? Example { get; init; }

    /// <summary>The keys of a section.</summary>
    public ImmutableArray<SpecKey> Keys { get; init; } = [];

    /// <summary>For a section: the key that a single value stands for. <c>ansatz: uccsd</c> is <c>ansatz: {type: uccsd}</c>.</summary>
    public string? Shorthand { get; init; }

    /// <summary>For a section: the key that a bare list stands for. <c>initial: [0.1, 0.2]</c> is <c>initial: {values: [0.1, 0.2]}</c>.</summary>
    public string? ListShorthand { get; init; }

    /// <summary>For a section: the key that decides which other keys belong.</summary>
    public string? Discriminator { get; init; }

    /// <summary>The values of the section's discriminator this key belongs to; empty: all.</summary>
    public ImmutableArray<string> Only { get; init; } = [];

    /// <summary>For a section: it is there with its defaults also when it is left out.</summary>
    public bool AlwaysThere { get; init; }

    /// <summary>The key of a name: of several (an option that optimizers share, each with its own default) the one of the chosen type.</summary>
    public SpecKey? Find(string name, string? chosen = null) =>
        Keys.FirstOrDefault(k => k.Name == name && k.BelongsTo(chosen)) ?? Keys.FirstOrDefault(k => k.Name == name);

    /// <summary>The names of the keys that belong to a type, each once.</summary>
    public IEnumerable<string> Names(string? chosen = null) =>
        Keys.Where(k => chosen is null || k.BelongsTo(chosen)).Select(k => k.Name).Distinct();

    public bool BelongsTo(string? discriminator) => Only.IsEmpty || (discriminator is not null && Only.Contains(discriminator));
}

/// <summary>An allowed name with its meaning.</summary>
internal readonly record struct SpecName(string Name, string About);
