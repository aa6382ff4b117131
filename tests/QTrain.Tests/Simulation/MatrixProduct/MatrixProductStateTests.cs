using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Simulation.MatrixProduct;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Simulation.MatrixProduct;

public sealed class A_matrix_product_state
{
    /// <summary>What rounding may leave of some twenty gates when nothing is cut off.</summary>
    private const double Exact = 1e-10;

    internal static readonly MatrixProductOptions Untruncated = new() { MaxBond = 4096, Truncation = 0, Threads = 1 };

    [Fact]
    public void agrees_with_the_matrix_product_on_random_circuits() =>
        Law.ForAll(Any.UnitaryCircuit(maxQubits: 8), c => Run(c.Circuit, c.At).ToArray().ShouldBe(NaiveState.Of(c.Circuit, c.At).Amplitudes, Exact), tests: 150);

    [Fact]
    public void agrees_on_every_gate_of_the_table_at_every_width()
    {
        foreach (var width in LaneWidths.All)
            for (var qubits = 3; qubits <= 7; qubits += 2)
            {
                var circuit = Any.EveryGate(qubits, seed: (ulong)qubits);
                var at = Any.Point(4, (ulong)qubits);
                Run(circuit, at, Untruncated with { Width = width }).ToArray().ShouldBe(NaiveState.Of(circuit, at).Amplitudes, Exact);
            }
    }

    [Fact]
    public void applies_gates_under_many_controls_of_both_kinds()
    {
        var random = new RandomStream(3);
        foreach (var (gate, controls) in (IEnumerable<(Gate, int)>)[(Gates.Named("x"), 6), (Gates.Named("swap"), 4), (Gates.Named("cu"), 5), (Gates.Named("iswap"), 1),
            (Gate.PauliRotation("XYZ"), 3), (Gate.PauliRotation("IXI"), 4), (Gate.PauliRotation("II"), 5), (Gate.Unitary(Any.Unitary(3, ref random)), 4), (Gate.Unitary(Any.Unitary(4, ref random)), 0)])
        {
            var order = Any.Qubits(8, ref random);
            var prepare = Any.UnitaryCircuit(8, 6, ref random);
            var at = Any.Point(4, ref random);
            var circuit = prepare.Then(c => c.Add(new GateOperation(gate, order[..gate.QubitCount], [.. Enumerable.Repeat((Angle)0.7, gate.AngleCount)],
                [.. order[gate.QubitCount..(gate.QubitCount + controls)].Select((q, k) => new Control(q, k % 2 == 0))])));
            Run(circuit, at).ToArray().ShouldBe(NaiveState.Of(circuit, at).Amplitudes, Exact);
        }
    }

    [Fact]
    public void of_a_GHZ_circuit_on_200_qubits_has_bonds_of_two()
    {
        var state = Run(Ghz(200), []);
        state.BondDimensions.ShouldAllBe(b => b == 2);
        state.Amplitude(new string('0', 200)).Real.ShouldBe(Math.Sqrt(0.5), 1e-14);
        state.Amplitude(new string('1', 200)).Real.ShouldBe(Math.Sqrt(0.5), 1e-14);
        state.Amplitude(new string('1', 199) + "0").ShouldBe(0);
        state.InnerProduct(state).Real.ShouldBe(1, 1e-13);
        state.Truncation.DiscardedWeight.ShouldBe(0);
        state.Truncation.PeakBond.ShouldBe(2);
    }

    [Fact]
    public void comes_back_from_60_qubits_of_brickwork_and_its_inverse()
    {
        var circuit = Brickwork(60, layers: 6, seed: 5);
        var state = Run(circuit, []);
        // Three gates cross each bond, and each can quadruple it.
        state.LargestBond.ShouldBe(64);
        state.Apply(circuit.Inverse());
        state.Amplitude(new string('0', 60)).Magnitude.ShouldBe(1, 1e-12);
        state.LargestBond.ShouldBe(1);
    }

    [Fact]
    public void swaps_by_relabelling_and_leaves_routed_qubits_where_they_are()
    {
        var state = Run(Circuit.Build(100, c => c.X(0).H(99).Swap(0, 99).Swap(3, 50).Cx(0, 99)), []);
        // h is on qubit 0 now, x on 99: after cx, qubit 99 is the opposite of qubit 0.
        state.Amplitude("1" + new string('0', 99)).Real.ShouldBe(Math.Sqrt(0.5), 1e-14);
        state.Amplitude(new string('0', 99) + "1").Real.ShouldBe(Math.Sqrt(0.5), 1e-14);
        state.LargestBond.ShouldBe(2);
    }

    [Fact]
    public void has_inner_products_whatever_order_routing_left_the_qubits_in() =>
        Law.ForAll(Any.Seed(), seed =>
        {
            var (left, right) = (Any.UnitaryCircuit(6, 10, seed), Any.UnitaryCircuit(6, 12, seed + 1));
            var at = Any.Point(4, seed);
            var expected = NaiveState.Of(left, at).InnerProduct(NaiveState.Of(right, at));
            (Run(left, at).InnerProduct(Run(right, at)) - expected).Magnitude.ShouldBeLessThan(Exact);
        }, tests: 30);

