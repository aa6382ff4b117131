using System.Diagnostics;
using System.Text.Json;

namespace QTrain.Cli.Tests;

/// <summary>A real process gets real signals; Windows has none.</summary>
public sealed class A_run_that_is_interrupted : IDisposable
{
    private const string Long = """
        problem: {maxcut: [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6], [6, 7], [7, 0], [0, 4]]}
        ansatz: {type: qaoa, layers: 3}
        initial: {random: {scale: 0.1}}
        optimizer: spsa
        shots: 100
        seed: 5
        stopping: {iterations: ITERATIONS}
        """;

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task prints_its_document_says_how_to_go_on_and_ends_like_one_never_stopped(string signal)
    {
        var spec = _line.Write("long.yaml", Long.Replace("ITERATIONS", "1500"));
        using var process = _line.Start("train", spec, "--store", _line.Store, "--output", "json");
        var error = process.StandardError;
        while (await error.ReadLineAsync() is { } line && !line.StartsWith("step", StringComparison.Ordinal)) { }
        // timeout(1) signals the process and its group: twice at once is one word.
        Signal(process, signal, process.Id);
        var output = await process.StandardOutput.ReadToEndAsync();
        var rest = await error.ReadToEndAsync();
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(130, rest);
        var document = JsonDocument.Parse(output).RootElement;
        document.GetProperty("status").GetString().ShouldBe("interrupted");
        document.GetProperty("stopReason").GetString().ShouldBe("interrupted");
        var run = document.GetProperty("run").GetString()!;
        rest.ShouldContain($"qtrain runs resume {run}");

        // The files a run was made from may vanish meanwhile.
        File.Delete(spec);
        var resumed = await _line.InStoreAsync("runs", "resume", run, "--output", "json");
        resumed.Status.ShouldBe(0, resumed.Error);
        resumed.Json.GetProperty("status").GetString().ShouldBe("completed");
        var undisturbed = await _line.InStoreAsync("train", _line.Write("again.yaml", Long.Replace("ITERATIONS", "1500")), "--output", "json");
        resumed.Json.GetProperty("trajectoryHash").GetString().ShouldBe(undisturbed.Json.GetProperty("trajectoryHash").GetString());
        resumed.Json.GetProperty("iterations").GetInt32().ShouldBe(1500);
    }

    [Fact]
    public async Task ends_at_once_when_it_is_told_twice()
    {
        using var process = _line.Start("train", _line.Write("long.yaml", Long.Replace("ITERATIONS", "none")), "--store", _line.Store);
        while (await process.StandardError.ReadLineAsync() is { } line && !line.StartsWith("step", StringComparison.Ordinal)) { }
        Signal(process, "INT");
        Signal(process, "INT");
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        process.ExitCode.ShouldBe(130);
    }

    [Fact]
    public async Task hears_the_interrupt_also_as_a_background_job_of_a_script()
    {
        // Shells start such jobs with SIGINT ignored.
        var spec = _line.Write("long.yaml", Long.Replace("ITERATIONS", "none"));
        using var process = _line.StartWithInterruptIgnored("train", spec, "--store", _line.Store, "--output", "json");
        while (await process.StandardError.ReadLineAsync() is { } line && !line.StartsWith("step", StringComparison.Ordinal)) { }
        Signal(process, "INT");
        JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync()).RootElement.GetProperty("status").GetString().ShouldBe("interrupted");
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(130);
    }

    private static void Signal(Process process, string signal, int? again = null)
    {
        using var kill = Process.Start("/bin/kill", [$"-{signal}", process.Id.ToString(), .. again is { } id ? [id.ToString()] : Array.Empty<string>()]);
        kill.WaitForExit();
    }
}
