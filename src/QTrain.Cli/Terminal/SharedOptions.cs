using System.CommandLine;
using QTrain.Simulation;

namespace QTrain.Cli.Terminal;

/// <summary>Options that mean the same for every verb.</summary>
internal static class SharedOptions
{
    public static Option<OutputFormat> Output { get; } = new("--output")
    {
        Description = "How the result is written: text for people, json for programs (one document on standard output).",
        HelpName = "text|json",
        Recursive = true,
        DefaultValueFactory = _ => OutputFormat.Text,
    };

    public static Option<string> Store() => new("--store")
    {
        Description = "The folder that keeps the runs.",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => ".qtrain",
    };

    public static Option<Precision> Precision() => new("--precision")
    {
        Description = "Of the amplitudes of a state vector: single takes half the memory and about half the time, and is right to some 1e-6.",
        HelpName = "double|single",
    };

    public static Option<int?> Threads()
    {
        var threads = new Option<int?>("--threads") { Description = "Threads of the simulator; all processors when left out. No result depends on it.", HelpName = "N" };
        threads.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var count) || count is < 1 or > 1024))
                result.AddError($"--threads {token.Value}: it must be a whole number from 1 to 1024.");
        });
        return threads;
    }
}
