using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Simulation;

public sealed class Sampling
{
    [Fact]
    public void follows_the_probabilities()
    {
        // χ² over 64 outcomes, 63 degrees of freedom: above 125.6 with probability 5·10⁻⁶ by chance; the seed is fixed.
        const int shots = 200_000;
        using var state = StateVector.FromAmplitudes(Any.Amplitudes(6, seed: 1));
        var counts = state.Sample(shots, seed: 2);
        counts.Total.ShouldBe(shots);
        ChiSquared(counts, state.Probabilities(), shots).ShouldBeInRange(25, 125.6);
    }

    [Fact]
    public void follows_the_probabilities_across_tiles_and_batches()
    {
        // 13 qubits are two tiles, 2²¹ shots two batches. χ² with 8,191 degrees of freedom: mean 8,191, standard deviation 128; six of them.
        const long shots = 1L << 21;
        using var state = StateVector.FromAmplitudes(Any.Amplitudes(13, seed: 3));
        var counts = state.Sample(shots, seed: 4);
        counts.Total.ShouldBe(shots);
        ChiSquared(counts, state.Probabilities(), shots).ShouldBeInRange(8191 - 6 * 128, 8191 + 6 * 128);
    }

    [Fact]
    public void of_some_qubits_follows_their_probabilities()
    {
        const int shots = 100_000;
        using var state = StateVector.FromAmplitudes(Any.Amplitudes(7, seed: 5));
        var counts = state.Sample(shots, seed: 6, 6, 2, 0);
        counts.BitCount.ShouldBe(3);
        // χ² with 7 degrees of freedom: above 40.5 with probability 10⁻⁶.
        ChiSquared(counts, state.Probabilities(6, 2, 0), shots).ShouldBeLessThan(40.5);
    }

    [Fact]
    public void never_yields_what_cannot_be()
    {
        using var state = StateVector.Zero(14);
        state.Apply(Circuit.Build(14, c =>
        {
            c.H(0);
            for (var q = 1; q < 14; q++) c.Cx(q - 1, q);
        }));
        var counts = state.Sample(100_000, seed: 7);
        counts.Select(o => o.Outcome).ShouldBe([0UL, (1UL << 14) - 1]);
        // A fair coin: six standard deviations are 949.
        counts.Of(0).ShouldBeInRange(50_000 - 949, 50_000 + 949);
    }

    [Fact]
    public void is_the_same_on_any_number_of_threads_and_at_any_width()
    {
        // Of the same amplitudes, which singles hold exactly, the same in both precisions too.
        using var state = StateVector.FromAmplitudes(Any.Amplitudes(15, seed: 11), new SimulationOptions { Threads = 1, Precision = Precision.Single });
        var counts = state.Sample(10_000, seed: 12);
        foreach (var precision in Precisions.All)
            foreach (var width in LaneWidths.All)
                foreach (var threads in (int[])[1, 2, 5])
                {
                    using var other = StateVector.FromAmplitudes(state.ToArray(), new SimulationOptions { Threads = threads, Width = width, Precision = precision });
                    other.Sample(10_000, seed: 12).ShouldBe(counts);
                }
    }

    [Fact]
    public void goes_on_where_a_stream_is()
    {
        using var state = StateVector.FromAmplitudes(Any.Amplitudes(8, seed: 8));
        var stream = new RandomStream(13);
        var first = state.Sample(1000, stream);
        stream.NextUInt64();
        state.Sample(1000, stream).ShouldNotBe(first);
    }

    [Fact]
    public void depends_on_the_seed_alone()
    {
        using var state = StateVector.FromAmplitudes(Any.Amplitudes(8, seed: 8));
        state.Sample(1000, seed: 9).ShouldBe(state.Sample(1000, seed: 9));
        state.Sample(1000, seed: 9).ShouldNotBe(state.Sample(1000, seed: 10));
        state.Sample(0, seed: 9).Total.ShouldBe(0);
    }

    [Fact]
    public void refuses_a_state_without_weight_and_negative_shots()
    {
        using var nothing = StateVector.FromAmplitudes(new Complex[4]);
        Should.Throw<QuantumException>(() => nothing.Sample(1, seed: 0)).Message
            .ShouldBe("The state cannot be measured: its norm squared is 0, where 1 is expected.");
        Should.Throw<QuantumException>(() => nothing.Sample(-1, seed: 0)).Message.ShouldBe("-1 shots cannot be taken: give 0 or more.");
    }

    internal static double ChiSquared(Counts counts, double[] probabilities, double shots)
    {
        var sum = 0.0;
        for (var outcome = 0; outcome < probabilities.Length; outcome++)
        {
            var expected = probabilities[outcome] * shots;
            var deviation = counts.Of((ulong)outcome) - expected;
            sum += deviation * deviation / expected;
        }
        return sum;
    }
}

