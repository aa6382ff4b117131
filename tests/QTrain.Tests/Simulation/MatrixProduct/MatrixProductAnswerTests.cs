using System.Text.Json;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Gradients;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Simulation.MatrixProduct;
using QTrain.Tests.Gradients;
using QTrain.Tests.Observables;
using QTrain.Tests.Reference;
using static QTrain.Tests.Simulation.MatrixProduct.A_matrix_product_state;

namespace QTrain.Tests.Simulation.MatrixProduct;

public sealed class Expectations_in_a_matrix_product_state
{
    private const double Exact = 1e-10;

    [Fact]
    public void agree_with_the_matrix_product_on_random_circuits_and_observables() =>
        Law.ForAll(Any.TrainableCircuit(maxQubits: 7), c =>
        {
            var state = Run(c.Circuit, c.At);
            var expected = NaiveState.Of(c.Circuit, c.At);
            state.Expectation(c.Observable).ShouldBe(expected.Expectation(c.Observable), Exact);
            state.Variance(c.Observable)!.Value.ShouldBe(expected.Variance(c.Observable), Exact);
        });

    [Fact]
    public void share_environments_between_many_strings()
    {
        var random = new RandomStream(8);
        var (circuit, observable) = (Any.UnitaryCircuit(8, 20, ref random), Any.Observable(8, 300, ref random));
        var at = Any.Point(4, ref random);
        Run(circuit, at).Expectation(observable).ShouldBe(NaiveState.Of(circuit, at).Expectation(observable), 1e-9);
    }

    [Theory]
    [InlineData("circuit_a"), InlineData("circuit_b"), InlineData("circuit_c")]
    public void are_those_recorded_and_so_are_their_gradients(string name)
    {
        var file = GradientFile.Read(name);
        var observable = SparsePauliSum.From(file.Observable);
        var found = MatrixProductSimulator.Expect(file.Circuit, observable, file.At, Untruncated);
        found.Value.ShouldBe(file.Energy, 1e-9);
        found.Variance!.Value.ShouldBe(file.Variance, 1e-9);
        MatrixProductSimulator.ShiftGradient(file.Circuit, observable, file.At, Untruncated).ShouldBe(file.Gradient, 1e-9);
    }

    [Fact]
    public void of_hydrogen_under_a_recorded_UCCSD_circuit_are_the_published_ones()
    {
        var text = File.ReadAllText(TestData.Path("expectations", "H2_UCCSD.json"));
        using var recorded = JsonDocument.Parse(text);
        var state = Run(CircuitJson.Read(text, "H2_UCCSD.json"), []);
        state.Expectation(HamiltonianFiles.Read("h2_tangelo.json").Hamiltonian).ShouldBe(recorded.RootElement.GetProperty("expected_energy").GetDouble(), 1e-12);
        foreach (var term in recorded.RootElement.GetProperty("per_term_expectation").EnumerateObject())
            state.Expectation(PauliSum.Of(4, (term.Name, 1))).ShouldBe(term.Value.GetDouble(), 1e-12);
    }

    [Fact]
    public void of_a_GHZ_state_on_200_qubits_are_known()
    {
        var state = Run(Ghz(200), []);
        state.Expectation(SparsePauliSum.Of(200, ("Z0 Z199", 2), ("Z100", 5), ("", 0.25), (new string('X', 200), -0.5))).ShouldBe(2 + 0.25 - 0.5, 1e-12);
        state.Variance(SparsePauliSum.Of(200, ("Z100", 5)))!.Value.ShouldBe(25, 1e-11);
        state.Variance(SparsePauliSum.Of(200, ("Z0 Z199", 2), (new string('X', 200), -0.5)))!.Value.ShouldBe(0, 1e-11);
    }

