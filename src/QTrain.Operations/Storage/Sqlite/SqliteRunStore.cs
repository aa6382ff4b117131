using System.Collections.Immutable;
using System.Text.Json;
using QTrain.Operations.Artifacts;
using QTrain.Operations.Runs;

namespace QTrain.Operations.Storage.Sqlite;

/// <summary>Runs in a SQLite file. SQLite answers at once, so every call completes synchronously.</summary>
internal sealed partial class SqliteRunStore(SqliteDatabase database, TimeProvider time) : IRunStore, IDisposable
{
    private const string SelectRun = """
        SELECT r.key, r.id, r.name, r.status, r.spec, r.seed, r.created, max(r.updated, l.heartbeat), r.parent, r.evaluator, r.result, r.failure,
               l.owner, l.expires, l.journal_length, l.worked
        FROM runs r JOIN leases l ON l.run = r.key
        """;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask CreateAsync(RunRecord run, CancellationToken cancellation) => Done(database.Write(c => Insert(c, run)));

    public ValueTask ForkAsync(RunRecord run, RunId from, CancellationToken cancellation) => Done(database.Write(c =>
    {
        var source = KeyOf(c, from);
        var key = Insert(c, run with { Parent = from });
        CopyAsWarm(c, source, key);
        return key;
    }));

    public ValueTask<RunRecord?> FindAsync(RunId run, CancellationToken cancellation) => new(database.Read(c =>
    {
        var select = c[SelectRun + " WHERE r.id = ?"].Bind(run.Value);
        if (!select.Step()) return null;
        var found = ReadRun(select, out var key);
        select.Reset();
        return WithCollections(c, key, found);
    }));

    public ValueTask<IReadOnlyList<RunRecord>> ListAsync(RunFilter filter, CancellationToken cancellation) => new(database.Read(c =>
    {
        var rows = new List<(long Key, RunRecord Run)>();
        var select = c[SelectRun + """
             WHERE (?1 IS NULL OR EXISTS (SELECT 1 FROM run_tags t WHERE t.run = r.key AND t.tag = ?1))
               AND (?2 IS NULL OR instr(lower(r.name), lower(?2)) > 0)
             ORDER BY r.created DESC, r.key DESC
            """].Bind(filter.Tag).Bind(filter.Name);
        // Whether a run is still worked on is not for SQL to tell: its owner may have died.
        while (rows.Count < (filter.Limit ?? int.MaxValue) && select.Step())
        {
            var run = ReadRun(select, out var key);
            if (filter.Status is null || run.Status == filter.Status) rows.Add((key, run));
        }
        select.Reset();
        return (IReadOnlyList<RunRecord>)[.. rows.Select(r => WithCollections(c, r.Key, r.Run))];
    }));

    public ValueTask<IReadOnlyList<RunId>> MatchAsync(string beginning, CancellationToken cancellation) => new(database.Read(c =>
    {
        var found = new List<RunId>();
        var select = c["SELECT id FROM runs WHERE substr(id, 1, length(?1)) = ?1 OR substr(id, 10, length(?1)) = ?1 ORDER BY id"].Bind(beginning);
        while (select.Step()) found.Add(RunId.Parse(select.Text(0)));
        select.Reset();
        return (IReadOnlyList<RunId>)found;
    }));

    public ValueTask DeleteAsync(RunId run, CancellationToken cancellation) => Done(database.Write(c =>
    {
        var key = KeyOf(c, run);
        ThrowIfBusy(c, key, run);
        c["DELETE FROM journal WHERE run = ?"].Bind(key).Run();
        c["DELETE FROM journal_blocks WHERE run = ?"].Bind(key).Run();
        c["DELETE FROM steps WHERE run = ?"].Bind(key).Run();
        c["DELETE FROM step_blocks WHERE run = ?"].Bind(key).Run();
        c["DELETE FROM runs WHERE key = ?"].Bind(key).Run();
        return true;
    }));

    public ValueTask UpdateAsync(LeaseGrant lease, RunChange change, CancellationToken cancellation) => Done(database.Write(c =>
    {
        var (key, length) = Fenced(c, lease);
        c["""
            UPDATE runs SET status = coalesce(?, status), result = coalesce(?, result), failure = nullif(coalesce(?, failure), ''),
                            evaluator = coalesce(?, evaluator), updated = ?
            WHERE key = ?
            """].Bind(change.Status is { } status ? NameOf(status) : null).Bind(change.ResultJson).Bind(change.Failure)
            .Bind(change.EvaluatorIdentity).Bind(Now).Bind(key).Run();
        if (change.Fingerprint is { } fingerprint) InsertFingerprint(c, key, new FingerprintMark(time.GetUtcNow(), length, fingerprint));
        return true;
    }));

    public void Dispose() => database.Dispose();

    private static ValueTask Done<T>(T _) => default;

