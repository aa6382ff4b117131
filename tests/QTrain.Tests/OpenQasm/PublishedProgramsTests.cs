using System.Numerics;
using System.Text.Json;
using QTrain.Formats;
using QTrain.OpenQasm;
using QTrain.TestSupport;

namespace QTrain.Tests.OpenQasm;

public sealed class Programs_of_others
{
    public static TheoryData<string> Circuits => [.. Directory.EnumerateFiles(TestData.Path("qasm2", "circuits"), "*.qasm").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Circuits))]
    public void in_OpenQASM_2_have_the_exact_probabilities(string name)
    {
        var program = OpenQasmProgram.Parse(File.ReadAllText(TestData.Path("qasm2", "circuits", name + ".qasm")), name);
        var expected = OpenQasmFiles.Read("qasm2", "expected", name + ".json");
        program.Version.ShouldBe("2.0");
        program.QubitCount.ShouldBe(expected.GetProperty("num_qubits").GetInt32());
        program.BitCount.ShouldBe(expected.GetProperty("num_clbits").GetInt32());
        var result = OpenQasmSimulation.Run(program, withState: program.QubitCount <= 6);
        var probabilities = OpenQasmFiles.Probabilities(expected.TryGetProperty("probabilities", out var ofBits) ? ofBits : expected.GetProperty("qubit_probabilities"));
        if (!expected.TryGetProperty("probabilities_complete", out var complete) || complete.GetBoolean()) OpenQasmFiles.ShouldBe(result.Probabilities, probabilities, name);
        else
            foreach (var (bits, probability) in probabilities) result.Probabilities.ToDictionary()[bits].ShouldBe(probability, 1e-9);
        if (expected.TryGetProperty("statevector_before_measurement", out var amplitudes) && expected.GetProperty("kind").GetString() != "dynamic") SameUpToPhase(result.State!, amplitudes);
    }

    [Fact]
    public void in_OpenQASM_2_with_mistakes_are_refused()
    {
        foreach (var entry in OpenQasmFiles.List("qasm2", "must_fail", "index.json"))
        {
            var file = entry.GetProperty("file").GetString()!;
            var fault = Should.Throw<InvalidFileException>(() => OpenQasmProgram.Parse(File.ReadAllText(TestData.Path("qasm2", "must_fail", file)), file), file);
            fault.Line.ShouldNotBeNull();
        }
    }

    [Fact]
    public void of_Qiskits_tests_that_are_valid_are_accepted_with_their_results()
    {
        foreach (var entry in OpenQasmFiles.List("qasm2", "snippets_valid.json"))
        {
            var name = entry.GetProperty("name").GetString()!;
            var program = OpenQasmProgram.Parse(entry.GetProperty("program").GetString()!, name);
            if (entry.TryGetProperty("qregs", out var qubits)) program.QubitRegisters.SequenceEqual(Registers(qubits)).ShouldBeTrue(name);
            if (entry.TryGetProperty("cregs", out var bits)) program.BitRegisters.SequenceEqual(Registers(bits)).ShouldBeTrue(name);
            if (entry.TryGetProperty("probabilities", out var probabilities)) OpenQasmFiles.ShouldBe(OpenQasmSimulation.Run(program).Probabilities, OpenQasmFiles.Probabilities(probabilities), name);
            else if (entry.TryGetProperty("z_expectation_per_qubit", out var z))
            {
                var result = OpenQasmSimulation.Run(program);
                for (var k = 0; k < program.QubitCount; k++)
                    result.Probabilities.Sum(p => p.Key[program.QubitCount - 1 - k] == '0' ? p.Value : -p.Value).ShouldBe(z[k].GetDouble(), 1e-9, $"{name}: Z of qubit {k}");
            }
        }

        static OpenQasmRegister[] Registers(JsonElement list) => [.. list.EnumerateArray().Select(r => new OpenQasmRegister(r[0].GetString()!, r[1].GetInt32()))];
    }

    [Fact]
    public void of_Qiskits_tests_that_are_invalid_are_refused_where_the_mistake_is()
    {
        foreach (var entry in OpenQasmFiles.List("qasm2", "snippets_invalid.json"))
        {
            var (name, text) = (entry.GetProperty("name").GetString()!, entry.GetProperty("program").GetString()!);
            var onlyStrict = entry.GetProperty("only_in_strict_mode").GetBoolean();
            if (onlyStrict) OpenQasmProgram.Parse(text, name);
            Should.Throw<InvalidFileException>(() => OpenQasmProgram.Parse(text, name, new OpenQasmOptions { IsStrict = onlyStrict }), name).Line.ShouldNotBeNull();
        }
    }

    [Fact]
    public void of_the_OpenQASM_projects_grammar_tests_parse()
    {
        foreach (var entry in OpenQasmFiles.List("qasm3", "syntax_valid.json"))
            OpenQasmProgram.CheckSyntax(entry.GetProperty("source").GetString()!, entry.GetProperty("name").GetString()!).ShouldNotBeEmpty();
    }

    [Fact]
    public void that_the_reference_parser_refuses_are_refused()
    {
        foreach (var entry in OpenQasmFiles.List("qasm3", "syntax_invalid.json"))
        {
            var name = entry.GetProperty("name").GetString()!;
            Should.Throw<InvalidFileException>(() => OpenQasmProgram.CheckSyntax(entry.GetProperty("source").GetString()!, name), name).Line.ShouldNotBeNull();
        }
    }

    [Fact]
    public void of_the_OpenQASM_project_give_the_exact_outcomes()
    {
        foreach (var entry in OpenQasmFiles.List("qasm3", "examples", "expected.json"))
        {
            var file = entry.GetProperty("file").GetString()!;
            var text = File.ReadAllText(TestData.Path("qasm3", "examples", file));
            OpenQasmProgram.CheckSyntax(text, file).ShouldBe("3.0");
            if (entry.GetProperty("execution").ValueKind == JsonValueKind.Object) Compare(text, file, null, entry.GetProperty("execution"));
        }
    }

    [Fact]
    public void of_Brakets_tests_give_the_exact_outcomes()
    {
        foreach (var entry in OpenQasmFiles.List("qasm3", "programs_with_results.json"))
        {
            Dictionary<string, string>? inputs = null;
            if (entry.GetProperty("inputs") is { ValueKind: JsonValueKind.Object } given) inputs = given.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetRawText());
            Compare(entry.GetProperty("source").GetString()!, entry.GetProperty("name").GetString()!, inputs, entry.GetProperty("expected"));
        }
    }

    [Fact]
    public void of_Brakets_tests_with_errors_of_meaning_are_refused_before_they_run()
    {
        foreach (var entry in OpenQasmFiles.List("qasm3", "programs_must_be_rejected.json"))
        {
            var name = entry.GetProperty("name").GetString()!;
            Should.Throw<InvalidFileException>(() => OpenQasmProgram.Parse(entry.GetProperty("source").GetString()!, name), name).Line.ShouldNotBeNull();
        }
    }

    private static void Compare(string text, string name, Dictionary<string, string>? inputs, JsonElement expected)
    {
        var program = OpenQasmProgram.Parse(text, name);
        program.QubitCount.ShouldBe(expected.GetProperty("num_qubits").GetInt32(), name);
        var result = OpenQasmSimulation.Run(program, inputs, withState: program.QubitCount <= 7);
        result.Outcomes.Sum(o => o.Probability).ShouldBe(1, 1e-9, name);
        var assigned = result.Outcomes.SelectMany(o => o.Variables.Select(v => v.Key)).ToHashSet();
        OpenQasmFiles.ShouldBe(OpenQasmFiles.Outcomes(result), OpenQasmFiles.Outcomes(expected.GetProperty("outcomes"), assigned), name);
        if (expected.TryGetProperty("final_statevector", out var amplitudes)) SameUpToPhase(result.State!, amplitudes);
    }

    private static void SameUpToPhase(Complex[] state, JsonElement expected)
    {
        Complex[] wanted = [.. expected.EnumerateArray().Select(a => new Complex(a[0].GetDouble(), a[1].GetDouble()))];
        state.Length.ShouldBe(wanted.Length);
        Complex overlap = 0;
        for (var k = 0; k < state.Length; k++) overlap += Complex.Conjugate(state[k]) * wanted[k];
        for (var k = 0; k < state.Length; k++) (state[k] * overlap / overlap.Magnitude - wanted[k]).Magnitude.ShouldBeLessThan(1e-9);
    }
}
