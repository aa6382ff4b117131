using System.Numerics;
using QTrain.Circuits;
using QTrain.Problems;
using QTrain.Simulation;
using QTrain.Tests.Reference;
using QTrain.Workloads;

namespace QTrain.Tests.Workloads;

public sealed class Every_workload
{
    public static TheoryData<string> Names => [.. Workload.All.Select(w => w.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void runs_at_its_smallest_size_and_one_above(string name)
    {
        var workload = Workload.All.Single(w => w.Name == name);
        foreach (var qubits in Enumerable.Range(workload.LeastQubits, 20).Where(n => workload.Takes?.Invoke(n) != false).Take(2))
        {
            using var run = workload.Prepare(qubits, new SimulationOptions { Threads = 1 });
            for (var repetition = 0; repetition < 2; repetition++)
            {
                run.Next(repetition);
                run.Run(repetition);
            }
        }
    }

    [Fact]
    public void is_timed_as_often_as_asked_beside_memory_passes()
    {
        var timing = WorkloadTimer.Time(Workload.All.Single(w => w.Name == "hea"), qubits: 6, threads: 1, repetitions: 3, CancellationToken.None);
        timing.Repetitions.ShouldBe(3);
        timing.Gates.ShouldBe(10 * (6 + 6 + 5));
        timing.PassBytes.ShouldBe(16 << 6);
        timing.BestMs.ShouldBeInRange(1e-6, timing.MedianMs);
        timing.Passes.ShouldBe(timing.MedianMs / timing.PassMs);
    }

    [Fact]
    public void stops_when_it_is_told_to() => Should.Throw<OperationCanceledException>(() =>
        WorkloadTimer.Time(Workload.All[0], qubits: 4, threads: 1, repetitions: null, new CancellationToken(canceled: true)));

    [Fact]
    public void that_has_a_public_figure_exists_or_is_said_to_be_missing() =>
        PublicFigure.All.Select(f => f.Workload).Distinct().Except(Workload.All.Select(w => w.Name)).ShouldBeSubsetOf(Workload.NotYetBuilt);
}

public sealed class The_circuits_of_the_workloads
{
    // A few hundred operations on numbers of order one.
    private const double Rounding = 1e-12;

    [Fact]
    public void have_as_parameters_what_the_definition_counts()
    {
        WorkloadCircuits.HardwareEfficient(5, 10).Parameters.Length.ShouldBe(20 * 5);
        WorkloadCircuits.Brickwork(5, 4).Parameters.Length.ShouldBe(8 * 5);
        WorkloadCircuits.Point(3).ShouldBe([0.1, 0.1 + 0.37, 0.1 + 0.37 * 2]);
        WorkloadCircuits.RegularQaoa(8, 10).Parameters.Length.ShouldBe(20);
        WorkloadCircuits.IsingChain(5).Terms.Length.ShouldBe(9);
    }

    [Fact]
    public void transform_as_Fourier_did()
    {
        const int qubits = 4, size = 1 << qubits;
        var matrix = NaiveState.Unitary(WorkloadCircuits.Fourier(qubits));
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
                (matrix[row, column] - Complex.FromPolarCoordinates(0.25, 2 * Math.PI * row * column / size)).Magnitude.ShouldBeLessThan(Rounding);
    }

    [Fact]
    public void of_QAOA_live_on_graphs_with_three_edges_everywhere()
    {
        var edges = WorkloadCircuits.RegularQaoa(10, 1).Operations.OfType<GateOperation>().Where(o => o.Gate.Name == "rzz")
            .Select(o => new Edge(o.Targets[0], o.Targets[1])).ToArray();
        new Graph(10, edges).RegularDegree.ShouldBe(3);
    }

    [Fact]
    public void of_coupled_cluster_keep_the_number_of_electrons()
    {
        var circuit = WorkloadCircuits.CoupledCluster(6);
        var state = NaiveState.Of(circuit, WorkloadCircuits.Point(circuit.Parameters.Length));
        for (var i = 0; i < state.Amplitudes.Length; i++)
            if (BitOperations.PopCount((uint)i) != 2) state.Amplitudes[i].Magnitude.ShouldBeLessThan(Rounding);
        state.Amplitudes.Count(a => a.Magnitude > 1e-3).ShouldBeGreaterThan(3);
    }

    [Fact]
    public void of_quantum_volume_touch_every_qubit_in_every_layer()
    {
        var operations = WorkloadCircuits.QuantumVolume(4).Operations.Cast<GateOperation>().ToArray();
        operations.Length.ShouldBe(8);
        for (var layer = 0; layer < 4; layer++)
            operations[2 * layer].Targets.Concat(operations[2 * layer + 1].Targets).Order().ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void have_random_terms_that_all_differ()
    {
        WorkloadCircuits.RandomTerms(16, 500).Terms.Select(t => t.Pauli).Distinct().Count().ShouldBe(500);
        WorkloadCircuits.RandomTerms(2, 500).Terms.Length.ShouldBe(16);
    }
}
