using System.Collections.Immutable;

namespace QTrain.Devices;

/// <summary>What a provider can tell of a submission whose answer was lost.</summary>
public enum SubmissionSafety
{
    /// <summary>The same key sent again gives the same job: send again.</summary>
    Idempotent,

    /// <summary>The job can be found by its key, after <see cref="BackendProfile.VisibilityWindow"/> at the latest: look before sending again.</summary>
    Findable,

    /// <summary>Nothing can be told: only a person may decide to send again.</summary>
    Unfindable,
}

/// <summary>What a backend can do, and on what terms.</summary>
public sealed record BackendProfile
{
    /// <summary>The backend's name.</summary>
    public required string Name { get; init; }

    /// <summary>Who runs it.</summary>
    public required string Provider { get; init; }

    /// <summary>How many qubits.</summary>
    public required int QubitCount { get; init; }

    /// <summary>Names of the gates it performs itself; circuits must be made of these.</summary>
    public ImmutableArray<string> NativeGates { get; init; } = [];

    /// <summary>The pairs that two-qubit gates can join; none where <see cref="IsFullyConnected"/>.</summary>
    public ImmutableArray<QubitPair> Couplings { get; init; } = [];

    /// <summary>Whether every pair can be joined.</summary>
    public bool IsFullyConnected { get; init; }

    /// <summary>The fewest shots of a circuit.</summary>
    public long MinShots { get; init; } = 1;

    /// <summary>The most shots of a circuit.</summary>
    public required long MaxShots { get; init; }

    /// <summary>The most circuits of a job.</summary>
    public required int MaxCircuits { get; init; }

    /// <summary>What a job costs; null: not known.</summary>
    public Prices? Prices { get; init; }

    /// <summary>What can be told of a submission whose answer was lost.</summary>
    public SubmissionSafety Safety { get; init; }

    /// <summary>How long a new job may stay unseen by <see cref="IBackend.FindAsync"/>.</summary>
    public TimeSpan VisibilityWindow { get; init; }
}

/// <summary>Whether a backend takes jobs.</summary>
/// <param name="IsOnline">Whether jobs are run now; offline, they are taken and wait.</param>
/// <param name="QueueLength">How many jobs wait before a new one; null: not known.</param>
/// <param name="Message">For people.</param>
public sealed record BackendStatus(bool IsOnline, int? QueueLength, string Message);
