using System.Text.Json;

namespace QTrain.Cli.Tests;

public sealed class Sampling_of_stabilizer_circuits
{
    private static readonly string Surface = TestData.Path("stabilizer", "surface_rotated_x_d3_r2.stim");

    [Fact]
    public async Task tells_how_often_detectors_fire_beside_the_exact_probabilities()
    {
        var json = await CommandLine.RunAsync("sample", Surface, "--detectors", "--shots", "20000", "--seed", "5", "--output", "json");
        json.Status.ShouldBe(0, json.Error);
        var (fired, exact) = (Numbers(json.Json, "detectors"), Numbers(json.Json, "detectorProbabilities"));
        using var known = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(Surface, ".json")));
        exact.ShouldBe(Numbers(known.RootElement, "exact_detector_flip_probability"), 1e-13);
        for (var d = 0; d < exact.Length; d++) (fired[d] / 20000).ShouldBe(exact[d], 5 * Math.Sqrt(exact[d] / 20000));
        json.Json.GetProperty("observables").GetArrayLength().ShouldBe(1);
        (await CommandLine.RunAsync("sample", Surface, "--detectors", "--shots", "20000", "--seed", "5", "--threads", "3", "--output", "json")).Out.ShouldBe(json.Out);
        (await CommandLine.RunAsync("sample", Surface, "--detectors")).Out.ShouldContain("15.01 %");
    }

    [Fact]
    public async Task counts_measurement_records()
    {
        using var line = new CommandLine();
        var bell = line.Write("bell.stim", "H 0\nCX 0 1\nM 0 1\n");
        var json = await CommandLine.RunAsync("sample", bell, "--shots", "1000", "--output", "json");
        json.Json.GetProperty("counts").EnumerateObject().Select(c => c.Name).ShouldBe(["00", "11"]);
        (await CommandLine.RunAsync("sample", bell)).Out.ShouldContain("█");
    }

    [Theory]
    [InlineData("sample", "qtrain: name one circuit: --circuit FILE, or FILE.stim without an option.")]
    [InlineData("sample bell.json", "qtrain: bell.json is no .stim file: name other circuits with --circuit bell.json.")]
    [InlineData("sample --circuit BELL --detectors", "qtrain: --detectors: only a .stim file has detectors.")]
    [InlineData("sample WRONG", "qtrain: WRONG:2:1: there is no instruction 'HH'. Did you mean 'H'?")]
    [InlineData("sample NONE --detectors", "qtrain: --detectors: the circuit has neither detectors nor observables. Leave it out to sample the measurements.")]
    public async Task says_what_is_wrong(string command, string message)
    {
        using var line = new CommandLine();
        var wrong = line.Write("wrong.stim", "H 0\nHH 1");
        string[] arguments = [.. command.Split(' ').Select(w => w switch
        {
            "WRONG" => wrong, "NONE" => line.Write("none.stim", "H 0\nM 0"), "BELL" => line.Write("bell.json", """{"num_qubits": 1, "operations": []}"""), _ => w,
        })];
        var outcome = await CommandLine.RunAsync(arguments);
        outcome.Status.ShouldBe(2);
        outcome.Error.ShouldStartWith(message.Replace("WRONG", wrong));
    }

    private static double[] Numbers(JsonElement document, string name) => [.. document.GetProperty(name).EnumerateArray().Select(n => n.GetDouble())];
}
