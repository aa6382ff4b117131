using System.Globalization;

namespace QTrain.Cli.Plots;

/// <summary>A scale with round ticks, linear or logarithmic.</summary>
internal sealed class Axis
{
    private readonly bool _logarithmic;
    private readonly double _low, _high;

    private Axis(bool logarithmic, double low, double high, IReadOnlyList<(double Value, string Label)> ticks)
    {
        (_logarithmic, _low, _high, Ticks) = (logarithmic, low, high, ticks);
    }

    /// <summary>Where the axis is labelled.</summary>
    public IReadOnlyList<(double Value, string Label)> Ticks { get; }

    /// <summary>A linear axis over a range, widened to round ends; about <paramref name="ticks"/> ticks at 1, 2 or 5 times a power of ten.</summary>
    public static Axis Linear(double low, double high, int ticks, bool wholeNumbers = false)
    {
        if (!(high > low))
        {
            // A flat curve still needs a scale to stand on.
            var margin = Math.Max(Math.Abs(low) * 1e-3, 1e-9);
            (low, high) = (low - margin, high + margin);
        }
        var step = Round((high - low) / ticks);
        if (wholeNumbers) step = Math.Max(1, Math.Round(step));
        var first = wholeNumbers ? low : Math.Floor(low / step) * step;
        var last = wholeNumbers ? high : Math.Ceiling(high / step) * step;
        var decimals = (int)Math.Clamp(Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 15);
        var marks = new List<(double, string)>();
        for (var k = 0; first + k * step <= last + step * 1e-6; k++)
        {
            // A tick is computed from its index, so that rounding does not add up along the axis.
            var value = Math.Round(first + k * step, Math.Min(15, decimals + 1));
            marks.Add((value, value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).Replace('-', '−')));
        }
        return new Axis(false, first, last, marks);
    }

    /// <summary>A logarithmic axis over whole decades.</summary>
    public static Axis Logarithmic(double low, double high)
    {
        var first = (int)Math.Floor(Math.Log10(Math.Max(low, 1e-300)) + 1e-9);
        var last = (int)Math.Ceiling(Math.Log10(Math.Max(high, 1e-300)) - 1e-9);
        if (last <= first) last = first + 1;
        var stride = (last - first + 5) / 6;
        var marks = new List<(double, string)>();
        for (var power = first; power <= last; power += Math.Max(1, stride))
            marks.Add((Math.Pow(10, power), "10" + Superscript(power)));
        return new Axis(true, Math.Pow(10, first), Math.Pow(10, last), marks);
    }

    /// <summary>Whether a value lies on the axis.</summary>
    public bool Holds(double value) => value >= _low && value <= _high;

    /// <summary>Where a value lies: 0 at the low end, 1 at the high end.</summary>
    public double Place(double value) => _logarithmic
        ? (Math.Log10(Math.Max(value, _low)) - Math.Log10(_low)) / (Math.Log10(_high) - Math.Log10(_low))
        : (value - _low) / (_high - _low);

    private static double Round(double raw)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
    }

    private static string Superscript(int power) =>
        string.Concat(power.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));
}