    [Fact]
    public void of_60_rotated_qubits_under_a_layer_of_controlled_phases_are_known()
    {
        // X on a qubit of a cluster state of angle θ: each neighbour's cz dresses it with Z, so ⟨X⟩ = sin θ · cos²θ inside and sin θ · cos θ at the ends.
        const double angle = 0.7;
        var circuit = Circuit.Build(60, c =>
        {
            for (var q = 0; q < 60; q++) c.Ry(angle, q);
            for (var q = 0; q < 59; q++) c.Cz(q, q + 1);
        });
        var state = Run(circuit, []);
        var (sin, cos) = Math.SinCos(angle);
        for (var q = 0; q < 60; q++)
            state.Expectation(SparsePauliSum.Of(60, ($"X{q}", 1))).ShouldBe(q is 0 or 59 ? sin * cos : sin * cos * cos, 1e-12);
        // Stabilizer-like product Z X Z: sin θ again.
        state.Expectation(SparsePauliSum.Of(60, ("Z29 X30 Z31", 1))).ShouldBe(sin, 1e-12);
        // The whole chain at once, and its variance: 60 terms squared share their environments.
        var sum = SparsePauliSum.Of(60, Enumerable.Range(0, 60).Select(q => ($"X{q}", 1.0)));
        state.Expectation(sum).ShouldBe(58 * sin * cos * cos + 2 * sin * cos, 1e-11);
        state.Variance(sum).ShouldNotBeNull();
    }

    [Fact]
    public void have_no_variance_where_the_square_is_too_large()
    {
        var random = new RandomStream(9);
        Run(Circuit.Build(10, c => c.H(0)), []).Variance(Any.Observable(10, 400, ref random)).ShouldBeNull();
    }

    [Fact]
    public void train_a_wide_circuit_by_parameter_shifts()
    {
        // A chain of 80 qubits under one shared angle: the derivative of Σ⟨Z⟩ = 80·cos θ.
        var circuit = Circuit.Build(80, c =>
        {
            for (var q = 0; q < 80; q += 20) c.Ry(Parameter.Named("θ"), q);
        });
        var observable = SparsePauliSum.Of(80, ("Z0", 1), ("Z20", 1), ("Z40", 1), ("Z60 Z79", 1));
        MatrixProductSimulator.ShiftGradient(circuit, observable, [0.4]).ShouldBe([-4 * Math.Sin(0.4)], 1e-12);
    }

    [Fact]
    public void are_refused_for_observables_of_more_qubits() =>
        Should.Throw<QuantumException>(() => MatrixProductState.Zero(2).Expectation(SparsePauliSum.Of(3, ("Z2", 1)))).Message
            .ShouldBe("An observable on 3 qubits cannot be measured in a state of 2.");
}

public sealed class Sampling_a_matrix_product_state
{
    [Fact]
    public void follows_the_probabilities()
    {
        // χ² over 64 outcomes, 63 degrees of freedom: above 125.6 with probability 5·10⁻⁶ by chance; the seed is fixed.
        const int shots = 200_000;
        var circuit = Brickwork(6, layers: 6, seed: 1);
        var counts = Run(circuit, []).Sample(shots, new RandomStream(2)).ToCounts();
        counts.Total.ShouldBe(shots);
        Simulation.Sampling.ChiSquared(counts, NaiveState.Of(circuit).Probabilities(), shots).ShouldBeInRange(25, 125.6);
    }

    [Fact]
    public void of_some_qubits_follows_their_probabilities()
    {
        const int shots = 100_000;
        var circuit = Brickwork(7, layers: 6, seed: 3);
        var probabilities = NaiveState.Of(circuit).Probabilities();
        foreach (var qubits in (int[][])[[6, 2, 3], [4, 5, 3], [0, 1, 6]])
        {
            var expected = new double[8];
            for (var basis = 0; basis < 128; basis++) expected[Enumerable.Range(0, 3).Sum(k => (basis >> qubits[k] & 1) << k)] += probabilities[basis];
            var counts = Run(circuit, []).Sample(shots, new RandomStream(4), qubits).ToCounts();
            counts.BitCount.ShouldBe(3);
            // χ² with 7 degrees of freedom: above 40.5 with probability 10⁻⁶.
            Simulation.Sampling.ChiSquared(counts, expected, shots).ShouldBeLessThan(40.5);
        }
    }

