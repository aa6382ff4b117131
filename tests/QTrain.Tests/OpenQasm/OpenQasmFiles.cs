using System.Text.Json;
using QTrain.OpenQasm;
using QTrain.TestSupport;

namespace QTrain.Tests.OpenQasm;

/// <summary>The programs of tests/data, and what others say they mean.</summary>
internal static class OpenQasmFiles
{
    public static JsonElement[] List(params string[] path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(TestData.Path(path)));
        return [.. document.RootElement.EnumerateArray().Select(e => e.Clone())];
    }

    public static JsonElement Read(params string[] path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(TestData.Path(path)));
        return document.RootElement.Clone();
    }

    /// <summary>Probabilities as text → number, without what is too small to count.</summary>
    public static Dictionary<string, double> Probabilities(JsonElement element) =>
        element.EnumerateObject().Where(p => p.Value.GetDouble() > 1e-12).ToDictionary(p => p.Name, p => p.Value.GetDouble());

    public static void ShouldBe(IEnumerable<KeyValuePair<string, double>> found, IReadOnlyDictionary<string, double> expected, string what)
    {
        var own = found.Where(p => p.Value > 1e-12).ToDictionary();
        foreach (var key in own.Keys.Union(expected.Keys))
            Math.Abs(own.GetValueOrDefault(key) - expected.GetValueOrDefault(key)).ShouldBeLessThan(1e-9, $"{what}: outcome {key}");
    }

    /// <summary>Outcomes with the variables of the expectation, those never assigned left out, merged.</summary>
    public static Dictionary<string, double> Outcomes(JsonElement expected, IReadOnlySet<string> assigned)
    {
        var merged = new Dictionary<string, double>();
        foreach (var outcome in expected.EnumerateArray())
        {
            var key = string.Join(";", outcome.GetProperty("variables").EnumerateObject().Where(v => assigned.Contains(v.Name)).OrderBy(v => v.Name, StringComparer.Ordinal).Select(v => v.Name + "=" + v.Value.GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal)));
            merged[key] = merged.GetValueOrDefault(key) + outcome.GetProperty("probability").GetDouble();
        }
        return merged;
    }

    public static Dictionary<string, double> Outcomes(OpenQasmResult result)
    {
        var merged = new Dictionary<string, double>();
        foreach (var outcome in result.Outcomes)
            merged.Add(string.Join(";", outcome.Variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Key + "=" + v.Value!.ToJsonString())), outcome.Probability);
        return merged;
    }
}
