using System.Globalization;

namespace QTrain.Circuits;

/// <summary>How long something physical takes: seconds, and units of <c>dt</c> where these were given. What a dt is in seconds is for a device to
/// say (IBM's is its sampling time, 2/9 ns for example), so that dt stay dt until one does.</summary>
/// <param name="Seconds">The part in seconds.</param>
/// <param name="Dt">The part in units of dt.</param>
public readonly record struct Duration(double Seconds, double Dt = 0)
{
    // Smaller units first: 100ns rather than 0.1us.
    private static readonly (string Unit, double PerSecond)[] Units = [("ns", 1e9), ("us", 1e6), ("ms", 1e3), ("s", 1)];

    /// <summary>No time.</summary>
    public static Duration Zero => default;

    /// <summary>Whether it is a number that is not negative, in both its parts.</summary>
    public bool IsPossible => double.IsFinite(Seconds) && Seconds >= 0 && double.IsFinite(Dt) && Dt >= 0;

    /// <summary>So many seconds.</summary>
    public static Duration FromSeconds(double seconds) => new(seconds);

    /// <summary>So many nanoseconds.</summary>
    public static Duration FromNanoseconds(double nanoseconds) => new(nanoseconds / 1e9);

    /// <summary>So many units of dt.</summary>
    public static Duration FromDt(double dt) => new(0, dt);

    /// <summary>The whole in seconds; null when it has dt and nobody says what these are.</summary>
    /// <param name="dtSeconds">What a dt is in seconds; null: not known.</param>
    public double? InSeconds(double? dtSeconds = null) => Dt == 0 ? Seconds : dtSeconds is { } dt ? Seconds + Dt * dt : null;

    /// <summary>One after the other.</summary>
    public static Duration operator +(Duration left, Duration right) => new(left.Seconds + right.Seconds, left.Dt + right.Dt);

    /// <summary>The duration as OpenQASM writes it, exactly: <c>100ns</c>, <c>160dt</c>, <c>1us + 16dt</c>.</summary>
    public override string ToString() =>
        Dt == 0 ? OfSeconds() : Seconds == 0 ? $"{Dt.ToString("R", CultureInfo.InvariantCulture)}dt" : $"{OfSeconds()} + {Dt.ToString("R", CultureInfo.InvariantCulture)}dt";

    // The unit whose number is shortest and still gives the same double.
    private string OfSeconds()
    {
        var best = "";
        foreach (var (unit, perSecond) in Units)
        {
            var number = Seconds * perSecond;
            // A product may miss the number that was divided by the last bit.
            foreach (var candidate in (ReadOnlySpan<double>)[Math.Round(number), Math.Round(number, 6), number])
            {
                if (candidate / perSecond != Seconds) continue;
                var text = candidate.ToString("R", CultureInfo.InvariantCulture) + unit;
                if (best.Length == 0 || text.Length < best.Length) best = text;
                break;
            }
        }
        return best;
    }
}
