using QTrain.Cli.Terminal;
using QTrain.Formats;

namespace QTrain.Cli.Convert;

/// <summary>The forms of circuits that are converted into one another.</summary>
internal static class CircuitForms
{
    private const string Json = "circuit-json";

    public static string[] Names { get; } = [Json];

    /// <summary>Whether a file holds a circuit; one that holds an observable too is a circuit when a form of circuits is asked for.</summary>
    public static bool IsCircuit(string text, string file, string? to)
    {
        if (!text.AsSpan().TrimStart("\uFEFF \t\r\n").StartsWith("{")) return false;
        var root = JsonSource.Read(text, file);
        return root.Find("operations") is not null && (to is null ? root.Find("observable") is null : Names.Contains(to));
    }

    public static string Target(string? named, string target) => named is not null
        ? Names.Contains(named) ? named : throw new UsageException($"--to {named}: a circuit is written as one of {string.Join(", ", Names)}.")
        : target.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? Json
        : throw new UsageException($"the ending of '{target}' does not say the form to write: add --to, one of {string.Join(", ", Names)}.");

    public static Conversion Convert(string text, string file, string to)
    {
        var circuit = CircuitJson.Read(text, file);
        return new Conversion(Json, to, circuit.QubitCount, circuit.Operations.Length, CircuitJson.Write(circuit), null) { Unit = "operation" };
    }
}
