using System.Globalization;
using System.Text;
using static QTrain.Cli.Plots.LossCurve;

namespace QTrain.Cli.Plots;

/// <summary>One rectangle of a plot with its two axes.</summary>
internal sealed class Panel(StringBuilder svg, Axis across, Axis up, double left, double top, double width, double height)
{
    /// <summary>A curve of more points than this is thinned: a screen or page cannot show more.</summary>
    private const int MostPoints = 1500;

    /// <summary>Draws the frame, the grid and the tick labels.</summary>
    public void Frame(bool showStepLabels)
    {
        foreach (var (value, label) in up.Ticks)
        {
            var y = Y(value);
            Line(left, y, left + width, y, "#e6e6e6", 1);
            LossCurve.Text(svg, left - 8, y + 4, label, "end");
        }
        foreach (var (value, label) in across.Ticks)
        {
            var x = X(value);
            Line(x, top + height, x, top + height + 5, "#222", 1);
            if (showStepLabels) LossCurve.Text(svg, x, top + height + 19, label, "middle");
        }
        svg.Append(CultureInfo.InvariantCulture,
            $"""<rect x="{N(left)}" y="{N(top)}" width="{N(width)}" height="{N(height)}" fill="none" stroke="#222"/>""").Append('\n');
    }

    /// <summary>Writes the name of the vertical axis beside it.</summary>
    public void Name(string text)
    {
        var y = top + height / 2;
        LossCurve.Text(svg, 16, y, text, "middle", string.Create(CultureInfo.InvariantCulture, $"transform=\"rotate(-90 16 {N(y)})\""));
    }

    /// <summary>Draws a horizontal line at a value, with its name at the right end.</summary>
    public void Level(double value, string name, bool dashed)
    {
        var y = Y(value);
        Line(left, y, left + width, y, "#777", 1, dashed ? "stroke-dasharray=\"6 4\"" : "");
        LossCurve.Text(svg, left + width - 6, y - 5 < top + 10 ? y + 14 : y - 5, name, "end", "fill=\"#555\" font-size=\"11\" stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\"");
    }

    /// <summary>Draws a curve; values that are not finite leave a gap.</summary>
    public void Curve(IReadOnlyList<LossPoint> points, string colour, Func<LossPoint, double> value)
    {
        var path = new StringBuilder();
        var drawing = false;
        var shown = Thin(points, value);
        foreach (var point in shown)
        {
            var v = value(point);
            if (!double.IsFinite(v))
            {
                drawing = false;
                continue;
            }
            path.Append(CultureInfo.InvariantCulture, $"{(drawing ? 'L' : 'M')}{N(X(point.Step))} {N(Y(v))}");
            drawing = true;
        }
        svg.Append(CultureInfo.InvariantCulture,
            $"""<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round"/>""").Append('\n');
        if (shown.Count > 40) return;
        foreach (var point in shown.Where(p => double.IsFinite(value(p))))
            svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{N(X(point.Step))}" cy="{N(Y(value(point)))}" r="2.6" fill="{colour}"/>""").Append('\n');
    }

    /// <summary>Shades ± one standard error around a curve measured with shots.</summary>
    public void Band(IReadOnlyList<LossPoint> points, string colour)
    {
        var shown = Thin([.. points.Where(p => double.IsFinite(p.Loss))], p => p.Loss);
        if (shown.All(p => p.StandardError == 0)) return;
        var path = new StringBuilder();
        foreach (var p in shown) path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{N(X(p.Step))} {N(Y(p.Loss + p.StandardError))}");
        foreach (var p in shown.Reverse()) path.Append(CultureInfo.InvariantCulture, $"L{N(X(p.Step))} {N(Y(p.Loss - p.StandardError))}");
        svg.Append(CultureInfo.InvariantCulture, $"""<path d="{path}Z" fill="{colour}" fill-opacity="0.18" stroke="none"/>""").Append('\n');
    }

    /// <summary>Keeps the lowest and the highest point of every stretch, so that a thinned curve has the same outline.</summary>
    private static IReadOnlyList<LossPoint> Thin(IReadOnlyList<LossPoint> points, Func<LossPoint, double> value)
    {
        if (points.Count <= MostPoints) return points;
        var kept = new List<LossPoint>(MostPoints);
        var stretches = MostPoints / 2;
        for (var s = 0; s < stretches; s++)
        {
            int from = (int)((long)points.Count * s / stretches), to = (int)((long)points.Count * (s + 1) / stretches);
            int low = from, high = from;
            for (var k = from; k < to; k++)
            {
                if (value(points[k]) < value(points[low])) low = k;
                if (value(points[k]) > value(points[high])) high = k;
            }
            kept.Add(points[Math.Min(low, high)]);
            if (low != high) kept.Add(points[Math.Max(low, high)]);
        }
        if (kept[^1].Step != points[^1].Step) kept.Add(points[^1]);
        return kept;
    }

    private double X(double value) => left + across.Place(value) * width;

    private double Y(double value) => top + height - up.Place(value) * height;

    private void Line(double x1, double y1, double x2, double y2, string colour, double thickness, string attributes = "") =>
        svg.Append(CultureInfo.InvariantCulture,
            $"<line x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\" stroke=\"{colour}\" stroke-width=\"{N(thickness)}\" {attributes}/>\n");
}
