using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QTrain.Cli.Terminal;

/// <summary>Writes the result of a verb: text for people or one JSON document.</summary>
internal sealed class ResultWriter(CommandTerminal terminal, OutputFormat format)
{
    public CommandTerminal Terminal { get; } = terminal;

    public bool IsJson { get; } = format == OutputFormat.Json;

    /// <summary>Writes the result in the form that was asked for.</summary>
    public void Write(Func<JsonNode> json, Action<TextWriter> text)
    {
        if (IsJson) Terminal.Out.WriteLine(ToText(json()));
        else text(Terminal.Out);
        Terminal.Out.Flush();
    }

    /// <summary>A hint to a person; programs that asked for JSON do not get it.</summary>
    public void Hint(string text)
    {
        if (!IsJson) Terminal.Error.WriteLine(text);
    }

    public static string ToText(JsonNode node)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            node.WriteTo(writer);
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>A number of a document; null when it is not finite, because JSON has no such number.</summary>
    public static JsonNode? Number(double? value) => value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;

    /// <summary>Numbers by name, in the order given.</summary>
    public static JsonObject Numbers(IEnumerable<KeyValuePair<string, double>> values) =>
        new(values.Select(v => KeyValuePair.Create(v.Key, Number(v.Value))));
}
