namespace QTrain.Cli.Tests;

public sealed class A_run_from_the_command_line : IDisposable
{
    private const string Ring = """
        name: ring
        problem: {maxcut: [[0, 1], [1, 2], [2, 3], [3, 0]]}
        ansatz: {type: qaoa, layers: 2}
        initial: {random: {seed: 3}}
        optimizer: {name: adam, learning-rate: 0.05}
        stopping: {iterations: 20}
        tags: [small]
        """;

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task is_shown_with_its_history()
    {
        var run = await TrainAsync();
        var shown = (await _line.InStoreAsync("runs", "show", run, "--output", "json")).Json;
        shown.GetProperty("steps").GetArrayLength().ShouldBe(21);
        shown.GetProperty("spec").GetProperty("optimizer").GetProperty("learning-rate").GetDouble().ShouldBe(0.05);
        var text = await _line.InStoreAsync("runs", "show", run, "--spec");
        text.Out.ShouldContain("20 iterations");
        text.Out.ShouldContain("\"learning-rate\": 0.05");
        text.Out.ShouldNotContain("\e[");
    }

    [Fact]
    public async Task keeps_single_precision_in_its_spec_and_names_it_in_its_fingerprint()
    {
        string[] train = ["train", Path.Combine(CommandLine.Samples, "h2.yaml"), "--output", "json"];
        string[] single = [.. train, "--set", "backend.precision=single"];
        var memory = (await _line.InStoreAsync([.. train, "--dry-run"])).Json.GetProperty("memoryBytes").GetDouble();
        (await _line.InStoreAsync([.. single, "--dry-run"])).Json.GetProperty("memoryBytes").GetDouble().ShouldBe(memory / 2);

        var trained = await _line.InStoreAsync(single);
        trained.Status.ShouldBe(0, trained.Error);
        // Chemical accuracy is 1.6e-3 hartree.
        trained.Json.GetProperty("bestLoss").GetDouble().ShouldBe(-1.137306036, 1e-5);
        trained.Json.GetProperty("fingerprint").GetString()!.ShouldContain(", single, ");
        var replay = (await _line.InStoreAsync("runs", "replay", "last", "--threads", "1", "--output", "json")).Json;
        replay.GetProperty("identical").GetBoolean().ShouldBeTrue();
        replay.GetProperty("fingerprint").GetString().ShouldBe(trained.Json.GetProperty("fingerprint").GetString());

        // Answers of singles are nothing that doubles could go on from.
        var fork = await _line.InStoreAsync("runs", "fork", "last", "--set", "backend.precision=double", "--output", "json");
        var exact = (await _line.InStoreAsync(train)).Json;
        fork.Json.GetProperty("trajectoryHash").GetString().ShouldBe(exact.GetProperty("trajectoryHash").GetString());
        exact.GetProperty("trajectoryHash").GetString().ShouldNotBe(trained.Json.GetProperty("trajectoryHash").GetString());
        exact.GetProperty("fingerprint").GetString()!.ShouldContain(", double, ");
    }

    [Fact]
    public async Task is_found_by_the_beginning_of_its_identity_its_name_and_last()
    {
        var run = await TrainAsync();
        foreach (var given in (string[])[run, run[..12], run[9..], "ring", "last"])
            (await _line.InStoreAsync("runs", "show", given, "--output", "json")).Json.GetProperty("run").GetString().ShouldBe(run, given);
        var unknown = await _line.InStoreAsync("runs", "show", "zzz");
        unknown.Status.ShouldBe(1);
        unknown.Error.ShouldStartWith("qtrain: No run goes by 'zzz'.");
    }

