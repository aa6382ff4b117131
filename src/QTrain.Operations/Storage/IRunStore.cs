using QTrain.Operations.Artifacts;
using QTrain.Operations.Runs;
using QTrain.Training;

namespace QTrain.Operations.Storage;

/// <summary>Where runs, their leases, journals and steps are kept: one implementation per database. What it promises is tested once, for all.</summary>
/// <remarks>Every write to a run that is worked on takes a <see cref="LeaseGrant"/> and checks its fencing number in the same transaction;
/// when a later lease was granted it throws <see cref="LeaseLostException"/> and writes nothing.</remarks>
public interface IRunStore
{
    /// <summary>Adds a run that nobody works on. Its inputs must be artifacts of this store.</summary>
    ValueTask CreateAsync(RunRecord run, CancellationToken cancellation);

    /// <summary>Adds a run whose journal is warm with the answers of another: a question that is asked there too need not be answered again.</summary>
    ValueTask ForkAsync(RunRecord run, RunId from, CancellationToken cancellation);

    /// <summary>A run; null when there is none.</summary>
    ValueTask<RunRecord?> FindAsync(RunId run, CancellationToken cancellation);

    /// <summary>Runs, the latest created first, also of those created in the same moment.</summary>
    ValueTask<IReadOnlyList<RunRecord>> ListAsync(RunFilter filter, CancellationToken cancellation);

    /// <summary>The runs whose identity, or the part of it after the day, begins with a text.</summary>
    ValueTask<IReadOnlyList<RunId>> MatchAsync(string beginning, CancellationToken cancellation);

    /// <summary>Removes a run with its journal and steps. Its artifacts stay until they are collected.</summary>
    /// <exception cref="RunIsBusyException">Somebody works on it.</exception>
    ValueTask DeleteAsync(RunId run, CancellationToken cancellation);

    /// <summary>Changes facts of a run.</summary>
    ValueTask UpdateAsync(LeaseGrant lease, RunChange change, CancellationToken cancellation);

    /// <summary>Grants the lease of a run, with the next fencing number.</summary>
    /// <exception cref="RunIsBusyException">Somebody else holds one that has not run out, and is not provably dead.</exception>
    ValueTask<LeaseGrant> AcquireAsync(RunId run, LeaseOwner owner, TimeSpan duration, CancellationToken cancellation);

    /// <summary>Extends a lease from now; null when a later one was granted.</summary>
    ValueTask<LeaseGrant?> RenewAsync(LeaseGrant lease, TimeSpan duration, CancellationToken cancellation);

    /// <summary>Gives a lease back; nothing when a later one was granted.</summary>
    ValueTask ReleaseAsync(LeaseGrant lease, CancellationToken cancellation);

    /// <summary>Appends records and steps in one transaction.</summary>
    /// <param name="lease">The right to.</param>
    /// <param name="entries">Records; numbered here in their order.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="worked">Working time over all sessions, until now.</param>
    /// <param name="durability">Whether the call may return before the disk has it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    ValueTask AppendAsync(
        LeaseGrant lease, JournalPage entries, IReadOnlyList<StepRecord> steps, TimeSpan worked, JournalDurability durability, CancellationToken cancellation);

    /// <summary>Adds records of a lane to a page, in the order of member, step, slot, name.</summary>
    /// <param name="run">The run.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="member">Only of this member of an ensemble; null for all.</param>
    /// <param name="after">Only records after this; null from the start.</param>
    /// <param name="limit">No more than so many.</param>
    /// <param name="into">Where they are added.</param>
    /// <param name="cancellation">Stops waiting.</param>
    ValueTask ReadAsync(
        RunId run, JournalLane lane, int? member, JournalPosition? after, int limit, JournalPage into, CancellationToken cancellation);

    /// <summary>Adds the record at a path to a page; false when there is none.</summary>
    ValueTask<bool> ReadAtAsync(RunId run, JournalLane lane, QuestionPath path, string name, JournalPage into, CancellationToken cancellation);

    /// <summary>Adds the record of a lane and member with the last path to a page; false when there is none.</summary>
    ValueTask<bool> ReadLastAsync(RunId run, JournalLane lane, int member, JournalPage into, CancellationToken cancellation);

    /// <summary>The members of the run's ensemble that have made a step, in their order.</summary>
    ValueTask<IReadOnlyList<int>> MembersAsync(RunId run, CancellationToken cancellation);

    /// <summary>Steps of a member in their order.</summary>
    ValueTask<IReadOnlyList<StepRecord>> ReadStepsAsync(RunId run, int member, int afterIndex, int limit, CancellationToken cancellation);

    /// <summary>Notes that an artifact is kept, or that it was just wanted again.</summary>
    ValueTask NoteArtifactAsync(Artifact artifact, CancellationToken cancellation);

    /// <summary>What is known of an artifact; null when it is not kept.</summary>
    ValueTask<Artifact?> FindArtifactAsync(ArtifactHash hash, CancellationToken cancellation);

    /// <summary>Forgets the artifacts that no run refers to and nobody has wanted since a moment.</summary>
    /// <param name="unwantedSince">The moment.</param>
    /// <param name="remove">Removes the content of one; called while nobody can note it again.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>How many were forgotten.</returns>
    ValueTask<int> CollectArtifactsAsync(DateTimeOffset unwantedSince, Action<ArtifactHash> remove, CancellationToken cancellation);
}

