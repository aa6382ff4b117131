using System.Diagnostics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Simulation.Stabilizer;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Simulation.Stabilizer;

public sealed class The_stabilizer_simulator
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void agrees_with_the_naive_state_on_any_measured_circuit(bool anyConditions) => Law.ForAll(Any.Seed(), seed =>
    {
        var shots = anyConditions ? 400 : 2000;
        var random = new RandomStream(seed, 4);
        var circuit = AnyClifford.Measured(1 + (int)random.NextBelow(6), 30, anyConditions, ref random);
        var exact = NaiveState.Outcomes(circuit, AnyClifford.At);
        var counts = StabilizerSimulator.Run(circuit, AnyClifford.At, shots, seed);
        counts.Total.ShouldBe(shots);
        foreach (var (outcome, count) in counts) exact.ContainsKey(outcome).ShouldBeTrue($"{counts.ToBits(outcome)} was measured {count} times, but is impossible");
        // Some 400 outcomes in all, six standard deviations each: by chance one in a million runs of this test; the seeds are fixed.
        foreach (var (outcome, probability) in exact) The_frame_sampler.ShouldBeNear(counts.Of(outcome), Math.Min(1, probability), shots, 6);
    }, tests: anyConditions ? 40 : 60);

    [Fact]
    public void gives_the_same_shots_on_any_number_of_threads()
    {
        var random = new RandomStream(9);
        foreach (var anyConditions in new[] { false, true })
        {
            var circuit = AnyClifford.Measured(5, 40, anyConditions, ref random);
            var counts = StabilizerSimulator.Run(circuit, AnyClifford.At, 3000, seed: 1, new SimulationOptions { Threads = 1 });
            foreach (var threads in new[] { 2, 3 })
                StabilizerSimulator.Run(circuit, AnyClifford.At, 3000, seed: 1, new SimulationOptions { Threads = threads }).ShouldBe(counts);
        }
    }

    [Fact]
    public void measures_all_qubits_where_nothing_is_measured()
    {
        var counts = StabilizerSimulator.Run(Circuit.Build(3, c => c.H(0).Cx(0, 2)), [], 1000, seed: 2);
        counts.Select(o => o.Outcome).ShouldBe([0UL, 5UL]);
        counts.BitCount.ShouldBe(3);
    }

    [Fact]
    public void runs_a_thousand_qubits()
    {
        var clock = Stopwatch.StartNew();
        var shots = StabilizerSimulator.Sample(Circuit.Build(1000, c =>
        {
            c.H(0);
            for (var q = 1; q < 1000; q++) c.Cx(q - 1, q);
        }), [], 1000, seed: 3);
        shots.BitCount.ShouldBe(1000);
        for (var shot = 0; shot < 1000; shot++) shots.ToBits(shot).ShouldBeOneOf(new string('0', 1000), new string('1', 1000));
        // A fair coin: five standard deviations are 79.
        ((double)shots.CountOf(999)).ShouldBe(500, 79);
        StabilizerSimulator.Sample(The_stabilizer_state.Scrambled(1000, 20_000), [], 100, seed: 4).BitCount.ShouldBe(1000);
        clock.Elapsed.TotalSeconds.ShouldBeLessThan(30);
        Should.Throw<QuantumException>(() => shots.ToCounts()).Message.ShouldBe("Outcomes of 1000 bits are not counted: a count's outcome has at most 64. Read the shots one by one instead.");
    }

    [Fact]
    public void teleports()
    {
        // The state of qubit 0 arrives at qubit 2 through two measured bits: prepared in −i eigenstate of Y, it is found in it.
        var circuit = Circuit.Build(3, c => c.H(0).Sdg(0).H(1).Cx(1, 2).Cx(0, 1).H(0).Measure(0, 0).Measure(1, 1)
            .If([1], 1, then => then.X(2)).If([0], 1, then => then.Z(2)).S(2).H(2).Measure(2, 2));
        var counts = StabilizerSimulator.Run(circuit, [], 4000, seed: 5);
        counts.Where(o => (o.Outcome & 4) != 0).ShouldBeEmpty();
        counts.Count.ShouldBe(4);
    }
}
