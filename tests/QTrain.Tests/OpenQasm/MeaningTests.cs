using QTrain.Circuits;
using QTrain.Formats;
using QTrain.OpenQasm;
using QTrain.Simulation;

namespace QTrain.Tests.OpenQasm;

public sealed class An_OpenQASM_program
{
    private static string Variables(string text, Dictionary<string, string>? inputs = null)
    {
        var outcome = OpenQasmSimulation.Run(OpenQasmProgram.Parse("OPENQASM 3.0;\n" + text), inputs).Outcomes.Single();
        outcome.Probability.ShouldBe(1, 1e-12);
        return outcome.Variables.ToJsonString();
    }

    private static Circuit CircuitOf(string text) => OpenQasmProgram.Parse("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n" + text).ToCircuit();

    [Theory]
    [InlineData("angle[4] a = 7 * (pi / 8); angle[4] b = pi / 8; angle[4] c = 5 * (pi / 4); uint[4] two = 2; bit[4] s = bit[4](a + b); bit[4] d = bit[4](b - a); bit[4] h = bit[4](a / two); bit[4] m = bit[4](two * c); uint[4] q = c / b; bit[4] n = bit[4](-a);",
        "\"s\":\"1000\",\"d\":\"1010\",\"h\":\"0011\",\"m\":\"0100\",\"q\":10,\"n\":\"1001\"")]
    [InlineData("const float[64] two_pi = 6.283185307179586; float[64] f = two_pi * (127. / 512.); bit[8] b = bit[8](angle[8](f));", "\"b\":\"01000000\"")]
    [InlineData("bit[8] a = \"10001111\"; bit[8] b = a << 1; bit[8] c = rotl(a, 2); bit[8] d = a & \"01110000\"; uint[6] u = 37; uint p = popcount(u); uint[6] r = rotl(u, 3);", "\"b\":\"00011110\",\"c\":\"00111110\",\"d\":\"00000000\",\"u\":37,\"p\":3,\"r\":44")]
    [InlineData("int[8] a = 200; uint[3] b = -1; int[8] c = int[8](uint[8](250)); bool d = 2; int e = -7 / 2; int f = -7 % 3; int g = 2 ** 3 ** 2; float h = 1 / 2; float i = 1 / 2.0;", "\"a\":-56,\"b\":7,\"c\":-6,\"d\":true,\"e\":-3,\"f\":-1,\"g\":512,\"h\":0,\"i\":0.5")]
    [InlineData("complex[float[64]] a = 10.0 + 5.0im; complex[float[64]] b = -2.0 - 7.0im; complex c = a * b; float d = real(c) + imag(c);", "\"c\":[15,-80],\"d\":-65")]
    [InlineData("array[int[8], 2] first = {0, 1}; array[int[8], 3] second = {2, 3, 4}; array[int[8], 5] joined = first ++ second; second[1:2] = first[0:1]; array[int[8], 3, 2] t = {{1, 2}, {3, 4}, {5, 6}}; t[1:2, 0] = t[0:1, 1]; int[8] last = t[-1, -1];", "\"joined\":[0,1,2,3,4],\"t\":[[1,2],[2,4],[4,6]],\"last\":6")]
    [InlineData("bit[4] a = \"0110\"; bit[2] b = \"01\"; let c = a[{3, 0}] ++ b; c[0] = 1; c[2] = 0; bit d = c[3]; bit[2] e = c[0:1];", "\"a\":\"1110\",\"b\":\"00\",\"d\":0,\"e\":\"01\"")]
    [InlineData("int[4] x = 2; x[3] = 1; uint[4] z = 2; z[0] = 1; bit[2] s = z[1:2]; bit t = int[4](5)[2];", "\"x\":-6,\"z\":3,\"s\":\"01\",\"t\":1")]
    [InlineData("int s = 0; switch (5) { case 1, 5 { s = 10; } default { s = 20; } } int w = 0; while (true) { w += 1; if (w == 3) continue; if (w > 5) break; } for int k in {1, 5, 10} s += k; for uint k in [6:-2:0] { s += k; k = 100; }", "\"s\":38,\"w\":6")]
    [InlineData("def fill(mutable array[int[8], #dim = 2] a, int v) -> int { for int i in [0:sizeof(a, 0) - 1] for int j in [0:sizeof(a, 1) - 1] a[i, j] = v + i * int(sizeof(a, 1)) + j; return v + 1; } array[int[8], 2, 3] m; int r = fill(m, 4) * 2;", "\"m\":[[4,5,6],[7,8,9]],\"r\":10")]
    [InlineData("duration d = 100ns; duration e = 2 * d + 1us; float q = 3us / 2us; bool l = d < e;", "\"d\":1E-07,\"e\":1.2E-06,\"q\":1.5,\"l\":true")]
    [InlineData("def f(int x) -> int { if (x > 2) { return x * 2; } return 0; } int a = f(3) + f(1); end; a = 7;", "\"a\":6")]
    public void computes_as_the_specification_says(string text, string expected) => Variables(text).ShouldContain(expected);

