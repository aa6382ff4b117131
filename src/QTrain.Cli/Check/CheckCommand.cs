using System.CommandLine;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Terminal;

namespace QTrain.Cli.Check;

/// <summary><c>qtrain check</c>: whether a file is right, before anything is done with it.</summary>
internal static class CheckCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var file = new Argument<string>("file") { Description = "A spec.", HelpName = "FILE" };
        var strict = new Option<bool>("--strict") { Description = "A warning is a failure: exit 1." };
        var (command, spec) = (new Command("check", "Says whether a spec is right, and advises before it costs anything.") { file, strict }, new SpecCheck());
        spec.AddTo(command);
        return command.Does(terminal,
            [
                ("qtrain check my.yaml", "is it right, and where should it run?"),
                ("qtrain check my.yaml --device sherbrooke", "and does it suit a device?"),
                ("qtrain check my.yaml --error 1e-3 --strict", "with the error you want; for a script"),
            ],
            async (parse, result, cancellation) =>
            {
                var name = parse.GetValue(file)!;
                return SpecCheck.IsSpec(name, EvaluationInputs.Text(name))
                    ? await spec.RunAsync(parse, result, name, parse.GetValue(strict), cancellation)
                    : throw new UsageException($"{name} is no spec: one is YAML with a 'problem'. `qtrain init` writes a commented one.");
            });
    }
}
