using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Simulation;

public sealed class The_simulator
{
    private const double Rounding = 1e-12;

    [Fact]
    public void teleports()
    {
        // Qubit 0 goes to qubit 2; undoing its preparation there must always give 0.
        var circuit = Circuit.Build(3, c => c
            .Ry(1.1, 0).Rz(0.7, 0)
            .H(1).Cx(1, 2)
            .Cx(0, 1).H(0)
            .Measure(0, 0).Measure(1, 1)
            .If([1], 1, then => then.X(2))
            .If([0], 1, then => then.Z(2))
            .Rz(-0.7, 2).Ry(-1.1, 2)
            .Measure(2, 2));
        var counts = Simulator.Run(circuit, [], shots: 4000, seed: 1);
        counts.BitCount.ShouldBe(3);
        counts.ShouldAllBe(o => o.Outcome < 4);
        // The two measured bits are fair coins: six standard deviations of 1,000 are 165.
        foreach (var (_, count) in counts) count.ShouldBeInRange(1000 - 165, 1000 + 165);
        Simulator.Probabilities(CompiledCircuit.From(circuit)).Select(p => p.Value).ShouldBe([0.25, 0.25, 0.25, 0.25], Rounding);
    }

    [Fact]
    public void resets()
    {
        var circuit = Circuit.Build(2, c => c.H(0).Cx(0, 1).Reset(0).Measure(0, 0).Measure(1, 1));
        var counts = Simulator.Run(circuit, [], shots: 1000, seed: 2);
        counts.ShouldAllBe(o => (o.Outcome & 1) == 0);
        // A fair coin: six standard deviations are 95.
        counts.Of("10").ShouldBeInRange(500 - 95, 500 + 95);
    }

    [Fact]
    public void measures_all_qubits_of_a_circuit_that_measures_none()
    {
        Simulator.Run(Circuit.Build(3, c => c.X(2)), [], shots: 10, seed: 3).ToString().ShouldBe("100: 10");
        Simulator.Run(Circuit.Build(3, c => c.X(2).X(0).Reset(0)), [], shots: 10, seed: 3).ToString().ShouldBe("100: 10");
    }

    [Fact]
    public void writes_bits_where_the_circuit_says()
    {
        var circuit = Circuit.Build(3, c => c.X(0).Measure(0, 2).Measure(1, 0).Measure(0, 1));
        Simulator.Run(circuit, [], shots: 5, seed: 4).ToString().ShouldBe("110: 5");
        // A later measurement overwrites the bit of an earlier one.
        Simulator.Run(Circuit.Build(2, c => c.X(0).Measure(0, 0).Measure(1, 0)), [], shots: 5, seed: 4).ToString().ShouldBe("0: 5");
    }

    [Fact]
    public void gives_the_exact_probabilities_of_any_measured_circuit() => Law.ForAll(Any.Seed(), seed =>
    {
        var (circuit, at) = Measured(seed, qubits: 4, operations: 14);
        var expected = NaiveState.Outcomes(circuit, at);
        foreach (var precision in Precisions.All)
        {
            var actual = Simulator.Probabilities(CompiledCircuit.From(circuit), at, new SimulationOptions { Precision = precision });
            foreach (var outcome in expected.Keys.Union(actual.Keys))
                actual.GetValueOrDefault(outcome).ShouldBe(expected.GetValueOrDefault(outcome), Tolerance.Of(precision, circuit.Operations.Length, Rounding));
        }
    });

    [Fact]
    public void samples_those_probabilities()
    {
        for (ulong seed = 0; seed < 12; seed++)
        {
            const long shots = 20_000;
            var (circuit, at) = Measured(seed, qubits: 4, operations: 14);
            var expected = NaiveState.Outcomes(circuit, at);
            var counts = Simulator.Run(circuit, at, shots, seed);
            counts.Total.ShouldBe(shots);
            // Each count is binomial: six standard deviations and one, for the rarest, in 16 outcomes of 12 circuits.
            foreach (var outcome in expected.Keys.Union(counts.Select(o => o.Outcome)))
            {
                var p = expected.GetValueOrDefault(outcome);
                Math.Abs(counts.Of(outcome) - p * shots).ShouldBeLessThan(6 * Math.Sqrt(shots * Math.Max(0, p * (1 - p))) + 1);
            }
        }
    }

    [Fact]
    public void counts_the_same_on_any_number_of_threads()
    {
        var compiled = CompiledCircuit.From(Circuit.Build(15, c =>
        {
            for (var q = 0; q < 15; q++) c.Ry(0.3 + 0.1 * q, q);
            c.Measure(3, 0).If([0], 1, then => then.X(14)).Reset(7);
            for (var q = 0; q < 15; q++) c.Rx(0.4, q).Measure(q, q);
        }));
        var one = Simulator.Run(compiled, [], 3000, new RandomStream(5), new SimulationOptions { Threads = 1 });
        foreach (var threads in new[] { 2, 3, 5 })
            Simulator.Run(compiled, [], 3000, new RandomStream(5), new SimulationOptions { Threads = threads }).ShouldBe(one);
        Simulator.Run(compiled, [], 3000, new RandomStream(6)).ShouldNotBe(one);
    }

    [Fact]
    public void refuses_too_many_branches_and_too_many_bits()
    {
        var dice = Circuit.Build(1, c =>
        {
            for (var k = 0; k < 17; k++) c.H(0).Measure(0, k);
            c.H(0);
        });
        Should.Throw<QuantumException>(() => Simulator.Probabilities(CompiledCircuit.From(dice)))
            .Message.ShouldBe("The circuit has more than 65536 branches of measurements and resets to follow: run it with shots instead.");
        Simulator.Run(dice, [], shots: 100, seed: 7).Total.ShouldBe(100);
        var wide = new Circuit(1, [new Measure(0, 64)]);
        Should.Throw<QuantumException>(() => Simulator.Run(wide, [], 1, seed: 0))
            .Message.ShouldBe("A circuit of 65 classical bits cannot be run: outcomes have at most 64 bits.");
        Should.Throw<QuantumException>(() => Simulator.Run(dice, [], -1, seed: 0));
    }

    /// <summary>A random circuit with measurements, resets and conditions on three bits in its middle.</summary>
    private static (Circuit Circuit, double[] At) Measured(ulong seed, int qubits, int operations)
    {
        var random = new RandomStream(seed, 79);
        var list = new List<Operation>();
        for (var k = 0; k < operations; k++)
        {
            Operation operation = random.NextBelow(8) switch
            {
                0 => new Measure((int)random.NextBelow(qubits), (int)random.NextBelow(3)),
                1 => new Reset((int)random.NextBelow(qubits)),
                _ => Any.UnitaryOperation(qubits, ref random),
            };
            if (random.NextBelow(4) == 0) operation = operation with { Condition = new Condition([(int)random.NextBelow(2), 2], (ulong)random.NextBelow(4)) };
            list.Add(operation);
        }
        list.Add(new Measure(0, 1));
        return (new Circuit(qubits, list, bits: 3, parameters: Parameter.Vector("p", 4)), Any.Point(4, ref random));
    }
}
