using QTrain.Cli.Check;
using QTrain.Cli.Terminal;
using QTrain.Formats;
using QTrain.OpenQasm;

namespace QTrain.Cli.Convert;

/// <summary>The forms of circuits that are converted into one another.</summary>
internal static class CircuitForms
{
    private const string Json = "circuit-json";

    private const string Three = "openqasm3", Two = "openqasm2";

    public static string[] Names { get; } = [Json, Three, Two];

    /// <summary>Whether a file holds a circuit; one that holds an observable too is a circuit when a form of circuits is asked for.</summary>
    public static bool IsCircuit(string text, string file, string? to)
    {
        if (file.EndsWith(".qasm", StringComparison.OrdinalIgnoreCase)) return true;
        if (!text.AsSpan().TrimStart("\uFEFF \t\r\n").StartsWith("{")) return false;
        var root = JsonSource.Read(text, file);
        return root.Find("operations") is not null && (root.Find("observable") is null || to is not null && Names.Contains(to));
    }

    public static string Target(string? named, string target) => named is not null
        ? Names.Contains(named) ? named : throw new UsageException($"--to {named}: a circuit is written as one of {string.Join(", ", Names)}.")
        : target.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? Json
        : target.EndsWith(".qasm", StringComparison.OrdinalIgnoreCase) ? Three
        : throw new UsageException($"the ending of '{target}' does not say the form to write: add --to, one of {string.Join(", ", Names)}.");

    public static Conversion Convert(string text, string file, string to)
    {
        var program = file.EndsWith(".qasm", StringComparison.OrdinalIgnoreCase) ? OpenQasmFiles.Read(file, text) : null;
        var circuit = program is null ? CircuitJson.Read(text, file) : program.ToCircuit();
        var written = to switch { Three => program is null ? OpenQasmWriter.Write(circuit) : OpenQasmWriter.Write(program), Two => OpenQasmWriter.WriteVersion2(circuit), _ => CircuitJson.Write(circuit) };
        return new Conversion(program is null ? Json : program.Version == "2.0" ? Two : Three, to, circuit.QubitCount, circuit.Operations.Length, written, null) { Unit = "operation" };
    }
}
