using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using QTrain.Cli.Plots;

namespace QTrain.Cli.Tests.Plots;

public sealed partial class A_loss_curve
{
    private static readonly LossCurveOptions Molecule = new() { Title = "H2 <0.735 Å>", Unit = "hartree", KnownOptimum = -1.137306036 };

    [Fact]
    public void is_well_formed_xml_whatever_the_title_holds() =>
        XDocument.Parse(LossCurve.ToSvg([Falling("run")], Molecule)).Root!.Name.LocalName.ShouldBe("svg");

    [Fact]
    public void shows_the_distance_to_a_known_optimum_in_a_second_panel()
    {
        var svg = LossCurve.ToSvg([Falling("run")], Molecule);
        svg.ShouldContain("|loss − exact| (hartree)");
        svg.ShouldContain("chemical accuracy");
        LossCurve.ToSvg([Falling("run")], Molecule with { KnownOptimum = null }).ShouldNotContain("exact");
    }

    [Fact]
    public void falls_where_the_loss_falls()
    {
        var heights = Heights(LossCurve.ToSvg([Falling("run")], new LossCurveOptions()));
        heights.Count.ShouldBe(30);
        heights[^1].ShouldBeGreaterThan(heights[0] + 100);
        heights.Zip(heights.Skip(1)).ShouldAllBe(pair => pair.Second >= pair.First, "SVG counts downwards");
    }

    [Fact]
    public void leaves_a_gap_where_the_loss_is_not_finite()
    {
        var points = Falling("run").Points.ToArray();
        points[10] = points[10] with { Loss = double.NaN };
        Path(LossCurve.ToSvg([new LossSeries("run", points)], new LossCurveOptions())).Count(c => c == 'M').ShouldBe(2);
    }

    [Fact]
    public void shades_the_standard_error_of_measured_losses() =>
        LossCurve.ToSvg([new LossSeries("run", [new(0, 1, 0.1), new(1, 0.5, 0.1)])], new LossCurveOptions()).ShouldContain("fill-opacity");

    [Fact]
    public void thins_a_long_run_and_keeps_its_extremes()
    {
        var points = Enumerable.Range(0, 100_000).Select(k => new LossPoint(k, k == 54_321 ? -7 : Math.Sin(k))).ToArray();
        var svg = LossCurve.ToSvg([new LossSeries("run", points)], new LossCurveOptions());
        svg.Length.ShouldBeLessThan(100_000);
        Heights(svg).Max().ShouldBeGreaterThan(Heights(svg).Order().ElementAt(Heights(svg).Count - 2) + 50, "the one deep point is drawn");
    }

    [Fact]
    public void names_each_of_several_runs() =>
        LossCurve.ToSvg([Falling("first"), Falling("second")], Molecule).ShouldContain(">second<");

    [Fact]
    public void says_so_when_there_is_nothing_to_draw() =>
        Should.Throw<QuantumException>(() => LossCurve.ToSvg([new LossSeries("run", [new(0, double.NaN)])], new LossCurveOptions()))
            .Message.ShouldContain("no step of the run has a finite loss");

    [Theory]
    [InlineData(-1.14, -1.11)]
    [InlineData(0, 0)]
    [InlineData(1e-12, 3e-12)]
    [InlineData(-1e6, 1e6)]
    public void has_round_ticks_that_span_the_data(double low, double high)
    {
        var axis = Axis.Linear(low, high, 6);
        axis.Ticks.Count.ShouldBeInRange(3, 13);
        axis.Place(low).ShouldBeGreaterThanOrEqualTo(-1e-9);
        axis.Place(high).ShouldBeLessThanOrEqualTo(1 + 1e-9);
        axis.Ticks.Select(t => t.Label).ShouldBeUnique();
    }

    private static LossSeries Falling(string label) =>
        new(label, [.. Enumerable.Range(0, 30).Select(k => new LossPoint(k, -1.137306036 + 0.02 * Math.Exp(-0.4 * k)))]);

    private static string Path(string svg) => CurvePath().Match(svg).Groups[1].Value;

    private static List<double> Heights(string svg) =>
        [.. Coordinates().Matches(Path(svg)).Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex("<path d=\"([^\"]*)\" fill=\"none\"")]
    private static partial Regex CurvePath();

    [GeneratedRegex(@"[ML][\d.]+ ([\d.]+)")]
    private static partial Regex Coordinates();
}
