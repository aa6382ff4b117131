using System.Text.Json;
using QTrain.Formats;
using QTrain.Simulation.Stabilizer;

namespace QTrain.Tests.Simulation.Stabilizer;

/// <summary>A circuit of tests/data/stabilizer and what is known about it exactly.</summary>
internal sealed class StabilizerFile(string name)
{
    public StimCircuit Circuit { get; } = StimText.Read(File.ReadAllText(TestData.Path("stabilizer", name + ".stim")), name + ".stim");

    public JsonElement Known { get; } = JsonDocument.Parse(File.ReadAllText(TestData.Path("stabilizer", name + ".json"))).RootElement;

    public string ErrorModel => File.ReadAllText(TestData.Path("stabilizer", name + ".dem"));

    public double[] DetectorProbabilities => [.. Known.GetProperty("exact_detector_flip_probability").EnumerateArray().Select(p => p.GetDouble())];
}