    [Fact]
    public void takes_inputs_as_JSON() =>
        Variables("input bit[4] b; input array[int[8], 2] a; input bool t; input complex c; int s = a[0] + a[1]; bit d = b[1];",
            new() { ["b"] = "\"0010\"", ["a"] = "[3, -4]", ["t"] = "true", ["c"] = "[1, 2]" }).ShouldContain("\"b\":\"0010\",\"a\":[3,-4],\"t\":true,\"c\":[1,2],\"s\":-1,\"d\":1");

    [Theory]
    [InlineData("qubit[2] q; cx q[0], q[0];", "one qubit twice")]
    [InlineData("qubit[2] q; qubit[3] r; cx q, r;", "registers of 2 and 3 qubits")]
    [InlineData("qubit q; h q; int h = 2;", "'h' is already defined")]
    [InlineData("qubit[2] q; h q[2];", "index 2 is out of range")]
    [InlineData("const int n = 2; n = 3;", "'n' is a constant")]
    [InlineData("int n = 2; qubit[n] q;", "must be known before")]
    [InlineData("qubit q; rx q;", "takes 1 angle")]
    [InlineData("qubit q; cx q;", "acts on 2 qubits")]
    [InlineData("bit[2] b; b = \"101\";", "the value is bit[3]")]
    [InlineData("def f(qubit q) { x q; } f(3);", "expected a qubit")]
    [InlineData("break;", "outside of a loop")]
    [InlineData("return 3;", "outside of a subroutine")]
    [InlineData("gate g a { measure a; }", "only gates may stand")]
    [InlineData("gate g a { g a; }", "gate 'g' is not defined")]
    [InlineData("def f() -> int { return f(); }", "no function or subroutine 'f'")]
    [InlineData("qubit q; y1 q;", "Did you mean")]
    [InlineData("duration f = 2;", "there is no conversion")]
    [InlineData("if (true) { qubit q; }", "outermost level")]
    [InlineData("switch (1) { case 1 {} case 1 {} }", "occurs in a case twice")]
    public void with_an_error_of_meaning_is_refused_with_the_reason_and_the_place(string text, string reason)
    {
        var fault = Should.Throw<InvalidFileException>(() => OpenQasmProgram.Parse("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n" + text, "p.qasm"));
        fault.Message.ShouldContain(reason);
        fault.Message.ShouldStartWith("p.qasm:3:");
        fault.Message.ShouldContain("3 | ");
        fault.Message.ShouldContain("^");
    }

    [Fact]
    public void has_modifiers_with_the_right_phase()
    {
        // U of the specification carries exp(iθ/2): under control it is a phase of the control.
        Same("qubit[2] q; ctrl @ U(0.4, 0.3, 0.2) q[0], q[1];", "qubit[2] q; p(0.2) q[0]; cu(0.4, 0.3, 0.2, 0) q[0], q[1];");
        Same("qubit[2] q; ctrl @ gphase(0.7) q[1];", "qubit[2] q; p(0.7) q[1];");
        Same("qubit[3] q; negctrl @ ctrl @ rx(0.3) q[0], q[2], q[1];", "qubit[3] q; x q[0]; ctrl(2) @ rx(0.3) q[0], q[2], q[1]; x q[0];");
        Same("qubit[2] q; ctrl @ pow(0.5) @ x q[0], q[1];", "qubit[2] q; ctrl @ sx q[0], q[1];");
        Same("qubit[2] q; inv @ pow(-2) @ ctrl @ inv @ t q[0], q[1];", "qubit[2] q; inv @ ctrl @ s q[0], q[1];");
        Same("gate f a, b { h a; cx a, b; gphase(0.3); } qubit[3] q; pow(2) @ ctrl @ f q[0], q[1], q[2];", "gate f a, b { h a; cx a, b; gphase(0.3); } qubit[3] q; ctrl @ f q[0], q[1], q[2]; ctrl @ f q[0], q[1], q[2];");
        Same("gate f a, b { h a; cx a, b; } qubit[3] q; pow(0.5) @ f q[0], q[1]; pow(1/2) @ f q[0], q[1]; pow(1./2) @ f q[0], q[1];", "gate f a, b { h a; cx a, b; } qubit[3] q; f q[0], q[1];");
    }

    private static void Same(string left, string right) => The_OpenQASM_writer.Difference(CircuitOf(left), CircuitOf(right), ofPhase: false).ShouldBeLessThan(1e-9, left);

