using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Formats.Hamiltonians;
using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Cli.Evaluate;

/// <summary><c>qtrain exact</c>: the lowest energies of an observable, exactly.</summary>
internal static class ExactCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var (observable, threads) = (EvaluationInputs.Observable(), SharedOptions.Threads());
        var states = new Option<int>("--states") { Description = "How many energies, counted with multiplicity.", HelpName = "K", DefaultValueFactory = _ => 1 };
        var (command, form) = (new Command("exact", "The exact lowest energies of an observable, each as often as it is degenerate.") { observable, states, threads }, new HamiltonianOptions());
        form.AddTo(command);
        return command.Does(terminal, [("qtrain exact --observable h2.json", "the ground-state energy"), ("qtrain exact --observable h2.json --states 3", "the three lowest"), ("qtrain exact --observable n2.fcidump", "of a molecule's integrals")],
            (parse, result, cancellation) =>
            {
                var file = parse.GetValue(observable)!;
                var count = parse.GetValue(states);
                if (count < 1) throw new UsageException($"--states {count}: it must be at least 1.");
                var read = HamiltonianText.Read(EvaluationInputs.Text(file), file, form.Reading(parse));
                if (read.Note is { } note) result.Hint(note);
                using var signals = new StopSignals(() => { }, cancellation);
                var energies = ExactEnergies.Lowest(
                    read.Observable, count, options: new SimulationOptions { Threads = parse.GetValue(threads) ?? 0 }, cancellation: signals.Token);
                result.Write(
                    () => new JsonObject { ["energies"] = new JsonArray([.. energies.Select(e => ResultWriter.Number(e))]) },
                    text =>
                    {
                        var table = new TextTable(">state", ">energy", ">above the lowest");
                        for (var k = 0; k < energies.Length; k++)
                            table.Row(k.ToString(), energies[k].ToString("F12") + Show.Unit(read.Unit), k == 0 ? "" : (energies[k] - energies[0]).ToString("F12"));
                        table.Write(text, terminal);
                    });
                return Task.FromResult(ExitCode.Success);
            });
    }
}
