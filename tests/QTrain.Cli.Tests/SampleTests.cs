using System.Text.Json;

namespace QTrain.Cli.Tests;

public sealed class The_samples : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task train_hydrogen_to_a_millionth_of_a_hartree()
    {
        var run = await TrainAsync("h2.yaml");
        run.GetProperty("bestLoss").GetDouble().ShouldBe(-1.137306036, 1e-6);
        run.GetProperty("status").GetString().ShouldBe("completed");
        run.GetProperty("stopReason").GetString().ShouldBe("tolerance");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task train_lithium_hydride_to_chemical_accuracy()
    {
        var run = await TrainAsync("lih.yaml");
        (run.GetProperty("bestLoss").GetDouble() - -7.8809823148256966).ShouldBeInRange(-1e-9, 1.6e-3);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task begin_maxcut_at_the_fixed_angles_and_improve_on_them()
    {
        using var graph = JsonDocument.Parse(File.ReadAllText(TestData.Path("combinatorial", "maxcut", "regular3_n16_seed6674764.json")));
        var run = await TrainAsync("maxcut.yaml");
        run.GetProperty("initialLoss").GetDouble().ShouldBe(-graph.RootElement.GetProperty("qaoa_fixed_angle_expected_cut").GetProperty("3").GetDouble(), 1e-9);
        run.GetProperty("bestLoss").GetDouble().ShouldBeLessThan(run.GetProperty("initialLoss").GetDouble() - 0.01);
        run.GetProperty("knownOptimum").GetDouble().ShouldBe(-graph.RootElement.GetProperty("max_cut").GetDouble());
    }

    [Fact]
    public async Task train_from_a_thousand_shots_a_circuit()
    {
        var run = await TrainAsync("h2-shots.yaml");
        run.GetProperty("shots").GetInt64().ShouldBe(5000 * run.GetProperty("evaluations").GetInt64());
        var error = run.GetProperty("finalStandardError").GetDouble();
        error.ShouldBeInRange(1e-4, 1e-2);
        // One noisy energy at the last point: within four of its standard errors, and what SPSA is still away from the minimum.
        run.GetProperty("finalLoss").GetDouble().ShouldBe(-1.137306036, 4 * error + 2e-3);
    }

    [Fact]
    public async Task train_the_critical_ising_chain() =>
        (await TrainAsync("ising.yaml")).GetProperty("bestLoss").GetDouble().ShouldBe(-7.296229810558775, 2e-3);

    [Fact]
    public void are_all_run_by_these_tests() =>
        Directory.EnumerateFiles(CommandLine.Samples, "*.yaml").Select(Path.GetFileName).Order()
            .ShouldBe(["h2-shots.yaml", "h2.yaml", "ising.yaml", "lih.yaml", "maxcut.yaml"]);

    private async Task<JsonElement> TrainAsync(string sample)
    {
        var outcome = await _line.InStoreAsync("train", Path.Combine(CommandLine.Samples, sample), "--output", "json");
        outcome.Status.ShouldBe(0, outcome.Error);
        return outcome.Json;
    }
}
