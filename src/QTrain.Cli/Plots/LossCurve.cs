using System.Globalization;
using System.Text;

namespace QTrain.Cli.Plots;

/// <summary>The losses of one run, in order of its steps.</summary>
/// <param name="Label">What the legend says.</param>
/// <param name="Points">The steps.</param>
internal sealed record LossSeries(string Label, IReadOnlyList<LossPoint> Points);

/// <summary>One step of a loss curve. A loss that is not finite leaves a gap.</summary>
/// <param name="Step">The step; 0 is the start.</param>
/// <param name="Loss">The loss.</param>
/// <param name="StandardError">Its standard error; 0 when exact.</param>
internal readonly record struct LossPoint(int Step, double Loss, double StandardError = 0);

/// <summary>What stands around a loss curve.</summary>
internal sealed record LossCurveOptions
{
    /// <summary>The heading; empty: none.</summary>
    public string Title { get; init; } = "";

    /// <summary>The name of the vertical axis.</summary>
    public string LossName { get; init; } = "Loss";

    /// <summary>The unit of the loss, such as <c>hartree</c>; empty where it has none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The exact optimum: drawn as a dashed line, and a second panel shows the distance to it on a logarithmic axis.</summary>
    public double? KnownOptimum { get; init; }
}

/// <summary>Draws loss curves as SVG fit for a paper: vector, legible in print, in colours that colour-blind readers can tell apart.</summary>
internal static class LossCurve
{
    private const double Width = 640, Left = 84, Right = 20, PanelHeight = 250, ErrorPanelHeight = 180, Gap = 26, Bottom = 48;

    /// <summary>1 kcal/mol, the accuracy chemists ask for, in hartree.</summary>
    private const double ChemicalAccuracyHartree = 1.6e-3;

    // Okabe & Ito 2008, "Color universal design".
    private static readonly string[] Palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

    /// <summary>The drawing as a complete SVG document.</summary>
    /// <exception cref="QuantumException">No series has a finite loss.</exception>
    public static string ToSvg(IReadOnlyList<LossSeries> series, LossCurveOptions options)
    {
        var finite = series.SelectMany(s => s.Points).Where(p => double.IsFinite(p.Loss)).ToArray();
        if (finite.Length == 0) throw new QuantumException("There is nothing to plot: no step of the run has a finite loss yet.");
        var legend = series.Count > 1;
        var top = (options.Title.Length > 0 ? 40.0 : 16.0) + (legend ? 18 * series.Count + 4 : 0);
        var steps = Axis.Linear(0, Math.Max(1, finite.Max(p => p.Step)), 7, wholeNumbers: true);
        var withError = options.KnownOptimum is { } exact
            && finite.Any(p => Math.Abs(p.Loss - exact) > 0);
        var height = top + PanelHeight + (withError ? Gap + ErrorPanelHeight : 0) + Bottom;

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{N(height)}" viewBox="0 0 {Width} {N(height)}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#222">
            <rect width="100%" height="100%" fill="#fff"/>

            """);
        if (options.Title.Length > 0) Text(svg, Width / 2, 24, options.Title, "middle", """font-size="14" font-weight="bold" """);
        if (legend) Legend(svg, series, options.Title.Length > 0 ? 44 : 20);

        var low = finite.Min(p => p.Loss - p.StandardError);
        var high = finite.Max(p => p.Loss + p.StandardError);
        if (options.KnownOptimum is { } optimum) (low, high) = (Math.Min(low, optimum), Math.Max(high, optimum));
        var losses = Axis.Linear(low, high, 6);
        var panel = new Panel(svg, steps, losses, Left, top, Width - Left - Right, PanelHeight);
        panel.Frame(showStepLabels: !withError);
        panel.Name(options.Unit.Length > 0 ? $"{options.LossName} ({options.Unit})" : options.LossName);
        for (var k = 0; k < series.Count; k++) panel.Band(series[k].Points, Palette[k % Palette.Length]);
        if (options.KnownOptimum is { } line) panel.Level(line, "exact", dashed: true);
        for (var k = 0; k < series.Count; k++) panel.Curve(series[k].Points, Palette[k % Palette.Length], p => p.Loss);

        if (withError)
        {
            var target = options.KnownOptimum!.Value;
            double Distance(LossPoint p) => Math.Abs(p.Loss - target);
            var distances = finite.Select(Distance).Where(d => d > 0).ToArray();
            var errors = Axis.Logarithmic(distances.Min(), distances.Max());
            var lower = new Panel(svg, steps, errors, Left, top + PanelHeight + Gap, Width - Left - Right, ErrorPanelHeight);
            lower.Frame(showStepLabels: true);
            lower.Name(options.Unit.Length > 0 ? $"|loss − exact| ({options.Unit})" : "|loss − exact|");
            if (options.Unit == "hartree" && errors.Holds(ChemicalAccuracyHartree)) lower.Level(ChemicalAccuracyHartree, "chemical accuracy", dashed: true);
            for (var k = 0; k < series.Count; k++) lower.Curve(series[k].Points, Palette[k % Palette.Length], Distance);
        }
        Text(svg, Left + (Width - Left - Right) / 2, height - 12, "Step", "middle");
        return svg.Append("</svg>\n").ToString();
    }

    private static void Legend(StringBuilder svg, IReadOnlyList<LossSeries> series, double y)
    {
        for (var k = 0; k < series.Count; k++, y += 18)
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"""<line x1="{Left}" x2="{Left + 24}" y1="{N(y - 4)}" y2="{N(y - 4)}" stroke="{Palette[k % Palette.Length]}" stroke-width="2"/>""");
            Text(svg, Left + 32, y, series[k].Label, "start");
        }
    }

    internal static void Text(StringBuilder svg, double x, double y, string text, string anchor, string attributes = "") =>
        svg.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{N(x)}\" y=\"{N(y)}\" text-anchor=\"{anchor}\" {attributes}>{System.Security.SecurityElement.Escape(text)}</text>\n");

    /// <summary>Two decimals place a stroke to a fiftieth of a point; more only bloats the file.</summary>
    internal static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
