using System.Text.Json;

namespace QTrain.Cli.Tests;

public sealed class The_verbs_that_evaluate
{
    private static readonly string H2 = TestData.Path("hamiltonians", "h2_fcidump.json");

    [Theory]
    [InlineData("circuit_a", "adjoint", 1e-9)]
    [InlineData("circuit_b", "shift", 1e-9)]
    [InlineData("circuit_c", "adjoint", 1e-9)]
    [InlineData("circuit_c", "difference", 1e-7)]
    public async Task agree_with_the_recorded_circuits(string name, string method, double tolerance)
    {
        var file = TestData.Path("gradients", name + ".json");
        using var recorded = JsonDocument.Parse(File.ReadAllText(file));
        var expect = await CommandLine.RunAsync("expect", "--circuit", file, "--observable", file, "--parameters", file, "--output", "json");
        expect.Status.ShouldBe(0, expect.Error);
        var energy = recorded.RootElement.GetProperty("expected_energy").GetDouble();
        expect.Json.GetProperty("expectation").GetDouble().ShouldBe(energy, 1e-9);
        expect.Json.GetProperty("variance").GetDouble().ShouldBe(recorded.RootElement.GetProperty("expected_energy_variance").GetDouble(), 1e-9);

        var gradient = await CommandLine.RunAsync("gradient", "--circuit", file, "--observable", file, "--parameters", file, "--method", method, "--output", "json");
        gradient.Json.GetProperty("expectation").GetDouble().ShouldBe(energy, 1e-9);
        var byName = gradient.Json.GetProperty("gradient");
        var names = recorded.RootElement.GetProperty("parameters").EnumerateArray().Select(p => p.GetString()!).ToArray();
        var values = recorded.RootElement.GetProperty("expected_gradient");
        for (var k = 0; k < names.Length; k++)
            byName.GetProperty(names[k]).GetDouble().ShouldBe(values.GetProperty(names[k]).GetDouble(), tolerance);
    }

    [Theory]
    [InlineData("adjoint", 2e-6)]
    [InlineData("shift", 2e-6)]
    [InlineData("difference", 1e-4)]
    public async Task agree_to_six_digits_in_single_precision(string method, double tolerance)
    {
        var file = TestData.Path("gradients", "circuit_b.json");
        string[] inputs = ["--circuit", file, "--observable", file, "--parameters", file, "--output", "json"];
        var exact = (await CommandLine.RunAsync(["gradient", .. inputs])).Json;
        var single = await CommandLine.RunAsync(["gradient", .. inputs, "--method", method, "--precision", "single"]);
        single.Status.ShouldBe(0, single.Error);
        var energy = exact.GetProperty("expectation").GetDouble();
        single.Json.GetProperty("expectation").GetDouble().ShouldBe(energy, 2e-6);
        single.Json.GetProperty("expectation").GetDouble().ShouldNotBe(energy);
        foreach (var slope in exact.GetProperty("gradient").EnumerateObject())
            single.Json.GetProperty("gradient").GetProperty(slope.Name).GetDouble().ShouldBe(slope.Value.GetDouble(), tolerance);
        (await CommandLine.RunAsync(["expect", .. inputs, "--precision", "single"])).Json.GetProperty("expectation").GetDouble().ShouldBe(energy, 2e-6);
        var sample = await CommandLine.RunAsync("sample", "--circuit", file, "--parameters", file, "--precision", "single", "--seed", "3", "--output", "json");
        sample.Json.GetProperty("counts").EnumerateObject().Sum(c => c.Value.GetInt64()).ShouldBe(1000);
    }

    [Fact]
    public async Task take_parameters_whose_names_hold_an_equals_sign()
    {
        using var line = new CommandLine();
        var circuit = line.Write("c.json", """{"num_qubits": 1, "parameters": ["x=y"], "operations": [{"gate": "ry", "qubits": [0], "coef": {"x=y": 1}}]}""");
        var observable = line.Write("z.json", """{"terms": [{"pauli": "Z", "coeff": 1}]}""");
        (await CommandLine.RunAsync("expect", "--circuit", circuit, "--observable", observable, "--set", "x=y=pi", "--output", "json"))
            .Json.GetProperty("expectation").GetDouble().ShouldBe(-1, 1e-12);
    }

