using QTrain.Numerics;

namespace QTrain.Devices;

/// <summary>How long jobs wait for a device: log-normal, as queues are, which have long tails.</summary>
/// <param name="MedianWait">Half of all jobs wait less.</param>
/// <param name="Spread">σ of the logarithm; 0: every job waits as long.</param>
public sealed record QueueModel(TimeSpan MedianWait, double Spread = 0.8)
{
    /// <summary>No other jobs.</summary>
    public static QueueModel Empty { get; } = new(TimeSpan.Zero, 0);

    /// <summary>The wait of a job, drawn by the stream given.</summary>
    internal TimeSpan Draw(RandomStream random) => MedianWait * Math.Exp(Spread * random.NextGaussian());
}

/// <summary>What a device twin is made of beside its calibration.</summary>
public sealed record TwinOptions
{
    /// <summary>The twin's name; null: the device's, with <c>-twin</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The seed of everything that is drawn: shots, waits, drift, failures.</summary>
    public ulong Seed { get; init; }

    /// <summary>What the noise takes from the calibration.</summary>
    public DeviceNoiseOptions Noise { get; init; } = DeviceNoiseOptions.Default;

    /// <summary>How the device moves away from its snapshot.</summary>
    public DriftProcess Drift { get; init; } = DriftProcess.None;

    /// <summary>When the device is as its snapshot; null: when the twin is made.</summary>
    public DateTimeOffset? Epoch { get; init; }

    /// <summary>How long jobs wait for others.</summary>
    public QueueModel Queue { get; init; } = QueueModel.Empty;

    /// <summary>What a job costs; null: as the calibration says.</summary>
    public Prices? Prices { get; init; }

    /// <summary>How long the device is busy with a job beside its shots.</summary>
    public TimeSpan JobOverhead { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The share of jobs that fail, 0 to 1.</summary>
    public double FailureRate { get; init; }

    /// <summary>What can be told of a submission whose answer was lost.</summary>
    public SubmissionSafety Safety { get; init; } = SubmissionSafety.Idempotent;

    /// <summary>How long a new job cannot be found, where <see cref="Safety"/> is <see cref="SubmissionSafety.Findable"/>.</summary>
    public TimeSpan VisibilityWindow { get; init; } = TimeSpan.Zero;

    /// <summary>Threads of the simulation; 0: all processors. No result depends on it.</summary>
    public int Threads { get; init; }
}
