using System.Globalization;

namespace QTrain.Operations.Advice;

/// <summary>Figures in sentences.</summary>
internal static class Figures
{
    public static string Count(double value) => value < 1e7 ? value.ToString("#,0", CultureInfo.InvariantCulture) : value.ToString("0.0e+0", CultureInfo.InvariantCulture);

    public static string Small(double value) => value.ToString(value is >= 1e-3 and < 1e4 ? "0.####" : "0.0e+0", CultureInfo.InvariantCulture);

    public static string Percent(double value) => value >= 0.1 ? (100 * value).ToString("0", CultureInfo.InvariantCulture) + " %" : (100 * value).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    public static string Energy(double value, string unit) => unit == "hartree" ? (1000 * value).ToString("0.0##", CultureInfo.InvariantCulture) + " mhartree" : Small(value) + (unit.Length > 0 ? " " + unit : "");

    public static string Time(double seconds) => seconds switch
    {
        < 1e-6 => $"{(seconds * 1e9).ToString("0", CultureInfo.InvariantCulture)} ns",
        < 1e-3 => $"{(seconds * 1e6).ToString("0.0", CultureInfo.InvariantCulture)} µs",
        < 1 => $"{(seconds * 1e3).ToString("0.0", CultureInfo.InvariantCulture)} ms",
        < 120 => $"{seconds.ToString("0", CultureInfo.InvariantCulture)} s",
        < 7200 => $"{(seconds / 60).ToString("0", CultureInfo.InvariantCulture)} min",
        < 172_800 => $"{(seconds / 3600).ToString("0", CultureInfo.InvariantCulture)} h",
        < 1e9 => $"{(seconds / 86400).ToString("#,0", CultureInfo.InvariantCulture)} days",
        _ => $"{(seconds / 3.15576e7).ToString("0.0e+0", CultureInfo.InvariantCulture)} years",
    };

    public static string Bytes(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        var unit = 0;
        while (bytes >= 1024 && unit < units.Length - 1) (bytes, unit) = (bytes / 1024, unit + 1);
        return bytes.ToString(bytes < 10 && unit > 0 ? "0.0" : bytes >= 1e6 ? "0.0e+0" : "0", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
