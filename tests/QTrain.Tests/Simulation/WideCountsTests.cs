using QTrain.Simulation;

namespace QTrain.Tests.Simulation;

public sealed class Counts_of_wide_outcomes
{
    [Fact]
    public void are_values_in_order_of_the_outcome()
    {
        var counts = new WideCounts(3, [new("110", 2), new("001", 1), new("110", 3), new("000", 0)]);
        counts.ToString().ShouldBe("001: 1, 110: 5");
        (counts.Total, counts.Count, counts.Of("110"), counts.Of("111")).ShouldBe((6, 2, 5, 0));
        counts.ShouldBe(new WideCounts(3, [new("001", 1), new("110", 5)]));
        counts.ShouldNotBe(new WideCounts(3, [new("001", 1), new("110", 4)]));
        counts.ToCounts().ShouldBe(new Counts(3, [new(1, 1), new(6, 5)]));
    }

    [Fact]
    public void refuse_what_cannot_be_counted()
    {
        Should.Throw<QuantumException>(() => new WideCounts(2, [new("0", 1)])).Message.ShouldBe("'0' is no outcome of 2 bits: write 2 digits 0 or 1, bit 0 rightmost.");
        Should.Throw<QuantumException>(() => new WideCounts(2, [new("01", -1)])).Message.ShouldBe("Outcome 01 was counted -1 times: counts are not negative.");
        Should.Throw<QuantumException>(() => new WideCounts(70, [new(new string('1', 70), 1)]).ToCounts());
    }
}
