namespace QTrain.Formats;

internal enum JsonKind
{
    Object,
    List,
    Text,
    Number,
    Truth,
    Null,
}

/// <summary>A key of a JSON object with its value; <see cref="Key"/> is the place of the name itself.</summary>
internal readonly record struct JsonMember(string Name, JsonValue Key, JsonValue Value);

/// <summary>A value of a JSON text that remembers where it stands: a fault of meaning then has a line and column just as a fault of form has.</summary>
internal sealed class JsonValue(JsonSource source, int offset, JsonKind kind)
{
    public JsonKind Kind { get; } = kind;

    /// <summary>The byte of the text at which it begins.</summary>
    public int Offset => offset;

    public IReadOnlyList<JsonMember> Members { get; init; } = [];

    public IReadOnlyList<JsonValue> Items { get; init; } = [];

    public string Text { get; init; } = "";

    public double Number { get; init; }

    public bool Truth { get; init; }

    private string Described => Kind switch
    {
        JsonKind.Object => "an object",
        JsonKind.List => "a list",
        JsonKind.Text => $"the text \"{Text}\"",
        JsonKind.Number => $"the number {Number:R}",
        JsonKind.Truth => Truth ? "true" : "false",
        _ => "null",
    };

    /// <summary>The exception that says <paramref name="reason"/> at this value's place.</summary>
    public InvalidFileException Fault(string reason) => source.Fault(offset, reason);

    /// <summary>Turns a fault of the domain, found while <paramref name="read"/> worked on this value, into one with this place.</summary>
    public T At<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (QuantumException fault) when (fault is not InvalidFileException)
        {
            throw Fault(fault.Message);
        }
    }

    /// <summary>The value of a key; null when the object has no such key or it is null.</summary>
    public JsonValue? Find(string key)
    {
        foreach (var member in Members)
            if (member.Name == key) return member.Value.Kind == JsonKind.Null ? null : member.Value;
        return null;
    }

    /// <summary>The value of a key that must be there.</summary>
    public JsonValue Require(string key, string what) => Find(key)
        ?? throw Fault($"{what} needs the key \"{key}\"" + (Nearest.To(key, Members.Select(m => m.Name)) is { } near ? $"; \"{near}\" is not it." : "."));

    public JsonValue AsObject(string what) => Kind == JsonKind.Object ? this : throw Fault($"{what} must be an object {{…}}, not {Described}.");

    public IReadOnlyList<JsonValue> AsList(string what) => Kind == JsonKind.List ? Items : throw Fault($"{what} must be a list […], not {Described}.");

    public string AsText(string what) => Kind == JsonKind.Text ? Text : throw Fault($"{what} must be a text, not {Described}.");

    public double AsNumber(string what) => Kind == JsonKind.Number ? Number : throw Fault($"{what} must be a number, not {Described}.");

    public bool AsTruth(string what) => Kind == JsonKind.Truth ? Truth : throw Fault($"{what} must be true or false, not {Described}.");

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int AsInteger(string what, int least, int most = int.MaxValue)
    {
        var number = AsNumber(what);
        if (number != Math.Floor(number) || number < least || number > most)
            throw Fault($"{what} must be a whole number {(most == int.MaxValue ? $"of at least {least}" : $"from {least} to {most}")}, not {number:R}.");
        return (int)number;
    }

    /// <summary>Refuses a key that is one slip away from a known one: ignoring it would silently change what the file means.</summary>
    public void RefuseMisspelled(params ReadOnlySpan<string> known)
    {
        foreach (var member in Members)
        {
            if (known.Contains(member.Name)) continue;
            foreach (var name in known)
                if (Nearest.Distance(member.Name, name) == 1) throw member.Key.Fault($"there is no key \"{member.Name}\" here. Did you mean \"{name}\"?");
        }
    }
}
