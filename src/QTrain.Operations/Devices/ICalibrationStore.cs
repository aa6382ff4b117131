using QTrain.Devices;

namespace QTrain.Operations.Devices;

/// <summary>A snapshot that is kept.</summary>
/// <param name="Device">The device's name.</param>
/// <param name="ContentId">The snapshot's identity.</param>
/// <param name="TakenAt">When the provider took it; null where the source does not say.</param>
/// <param name="ImportedAt">When it was added here.</param>
/// <param name="Provider">Who runs the device.</param>
/// <param name="QubitCount">How many qubits.</param>
public sealed record CalibrationEntry(string Device, string ContentId, DateTimeOffset? TakenAt, DateTimeOffset ImportedAt, string Provider, int QubitCount)
{
    /// <summary>When the snapshot is from: when it was taken, or, where nobody says, when it was added.</summary>
    public DateTimeOffset At => TakenAt ?? ImportedAt;
}

/// <summary>Where calibrations are kept, by device and time: one implementation per database.</summary>
public interface ICalibrationStore
{
    /// <summary>Keeps a snapshot.</summary>
    /// <returns>False when the same one of this device is there already; it is then left as it is.</returns>
    ValueTask<bool> AddAsync(Calibration calibration, CancellationToken cancellation);

    /// <summary>The latest snapshot of every device, in order of the devices' names.</summary>
    ValueTask<IReadOnlyList<CalibrationEntry>> LatestAsync(CancellationToken cancellation);

    /// <summary>The snapshots of a device, the latest first; none when there is no such device.</summary>
    ValueTask<IReadOnlyList<CalibrationEntry>> HistoryAsync(string device, CancellationToken cancellation);

    /// <summary>A snapshot of a device.</summary>
    /// <exception cref="QuantumException">There is none of this identity.</exception>
    ValueTask<Calibration> ReadAsync(string device, string contentId, CancellationToken cancellation);
}
