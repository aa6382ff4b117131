using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Cli.Devices;
using QTrain.Cli.Terminal;
using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Simulation.MatrixProduct;
using QTrain.Simulation.Methods;
using QTrain.Simulation.Stabilizer;
using QTrain.Simulation.Trajectories;

namespace QTrain.Cli.Evaluate;

/// <summary><c>qtrain sample</c>: counts of outcomes.</summary>
internal static class SampleCommand
{
    private const int OutcomesShown = 32;

    public static Command Create(CommandTerminal terminal)
    {
        var circuit = EvaluationInputs.Circuit();
        circuit.Required = false;       // a .stim file is named without an option
        var file = new Argument<string?>("file") { Description = "A circuit in stim's text format, with its noise.", HelpName = "FILE.stim", Arity = ArgumentArity.ZeroOrOne };
        var detectors = new Option<bool>("--detectors") { Description = "Of a .stim file: how often its detectors fire and its observables are flipped, beside the exact probabilities." };
        var (parameters, set, method) = (EvaluationInputs.Parameters(), EvaluationInputs.Set(), new MethodOptions());
        var devices = new DeviceOptions();
        var shots = new Option<long>("--shots") { Description = "How often the circuit is run.", HelpName = "N", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "The seed: the same seed gives the same counts, on any number of threads.", HelpName = "S" };
        var command = new Command("sample", "Runs a circuit and counts its outcomes: of its classical bits, or of all qubits when it measures nothing.") { file, circuit, parameters, set, shots, seed, detectors };
        method.AddTo(command);
        devices.AddTo(command);
        return command.Does(terminal,
            [
                ("qtrain sample --circuit bell.json --shots 1000 --seed 7", "bit 0 rightmost"),
                ("qtrain sample --circuit wide.json --method mps --max-bond 128", "a matrix product state"),
                ("qtrain sample surface.stim --shots 100000 --detectors", "a noisy Clifford circuit"),
                ("qtrain sample --circuit bell.json --device manila", "as a device would"),
            ],
            async (parse, result, cancellation) =>
            {
                var wanted = parse.GetValue(shots);
                if (wanted < 1) throw new UsageException($"--shots {wanted}: it must be at least 1.");
                var (named, stim) = (parse.GetValue(circuit), parse.GetValue(file));
                if (named is null == stim is null) throw new UsageException("name one circuit: --circuit FILE, or FILE.stim without an option.");
                if (stim is not null)
                {
                    if (devices.AreGiven(parse)) throw new UsageException("--device and --noise: a .stim file holds its noise itself.");
                    if (!stim.EndsWith(".stim", StringComparison.OrdinalIgnoreCase)) throw new UsageException($"{stim} is no .stim file: name other circuits with --circuit {stim}.");
                    if (parse.GetResult(set) is not null || parse.GetResult(parameters) is not null) throw new UsageException("--set and --parameters: a .stim file has no parameters.");
                    StimSampling.Run(stim, wanted, parse.GetValue(seed), parse.GetValue(detectors), method.Simulation(parse), result);
                    return ExitCode.Success;
                }
                if (parse.GetValue(detectors)) throw new UsageException("--detectors: only a .stim file has detectors.");
                var c = EvaluationInputs.Circuit(named!);
                var at = EvaluationInputs.Values(c, parse.GetValue(parameters), parse.GetValue(set));
                if (devices.AreGiven(parse))
                {
                    if (parse.GetResult("--method") is System.CommandLine.Parsing.OptionResult { Implicit: false }) throw new UsageException("--method: with a device or noise it is chosen by the number of qubits: a density matrix of up to twelve, trajectories beyond. Leave it out.");
                    var noisy = await devices.RunAsync(parse, result, c.Bind(at), wanted, parse.GetValue(seed), method.Simulation(parse), cancellation);
                    result.Write(() => noisy.ToJson(c.QubitCount, parse.GetValue(seed)), text => noisy.Write(text, terminal));
                    return ExitCode.Success;
                }
                var choice = method.Choose(parse, result, c, at);
                var (counts, truncation) = Run(choice.Method, c, at, wanted, parse.GetValue(seed), method.Simulation(parse), method.MatrixProduct(parse));
                MethodOptions.Report(result, truncation);
                result.Write(
                    () =>
                    {
                        var document = new JsonObject
                        {
                            ["shots"] = wanted,
                            ["seed"] = parse.GetValue(seed),
                            ["counts"] = new JsonObject(counts.Select(o => KeyValuePair.Create(o.Bits, (JsonNode?)JsonValue.Create(o.Count)))),
                        };
                        MethodOptions.Describe(document, choice, truncation);
                        return document;
                    },
                    text =>
                    {
                        var table = new TextTable("outcome", ">count", ">share", "");
                        var most = counts.Max(o => o.Count);
                        foreach (var (bits, count) in counts.OrderByDescending(o => o.Count).ThenBy(o => o.Bits, StringComparer.Ordinal).Take(OutcomesShown))
                            table.Row(bits, Show.Count(count), (100.0 * count / wanted).ToString("F2") + " %", new string('█', (int)(30 * count / most)));
                        table.Write(text, terminal);
                        if (counts.Count > OutcomesShown) text.WriteLine(terminal.Dim($"… {counts.Count - OutcomesShown} more outcomes; --output json has them all"));
                    });
                return ExitCode.Success;
            });
    }

    internal static (IReadOnlyList<BitsCount> Counts, TruncationError? Truncation) Run(
        SimulationMethod method, Circuit circuit, double[] at, long shots, ulong seed, SimulationOptions simulation, MatrixProductOptions chain)
    {
        if (method == SimulationMethod.MatrixProductState)
        {
            var run = MatrixProductSimulator.Run(circuit, at, shots, new RandomStream(seed), chain);
            return (run.Counts, run.Truncation);
        }
        if (method == SimulationMethod.Stabilizer)
        {
            var table = StabilizerSimulator.Sample(circuit, at, shots, seed, simulation);
            var outcomes = new Dictionary<string, long>();
            for (var shot = 0L; shot < shots; shot++)
            {
                var bits = table.ToBits(shot);
                outcomes[bits] = outcomes.GetValueOrDefault(bits) + 1;
            }
            return (new WideCounts((int)table.BitCount, outcomes.Select(o => new BitsCount(o.Key, o.Value))), null);
        }
        if (method == SimulationMethod.Trajectories && shots > int.MaxValue) throw new UsageException($"--shots {shots}: trajectories take at most {int.MaxValue}.");
        var counts = method switch
        {
            SimulationMethod.DensityMatrix => NoisySimulator.Run(DensityProgram.From(circuit), at, shots, seed, simulation),
            SimulationMethod.Trajectories => TrajectorySimulator.Run(TrajectoryProgram.From(circuit), at, (int)shots, seed, simulation),
            _ => Simulator.Run(circuit, at, shots, seed, simulation),
        };
        return ([.. counts.Select(o => new BitsCount(counts.ToBits(o.Outcome), o.Count))], null);
    }
}
