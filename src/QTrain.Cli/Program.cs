using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;
using QTrain.Cli.Bench;
using QTrain.Cli.Check;
using QTrain.Cli.Completions;
using QTrain.Cli.Convert;
using QTrain.Cli.Devices;
using QTrain.Cli.Draw;
using QTrain.Cli.Emulate;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Plots;
using QTrain.Cli.Runs;
using QTrain.Cli.Simulate;
using QTrain.Cli.Specs;
using QTrain.Cli.Terminal;
using QTrain.Cli.Train;
using QTrain.Cli.Transpile;

namespace QTrain.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        // Scripts ask this first and often; nothing else is loaded for it.
        if (args is ["--version"])
        {
            Console.Out.WriteLine(ThisVersion.Text);
            return ExitCode.Success;
        }
        StopSignals.HeedInterrupt();
        return await RunAsync(args, CommandTerminal.OfThisProcess());
    }

    /// <summary>Runs one command line against given streams.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static async Task<int> RunAsync(string[] args, CommandTerminal terminal, CancellationToken cancellation = default)
    {
        var parse = Root(terminal).Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (UsageFault.Of(parse) is { } fault)
        {
            terminal.Error.WriteLine($"qtrain: {fault}");
            return ExitCode.Usage;
        }
        return await parse.InvokeAsync(
            new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,       // verbs that must not die half-way listen to signals themselves
            },
            cancellation);
    }

    /// <summary>The verbs of qtrain.</summary>
    internal static RootCommand Root(CommandTerminal terminal)
    {
        var root = new RootCommand("Trains quantum circuits: durable, reproducible runs on this machine.")
        {
            TrainCommand.Create(terminal),
            RunsCommand.Create(terminal),
            PlotCommand.Create(terminal),
            ExpectCommand.Create(terminal),
            GradientCommand.Create(terminal),
            ExactCommand.Create(terminal),
            SampleCommand.Create(terminal),
            DevicesCommand.Create(terminal),
            EmulateCommand.Create(terminal),
            CheckCommand.Create(terminal),
            ConvertCommand.Create(terminal),
            DrawCommand.Create(terminal),
            TranspileCommand.Create(terminal),
            SimulateCommand.Create(terminal),
            BenchCommand.Create(terminal),
            InitCommand.Create(terminal),
            SchemaCommand.Create(terminal),
            CompletionCommand.Create(terminal),
        };
        root.Options.Add(SharedOptions.Output);
        Examples.AddTo(root, [
            ("qtrain init my.yaml", "a commented spec that runs as it is"),
            ("qtrain train my.yaml", "train it; Ctrl-C stops it, `qtrain runs resume last` goes on"),
            ("qtrain plot last -o loss.svg", "its loss curve"),
        ]);
        return root;
    }
}
