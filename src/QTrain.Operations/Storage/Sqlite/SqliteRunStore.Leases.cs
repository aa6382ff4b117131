using System.Text.Json;
using QTrain.Operations.Runs;

namespace QTrain.Operations.Storage.Sqlite;

internal sealed partial class SqliteRunStore
{
    public ValueTask<LeaseGrant> AcquireAsync(RunId run, LeaseOwner owner, TimeSpan duration, CancellationToken cancellation) => new(database.Write(c =>
    {
        var key = KeyOf(c, run);
        ThrowIfBusy(c, key, run);
        var expires = time.GetUtcNow() + duration;
        var update = c["UPDATE leases SET fence = fence + 1, owner = ?, expires = ?, heartbeat = ? WHERE run = ? RETURNING fence"]
            .Bind(JsonSerializer.Serialize(owner, OperationsJson.Default.LeaseOwner)).Bind(expires.ToUnixTimeMilliseconds()).Bind(Now).Bind(key);
        update.Step();
        var fence = update.Int64(0);
        update.Reset();
        return new LeaseGrant(run, fence, expires);
    }));

    public ValueTask<LeaseGrant?> RenewAsync(LeaseGrant lease, TimeSpan duration, CancellationToken cancellation) => new(database.Write(c =>
    {
        // A lease that ran out is still this owner's while no later one was granted.
        var expires = time.GetUtcNow() + duration;
        var update = c["UPDATE leases SET expires = ? WHERE run = (SELECT key FROM runs WHERE id = ?) AND fence = ? RETURNING fence"]
            .Bind(expires.ToUnixTimeMilliseconds()).Bind(lease.Run.Value).Bind(lease.Fence);
        var renewed = update.Step();
        update.Reset();
        return renewed ? lease with { Expires = expires } : null;
    }));

    public ValueTask ReleaseAsync(LeaseGrant lease, CancellationToken cancellation) => Done(database.Write(c =>
    {
        c["UPDATE leases SET owner = NULL, expires = 0 WHERE run = (SELECT key FROM runs WHERE id = ?) AND fence = ?"]
            .Bind(lease.Run.Value).Bind(lease.Fence).Run();
        return true;
    }));

    /// <summary>The run's key and the length of its journal, when the lease still holds; first thing in every transaction that writes to a run.</summary>
    private (long Key, long JournalLength) Fenced(SqliteDatabase.Connection c, LeaseGrant lease, int appended = 0, long worked = 0)
    {
        var update = c["""
            UPDATE leases SET journal_length = journal_length + ?1, worked = max(worked, ?2), heartbeat = ?3
            WHERE run = (SELECT key FROM runs WHERE id = ?4) AND fence = ?5
            RETURNING run, journal_length
            """].Bind(appended).Bind(worked).Bind(Now).Bind(lease.Run.Value).Bind(lease.Fence);
        if (!update.Step()) throw new LeaseLostException(lease.Run, lease.Fence);
        var found = (update.Int64(0), update.Int64(1));
        update.Reset();
        return found;
    }

    /// <summary>Throws unless the lease still holds; first thing in a transaction that writes for a run.</summary>
    public void Fence(SqliteDatabase.Connection c, LeaseGrant lease) => Fenced(c, lease);

    /// <summary>Throws when somebody works on a run that there is.</summary>
    public void ThrowIfBusy(SqliteDatabase.Connection c, RunId run)
    {
        var select = c["SELECT key FROM runs WHERE id = ?"].Bind(run.Value);
        var key = select.Step() ? select.Int64(0) : (long?)null;
        select.Reset();
        if (key is { } there) ThrowIfBusy(c, there, run);
    }

    private void ThrowIfBusy(SqliteDatabase.Connection c, long key, RunId run)
    {
        var select = c["SELECT owner, expires FROM leases WHERE run = ?"].Bind(key);
        select.Step();
        var (owner, expires) = (ReadOwner(select.TextOrNull(0)), select.Int64(1));
        select.Reset();
        if (Holds(owner, expires)) throw new RunIsBusyException(run, owner!, DateTimeOffset.FromUnixTimeMilliseconds(expires));
    }

    private bool Holds(LeaseOwner? owner, long expires) => owner is not null && expires > Now && !owner.IsProvablyDead();
}