    [Fact]
    public void of_200_qubits_in_a_GHZ_state_yields_two_outcomes()
    {
        var counts = Run(Ghz(200), []).Sample(100_000, new RandomStream(5));
        counts.Select(c => c.Bits).ShouldBe([new string('0', 200), new string('1', 200)]);
        // A fair coin: six standard deviations are 949.
        counts[0].Count.ShouldBeInRange(50_000 - 949, 50_000 + 949);
    }

    [Fact]
    public void of_many_different_outcomes_is_the_same_in_batches_and_on_any_number_of_threads()
    {
        // 6,000 shots of 40 random qubits are 6,000 outcomes: more beginnings than are carried along together.
        var circuit = Circuit.Build(40, c =>
        {
            for (var q = 0; q < 40; q++) c.H(q);
            for (var q = 0; q < 39; q++) c.Cz(q, q + 1);
            for (var q = 0; q < 40; q++) c.Ry(0.4 + 0.03 * q, q);
        });
        var one = Run(circuit, [], Untruncated).Sample(6_000, new RandomStream(6));
        one.Total.ShouldBe(6_000);
        one.Count.ShouldBeGreaterThan(5_000);
        Run(circuit, [], Untruncated with { Threads = 3 }).Sample(6_000, new RandomStream(6)).ShouldBe(one);
        Run(circuit, [], Untruncated).Sample(6_000, new RandomStream(7)).ShouldNotBe(one);
        // ⟨Z⟩ of each qubit from the counts: six standard deviations of 6,000 shots are 0.077.
        var state = Run(circuit, []);
        for (var q = 0; q < 40; q++)
        {
            var measured = one.Sum(c => c.Bits[39 - q] == '0' ? c.Count : -c.Count) / 6_000.0;
            measured.ShouldBe(state.Expectation(SparsePauliSum.Of(40, ($"Z{q}", 1))), 0.077);
        }
    }

    [Fact]
    public void divides_shots_by_binomial_numbers()
    {
        var random = new RandomStream(10);
        foreach (var p in (double[])[0.5, 0.1, 0.37, 1e-3, 0.999])
        {
            var (sum, squares) = (0.0, 0.0);
            for (var k = 0; k < 2000; k++)
            {
                double hits = MatrixProductState.Binomial(300, p, ref random);
                sum += hits;
                squares += hits * hits;
            }
            var (mean, variance) = (sum / 2000, squares / 2000 - sum / 2000 * (sum / 2000));
            // Six standard deviations of the mean of 2,000; the variance to a fifth.
            mean.ShouldBe(300 * p, 6 * Math.Sqrt(300 * p * (1 - p) / 2000));
            variance.ShouldBe(300 * p * (1 - p), 0.2 * 300 * p * (1 - p));
        }
        MatrixProductState.Binomial(100, 0, ref random).ShouldBe(0);
        MatrixProductState.Binomial(100, 1, ref random).ShouldBe(100);
    }

    [Fact]
    public void refuses_what_cannot_be_measured()
    {
        var state = MatrixProductState.Zero(2);
        Should.Throw<QuantumException>(() => state.Sample(-1, new RandomStream(0))).Message.ShouldBe("-1 shots cannot be taken: give 0 or more.");
        Should.Throw<QubitOutOfRangeException>(() => state.Sample(1, new RandomStream(0), 2));
        Should.Throw<QuantumException>(() => state.Sample(1, new RandomStream(0), 1, 1)).Message.ShouldBe("Qubit 1 is measured twice: every qubit can be listed once.");
        state.Sample(0, new RandomStream(0)).Total.ShouldBe(0);
    }
}

