using System.Globalization;
using System.Text.Json;

namespace QTrain.Cli.Tests;

public sealed class The_method_option : IDisposable
{
    private const string Pairs = """{"terms": [{"pauli": "Z0 Z79", "coeff": 1}, {"pauli": "Z3", "coeff": 2}]}""";
    private readonly CommandLine _line = new();
    private readonly string _wide;
    private readonly string _observable;

    public The_method_option()
    {
        var gates = Enumerable.Range(0, 79).Select(q => $$"""{"gate": "cx", "qubits": [{{q}}, {{q + 1}}]}""");
        _wide = _line.Write("wide.json", $$"""{"num_qubits": 80, "operations": [{"gate": "ry", "qubits": [0], "angle": 0.6}, {{string.Join(", ", gates)}}]}""");
        _observable = _line.Write("pairs.json", Pairs);
    }

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task lets_auto_take_wide_circuits_and_says_why()
    {
        var text = await CommandLine.RunAsync("expect", "--circuit", _wide, "--observable", _observable);
        text.Status.ShouldBe(0, text.Error);
        text.Error.ShouldBe("method: matrix product state, because 80 qubits are too many for a state vector, and no bond exceeds 2." + Environment.NewLine
            + "truncation: nothing was cut off; largest bond 2." + Environment.NewLine);
        var json = await CommandLine.RunAsync("expect", "--circuit", _wide, "--observable", _observable, "--output", "json");
        json.Error.ShouldBeEmpty();
        json.Json.GetProperty("expectation").GetDouble().ShouldBe(1 + 2 * Math.Cos(0.6), 1e-12);
        json.Json.GetProperty("variance").GetDouble().ShouldBe(4 * Math.Pow(Math.Sin(0.6), 2), 1e-12);
        json.Json.GetProperty("method").GetString().ShouldBe("mps");
        json.Json.GetProperty("truncation").GetProperty("peakBond").GetInt32().ShouldBe(2);
        json.Json.GetProperty("truncation").GetProperty("fidelityBound").GetDouble().ShouldBe(1);
    }

    [Fact]
    public async Task samples_wide_circuits()
    {
        var sample = await CommandLine.RunAsync("sample", "--circuit", _wide, "--shots", "500", "--seed", "3", "--output", "json");
        sample.Status.ShouldBe(0, sample.Error);
        var counts = sample.Json.GetProperty("counts").EnumerateObject().ToArray();
        counts.Select(c => c.Name).ShouldBe([new string('0', 80), new string('1', 80)]);
        counts.Sum(c => c.Value.GetInt64()).ShouldBe(500);
        (await CommandLine.RunAsync("sample", "--circuit", _wide, "--shots", "500", "--seed", "3", "--threads", "2", "--output", "json")).Out.ShouldBe(sample.Out);
    }

    [Fact]
    public async Task gives_the_same_answer_by_every_method()
    {
        var file = TestData.Path("gradients", "circuit_b.json");
        using var recorded = JsonDocument.Parse(File.ReadAllText(file));
        foreach (var method in (string[])["auto", "statevector", "mps", "density"])
        {
            var expect = await CommandLine.RunAsync("expect", "--circuit", file, "--observable", file, "--parameters", file, "--method", method, "--output", "json");
            expect.Status.ShouldBe(0, expect.Error);
            expect.Json.GetProperty("expectation").GetDouble().ShouldBe(recorded.RootElement.GetProperty("expected_energy").GetDouble(), 1e-9);
            expect.Json.GetProperty("variance").GetDouble().ShouldBe(recorded.RootElement.GetProperty("expected_energy_variance").GetDouble(), 1e-9);
            expect.Json.GetProperty("method").GetString().ShouldBe(method == "auto" ? "statevector" : method);
            (expect.Json.GetProperty("truncation").ValueKind == JsonValueKind.Null).ShouldBe(method != "mps");
            var sample = await CommandLine.RunAsync("sample", "--circuit", file, "--parameters", file, "--method", method, "--shots", "2000", "--output", "json");
            sample.Status.ShouldBe(0, sample.Error);
            sample.Json.GetProperty("counts").EnumerateObject().Sum(c => c.Value.GetInt64()).ShouldBe(2000);
        }
    }

    [Fact]
    public async Task refuses_single_precision_where_there_is_no_state_vector()
    {
        var file = TestData.Path("gradients", "circuit_b.json");
        (await CommandLine.RunAsync("sample", "--circuit", file, "--parameters", file, "--method", "mps", "--precision", "single")).ShouldBe(new Outcome(2, "",
            "qtrain: --precision single: it is for state vectors and trajectories, not for the matrix product state. Leave it out, or add --method statevector or --method trajectories." + Environment.NewLine));
        (await CommandLine.RunAsync("sample", "--circuit", _wide, "--precision", "single")).Error.ShouldStartWith(
            "qtrain: --precision single: it is for state vectors and trajectories, not for the matrix product state, which was chosen because 80 qubits are too many for a state vector, ");
    }

    [Fact]
    public async Task lets_auto_take_wide_Clifford_circuits_to_a_tableau()
    {
        var gates = Enumerable.Range(0, 99).Select(q => $$"""{"gate": "cx", "qubits": [{{q}}, {{q + 1}}]}""");
        var circuit = _line.Write("ghz.json", $$"""{"num_qubits": 100, "operations": [{"gate": "h", "qubits": [0]}, {{string.Join(", ", gates)}}]}""");
        var observable = _line.Write("ends.json", """{"terms": [{"pauli": "Z0 Z99", "coeff": 1.5}, {"pauli": "Z3", "coeff": 2}]}""");
        var expect = await CommandLine.RunAsync("expect", "--circuit", circuit, "--observable", observable);
        expect.Error.ShouldBe("method: stabilizer tableau, because all gates are Clifford gates, which a tableau of 100 qubits follows exactly." + Environment.NewLine);
        expect.Out.ShouldStartWith("expectation  1.5" + Environment.NewLine);
        var sample = await CommandLine.RunAsync("sample", "--circuit", circuit, "--shots", "300", "--seed", "5", "--output", "json");
        sample.Json.GetProperty("method").GetString().ShouldBe("stabilizer");
        sample.Json.GetProperty("counts").EnumerateObject().Select(c => c.Name).ShouldBe([new string('0', 100), new string('1', 100)]);
    }

