using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using QTrain.Simulation;

namespace QTrain.Operations.Dispatch;

/// <summary>What circuits gave, as JSON: <c>[{"circuit": 0, "bits": 2, "counts": {"0": 51, "3": 49}, "calibration": "…", "started": "…", "seconds": 1.5}]</c>.</summary>
internal static class SubmissionResults
{
    public static byte[] Write(ImmutableArray<MeasuredCircuit> results)
    {
        if (results.IsEmpty) return [];
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var result in results)
            {
                writer.WriteStartObject();
                writer.WriteNumber("circuit", result.Circuit);
                writer.WriteNumber("bits", result.Counts.BitCount);
                writer.WriteStartObject("counts");
                foreach (var (outcome, count) in result.Counts) writer.WriteNumber(outcome.ToString(CultureInfo.InvariantCulture), count);
                writer.WriteEndObject();
                writer.WriteString("calibration", result.CalibrationId);
                writer.WriteString("started", result.StartedAt);
                writer.WriteNumber("seconds", result.Duration.TotalSeconds);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        return stream.ToArray();
    }

    public static ImmutableArray<MeasuredCircuit> Read(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return [];
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        return [.. document.RootElement.EnumerateArray().Select(r => new MeasuredCircuit(
            r.GetProperty("circuit").GetInt32(),
            new Counts(r.GetProperty("bits").GetInt32(), r.GetProperty("counts").EnumerateObject().Select(c => new OutcomeCount(ulong.Parse(c.Name, CultureInfo.InvariantCulture), c.Value.GetInt64()))),
            r.GetProperty("calibration").GetString(), r.GetProperty("started").GetDateTimeOffset(), TimeSpan.FromSeconds(r.GetProperty("seconds").GetDouble())))];
    }
}
