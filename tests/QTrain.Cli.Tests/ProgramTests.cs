using System.Text.Json;

namespace QTrain.Cli.Tests;

/// <summary>OpenQASM programs on the command line: checked, run, compiled for a device, run there.</summary>
public sealed class A_program : IDisposable
{
    private const string Ghz = """
        OPENQASM 3;
        include "stdgates.inc";
        input angle theta;
        qubit[3] q;
        bit[3] c;
        ry(theta) q[0];
        cx q[0], q[1];
        cx q[0], q[2];
        c = measure q;
        """;

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task tells_its_exact_probabilities_and_counts()
    {
        var file = _line.Write("ghz.qasm", Ghz);
        var outcome = await CommandLine.RunAsync("simulate", file, "--set", "theta=pi/2", "--shots", "1000", "--seed", "3", "--output", "json");
        outcome.Status.ShouldBe(0, outcome.Error);
        var document = outcome.Json;
        document.GetProperty("qubits").GetInt32().ShouldBe(3);
        document.GetProperty("clbits").GetInt32().ShouldBe(3);
        document.GetProperty("probabilitiesComplete").GetBoolean().ShouldBeTrue();
        Probabilities(document).ShouldAgreeWith(new() { ["000"] = 0.5, ["111"] = 0.5 }, 1e-12);
        document.GetProperty("counts").EnumerateObject().Sum(c => c.Value.GetInt64()).ShouldBe(1000);
        var first = document.GetProperty("outcomes")[0];
        first.GetProperty("probability").GetDouble().ShouldBe(0.5, 1e-12);
        first.GetProperty("variables").GetProperty("c").GetString().ShouldBeOneOf("000", "111");
        (await CommandLine.RunAsync("simulate", file, "--set", "theta=pi/2", "--shots", "1000", "--seed", "3", "--output", "json")).Out.ShouldBe(outcome.Out);
    }

    [Fact]
    public async Task that_is_wrong_is_refused_with_its_place()
    {
        var file = _line.Write("wrong.qasm", Ghz.Replace("cx q[0], q[2];", "cx q[0], q[7];", StringComparison.Ordinal));
        foreach (var verb in new[] { "check", "simulate" })
        {
            var outcome = await CommandLine.RunAsync(verb, file);
            outcome.Status.ShouldBe(2);
            outcome.Out.ShouldBeEmpty();
            outcome.Error.ShouldContain("wrong.qasm:8:");
        }
        (await CommandLine.RunAsync("check", file, "--syntax")).Status.ShouldBe(0);
        var good = await CommandLine.RunAsync("check", _line.Write("ghz.qasm", Ghz), "--output", "json");
        good.Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
        good.Json.GetProperty("inputs").EnumerateArray().Select(i => i.ValueKind == JsonValueKind.Object ? i.GetProperty("name").GetString() : i.GetString()).ShouldBe(["theta"]);
    }

    [Fact]
    public async Task tells_which_pragmas_do_nothing()
    {
        var file = _line.Write("pragmas.qasm", "qubit q;\nx q;\n#pragma braket noise bit_flip(0.2) q\n#pragma my own\n#pragma my own\n#pragma braket unitary([[0, 1], [1, 0]]) q\n");
        foreach (var verb in new[] { "check", "simulate" })
        {
            var outcome = await CommandLine.RunAsync(verb, file);
            outcome.Status.ShouldBe(0, outcome.Error);
            outcome.Error.ShouldContain("pragmas.qasm:3: noise of '#pragma braket noise' is kept and not simulated");
            outcome.Error.Split("'#pragma my own' is not known here").Length.ShouldBe(2);
            outcome.Error.ShouldContain("pragmas.qasm:4:");
            outcome.Error.ShouldNotContain("unitary");
        }
    }

