namespace QTrain.Cli.Tests;

public sealed class Transpiling : IDisposable
{
    private const string Bell = """{"num_qubits": 3, "operations": [{"gate": "h", "qubits": [0]}, {"gate": "crx", "qubits": [0, 2], "coef": {"a": 1}}, {"gate": "measure", "qubits": [2], "bit": 0}]}""";

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("line:3")]
    [InlineData("manila")]
    [InlineData("heavy-hex:127")]
    public async Task writes_native_circuits_with_their_parameters(string device)
    {
        var output = Path.Combine(_line.Folder, "out.qasm");
        var result = (await _line.InStoreAsync("transpile", _line.Write("bell.json", Bell), "--device", device, "-o", output, "--output", "json")).Json;
        result.GetProperty("after").GetProperty("twoQubitGates").GetInt32().ShouldBe(2);
        result.GetProperty("initialLayout").GetArrayLength().ShouldBe(3);
        var text = File.ReadAllText(output);
        text.ShouldStartWith("OPENQASM 3.0;");
        text.ShouldContain("input float a;");
        text.ShouldContain("c[0] = measure q[");
    }

    [Theory]
    [InlineData("lime:3", "Did you mean 'line:…'?")]
    [InlineData("line:0", "is not a number of qubits")]
    [InlineData("manilla", "manila")]
    public async Task says_which_devices_there_are(string device, string hint)
    {
        var (status, _, error) = await _line.InStoreAsync("transpile", _line.Write("bell.json", Bell), "--device", device);
        status.ShouldNotBe(0);
        error.ShouldContain(hint);
    }

    [Fact]
    public async Task writes_when_qubits_wait()
    {
        var output = Path.Combine(_line.Folder, "timed.qasm");
        var outcome = await _line.InStoreAsync("transpile", _line.Write("bell.json", Bell), "--device", "lagos", "--dd", "xx", "-o", output, "--output", "json");
        outcome.Status.ShouldBe(0, outcome.Error);
        var text = File.ReadAllText(output);
        text.ShouldContain("delay[");
        // What was written is read again, with its delays, and keeps its probabilities.
        (await _line.InStoreAsync("check", output)).Status.ShouldBe(0);
        (await _line.InStoreAsync("transpile", _line.Write("bell.json", Bell), "--device", "lagos", "--schedule", "alap")).Out.ShouldContain("delay[");
        (await _line.InStoreAsync("transpile", _line.Write("bell.json", Bell), "--device", "lagos")).Out.ShouldNotContain("delay[");
    }

    [Theory]
    [InlineData("manila", "--schedule", "late", "--schedule late: allowed are none, asap and alap.")]
    [InlineData("line:5", "--schedule", "asap", "gives none of")]
    [InlineData("line:5", "--dd", "xyz", "--dd xyz: allowed are none, xx and xy4.")]
    [InlineData("line:5", "--level", "7", "--level 7: it must be 0, 1, 2 or 3.")]
    [InlineData("line:2", "--level", "1", "does not fit")]
    [InlineData("line:5", "--basis", "rz,sx", "does not fit")]
    [InlineData("manila", "--basis", "cz", "has native gates of its own")]
    public async Task says_what_cannot_be(string device, string option, string value, string reason)
    {
        var (status, _, error) = await _line.InStoreAsync("transpile", _line.Write("bell.json", Bell), "--device", device, option, value);
        status.ShouldBeOneOf(1, 2);
        error.ShouldContain(reason);
    }

    [Fact]
    public async Task gives_the_same_in_every_process_on_any_number_of_threads()
    {
        var circuit = _line.Write("ring.json", """{"num_qubits": 9, "operations": [""" + string.Join(", ", Enumerable.Range(0, 9).SelectMany(a => Enumerable.Range(0, a).Select(b =>
            $$"""{"gate": "rzz", "qubits": [{{a}}, {{b}}], "const": 0.{{a}}{{b}}1}"""))) + "]}");
        var hashes = new List<string>();
        foreach (var processors in new[] { "1", "2", "2" })
        {
            var start = new System.Diagnostics.ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "QTrain.Cli.dll"), "transpile", circuit, "--device", "heavy-hex:127", "--seed", "3", "--output", "json" })
                start.ArgumentList.Add(argument);
            start.Environment["DOTNET_PROCESSOR_COUNT"] = processors;
            using var process = System.Diagnostics.Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            process.ExitCode.ShouldBe(0, await error);
            hashes.Add(System.Text.Json.JsonDocument.Parse(await output).RootElement.GetProperty("hash").GetString()!);
        }
        hashes.Distinct().Count().ShouldBe(1);
    }
}
