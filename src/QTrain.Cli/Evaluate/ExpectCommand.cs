using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Cli.Terminal;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Simulation.MatrixProduct;
using QTrain.Simulation.Methods;
using QTrain.Simulation.Stabilizer;
using QTrain.Simulation.Trajectories;

namespace QTrain.Cli.Evaluate;

/// <summary><c>qtrain expect</c>: ⟨O⟩ and its variance at the end of a circuit.</summary>
internal static class ExpectCommand
{
    // A square of this many terms is a million.
    private const int MaxSquaredTerms = 1000;

    private sealed record Answer(double Expectation, double? Variance, TruncationError? Truncation = null, double? StandardError = null);

    public static Command Create(CommandTerminal terminal)
    {
        var (circuit, observable) = (EvaluationInputs.Circuit(), EvaluationInputs.Observable());
        var (parameters, set, method, form) = (EvaluationInputs.Parameters(), EvaluationInputs.Set(), new MethodOptions(), new HamiltonianOptions());
        var command = new Command("expect", "The expectation and variance of an observable at the end of a circuit.") { circuit, observable, parameters, set };
        var trajectories = new Option<int>("--trajectories") { Description = "How many trajectories an estimate with noise takes.", HelpName = "N", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "The seed of trajectories.", HelpName = "S" };
        command.Add(trajectories);
        command.Add(seed);
        method.AddTo(command);
        form.AddTo(command);
        return command.Does(terminal,
            [
                ("qtrain expect --circuit bell.json --observable zz.json", ""),
                ("qtrain expect --circuit c.json --observable h.json --set theta=pi/4", "with a parameter"),
                ("qtrain expect --circuit c.json --observable h.json --parameters best.json --output json", "for a program"),
                ("qtrain expect --circuit wide.json --observable zz.json --method mps --max-bond 128", "a matrix product state"),
            ],
            (parse, result) =>
            {
                var c = EvaluationInputs.Circuit(parse.GetValue(circuit)!);
                var file = parse.GetValue(observable)!;
                var wide = c.QubitCount > PauliString.MaxQubits ? EvaluationInputs.WideObservable(file, c, form.Reading(parse)) : null;
                var narrow = wide is null ? EvaluationInputs.Observable(file, c, form.Reading(parse), result) : null;
                var at = EvaluationInputs.Values(c, parse.GetValue(parameters), parse.GetValue(set));
                var choice = method.Choose(parse, result, c, at);
                var answer = choice.Method switch
                {
                    SimulationMethod.MatrixProductState => OfChain(c, wide ?? SparsePauliSum.From(narrow!), at, method.MatrixProduct(parse)),
                    SimulationMethod.Stabilizer => OfTableau(c, narrow, wide ?? SparsePauliSum.From(narrow!), at),
                    SimulationMethod.Trajectories => OfTrajectories(c, Narrow(), at, Trajectories(parse.GetValue(trajectories)), parse.GetValue(seed), method.Simulation(parse)),
                    SimulationMethod.DensityMatrix => OfMixture(c, Narrow(), at, method.Simulation(parse)),
                    _ => OfState(c, Narrow(), at, method.Simulation(parse)),
                };
                MethodOptions.Report(result, answer.Truncation);
                result.Write(
                    () =>
                    {
                        var document = new JsonObject { ["expectation"] = ResultWriter.Number(answer.Expectation), ["variance"] = ResultWriter.Number(answer.Variance), ["standardError"] = ResultWriter.Number(answer.StandardError) };
                        MethodOptions.Describe(document, choice, answer.Truncation);
                        return document;
                    },
                    text =>
                    {
                        text.WriteLine($"expectation  {answer.Expectation:R}{(answer.StandardError is { } error ? $" ± {error:G3}" : "")}");
                        if (answer.StandardError is null) text.WriteLine(answer.Variance is { } variance ? $"variance     {variance:R}" : "variance     not computed: the square of the observable has too many terms, or too many qubits");
                    });
                return ExitCode.Success;

                // No other method holds so many qubits, and the memory it would take says so.
                PauliSum Narrow()
                {
                    if (narrow is null) SimulationMemory.Demand(c.QubitCount, states: 1);
                    return narrow!;
                }
            });
    }

    private static Answer OfState(Circuit circuit, PauliSum observable, double[] at, SimulationOptions options)
    {
        using var state = StateVector.Zero(circuit.QubitCount, options);
        state.Apply(circuit, at);
        return new Answer(state.Expectation(observable), state.Variance(observable));
    }

    private static Answer OfChain(Circuit circuit, SparsePauliSum observable, double[] at, MatrixProductOptions options)
    {
        var found = MatrixProductSimulator.Expect(circuit, observable, at, options);
        return new Answer(found.Value, found.Variance, found.Truncation);
    }

    private static Answer OfTableau(Circuit circuit, PauliSum? narrow, SparsePauliSum observable, double[] at)
    {
        var state = StabilizerState.Of(circuit, at);
        var mean = observable.Terms.Sum(t => t.Coefficient * state.Expectation(Label(t, circuit.QubitCount)));
        if (narrow is null || narrow.Terms.Length > MaxSquaredTerms) return new Answer(mean, null);
        var around = narrow - mean * PauliSum.Identity(narrow.QubitCount);
        return new Answer(mean, Math.Max(0, state.Expectation((around * around).Simplify(0))));
    }

    private static string Label(SparsePauliTerm term, int qubits)
    {
        var letters = new char[qubits];
        letters.AsSpan().Fill('I');
        foreach (var (qubit, letter) in term.Letters) letters[qubits - 1 - qubit] = letter;
        return new string(letters);
    }

    private static Answer OfTrajectories(Circuit circuit, PauliSum observable, double[] at, int trajectories, ulong seed, SimulationOptions options)
    {
        var estimate = TrajectorySimulator.Expectation(TrajectoryProgram.From(circuit), observable, at, trajectories, seed, options);
        return new Answer(estimate.Value, null, null, estimate.StandardError);
    }

    private static int Trajectories(int count) => count >= 2 ? count : throw new UsageException($"--trajectories {count}: it must be at least 2, or they tell no error.");

    private static Answer OfMixture(Circuit circuit, PauliSum observable, double[] at, SimulationOptions options)
    {
        var program = DensityProgram.From(circuit);
        var mean = NoisySimulator.Expectation(program, observable, at, options);
        var around = observable - mean * PauliSum.Identity(observable.QubitCount);
        return new Answer(mean, Math.Max(0, NoisySimulator.Expectation(program, around * around, at, options)));
    }
}
