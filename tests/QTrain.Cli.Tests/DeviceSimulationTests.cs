using QTrain.Devices;
using QTrain.Formats;
using QTrain.Simulation.Density;

namespace QTrain.Cli.Tests;

public sealed class Sampling_as_a_device_would : IDisposable
{
    // (|00⟩ + |11⟩)/√2 in the native gates of IBM.
    private const string Bell = """
        {"num_qubits": 2, "operations": [
          {"gate": "rz", "qubits": [0], "angle": 1.5707963267948966}, {"gate": "sx", "qubits": [0]}, {"gate": "rz", "qubits": [0], "angle": 1.5707963267948966},
          {"gate": "cx", "qubits": [0, 1]}]}
        """;

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task gives_the_probabilities_of_its_noise_and_how_far_they_are_from_the_ideal_ones()
    {
        var file = _line.Write("bell.json", Bell);
        var outcome = await _line.InStoreAsync("sample", "--circuit", file, "--device", "manila", "--shots", "20000", "--seed", "5", "--output", "json");
        outcome.Status.ShouldBe(0, outcome.Error);
        var noisy = DeviceNoise.From(BuiltInDevices.Get("manila")).ApplyTo(CircuitJson.Read(Bell.Replace("\"num_qubits\": 2", "\"num_qubits\": 5", StringComparison.Ordinal)
            .Replace("]}\n", "]}", StringComparison.Ordinal).TrimEnd()[..^2] + ", {\"gate\": \"measure\", \"qubits\": [0], \"bit\": 0}, {\"gate\": \"measure\", \"qubits\": [1], \"bit\": 1}]}", "bell"));
        var expected = NoisySimulator.Probabilities(DensityProgram.From(noisy));
        var found = outcome.Json.GetProperty("probabilities");
        var difference = 0.0;
        foreach (var (key, probability) in expected)
        {
            var bits = System.Convert.ToString((long)key, 2).PadLeft(2, '0');
            found.GetProperty(bits).GetDouble().ShouldBe(probability, 1e-12);
            // Five standard errors.
            (outcome.Json.GetProperty("counts").GetProperty(bits).GetInt64() / 2e4).ShouldBe(probability, 5 * Math.Sqrt(probability / 2e4));
            difference += Math.Abs(probability - (key is 0 or 3 ? 0.5 : 0)) / 2;
        }
        outcome.Json.GetProperty("totalVariation").GetDouble().ShouldBe(difference, 1e-12);
        difference.ShouldBeGreaterThan(0.01);
        outcome.Json.GetProperty("device").GetProperty("contentId").GetString().ShouldBe(BuiltInDevices.Get("manila").ContentId);
    }

    [Fact]
    public async Task takes_a_noise_model_of_ones_own()
    {
        var file = _line.Write("bell.json", Bell);
        var noise = _line.Write("noise.json", """{"rules": [{"channel": "bit_flip", "arguments": [0.25], "after": {"gate": "cx", "qubits": [0, 1]}, "actsOn": [1]}]}""");
        var outcome = await _line.InStoreAsync("sample", "--circuit", file, "--noise", noise, "--output", "json");
        outcome.Json.GetProperty("probabilities").GetProperty("10").GetDouble().ShouldBe(0.125, 1e-12, outcome.Error);
        outcome.Json.GetProperty("totalVariation").GetDouble().ShouldBe(0.25, 1e-12);
        var silent = _line.Write("silent.json", """{"rules": [{"channel": "bit_flip", "arguments": [0.25], "after": {"gate": "cz"}}]}""");
        (await _line.InStoreAsync("sample", "--circuit", file, "--noise", silent)).Error.ShouldContain("No rule of the noise model speaks of anything in this circuit");
    }

    [Fact]
    public async Task refuses_what_no_device_can_do()
    {
        var file = _line.Write("bell.json", Bell);
        (await _line.InStoreAsync("sample", "--circuit", file, "--device", "manila", "--noise", file)).Error.ShouldContain("a device brings its own noise; keep one");
        (await _line.InStoreAsync("sample", "--circuit", file, "--device", "manila", "--method", "mps")).Error.ShouldContain("Leave it out");
        var wide = _line.Write("wide.json", """{"num_qubits": 6, "operations": [{"gate": "x", "qubits": [5]}]}""");
        var outcome = await _line.InStoreAsync("sample", "--circuit", wide, "--device", "manila");
        outcome.Status.ShouldBe(2);
        outcome.Error.ShouldContain("the circuit has 6 qubits, but ibmq_manila has 5. Choose a larger device");
    }
}
