using QTrain.Simulation;

namespace QTrain.Tests.Simulation;

public sealed class The_distance_of_outcomes
{
    [Fact]
    public void is_that_of_the_definitions()
    {
        var (p, q) = (new Dictionary<ulong, double> { [0] = 0.5, [3] = 0.5 }, new Dictionary<ulong, double> { [0] = 0.4, [1] = 0.1, [3] = 0.5 });
        OutcomeDistance.TotalVariation(p, q).ShouldBe(0.1, 1e-15);
        OutcomeDistance.Hellinger(p, q).ShouldBe(Math.Sqrt((Math.Pow(Math.Sqrt(0.5) - Math.Sqrt(0.4), 2) + 0.1) / 2), 1e-15);
        OutcomeDistance.TotalVariation(p, p).ShouldBe(0);
        var far = new Dictionary<ulong, double> { [1] = 1 };
        OutcomeDistance.TotalVariation(p, far).ShouldBe(1);
        OutcomeDistance.Hellinger(p, far).ShouldBe(1, 1e-15);
        OutcomeDistance.Shares(new Counts(2, [new(0, 3), new(2, 1)])).ShouldBe(new Dictionary<ulong, double> { [0] = 0.75, [2] = 0.25 });
        Should.Throw<QuantumException>(() => OutcomeDistance.Hellinger(p, new Dictionary<ulong, double> { [0] = -1 })).Message.ShouldContain("not negative");
    }
}
