using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Gradients;
using QTrain.Simulation;

namespace QTrain.Cli.Evaluate;

/// <summary><c>qtrain gradient</c>: ∂⟨O⟩/∂θ.</summary>
internal static class GradientCommand
{
    private enum Method
    {
        Adjoint,
        Shift,
        Difference,
    }

    public static Command Create(CommandTerminal terminal)
    {
        var (circuit, observable) = (EvaluationInputs.Circuit(), EvaluationInputs.Observable());
        var (parameters, set, threads, precision) = (EvaluationInputs.Parameters(), EvaluationInputs.Set(), SharedOptions.Threads(), SharedOptions.Precision());
        var method = new Option<Method>("--method")
        {
            Description = "How: adjoint (one backward sweep, exact), shift (parameter-shift rules, exact) or difference (central differences).",
            HelpName = "adjoint|shift|difference",
            DefaultValueFactory = _ => Method.Adjoint,
        };
        var form = new HamiltonianOptions();
        var command = new Command("gradient", "The gradient of an expectation by every parameter of the circuit.") { circuit, observable, parameters, set, method, precision, threads };
        form.AddTo(command);
        return command.Does(terminal,
            [
                ("qtrain gradient --circuit c.json --observable h.json --parameters p.json", "by the adjoint method"),
                ("qtrain gradient --circuit c.json --observable h.json --parameters p.json --method shift", "as a device would"),
            ],
            (parse, result) =>
            {
                var c = EvaluationInputs.Circuit(parse.GetValue(circuit)!);
                var h = EvaluationInputs.Observable(parse.GetValue(observable)!, c, form.Reading(parse), result);
                var at = EvaluationInputs.Values(c, parse.GetValue(parameters), parse.GetValue(set));
                var options = new SimulationOptions { Threads = parse.GetValue(threads) ?? 0, Precision = parse.GetValue(precision) };
                using var state = StateVector.Zero(c.QubitCount, options);
                state.Apply(c, at);
                var expectation = state.Expectation(h);
                var gradient = parse.GetValue(method) switch
                {
                    Method.Shift => Gradient.Shift(c, h, at, options),
                    Method.Difference => FiniteDifference.Central(c, h, at, options: options),
                    _ => Gradient.Adjoint(c, h, at, options),
                };
                var byName = c.Parameters.Select((p, k) => KeyValuePair.Create(p.Name, gradient[k])).ToArray();
                result.Write(
                    () => new JsonObject { ["expectation"] = ResultWriter.Number(expectation), ["gradient"] = ResultWriter.Numbers(byName) },
                    text =>
                    {
                        text.WriteLine($"expectation  {expectation:R}");
                        text.WriteLine();
                        var table = new TextTable("parameter", ">radians", ">gradient");
                        for (var k = 0; k < at.Length; k++) table.Row(byName[k].Key, at[k].ToString("F9"), gradient[k].ToString("F12"));
                        table.Write(text, terminal);
                    });
                return ExitCode.Success;
            });
    }
}
