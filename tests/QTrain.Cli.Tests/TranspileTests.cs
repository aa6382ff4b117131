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
}
