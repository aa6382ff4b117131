using System.Collections.Immutable;
using System.Text.Json;
using QTrain.Training;
using QTrain.Training.Noisy;

namespace QTrain.Operations.Runs;

/// <summary>What a device did to a training.</summary>
/// <param name="Device">Its name.</param>
/// <param name="CalibrationId">The content id of the calibration its noise was taken from; empty for noise written by hand.</param>
/// <param name="CalibratedAt">When that was taken; null where it does not say.</param>
/// <param name="Delta">How far its outcomes are from ideal ones at the final parameters.</param>
public sealed record DeviceOutcome(string Device, string CalibrationId, DateTimeOffset? CalibratedAt, DeviceDelta Delta);

/// <summary>How a run ended, or how far it had come when it was interrupted, as the store keeps it.</summary>
public sealed record RunResult
{
    /// <summary>What the training says; of an ensemble, its best member.</summary>
    public required TrainingResult Training { get; init; }

    /// <summary>What the training of every member of an ensemble says, as far as they came; empty where there is one.</summary>
    public ImmutableArray<TrainingResult> Members { get; init; } = [];

    /// <summary>The names of the parameters, in the order of every point.</summary>
    public required ImmutableArray<string> ParameterNames { get; init; }

    /// <summary>Working time over all sessions.</summary>
    public double Seconds { get; init; }

    /// <summary>The unit of the loss; empty where it has none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The known exact optimum, where there is one.</summary>
    public double? KnownOptimum { get; init; }

    /// <summary>How the device departs from an ideal one at the final parameters; null where the training ran on an ideal one, or on too many qubits to tell exactly.</summary>
    public DeviceOutcome? Device { get; init; }

    /// <summary>The result as JSON; numbers keep every bit.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, OperationsJson.Default.RunResult);

    /// <summary>Reads a result.</summary>
    public static RunResult FromJson(string json) => JsonSerializer.Deserialize(json, OperationsJson.Default.RunResult)!;

    /// <summary>The result of a recorded run; null while it has none.</summary>
    public static RunResult? Of(RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.ResultJson is { } json ? FromJson(json) : null;
    }

    /// <summary>Equal results hold equal facts, the names by their elements.</summary>
    public bool Equals(RunResult? other) =>
        other is not null && Training == other.Training && Seconds.Equals(other.Seconds) && Unit == other.Unit
        && Nullable.Equals(KnownOptimum, other.KnownOptimum) && ParameterNames.AsSpan().SequenceEqual(other.ParameterNames.AsSpan()) && Device == other.Device
        && MembersOrNone.AsSpan().SequenceEqual(other.MembersOrNone.AsSpan());

    /// <summary>The hash of the trajectory, or of every member's, in their order, with spaces between.</summary>
    internal string TrajectoryHashes => MembersOrNone.IsEmpty ? Training.TrajectoryHash : string.Join(' ', MembersOrNone.Select(m => m.TrajectoryHash));

    // Results of earlier versions do not name them.
    private ImmutableArray<TrainingResult> MembersOrNone => Members.IsDefault ? [] : Members;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Training.TrajectoryHash, Seconds);
}
