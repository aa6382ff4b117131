using System.Collections.Immutable;
using QTrain.Numerics;

namespace QTrain.Devices;

/// <summary>How a device moves away from its snapshot, and is calibrated anew: a simple model, every number of which can be set.</summary>
/// <remarks>
/// Each value is its snapshot's times exp(σ·x(t)), where x is a Gaussian process of unit variance: independent normal numbers at every multiple of
/// <see cref="CorrelationTime"/>, joined in between; it begins with 0, so that a device begins as its snapshot. Errors of gates moreover grow by
/// <see cref="ErrorGrowthPerDay"/> since the last recalibration, which sets that growth back. What the device reports is what was true at the last
/// recalibration; what acts on circuits is what is true now. Every number is drawn by seed, value and time alone, so that any moment can be
/// asked for at once and in any order.
/// </remarks>
public sealed record DriftProcess
{
    /// <summary>Nothing moves.</summary>
    public static DriftProcess None { get; } = new() { RelaxationSpread = 0, ErrorSpread = 0, ReadoutSpread = 0, ErrorGrowthPerDay = 0, RecalibrationPeriod = TimeSpan.Zero };

    /// <summary>A superconducting device that is calibrated daily.</summary>
    public static DriftProcess Daily { get; } = new();

    /// <summary>σ of the logarithm of T₁ and T₂.</summary>
    public double RelaxationSpread { get; init; } = 0.15;

    /// <summary>σ of the logarithm of gate errors.</summary>
    public double ErrorSpread { get; init; } = 0.1;

    /// <summary>σ of the logarithm of readout errors.</summary>
    public double ReadoutSpread { get; init; } = 0.1;

    /// <summary>Over which time values forget what they were.</summary>
    public TimeSpan CorrelationTime { get; init; } = TimeSpan.FromHours(8);

    /// <summary>By which share gate errors grow in a day without recalibration.</summary>
    public double ErrorGrowthPerDay { get; init; } = 0.25;

    /// <summary>The time from one recalibration to the next; zero: never.</summary>
    public TimeSpan RecalibrationPeriod { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long a recalibration takes; no job begins during one.</summary>
    public TimeSpan RecalibrationDuration { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether nothing moves.</summary>
    internal bool IsNone => RelaxationSpread == 0 && ErrorSpread == 0 && ReadoutSpread == 0 && ErrorGrowthPerDay == 0;

    /// <summary>The end of the last recalibration before a moment; the epoch where there was none.</summary>
    internal DateTimeOffset LastRecalibration(DateTimeOffset epoch, DateTimeOffset at)
    {
        if (RecalibrationPeriod <= TimeSpan.Zero || at < epoch + RecalibrationPeriod + RecalibrationDuration) return epoch;
        var done = (at - epoch - RecalibrationDuration).Ticks / RecalibrationPeriod.Ticks;
        return epoch + done * RecalibrationPeriod + RecalibrationDuration;
    }

    /// <summary>The end of the recalibration that a moment lies in; the moment itself when it lies in none.</summary>
    internal DateTimeOffset AfterRecalibration(DateTimeOffset epoch, DateTimeOffset at)
    {
        if (RecalibrationPeriod <= TimeSpan.Zero || at < epoch + RecalibrationPeriod) return at;
        var since = TimeSpan.FromTicks((at - epoch).Ticks % RecalibrationPeriod.Ticks);
        return since < RecalibrationDuration ? at + (RecalibrationDuration - since) : at;
    }

    /// <summary>The device as it truly is at a moment.</summary>
    internal Calibration At(Calibration snapshot, ulong seed, DateTimeOffset epoch, DateTimeOffset at)
    {
        if (IsNone || at <= epoch) return snapshot;
        var (place, value) = ((at - epoch) / CorrelationTime, 0UL);
        var growth = 1 + ErrorGrowthPerDay * (at - LastRecalibration(epoch, at)).TotalDays;
        var stream = new RandomStream(seed);
        return snapshot.With(
            qubits: snapshot.Qubits.Select(Drifted).ToImmutableArray(),
            gates: snapshot.Gates.Select(g => g with
            {
                Error = Moved(g.Error, ErrorSpread, growth, 0.5),
                // Reserves the same numbers for every gate, so that a value's course does not depend on what others have.
                Duration = Kept(g.Duration),
            }).ToImmutableArray(),
            everyQubit: snapshot.EveryQubit is { } every ? Drifted(every) : null,
            takenAt: at);

        QubitCalibration Drifted(QubitCalibration q) => q with
        {
            T1 = Moved(q.T1, RelaxationSpread),
            T2 = Moved(q.T2, RelaxationSpread),
            OneGivenZero = Moved(q.OneGivenZero, ReadoutSpread, 1, 0.5),
            ZeroGivenOne = Moved(q.ZeroGivenOne, ReadoutSpread, 1, 0.5),
            ReadoutError = Moved(q.ReadoutError, ReadoutSpread, 1, 0.5),
        };

        CalibratedValue? Kept(CalibratedValue? given)
        {
            value++;
            return given;
        }

        CalibratedValue? Moved(CalibratedValue? given, double spread, double factor = 1, double most = double.PositiveInfinity)
        {
            var course = stream.Child(value++);
            if (given is not { } known) return null;
            var moved = known.Value * factor * Math.Exp(spread * Process(course, place));
            // A value that was beyond the bound from the start stays what it is.
            return known with { Value = Math.Min(moved, Math.Max(most, known.Value)), MeasuredAt = at };
        }
    }

    private static double Process(RandomStream course, double place)
    {
        var k = Math.Floor(place);
        var w = place - k;
        var (left, right) = (Normal(course, (long)k), Normal(course, (long)k + 1));
        return ((1 - w) * left + w * right) / Math.Sqrt((1 - w) * (1 - w) + w * w);
    }

    private static double Normal(RandomStream course, long step) => step <= 0 ? 0 : course.Child((ulong)step).NextGaussian();
}
