using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Cli.Devices;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Terminal;
using QTrain.Formats;
using QTrain.OpenQasm;
using QTrain.Transpilation;

namespace QTrain.Cli.Transpile;

/// <summary><c>qtrain transpile</c>: a circuit in the gates and couplings of a device.</summary>
internal static class TranspileCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var circuit = new Argument<string>("circuit") { Description = "The circuit.", HelpName = "FILE" };
        var device = new Option<string>("--device")
        {
            Description = "What to compile for: a device (qtrain devices list) or calibration file, or a shape: line:5, ring:8, grid:4x5, heavy-hex:127 (133, 156), all:11.",
            HelpName = "DEVICE",
            Required = true,
        };
        var basis = new Option<string?>("--basis") { Description = "Native gates of a shape, with commas; cx,rz,sx,x when left out.", HelpName = "GATES" };
        var file = new Option<string?>("-o") { Description = "Where the circuit goes: OpenQASM 3, or JSON when the name ends in .json. Standard output when left out.", HelpName = "FILE" };
        var level = new Option<int>("--level") { Description = "0: only what is needed. 1 to 3: more is merged and tried.", HelpName = "0..3", DefaultValueFactory = _ => 2 };
        var seed = new Option<ulong>("--seed") { Description = "Of placements and choices among equals.", HelpName = "N" };
        var decoupling = new Option<string>("--dd") { Description = "Pulses on waiting qubits that undo slow drifts.", HelpName = "none|xx|xy4", DefaultValueFactory = _ => "none" };
        var schedule = new Option<string>("--schedule") { Description = "Writes when qubits wait, as delays: operations as soon as they can, or as late. --dd alone takes alap.", HelpName = "none|asap|alap", DefaultValueFactory = _ => "none" };
        var folder = SharedOptions.Store();
        return new Command("transpile", "Compiles a circuit to the gates and couplings of a device.") { circuit, device, basis, file, level, seed, decoupling, schedule, folder }
            .Does(terminal,
            [
                ("qtrain transpile ansatz.json --device manila -o ansatz.qasm", "placed on the best qubits of a calibrated device"),
                ("qtrain transpile qft.json --device heavy-hex:127 --basis ecr,rz,sx,x --level 3", "to standard output"),
                ("qtrain transpile ansatz.json --device lagos --dd xy4 -o timed.qasm", "delays where qubits wait, and pulses in them"),
                ("qtrain transpile qaoa.json --device all:11 --basis rzz,gpi,gpi2 -o qaoa.json", "an ion trap; parameters stay"),
            ],
            async (parse, result, cancellation) =>
            {
                var target = await TargetAsync(parse.GetValue(device)!, parse.GetValue(basis), parse.GetValue(folder)!, cancellation);
                if (parse.GetValue(level) is var l && l is < 0 or > 3) throw new UsageException($"--level {l}: it must be 0, 1, 2 or 3.");
                var timing = parse.GetValue(schedule);
                if (timing is not ("none" or "asap" or "alap")) throw new UsageException($"--schedule {timing}: allowed are none, asap and alap.");
                var read = EvaluationInputs.Circuit(parse.GetValue(circuit)!);
                var compiled = Transpiler.Run(read, target, new TranspileOptions
                {
                    Level = l,
                    Seed = parse.GetValue(seed),
                    ShowsWaits = timing != "none",
                    IsLate = timing != "asap",
                    Decoupling = parse.GetValue(decoupling) switch
                    {
                        "none" => Decoupling.None,
                        "xx" => Decoupling.Xx,
                        "xy4" => Decoupling.Xy4,
                        var other => throw new UsageException($"--dd {other}: allowed are none, xx and xy4."),
                    },
                });
                var path = parse.GetValue(file);
                var isJson = path?.EndsWith(".json", StringComparison.OrdinalIgnoreCase) == true;
                var text = isJson ? CircuitJson.Write(compiled.Circuit) : OpenQasmWriter.Write(compiled.Circuit);
                if (path is not null and not "-") await ResultFile.WriteAsync(path, text, cancellation);
                Report(compiled, terminal, result);
                result.Write(() => Document(compiled, path, text), output =>
                {
                    if (path is null or "-") output.Write(text);
                    else output.WriteLine($"Wrote {path}.");
                });
                return ExitCode.Success;
            });
    }

    private static async ValueTask<Target> TargetAsync(string given, string? basis, string folder, CancellationToken cancellation)
    {
        ImmutableArray<string> gates = basis is null ? [] : [.. basis.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        if (basis is not null && gates.IsEmpty) throw new UsageException($"--basis '{basis}': name native gates with commas, such as cz,rz,sx,x.");
        var colon = given.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && !given.StartsWith("builtin:", StringComparison.Ordinal) && !File.Exists(given))
        {
            try
            {
                return Target.Parse(given, gates);
            }
            catch (QuantumException fault)
            {
                throw new UsageException($"--device {given}: {fault.Message}");
            }
        }
        if (basis is not null) throw new UsageException($"--basis: '{given}' has native gates of its own; only shapes such as line:5 take a basis.");
        return (await DeviceCatalog.FindAsync(given, folder, cancellation)).Calibration.ToTarget();
    }

    private static void Report(TranspiledCircuit compiled, CommandTerminal terminal, ResultWriter result)
    {
        var (before, after) = (compiled.Original, compiled.Size);
        result.Hint($"{compiled.Target}");
        var table = new TextTable("", ">before", ">after");
        table.Row("operations", Show.Count(before.Operations), Show.Count(after.Operations));
        table.Row("two-qubit gates", Show.Count(before.TwoQubitGates), Show.Count(after.TwoQubitGates));
        table.Row("depth", Show.Count(before.Depth), Show.Count(after.Depth));
        table.Row("two-qubit depth", Show.Count(before.TwoQubitDepth), Show.Count(after.TwoQubitDepth));
        if (!result.IsJson) table.Write(terminal.Error, terminal);
        if (compiled.DurationSeconds is { } seconds) result.Hint($"takes {(seconds * 1e6).ToString("G4", CultureInfo.InvariantCulture)} µs");
        if (compiled.EstimatedSuccess is { } success) result.Hint($"nothing fails with probability {success.ToString("P1", CultureInfo.InvariantCulture)}, by the errors reported");
        result.Hint($"qubits 0, 1, … start on {Places(compiled.InitialLayout)}{(compiled.FinalLayout.SequenceEqual(compiled.InitialLayout) ? " and stay" : $", end on {Places(compiled.FinalLayout)}")}");
        result.Hint($"hash {compiled.Hash[..16]}");
    }

    private static string Places(ImmutableArray<int> layout) => string.Join(", ", layout.Take(24)) + (layout.Length > 24 ? ", …" : "");

    private static JsonObject Document(TranspiledCircuit compiled, string? path, string text)
    {
        var document = new JsonObject
        {
            ["device"] = compiled.Target.Name,
            ["hash"] = compiled.Hash,
            ["before"] = Size(compiled.Original),
            ["after"] = Size(compiled.Size),
            ["gates"] = new JsonObject(compiled.Circuit.GateCounts.Select(g => KeyValuePair.Create(g.Key, (JsonNode?)g.Value))),
            ["initialLayout"] = new JsonArray([.. compiled.InitialLayout.Select(q => (JsonNode)q)]),
            ["finalLayout"] = new JsonArray([.. compiled.FinalLayout.Select(q => (JsonNode)q)]),
            ["durationSeconds"] = ResultWriter.Number(compiled.DurationSeconds),
            ["estimatedSuccess"] = ResultWriter.Number(compiled.EstimatedSuccess),
        };
        if (path is null or "-") document["circuit"] = text;
        else document["file"] = path;
        return document;
    }

    private static JsonObject Size(CircuitSize size) => new()
    {
        ["operations"] = size.Operations,
        ["twoQubitGates"] = size.TwoQubitGates,
        ["depth"] = size.Depth,
        ["twoQubitDepth"] = size.TwoQubitDepth,
    };
}
