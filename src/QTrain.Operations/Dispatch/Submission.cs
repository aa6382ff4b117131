using System.Collections.Immutable;
using QTrain.Devices;
using QTrain.Operations.Runs;
using QTrain.Simulation;
using QTrain.Training;

namespace QTrain.Operations.Dispatch;

/// <summary>Where a submission stands.</summary>
public enum SubmissionState
{
    /// <summary>It is written down, and a request may have left: whether there is a job is not known.</summary>
    Intended = 0,

    /// <summary>There is a job.</summary>
    Submitted = 1,

    /// <summary>The job ended, whole or in part; what it gave is here.</summary>
    Completed = 2,

    /// <summary>The job ended without.</summary>
    Failed = 3,

    /// <summary>The job was cancelled.</summary>
    Cancelled = 4,

    /// <summary>There is no job: the provider refused it, or a person said so.</summary>
    Lost = 5,

    /// <summary>Nobody but a person can tell whether there is a job.</summary>
    NeedsDecision = 6,
}

/// <summary>What one circuit of a submission gave.</summary>
/// <param name="Circuit">Its number in the part.</param>
/// <param name="Counts">Outcomes and how often.</param>
/// <param name="CalibrationId">The calibration in force when it ran; null where the provider tells none.</param>
/// <param name="StartedAt">When it ran.</param>
/// <param name="Duration">For how long.</param>
public sealed record MeasuredCircuit(int Circuit, Counts Counts, string? CalibrationId, DateTimeOffset StartedAt, TimeSpan Duration);

/// <summary>A job on hardware as it is written down: before its request leaves, and at everything that becomes of it.</summary>
public sealed record Submission
{
    /// <summary>Its idempotency key.</summary>
    public required string Key { get; init; }

    /// <summary>The run it is for.</summary>
    public required RunId Run { get; init; }

    /// <summary>The question it is for.</summary>
    public required QuestionPath Path { get; init; }

    /// <summary>Which part of the question's circuits.</summary>
    public required int Part { get; init; }

    /// <summary>Counts the submissions of the part, from 0: what is missing is asked for again.</summary>
    public required int Number { get; init; }

    /// <summary>Where.</summary>
    public required string Backend { get; init; }

    /// <summary>The digest of the batch.</summary>
    public required string Digest { get; init; }

    /// <summary>The circuits' numbers in the part.</summary>
    public required ImmutableArray<int> Circuits { get; init; }

    /// <summary>Shots of each.</summary>
    public required long Shots { get; init; }

    /// <summary>Where it stands.</summary>
    public SubmissionState State { get; init; }

    /// <summary>The provider's name of the job; null where none is known.</summary>
    public string? Job { get; init; }

    /// <summary>The most it can cost; null: nothing bounds it, which the user accepted.</summary>
    public Money? Reserved { get; init; }

    /// <summary>What it cost; null: not known yet.</summary>
    public Money? Cost { get; init; }

    /// <summary>Where the cost is from.</summary>
    public CostBasis Basis { get; init; }

    /// <summary>When it was written down.</summary>
    public DateTimeOffset IntendedAt { get; init; }

    /// <summary>When a request may have left last.</summary>
    public DateTimeOffset SentAt { get; init; }

    /// <summary>When the provider took it.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>When its end was learnt.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How long it waited there.</summary>
    public TimeSpan? QueueTime { get; init; }

    /// <summary>Why it failed, or what has to be decided.</summary>
    public string? Reason { get; init; }

    /// <summary>What its circuits gave; only those that ran.</summary>
    public ImmutableArray<MeasuredCircuit> Results { get; init; } = [];

    /// <summary>Whether money may still be asked for it.</summary>
    public bool IsOpen => State is SubmissionState.Intended or SubmissionState.Submitted or SubmissionState.NeedsDecision;

    /// <summary>What it holds of a budget: its cost when it is known to have ended, else the most it can cost.</summary>
    public Money? Held => IsOpen || Cost is null ? State == SubmissionState.Lost ? null : Reserved : Cost;

    /// <inheritdoc/>
    public bool Equals(Submission? other) => other is not null && Key == other.Key && State == other.State && Job == other.Job && Cost == other.Cost && SentAt == other.SentAt;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, State, Job);
}

/// <summary>Keeps submissions: one implementation per database.</summary>
public interface ISubmissionStore
{
    /// <summary>Writes a new submission or a change of one, on the disk before this returns.</summary>
    /// <param name="lease">The right to work on the run.</param>
    /// <param name="submission">The submission; told apart by its key.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="LeaseLostException">Another works on the run; nothing was written.</exception>
    ValueTask WriteAsync(LeaseGrant lease, Submission submission, CancellationToken cancellation);

    /// <summary>Writes a person's decision on a submission whose run nobody works on.</summary>
    /// <exception cref="RunIsBusyException">Somebody works on the run.</exception>
    ValueTask DecideAsync(Submission submission, CancellationToken cancellation);

    /// <summary>The submissions of a run, or of all, in the order in which they were intended.</summary>
    ValueTask<IReadOnlyList<Submission>> ListAsync(RunId? run, CancellationToken cancellation);

    /// <summary>The submissions of a part of a question, in their order.</summary>
    ValueTask<IReadOnlyList<Submission>> OfAsync(RunId run, QuestionPath path, int part, CancellationToken cancellation);
}
