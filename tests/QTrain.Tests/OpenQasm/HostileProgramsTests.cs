using System.Diagnostics;
using QTrain.Formats;
using QTrain.OpenQasm;
using QTrain.OpenQasm.Running;
using QTrain.Simulation;

namespace QTrain.Tests.OpenQasm;

public sealed class Hostile_programs
{
    private static string Chain(int count) => string.Concat(Enumerable.Range(1, count).Select(k => $"gate g{k} a {{ g{k - 1} a; g{k - 1} a; }}\n"));

    public static TheoryData<string, string> Refused => new()
    {
        { "deep parentheses", "int x = " + new string('(', 100_000) + "1" + new string(')', 100_000) + ";" },
        { "a long sum", "int x = " + string.Join("+", Enumerable.Repeat("1", 100_000)) + ";" },
        { "deep blocks", new string('{', 100_000) },
        { "deep arrays", "array[int, 1] a = " + new string('{', 100_000) },
        { "deep else-if", string.Concat(Enumerable.Repeat("if (true) {} else ", 100_000)) },
        { "deep minus", "int x = " + new string('-', 100_000) + "1;" },
        { "deep indices", "bit[2] b; int x = b" + string.Concat(Enumerable.Repeat("[0]", 100_000)) + ";" },
        { "a deep tower of gates", "gate g0 a { U(0, 0, 0) a; }\n" + Chain(1000) },
        { "a huge register", "qubit[99999999999] q;" },
        { "a huge integer type", "int[99999999999] i = 1;" },
        { "a huge array", "array[int, 100000, 100000, 100000] a;" },
        { "a comment without end", "/* " + new string('x', 1000) },
        { "a file that includes itself", "include \"self.qasm\";" },
        { "control characters", "qubit q; x q\u0007;" },
        { "half of a surrogate", "qubit q\uD800;" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void are_refused_where_they_go_wrong(string what, string text)
    {
        var clock = Stopwatch.StartNew();
        var fault = Should.Throw<InvalidFileException>(() => OpenQasmProgram.Parse(text, "p.qasm", new OpenQasmOptions { Include = _ => new OpenQasmFile("self.qasm", "include \"self.qasm\";") }), what);
        fault.Line.ShouldNotBeNull();
        fault.Message.Length.ShouldBeLessThan(1000);
        clock.Elapsed.TotalSeconds.ShouldBeLessThan(20);
    }

    public static TheoryData<string, string> Endless => new()
    {
        { "a loop without end", "OPENQASM 3.0; int i = 0; while (true) { i += 1; }" },
        { "a loop of very many rounds", "OPENQASM 3.0; int k = 0; for int i in [0:99999999999999] { k = i; }" },
        { "a loop whose measurement never changes", "OPENQASM 3.0; include \"stdgates.inc\"; qubit q; bit b; while (b == 0) { b = measure q; }" },
        { "gates that double forty times", "OPENQASM 3.0; gate g0 a { U(0.1, 0, 0) a; }\n" + Chain(40) + "qubit q; g40 q;" },
        { "a power nobody can wait for", "OPENQASM 3.0; include \"stdgates.inc\"; gate f a, b, c, d, e, g, h0 { rx(0.1) a; cx a, b; cx b, c; cx c, d; cx d, e; cx e, g; cx g, h0; } qubit[7] q; pow(1e18) @ f q[0], q[1], q[2], q[3], q[4], q[5], q[6];" },
    };

    [Theory]
    [MemberData(nameof(Endless))]
    public void that_never_end_are_stopped_and_shown(string what, string text)
    {
        var program = OpenQasmProgram.Parse(text, "p.qasm");
        Should.Throw<InvalidFileException>(() => ExactRun.Of(program, null, false, new QasmLimits { MaxSteps = 200_000, MaxOperations = 100_000 }, SimulationOptions.Default, default), what).Line.ShouldNotBeNull();
    }

    [Fact]
    public void with_more_qubits_than_memory_are_refused() =>
        Should.Throw<QuantumException>(() => OpenQasmSimulation.Run(OpenQasmProgram.Parse("OPENQASM 3.0; qubit[60] q; bit b; U(1, 0, 0) q; b = measure q[0];")));

    [Fact]
    public void take_huge_powers_of_small_gates_in_their_stride()
    {
        var result = OpenQasmSimulation.Run(OpenQasmProgram.Parse("OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; pow(1e15 + 1) @ x q[0]; int i = 3 ** 100000; gate f a, b { h a; cx a, b; cx a, b; h a; } pow(1000000001) @ f q[0], q[1];"));
        result.Probabilities.Single().Key.ShouldBe("01");
        result.Probabilities.Single().Value.ShouldBe(1, 1e-6);
    }

    [Fact]
    public void of_twenty_thousand_lines_are_read_in_seconds()
    {
        var clock = Stopwatch.StartNew();
        var text = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[20];\ncreg c[20];\n" + string.Concat(Enumerable.Range(0, 20_000).Select(k => $"rz(0.1*pi) q[{k % 20}];\n")) + "measure q -> c;\n";
        OpenQasmProgram.Parse(text).ToCircuit().Operations.Length.ShouldBe(20_020);
        clock.Elapsed.TotalSeconds.ShouldBeLessThan(30);
    }

    [Theory]
    [InlineData("qubit[4] q; bit[6] c; rx(0.7) q; for int i in [0:5] { c[i] = measure q[i % 4]; if (c[i]) rx(0.3 * (i + 1)) q; }")]
    [InlineData("qubit[3] q; bit[3] c; int n = 0; h q; while (n < 3 && c != \"111\") { c = measure q; n += 1; h q; reset q[0]; }")]
    [InlineData("qubit[3] q; bit c; ry(1.1) q; c = measure q[0]; if (c) { rx(0.4) q; c = measure q[1]; rx(0.1) q; }")]
    [InlineData("qubit[3] q; ry(1.1) q; reset q[1]; measure q[0]; cx q[0], q[1]; reset q[2]; h q; measure q[2]; h q[2];")]
    public void whose_states_do_not_fit_at_once_are_followed_part_by_part(string text)
    {
        var program = OpenQasmProgram.Parse("OPENQASM 3.0; include \"stdgates.inc\"; " + text);
        var whole = ExactRun.Of(program, null, false, new QasmLimits(), SimulationOptions.Default, default);
        foreach (var states in (int[])[1, 2, 3, 5])
        {
            var parts = ExactRun.Of(program, null, false, new QasmLimits { MaxStateBytes = states * SimulationMemory.BytesFor(program.QubitCount) }, SimulationOptions.Default, default);
            parts.Probabilities.Select(p => p.Key).ShouldBe(whole.Probabilities.Select(p => p.Key));
            foreach (var (one, other) in parts.Probabilities.Zip(whole.Probabilities)) one.Value.ShouldBe(other.Value, 1e-12);
            parts.Outcomes.Count.ShouldBe(whole.Outcomes.Count);
            parts.Outcomes.Sum(o => o.Probability).ShouldBe(1, 1e-10);
        }
    }

    [Fact]
    public void with_more_outcomes_than_can_be_followed_are_refused_before_memory_ends()
    {
        var program = OpenQasmProgram.Parse("OPENQASM 3.0; include \"stdgates.inc\"; qubit[16] q; bit[16] c; h q; for int i in [0:15] { c[i] = measure q[i]; h q[i]; measure q[i]; h q[i]; measure q[i]; }");
        var limits = new QasmLimits { MaxStateBytes = 16 * SimulationMemory.BytesFor(16), MaxBranches = 1 << 10 };
        Should.Throw<InvalidFileException>(() => ExactRun.Of(program, null, false, limits, SimulationOptions.Default, default)).Message.ShouldContain("run the program with --shots");
    }

    [Theory]
    [InlineData("array[int, 4000000] a; array[int, 4000000] b; for int i in [0:100000] { b = a; }")]
    [InlineData("bit[1000000] b; for int i in [0:1000000] { b = b << 1; }")]
    public void that_move_much_count_for_as_many_steps(string text)
    {
        var clock = Stopwatch.StartNew();
        Should.Throw<InvalidFileException>(() => OpenQasmSimulation.Run(OpenQasmProgram.Parse("OPENQASM 3.0; " + text))).Message.ShouldContain("does not end within");
        clock.Elapsed.TotalSeconds.ShouldBeLessThan(30);
    }
}
