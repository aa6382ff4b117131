using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Cli.Train;
using QTrain.Operations.Runs;
using QTrain.Operations.Specs;

namespace QTrain.Cli.Runs;

internal static class ForkCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var (run, set, folder, threads) = (RunStores.Run(), TrainCommand.Set(), SharedOptions.Store(), SharedOptions.Threads());
        var name = new Option<string?>("--name") { Description = "What the new run is called; the old name when left out.", HelpName = "NAME" };
        var only = new Option<bool>("--create-only") { Description = "Only create it; `qtrain runs resume` trains it." };
        return new Command("fork", "A new run from an old one with some lines changed. Answers the old one has are not computed again.") { run, set, name, only, folder, threads }
            .Does(terminal,
            [
                ("qtrain runs fork last --set stopping.iterations=500", "the same, longer"),
                ("qtrain runs fork last --set optimizer=adam --name adam", "the same start, another optimizer"),
            ],
            async (parse, result, cancellation) =>
            {
                using var store = RunStores.OpenExisting(parse.GetValue(folder)!);
                var parent = await store.FindAsync(parse.GetValue(run)!, cancellation);
                var kept = new Dictionary<string, byte[]>();
                foreach (var (file, hash) in parent.Inputs) kept.Add(file, await store.Artifacts.ReadAsync(hash, cancellation));

                var prepared = SpecCompiler.Restore(parent.SpecJson, kept, TrainCommand.Overrides(parse.GetValue(set), parse.GetValue(name)), RunStores.References(parse.GetValue(folder)!));
                var fork = await new RunEngine(store).ForkAsync(
                    parent.Id, prepared.Json, TrainCommand.Inputs(prepared), prepared.Spec.Name, prepared.Spec.Seed, prepared.Spec.Tags, cancellation);
                if (!parse.GetValue(only)) return await ResumeCommand.GoOnAsync(store, fork, parse.GetValue(threads), result, cancellation);
                result.Write(
                    () => new JsonObject { ["run"] = fork.Id.Value, ["parent"] = parent.Id.Value, ["status"] = RunDocument.Status(fork.Status) },
                    text => text.WriteLine($"Run {fork.Id} forked from {parent.Id}. Train it: qtrain runs resume {fork.Id}"));
                return ExitCode.Success;
            });
    }
}
