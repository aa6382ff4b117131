using System.Diagnostics;

namespace QTrain.Cli.Tests;

public sealed class The_command_line : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("trian x", "qtrain: 'trian' is not a verb of 'qtrain'. Did you mean 'train'?")]
    [InlineData("runs lst", "qtrain: 'lst' is not a verb of 'qtrain runs'. Did you mean 'list'?")]
    [InlineData("runs", "qtrain: 'qtrain runs' needs a verb: list, show,")]
    [InlineData("", "qtrain: 'qtrain' needs a verb: train, runs,")]
    [InlineData("train x.yaml --stor s", "qtrain: '--stor' is not an option of 'qtrain train'. Did you mean '--store'?")]
    [InlineData("train", "qtrain: Required argument 'SPEC' missing for command: 'train'. See: qtrain train --help")]
    [InlineData("expect --observable x", "qtrain: Option '--circuit' is required. See: qtrain expect --help")]
    [InlineData("exact --observable x --threads 0", "qtrain: --threads 0: it must be a whole number from 1 to 1024.")]
    [InlineData("exact --observable nowhere.json", "qtrain: nowhere.json: the file does not exist.")]
    [InlineData("train nowhere.yaml", "qtrain: nowhere.yaml: the file does not exist.")]
    [InlineData("train @nowhere.yaml", "qtrain: @nowhere.yaml: the file does not exist.")]
    [InlineData("completion tcsh", "qtrain: Argument 'tcsh' not recognized. Must be one of: 'bash', 'zsh', 'fish'. See: qtrain completion --help")]
    public async Task says_what_to_type_instead(string arguments, string message)
    {
        var outcome = await CommandLine.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        outcome.Status.ShouldBe(2);
        outcome.Error.ShouldStartWith(message);
        outcome.Error.Trim().Split('\n').Length.ShouldBe(1);
        outcome.Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task tells_where_a_spec_is_wrong()
    {
        var spec = _line.Write("h2.yaml", "problem: {maxcut: [[0, 1]]}\noptimiser: adam\n");
        var outcome = await _line.InStoreAsync("train", spec);
        outcome.Status.ShouldBe(2);
        outcome.Error.ShouldStartWith($"qtrain: {spec}:2:1: 'optimiser' is not a key of a spec. Did you mean 'optimizer'?");
        Directory.Exists(_line.Store).ShouldBeFalse("nothing is made for a spec that is refused");
    }

    [Fact]
    public async Task asks_about_runs_without_making_a_store()
    {
        (await _line.InStoreAsync("runs", "list", "--output", "json")).Out.ReplaceLineEndings("\n").ShouldBe("{\n  \"runs\": []\n}\n");
        (await _line.InStoreAsync("runs", "show", "last")).Status.ShouldBe(1);
        Directory.Exists(_line.Store).ShouldBeFalse();
    }

    [Fact]
    public async Task shows_what_a_training_would_take_without_training()
    {
        var dry = await _line.InStoreAsync("train", Path.Combine(CommandLine.Samples, "h2-shots.yaml"), "--dry-run", "--output", "json");
        dry.Status.ShouldBe(0, dry.Error);
        dry.Json.GetProperty("qubits").GetInt32().ShouldBe(4);
        dry.Json.GetProperty("parameters").GetInt32().ShouldBe(3);
        dry.Json.GetProperty("groups").GetInt32().ShouldBe(5);
        dry.Json.GetProperty("circuitsPerStep").GetInt32().ShouldBe(10);
        dry.Json.GetProperty("shotsPerStep").GetInt64().ShouldBe(10_000);
        Directory.Exists(_line.Store).ShouldBeFalse();
        (await _line.InStoreAsync("train", Path.Combine(CommandLine.Samples, "h2.yaml"), "--dry-run")).Out.ShouldContain("15 terms, 5 groups");
    }

    [Fact]
    public async Task begins_a_spec_that_trains()
    {
        var spec = Path.Combine(_line.Folder, "my.yaml");
        (await CommandLine.RunAsync("init", spec)).Status.ShouldBe(0);
        (await CommandLine.RunAsync("init", spec)).Status.ShouldBe(2, "it must not write over what is there");
        var outcome = await _line.InStoreAsync("train", spec, "--output", "json");
        outcome.Status.ShouldBe(0, outcome.Error);
        outcome.Json.GetProperty("name").GetString().ShouldBe("my first training");
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task prints_completion_scripts(string shell) =>
        (await CommandLine.RunAsync("completion", shell)).Out.ShouldContain("[suggest:");

    [Fact]
    public async Task prints_a_bash_script_that_bash_can_read()
    {
        var script = _line.Write("completion.bash", (await CommandLine.RunAsync("completion", "bash")).Out);
        using var bash = Process.Start("bash", ["-n", script]);
        await bash.WaitForExitAsync();
        bash.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task completes_verbs_and_runs()
    {
        (await CommandLine.RunAsync("[suggest:9]", "qtrain ru")).Out.Trim().ShouldBe("runs");
        (await CommandLine.RunAsync("[suggest:13]", "qtrain runs re")).Out.Split('\n', StringSplitOptions.TrimEntries).Where(c => c.StartsWith("re", StringComparison.Ordinal)).ShouldBe(["replay", "resume"]);
    }

    [Fact]
    public async Task ends_help_with_examples()
    {
        foreach (var verb in (string[])["train", "expect", "gradient", "exact", "sample", "plot", "init", "schema", "completion"])
        {
            var help = await CommandLine.RunAsync(verb, "--help");
            help.Status.ShouldBe(0);
            help.Out.ShouldContain("Examples:\n  ");
            help.Out.ShouldContain($"qtrain {verb}");
            help.Out.ShouldNotContain("QTrain.Cli");
        }
    }

    [Fact]
    public async Task shows_no_stack_trace()
    {
        var outcome = await _line.InStoreAsync("train", _line.Write("bad.yaml", "problem: {hamiltonian: bad.yaml}"));
        outcome.Status.ShouldBe(2);
        outcome.Error.ShouldNotContain("   at ");
    }
}
