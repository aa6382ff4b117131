using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace QTrain.Formats;

/// <summary>Writes JSON for people: one line for every entry of the outermost lists, no escapes beyond what JSON needs.</summary>
internal static class JsonLines
{
    private static readonly JavaScriptEncoder Plain = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;     // θ stays θ: this is a file, not a web page

    /// <summary>An indented document.</summary>
    public static string Write(Action<Utf8JsonWriter> write) => Write(write, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = Plain }) + "\n";

    /// <summary>A value on one line.</summary>
    public static string OnOneLine(Action<Utf8JsonWriter> write) => Write(write, new JsonWriterOptions { Encoder = Plain });

    /// <summary>Writes a list with one entry a line, each compact.</summary>
    public static void WriteLines<T>(Utf8JsonWriter writer, string key, IReadOnlyList<T> entries, Action<Utf8JsonWriter, T> write)
    {
        writer.WritePropertyName(key);
        if (entries.Count == 0)
        {
            writer.WriteRawValue("[]");
            return;
        }
        var lines = entries.Select(entry => "    " + OnOneLine(inner => write(inner, entry)));
        writer.WriteRawValue("[\n" + string.Join(",\n", lines) + "\n  ]");
    }

    private static string Write(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options)) write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
