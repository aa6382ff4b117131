using System.CommandLine;
using System.Text.Json;
using QTrain.Cli.Runs;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;
using QTrain.Operations.Specs;
using QTrain.Operations.Storage;
using QTrain.Simulation;

namespace QTrain.Cli.Train;

/// <summary><c>qtrain train</c>: trains a spec as a durable run.</summary>
internal static class TrainCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var spec = new Argument<string>("spec") { Description = "The spec, as YAML; - reads standard input.", HelpName = "SPEC" };
        var (set, store, threads) = (Set(), SharedOptions.Store(), SharedOptions.Threads());
        var name = new Option<string?>("--name") { Description = "What the run is called.", HelpName = "NAME" };
        var dry = new Option<bool>("--dry-run") { Description = "Only show what would be trained: qubits, parameters, memory, circuits a step." };
        return new Command("train", "Trains a spec as a run that can be stopped, resumed, compared and replayed.") { spec, set, name, dry, store, threads }
            .Does(terminal,
            [
                ("qtrain train samples/h2.yaml", "a hydrogen molecule, in seconds"),
                ("qtrain train h2.yaml --dry-run", "what it would take"),
                ("qtrain train h2.yaml --set optimizer=adam --set stopping.iterations=50", "with lines replaced"),
                ("qtrain train h2.yaml --output json", "one JSON document for a program"),
            ],
            async (parse, result, cancellation) =>
            {
                var folder = parse.GetValue(store)!;
                var prepared = SpecFile.Load(parse.GetValue(spec)!, Overrides(parse.GetValue(set), parse.GetValue(name)), RunStores.References(folder));
                var simulation = new SimulationOptions { Threads = parse.GetValue(threads) ?? prepared.Spec.Threads ?? 0 };
                if (parse.GetValue(dry)) return DryRun.Write(prepared, simulation, result);

                using var runs = Store.Open(folder);
                var engine = new RunEngine(runs);
                var run = await engine.CreateAsync(prepared.Spec.Name, prepared.Json, Inputs(prepared), prepared.Spec.Seed, prepared.Spec.Tags, cancellation);
                return await TrainingSession.AdvanceAsync(engine, run, prepared, simulation, result, cancellation);
            });
    }

    public static Option<string[]> Set() => new("--set") { Description = "Replaces a line of the spec, such as optimizer.learning-rate=0.05. May be given often.", HelpName = "KEY=VALUE" };

    /// <summary>The lines to replace, the name among them; quoted as JSON, so that a name such as <c>a: b</c> stays one.</summary>
    public static IReadOnlyList<string> Overrides(string[]? set, string? name) =>
        name is null ? set ?? [] : [.. set ?? [], $"name={JsonSerializer.Serialize(name)}"];

    /// <summary>The files of a spec as a run keeps them.</summary>
    public static Dictionary<string, RunInput> Inputs(PreparedSpec prepared) =>
        prepared.Inputs.ToDictionary(i => i.Key, i => new RunInput(i.Value, "application/json"));
}
