using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Numerics.Dense;
using QTrain.Simulation.Methods;
using QTrain.Tests.Reference;
using QTrain.Tests.Simulation.MatrixProduct;

namespace QTrain.Tests.Simulation.Methods;

public sealed class The_method_of_simulation
{
    private const long SixteenGiB = 16L << 30;

    [Fact]
    public void is_a_state_vector_where_that_fits() =>
        Choose(A_matrix_product_state.Brickwork(12, 12, 1)).ShouldBe(new MethodChoice(SimulationMethod.StateVector, "12 qubits fit into a state vector, which is exact"));

    [Fact]
    public void is_a_state_vector_for_entangled_circuits_while_memory_lasts() =>
        Choose(A_matrix_product_state.Brickwork(28, 20, 1)).ShouldBe(
            new MethodChoice(SimulationMethod.StateVector, "28 qubits fit into memory, 4 GiB, and the gates could raise a bond to 16384"));

    [Fact]
    public void is_a_matrix_product_state_where_that_is_exact_and_far_smaller() =>
        Choose(Cat(28)).ShouldBe(new MethodChoice(SimulationMethod.MatrixProductState,
            "its gates entangle neighbours so weakly that no bond exceeds 2, and a state vector of 28 qubits takes 4 GiB"));

    [Fact]
    public void is_a_matrix_product_state_beyond_memory()
    {
        Choose(Cat(40)).Reason.ShouldBe("a state vector of 40 qubits takes 16 TiB, more than there is, and no bond exceeds 2");
        Choose(Cat(200)).Reason.ShouldBe("200 qubits are too many for a state vector, and no bond exceeds 2");
        var deep = Choose(A_matrix_product_state.Brickwork(60, 30, 1));
        deep.Method.ShouldBe(SimulationMethod.MatrixProductState);
        deep.Reason.ShouldBe("a state vector of 60 qubits takes 16 EiB, more than there is; the gates could raise a bond to 2^30, and beyond 256 it is cut, so read the truncation error");
    }

    [Fact]
    public void is_a_density_matrix_for_noise_on_few_qubits_and_trajectories_on_more()
    {
        Noisy(12).ShouldBe(new MethodChoice(SimulationMethod.DensityMatrix, "the circuit holds noise, and a mixed state of 12 qubits is small enough to be exact"));
        Noisy(13).ShouldBe(new MethodChoice(SimulationMethod.Trajectories, "the circuit holds noise, and a mixed state of 13 qubits would be too large"));

        static MethodChoice Noisy(int qubits) => Choose(Circuit.Build(qubits, c => c.H(0).Add(new ChannelOperation(Channel.Depolarizing(0.1), [0]))));
    }

    [Fact]
    public void knows_a_bound_of_every_bond() =>
        Law.ForAll(Any.UnitaryCircuit(maxQubits: 6), c =>
        {
            // A swap changes which qubits a bond divides: the cuts below are those of the qubits' numbers.
            if (c.Circuit.Operations.Any(o => o is GateOperation { Name: "swap", Controls.IsEmpty: true })) return;
            var bound = Math.Pow(2, BondEstimate.PeakBits(c.Circuit, c.At)) + 1e-6;
            var amplitudes = NaiveState.Of(c.Circuit, c.At).Amplitudes;
            var svd = new SingularVectors();
            for (var cut = 1; cut < c.Circuit.QubitCount; cut++)
            {
                var matrix = new ComplexMatrix(amplitudes.Length >> cut, 1 << cut);
                for (var k = 0; k < amplitudes.Length; k++) matrix[k >> cut, k & (1 << cut) - 1] = amplitudes[k];
                svd.Decompose(matrix, adjoint: false, 0, DenseOptions.Default.Table);
                ((double)svd.Values.ToArray().Count(v => v > 1e-9)).ShouldBeLessThanOrEqualTo(bound);
            }
        });

    [Fact]
    public void counts_swaps_and_idle_gates_for_nothing()
    {
        BondEstimate.PeakBits(Circuit.Build(30, c => c.Swap(0, 29).Rzz(0, 3, 20).Cx(0, 1)), []).ShouldBe(1);
        BondEstimate.PeakBits(Circuit.Build(30, c => c.Iswap(3, 4)), []).ShouldBe(1);
        BondEstimate.PeakBits(Circuit.Build(30, c => c.H(3)), []).ShouldBe(0);
    }

    [Fact]
    public void is_a_tableau_for_wide_Clifford_circuits() =>
        Choose(A_matrix_product_state.Ghz(1000)).ShouldBe(
            new MethodChoice(SimulationMethod.Stabilizer, "all gates are Clifford gates, which a tableau of 1000 qubits follows exactly"));

    /// <summary>Like a GHZ state, but with a first gate that is no Clifford gate.</summary>
    private static Circuit Cat(int qubits) => Circuit.Build(qubits, c =>
    {
        c.Ry(0.6, 0);
        for (var q = 1; q < qubits; q++) c.Cx(q - 1, q);
    });

    private static MethodChoice Choose(Circuit circuit) => MethodChoice.For(circuit, [], availableBytes: SixteenGiB);
}