    [Fact]
    public async Task refuse_what_no_double_can_hold()
    {
        using var line = new CommandLine();
        var large = line.Write("large.json", """{"terms": [{"pauli": "Z", "coeff": 1e300}, {"pauli": "X", "coeff": 1e300}]}""");
        var exact = await CommandLine.RunAsync("exact", "--observable", large);
        exact.Status.ShouldBe(1);
        exact.Error.ShouldStartWith("qtrain: The coefficients add up to 2E+300: exact energies are searched up to 1e150.");
        var over = line.Write("over.json", """{"terms": [{"pauli": "Z", "coeff": 1e308}, {"pauli": "Z", "coeff": 1e308}]}""");
        (await CommandLine.RunAsync("exact", "--observable", over)).ShouldBe(
            new Outcome(2, "", $"qtrain: {over}:1:11: the coefficients of Z add up to more than 1.7976931348623157E+308: scale them down." + Environment.NewLine));
    }

    [Fact]
    public async Task give_exact_energies_with_their_multiplicity()
    {
        var exact = await CommandLine.RunAsync("exact", "--observable", H2, "--states", "3", "--output", "json");
        exact.Json.GetProperty("energies").EnumerateArray().Select(e => e.GetDouble()).ToArray()
            .ShouldBe([-1.1373060357533997, -0.5363700785542705, -0.5363700785542705], 1e-8);
        (await CommandLine.RunAsync("exact", "--observable", H2)).Out.ShouldContain("-1.137306035753 hartree");
    }

    [Fact]
    public async Task sample_the_same_counts_from_the_same_seed_on_any_number_of_threads()
    {
        using var line = new CommandLine();
        var bell = line.Write("bell.json", """{"num_qubits": 2, "operations": [{"gate": "h", "qubits": [0]}, {"gate": "cx", "qubits": [0, 1]}]}""");
        var one = await CommandLine.RunAsync("sample", "--circuit", bell, "--shots", "1000", "--seed", "7", "--threads", "1", "--output", "json");
        one.Status.ShouldBe(0, one.Error);
        var counts = one.Json.GetProperty("counts");
        counts.EnumerateObject().Select(c => c.Name).ShouldBe(["00", "11"]);
        counts.EnumerateObject().Sum(c => c.Value.GetInt64()).ShouldBe(1000);
        (await CommandLine.RunAsync("sample", "--circuit", bell, "--shots", "1000", "--seed", "7", "--threads", "3", "--output", "json")).Out.ShouldBe(one.Out);
        (await CommandLine.RunAsync("sample", "--circuit", bell, "--seed", "7")).Out.ShouldContain("█");
    }

    [Theory]
    [InlineData("", "qtrain: the circuit's parameters 'theta0', 'theta1', 'theta2', 'theta3', 'theta4' have no value: give --parameters FILE or --set theta0=RADIANS.")]
    [InlineData("--set theat0=1", "qtrain: --set theat0=1: the circuit has no parameter 'theat0'. Did you mean 'theta0'?")]
    [InlineData("--set theta0=much", "qtrain: --set theta0=much: 'much' is not a finite number of radians")]
    [InlineData("--set theta0=nan", "qtrain: --set theta0=nan: 'nan' is not a finite number of radians")]
    [InlineData("--set theta0", "qtrain: --set theta0: write NAME=RADIANS")]
    public async Task name_the_parameter_that_is_wrong_or_missing(string set, string message)
    {
        var file = TestData.Path("gradients", "circuit_a.json");
        var outcome = await CommandLine.RunAsync(["expect", "--circuit", file, "--observable", file, .. set.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        outcome.Status.ShouldBe(2);
        outcome.Error.ShouldStartWith(message);
        outcome.Out.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("pi", Math.PI)]
    [InlineData("pi/2", Math.PI / 2)]
    [InlineData("-3*pi/4", -3 * Math.PI / 4)]
    [InlineData("2π", 2 * Math.PI)]
    [InlineData("1e-3", 1e-3)]
    public void read_fractions_of_pi(string text, double value)
    {
        Evaluate.EvaluationInputs.TryRadians(text, out var read).ShouldBeTrue();
        read.ShouldBe(value);
    }

    [Theory]
    [InlineData("pi/0")]
    [InlineData("p")]
    [InlineData("1e400")]
    [InlineData("")]
    public void refuse_what_is_no_angle(string text) => Evaluate.EvaluationInputs.TryRadians(text, out _).ShouldBeFalse();
}
