using System.CommandLine;
using System.Globalization;
using System.Text;
using QTrain.Circuits;
using QTrain.Cli.Check;
using QTrain.Cli.Terminal;
using QTrain.Formats;
using QTrain.Formats.Hamiltonians;
using QTrain.Observables;
using QTrain.Operations.Specs;
using QTrain.Simulation;

namespace QTrain.Cli.Evaluate;

/// <summary>The files of expect, gradient, exact and sample, and the parameters given to them.</summary>
internal static class EvaluationInputs
{
    public static Option<string> Circuit() => new("--circuit") { Description = "The circuit: OpenQASM (.qasm) or JSON.", HelpName = "FILE", Required = true };

    public static Option<string> Observable() => new("--observable") { Description = "The observable: Pauli JSON, Qiskit, OpenFermion, FCIDUMP, QUBO or Ising, a graph or TSPLIB; which one is seen from the file.", HelpName = "FILE", Required = true };

    public static Option<string?> Parameters() => new("--parameters") { Description = "Parameter values as JSON, {\"name\": radians}; the printed result of a training is read too.", HelpName = "FILE" };

    public static Option<string[]> Set() => new("--set") { Description = "One parameter value; goes before --parameters. May be given often.", HelpName = "NAME=RADIANS", AllowMultipleArgumentsPerToken = false };

    /// <summary>The text of a file the user named.</summary>
    public static string Text(string file)
    {
        var bytes = Bytes(file);
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidFileException(file, null, null, "this is not UTF-8 text: save it as UTF-8.");
        }
    }

    private static byte[] Bytes(string file)
    {
        if (file == "-") return Encoding.UTF8.GetBytes(Console.In.ReadToEnd());
        if (Directory.Exists(file)) throw new InvalidFileException(file, null, null, "this is a folder: name a file.");
        if (!File.Exists(file))
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(file));
            var nearest = Directory.Exists(folder)
                ? Suggestion.DidYouMean(Path.GetFileName(file), Directory.EnumerateFiles(folder).Take(1000).Select(f => Path.GetFileName(f)))
                : "";
            throw new InvalidFileException(file, null, null, "the file does not exist." + nearest);
        }
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(file, null, null, "the file cannot be read: " + fault.Message);
        }
    }

    public static Circuit Circuit(string file)
    {
        var text = Text(file);
        return OpenQasmFiles.IsOpenQasm(file, text) ? OpenQasmFiles.Read(file, text).ToCircuit() : CircuitJson.Read(text, file);
    }

    /// <summary>The observable of a file on the qubits of a circuit; one on fewer qubits leaves the others alone.</summary>
    public static PauliSum Observable(string file, Circuit circuit, HamiltonianReading reading, ResultWriter result)
    {
        var read = HamiltonianText.Read(Text(file), file, reading);
        if (read.Note is { } note) result.Hint(note);
        var observable = read.Observable;
        if (circuit.QubitCount > PauliString.MaxQubits) SimulationMemory.Demand(circuit.QubitCount, states: 1);
        return observable.QubitCount <= circuit.QubitCount
            ? observable.ExtendTo(circuit.QubitCount)
            : throw new InvalidFileException(file, null, null, $"the observable acts on {observable.QubitCount} qubits, but the circuit has {circuit.QubitCount}.");
    }

    /// <summary>The observable of a file on the qubits of a circuit too wide for masks of bits.</summary>
    public static SparsePauliSum WideObservable(string file, Circuit circuit, HamiltonianReading reading)
    {
        var observable = HamiltonianText.ReadSparse(Text(file), file, reading);
        return observable.QubitCount <= circuit.QubitCount
            ? observable.ExtendTo(circuit.QubitCount)
            : throw new InvalidFileException(file, null, null, $"the observable acts on {observable.QubitCount} qubits, but the circuit has {circuit.QubitCount}.");
    }

    /// <summary>A value for every parameter of a circuit, in their order.</summary>
    public static double[] Values(Circuit circuit, string? file, string[]? assignments)
    {
        var names = circuit.Parameters.Select(p => p.Name).ToArray();
        var values = new Dictionary<string, double>();
        if (file is not null)
            foreach (var (name, value) in ParametersJson.Read(Text(file), file))
                values[Known(name, names, message => new InvalidFileException(file, null, null, message))] = value;
        foreach (var assignment in assignments ?? [])
        {
            var equals = assignment.LastIndexOf('=');        // a name may hold one, a number does not
            if (equals <= 0) throw new UsageException($"--set {assignment}: write NAME=RADIANS, such as --set theta=0.5.");
            var text = assignment[(equals + 1)..].Trim();
            if (!TryRadians(text, out var value)) throw new UsageException($"--set {assignment}: '{text}' is not a finite number of radians, such as 0.5 or pi/2.");
            values[Known(assignment[..equals].Trim(), names, message => new UsageException($"--set {assignment}: {message}"))] = value;
        }
        string[] missing = [.. names.Where(n => !values.ContainsKey(n))];
        return missing.Length == 0
            ? [.. names.Select(n => values[n])]
            : throw new UsageException(
                $"the circuit's {(missing.Length == 1 ? $"parameter '{missing[0]}' has" : $"parameters {string.Join(", ", missing.Take(12).Select(m => $"'{m}'"))}{(missing.Length > 12 ? " …" : "")} have")} no value: " +
                $"give --parameters FILE or --set {missing[0]}=RADIANS.");
    }

    private static string Known(string name, string[] names, Func<string, QuantumException> refuse) => names.Contains(name)
        ? name
        : throw refuse($"the circuit has no parameter '{name}'.{Suggestion.DidYouMean(name, names)} It has {(names.Length == 0 ? "none" : string.Join(", ", names.Take(12)) + (names.Length > 12 ? " …" : ""))}.");

    /// <summary>A number, or a fraction of π: <c>pi/2</c>, <c>-3*pi/4</c>.</summary>
    internal static bool TryRadians(string text, out double value)
    {
        if (TryNumber(text, out value)) return true;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var divisor = 1.0;
        if (slash >= 0 && (!TryNumber(text[(slash + 1)..], out divisor) || divisor == 0)) return false;
        var factor = (slash < 0 ? text : text[..slash]).Trim();
        foreach (var pi in (ReadOnlySpan<string>)["pi", "π"])
        {
            if (!factor.EndsWith(pi, StringComparison.Ordinal)) continue;
            var times = factor[..^pi.Length].TrimEnd().TrimEnd('*').Trim();
            if (times is "" or "+") value = 1;
            else if (times is "-" or "−") value = -1;
            else if (!TryNumber(times, out value)) return false;
            value *= Math.PI / divisor;
            return double.IsFinite(value);
        }
        return false;
    }

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
