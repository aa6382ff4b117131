using System.Globalization;
using System.Security;
using System.Text;
using QTrain.Devices;

namespace QTrain.Cli.Devices;

/// <summary>A device's map as SVG: for papers and pages, on white.</summary>
internal static class DeviceMapSvg
{
    private const double Step = 46, Radius = 15, Margin = 34, Head = 58, Foot = 74, LeastWidth = 540;

    public static string Draw(DeviceMap map)
    {
        var places = map.Layout.Places;
        var (wide, high) = (places.Max(p => p.X) * Step, places.Max(p => p.Y) * Step);
        var width = Math.Max(wide + 2 * (Margin + Radius), LeastWidth);
        var left = (width - wide) / 2;
        var height = Head + high + 2 * Radius + Foot + 12;
        var svg = new StringBuilder();
        svg.Append(Text($"""<svg xmlns="http://www.w3.org/2000/svg" width="{width:0}" height="{height:0}" viewBox="0 0 {width:0} {height:0}" font-family="Helvetica, Arial, sans-serif">""")).Append('\n');
        svg.Append("""<rect width="100%" height="100%" fill="#ffffff"/>""").Append('\n');
        svg.Append(Text($"""<text x="{width / 2:0.#}" y="24" text-anchor="middle" font-size="17" font-weight="bold" fill="#222222">{Escaped(map.Device.Device)}</text>""")).Append('\n');
        var about = $"{map.Device.Qubits.Length} qubits, {DeviceCatalog.Text(map.Device.TakenAt)}{(map.Summary.TwoQubitError is { } error ? $", median {map.Summary.Entanglers.First()} error {error}" : "")}";
        svg.Append(Text($"""<text x="{width / 2:0.#}" y="43" text-anchor="middle" font-size="12" fill="#555555">{Escaped(about)}</text>""")).Append('\n');

        if (map.Device.IsFullyConnected)
            svg.Append(Text($"""<text x="{width / 2:0.#}" y="{Y(places.Max(p => p.Y) / 2) + 4:0.#}" text-anchor="middle" font-size="12" fill="#555555">all to all</text>""")).Append('\n');
        // The worst lines last, so that they lie on top.
        foreach (var (pair, pairError, isDisabled) in map.Edges.OrderBy(e => e.Error?.Value ?? -1))
        {
            var (a, b) = (places[pair.First], places[pair.Second]);
            var (colour, dash) = isDisabled || pairError is null ? ("#b0b0b0", isDisabled ? " stroke-dasharray=\"3 4\"" : " stroke-dasharray=\"1 3\"") : (ErrorColours.Hex(map.EdgeColours.Of(pairError.Value.Value)), "");
            var title = $"{pair}: {(isDisabled ? "disabled" : pairError is { } known ? $"{map.EdgeTitle} {known}" : "not known")}";
            svg.Append(Text($"""<line x1="{X(a.X):0.#}" y1="{Y(a.Y):0.#}" x2="{X(b.X):0.#}" y2="{Y(b.Y):0.#}" stroke="{colour}" stroke-width="{(isDisabled ? 3 : 7)}" stroke-linecap="round"{dash}><title>{Escaped(title)}</title></line>""")).Append('\n');
        }
        for (var q = 0; q < places.Length; q++)
        {
            var (x, y) = (X(places[q].X), Y(places[q].Y));
            var (fill, ink, line) = ("#ffffff", "#777777", "#b0b0b0");
            if (map.Values[q] is { } value)
            {
                var colour = map.QubitColours.Of(map.Badness(value));
                (fill, ink, line) = (ErrorColours.Hex(colour), ErrorColours.IsDark(colour) ? "#ffffff" : "#000000", "#ffffff");
            }
            var state = !map.Device.Qubits[q].IsEnabled ? "disabled" : map.Values[q] is { } shown ? $"{map.QubitTitle} {shown}" : $"{map.QubitTitle} not known";
            var name = map.Device.Qubits[q].Label is { } label ? $"{q} ({label})" : $"{q}";
            svg.Append(Text($"""<circle cx="{x:0.#}" cy="{y:0.#}" r="{Radius}" fill="{fill}" stroke="{line}" stroke-width="1.5"><title>{Escaped($"qubit {name}: {state}")}</title></circle>""")).Append('\n');
            svg.Append(Text($"""<text x="{x:0.#}" y="{y + 4:0.#}" text-anchor="middle" font-size="11" fill="{ink}" pointer-events="none">{q}</text>""")).Append('\n');
        }
        var foot = height - Foot + 26;
        Legend(svg, 24, foot, (width - 72) / 2, $"qubits: {map.QubitTitle}", map.QubitScale(map.QubitColours.Low), map.QubitScale(map.QubitColours.High));
        if (map.Edges.Any(e => e.Error is not null))
            Legend(svg, 48 + (width - 72) / 2, foot, (width - 72) / 2, $"lines: {map.EdgeTitle}" + (map.Edges.Count(e => e.IsDisabled) is > 0 and var off ? $" (dashed: {off} disabled)" : ""),
                CalibratedValue.Probability(map.EdgeColours.Low), CalibratedValue.Probability(map.EdgeColours.High));
        return svg.Append("</svg>\n").ToString();

        double X(double x) => left + x * Step;

        double Y(double y) => Head + Radius + y * Step;
    }

    private static void Legend(StringBuilder svg, double x, double y, double width, string title, CalibratedValue low, CalibratedValue high)
    {
        const int parts = 48;
        svg.Append(Text($"""<text x="{x:0.#}" y="{y - 7:0.#}" font-size="11" fill="#444444">{Escaped(title)}</text>""")).Append('\n');
        for (var k = 0; k < parts; k++)
            svg.Append(Text($"""<rect x="{x + k * width / parts:0.##}" y="{y:0.#}" width="{width / parts + 0.6:0.##}" height="10" fill="{ErrorColours.Hex(ErrorColours.At(k / (parts - 1.0)))}"/>"""));
        svg.Append('\n');
        svg.Append(Text($"""<text x="{x:0.#}" y="{y + 24:0.#}" font-size="11" fill="#444444">{Escaped(low.ToString())}</text>"""));
        svg.Append(Text($"""<text x="{x + width:0.#}" y="{y + 24:0.#}" font-size="11" text-anchor="end" fill="#444444">{Escaped(high.ToString())}</text>""")).Append('\n');
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Escaped(string text) => SecurityElement.Escape(text);
}
