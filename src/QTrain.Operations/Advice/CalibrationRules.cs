using QTrain.Devices;

namespace QTrain.Operations.Advice;

/// <summary>Whether a calibration may be relied on.</summary>
internal static class CalibrationRules
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(24);

    /// <summary>stale-calibration: older than a day; devices are calibrated daily, and drift within hours.</summary>
    public static IEnumerable<AdviceNote> Stale(AdviceSubject subject)
    {
        if (subject.Device is not { } device) yield break;
        if (device.TakenAt is not { } at)
        {
            yield return new AdviceNote("stale-calibration", AdviceLevel.Warning, $"The calibration of {device.Device} has no date: nobody can tell whether it still holds.", "Import one with a date: `qtrain devices import`.");
            yield break;
        }
        var age = subject.Now - at;
        if (age <= Fresh) yield break;
        yield return new AdviceNote("stale-calibration", AdviceLevel.Warning,
            $"The calibration of {device.Device} is {(age.TotalDays < 2 ? $"{age.TotalHours:0} hours" : $"{Figures.Count(Math.Floor(age.TotalDays))} days")} old ({at:yyyy-MM-dd HH:mm} UTC): devices drift within hours and are calibrated anew about daily.",
            "Import a fresh one (`qtrain devices import`) before money is spent; for a device twin it is as good as any.")
        { Figures = [new("ageSeconds", age.TotalSeconds)] };
    }

    /// <summary>mixed-calibration-windows: values that were measured more than a day apart are taken together as one device.</summary>
    public static IEnumerable<AdviceNote> MixedWindows(AdviceSubject subject)
    {
        if (subject.Device is not { } device) yield break;
        DateTimeOffset[] times =
        [
            .. device.Qubits.Where(q => q.IsEnabled).SelectMany(q => (CalibratedValue?[])[q.T1, q.T2, q.ReadoutError, q.OneGivenZero, q.ZeroGivenOne]).Concat(device.Gates.Where(g => g.IsEnabled).Select(g => g.Error))
                .Where(v => v?.MeasuredAt is not null).Select(v => v!.Value.MeasuredAt!.Value).Order(),
        ];
        if (times.Length < 2 || times[^1] - times[0] <= Fresh) yield break;
        var old = times.Count(t => times[^1] - t > Fresh);
        yield return new AdviceNote("mixed-calibration-windows", AdviceLevel.Warning,
            $"The calibration of {device.Device} mixes times: {old} of {times.Length} values were measured more than a day before the newest, the oldest on {times[0]:yyyy-MM-dd HH:mm} UTC, the newest on {times[^1]:yyyy-MM-dd HH:mm} UTC. "
            + "Shots taken before and after a recalibration are not of one device either, and are never added up silently.",
            "Look at the times (`qtrain devices show`), and keep a run's measurements within one calibration.")
        { Figures = [new("spanSeconds", (times[^1] - times[0]).TotalSeconds), new("oldValues", old), new("values", times.Length)] };
    }
}
