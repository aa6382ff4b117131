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
    [InlineData("exact --observable x --threads many", "qtrain: --threads many: it must be a whole number from 1 to 1024.")]
    [InlineData("gradient --circuit c --observable h --method nope", "qtrain: --method nope: it must be one of adjoint, shift, difference.")]
    [InlineData("gradient --circuit c --observable h --method 1", "qtrain: --method 1: it must be one of adjoint, shift, difference.")]
    [InlineData("exact --observable x --output 1", "qtrain: --output 1: it must be one of text, json.")]
    [InlineData("sample --circuit c --seed 18446744073709551616", "qtrain: --seed 18446744073709551616: it must be a whole number from 0 to 18446744073709551615.")]
    [InlineData("sample --circuit c --shots many", "qtrain: --shots many: it must be a whole number of at most 9223372036854775807.")]
    [InlineData("train --dry-rum", "qtrain: '--dry-rum' is not an option of 'qtrain train'. Did you mean '--dry-run'?")]
    [InlineData("runs show --al", "qtrain: '--al' is not an option of 'qtrain runs show'. Did you mean '--all'?")]
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
    public async Task says_that_a_name_is_empty()
    {
        (await CommandLine.RunAsync("train", "")).ShouldBe(new Outcome(2, "", "qtrain: the SPEC is empty. See: qtrain train --help" + Environment.NewLine));
        (await CommandLine.RunAsync("runs", "list", "--store", "")).Error.ShouldStartWith("qtrain: --store : it must be the name of a folder.");
        (await CommandLine.RunAsync("exact", "--observable", "")).Error.ShouldStartWith("qtrain: --observable : it must be the name of a file.");
    }

    [Fact]
    public async Task tells_all_that_is_wrong_with_the_keys_of_a_spec()
    {
        var spec = _line.Write("h2.yaml", "problem: {maxcut: [[0, 1]]}\noptimiser: adam\nstopping: {iterations: -1, tolerence: 1}\n");
        var outcome = await _line.InStoreAsync("train", spec);
        outcome.Status.ShouldBe(2);
        outcome.Error.Trim().Split('\n').Select(l => l[..l.IndexOf(": '", StringComparison.Ordinal)])
            .ShouldBe([$"qtrain: {spec}:2:1", $"{spec}:3:24", $"{spec}:3:28"]);
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
        Directory.CreateDirectory(_line.Store);
        (await _line.InStoreAsync("runs", "list")).Error.ShouldStartWith($"No runs in {_line.Store} yet.");
        (await _line.InStoreAsync("runs", "show", "last")).Error.ShouldContain("nothing has been trained there");
        Directory.EnumerateFileSystemEntries(_line.Store).ShouldBeEmpty();
    }

    [Fact]
    public async Task says_that_a_store_is_a_folder()
    {
        _line.Write("store", "");
        foreach (var verb in (string[])["list", "show"])
        {
            var outcome = await _line.InStoreAsync(["runs", verb, .. verb == "show" ? ["last"] : Array.Empty<string>()]);
            outcome.Status.ShouldBe(2);
            outcome.Error.ShouldStartWith($"qtrain: --store {_line.Store}: this is a file, and a store is a folder.");
        }
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
            help.Out.Split('\n').ShouldAllBe(l => l == l.TrimEnd());
            help.Out.ShouldNotMatch(@"\[default: [A-Z]");
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
