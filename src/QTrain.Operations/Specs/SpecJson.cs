using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace QTrain.Operations.Specs;

/// <summary>The canonical JSON of a completed spec: keys in the order of the table, defaults written out, times in seconds. Equal trainings
/// have equal texts, however they were written; and a default that changes later does not change a run that began before.</summary>
internal static class SpecJson
{
    public static string Write(SpecMap spec)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(writer, spec);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, SpecNode node)
    {
        switch (node)
        {
            case SpecMap map:
                writer.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value);
                }
                writer.WriteEndObject();
                break;
            case SpecList list:
                writer.WriteStartArray();
                foreach (var item in list.Items) Write(writer, item);
                writer.WriteEndArray();
                break;
            case SpecScalar { Value: string text }:
                writer.WriteStringValue(text);
                break;
            case SpecScalar { Value: decimal whole }:
                writer.WriteNumberValue(decimal.Truncate(whole));
                break;
            case SpecScalar { Value: bool flag }:
                writer.WriteBooleanValue(flag);
                break;
            case SpecScalar { Value: double number }:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
