using System.CommandLine;
using QTrain.Formats;

namespace QTrain.Cli.Terminal;

/// <summary>Runs what a verb does and turns what goes wrong into one line and an exit code.</summary>
internal static class Verb
{
    /// <summary>Gives a verb its action and its examples.</summary>
    public static Command Does(
        this Command command, CommandTerminal terminal, IReadOnlyList<(string Line, string About)> examples,
        Func<ParseResult, ResultWriter, CancellationToken, Task<int>> action)
    {
        Examples.AddTo(command, examples);
        command.SetAction((parse, cancellation) => GuardAsync(terminal, () =>
            action(parse, new ResultWriter(terminal, parse.GetValue(SharedOptions.Output)), cancellation)));
        return command;
    }

    /// <summary>The same for a verb that has nothing to wait for.</summary>
    public static Command Does(
        this Command command, CommandTerminal terminal, IReadOnlyList<(string Line, string About)> examples, Func<ParseResult, ResultWriter, int> action) =>
        command.Does(terminal, examples, (parse, result, _) => Task.FromResult(action(parse, result)));

    private static async Task<int> GuardAsync(CommandTerminal terminal, Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (InvalidFileException fault)
        {
            return Report(terminal, fault, fault.Message, ExitCode.Usage);
        }
        catch (UsageException fault)
        {
            return Report(terminal, fault, fault.Message, ExitCode.Usage);
        }
        catch (QuantumException fault)
        {
            return Report(terminal, fault, fault.Message, ExitCode.Failure);
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("qtrain: stopped.");
            return ExitCode.Interrupted;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Report(terminal, fault, fault.Message, ExitCode.Failure);
        }
        catch (OutOfMemoryException fault)
        {
            return Report(terminal, fault, "the memory of this machine does not suffice. Use fewer qubits.", ExitCode.Failure);
        }
#pragma warning disable CA1031 // The last line of defence: a person never sees a stack trace unasked.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return Report(terminal, fault,
                $"a fault inside qtrain {ThisVersion.Text}: {fault.GetType().Name}: {FirstLine(fault.Message)} " +
                "This is a mistake of the program, not yours. Please report it with the output of the same command under QTRAIN_DEBUG=1.", ExitCode.Failure);
        }
    }

    private static int Report(CommandTerminal terminal, Exception fault, string message, int status)
    {
        terminal.Error.WriteLine(terminal.ErrorColour ? $"\e[31mqtrain:\e[0m {message}" : $"qtrain: {message}");
        if (Environment.GetEnvironmentVariable("QTRAIN_DEBUG") is { Length: > 0 }) terminal.Error.WriteLine(fault.ToString());
        return status;
    }

    private static string FirstLine(string text) => text.ReplaceLineEndings("\n").Split('\n')[0];
}

/// <summary>The command line asks for something that cannot be: says what to type instead.</summary>
internal sealed class UsageException(string message) : QuantumException(message);
