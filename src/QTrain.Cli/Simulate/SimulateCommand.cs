using System.CommandLine;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Cli.Check;
using QTrain.Cli.Devices;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Terminal;
using QTrain.Formats;
using QTrain.OpenQasm;
using QTrain.Simulation;
using QTrain.Simulation.Methods;

namespace QTrain.Cli.Simulate;

/// <summary><c>qtrain simulate</c>: what a program or circuit gives, exactly or shot by shot.</summary>
internal static class SimulateCommand
{
    private const int OutcomesShown = 32;

    public static Command Create(CommandTerminal terminal)
    {
        var file = new Argument<string>("circuit") { Description = "An OpenQASM program, or a circuit as JSON; '-' reads standard input.", HelpName = "FILE" };
        var set = new Option<string[]>("--set") { Description = "The value of an input or parameter, as JSON. May be given often.", HelpName = "NAME=JSON", AllowMultipleArgumentsPerToken = false };
        var shots = new Option<long?>("--shots") { Description = "Run it so often and count the outcomes, beside the exact probabilities.", HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "The seed of the shots: the same seed gives the same counts, on any number of threads.", HelpName = "S" };
        var state = new Option<bool>("--state") { Description = "Also the amplitudes at the end, before the last measurements." };
        var (input, method, devices) = (new OpenQasmFiles(), new MethodOptions(), new DeviceOptions());
        var command = new Command("simulate", "Runs an OpenQASM program or a circuit: exact probabilities through measurements, resets and conditions, and counts.") { file, set, shots, seed, state };
        input.AddTo(command);
        method.AddTo(command);
        devices.AddTo(command);
        return command.Does(terminal,
            [
                ("qtrain simulate bell.qasm", "the exact probabilities"),
                ("qtrain simulate teleport.qasm --shots 1000 --seed 7 --output json", "and counts, for a program"),
                ("qtrain simulate ansatz.qasm --set theta=0.75 --state", "with an input, and the amplitudes"),
                ("qtrain simulate bell.qasm --device manila --shots 4000", "compiled for a device, with its noise, and how far that is from ideal"),
            ],
            async (parse, result, cancellation) =>
            {
                var wanted = parse.GetValue(shots);
                if (wanted < 1) throw new UsageException($"--shots {wanted}: it must be at least 1.");
                var name = parse.GetValue(file)!;
                var text = EvaluationInputs.Text(name);
                var values = Values(parse.GetValue(set) ?? []);
                var program = OpenQasmFiles.IsOpenQasm(name, text)
                    ? OpenQasmProgram.Parse(text, name, input.Options(parse, name))
                    : FromCircuit(CircuitJson.Read(text, name), name, ref values);
                foreach (var note in program.Notes) result.Hint(note);
                if (devices.AreGiven(parse))
                {
                    if (parse.GetValue(state)) throw new UsageException("--state: with noise there is no state vector. Leave it out.");
                    if (parse.GetResult("--method") is System.CommandLine.Parsing.OptionResult { Implicit: false }) throw new UsageException("--method: with a device or noise it is chosen by the number of qubits: a density matrix of up to twelve, trajectories beyond. Leave it out.");
                    var circuit = program.ToCircuit(values);
                    if (!circuit.Parameters.IsEmpty) throw new UsageException($"the input '{circuit.Parameters[0]}' of the program has no value: give --set {circuit.Parameters[0]}=RADIANS.");
                    var noisy = await devices.RunAsync(parse, result, circuit, wanted, parse.GetValue(seed), method.Simulation(parse), cancellation);
                    result.Write(() => noisy.ToJson(circuit.QubitCount, parse.GetValue(seed)), output => noisy.Write(output, terminal));
                    return ExitCode.Success;
                }
                using var signals = new StopSignals(() => { }, cancellation);
                var answer = new Simulation(program, values, wanted, parse.GetValue(seed), parse.GetValue(state), name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)).Run(parse, result, method, signals.Token);
                result.Write(answer.ToJson, output => answer.Write(output, terminal));
                return ExitCode.Success;
            });
    }

    /// <summary>A circuit is run as the program that says the same.</summary>
    private static OpenQasmProgram FromCircuit(Circuit circuit, string name, ref Dictionary<string, string> values)
    {
        if (circuit.Operations.Any(o => o is ChannelOperation)) throw new InvalidFileException(name, null, null, "the circuit holds noise channels: run it with qtrain sample.");
        var bound = new Dictionary<string, double>();
        foreach (var (parameter, text) in values)
        {
            if (circuit.Parameters.All(p => p.Name != parameter)) throw new UsageException($"--set {parameter}={text}: the circuit has no parameter '{parameter}'.");
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var radians) || !double.IsFinite(radians)) throw new UsageException($"--set {parameter}={text}: it is not a finite number of radians, such as 0.5 or pi/2.");
            bound[parameter] = radians;
        }
        var missing = circuit.Parameters.FirstOrDefault(p => !bound.ContainsKey(p.Name));
        if (missing.Name is not null) throw new UsageException($"the parameter '{missing}' of the circuit has no value: give --set {missing}=RADIANS.");
        values = [];
        return OpenQasmProgram.Parse(OpenQasmWriter.Write(circuit.Bind(bound)), name);
    }

    // JSON, or a fraction of π as other verbs take it.
    private static Dictionary<string, string> Values(string[] assignments)
    {
        var values = new Dictionary<string, string>();
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new UsageException($"--set {assignment}: write NAME=JSON, such as --set theta=0.5 or --set 'bits=\"0101\"'.");
            var text = assignment[(equals + 1)..].Trim();
            try
            {
                using var _ = JsonDocument.Parse(text);
            }
            catch (JsonException)
            {
                if (!EvaluationInputs.TryRadians(text, out var radians)) throw new UsageException($"--set {assignment}: '{text}' is not JSON, such as 0.5, 3, true, \"0101\" or [1, 2], nor a fraction of pi.");
                text = radians.ToString("R", CultureInfo.InvariantCulture);
            }
            values[assignment[..equals].Trim()] = text;
        }
        return values;
    }

    /// <summary>One program with its inputs, and how it is run.</summary>
    private sealed class Simulation(OpenQasmProgram program, Dictionary<string, string> values, long? shots, ulong seed, bool withState, bool isCircuit)
    {
        public Answer Run(ParseResult parse, ResultWriter result, MethodOptions method, CancellationToken cancellation)
        {
            var options = method.Simulation(parse);
            var other = OtherMethod(parse, result, method);
            if (other is { } choice)
            {
                if (shots is not { } times) throw new UsageException($"--method: exact probabilities are found with state vectors only ({choice.Choice.Reason}); add --shots N.");
                if (withState) throw new UsageException("--state: only a state vector has amplitudes to list.");
                var (found, truncation) = SampleCommand.Run(choice.Choice.Method, choice.Circuit, [], times, seed, options, method.MatrixProduct(parse));
                MethodOptions.Report(result, truncation);
                return new Answer(program, isCircuit, MethodOptions.KeyOf(choice.Choice.Method), shots, null, [.. found.Select(c => c with { Bits = DeclaredBits(c.Bits, choice.Circuit) })]);
            }
            OpenQasmResult? exact = null;
            try
            {
                exact = OpenQasmSimulation.Run(program, values, withState, options, cancellation);
            }
            catch (QuantumException fault) when (shots is not null && !withState && fault.Message.Contains("--shots", StringComparison.Ordinal))
            {
                result.Hint($"exact probabilities are left out: {fault.Message}");
            }
            var counts = shots is { } number ? OpenQasmSimulation.Sample(program, values, number, seed, options, cancellation) : null;
            if (withState && exact?.State is null) throw new UsageException("--state: the program ends in no single state, because something follows a measurement or reset whose outcome is not certain. Leave it out.");
            return new Answer(program, isCircuit, "statevector", shots, withState ? exact : exact is null ? null : exact with { State = null }, counts is null ? null : [.. counts]);
        }

        // Wide programs that are one circuit may be run by another method, when asked for or when nothing else holds them.
        private (MethodChoice Choice, Circuit Circuit)? OtherMethod(ParseResult parse, ResultWriter result, MethodOptions method)
        {
            if (program.QubitCount == 0 || method.IsAutomatic(parse) && program.QubitCount <= 24) return null;
            Circuit circuit;
            try
            {
                circuit = program.ToCircuit(values);
            }
            catch (InvalidFileException) when (method.IsAutomatic(parse))
            {
                return null;
            }
            if (!circuit.Parameters.IsEmpty) return null;
            var choice = method.Choose(parse, result, circuit, []);
            return choice.Method == SimulationMethod.StateVector ? null : (choice, circuit);
        }

        // Bits that only carry results between subroutines are not the program's.
        private string DeclaredBits(string bits, Circuit circuit) => circuit.BitCount > program.BitCount && bits.Length == circuit.BitCount ? bits[(circuit.BitCount - program.BitCount)..] : bits;
    }

    private sealed record Answer(OpenQasmProgram Program, bool IsCircuit, string Method, long? Shots, OpenQasmResult? Exact, IReadOnlyList<BitsCount>? Counts)
    {
        public JsonObject ToJson()
        {
            var document = new JsonObject
            {
                ["qubits"] = Program.QubitCount,
                ["clbits"] = Program.BitCount,
                ["method"] = Method,
                ["shots"] = Shots,
                ["probabilities"] = new JsonObject((Exact?.Probabilities ?? []).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)System.Text.Json.Nodes.JsonValue.Create(p.Value)))),
                ["probabilitiesComplete"] = Exact?.IsComplete ?? false,
                ["counts"] = new JsonObject((Counts ?? []).Select(c => KeyValuePair.Create(c.Bits, (JsonNode?)System.Text.Json.Nodes.JsonValue.Create(c.Count)))),
            };
            if (Exact is not null && Program.Version == "3.0" && !IsCircuit)
                document["outcomes"] = new JsonArray([.. Exact.Outcomes.Select(o => (JsonNode?)new JsonObject { ["probability"] = o.Probability, ["variables"] = o.Variables.DeepClone() })]);
            if (Exact?.State is { } amplitudes) document["state"] = new JsonArray([.. amplitudes.Select(a => (JsonNode?)new JsonArray(a.Real, a.Imaginary))]);
            return document;
        }

        public void Write(TextWriter output, CommandTerminal terminal)
        {
            output.WriteLine(terminal.Dim($"{Show.Count(Program.QubitCount, "qubit")}, {Show.Count(Program.BitCount, "classical bit")}"));
            var counts = (Counts ?? []).ToDictionary(c => c.Bits, c => c.Count);
            var probabilities = (Exact?.Probabilities ?? []).ToDictionary();
            var rows = probabilities.Keys.Union(counts.Keys).OrderByDescending(k => probabilities.GetValueOrDefault(k)).ThenByDescending(k => counts.GetValueOrDefault(k)).ThenBy(k => k, StringComparer.Ordinal).ToList();
            var table = new TextTable("outcome", ">probability", ">count", "");
            foreach (var row in rows.Take(OutcomesShown))
            {
                var share = probabilities.TryGetValue(row, out var probability) ? probability : counts.GetValueOrDefault(row) / (double)(Shots ?? 1);
                table.Row(row, Exact is null ? "" : probability.ToString("F9", CultureInfo.InvariantCulture), Counts is null ? "" : Show.Count(counts.GetValueOrDefault(row)), new string('█', (int)(30 * share)));
            }
            if (rows.Count > 0) table.Write(output, terminal);
            if (rows.Count > OutcomesShown) output.WriteLine(terminal.Dim($"… {rows.Count - OutcomesShown} more outcomes; --output json has them all"));
            if (Exact is { Outcomes: var outcomes } && Program.Version == "3.0" && !IsCircuit && outcomes.Any(o => o.Variables.Count > 0))
                foreach (var (probability, variables) in outcomes.Take(OutcomesShown)) output.WriteLine($"{probability.ToString("F9", CultureInfo.InvariantCulture)}  {variables.ToJsonString()}");
            if (Exact?.State is { } amplitudes)
                for (var k = 0; k < amplitudes.Length; k++)
                    if (amplitudes[k].Magnitude > 1e-12) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"|{Basis(k)}⟩  {amplitudes[k].Real:F9} {(amplitudes[k].Imaginary < 0 ? "-" : "+")} {Math.Abs(amplitudes[k].Imaginary):F9}i"));
        }

        private string Basis(int k) => string.Concat(Enumerable.Range(0, Program.QubitCount).Reverse().Select(q => (k >> q & 1) != 0 ? '1' : '0'));
    }
}
