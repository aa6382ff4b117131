using System.Globalization;

namespace QTrain.Cli.Terminal;

/// <summary>Numbers as people read them.</summary>
internal static class Show
{
    public static string Loss(double value) => !double.IsFinite(value) ? "not finite"
        : value.ToString(Math.Abs(value) < 1e9 ? "F9" : "0.000000000e+00", CultureInfo.InvariantCulture);

    public static string Loss(double value, double standardError) =>
        standardError > 0 ? $"{Estimated(value)} ± {Estimated(standardError)}" : Loss(value);

    private static string Estimated(double value) => value.ToString(Math.Abs(value) < 1e9 ? "F6" : "0.000000e+00", CultureInfo.InvariantCulture);

    public static string Small(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("0.0e+00", CultureInfo.InvariantCulture) : "–";

    /// <summary>A difference from the exact value; molecules are compared in thousandths of a hartree.</summary>
    public static string Difference(double value, string unit) => unit == "hartree"
        && Math.Abs(value) < 1e6 ? $"{(value * 1000).ToString("+0.000000;-0.000000;0.000000", CultureInfo.InvariantCulture)} mhartree"
        : $"{value.ToString("+0.0e+00;-0.0e+00;0", CultureInfo.InvariantCulture)}{(unit.Length > 0 ? " " + unit : "")}";

    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>So many of something: <c>1 qubit</c>, <c>12,000 qubits</c>.</summary>
    public static string Count(long value, string one) => $"{Count(value)} {one}{(value == 1 ? "" : "s")}";

    public static string Time(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s",
        { TotalMinutes: < 2 } => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s",
        { TotalHours: < 2 } => $"{(int)time.TotalMinutes} min {time.Seconds} s",
        { TotalDays: < 2 } => $"{(int)time.TotalHours} h {time.Minutes} min",
        _ => $"{(int)time.TotalDays} d {time.Hours} h",
    };

    public static string Bytes(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        var unit = 0;
        while (bytes >= 1024 && unit < units.Length - 1) (bytes, unit) = (bytes / 1024, unit + 1);
        return bytes.ToString(bytes < 10 && unit > 0 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    public static string Unit(string unit) => unit.Length > 0 ? " " + unit : "";
}
