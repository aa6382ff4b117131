using System.Collections.Immutable;
using QTrain.Operations.Artifacts;

namespace QTrain.Operations.Runs;

/// <summary>Where a run stands.</summary>
public enum RunStatus
{
    /// <summary>Never worked on yet.</summary>
    Created,

    /// <summary>A living owner works on it.</summary>
    Running,

    /// <summary>Stopped before its end, by a person or by the death of its owner; it can be resumed.</summary>
    Interrupted,

    /// <summary>Waits for a decision; it can be resumed once that is made.</summary>
    Paused,

    /// <summary>Ended by its own rules; it has a result.</summary>
    Completed,

    /// <summary>Ended by a fact of the domain that resuming does not change by itself; see <see cref="RunRecord.Failure"/>.</summary>
    Failed,
}

/// <summary>What a store knows of a run, apart from its journal and steps.</summary>
public sealed record RunRecord
{
    /// <summary>Its identity.</summary>
    public required RunId Id { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands now. A run whose owner died is <see cref="RunStatus.Interrupted"/>.</summary>
    public RunStatus Status { get; init; }

    /// <summary>The spec as canonical JSON.</summary>
    public required string SpecJson { get; init; }

    /// <summary>The files the spec was read with, by name, as artifacts.</summary>
    public ImmutableSortedDictionary<string, ArtifactHash> Inputs { get; init; } = ImmutableSortedDictionary<string, ArtifactHash>.Empty;

    /// <summary>The seed of every random choice.</summary>
    public ulong Seed { get; init; }

    /// <summary>Words to find it by.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>When it was created.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When anything about it last changed.</summary>
    public DateTimeOffset Updated { get; init; }

    /// <summary>The fingerprints it was worked on with, in order; more than one: it moved, and need not be equal to the bit to a run that did not.</summary>
    public ImmutableArray<FingerprintMark> Fingerprints { get; init; } = [];

    /// <summary>The fingerprint of its last session.</summary>
    public string Fingerprint => Fingerprints.IsDefaultOrEmpty ? "" : Fingerprints[^1].Fingerprint;

    /// <summary>The run it was forked from.</summary>
    public RunId? Parent { get; init; }

    /// <summary>What identified its evaluator when it was first worked on; null before.</summary>
    public string? EvaluatorIdentity { get; init; }

    /// <summary>How it ended, or how far it had come when it was interrupted; see <see cref="RunResult"/>.</summary>
    public string? ResultJson { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; init; }

    /// <summary>How many records its journal holds.</summary>
    public long JournalLength { get; init; }

    /// <summary>Working time over all sessions, as last recorded.</summary>
    public TimeSpan Worked { get; init; }

    /// <summary>Who works on it, or did last without leaving properly.</summary>
    public LeaseOwner? Owner { get; init; }

    /// <summary>Until when the owner's lease holds.</summary>
    public DateTimeOffset? LeaseExpires { get; init; }

    /// <summary>Equal records hold equal facts, collections by their elements.</summary>
    public bool Equals(RunRecord? other) =>
        other is not null && Id == other.Id && Name == other.Name && Status == other.Status && SpecJson == other.SpecJson && Seed == other.Seed
        && Created == other.Created && Updated == other.Updated && Parent == other.Parent && EvaluatorIdentity == other.EvaluatorIdentity
        && ResultJson == other.ResultJson && Failure == other.Failure && JournalLength == other.JournalLength && Worked == other.Worked
        && Owner == other.Owner && LeaseExpires == other.LeaseExpires && Inputs.SequenceEqual(other.Inputs)
        && Tags.AsSpan().SequenceEqual(other.Tags.AsSpan()) && Fingerprints.AsSpan().SequenceEqual(other.Fingerprints.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Updated);
}

/// <summary>From which point of its journal on a run was worked on under a fingerprint.</summary>
/// <param name="At">When the session began.</param>
/// <param name="JournalLength">How many records the journal held then.</param>
/// <param name="Fingerprint">Numerics version, precision, instruction set, operating system and architecture.</param>
public readonly record struct FingerprintMark(DateTimeOffset At, long JournalLength, string Fingerprint);

/// <summary>Which runs to list. Null does not filter.</summary>
/// <param name="Status">Only runs that stand so.</param>
/// <param name="Tag">Only runs with this tag.</param>
/// <param name="Name">Only runs whose name contains this, whatever the case.</param>
/// <param name="Limit">Only so many, the latest.</param>
public sealed record RunFilter(RunStatus? Status = null, string? Tag = null, string? Name = null, int? Limit = null)
{
    /// <summary>All runs.</summary>
    public static RunFilter All { get; } = new();
}

/// <summary>What changes about a run while it is worked on; null leaves a fact as it is.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="ResultJson">How it ended or how far it came.</param>
/// <param name="Failure">Why it failed; empty clears an earlier failure.</param>
/// <param name="EvaluatorIdentity">What identifies its evaluator.</param>
/// <param name="Fingerprint">The fingerprint of a session that begins.</param>
public sealed record RunChange(
    RunStatus? Status = null, string? ResultJson = null, string? Failure = null, string? EvaluatorIdentity = null, string? Fingerprint = null);
