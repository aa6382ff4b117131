using System.Diagnostics;
using System.Text.Json;

namespace QTrain.Cli.Tests;

public sealed class The_verb_bench
{
    [Fact]
    public async Task times_what_is_named_in_one_document()
    {
        var outcome = await CommandLine.RunAsync("bench", "energy", "qaoa", "--qubits", "4", "--qubits", "6", "--threads", "1", "--repeat", "2", "--output", "json");
        outcome.Status.ShouldBe(0, outcome.Error);
        var rows = outcome.Json.EnumerateArray().ToArray();
        rows.Select(r => (r.GetProperty("workload").GetString(), r.GetProperty("qubits").GetInt32())).ShouldBe([("energy", 4), ("energy", 6), ("qaoa", 4), ("qaoa", 6)]);
        foreach (var row in rows)
        {
            row.GetProperty("threads").GetInt32().ShouldBe(1);
            row.GetProperty("precision").GetString().ShouldBe("double");
            row.GetProperty("medianMs").GetDouble().ShouldBeGreaterThanOrEqualTo(row.GetProperty("bestMs").GetDouble());
            row.GetProperty("passes").GetDouble().ShouldBe(row.GetProperty("medianMs").GetDouble() / row.GetProperty("passMs").GetDouble(), 1e-9);
            row.GetProperty("repetitions").GetInt32().ShouldBe(2);
        }
        outcome.Error.ShouldContain("energy, 4 qubits, 1 thread");
    }

    [Fact]
    public async Task shows_the_goal_and_the_best_public_figure_where_there_are_any()
    {
        var outcome = await CommandLine.RunAsync("bench", "hea", "--qubits", "12", "--threads", "1", "--repeat", "1");
        outcome.Status.ShouldBe(0, outcome.Error);
        var row = outcome.Out.Split('\n').Single(l => l.StartsWith("hea", StringComparison.Ordinal));
        row.ShouldContain("0.130");
        row.TrimEnd().ShouldEndWith("PennyLane Lightning");
        outcome.Out.ShouldContain("measured on a server of 2 Zen 4 cores");
    }

    [Theory]
    [InlineData("bench hae", "qtrain: 'hae' is not a workload. Did you mean 'hea'? Workloads are: hea, energy,")]
    [InlineData("bench qaoa --qubits 7", "qtrain: --qubits 7: qaoa exists only on even numbers of qubits.")]
    [InlineData("bench uccsd --qubits 2", "qtrain: --qubits 2: uccsd needs at least 4 qubits.")]
    [InlineData("bench surface --qubits 240", "qtrain: --qubits 240: surface exists only on 2d² − 1 qubits of a distance d: 7, 17,")]
    [InlineData("bench hea --qubits 41", "qtrain: --qubits 41: hea takes at most 40 qubits.")]
    [InlineData("bench hea --qubits many", "qtrain: --qubits many: it must be a whole number from 1 to 9999.")]
    [InlineData("bench hea --repeat 0", "qtrain: --repeat 0: it must be a whole number from 1 to 1000000.")]
    [InlineData("bench hea --precision half", "qtrain: --precision half: it must be one of double, single.")]
    public async Task says_what_to_type_instead(string arguments, string message)
    {
        var outcome = await CommandLine.RunAsync(arguments.Split(' '));
        outcome.Status.ShouldBe(2);
        outcome.Error.ShouldStartWith(message);
        outcome.Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task stops_on_the_word_of_the_user_with_what_it_has()
    {
        if (OperatingSystem.IsWindows()) return;      // it has no signals
        using var line = new CommandLine();
        using var process = line.Start("bench", "hea", "--qubits", "4", "--qubits", "20", "--threads", "1", "--output", "json");
        while (await process.StandardError.ReadLineAsync() is { } said && !said.StartsWith("hea, 20", StringComparison.Ordinal)) { }
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString()])) await kill.WaitForExitAsync();
        var document = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync()).RootElement;
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(130);
        document.EnumerateArray().Select(r => r.GetProperty("qubits").GetInt32()).ShouldBe([4]);
    }
}