    [Fact]
    public async Task is_compared_in_the_words_of_its_spec()
    {
        await TrainAsync("--name", "Å \"é\"", "--set", "tags=[é, b]");
        await TrainAsync();
        var text = (await _line.InStoreAsync("runs", "compare", "Å \"é\"", "last")).Out;
        text.ShouldContain("Å \"é\"");
        text.ShouldMatch(@"\[é, b\] +\[small\]");
        text.ShouldNotContain("\\u");
        text.Split('\n').Count(l => l.StartsWith("name ", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task is_written_only_where_a_file_can_be()
    {
        await TrainAsync();
        foreach (var verb in (string[][])[["runs", "export", "last"], ["plot", "last"]])
        {
            var missing = await _line.InStoreAsync([.. verb, "-o", Path.Combine(_line.Folder, "no", "x")]);
            (missing.Status, missing.Out).ShouldBe((2, ""));
            missing.Error.ShouldContain("does not exist: make it first");
            (await _line.InStoreAsync([.. verb, "-o", _line.Folder])).Error.ShouldContain("this is a folder: name a file.");
        }
    }

    [Fact]
    public async Task is_listed_with_its_tags()
    {
        var run = await TrainAsync();
        var listed = (await _line.InStoreAsync("runs", "list", "--tag", "small", "--output", "json")).Json.GetProperty("runs");
        listed.GetArrayLength().ShouldBe(1);
        listed[0].GetProperty("run").GetString().ShouldBe(run);
        (await _line.InStoreAsync("runs", "list", "--tag", "big", "--output", "json")).Json.GetProperty("runs").GetArrayLength().ShouldBe(0);
        (await _line.InStoreAsync("runs", "list", "--tag", "big")).Error.ShouldStartWith($"No run in {_line.Store} is like that.");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public async Task is_replayed_to_the_bit_with_any_number_of_threads(string threads)
    {
        await TrainAsync("--threads", "2");
        var replay = await _line.InStoreAsync("runs", "replay", "last", "--threads", threads, "--output", "json");
        replay.Status.ShouldBe(0, replay.Error);
        replay.Json.GetProperty("identical").GetBoolean().ShouldBeTrue();
        replay.Json.GetProperty("stepsEqual").GetInt32().ShouldBe(21);
    }

    [Fact]
    public async Task forks_into_one_that_differs_in_the_lines_set_and_goes_the_same_way()
    {
        var run = await TrainAsync();
        var fork = await _line.InStoreAsync("runs", "fork", run, "--set", "stopping.iterations=30", "--name", "longer: a fork", "--output", "json");
        fork.Status.ShouldBe(0, fork.Error);
        fork.Json.GetProperty("iterations").GetInt32().ShouldBe(30);
        fork.Json.GetProperty("name").GetString().ShouldBe("longer: a fork");
        var compared = (await _line.InStoreAsync("runs", "compare", run, "last", "--output", "json")).Json;
        compared.GetProperty("differences").EnumerateArray().Select(d => d.GetProperty("key").GetString()).ShouldBe(["name", "stopping.iterations"]);
        compared.GetProperty("sameTrajectory").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task is_equal_to_another_of_the_same_spec()
    {
        var first = await TrainAsync();
        await TrainAsync();
        var compared = await _line.InStoreAsync("runs", "compare", first, "last");
        compared.Out.ShouldContain("Their specs are equal.");
        compared.Out.ShouldContain("Their trajectories are equal to the bit.");
    }

    [Fact]
    public async Task lends_its_best_parameters_to_a_later_one()
    {
        var run = await TrainAsync();
        var best = (await _line.InStoreAsync("runs", "show", run, "--output", "json")).Json.GetProperty("bestLoss").GetDouble();
        var later = await _line.InStoreAsync("train", _line.Write("ring.yaml", Ring), "--set", $"initial={{run: {run}}}", "--output", "json");
        later.Status.ShouldBe(0, later.Error);
        later.Json.GetProperty("initialLoss").GetDouble().ShouldBe(best);
    }

    [Fact]
    public async Task is_exported_and_plotted()
    {
        await TrainAsync();
        var (csv, json, svg) = (Path.Combine(_line.Folder, "h.csv"), Path.Combine(_line.Folder, "r.json"), Path.Combine(_line.Folder, "l.svg"));
        (await _line.InStoreAsync("runs", "export", "last", "-o", csv)).Status.ShouldBe(0);
        (await _line.InStoreAsync("runs", "export", "last", "-o", json)).Status.ShouldBe(0);
        (await _line.InStoreAsync("plot", "last", "-o", svg)).Status.ShouldBe(0);
        File.ReadAllLines(csv).Length.ShouldBe(22);
        File.ReadAllText(json).ShouldContain("\"steps\"");
        File.ReadAllText(svg).ShouldStartWith("<svg");
    }

    [Fact]
    public async Task is_gone_when_it_is_deleted()
    {
        var run = await TrainAsync();
        (await _line.InStoreAsync("runs", "delete", run, "--output", "json")).Json.GetProperty("deleted")[0].GetString().ShouldBe(run);
        (await _line.InStoreAsync("runs", "show", run)).Status.ShouldBe(1);
    }

    [Fact]
    public async Task is_resumed_as_it_is_when_it_is_complete()
    {
        var run = await TrainAsync();
        var again = await _line.InStoreAsync("runs", "resume", run, "--output", "json");
        again.Status.ShouldBe(0);
        again.Json.GetProperty("status").GetString().ShouldBe("completed");
    }

    [Fact]
    public async Task that_diverges_is_complete_and_its_document_is_still_JSON()
    {
        var outcome = await _line.InStoreAsync(
            "train", _line.Write("ring.yaml", Ring), "--set", "optimizer={name: gradient-descent, learning-rate: 1e308}", "--output", "json");
        outcome.Status.ShouldBe(0, outcome.Error);
        outcome.Json.GetProperty("stopReason").GetString().ShouldBeOneOf("divergence", "iterations", "tolerance");
    }

    private async Task<string> TrainAsync(params string[] more)
    {
        var outcome = await _line.InStoreAsync(["train", _line.Write("ring.yaml", Ring), "--output", "json", .. more]);
        outcome.Status.ShouldBe(0, outcome.Error);
        return outcome.Json.GetProperty("run").GetString()!;
    }
}
