using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace QTrain.Operations.Artifacts;

/// <summary>The identity of an artifact: the SHA-256 of its bytes, in lower-case hexadecimal.</summary>
public readonly record struct ArtifactHash : IComparable<ArtifactHash>
{
    private ArtifactHash(string value) => Value = value;

    /// <summary>64 hexadecimal digits.</summary>
    public string Value { get; }

    /// <summary>The identity of some bytes.</summary>
    public static ArtifactHash Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)));

    /// <summary>Reads an identity; false when the text cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ArtifactHash hash)
    {
        hash = default;
        if (text is not { Length: 64 } || !text.All(char.IsAsciiHexDigitLower)) return false;
        hash = new ArtifactHash(text);
        return true;
    }

    /// <summary>Reads an identity.</summary>
    /// <exception cref="FormatException">The text is not 64 lower-case hexadecimal digits.</exception>
    public static ArtifactHash Parse(string text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException($"'{text}' is not an artifact: artifacts are named by 64 lower-case hexadecimal digits.");

    /// <summary>Order of the text.</summary>
    public int CompareTo(ArtifactHash other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>The identity as text.</summary>
    public override string ToString() => Value ?? "";
}