    [Fact]
    public void in_Brakets_dialect_has_U_without_the_phase()
    {
        const string text = "qubit[2] q; ctrl @ U(0.4, 0.3, 0.2) q[0], q[1]; cnot q[0], q[1];";
        OpenQasmProgram.Parse(text).Dialect.ShouldBe(OpenQasmDialect.Braket);
        The_OpenQASM_writer.Difference(OpenQasmProgram.Parse(text).ToCircuit(), CircuitOf("qubit[2] q; cu(0.4, 0.3, 0.2, 0) q[0], q[1]; cx q[0], q[1];"), ofPhase: false).ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void without_an_include_may_call_a_variable_as_a_gate_of_Braket_is_called() =>
        OpenQasmSimulation.Run(OpenQasmProgram.Parse("OPENQASM 3.0; int x = 1; qubit q; bit b; x q; b = measure q;")).Probabilities.Single().Key.ShouldBe("1");

    [Fact]
    public void has_inputs_that_become_trainable_parameters()
    {
        var circuit = CircuitOf("input float a; input angle[32] b; input int n; qubit[2] q; for int k in [0:1] rx(2 * a - b / 4 + k) q[k]; gate g(t) c { ry(-t) c; } inv @ g(a) q[0];".Replace("input int n; ", ""));
        circuit.Parameters.Select(p => p.Name).ShouldBe(["a", "b"]);
        var (a, b) = (new QTrain.Circuits.Parameter("a"), new QTrain.Circuits.Parameter("b"));
        circuit.ShouldBe(Circuit.Build(2, c => c.Rx(2 * a - b / 4, 0).Rx(2 * a - b / 4 + 1, 1).Ry((Angle)a, 0)));
        Should.Throw<InvalidFileException>(() => CircuitOf("input float a; qubit q; rx(a * a) q;")).Message.ShouldContain("a circuit can only take sums");
        Should.Throw<InvalidFileException>(() => CircuitOf("input int n; qubit q; rx(n) q;")).Message.ShouldContain("the input 'n' has no value");
    }

    [Theory]
    [InlineData("c[0] = measure q[0]; if (c[0] == 1) x q[1]; else { z q[1]; } c[1] = measure q[1];")]
    [InlineData("c = measure q; if (int[3](c) == 2) { x q[0]; } if (c == \"101\") y q[1]; d = measure q;")]
    [InlineData("c[0] = measure q[0]; c[1] = measure q[1]; int k = 0; if (c[0] == 1 && c[1] == 0) { k = 3; } else { k += int(c[1]); } rx(k * 0.3) q[2]; d = measure q;")]
    [InlineData("c[0] = measure q[0]; if (c[0]) { c[1] = measure q[1]; } reset q[0]; switch (int(c[0:1])) { case 1 { h q[2]; } case 3 { x q[2]; } default { y q[0]; } } d = measure q;")]
    public void that_is_one_circuit_gives_the_same_as_a_circuit_and_branch_by_branch(string text)
    {
        const string head = "qubit[3] q; bit[3] c; bit[3] d; ry(0.7) q[0]; cx q[0], q[1]; ry(1.1) q[1]; ry(0.4) q[2]; cx q[1], q[2];\n";
        var program = OpenQasmProgram.Parse("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n" + head + text);
        var circuit = program.ToCircuit();
        var expected = Simulator.Probabilities(CompiledCircuit.From(circuit)).ToDictionary(p => Convert.ToString((long)p.Key, 2).PadLeft(6, '0'), p => p.Value);
        OpenQasmFiles.ShouldBe(OpenQasmSimulation.Run(program).Probabilities, expected, text);
        var counts = OpenQasmSimulation.Sample(program, null, 20_000, seed: 3);
        foreach (var (bits, probability) in expected) (counts.Of(bits) / 20_000.0).ShouldBe(probability, 5 * Math.Sqrt(probability / 20_000) + 1e-4);
    }

    [Fact]
    public void that_loops_until_it_succeeds_ends_when_the_rest_is_negligible()
    {
        const string text = "OPENQASM 3.0; include \"stdgates.inc\"; qubit q; bit b; int n = 0; while (b == 0) { n += 1; h q; b = measure q; if (b == 0) reset q; }";
        var program = OpenQasmProgram.Parse(text);
        var outcomes = OpenQasmSimulation.Run(program).Outcomes;
        outcomes.Sum(o => o.Probability).ShouldBe(1, 1e-11);
        outcomes.First(o => o.Variables["n"]!.GetValue<long>() == 3).Probability.ShouldBe(0.125, 1e-12);
        OpenQasmSimulation.Sample(program, null, 1000, seed: 1).Of("1").ShouldBe(1000);
        Should.Throw<InvalidFileException>(() => program.ToCircuit()).Message.ShouldContain("how often this loop runs depends on a measurement");
    }

    [Fact]
    public void counts_the_same_on_any_number_of_threads()
    {
        var program = OpenQasmProgram.Parse("OPENQASM 3.0; include \"stdgates.inc\"; qubit[14] q; bit[14] c; bit f; h q; f = measure q[0]; if (f) { ry(0.3) q; } c = measure q;");
        var one = OpenQasmSimulation.Sample(program, null, 500, 9, new SimulationOptions { Threads = 1 });
        OpenQasmSimulation.Sample(program, null, 500, 9, new SimulationOptions { Threads = 3 }).ShouldBe(one);
        one.Total.ShouldBe(500);
    }
}
