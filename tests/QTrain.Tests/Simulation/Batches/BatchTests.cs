using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Simulation.Batches;
using QTrain.Tests.Reference;
using QTrain.Tests.Simulation.Plans;
using QTrain.Workloads;

namespace QTrain.Tests.Simulation.Batches;

public sealed class A_batch
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void agrees_with_the_plain_matrix_product_on_any_circuit(int width)
    {
        for (ulong seed = 0; seed < 120; seed++)
        {
            var qubits = 1 + (int)(seed % 8);
            Check(Any.UnitaryCircuit(qubits, 4 + (int)(seed % 40), seed), seed, (LaneWidth)width, 5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void agrees_on_every_gate_of_the_table(int width)
    {
        for (ulong seed = 0; seed < 12; seed++) Check(Any.EveryGate(3 + (int)(seed % 5), seed), seed, (LaneWidth)width, 3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void agrees_on_layers_of_rotations_and_entanglers(int width)
    {
        for (ulong seed = 0; seed < 40; seed++) Check(LayeredCircuits.Random(3 + (int)(seed % 7), 3, seed), seed, (LaneWidth)width, 3);
    }

    [Fact]
    public void gives_a_member_the_same_bits_in_any_company_on_any_number_of_threads_at_any_width()
    {
        var random = new RandomStream(5);
        foreach (var qubits in new[] { 2, 5, 9 })
        {
            var circuit = CompiledCircuit.From(LayeredCircuits.Random(qubits, 4, (ulong)qubits));
            var observable = Any.Observable(qubits, 9, ref random);
            var points = Enumerable.Range(0, 61).Select(_ => Any.Point(circuit.ParameterCount, ref random)).ToArray();
            var all = Simulator.Expectations(circuit, observable, points, new SimulationOptions { Threads = 1 });
            foreach (var threads in new[] { 2, 3, 5, 16 })
                Simulator.Expectations(circuit, observable, points, new SimulationOptions { Threads = threads }).ShouldBe(all);
            foreach (var width in LaneWidths.All)
                Simulator.Expectations(circuit, observable, points, new SimulationOptions { Width = width }).ShouldBe(all);
            foreach (var count in new[] { 1, 2, 3, 4, 5, 7, 8, 9, 13 })
                Simulator.Expectations(circuit, observable, points[^count..]).ShouldBe(all[^count..]);
            Simulator.Expectations(circuit, observable, [.. points.Reverse()]).ShouldBe(all.Reverse());
        }
    }

    [Fact]
    public void keeps_its_members_apart_where_one_turns_by_half_turns_and_another_does_not()
    {
        // Of a half turn the cosine vanishes, and with it the scale that is left for later.
        var circuit = Circuit.Build(5, c =>
        {
            for (var layer = 0; layer < 30; layer++)
                for (var q = 0; q < 5; q++) c.Ry(Parameter.Named("a"), q).Cx(q, (q + 1) % 5);
        });
        var random = new RandomStream(8);
        var observable = Any.Observable(5, 8, ref random);
        double[][] points = [[Math.PI], [0.7], [-Math.PI], [3 * Math.PI], [0], [Math.PI + 1e-9], [1e12], [double.NaN]];
        var values = Simulator.Expectations(CompiledCircuit.From(circuit), observable, points);
        for (var k = 0; k < 7; k++) values[k].ShouldBe(NaiveState.Of(circuit, points[k]).Expectation(observable), 1e-11, $"at {points[k][0]}");
        values[7].ShouldBe(double.NaN);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(12, true)]
    [InlineData(13, false)]
    public void is_left_to_single_states_where_the_circuit_is_large(int qubits, bool isBatched)
    {
        var circuit = CompiledCircuit.From(WorkloadCircuits.HardwareEfficient(qubits, 1));
        var observable = WorkloadCircuits.IsingChain(qubits);
        var points = Enumerable.Range(0, 7).Select(k => WorkloadCircuits.Point(circuit.ParameterCount, k)).ToArray();
        using var expectations = new BatchedExpectations(circuit, observable);
        expectations.Batches.ShouldBe(isBatched);
        var values = Simulator.Expectations(circuit, observable, points);
        using var state = StateVector.Zero(qubits);
        for (var k = 0; k < points.Length; k++)
        {
            state.SetZero();
            state.Apply(circuit, points[k]);
            var alone = state.Expectation(observable);
            values[k].ShouldBe(alone, 1e-13 * qubits);
            if (!isBatched) values[k].ShouldBe(alone);
        }
    }

    [Fact]
    public void is_left_to_single_states_where_these_are_of_single_precision()
    {
        using var expectations = new BatchedExpectations(
            CompiledCircuit.From(WorkloadCircuits.HardwareEfficient(4, 1)), WorkloadCircuits.IsingChain(4), new SimulationOptions { Precision = Precision.Single });
        expectations.Batches.ShouldBeFalse();
    }

    [Fact]
    public void is_left_to_single_states_where_the_weights_of_an_observable_are_too_many()
    {
        var random = new RandomStream(3);
        var observable = Any.Observable(12, 2000, ref random);
        using var expectations = new BatchedExpectations(CompiledCircuit.From(WorkloadCircuits.HardwareEfficient(12, 1)), observable);
        expectations.Batches.ShouldBeFalse();
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void is_left_to_single_states_where_the_circuit_is_large_and_dense(int qubits, bool isBatched)
    {
        using var expectations = new BatchedExpectations(CompiledCircuit.From(WorkloadCircuits.QuantumVolume(qubits)), WorkloadCircuits.IsingChain(qubits));
        expectations.Batches.ShouldBe(isBatched);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(13)]
    public void allocates_nothing_once_it_is_warm(int qubits)
    {
        var circuit = CompiledCircuit.From(LayeredCircuits.Random(qubits, 3, 4));
        var points = new ListedPoints([.. Enumerable.Range(0, 9).Select(k => Any.Point(circuit.ParameterCount, (ulong)k))]);
        var values = new double[points.Count];
        foreach (var threads in new[] { 1, 2 })
        {
            using var expectations = new BatchedExpectations(circuit, WorkloadCircuits.IsingChain(qubits), new SimulationOptions { Threads = threads });
            Allocations.Of(_ => expectations.Evaluate(points, values)).ShouldBe(0);
        }
    }

    [Fact]
    public void measures_observables_of_fewer_qubits_constants_and_nothing()
    {
        var circuit = CompiledCircuit.From(Circuit.Build(3, c => c.Ry(Parameter.Named("a"), 0)));
        Simulator.Expectations(circuit, PauliSum.Parse("Z"), [[0.3], [0]]).ShouldBe([Math.Cos(0.3), 1], 1e-15);
        Simulator.Expectations(circuit, PauliSum.Parse("2 III"), [[0.3]]).ShouldBe([2]);
        Simulator.Expectations(circuit, PauliSum.Zero(3), [[0.3], [1]]).ShouldBe([0, 0]);
        Simulator.Expectations(circuit, PauliSum.Parse("Z"), []).ShouldBe([]);
    }

    [Fact]
    public void says_what_does_not_fit()
    {
        var circuit = CompiledCircuit.From(Circuit.Build(2, c => c.Ry(Parameter.Named("a"), 0)));
        Should.Throw<QuantumException>(() => Simulator.Expectations(circuit, PauliSum.Parse("Z"), [[1], [1, 2]])).Message
            .ShouldBe("Point 1 has 2 values, but the circuit has 1 parameters: give one value for each, in their order.");
        Should.Throw<QuantumException>(() => Simulator.Expectations(circuit, PauliSum.Parse("ZZZ"), [[1]])).Message
            .ShouldBe("An observable on 3 qubits cannot be measured on a state of 2.");
        var measured = CompiledCircuit.From(Circuit.Build(1, c => c.H(0).Measure(0, 0)));
        Should.Throw<QuantumException>(() => Simulator.Expectations(measured, PauliSum.Parse("Z"), [[]])).Message
            .ShouldBe("A circuit that measures, resets or asks a condition has no single final state; run it with shots.");
    }

    [Fact]
    public void stops_when_it_is_cancelled()
    {
        var circuit = CompiledCircuit.From(WorkloadCircuits.HardwareEfficient(4, 2));
        using var expectations = new BatchedExpectations(circuit, WorkloadCircuits.IsingChain(4));
        var points = new ListedPoints([WorkloadCircuits.Point(circuit.ParameterCount)]);
        Should.Throw<OperationCanceledException>(() => expectations.Evaluate(points, new double[1], new CancellationToken(canceled: true)));
    }

    [Fact]
    public unsafe void has_sines_and_cosines_within_an_ulp()
    {
        var random = new RandomStream(1);
        var (angles, sines, cosines) = (new double[4096], new double[4096], new double[4096]);
        for (var round = 0; round < 40; round++)
        {
            for (var k = 0; k < angles.Length; k++)
                angles[k] = (k % 8) switch
                {
                    0 => Math.PI / 4 * random.NextBelow(1000) - 300,
                    1 => random.NextGaussian() * 1e-9,
                    2 => random.NextGaussian() * 1e6,
                    3 => random.NextGaussian() * 1e10,
                    4 => Math.BitIncrement(Math.PI / 2 * random.NextBelow(64)),
                    _ => random.NextGaussian() * 4,
                };
            fixed (double* a = angles, s = sines, c = cosines) SineCosine.Of(a, s, c, angles.Length);
            for (var k = 0; k < angles.Length; k++)
            {
                // Both they and the runtime's are within one unit in the last place of the true value.
                Math.Abs(sines[k] - Math.Sin(angles[k])).ShouldBeLessThanOrEqualTo(2 * (Math.BitIncrement(Math.Abs(sines[k])) - Math.Abs(sines[k])), $"sin {angles[k]:R}");
                Math.Abs(cosines[k] - Math.Cos(angles[k])).ShouldBeLessThanOrEqualTo(2 * (Math.BitIncrement(Math.Abs(cosines[k])) - Math.Abs(cosines[k])), $"cos {angles[k]:R}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void differentiates_as_shifts_do(int width)
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            var qubits = 1 + (int)(seed % 7);
            var circuit = seed % 2 == 0 && qubits > 2 ? LayeredCircuits.Random(qubits, 3, seed) : Any.UnitaryCircuit(qubits, 4 + (int)(seed % 20), seed);
            var random = new RandomStream(seed + 2000);
            var observable = Any.Observable(qubits, 1 + (int)(seed % 7), ref random);
            var points = Enumerable.Range(0, 3).Select(_ => Any.Point(circuit.Parameters.Length, ref random)).ToArray();
            var gradients = Gradient.AdjointBatch(circuit, observable, points, out var values, new SimulationOptions { Width = (LaneWidth)width });
            for (var k = 0; k < points.Length; k++)
            {
                values[k].ShouldBe(NaiveState.Of(circuit, points[k]).Expectation(observable), 1e-12);
                // The shift rule has its energies from batches too, but the single states' adjoint sweep shares no kernel with them.
                var expected = Gradient.Adjoint(circuit, observable, points[k]);
                for (var p = 0; p < expected.Length; p++)
                    if (!(Math.Abs(gradients[k][p] - expected[p]) <= 1e-13 * (10 + circuit.Operations.Length) * 10))
                        Assert.Fail($"seed {seed}, {qubits} qubits, member {k}, parameter {p}: {gradients[k][p]}, not {expected[p]}\n{string.Join("; ", circuit.Operations)}\n{observable}");
                Gradient.Shift(circuit, observable, points[k]).ShouldBe(gradients[k], 1e-11);
            }
        }
    }

    [Fact]
    public void gives_a_members_gradient_the_same_bits_in_any_company_on_any_number_of_threads_at_any_width()
    {
        var random = new RandomStream(6);
        foreach (var qubits in new[] { 3, 8, 13 })
        {
            var circuit = LayeredCircuits.Random(qubits, 3, 50 + (ulong)qubits);
            var observable = Any.Observable(qubits, 9, ref random);
            var points = Enumerable.Range(0, 17).Select(_ => Any.Point(circuit.Parameters.Length, ref random)).ToArray();
            var all = Gradient.AdjointBatch(circuit, observable, points, out var values, new SimulationOptions { Threads = 1 });
            foreach (var threads in new[] { 2, 3, 16 })
            {
                Gradient.AdjointBatch(circuit, observable, points, out var again, new SimulationOptions { Threads = threads }).ShouldBe(all);
                again.ShouldBe(values);
            }
            foreach (var count in new[] { 1, 3, 4, 5, 9 })
                Gradient.AdjointBatch(circuit, observable, points[^count..], out _).ShouldBe(all[^count..]);
            if (qubits > BatchPlan.MostQubits) continue;
            foreach (var width in LaneWidths.All)
                Gradient.AdjointBatch(circuit, observable, points, out _, new SimulationOptions { Width = width }).ShouldBe(all);
        }
    }

    [Fact]
    public void differentiates_where_one_member_turns_by_half_turns()
    {
        var circuit = Circuit.Build(4, c =>
        {
            for (var layer = 0; layer < 12; layer++)
                for (var q = 0; q < 4; q++) c.Ry(Parameter.Named($"a{q}"), q).Cx(q, (q + 1) % 4);
        });
        var random = new RandomStream(8);
        var observable = Any.Observable(4, 8, ref random);
        double[][] points = [[Math.PI, Math.PI, -Math.PI, 3 * Math.PI], [0.7, 0.1, 2, -3], [0, 0, 0, 0]];
        var gradients = Gradient.AdjointBatch(circuit, observable, points, out _);
        for (var k = 0; k < points.Length; k++) gradients[k].ShouldBe(Gradient.Adjoint(circuit, observable, points[k]), 1e-11);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(13)]
    public void allocates_nothing_to_differentiate_once_it_is_warm(int qubits)
    {
        var circuit = CompiledCircuit.From(LayeredCircuits.Random(qubits, 3, 4));
        var points = new ListedPoints([.. Enumerable.Range(0, 9).Select(k => Any.Point(circuit.ParameterCount, (ulong)k))]);
        var (values, gradients) = (new double[points.Count], new double[points.Count * circuit.ParameterCount]);
        foreach (var threads in new[] { 1, 2 })
        {
            using var expectations = new BatchedExpectations(circuit, WorkloadCircuits.IsingChain(qubits), new SimulationOptions { Threads = threads });
            Allocations.Of(_ => expectations.Differentiate(points, values, gradients)).ShouldBe(0);
        }
    }

    private static void Check(Circuit circuit, ulong seed, LaneWidth width, int points)
    {
        var random = new RandomStream(seed + 1000);
        var observable = Any.Observable(circuit.QubitCount, 1 + (int)(seed % 7), ref random);
        var at = Enumerable.Range(0, points).Select(_ => Any.Point(circuit.Parameters.Length, ref random)).ToArray();
        using var batch = new BatchedExpectations(CompiledCircuit.From(circuit), observable, new SimulationOptions { Width = width });
        batch.Batches.ShouldBeTrue();
        var values = new double[points];
        batch.Evaluate(new ListedPoints(at), values);
        for (var k = 0; k < points; k++)
        {
            var expected = NaiveState.Of(circuit, at[k]).Expectation(observable);
            if (!(Math.Abs(values[k] - expected) <= 1e-13 * (10 + circuit.Operations.Length)))
                Assert.Fail($"seed {seed}, {circuit.QubitCount} qubits, member {k}: {values[k]}, not {expected}\n{string.Join("; ", circuit.Operations)}\n{observable}");
        }
    }
}
