using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Simulation;

namespace QTrain.Cli.Evaluate;

/// <summary><c>qtrain sample</c>: counts of outcomes.</summary>
internal static class SampleCommand
{
    private const int OutcomesShown = 32;

    public static Command Create(CommandTerminal terminal)
    {
        var circuit = EvaluationInputs.Circuit();
        var (parameters, set, threads) = (EvaluationInputs.Parameters(), EvaluationInputs.Set(), SharedOptions.Threads());
        var shots = new Option<long>("--shots") { Description = "How often the circuit is run.", HelpName = "N", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "The seed: the same seed gives the same counts, on any number of threads.", HelpName = "S" };
        return new Command("sample", "Runs a circuit and counts its outcomes: of its classical bits, or of all qubits when it measures nothing.") { circuit, parameters, set, shots, seed, threads }
            .Does(terminal, [("qtrain sample --circuit bell.json --shots 1000 --seed 7", "bit 0 rightmost")],
            (parse, result) =>
            {
                var c = EvaluationInputs.Circuit(parse.GetValue(circuit)!);
                var at = EvaluationInputs.Values(c, parse.GetValue(parameters), parse.GetValue(set));
                var wanted = parse.GetValue(shots);
                if (wanted < 1) throw new UsageException($"--shots {wanted}: it must be at least 1.");
                var counts = Simulator.Run(c, at, wanted, parse.GetValue(seed), new SimulationOptions { Threads = parse.GetValue(threads) ?? 0 });
                result.Write(
                    () => new JsonObject
                    {
                        ["shots"] = counts.Total,
                        ["seed"] = parse.GetValue(seed),
                        ["counts"] = new JsonObject(counts.Select(o => KeyValuePair.Create(counts.ToBits(o.Outcome), (JsonNode?)JsonValue.Create(o.Count)))),
                    },
                    text =>
                    {
                        var table = new TextTable("outcome", ">count", ">share", "");
                        var most = counts.Max(o => o.Count);
                        foreach (var (outcome, count) in counts.OrderByDescending(o => o.Count).ThenBy(o => o.Outcome).Take(OutcomesShown))
                            table.Row(counts.ToBits(outcome), Show.Count(count), (100.0 * count / counts.Total).ToString("F2") + " %", new string('█', (int)(30 * count / most)));
                        table.Write(text, terminal);
                        if (counts.Count > OutcomesShown) text.WriteLine(terminal.Dim($"… {counts.Count - OutcomesShown} more outcomes; --output json has them all"));
                    });
                return ExitCode.Success;
            });
    }
}