    [Fact]
    public async Task takes_noise_to_a_density_matrix_or_to_trajectories()
    {
        var noisy = _line.Write("noisy.json", """{"num_qubits": 2, "operations": [{"gate": "h", "qubits": [0]}, {"gate": "cx", "qubits": [0, 1]}, {"gate": "channel", "channel": "depolarizing", "arguments": [0.3], "qubits": [0]}]}""");
        var observable = _line.Write("zz.json", """{"terms": [{"pauli": "ZZ", "coeff": 1}]}""");
        // X and Y of the three errors, a fifth together, turn the sign.
        var exact = await CommandLine.RunAsync("expect", "--circuit", noisy, "--observable", observable, "--output", "json");
        exact.Json.GetProperty("method").GetString().ShouldBe("density");
        exact.Json.GetProperty("expectation").GetDouble().ShouldBe(0.6, 1e-12);
        exact.Json.GetProperty("variance").GetDouble().ShouldBe(1 - 0.36, 1e-12);
        var estimate = await CommandLine.RunAsync("expect", "--circuit", noisy, "--observable", observable, "--method", "trajectories", "--trajectories", "4000", "--seed", "3", "--output", "json");
        estimate.Status.ShouldBe(0, estimate.Error);
        // √(0.64 / 4000) = 0.01265; six of them.
        estimate.Json.GetProperty("standardError").GetDouble().ShouldBe(0.01265, 0.001);
        estimate.Json.GetProperty("expectation").GetDouble().ShouldBe(0.6, 0.076);
        var sample = await CommandLine.RunAsync("sample", "--circuit", noisy, "--method", "trajectories", "--shots", "4000", "--seed", "4", "--output", "json");
        var counts = sample.Json.GetProperty("counts");
        (counts.GetProperty("00").GetInt64() + counts.GetProperty("11").GetInt64()).ShouldBeInRange(3200 - 152, 3200 + 152);
        (await CommandLine.RunAsync("expect", "--circuit", noisy, "--observable", observable, "--method", "mps")).Error
            .ShouldContain("cannot be run on a matrix product state: it holds pure states, so leave noise out or run the circuit as a density matrix.");
    }

    [Fact]
    public async Task has_the_variance_of_narrow_observables_from_a_tableau()
    {
        var bell = _line.Write("bell.json", """{"num_qubits": 2, "operations": [{"gate": "h", "qubits": [0]}, {"gate": "cx", "qubits": [0, 1]}]}""");
        var observable = _line.Write("o.json", """{"terms": [{"pauli": "ZZ", "coeff": 1}, {"pauli": "IZ", "coeff": 2}, {"pauli": "XX", "coeff": -0.5}]}""");
        foreach (var method in (string[])["stabilizer", "statevector", "mps"])
        {
            var expect = await CommandLine.RunAsync("expect", "--circuit", bell, "--observable", observable, "--method", method, "--output", "json");
            expect.Status.ShouldBe(0, expect.Error);
            expect.Json.GetProperty("expectation").GetDouble().ShouldBe(0.5, 1e-12);
            expect.Json.GetProperty("variance").GetDouble().ShouldBe(4, 1e-12);
        }
    }

    [Fact]
    public async Task tells_what_a_small_bond_cut_off()
    {
        var circuit = _line.Write("pair.json", """{"num_qubits": 2, "operations": [{"gate": "ry", "qubits": [0], "angle": 0.6}, {"gate": "cx", "qubits": [0, 1]}]}""");
        var observable = _line.Write("zz.json", """{"terms": [{"pauli": "ZZ", "coeff": 1}]}""");
        var cut = await CommandLine.RunAsync("expect", "--circuit", circuit, "--observable", observable, "--method", "mps", "--max-bond", "1");
        var lost = Math.Pow(Math.Sin(0.3), 2);
        cut.Error.ShouldBe(string.Create(CultureInfo.InvariantCulture,
            $"truncation: weight {lost:0.0e+00} was cut off; fidelity about {1 - lost:0.0000}, at least {1 - lost:0.0000}; largest bond 1.") + Environment.NewLine);
    }

    [Theory]
    [InlineData("--max-bond 0", "qtrain: --max-bond 0: it must be from 1 to 8192.")]
    [InlineData("--truncation 1", "qtrain: --truncation 1: it must be from 0 to below 1, such as 1e-12.")]
    [InlineData("--method tensor", "qtrain: --method tensor: it must be one of auto, statevector, mps, stabilizer, density, trajectories.")]
    public async Task names_what_cannot_be(string option, string message)
    {
        var outcome = await CommandLine.RunAsync(["expect", "--circuit", _wide, "--observable", _observable, .. option.Split(' ')]);
        outcome.Status.ShouldBe(2);
        outcome.Error.ShouldStartWith(message);
    }

    [Fact]
    public async Task says_what_a_wide_state_vector_would_take()
    {
        var outcome = await CommandLine.RunAsync("expect", "--circuit", _wide, "--observable", _observable, "--method", "statevector");
        outcome.Status.ShouldBe(1);
        outcome.Error.ShouldStartWith("qtrain: A state of 80 qubits needs ");
    }
}
