using QTrain.Cli.Train;

namespace QTrain.Cli.Tests;

public sealed class The_small_loss_chart
{
    [Fact]
    public void has_the_size_that_was_asked_for_whatever_it_shows()
    {
        foreach (var losses in (double[][])[[], [1], [double.NaN], [1, 1, 1], [double.NegativeInfinity, 3], [.. Enumerable.Range(0, 1000).Select(k => (double)k)]])
        {
            var chart = LossChart.Draw(losses, 20, 4);
            chart.Length.ShouldBe(4);
            chart.ShouldAllBe(row => row.Length == 20 && row.All(c => c >= '\u2800' && c <= '\u28ff'));
        }
    }

    [Fact]
    public void falls_from_the_upper_left_to_the_lower_right()
    {
        var chart = LossChart.Draw([.. Enumerable.Range(0, 40).Select(k => -(double)k)], 20, 5);
        chart[0][0].ShouldNotBe('\u2800');
        chart[^1][^1].ShouldNotBe('\u2800');
        chart[^1][0].ShouldBe('\u2800');
        chart[0][^1].ShouldBe('\u2800');
    }

    [Fact]
    public void counts_the_powers_of_ten_to_a_known_optimum()
    {
        // 1, 0.1, 0.01 … above the optimum are evenly spaced, so the middle of five is in the middle row.
        var chart = LossChart.Draw([1 + 1, 1 + 1e-1, 1 + 1e-2, 1 + 1e-3, 1 + 1e-4], 3, 5, optimum: 1);
        chart[2][1].ShouldNotBe('\u2800');
    }
}