public sealed class Running_a_circuit_as_a_matrix_product_state
{
    [Fact]
    public void follows_measurements_resets_and_conditions_in_its_middle()
    {
        // Teleportation of a rotated qubit, a reset in between, and a bit that is written twice.
        var circuit = Circuit.Build(4, c => c
            .Ry(0.9, 0).H(1).Cx(1, 2).Cx(0, 1).H(0).Measure(0, 0).Measure(1, 1)
            .If([1], 1, then => then.X(2)).If([0], 1, then => then.Z(2))
            .Ry(1.1, 3).Cx(2, 3).Reset(3).Ry(0.5, 3).Cx(3, 1).Measure(3, 0).Measure(2, 2).Measure(1, 3));
        ShouldFollow(circuit, 3e4);
    }

    [Fact]
    public void follows_random_circuits_with_measurements_anywhere()
    {
        for (var seed = 0UL; seed < 6; seed++)
        {
            var random = new RandomStream(seed, 41);
            var operations = new List<Operation>();
            for (var k = 0; k < 14; k++)
            {
                var operation = random.NextBelow(4) switch
                {
                    0 => new Measure((int)random.NextBelow(4), (int)random.NextBelow(3)),
                    1 when k % 3 == 0 => new Reset((int)random.NextBelow(4)),
                    _ => Any.UnitaryOperation(4, ref random),
                };
                operations.Add(random.NextBelow(4) == 0 ? operation with { Condition = new Condition([(int)random.NextBelow(3)], 1) } : operation);
            }
            operations.Add(new Measure(0, 0));
            ShouldFollow(new Circuit(4, operations, bits: 3, Parameter.Vector("p", 4)), 2e4, Any.Point(4, seed));
        }
    }

    [Fact]
    public void measures_a_GHZ_state_in_its_middle_and_loses_its_entanglement()
    {
        var circuit = Ghz(100).Then(c => c.Measure(50, 0).Reset(7).Barrier().H(99).Measure(0, 1).Measure(7, 2));
        var run = MatrixProductSimulator.Run(circuit, [], 10_000, new RandomStream(3));
        run.Counts.Select(c => c.Bits).ShouldBe(["000", "011"]);
        // Six standard deviations of 10,000 fair coins are 300.
        run.Counts[0].Count.ShouldBeInRange(4_700, 5_300);
        run.Truncation.DiscardedWeight.ShouldBe(0);
        var state = Run(Ghz(100), []);
        state.Project(50, true);
        state.LargestBond.ShouldBe(1);
        Should.Throw<QuantumException>(() => state.Project(50, false)).Message.ShouldBe("Qubit 50 is never 0 in this state: it cannot be projected on that.");
    }

    [Fact]
    public void keeps_its_seed()
    {
        var circuit = Ghz(70).Then(c => c.Ry(0.3, 3).Measure(3, 0).If([0], 1, then => then.H(20)).Measure(20, 1).Measure(60, 69));
        var one = MatrixProductSimulator.Run(circuit, [], 3_000, new RandomStream(4), new MatrixProductOptions { Threads = 1 });
        MatrixProductSimulator.Run(circuit, [], 3_000, new RandomStream(4), new MatrixProductOptions { Threads = 4 }).ShouldBe(one);
        one.Counts.BitCount.ShouldBe(70);
    }

    private static void ShouldFollow(Circuit circuit, double shots, double[]? at = null)
    {
        at ??= [];
        var expected = NaiveState.Outcomes(circuit, at);
        var probabilities = new double[1 << circuit.BitCount];
        foreach (var (outcome, probability) in expected) probabilities[outcome] = probability;
        var counts = MatrixProductSimulator.Run(circuit, at, (long)shots, new RandomStream(12)).Counts.ToCounts();
        counts.Total.ShouldBe((long)shots);
        for (var outcome = 0; outcome < probabilities.Length; outcome++)
        {
            // Six standard deviations, and one shot of slack where hardly any is expected; none where none can be.
            var p = probabilities[outcome];
            ((double)counts.Of((ulong)outcome)).ShouldBe(p * shots, 6 * Math.Sqrt(shots * p * Math.Max(0, 1 - p)) + (p > 1e-9 ? 1 : 0.5), $"outcome {outcome}");
        }
    }
}