    [Fact]
    public void never_claims_more_fidelity_than_it_has()
    {
        for (var seed = 0UL; seed < 2; seed++)
            foreach (var bond in (int[])[4, 8, 16, 32])
            {
                var circuit = Brickwork(12, layers: 10, seed);
                var state = Run(circuit, [], new MatrixProductOptions { MaxBond = bond });
                var exact = NaiveState.Of(circuit).Amplitudes;
                var overlap = state.ToArray().Zip(exact, (a, b) => Complex.Conjugate(a) * b).Aggregate(Complex.Zero, (a, b) => a + b);
                var fidelity = overlap.Magnitude * overlap.Magnitude;
                var error = state.Truncation;
                state.LargestBond.ShouldBe(bond);
                error.PeakBond.ShouldBe(bond);
                fidelity.ShouldBeGreaterThanOrEqualTo(error.FidelityBound - 1e-12);
                // The estimate is one: right to a third of the infidelity or so, where the bound can be far off.
                (1 - fidelity).ShouldBeInRange(0.4 * (1 - error.FidelityEstimate), 1.6 * (1 - error.FidelityEstimate));
                error.DiscardedWeight.ShouldBeGreaterThan(1e-3);
                state.InnerProduct(state).Real.ShouldBe(1, 1e-12);
            }
    }

    [Fact]
    public void of_one_truncation_tells_its_infidelity_to_the_digit()
    {
        var circuit = Circuit.Build(4, c => c.Ry(2 * 0.3, 1).Cx(1, 2));
        var cut = Run(circuit, [], Untruncated with { MaxBond = 1 });
        var lost = Math.Sin(0.3) * Math.Sin(0.3);
        cut.Truncation.DiscardedWeight.ShouldBe(lost, 1e-15);
        cut.Truncation.FidelityEstimate.ShouldBe(1 - lost, 1e-15);
        cut.Truncation.FidelityBound.ShouldBe(1 - lost, 1e-15);
        var overlap = cut.InnerProduct(Run(circuit, [])).Magnitude;
        (overlap * overlap).ShouldBe(1 - lost, 1e-14);
    }

    [Fact]
    public void is_the_same_to_the_bit_on_any_number_of_threads()
    {
        var circuit = Brickwork(20, layers: 12, seed: 6);
        var one = Run(circuit, [], new MatrixProductOptions { MaxBond = 64, Threads = 1 });
        foreach (var threads in (int[])[2, 5])
        {
            var many = Run(circuit, [], new MatrixProductOptions { MaxBond = 64, Threads = threads });
            for (var basis = 0UL; basis < 64; basis++)
            {
                var (a, b) = (one.Amplitude(basis * 16411), many.Amplitude(basis * 16411));
                BitConverter.DoubleToInt64Bits(a.Real).ShouldBe(BitConverter.DoubleToInt64Bits(b.Real));
                BitConverter.DoubleToInt64Bits(a.Imaginary).ShouldBe(BitConverter.DoubleToInt64Bits(b.Imaginary));
            }
            many.Truncation.ShouldBe(one.Truncation);
        }
    }

    [Fact]
    public void refuses_what_cannot_be()
    {
        Should.Throw<QuantumException>(() => new MatrixProductOptions { MaxBond = 0 }).Message.ShouldBe("A largest bond dimension of 0 cannot be: give 1 to 8192.");
        Should.Throw<QuantumException>(() => new MatrixProductOptions { Truncation = 1 });
        Should.Throw<QuantumException>(() => MatrixProductState.Zero(0));
        var state = MatrixProductState.Zero(2);
        Should.Throw<QuantumException>(() => state.Apply(Ghz(3))).Message.ShouldBe("A circuit of 3 qubits cannot run on a state of 2.");
        Should.Throw<QuantumException>(() => state.Apply(Circuit.Build(2, c => c.Measure(0, 0))));
        Should.Throw<QuantumException>(() => state.Amplitude("012")).Message.ShouldBe("'012' is no basis state of 2 qubits: write 2 digits 0 or 1, qubit 0 rightmost.");
        var random = new RandomStream(1);
        Should.Throw<QuantumException>(() => ChainProgram.From(new Circuit(12, [new GateOperation(Gate.Unitary(Any.Unitary(3, ref random)), [0, 1, 2], [],
            [.. Enumerable.Range(3, 6).Select(q => new Control(q))])]))).Message.ShouldStartWith("Gate 'unitary' on 3 qubits under 6 controls is too large for a matrix product state: at most 8 qubits in all.");
    }

    internal static MatrixProductState Run(Circuit circuit, double[] at, MatrixProductOptions? options = null)
    {
        var state = MatrixProductState.Zero(circuit.QubitCount, options ?? Untruncated);
        state.Apply(circuit, at);
        return state;
    }

    internal static Circuit Ghz(int qubits) => Circuit.Build(qubits, c =>
    {
        c.H(0);
        for (var q = 1; q < qubits; q++) c.Cx(q - 1, q);
    });

    /// <summary>Layers of random two-qubit unitaries on even and odd neighbours in turn.</summary>
    internal static Circuit Brickwork(int qubits, int layers, ulong seed)
    {
        var random = new RandomStream(seed, 31);
        return Circuit.Build(qubits, c =>
        {
            for (var layer = 0; layer < layers; layer++)
                for (var q = layer % 2; q + 1 < qubits; q += 2) c.Unitary(Any.Unitary(2, ref random), q, q + 1);
        });
    }
}
