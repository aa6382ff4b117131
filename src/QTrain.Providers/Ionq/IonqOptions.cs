using QTrain.Providers.Rest;

namespace QTrain.Providers.Ionq;

/// <summary>The version of IonQ's protocol.</summary>
public enum IonqVersion
{
    /// <summary>v0.4, the current one.</summary>
    V04,

    /// <summary>v0.3, the one before.</summary>
    V03,
}

/// <summary>Which device of IonQ, and how it is spoken to.</summary>
public sealed record IonqOptions
{
    /// <summary>The device, such as <c>qpu.forte-1</c> or <c>simulator</c>.</summary>
    public required string Backend { get; init; }

    /// <summary>Where the service is; without the version.</summary>
    public Uri Endpoint { get; init; } = new("https://api.ionq.co/");

    /// <summary>The version of the protocol.</summary>
    public IonqVersion Version { get; init; }

    /// <summary>The noise of the simulator, such as <c>aria-1</c>; null: none. Not for hardware.</summary>
    public string? SimulatorNoise { get; init; }

    /// <summary>How long a job that was made may be missing in the list of jobs: a submission whose answer was lost is not made again before.</summary>
    public TimeSpan VisibilityWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How patient it is.</summary>
    public RestOptions Rest { get; init; } = new();
}
