using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace QTrain.Operations.Runs;

/// <summary>The identity of a run, such as <c>20261122-bk3x7fa</c>: the day, then the time of day and three random letters in base 32.
/// Sorted as text, identities are in the order of creation (to a twelfth of a second).</summary>
public readonly record struct RunId : IComparable<RunId>
{
    // Crockford's base 32: no letter that is mistaken for a digit, and in the order of ASCII.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int TicksPerDay = 86_400 * 12;

    private RunId(string value) => Value = value;

    /// <summary>The identity as text.</summary>
    public string Value { get; }

    /// <summary>A new identity.</summary>
    /// <param name="time">Where the day and the time of day come from (UTC).</param>
    /// <param name="random">The random part; from the system when left out.</param>
    public static RunId New(TimeProvider time, int? random = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        var now = time.GetUtcNow();
        var moment = (int)(now.TimeOfDay.Ticks * (TicksPerDay / 86_400) / TimeSpan.TicksPerSecond);
        return new RunId($"{now:yyyyMMdd}-{Base32(moment, 4)}{Base32(random ?? RandomNumberGenerator.GetInt32(1 << 15), 3)}");
    }

    /// <summary>Reads an identity; false when the text cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RunId id)
    {
        id = default;
        if (text is not { Length: 16 } || text[8] != '-' || !text.AsSpan(0, 8).ContainsOnly(char.IsAsciiDigit)
            || !text.AsSpan(9).ContainsOnly(c => Alphabet.Contains(c))) return false;
        id = new RunId(text);
        return true;
    }

    /// <summary>Reads an identity.</summary>
    /// <exception cref="FormatException">The text is not an identity.</exception>
    public static RunId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a run: runs look like 20261122-bk3x7fa.");

    /// <summary>Order of creation.</summary>
    public int CompareTo(RunId other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>The identity as text.</summary>
    public override string ToString() => Value ?? "";

    private static string Base32(int value, int digits) =>
        string.Create(digits, value, (span, rest) =>
        {
            for (var k = span.Length - 1; k >= 0; k--, rest >>= 5) span[k] = Alphabet[rest & 31];
        });
}

file static class Spans
{
    public static bool ContainsOnly(this ReadOnlySpan<char> text, Func<char, bool> allowed)
    {
        foreach (var c in text)
            if (!allowed(c)) return false;
        return true;
    }
}
