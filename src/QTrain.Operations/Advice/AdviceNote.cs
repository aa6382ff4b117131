using System.Collections.Immutable;

namespace QTrain.Operations.Advice;

/// <summary>How much a note matters.</summary>
public enum AdviceLevel
{
    /// <summary>A figure to decide by.</summary>
    Information,

    /// <summary>The training will probably not give what is wanted.</summary>
    Warning,
}

/// <summary>One thing to know about a training before it costs anything.</summary>
/// <param name="Name">Its name, such as <c>too-few-shots</c>: the heading of its page in the glossary.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Message">What was found, with figures.</param>
/// <param name="Remedy">What to do.</param>
public sealed record AdviceNote(string Name, AdviceLevel Level, string Message, string Remedy)
{
    /// <summary>The page that explains it.</summary>
    public string Link => $"docs/guide/glossary.md#{Name}";

    /// <summary>The figures of <see cref="Message"/> by name, in SI units.</summary>
    public ImmutableArray<KeyValuePair<string, double>> Figures { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(AdviceNote? other) => other is not null && Name == other.Name && Level == other.Level && Message == other.Message && Remedy == other.Remedy
        && Figures.AsSpan().SequenceEqual(other.Figures.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Level, Message);
}
