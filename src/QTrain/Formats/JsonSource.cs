using System.Text;
using System.Text.Json;

namespace QTrain.Formats;

/// <summary>A JSON text under its file's name: reads it into <see cref="JsonValue"/>s and knows the line and column of every byte.</summary>
internal sealed class JsonSource
{
    private readonly string _file;
    private readonly byte[] _bytes;

    private JsonSource(string text, string file)
    {
        _file = file;
        _bytes = Encoding.UTF8.GetBytes(text.StartsWith('\uFEFF') ? text[1..] : text);
    }

    /// <summary>The one value of a JSON text.</summary>
    /// <exception cref="InvalidFileException">The text is not JSON, a key occurs twice in an object, or a number is out of range.</exception>
    public static JsonValue Read(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        var source = new JsonSource(text, file);
        var reader = new Utf8JsonReader(source._bytes);
        try
        {
            reader.Read();
            var value = source.ReadValue(ref reader);
            reader.Read();      // only white space may follow
            return value;
        }
        catch (JsonException fault)
        {
            throw source.Malformed(fault);
        }
    }

    /// <summary>A fault at a byte of the text.</summary>
    public InvalidFileException Fault(int offset, string reason)
    {
        var before = _bytes.AsSpan(0, offset);
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return new InvalidFileException(_file, line, column, reason);
    }

    private JsonValue ReadValue(ref Utf8JsonReader reader)
    {
        var offset = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return new JsonValue(this, offset, JsonKind.Object) { Members = ReadMembers(ref reader) };
            case JsonTokenType.StartArray:
                var items = new List<JsonValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(ReadValue(ref reader));
                return new JsonValue(this, offset, JsonKind.List) { Items = items };
            case JsonTokenType.String:
                return new JsonValue(this, offset, JsonKind.Text) { Text = ReadText(ref reader) };
            case JsonTokenType.Number:
                // Too large a literal reads as infinity, which no file of this field means.
                if (!reader.TryGetDouble(out var number) || !double.IsFinite(number))
                    throw Fault(offset, $"{Encoding.UTF8.GetString(reader.ValueSpan)} is too large: numbers go up to {double.MaxValue:R}.");
                return new JsonValue(this, offset, JsonKind.Number) { Number = number };
            case JsonTokenType.True or JsonTokenType.False:
                return new JsonValue(this, offset, JsonKind.Truth) { Truth = reader.TokenType == JsonTokenType.True };
            default:
                return new JsonValue(this, offset, JsonKind.Null);
        }
    }

    private List<JsonMember> ReadMembers(ref Utf8JsonReader reader)
    {
        var members = new List<JsonMember>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var offset = (int)reader.TokenStartIndex;
            var name = ReadText(ref reader);
            if (!seen.TryAdd(name, offset))
                throw Fault(offset, $"key '{name}' occurs twice in one object; it stands in line {Fault(seen[name], "").Line} already. Remove one.");
            reader.Read();
            members.Add(new JsonMember(name, new JsonValue(this, offset, JsonKind.Text) { Text = name }, ReadValue(ref reader)));
        }
        return members;
    }

    private string ReadText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Fault((int)reader.TokenStartIndex, "this text is not valid Unicode: an escape \\uD800 to \\uDFFF stands without its partner.");
        }
    }

    private InvalidFileException Malformed(JsonException fault)
    {
        var start = 0;
        for (var line = fault.LineNumber ?? 0; line > 0; line--) start += _bytes.AsSpan(start).IndexOf((byte)'\n') + 1;
        var offset = (int)Math.Min(start + (fault.BytePositionInLine ?? 0), _bytes.Length);
        var rest = _bytes.AsSpan(offset);
        if (rest.TrimStart(" \t\r\n"u8).IsEmpty && _bytes.AsSpan().Trim(" \t\r\n"u8).IsEmpty) return Fault(0, "the file is empty; JSON is expected.");
        foreach (var literal in (ReadOnlySpan<string>)["NaN", "-Infinity", "Infinity", "nan", "inf", "-inf"])
            if (rest.StartsWith(Encoding.UTF8.GetBytes(literal)) || (offset > 0 && _bytes.AsSpan(offset - 1).StartsWith(Encoding.UTF8.GetBytes(literal))))
                return Fault(literal[0] == '-' && rest[0] != '-' ? offset - 1 : offset, $"{literal} is not a number that is allowed here: only finite numbers are.");
        if (fault.Message.Contains("maximum configured depth", StringComparison.Ordinal)) return Fault(offset, "nested more than 64 levels deep: no file of this kind needs that.");
        var reason = fault.Message;
        foreach (var aside in (ReadOnlySpan<string>)[" LineNumber:", " Change the reader options."])
            if (reason.IndexOf(aside, StringComparison.Ordinal) is >= 0 and var end) reason = reason[..end];
        return Fault(offset, "not valid JSON: " + reason.Replace(" which is not supported in this mode", ""));
    }
}
