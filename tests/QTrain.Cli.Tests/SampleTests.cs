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
    [Trait("Category", "Slow")]
    public async Task train_hydrogen_on_a_device_and_tell_how_far_it_is_from_an_ideal_one()
    {
        var run = await TrainAsync("h2-manila.yaml");
        var device = run.GetProperty("device");
        device.GetProperty("name").GetString().ShouldBe("ibmq_manila");
        device.GetProperty("calibration").GetString()!.Length.ShouldBe(64);
        // Exact values with noise are what was minimised.
        device.GetProperty("noisyLoss").GetDouble().ShouldBe(run.GetProperty("finalLoss").GetDouble(), 1e-9);
        device.GetProperty("idealLoss").GetDouble().ShouldBeInRange(-1.1373060357534, -1.1);
        (device.GetProperty("noisyLoss").GetDouble() - device.GetProperty("idealLoss").GetDouble()).ShouldBeInRange(0.05, 0.2);
        foreach (var distance in new[] { "totalVariation", "hellinger" })
        {
            device.GetProperty(distance).GetArrayLength().ShouldBe(5);
            device.GetProperty(distance).EnumerateArray().ShouldAllBe(d => d.GetDouble() > 0.005 && d.GetDouble() < 0.5);
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task train_on_a_twin_and_compare_it_with_the_ideal_and_the_noisy_simulator()
    {
        var twin = await TrainAsync("h2-twin.yaml");
        twin.GetProperty("shots").GetInt64().ShouldBe(5000 * twin.GetProperty("evaluations").GetInt64());
        var noisy = await TrainAsync("h2-manila.yaml");
        var ideal = await TrainAsync("h2-manila.yaml", "--set", "backend=simulator");
        twin.GetProperty("finalLoss").GetDouble().ShouldBe(noisy.GetProperty("finalLoss").GetDouble(), 0.1);
        ideal.GetProperty("device").ValueKind.ShouldBe(JsonValueKind.Null);

        var compared = await _line.InStoreAsync("runs", "compare", Id(ideal), Id(noisy), Id(twin));
        compared.Status.ShouldBe(0, compared.Error);
        foreach (var row in new[] { "device", "without noise", "noise adds", "total variation", "Hellinger distance" }) compared.Out.ShouldContain(row);
        (await _line.InStoreAsync("runs", "replay", Id(twin))).Status.ShouldBe(0);

        static string Id(JsonElement run) => run.GetProperty("run").GetString()!;
    }

    [Fact]
    public async Task train_hydrogen_with_noise_written_by_hand()
    {
        var run = await TrainAsync("h2-noise.yaml");
        var device = run.GetProperty("device");
        device.GetProperty("name").GetString().ShouldBe("data/noise.json");
        device.GetProperty("calibration").GetString().ShouldBe("");
        device.GetProperty("noisyLoss").GetDouble().ShouldBe(run.GetProperty("finalLoss").GetDouble(), 1e-9);
        (device.GetProperty("noisyLoss").GetDouble() - device.GetProperty("idealLoss").GetDouble()).ShouldBeInRange(0.01, 0.1);
        run.GetProperty("stopReason").GetString().ShouldBe("tolerance");
        var id = run.GetProperty("run").GetString()!;
        (await _line.InStoreAsync("runs", "replay", id)).Status.ShouldBe(0);
        // The model is kept with the run, whatever becomes of its file; its overrides find nothing to complain of.
        (await _line.InStoreAsync("runs", "fork", id, "--set", "seed=7", "--output", "json")).Status.ShouldBe(0);
        var shown = await _line.InStoreAsync("runs", "show", id);
        shown.Out.ShouldContain("on data/noise.json");
    }

    [Fact]
    public async Task tell_before_what_a_device_makes_of_the_circuits()
    {
        var plan = (await _line.InStoreAsync("train", Path.Combine(CommandLine.Samples, "h2-manila.yaml"), "--dry-run", "--output", "json")).Json;
        plan.GetProperty("device").GetString().ShouldBe("ibmq_manila");
        plan.GetProperty("deviceQubits").GetInt32().ShouldBe(4);
        // One sweep there and back for each of five circuits.
        plan.GetProperty("gradient").GetString().ShouldBe("adjoint");
        plan.GetProperty("energiesPerStep").GetInt32().ShouldBe(1);
        plan.GetProperty("circuitsPerStep").GetInt32().ShouldBe(5);
        // With shots: eight angles that stand in one native gate each, two energies for each, and the one at the point.
        var shots = (await _line.InStoreAsync("train", Path.Combine(CommandLine.Samples, "h2-manila.yaml"), "--dry-run", "--set", "shots=100", "--output", "json")).Json;
        shots.GetProperty("gradient").GetString().ShouldBe("shift");
        shots.GetProperty("energiesPerStep").GetInt32().ShouldBe(17);
        shots.GetProperty("circuitsPerStep").GetInt32().ShouldBe(85);
        // Advice is on the device that the spec names, whose noise is in the training.
        var advice = (await _line.InStoreAsync("check", Path.Combine(CommandLine.Samples, "h2-manila.yaml"), "--output", "json")).Json;
        advice.GetProperty("device").GetString().ShouldBe("ibmq_manila");
        var names = advice.GetProperty("advice").EnumerateArray().Select(n => n.GetProperty("name").GetString()).ToList();
        names.ShouldContain("readout-bias");
        names.ShouldNotContain("ideal-simulation");
    }

    [Fact]
    public void are_all_run_by_these_tests() =>
        Directory.EnumerateFiles(CommandLine.Samples, "*.yaml").Select(Path.GetFileName).Order()
            .ShouldBe(["h2-manila.yaml", "h2-noise.yaml", "h2-shots.yaml", "h2-twin.yaml", "h2.yaml", "ising.yaml", "lih.yaml", "maxcut.yaml"]);

    private async Task<JsonElement> TrainAsync(string sample, params string[] more)
    {
        var outcome = await _line.InStoreAsync(["train", Path.Combine(CommandLine.Samples, sample), "--output", "json", .. more]);
        outcome.Status.ShouldBe(0, outcome.Error);
        return outcome.Json;
    }
}