    [Theory]
    [InlineData("qubit[1000000000] q;", "1 to 1,048,576 is allowed")]
    [InlineData("int i = 0; while (true) { i += 1; }", "does not end within")]
    [InlineData("include \"hostile.qasm\";", "does 'hostile.qasm' include itself?")]
    [InlineData("include \"../../../../etc/passwd\";", "only files below it are included")]
    [InlineData("include \"/etc/passwd\";", "not inside of the folder")]
    [InlineData("array[int, 100000, 100000] a;", "this reader holds no more")]
    [InlineData("int i = ((((((((1", "expected ')'")]
    [InlineData("qubit q; U(1, 2, 3) q; \u0007", "has no meaning")]
    public async Task that_is_hostile_is_refused_without_a_trace_of_the_stack(string text, string reason)
    {
        var outcome = await CommandLine.RunAsync("simulate", _line.Write("hostile.qasm", "OPENQASM 3.0;\n" + text));
        outcome.Status.ShouldBe(2);
        outcome.Out.ShouldBeEmpty();
        outcome.Error.ShouldContain("hostile.qasm:2:");
        outcome.Error.ShouldContain(reason);
        outcome.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task compiled_for_a_device_is_the_same_program()
    {
        var (file, native) = (_line.Write("ghz.qasm", Ghz), Path.Combine(_line.Folder, "native.qasm"));
        var compiled = await CommandLine.RunAsync("transpile", file, "--device", "manila", "-o", native, "--output", "json");
        compiled.Status.ShouldBe(0, compiled.Error);
        var (before, after) = (await SimulateAsync(file), await SimulateAsync(native));
        after.ShouldAgreeWith(before, 1e-9);

        async Task<Dictionary<string, double>> SimulateAsync(string program)
        {
            var outcome = await CommandLine.RunAsync("simulate", program, "--set", "theta=0.9", "--output", "json");
            outcome.Status.ShouldBe(0, outcome.Error);
            return Probabilities(outcome.Json);
        }
    }

    [Fact]
    public async Task runs_on_a_device_with_its_noise()
    {
        var outcome = await _line.InStoreAsync("simulate", _line.Write("ghz.qasm", Ghz), "--set", "theta=pi/2", "--device", "manila", "--output", "json");
        outcome.Status.ShouldBe(0, outcome.Error);
        var probabilities = Probabilities(outcome.Json);
        probabilities.Values.Sum().ShouldBe(1, 1e-9);
        (probabilities["000"] + probabilities["111"]).ShouldBeInRange(0.75, 0.99);
        outcome.Json.GetProperty("device").GetProperty("transpiled").GetBoolean().ShouldBeTrue();
        outcome.Json.GetProperty("totalVariation").GetDouble().ShouldBeInRange(0.01, 0.25);
        outcome.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task is_converted_and_back_and_only_to_forms_of_circuits()
    {
        var (json, again) = (Path.Combine(_line.Folder, "ghz.json"), Path.Combine(_line.Folder, "again.qasm"));
        (await CommandLine.RunAsync("convert", _line.Write("ghz.qasm", Ghz), json)).Status.ShouldBe(0);
        (await CommandLine.RunAsync("convert", json, again, "--to", "openqasm3")).Status.ShouldBe(0);
        (await CommandLine.RunAsync("check", again)).Status.ShouldBe(0);
        var refused = await CommandLine.RunAsync("convert", json, again, "--force", "--to", "qasm2");
        refused.Status.ShouldBe(2);
        refused.Error.ShouldContain("a circuit is written as one of circuit-json, openqasm3, openqasm2");
    }

    private static Dictionary<string, double> Probabilities(JsonElement document) =>
        document.GetProperty("probabilities").EnumerateObject().Where(p => p.Value.GetDouble() > 1e-9).ToDictionary(p => p.Name, p => p.Value.GetDouble());
}

internal static class ProbabilityAssertions
{
    public static void ShouldAgreeWith(this Dictionary<string, double> actual, Dictionary<string, double> expected, double tolerance)
    {
        actual.Keys.Order().ShouldBe(expected.Keys.Order());
        foreach (var (outcome, probability) in expected) actual[outcome].ShouldBe(probability, tolerance);
    }
}
