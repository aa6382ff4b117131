using QTrain.Formats;
using QTrain.OpenQasm;

namespace QTrain.Tests.OpenQasm;

/// <summary>What programs of other projects do beside the specification, each of them once: found in the tests of Braket's simulator, Qiskit and pyqasm.</summary>
public sealed class Programs_as_others_write_them
{
    private static string Likeliest(string text)
    {
        var likeliest = OpenQasmSimulation.Run(OpenQasmProgram.Parse(text)).Probabilities.MaxBy(p => p.Value);
        likeliest.Value.ShouldBe(1, 1e-12);
        return likeliest.Key;
    }

    [Fact]
    public void count_controls_by_variables() => Likeliest("""
        int[8] two = 2;
        gate x0 a { U(π, 0, π) a; }
        gate ccx0 a, b, c { ctrl(two) @ x0 a, b, c; }
        qubit[4] q;
        x0 q[0]; x0 q[1];
        ccx0 q[0], q[1], q[2];
        ctrl(two) @ negctrl(two - 1) @ x0 q[0], q[1], q[3], q[2];
        pow(1) @ negctrl(two) @ ctrl @ x0 q[2], q[3], q[0], q[1];
        """).ShouldBe("0001");

    [Fact]
    public void with_as_many_controls_as_qubits_are_refused() => Should.Throw<InvalidFileException>(() =>
        OpenQasmSimulation.Run(OpenQasmProgram.Parse("int two = 2; qubit[3] q; ctrl(two + 1) @ x q[0], q[1], q[2];"))).Message.ShouldContain("acts on 4 qubits, but 3 are given");

    [Theory]
    [InlineData("x q[0];", "11")]
    [InlineData("", "00")]
    public void feed_measurements_back_by_number(string before, string expected) =>
        Likeliest($"OPENQASM 3.0; qubit[2] q; {before} measure_ff(7) q[0]; cc_prx(π, 0.0, 7) q[1];").ShouldBe(expected);

    [Fact]
    public void that_feed_back_what_was_not_measured_are_refused() =>
        Should.Throw<InvalidFileException>(() => OpenQasmProgram.Parse("OPENQASM 3.0; qubit q; cc_prx(π, 0.0, 7) q;", "p.qasm")).Message.ShouldStartWith("p.qasm:1:39: 'cc_prx' asks for measurement 7");

    [Fact]
    public void write_unitary_matrices_in_eight_digits()
    {
        var state = OpenQasmSimulation.Run(OpenQasmProgram.Parse("qubit q; h q;\n#pragma braket unitary([[0.70710678 im, 0.70710678im], [0 - -0.70710678im, -0.0 - 0.70710678im]]) q"), withState: true).State!;
        state[0].Imaginary.ShouldBe(1, 1e-12);
        state[1].Magnitude.ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void name_qubits_of_a_global_phase() => Likeliest("qubit[2] q; gphase(-π/2) q[1]; gphase(π) q; x q[1];").ShouldBe("10");

    [Fact]
    public void return_what_was_not_declared() =>
        OpenQasmSimulation.Run(OpenQasmProgram.Parse("def f(bit[4] b) { b[0] = 1; return b; } bit[4] before = \"0000\"; bit[4] after = f(before);"))
            .Outcomes.Single().Variables.ToJsonString().ShouldBe("{\"before\":\"0000\",\"after\":\"0001\"}");

    [Fact]
    public void give_their_qubits_where_they_have_no_bits() => Likeliest("OPENQASM 3.0; qubit[2] q; x q[1]; measure q[1]; reset q[0];").ShouldBe("10");

    [Theory]
    [InlineData("OPENQASM 2.0; include \"qelib1.inc\"; gate shadow(rx, rz) a { rz(rz) a; rx(rx) a; } qreg q[1]; shadow(0.5, 2.0) q[0];")]
    [InlineData("OPENQASM 2.0; include \"qelib1.inc\"; gate bell h, cx { h h; cx h, cx; } qreg q[2]; bell q[0], q[1];")]
    [InlineData("opaque delay(t) q; qreg q[1]; delay(1) q[0];")]
    [InlineData("OPENQASM 2.0; qreg q[1]; U(asin(0.3), acos(0.3), atan(0.3)) q[0];")]
    [InlineData("OPENQASM 2.0; include \"other.inc\"; qreg q[1];")]
    [InlineData("OPENQASM 3.0; defcal pulse(angle[32] a) $0 { play(d0, g(a)); } defcal pulse(pi) $1 { } pulse(0.3) $0;")]
    public void are_right(string text) => OpenQasmProgram.Parse(text, "p.qasm", new OpenQasmOptions { Include = _ => new OpenQasmFile("other.inc", "OPENQASM 2.0; gate g a { U(0, 0, 0) a; }") });

    [Theory]
    [InlineData("OPENQASM 2.0; qreg q[1]; creg c[2]; measure q -> c[0];", "1:37", "a register of qubits is measured into a single bit")]
    [InlineData("OPENQASM 2.0; qreg q[2]; creg c[1]; measure q[0] -> c;", "1:37", "a qubit is measured into a register of bits")]
    [InlineData("OPENQASM 2.0; gate g(a) q { U(a / (1.0 - 1.0), 0, 0) q; }", "1:35", "division by zero")]
    [InlineData("OPENQASM 2.0; gate g(a) q { U(a + ln(0.0), 0, 0) q; }", "1:35", "numbers must be finite")]
    [InlineData("OPENQASM 2.0; gate g(a) q { U(a + sqrt(2.0 - 3.0), 0, 0) q; }", "1:35", "numbers must be finite")]
    [InlineData("OPENQASM 3.0; include \"stdgates.inc\"; cx $0, $0;", "1:46", "one qubit twice")]
    [InlineData("OPENQASM 3.0;\n#pragma braket verbatim\nx $0;", "2:1", "stands before a box")]
    [InlineData("OPENQASM 3.0; include \"other.inc\";", "1:1", "not of that version")]
    public void are_wrong_and_refused(string text, string place, string reason)
    {
        var fault = Should.Throw<InvalidFileException>(() => OpenQasmProgram.Parse(text, "p.qasm", new OpenQasmOptions { Include = _ => new OpenQasmFile("p.qasm", "OPENQASM 2.0;") }));
        fault.Message.ShouldContain(reason);
        fault.Message.ShouldStartWith($"p.qasm:{place}:");
    }

    [Fact]
    public void with_more_delays_than_their_box_has_room_are_refused() => Should.Throw<InvalidFileException>(() =>
        OpenQasmProgram.Parse("OPENQASM 3.0; qubit[2] q; box [300ns] { delay[200ns] q[0]; delay[200ns] q[1]; delay[150ns] q[0]; }").ToCircuit()).Message.ShouldContain("take 350ns on one qubit, more than the 300ns");
}
