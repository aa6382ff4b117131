using System.CommandLine;
using QTrain.Cli.Terminal;

namespace QTrain.Cli.Runs;

/// <summary><c>qtrain runs</c>: what was trained, and going on with it.</summary>
internal static class RunsCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var runs = new Command("runs", "The runs of this store: list, look at, compare, resume, replay, fork, export, delete.")
        {
            ListCommand.Create(terminal),
            ShowCommand.Create(terminal),
            CompareCommand.Create(terminal),
            ResumeCommand.Create(terminal),
            ReplayCommand.Create(terminal),
            ForkCommand.Create(terminal),
            ExportCommand.Create(terminal),
            DeleteCommand.Create(terminal),
        };
        Examples.AddTo(runs,
        [
            ("qtrain runs list", "the latest runs"),
            ("qtrain runs show last", "how the latest went"),
            ("qtrain runs resume last", "go on with one that was stopped"),
        ]);
        return runs;
    }
}
