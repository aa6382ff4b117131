using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Simulation;

namespace QTrain.Cli.Evaluate;

/// <summary><c>qtrain expect</c>: ⟨O⟩ and its variance at the end of a circuit.</summary>
internal static class ExpectCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var (circuit, observable) = (EvaluationInputs.Circuit(), EvaluationInputs.Observable());
        var (parameters, set, threads) = (EvaluationInputs.Parameters(), EvaluationInputs.Set(), SharedOptions.Threads());
        return new Command("expect", "The exact expectation and variance of an observable at the end of a circuit.") { circuit, observable, parameters, set, threads }
            .Does(terminal,
            [
                ("qtrain expect --circuit bell.json --observable zz.json", ""),
                ("qtrain expect --circuit c.json --observable h.json --set theta=pi/4", "with a parameter"),
                ("qtrain expect --circuit c.json --observable h.json --parameters best.json --output json", "for a program"),
            ],
            (parse, result) =>
            {
                var c = EvaluationInputs.Circuit(parse.GetValue(circuit)!);
                var h = EvaluationInputs.Observable(parse.GetValue(observable)!, c);
                var at = EvaluationInputs.Values(c, parse.GetValue(parameters), parse.GetValue(set));
                using var state = StateVector.Zero(c.QubitCount, new SimulationOptions { Threads = parse.GetValue(threads) ?? 0 });
                state.Apply(c, at);
                var (expectation, variance) = (state.Expectation(h), state.Variance(h));
                result.Write(
                    () => new JsonObject { ["expectation"] = ResultWriter.Number(expectation), ["variance"] = ResultWriter.Number(variance) },
                    text =>
                    {
                        text.WriteLine($"expectation  {expectation:R}");
                        text.WriteLine($"variance     {variance:R}");
                    });
                return ExitCode.Success;
            });
    }
}
