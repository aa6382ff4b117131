using System.Text;
using System.Text.Json;

namespace QTrain.Formats;

/// <summary>Parameter values as JSON: <c>{"theta0": 0.1, "theta1": -0.3}</c>, radians by name.</summary>
public static class ParametersJson
{
    /// <summary>Reads parameter values, in the order of the file.</summary>
    /// <param name="text">The JSON text. A file that holds them under <c>parameter_values</c> or <c>bestParameters</c>, such as the printed
    /// result of a training, is read too.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidFileException">The text is not JSON or not an object of numbers.</exception>
    public static IReadOnlyDictionary<string, double> Read(string text, string file)
    {
        var root = JsonSource.Read(text, file).AsObject("a file of parameters");
        foreach (var key in (ReadOnlySpan<string>)["parameter_values", "bestParameters"])
            if (root.Find(key) is { Kind: JsonKind.Object } inner) root = inner;
        var values = new OrderedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, key, value) in root.Members)
        {
            if (string.IsNullOrWhiteSpace(name)) throw key.Fault("a parameter needs a name.");
            values.Add(name, value.AsNumber($"parameter '{name}'"));
        }
        return values;
    }

    /// <summary>Writes parameter values, one a line, so that reading gives the same numbers to the bit.</summary>
    /// <param name="values">Radians by name; finite.</param>
    public static string Write(IEnumerable<KeyValuePair<string, double>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return JsonLines.Write(writer =>
        {
            writer.WriteStartObject();
            foreach (var (name, value) in values) writer.WriteNumber(name, value);
            writer.WriteEndObject();
        });
    }
}
