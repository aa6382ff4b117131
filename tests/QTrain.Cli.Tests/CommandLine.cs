using System.Diagnostics;
using System.Text.Json;
using QTrain.Cli.Terminal;

namespace QTrain.Cli.Tests;

/// <summary>What a command line did.</summary>
internal sealed record Outcome(int Status, string Out, string Error)
{
    /// <summary>The one JSON document on standard output.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;
}

/// <summary>A folder of its own with a store in it, in which command lines are run.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("qtrain-cli-");

    public static string Samples { get; } = Path.GetFullPath(Path.Combine(TestData.Root, "..", "..", "samples"));

    public string Folder => _folder.FullName;

    public string Store => Path.Combine(Folder, "store");

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs qtrain in this process.</summary>
    public static async Task<Outcome> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = await Cli.Program.RunAsync(arguments, new CommandTerminal(output, error));
        return new Outcome(status, output.ToString(), error.ToString());
    }

    /// <summary>Runs a verb that has a store.</summary>
    public Task<Outcome> InStoreAsync(params string[] arguments) => RunAsync([.. arguments, "--store", Store]);

    /// <summary>Starts qtrain as a process of its own.</summary>
    public Process Start(params string[] arguments) => Start("dotnet", [Program, .. arguments]);

    /// <summary>Starts qtrain as a shell starts the background jobs of a script.</summary>
    public Process StartWithInterruptIgnored(params string[] arguments) =>
        Start("bash", ["-c", "trap '' INT; exec dotnet \"$@\"", "bash", Program, .. arguments]);

    private static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "QTrain.Cli.dll");

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Folder };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
