using System.Globalization;

namespace QTrain.Devices;

/// <summary>What a calibrated number counts.</summary>
public enum CalibrationUnit
{
    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>Hertz.</summary>
    Hertz,

    /// <summary>A probability, or an average gate infidelity: 0 to 1.</summary>
    Probability,
}

/// <summary>A number somebody measured on a device.</summary>
/// <param name="Value">The number, in its unit; finite.</param>
/// <param name="Unit">The unit.</param>
/// <param name="MeasuredAt">When it was measured; null where the source does not say.</param>
/// <param name="Uncertainty">Its standard error, in the same unit; null where the source gives none.</param>
public readonly record struct CalibratedValue(double Value, CalibrationUnit Unit, DateTimeOffset? MeasuredAt = null, double? Uncertainty = null)
{
    /// <summary>A time in seconds.</summary>
    public static CalibratedValue Seconds(double value, DateTimeOffset? measuredAt = null, double? uncertainty = null) =>
        new(value, CalibrationUnit.Seconds, measuredAt, uncertainty);

    /// <summary>A frequency in hertz.</summary>
    public static CalibratedValue Hertz(double value, DateTimeOffset? measuredAt = null, double? uncertainty = null) =>
        new(value, CalibrationUnit.Hertz, measuredAt, uncertainty);

    /// <summary>A probability or infidelity.</summary>
    public static CalibratedValue Probability(double value, DateTimeOffset? measuredAt = null, double? uncertainty = null) =>
        new(value, CalibrationUnit.Probability, measuredAt, uncertainty);

    /// <summary>The number as people read it: <c>131.5 µs</c>, <c>4.963 GHz</c>, <c>7.79e-03</c>.</summary>
    public override string ToString()
    {
        var (value, magnitude) = (Value, Math.Abs(Value));
        return Unit switch
        {
            CalibrationUnit.Seconds => magnitude switch
            {
                0 => "0 s",
                < 1e-6 => Text(value * 1e9) + " ns",
                < 1e-3 => Text(value * 1e6) + " µs",
                < 1 => Text(value * 1e3) + " ms",
                _ => Text(value) + " s",
            },
            CalibrationUnit.Hertz => magnitude >= 1e9 ? Text(value / 1e9) + " GHz" : magnitude >= 1e6 ? Text(value / 1e6) + " MHz" : Text(value) + " Hz",
            _ => magnitude is 0 ? "0" : magnitude >= 0.1 ? value.ToString("0.000", CultureInfo.InvariantCulture) : value.ToString("0.00e-00", CultureInfo.InvariantCulture),
        };
    }

    private static string Text(double value) => value.ToString(Math.Abs(value) switch { >= 1000 => "0", >= 100 => "0.0", >= 10 => "0.00", _ => "0.000" }, CultureInfo.InvariantCulture);
}
