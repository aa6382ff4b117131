using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Shots;
using QTrain.Simulation;

namespace QTrain.Tests.Shots;

public sealed class An_energy_measured_with_shots
{
    private static readonly Parameter A = Parameter.Named("a"), B = Parameter.Named("b");

    private static readonly Circuit Ansatz = Circuit.Build(3, c => c.Ry(A, 0).Rx(B, 1).Cx(0, 1).Ry(0.7, 2).Cz(1, 2).Rx(0.4, 0));

    private static readonly PauliSum Observable = PauliSum.Parse("0.5*ZZI + 0.3*XIX - 0.7*IYI + 0.2*YYZ + 1.5 - 0.4*Z0 + 0.25*X2");

    private static readonly double[] At = [0.9, -0.4];

    private static double Exact
    {
        get
        {
            using var state = StateVector.Zero(3);
            state.Apply(Ansatz, At);
            return state.Expectation(Observable);
        }
    }

    /// <summary>400 repetitions of 500 shots: their mean must lie within five standard errors of the mean (false alarm: 6e-7).</summary>
    [Fact]
    public void is_unbiased()
    {
        var values = Repeat(400, shots: 500);
        var mean = values.Average(e => e.Value);
        Math.Abs(mean - Exact).ShouldBeLessThan(5 * Spread(values) / Math.Sqrt(values.Length));
    }

    /// <summary>The variance of 400 repetitions has a relative standard deviation of √(2/399) = 7 %, the spread therefore 3.5 %; five of those are allowed.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    public void has_a_standard_error_that_is_the_spread_of_repetitions(int shots)
    {
        var values = Repeat(400, shots);
        var stated = Math.Sqrt(values.Average(e => e.StandardError * e.StandardError));
        (stated / Spread(values)).ShouldBeInRange(1 - 5 * 0.035, 1 + 5 * 0.035);
    }

    /// <summary>About 68 % of estimates lie within one standard error; 400 repetitions give that to 2.3 %, five of those are allowed.</summary>
    [Fact]
    public void lies_within_its_standard_error_as_often_as_it_should() =>
        (Repeat(400, shots: 1000).Count(e => Math.Abs(e.Value - Exact) <= e.StandardError) / 400.0).ShouldBe(0.683, 5 * 0.023);

    [Fact]
    public void has_an_error_that_halves_with_four_times_the_shots()
    {
        var estimator = new ShotEstimator(Ansatz, Observable);
        var few = estimator.Measure(At, 10_000, new RandomStream(1));
        var many = estimator.Measure(At, 40_000, new RandomStream(2));
        (few.StandardError / many.StandardError).ShouldBe(2, 0.05);
    }

    [Fact]
    public void counts_the_shots_of_every_circuit()
    {
        var estimator = new ShotEstimator(Ansatz, Observable);
        estimator.CircuitCount.ShouldBe(estimator.Groups.Length);
        estimator.Measure(At, 100, new RandomStream(1)).Shots.ShouldBe(100 * estimator.CircuitCount);
    }

    [Fact]
    public void is_the_same_to_the_bit_for_the_same_seed_and_another_for_another()
    {
        var (once, again) = (new ShotEstimator(Ansatz, Observable), new ShotEstimator(Ansatz, Observable, new SimulationOptions { Threads = 1 }));
        var measured = once.Measure(At, 1000, new RandomStream(5, 3));
        once.Measure(At, 1000, new RandomStream(5, 3)).ShouldBe(measured);
        again.Measure(At, 1000, new RandomStream(5, 3)).ShouldBe(measured);
        once.Measure(At, 1000, new RandomStream(6, 3)).Value.ShouldNotBe(measured.Value);
    }

    [Fact]
    public void draws_the_groups_independently()
    {
        // In |0⟩ both X and Y are fair coins. Were they drawn from one stream, they would always agree.
        var estimator = new ShotEstimator(Circuit.Build(1, c => c.Id(0)), PauliSum.Parse("X + Y"));
        var spread = Spread([.. Enumerable.Range(0, 400).Select(k => estimator.Measure([], 100, new RandomStream(9, (ulong)k)))]);
        spread.ShouldBe(Math.Sqrt(2.0 / 100), 5 * 0.035 * Math.Sqrt(2.0 / 100));
    }

    [Fact]
    public void is_exact_without_error_in_an_eigenstate_of_every_group()
    {
        // The singlet: XX, YY and ZZ are each −1.
        var singlet = Circuit.Build(2, c => c.X(0).X(1).H(0).Cx(0, 1));
        var estimate = new ShotEstimator(singlet, PauliSum.Parse("XX + YY + ZZ + 0.25")).Measure([], 50, new RandomStream(3));
        estimate.ShouldBe(new Estimate(-2.75, 0, 150));
    }

    [Fact]
    public void of_a_single_shot_states_the_largest_error_there_can_be() =>
        new ShotEstimator(Circuit.Build(1, c => c.H(0)), PauliSum.Parse("2*Z")).Measure([], 1, new RandomStream(3)).StandardError.ShouldBe(2);

    [Fact]
    public void of_a_constant_is_the_constant_and_costs_nothing() =>
        new ShotEstimator(Ansatz, PauliSum.Parse("1.5", 3)).Measure(At, 100, new RandomStream(3)).ShouldBe(new Estimate(1.5, 0, 0));

    [Fact]
    public void of_a_diagonal_observable_runs_one_circuit()
    {
        var cut = PauliSum.Parse("0.5*ZZI + 0.5*IZZ + 0.5*ZIZ - 1.5");
        new ShotEstimator(Ansatz, cut).CircuitCount.ShouldBe(1);
    }

    [Fact]
    public void is_refused_where_it_cannot_be()
    {
        Should.Throw<QuantumException>(() => new ShotEstimator(Ansatz, PauliSum.Parse("ZZ"))).Message.ShouldBe(
            "The circuit has 3 qubits and the observable 2: they must be equal. Extend the smaller, an observable with ExtendTo.");
        Should.Throw<QuantumException>(() => new ShotEstimator(Circuit.Build(1, c => c.Measure(0, 0)), PauliSum.Parse("Z")));
        Should.Throw<NotHermitianException>(() => new ShotEstimator(Ansatz, PauliSum.Parse("(0+1i)*ZZZ")));
        var estimator = new ShotEstimator(Ansatz, Observable);
        Should.Throw<QuantumException>(() => estimator.Measure(At, 0, default)).Message.ShouldBe(
            "0 shots cannot be measured: ask for at least 1 for every circuit.");
        Should.Throw<ArgumentException>(() => estimator.Measure([0.1], 10, default));
    }

    private static Estimate[] Repeat(int times, int shots)
    {
        var estimator = new ShotEstimator(Ansatz, Observable);
        return [.. Enumerable.Range(0, times).Select(k => estimator.Measure(At, shots, new RandomStream(42).Child((ulong)k)))];
    }

    private static double Spread(Estimate[] values)
    {
        var mean = values.Average(e => e.Value);
        return Math.Sqrt(values.Sum(e => (e.Value - mean) * (e.Value - mean)) / (values.Length - 1));
    }
}