    private static string NameOf(RunStatus status) => status.ToString().ToLowerInvariant();

    private static long KeyOf(SqliteDatabase.Connection c, RunId run)
    {
        var select = c["SELECT key FROM runs WHERE id = ?"].Bind(run.Value);
        if (!select.Step()) throw new RunNotFoundException(run.Value);
        var key = select.Int64(0);
        select.Reset();
        return key;
    }

    private static long Insert(SqliteDatabase.Connection c, RunRecord run)
    {
        c["INSERT INTO runs (id, name, status, spec, seed, created, updated, parent, evaluator, result, failure) VALUES (?,?,?,?,?,?,?,?,?,?,?)"]
            .Bind(run.Id.Value).Bind(run.Name).Bind(NameOf(run.Status)).Bind(run.SpecJson).Bind(unchecked((long)run.Seed))
            .Bind(run.Created.ToUnixTimeMilliseconds()).Bind(run.Updated.ToUnixTimeMilliseconds()).Bind(run.Parent?.Value)
            .Bind(run.EvaluatorIdentity).Bind(run.ResultJson).Bind(run.Failure).Run();
        var key = KeyOf(c, run.Id);
        c["INSERT INTO leases (run) VALUES (?)"].Bind(key).Run();
        foreach (var tag in run.Tags.Distinct()) c["INSERT INTO run_tags (run, tag) VALUES (?, ?)"].Bind(key).Bind(tag).Run();
        foreach (var (name, hash) in run.Inputs)
            c["INSERT INTO run_inputs (run, name, hash) VALUES (?, ?, ?)"].Bind(key).Bind(name).Bind(hash.Value).Run();
        foreach (var mark in run.Fingerprints) InsertFingerprint(c, key, mark);
        return key;
    }

    private static void InsertFingerprint(SqliteDatabase.Connection c, long key, FingerprintMark mark) =>
        c["INSERT INTO run_fingerprints SELECT ?1, coalesce(max(ordinal), 0) + 1, ?2, ?3, ?4 FROM run_fingerprints WHERE run = ?1"]
            .Bind(key).Bind(mark.At.ToUnixTimeMilliseconds()).Bind(mark.JournalLength).Bind(mark.Fingerprint).Run();

    private RunRecord ReadRun(SqliteStatement row, out long key)
    {
        key = row.Int64(0);
        var owner = ReadOwner(row.TextOrNull(12));
        var expires = row.Int64(13);
        var status = Enum.Parse<RunStatus>(row.Text(3), ignoreCase: true);
        if (status == RunStatus.Running && !Holds(owner, expires)) status = RunStatus.Interrupted;
        return new RunRecord
        {
            Id = RunId.Parse(row.Text(1)),
            Name = row.Text(2),
            Status = status,
            SpecJson = row.Text(4),
            Seed = unchecked((ulong)row.Int64(5)),
            Created = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(6)),
            Updated = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(7)),
            Parent = row.TextOrNull(8) is { } parent ? RunId.Parse(parent) : null,
            EvaluatorIdentity = row.TextOrNull(9),
            ResultJson = row.TextOrNull(10),
            Failure = row.TextOrNull(11),
            Owner = owner,
            LeaseExpires = owner is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(expires),
            JournalLength = row.Int64(14),
            Worked = new TimeSpan(row.Int64(15)),
        };
    }

    private static RunRecord WithCollections(SqliteDatabase.Connection c, long key, RunRecord run)
    {
        var tags = ImmutableArray.CreateBuilder<string>();
        var select = c["SELECT tag FROM run_tags WHERE run = ? ORDER BY tag"].Bind(key);
        while (select.Step()) tags.Add(select.Text(0));
        select.Reset();

        var inputs = ImmutableSortedDictionary.CreateBuilder<string, ArtifactHash>(StringComparer.Ordinal);
        select = c["SELECT name, hash FROM run_inputs WHERE run = ?"].Bind(key);
        while (select.Step()) inputs.Add(select.Text(0), ArtifactHash.Parse(select.Text(1)));
        select.Reset();

        var marks = ImmutableArray.CreateBuilder<FingerprintMark>();
        select = c["SELECT at, journal_length, fingerprint FROM run_fingerprints WHERE run = ? ORDER BY ordinal"].Bind(key);
        while (select.Step())
            marks.Add(new FingerprintMark(DateTimeOffset.FromUnixTimeMilliseconds(select.Int64(0)), select.Int64(1), select.Text(2)));
        select.Reset();

        return run with { Tags = tags.ToImmutable(), Inputs = inputs.ToImmutable(), Fingerprints = marks.ToImmutable() };
    }

    private static LeaseOwner? ReadOwner(string? json) => json is null ? null : JsonSerializer.Deserialize(json, OperationsJson.Default.LeaseOwner);
}
