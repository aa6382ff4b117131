using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Formats;
using QTrain.Formats.Hamiltonians;
using QTrain.Noise;
using QTrain.OpenQasm;
using QTrain.Problems;

namespace QTrain.Operations.Specs;

/// <summary>The best parameters of an earlier run, by name; throws when there is no such run.</summary>
public delegate IReadOnlyDictionary<string, double> EarlierRun(string run);

/// <summary>What a spec may name beside files: what is in a store.</summary>
public sealed record SpecReferences
{
    /// <summary>Finds the parameters of earlier runs; null where there is no store.</summary>
    public EarlierRun? Run { get; init; }

    /// <summary>Finds devices whose calibrations were imported; built-in ones need not be found.</summary>
    public Func<string, Calibration?>? Device { get; init; }
}

/// <summary>The files a spec names, each read once and kept: what a run needs to go on when they have changed or vanished.</summary>
internal sealed class SpecInputs
{
    private const long MaxBytes = 1L << 28;

    private readonly Dictionary<string, byte[]> _bytes = [];
    private readonly Dictionary<(string, HamiltonianReading), HamiltonianFile> _hamiltonians = [];
    private readonly string? _folder;
    private readonly SpecReferences? _references;

    private SpecInputs(string? folder, SpecReferences? references) => (_folder, _references) = (folder, references);

    /// <summary>Inputs from files, relative to a folder.</summary>
    public static SpecInputs FromFolder(string folder, SpecReferences? references) => new(folder, references);

    /// <summary>Inputs that were kept with a run; with a folder, others are read from there.</summary>
    public static SpecInputs Kept(IReadOnlyDictionary<string, byte[]> inputs, string? folder = null, SpecReferences? references = null)
    {
        var kept = new SpecInputs(folder, references);
        foreach (var (name, bytes) in inputs) kept._bytes.Add(name, bytes);
        return kept;
    }

    public ImmutableSortedDictionary<string, byte[]> Bytes => _bytes.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public HamiltonianFile Hamiltonian(SpecPlace place, string name, HamiltonianReading reading)
    {
        if (!_hamiltonians.TryGetValue((name, reading), out var hamiltonian))
            _hamiltonians.Add((name, reading), hamiltonian = HamiltonianText.Read(Text(place, name), Shown(name), reading));
        return hamiltonian;
    }

    public Circuit Circuit(SpecPlace place, string name) => name.EndsWith(".qasm", StringComparison.OrdinalIgnoreCase)
        ? OpenQasmProgram.Parse(Text(place, name), Shown(name), new OpenQasmOptions { Include = path => Included(name, path) }).ToCircuit()
        : CircuitJson.Read(Text(place, name), Shown(name));

    // Included files are inputs as well: kept with the run under their paths, and read from there when it goes on.
    private OpenQasmFile? Included(string circuit, string path)
    {
        var name = $"{Path.GetDirectoryName(circuit)}/{path}".TrimStart('/');
        if (!_bytes.TryGetValue(name, out var bytes))
        {
            if (_folder is null) throw new QuantumException($"the file '{path}' that '{circuit}' includes was not kept with the run.");
            // A circuit of the spec's folder may include what lies there; one from elsewhere, what lies beside it.
            var from = OpenQasmIncludes.RealPath(Path.GetDirectoryName(Locate(circuit))!);
            var folder = OpenQasmIncludes.RealPath(Path.GetFullPath(_folder));
            var root = from.StartsWith(folder, StringComparison.Ordinal) ? folder : from;
            if (OpenQasmIncludes.Find(root, from, path, root) is not { } file) return null;
            _bytes.Add(name, bytes = OpenQasmIncludes.Read(file, path));
        }
        return new OpenQasmFile(Shown(name), OpenQasmIncludes.TextOf(bytes, path));
    }

    public Graph Graph(SpecPlace place, string name) => HamiltonianText.ReadGraph(Text(place, name), Shown(name));

    public ModelNoise Noise(SpecPlace place, string name)
    {
        var text = Text(place, name);
        return new ModelNoise(NoiseModelJson.Read(text, Shown(name)), name, $"noise {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}");
    }

    public IReadOnlyDictionary<string, double> Parameters(SpecPlace place, string name) => ParametersJson.Read(Text(place, name), Shown(name));