public sealed class Counts_of_outcomes
{
    private static readonly Counts Bell = new(2, [new(3, 488), new(0, 512)]);

    [Fact]
    public void are_ordered_and_print_bit_0_rightmost()
    {
        Bell.ToString().ShouldBe("00: 512, 11: 488");
        new Counts(3, [new(1, 5)]).ToString().ShouldBe("001: 5");
        Bell.Total.ShouldBe(1000);
        Bell.Count.ShouldBe(2);
        Bell[1].ShouldBe(new OutcomeCount(3, 488));
    }

    [Fact]
    public void are_found_by_number_and_by_bits()
    {
        Bell.Of(3).ShouldBe(488);
        Bell.Of("11").ShouldBe(488);
        Bell.Of("01").ShouldBe(0);
        Bell.TryGet(1, out _).ShouldBeFalse();
        Should.Throw<QuantumException>(() => Bell.Of("2")).Message.ShouldBe("'2' is no outcome of 2 bits: write 2 digits 0 or 1, bit 0 rightmost.");
    }

    [Fact]
    public void are_values()
    {
        Bell.ShouldBe(new Counts(2, [new(0, 500), new(3, 488), new(0, 12), new(1, 0)]));
        (Bell == new Counts(3, Bell)).ShouldBeFalse();
        Bell.Add(Bell).Of(0).ShouldBe(1024);
        Bell.GetHashCode().ShouldBe(new Counts(2, [.. Bell]).GetHashCode());
    }

    [Fact]
    public void hold_64_bits()
    {
        var counts = new Counts(64, [new(ulong.MaxValue, 1)]);
        counts.ToBits(ulong.MaxValue).ShouldBe(new string('1', 64));
        counts.Of(new string('1', 64)).ShouldBe(1);
    }

    [Fact]
    public void refuse_what_cannot_be_counted()
    {
        Should.Throw<QuantumException>(() => new Counts(2, [new(4, 1)])).Message.ShouldBe("Outcome 4 has more than 2 bits.");
        Should.Throw<QuantumException>(() => new Counts(2, [new(1, -1)]));
        Should.Throw<QuantumException>(() => new Counts(65, []));
        Should.Throw<QuantumException>(() => Bell.Add(new Counts(3, [])));
    }
}

public sealed class Binomial_numbers
{
    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(20, 0.5)]
    [InlineData(40, 0.1)]
    [InlineData(60, 0.9)]
    [InlineData(64, 0.5)]
    [InlineData(500, 0.04)]
    public void follow_their_distribution(int trials, double p)
    {
        // χ² over the outcomes expected at least five times: six standard deviations √(2·degrees), and one outcome that is all others.
        const int draws = 200_000;
        var random = new RandomStream(31);
        var found = new double[trials + 1];
        for (var k = 0; k < draws; k++) found[Binomial.Draw(trials, p, 1 - p, ref random)]++;
        var (sum, degrees, restExpected, restFound, probability) = (0.0, 0, 0.0, 0.0, Math.Pow(1 - p, trials));
        for (var k = 0; k <= trials; k++)
        {
            var expected = draws * probability;
            if (expected < 5) (restExpected, restFound) = (restExpected + expected, restFound + found[k]);
            else (sum, degrees) = (sum + (found[k] - expected) * (found[k] - expected) / expected, degrees + 1);
            probability *= (trials - k) / (k + 1.0) * p / (1 - p);
        }
        if (restExpected >= 1) sum += (restFound - restExpected) * (restFound - restExpected) / restExpected;
        sum.ShouldBeLessThan(degrees + 6 * Math.Sqrt(2 * degrees) + 6);
    }

    [Fact]
    public void have_mean_and_variance_of_many_trials_and_no_chance_where_there_is_none()
    {
        const long trials = 1L << 40;
        var random = new RandomStream(32);
        var (sum, squares) = (0.0, 0.0);
        for (var k = 0; k < 10_000; k++)
        {
            var deviation = Binomial.Draw(trials, 1, 3, ref random) - trials / 4.0;
            (sum, squares) = (sum + deviation, squares + deviation * deviation);
        }
        var variance = trials * 3 / 16.0;
        // Five standard deviations of the mean, and of the variance, whose own is √(2/10,000).
        (sum / 10_000).ShouldBe(0, 5 * Math.Sqrt(variance / 10_000));
        (squares / 10_000 / variance).ShouldBe(1, 5 * Math.Sqrt(2.0 / 10_000));
        Binomial.Draw(7, 0, 1, ref random).ShouldBe(0);
        Binomial.Draw(7, 1, 0, ref random).ShouldBe(7);
        Binomial.Draw(0, 1, 1, ref random).ShouldBe(0);
        Binomial.Draw(10, 1e-300, 1, ref random).ShouldBe(0);
    }
}
