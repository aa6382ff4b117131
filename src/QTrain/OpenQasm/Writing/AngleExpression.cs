using System.Globalization;
using System.Text;
using QTrain.Circuits;

namespace QTrain.OpenQasm.Writing;

/// <summary>Angles as programs write them.</summary>
internal static class AngleExpression
{
    /// <summary>The number exactly: as a fraction of pi where computing it gives the same double, else in digits that do.</summary>
    public static string Of(double angle)
    {
        if (angle == 0) return "0";
        for (var divisor = 1; divisor <= 64; divisor = divisor < 16 ? divisor + 1 : divisor * 2)
        {
            var factor = Math.Round(angle * divisor / Math.PI);
            if (factor == 0 || Math.Abs(factor) > 64 || factor * Math.PI / divisor != angle) continue;
            var text = Math.Abs(factor) == 1 ? "pi" : string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(factor)}*pi");
            return (factor < 0 ? "-" : "") + text + (divisor == 1 ? "" : "/" + divisor.ToString(CultureInfo.InvariantCulture));
        }
        var digits = angle.ToString("R", CultureInfo.InvariantCulture);
        // A whole number would be taken for one.
        return digits.Contains('.', StringComparison.Ordinal) ? digits : digits.Contains('E', StringComparison.Ordinal) ? digits.Replace("E", ".0E", StringComparison.Ordinal) : digits + ".0";
    }

    /// <summary>An expression in parameters.</summary>
    public static string Of(Angle angle, Func<Parameter, string> name)
    {
        if (angle.IsConstant) return Of(angle.Constant);
        var text = new StringBuilder();
        foreach (var (parameter, coefficient) in angle.Terms)
        {
            text.Append(text.Length == 0 ? (coefficient < 0 ? "-" : "") : coefficient < 0 ? " - " : " + ");
            if (Math.Abs(coefficient) != 1) text.Append(Of(Math.Abs(coefficient))).Append('*');
            text.Append(name(parameter));
        }
        if (angle.Constant != 0) text.Append(angle.Constant < 0 ? " - " : " + ").Append(Of(Math.Abs(angle.Constant)));
        return text.ToString();
    }
}