    /// <summary>The calibration of a device by its name or file, kept with the run: what it was calibrated to then, not what it is later.</summary>
    public Calibration Calibration(SpecPlace place, string device)
    {
        var kept = $"calibration of {device}";
        if (_bytes.TryGetValue(kept, out var bytes)) return CalibrationJson.Read(Encoding.UTF8.GetString(bytes), kept);
        if (_folder is null) throw place.Refuse($"the calibration of '{device}' was not kept with the run.");
        var calibration = Known(place, device);
        _bytes.Add(kept, Encoding.UTF8.GetBytes(CalibrationJson.Write(calibration, compact: true)));
        return calibration;
    }

    private Calibration Known(SpecPlace place, string device)
    {
        var path = Locate(device);
        try
        {
            if (!File.Exists(path)) return _references?.Device?.Invoke(device) ?? BuiltInDevices.Get(device);
            var text = Files.Text(Files.Read(path, MaxBytes, reason => place.Refuse($"'{device}' {reason}")), () => place.Refuse($"'{Shown(device)}' is not UTF-8 text: save it as UTF-8."));
            return CalibrationFiles.Read([(text, Shown(device))]) is [var one] ? one : throw place.Refuse($"'{device}' holds several devices: import it with `qtrain devices import` and name one.");
        }
        catch (QuantumException fault) when (fault is not InvalidFileException)
        {
            throw place.Refuse(fault.Message);
        }
    }

    /// <summary>Keeps the best parameters of an earlier run under a name of their own.</summary>
    public string KeepRun(SpecPlace place, string run)
    {
        if (_references?.Run is not { } earlier) throw place.Refuse($"the parameters of run '{run}' cannot be had here: there is no store of runs. Give 'values' or a 'file'.");
        IReadOnlyDictionary<string, double> parameters;
        try
        {
            parameters = earlier(run);
        }
        catch (QuantumException fault) when (fault is not InvalidFileException)
        {
            throw place.Refuse(fault.Message);
        }
        var name = $"run-{run}.json";
        _bytes[name] = Encoding.UTF8.GetBytes(ParametersJson.Write(parameters));
        return name;
    }

    private string Text(SpecPlace place, string name)
    {
        if (!_bytes.TryGetValue(name, out var bytes)) _bytes.Add(name, bytes = Load(place, name));
        return Files.Text(bytes, () => place.Refuse($"'{Shown(name)}' is not UTF-8 text: save it as UTF-8."));
    }

    private byte[] Load(SpecPlace place, string name)
    {
        if (_folder is null) throw place.Refuse($"the input '{name}' was not kept with the run.");
        var path = Locate(name);
        if (Directory.Exists(path)) throw place.Refuse($"'{name}' is a folder: a file is needed.");
        if (!File.Exists(path))
            throw place.Refuse($"the file '{name}' does not exist (looked for {path}); paths are relative to the spec.{Neighbour(path)}");
        return Files.Read(path, MaxBytes, reason => place.Refuse($"'{name}' {reason}"));
    }

    // An override is typed with the working directory in mind, a spec with its own; where the first finds nothing the second may.
    private string Locate(string name)
    {
        var path = Path.GetFullPath(Path.Combine(_folder!, name));
        return File.Exists(path) || !File.Exists(name) ? path : Path.GetFullPath(name);
    }

    private string Shown(string name)
    {
        if (_folder is null) return name;
        var path = Locate(name);
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    public static string Neighbour(string path)
    {
        var folder = Path.GetDirectoryName(path);
        if (folder is null || !Directory.Exists(folder)) return "";
        return Suggestion.DidYouMean(Path.GetFileName(path), Directory.EnumerateFiles(folder).Take(1000).Select(f => Path.GetFileName(f)));
    }
}

/// <summary>Reads a whole file without trusting its length.</summary>
internal static class Files
{
    public static string Text(byte[] bytes, Func<Exception> refuse)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw refuse();
        }
    }

    public static byte[] Read(string path, long most, Func<string, Exception> refuse)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var copy = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                copy.Write(buffer, 0, read);
                if (copy.Length > most) throw refuse($"is larger than {most >> 20} MiB: no such file is read.");
            }
            return copy.ToArray();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw refuse($"cannot be read: {fault.Message}");
        }
    }
}
