using System.Globalization;
using QTrain.Formats;

namespace QTrain.Devices.Import;

/// <summary>A value of a JSON file with its path from the root, such as <c>$.qubits[3][0].unit</c>: what a fault says beside line and column.</summary>
internal readonly struct SourceNode
{
    private readonly JsonValue _value;

    private SourceNode(JsonValue value, string path, string file)
    {
        _value = value;
        Path = path;
        File = file;
    }

    public string Path { get; }

    public string File { get; }

    public JsonKind Kind => _value.Kind;

    public bool IsObject => Kind == JsonKind.Object;

    public bool IsList => Kind == JsonKind.List;

    public IEnumerable<(string Name, SourceNode Value)> Members
    {
        get
        {
            var (path, file) = (Path, File);
            return _value.Members.Select(m => (m.Name, new SourceNode(m.Value, path + Step(m.Name), file)));
        }
    }

    public static SourceNode Read(string text, string file) => new(JsonSource.Read(text, file), "$", file);

    /// <summary>A JSON text inside of this text, as providers send them.</summary>
    public SourceNode Inside() => new(JsonSource.Read(AsText(), $"{File} ({Path})"), Path, File);

    /// <summary>The exception that says <paramref name="reason"/> about this value: the message begins with its path.</summary>
    public InvalidFileException Fault(string reason) => _value.Fault($"{Path} {reason}");

    /// <summary>Turns a fault of the domain, found while <paramref name="read"/> worked on this value, into one with this place.</summary>
    public T At<T>(Func<T> read) => _value.At(read);

    /// <summary>The value of a key; null when there is none or it is null.</summary>
    public SourceNode? Find(string key) => _value.Find(key) is { } value ? new SourceNode(value, Path + Step(key), File) : null;

    /// <summary>The value of the first key that is there.</summary>
    public SourceNode? FindAny(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            if (Find(key) is { } found) return found;
        return null;
    }

    public SourceNode Require(string key) => Find(key) ?? throw Fault($"needs the key \"{key}\"" + (Nearest.To(key, _value.Members.Select(m => m.Name)) is { } near && near != key ? $"; \"{near}\" is not it." : "."));

    public SourceNode AsObject()
    {
        _value.AsObject(Path);
        return this;
    }

    public IReadOnlyList<SourceNode> AsList()
    {
        var (path, file) = (Path, File);
        return [.. _value.AsList(Path).Select((v, k) => new SourceNode(v, $"{path}[{k}]", file))];
    }

    public string AsText() => _value.AsText(Path);

    public bool AsTruth() => _value.AsTruth(Path);

    public int AsInteger(int least, int most = int.MaxValue) => _value.AsInteger(Path, least, most);

    public double AsNumber() => _value.AsNumber(Path);

    public double AsNumber(double least) => AsNumber() is var number && number >= least ? number : throw Fault($"must be at least {least:R}, not {number:R}.");

    public decimal AsMoney() => AsNumber(0) is var number and < 1e15 ? (decimal)number : throw Fault("is too much money to be true.");

    /// <summary>A moment: ISO 8601, with its offset or in UTC; or seconds since 1970.</summary>
    public DateTimeOffset AsTime()
    {
        if (Kind == JsonKind.Number)
        {
            var seconds = AsNumber();
            if (seconds is >= 0 and < 253402300800) return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
            // Milliseconds are what some services write; no device was measured after the year 9999.
            if (seconds is >= 253402300800 and < 253402300800e3) return DateTimeOffset.FromUnixTimeMilliseconds((long)seconds);
            throw Fault($"is no time: {seconds:R} seconds since 1970 lie outside of the calendar.");
        }
        var text = AsText();
        if (text.Length >= 10 && text[4] == '-' && text[7] == '-'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            return at;
        throw Fault($"is no time: \"{text}\" was given, and ISO 8601 such as 2024-05-27T15:27:23-03:00 is expected.");
    }

    public (double X, double Y) AsPosition()
    {
        var list = AsList();
        return list.Count == 2 ? (list[0].AsNumber(), list[1].AsNumber()) : throw Fault("must be two numbers [x, y].");
    }

    /// <summary>A value of this node, refused when such a quantity cannot be.</summary>
    public CalibratedValue Checked(string name, CalibratedValue value) => Calibration.Problem(name, value) is { } problem ? throw Fault($"cannot be {Given()}: {problem}") : value;

    /// <summary>1 − F of a fidelity here.</summary>
    public CalibratedValue ErrorOfFidelity(DateTimeOffset? at, SourceNode? uncertainty = null, double whole = 1)
    {
        var fidelity = AsNumber();
        if (!(fidelity >= 0 && fidelity <= whole)) throw Fault($"cannot be {fidelity:R}: a fidelity is 0 to {whole:R}.");
        var error = uncertainty is { Kind: JsonKind.Number } known ? known.AsNumber(0) / whole : (double?)null;
        return CalibratedValue.Probability((whole - fidelity) / whole, at, error);
    }

    /// <summary>Refuses keys that are none of these: in a file of our own they would be lost silently.</summary>
    public void RefuseUnknown(params ReadOnlySpan<string> known)
    {
        foreach (var member in _value.Members)
            if (!known.Contains(member.Name))
                throw member.Key.Fault($"{Path} has the key \"{member.Name}\", which means nothing here." + (Nearest.To(member.Name, known.ToArray()) is { } near ? $" Did you mean \"{near}\"?" : $" Allowed are: {string.Join(", ", known.ToArray())}."));
    }

    private string Given() => Kind switch { JsonKind.Number => AsNumber().ToString("R", CultureInfo.InvariantCulture), JsonKind.Text => $"\"{AsText()}\"", _ => "this" };

    private static string Step(string key) => key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(key[0]) ? "." + key : $"['{key}']";
}
