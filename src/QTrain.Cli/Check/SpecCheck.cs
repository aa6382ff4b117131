using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using QTrain.Cli.Devices;
using QTrain.Cli.Runs;
using QTrain.Cli.Terminal;
using QTrain.Operations.Advice;
using QTrain.Operations.Specs;

namespace QTrain.Cli.Check;

/// <summary><c>qtrain check SPEC.yaml</c>: whether a spec is right, and advice before it costs anything.</summary>
internal sealed class SpecCheck
{
    private readonly Option<string?> _device = new("--device")
    {
        Description = "Of a spec: the device it is meant for, when it names none itself or another: a name (qtrain devices list), NAME@DATE for an earlier snapshot, or a calibration file.", HelpName = "DEVICE",
    };

    private readonly Option<string> _store = SharedOptions.Store();

    private readonly Option<double?> _error = new("--error")
    {
        Description = "Of a spec: the standard error wanted of an energy; when left out, chemical accuracy for molecules and a hundredth of the observable's spread otherwise.", HelpName = "E",
    };

    public void AddTo(Command command)
    {
        command.Add(_device);
        command.Add(_store);
        command.Add(_error);
    }

    /// <summary>Whether a file is a spec: YAML, or JSON that has a problem.</summary>
    public static bool IsSpec(string file, string text) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".yaml" or ".yml" => true,
        ".qasm" or ".inc" or ".stim" => false,
        _ => text.Split('\n').Any(l => l.TrimStart(' ', '{', '"', '\t') is var key && key.StartsWith("problem", StringComparison.Ordinal) && key[7..].TrimStart('"', ' ').StartsWith(':')),
    };

    /// <summary>Checks a spec and advises; with <paramref name="strict"/>, a warning is a failure.</summary>
    public async Task<int> RunAsync(ParseResult parse, ResultWriter result, string file, bool strict, CancellationToken cancellation)
    {
        if (parse.GetValue(_error) is { } wanted && !(wanted > 0 && double.IsFinite(wanted))) throw new UsageException($"--error {wanted.ToString("R", CultureInfo.InvariantCulture)}: it must be a number above 0.");
        var device = parse.GetValue(_device) is { } name ? (await DeviceCatalog.FindAsync(name, parse.GetValue(_store)!, cancellation)).Calibration : null;
        var spec = SpecFile.Load(file, references: RunStores.References(parse.GetValue(_store)!));
        var subject = new AdviceSubject(spec, TimeProvider.System.GetUtcNow(), device, parse.GetValue(_error));
        device = subject.Device;
        var notes = Advisor.Advise(subject);
        var warnings = notes.Count(n => n.Level == AdviceLevel.Warning);
        var problem = spec.Plan.Problem;
        result.Write(
            () => new JsonObject
            {
                ["valid"] = true,
                ["kind"] = "spec",
                ["name"] = problem.Name,
                ["qubits"] = problem.Ansatz.QubitCount,
                ["parameters"] = problem.Ansatz.Parameters.Length,
                ["device"] = device?.Device,
                ["calibration"] = device?.ContentId,
                ["wantedError"] = ResultWriter.Number(subject.WantedError),
                ["unit"] = problem.Unit,
                ["warnings"] = warnings,
                ["advice"] = new JsonArray([.. notes.Select(n => (JsonNode)new JsonObject
                {
                    ["name"] = n.Name,
                    ["level"] = n.Level == AdviceLevel.Warning ? "warning" : "information",
                    ["message"] = n.Message,
                    ["remedy"] = n.Remedy,
                    ["link"] = n.Link,
                    ["figures"] = ResultWriter.Numbers(n.Figures),
                })]),
            },
            text =>
            {
                var terminal = result.Terminal;
                text.WriteLine($"{terminal.Bold(problem.Name)}  {Show.Count(problem.Ansatz.QubitCount, "qubit")}, {Show.Count(problem.Ansatz.Parameters.Length, "parameter")}{(device is null ? "" : $", for {device}")}: the spec is right, {Show.Count(warnings, "warning")}");
                foreach (var note in notes)
                {
                    text.WriteLine();
                    text.WriteLine((note.Level == AdviceLevel.Warning ? terminal.Yellow("warning ") : terminal.Green("advice  ")) + terminal.Bold(note.Name) + "  " + terminal.Dim(note.Link));
                    foreach (var line in Wrapped(note.Message)) text.WriteLine("  " + line);
                    foreach (var line in Wrapped("→ " + note.Remedy)) text.WriteLine("  " + line);
                }
            });
        return strict && warnings > 0 ? ExitCode.Failure : ExitCode.Success;
    }

    private static IEnumerable<string> Wrapped(string text)
    {
        const int width = 118;
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line += (line.Length > 0 ? " " : "") + word;
        }
        yield return line;
    }
}
