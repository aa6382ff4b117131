using QTrain.Operations.Dispatch;
using QTrain.Simulation;

namespace QTrain.Providers.Tests.Dispatch;

public sealed class Shots_of_two_calibrations
{
    [Theory]
    // Tables of the χ² distribution: Q(k/2, x/2).
    [InlineData(1, 3.841458820694124, 0.05), InlineData(2, 9.210340371976182, 0.01), InlineData(10, 18.307038053275146, 0.05), InlineData(30, 20.599234614585342, 0.90), InlineData(100, 149.4492526, 0.001)]
    public void are_tested_with_the_chi_squared_distribution(int degrees, double statistic, double probability) =>
        (Homogeneity.UpperGamma(degrees / 2.0, statistic / 2) / probability).ShouldBe(1, 1e-6);

    [Fact]
    public void of_one_distribution_are_told_apart_as_often_as_chance_allows()
    {
        var (apart, near, far) = (0, new[] { (0UL, 0.5), (1UL, 0.3), (2UL, 0.15), (3UL, 0.05) }, new[] { (0UL, 0.46), (1UL, 0.3), (2UL, 0.19), (3UL, 0.05) });
        for (ulong seed = 0; seed < 1000; seed++)
            if (Homogeneity.PValue(Counts.Draw(2, near, 500, 2 * seed), Counts.Draw(2, near, 900, 2 * seed + 1)) < 0.05) apart++;
        // 50 are expected; ±28 are four standard deviations.
        apart.ShouldBeInRange(22, 78);
        Homogeneity.PValue(Counts.Draw(2, near, 20_000, 1), Counts.Draw(2, far, 20_000, 2)).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void by_hand()
    {
        // 30/20 against 20/30: χ² = 4, p = 0.0455.
        Homogeneity.PValue(new Counts(1, [new(0, 30), new(1, 20)]), new Counts(1, [new(0, 20), new(1, 30)])).ShouldBe(0.04550026389635842, 1e-9);
        // Too few to tell: everything is put together.
        Homogeneity.PValue(new Counts(1, [new(0, 2)]), new Counts(1, [new(1, 2)])).ShouldBe(1);
    }
}
