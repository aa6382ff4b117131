namespace QTrain.Cli.Tests;

public sealed class Checking_a_spec : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task gives_advice_with_figures_and_links()
    {
        var spec = _line.Write("s.yaml", $"problem: {{hamiltonian: '{TestData.Path("hamiltonians", "h2_fcidump.json")}'}}\nshots: 100\n");
        var text = await CommandLine.RunAsync("check", spec);
        text.Status.ShouldBe(0, text.Error);
        text.Out.ShouldContain("warning too-few-shots  docs/guide/glossary.md#too-few-shots");
        var json = (await CommandLine.RunAsync("check", spec, "--device", "manila", "--output", "json")).Json;
        json.GetProperty("valid").GetBoolean().ShouldBeTrue();
        json.GetProperty("device").GetString().ShouldBe("ibmq_manila");
        json.GetProperty("warnings").GetInt32().ShouldBe(json.GetProperty("advice").EnumerateArray().Count(a => a.GetProperty("level").GetString() == "warning"));
        json.GetProperty("advice").EnumerateArray().Select(a => a.GetProperty("name").GetString()).ShouldContain("stale-calibration");
        (await CommandLine.RunAsync("check", spec, "--strict")).Status.ShouldBe(1);
        (await CommandLine.RunAsync("check", spec, "--strict", "--error", "1")).Status.ShouldBe(0);
    }

    [Fact]
    public async Task refuses_what_is_no_spec_or_no_device()
    {
        var spec = _line.Write("s.yaml", "problem: {maxcut: {edges: [[0, 1]]}}\n");
        (await CommandLine.RunAsync("check", spec, "--device", "manilla")).Error.ShouldContain("manila");
        (await CommandLine.RunAsync("check", spec, "--error", "-1")).Status.ShouldBe(2);
        (await CommandLine.RunAsync("check", _line.Write("x.yaml", "problm: 1\n"))).Error.ShouldContain("x.yaml:1:1");
        (await CommandLine.RunAsync("check", _line.Write("x.txt", "hello\n"))).Status.ShouldBe(2);
    }
}
