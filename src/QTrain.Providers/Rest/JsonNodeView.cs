using System.Globalization;
using System.Text.Json;

namespace QTrain.Providers.Rest;

/// <summary>A place in a provider's JSON, read leniently: unknown keys are passed over, and what must be there is named when it is not.</summary>
internal readonly struct JsonNodeView(JsonElement element, string path)
{
    public JsonElement Element => element;

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    public bool IsList => element.ValueKind == JsonValueKind.Array;

    /// <summary>The value of a key; null where there is none, or it is null.</summary>
    public JsonNodeView? this[string key] =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? new(value, $"{path}.{key}") : null;

    /// <summary>The value of the first of several keys that is there.</summary>
    public JsonNodeView? Any(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            if (this[key] is { } value) return value;
        return null;
    }

    /// <summary>The value of a key that must be there.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public JsonNodeView Require(string key) => this[key] ?? throw new JsonException($"{path} has no '{key}'");

    /// <summary>The entries of a list.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public IEnumerable<JsonNodeView> Items
    {
        get
        {
            var at = path;
            return IsList ? element.EnumerateArray().Select((e, k) => new JsonNodeView(e, $"{at}[{k}]")) : throw new JsonException($"{path} must be a list");
        }
    }

    /// <summary>The members of an object.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public IEnumerable<(string Key, JsonNodeView Value)> Members
    {
        get
        {
            var at = path;
            return IsObject ? element.EnumerateObject().Select(m => (m.Name, new JsonNodeView(m.Value, $"{at}.{m.Name}"))) : throw new JsonException($"{path} must be an object");
        }
    }

    /// <summary>A text; numbers are written out.</summary>
    public string Text => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.Number => element.GetRawText(),
        _ => throw new JsonException($"{path} must be a text"),
    };

    /// <summary>A finite number; texts of numbers are read.</summary>
    public double Number => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.String when double.TryParse(element.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        _ => throw new JsonException($"{path} must be a number"),
    };

    /// <summary>A whole number; texts of numbers are read.</summary>
    public long Whole => Number is var number && Math.Abs(number) <= 1L << 53 && number == Math.Floor(number) ? (long)number : throw new JsonException($"{path} must be a whole number");

    /// <summary>An amount of money.</summary>
    public decimal Amount => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetDecimal(out var amount) => amount,
        JsonValueKind.String when decimal.TryParse(element.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) => amount,
        _ => throw new JsonException($"{path} must be an amount"),
    };

    /// <summary>A time: ISO 8601, or seconds since 1970.</summary>
    public DateTimeOffset Time
    {
        get
        {
            if (element.ValueKind == JsonValueKind.Number && Number is >= 0 and < 1e11) return DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(Number);
            return element.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(element.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time : throw new JsonException($"{path} must be a time");
        }
    }

    public bool Flag => element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetBoolean() : throw new JsonException($"{path} must be true or false");
}
