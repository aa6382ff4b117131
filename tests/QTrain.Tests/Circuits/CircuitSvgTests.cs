using System.Globalization;
using System.Xml.Linq;
using QTrain.Circuits;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Circuits;

public sealed class A_circuit_as_SVG
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void is_well_formed_whatever_the_circuit() => Law.ForAll(Any.UnitaryCircuit(), bound =>
    {
        var picture = XDocument.Parse(bound.Circuit.DrawSvg());
        picture.Root!.Name.ShouldBe(Svg + "svg");
        // A wire for every qubit, in every row.
        (Texts(picture).Count(t => t.StartsWith('q')) % bound.Circuit.QubitCount).ShouldBe(0);
    });

    [Fact]
    public void shows_gates_controls_measurements_and_conditions()
    {
        var circuit = Circuit.Build(qubits: 3, c => c.H(0).Cx(0, 1).Ry(Parameter.Named("theta0") * 2.0, 2).Measure(1, 0));
        var picture = XDocument.Parse(circuit.DrawSvg());
        var texts = Texts(picture);
        texts.ShouldContain("H");
        texts.ShouldContain("Ry");
        texts.ShouldContain("2·θ0");
        picture.Descendants(Svg + "circle").Count().ShouldBe(2);        // the control, and the ring of the target
    }

    [Fact]
    public void goes_on_in_rows_below_when_it_is_long()
    {
        var circuit = Circuit.Build(qubits: 2, c =>
        {
            for (var k = 0; k < 100; k++) c.H(0).Cx(0, 1);
        });
        var (wide, narrow) = (Size(circuit.DrawSvg(20_000)), Size(circuit.DrawSvg(600)));
        narrow.Width.ShouldBeLessThanOrEqualTo(600);
        narrow.Height.ShouldBeGreaterThan(5 * wide.Height);
    }

    [Fact]
    public void keeps_what_a_name_may_not_break()
    {
        var circuit = Circuit.Build(qubits: 1, c => c.Ry(Parameter.Named("a<b>&\"\u0007"), 0));
        Texts(XDocument.Parse(circuit.DrawSvg())).ShouldContain("a<b>&\"");
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(Math.PI, "π")]
    [InlineData(-Math.PI / 2, "−π/2")]
    [InlineData(3 * Math.PI / 4, "3π/4")]
    [InlineData(1.5707, "1.5707")]
    [InlineData(1e-9, "1e-9")]
    [InlineData(-12345678.9, "−1.23e+7")]
    public void writes_angles_as_people_do(double radians, string text) => AngleText.Radians(radians).ShouldBe(text);

    private static (double Width, double Height) Size(string svg)
    {
        var root = XDocument.Parse(svg).Root!;
        return (double.Parse(root.Attribute("width")!.Value, CultureInfo.InvariantCulture), double.Parse(root.Attribute("height")!.Value, CultureInfo.InvariantCulture));
    }

    private static List<string> Texts(XDocument picture) => [.. picture.Descendants(Svg + "text").Select(t => t.Value)];
}
