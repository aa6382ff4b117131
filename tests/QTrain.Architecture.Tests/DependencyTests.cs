using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using QTrain.Circuits;
using QTrain.Operations.Runs;

namespace QTrain.Architecture.Tests;

public sealed class The_library
{
    [Fact]
    public void stands_on_the_runtime_alone() =>
        References(typeof(Circuit).Assembly).ShouldAllBe(a => a.StartsWith("System", StringComparison.Ordinal) || a == "netstandard");

    [Fact]
    public void knows_nothing_of_files_networks_processes_or_clocks()
    {
        string[] banned =
        [
            "System.IO.File", "System.IO.FileStream", "System.IO.Directory", "System.IO.FileInfo", "System.IO.DirectoryInfo",
            "System.Net.Http.HttpClient", "System.Net.Sockets.Socket", "System.Diagnostics.Process", "System.TimeZoneInfo",
            "System.Random", "System.Console",
        ];
        TypesUsedBy(typeof(Circuit).Assembly).Intersect(banned).ShouldBeEmpty();
    }

    [Fact]
    public void keeps_optimizers_free_of_threads_clocks_and_chance()
    {
        // An optimizer is replayed from recorded answers: anything else that could change its course is banned from its source.
        string[] banned =
        [
            "Task.Run", "WhenAny", "Parallel.", "Thread", "Stopwatch", "DateTime", "TimeProvider", "new Random", "Environment.Tick", "Guid.",
            ".Result", "ConfigureAwait",
        ];
        foreach (var file in Repository.Sources("src/QTrain/Optimizers"))
        {
            var code = string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
            banned.Where(code.Contains).ShouldBeEmpty(file);
        }
    }

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(a => a.Name!);

    private static HashSet<string> TypesUsedBy(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(t => metadata.GetString(t.Namespace) + "." + metadata.GetString(t.Name))];
    }
}

public sealed class Dependencies
{
    [Fact]
    public void point_inwards()
    {
        Ours(typeof(Circuit).Assembly).ShouldBeEmpty();
        Ours(typeof(RunEngine).Assembly).ShouldBe(["QTrain"]);
        Ours(Assembly.Load("QTrain.Providers")).ShouldBe(["QTrain"]);
        Ours(Assembly.Load("QTrain.Emulators")).ShouldBe(["QTrain"]);
        Ours(Assembly.Load("QTrain.Cli")).ShouldBe(["QTrain", "QTrain.Emulators", "QTrain.Operations"]);
    }

    [Fact]
    public void of_the_command_line_hold_no_web_framework() =>
        Assembly.Load("QTrain.Cli").GetReferencedAssemblies().ShouldAllBe(a => !a.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    private static IEnumerable<string> Ours(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("QTrain", StringComparison.Ordinal)).Order();
}
