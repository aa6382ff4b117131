using System.Globalization;

namespace QTrain.Cli.Devices;

/// <summary>A scale of colours for errors: dark is good, bright is bad, by the logarithm; readable without telling red from green.</summary>
internal sealed class ErrorColours
{
    // Viridis at nine places (van der Walt & Smith, CC0).
    private static readonly (int R, int G, int B)[] Scale =
        [(68, 1, 84), (71, 44, 122), (59, 81, 139), (44, 113, 142), (33, 144, 141), (39, 173, 129), (92, 200, 99), (170, 220, 50), (253, 231, 37)];

    private readonly double _low, _high;

    /// <param name="values">Every value that is drawn; a quantity of which high is good is given as its inverse.</param>
    public ErrorColours(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(v => v > 0).Order()];
        Low = sorted.Length > 0 ? sorted[0] : 1e-4;
        // A few that are far off would leave one colour to all others.
        High = sorted.Length > 0 ? sorted[Math.Max(0, (int)Math.Ceiling(0.97 * sorted.Length) - 1)] : 1e-1;
        if (High < Low * 1.0001) High = Low * 1.0001;
        (_low, _high) = (Math.Log(Low), Math.Log(High));
    }

    /// <summary>What the first colour stands for.</summary>
    public double Low { get; }

    /// <summary>What the last colour stands for: and for all that is worse.</summary>
    public double High { get; }

    public (int R, int G, int B) Of(double value) => At(value <= 0 ? 0 : Math.Clamp((Math.Log(value) - _low) / (_high - _low), 0, 1));

    /// <summary>The colour at a place of the scale, 0 to 1.</summary>
    public static (int R, int G, int B) At(double place)
    {
        var at = place * (Scale.Length - 1);
        var k = Math.Min((int)at, Scale.Length - 2);
        var (a, b, part) = (Scale[k], Scale[k + 1], at - k);
        return ((int)Math.Round(a.R + part * (b.R - a.R)), (int)Math.Round(a.G + part * (b.G - a.G)), (int)Math.Round(a.B + part * (b.B - a.B)));
    }

    /// <summary>Whether white letters are read better on a colour than black ones.</summary>
    public static bool IsDark((int R, int G, int B) colour) => 0.299 * colour.R + 0.587 * colour.G + 0.114 * colour.B < 140;

    public static string Hex((int R, int G, int B) colour) => string.Create(CultureInfo.InvariantCulture, $"#{colour.R:x2}{colour.G:x2}{colour.B:x2}");
}
