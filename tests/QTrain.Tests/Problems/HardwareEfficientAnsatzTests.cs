using QTrain.Circuits;
using QTrain.Problems;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Problems;

public sealed class The_hardware_efficient_ansatz
{
    [Fact]
    public void counts_its_parameters_layer_by_layer_gate_by_gate_qubit_by_qubit()
    {
        var circuit = new HardwareEfficientAnsatz { Layers = 1, Rotations = ["ry", "rz"] }.Circuit(2);
        var theta = Parameter.Vector("theta", 8);
        circuit.ShouldBe(Circuit.Build(2, c => c
            .Ry(theta[0], 0).Ry(theta[1], 1).Rz(theta[2], 0).Rz(theta[3], 1)
            .Cx(0, 1)
            .Ry(theta[4], 0).Ry(theta[5], 1).Rz(theta[6], 0).Rz(theta[7], 1)));
    }

    [Theory]
    [InlineData(Entanglement.Linear, 4, "0-1 1-2 2-3")]
    [InlineData(Entanglement.Circular, 4, "0-1 1-2 2-3 3-0")]
    [InlineData(Entanglement.Circular, 2, "0-1")]
    [InlineData(Entanglement.Full, 4, "0-1 0-2 0-3 1-2 1-3 2-3")]
    [InlineData(Entanglement.Full, 1, "")]
    public void entangles_the_pairs_it_is_told(Entanglement entanglement, int qubits, string pairs)
    {
        var circuit = new HardwareEfficientAnsatz { Layers = 1, Entangler = "cz", Entanglement = entanglement }.Circuit(qubits);
        string.Join(' ', circuit.Operations.Where(o => o.Qubits.Length == 2).Select(o => $"{o.Qubits[0]}-{o.Qubits[1]}")).ShouldBe(pairs);
    }

    [Fact]
    public void begins_in_its_reference_state()
    {
        var circuit = new HardwareEfficientAnsatz { Layers = 1, Entangler = "cz", Reference = "0110" }.Circuit(4);
        NaiveState.Of(circuit, new double[circuit.Parameters.Length]).Probabilities()[0b0110].ShouldBe(1, tolerance: 1e-12);
    }

    [Fact]
    public void refuses_what_makes_no_sense()
    {
        Reason(new() { Rotations = ["cx"] }).ShouldBe("'cx' cannot be a rotation of an ansatz: allowed are rx, ry, rz, p, u1.");
        Reason(new() { Entangler = "rzz" }).ShouldStartWith("'rzz' cannot be the entangler of an ansatz: allowed are swap, iswap, sqrt_iswap, sycamore, dcx, ecr, cx, cy, cz");
        Reason(new() { Rotations = [] }).ShouldBe("An ansatz without rotations has nothing to train: name some, such as ry.");
        Reason(new() { Layers = -1 }).ShouldBe("An ansatz of -1 layers cannot be: it needs at least 0.");
        Reason(new() { Reference = "011" }).ShouldBe("The reference state '011' has 3 bits, but there are 2 qubits.");
        Reason(new() { Reference = "0x" }).ShouldBe("The reference state '0x' holds 'x': only 0 and 1 are allowed, qubit 0 rightmost.");

        static string Reason(HardwareEfficientAnsatz ansatz) => Should.Throw<QuantumException>(() => ansatz.Circuit(2)).Message;
    }
}
