using QTrain.Operations.Artifacts;
using QTrain.Operations.Runs;
using QTrain.Training;

namespace QTrain.Operations.Storage.Sqlite;

internal sealed partial class SqliteRunStore
{
    private const string SelectEntries = "SELECT sequence, lane, member, step, slot, kind, name, question, answer FROM journal ";

    private const string InsertNamedEntry =
        "INSERT INTO journal (name, run, lane, member, step, slot, sequence, kind, question, answer) VALUES (?,?,?,?,?,?,?,?,?,?)";

    // Most have no name, and binding an empty text takes longer than binding a number.
    private const string InsertEntry =
        "INSERT INTO journal (name, run, lane, member, step, slot, sequence, kind, question, answer) VALUES ('',?,?,?,?,?,?,?,?,?)";

    public ValueTask AppendAsync(
        LeaseGrant lease, JournalPage entries, IReadOnlyList<StepRecord> steps, TimeSpan worked, JournalDurability durability,
        CancellationToken cancellation) => Done(database.Write(c =>
    {
        var (key, length) = Fenced(c, lease, entries.Count, worked.Ticks);
        var sequence = length - entries.Count;
        SqliteStatement? insert = null, insertNamed = null, insertStep = null;
        for (var k = 0; k < entries.Count; k++)
        {
            var entry = entries[k];
            SqliteStatement to;
            if (entry.Name.Length == 0) to = insert ??= c[InsertEntry];
            else to = (insertNamed ??= c[InsertNamedEntry]).Bind(entry.Name);
            to.Bind(key).Bind((long)entry.Lane).Bind(entry.Path.Member).Bind(entry.Path.Step).Bind(entry.Path.Slot)
                .Bind(++sequence).Bind((long)entry.Kind).Bind(entry.Question).Bind(entry.Answer).Run();
        }
        foreach (var step in steps)
        {
            insertStep ??= c["""
                INSERT INTO steps (run, member, step, loss, standard_error, best_loss, gradient_norm, evaluations, shots, at, digest)
                VALUES (?,?,?,?,?,?,?,?,?,?,?)
                """];
            insertStep.Bind(key).Bind(step.Member).Bind(step.Index).Bind(step.Loss).Bind(step.StandardError).Bind(step.BestLoss)
                .Bind(step.GradientNorm).Bind(step.Evaluations).Bind(step.Shots).Bind(step.At.ToUnixTimeMilliseconds()).Bind(step.Digest).Run();
        }
        return true;
    }, durability));

    public ValueTask ReadAsync(
        RunId run, JournalLane lane, int? member, JournalPosition? after, int limit, JournalPage into, CancellationToken cancellation) =>
        Done(database.Read(c =>
        {
            var (path, name) = after ?? new JournalPosition(new QuestionPath(member ?? -1, -1, -1));
            // A member's end must be known to the index, or the last page would look through all members behind it.
            var select = member is not null
                ? c[SelectEntries + "WHERE run = ? AND lane = ? AND member = ? AND (step, slot, name) > (?, ?, ?) ORDER BY step, slot, name LIMIT ?"]
                : c[SelectEntries + "WHERE run = ? AND lane = ? AND (member, step, slot, name) > (?, ?, ?, ?) ORDER BY member, step, slot, name LIMIT ?"];
            select.Bind(KeyOf(c, run)).Bind((long)lane).Bind(path.Member).Bind(path.Step).Bind(path.Slot).Bind(name).Bind(limit);
            return ReadEntries(select, into);
        }));

    public ValueTask<bool> ReadAtAsync(
        RunId run, JournalLane lane, QuestionPath path, string name, JournalPage into, CancellationToken cancellation) =>
        new(database.Read(c =>
        {
            var select = c[SelectEntries + "WHERE run = ? AND lane = ? AND member = ? AND step = ? AND slot = ? AND name = ?"]
                .Bind(KeyOf(c, run)).Bind((long)lane).Bind(path.Member).Bind(path.Step).Bind(path.Slot).Bind(name);
            return ReadEntries(select, into) > 0;
        }));

    public ValueTask<IReadOnlyList<StepRecord>> ReadStepsAsync(RunId run, int member, int afterIndex, int limit, CancellationToken cancellation) =>
        new(database.Read(c =>
        {
            var steps = new List<StepRecord>();
            var select = c["""
                SELECT step, loss, standard_error, best_loss, gradient_norm, evaluations, shots, at, digest
                FROM steps WHERE run = ? AND member = ? AND step > ? ORDER BY step LIMIT ?
                """].Bind(KeyOf(c, run)).Bind(member).Bind(afterIndex).Bind(limit);
            while (select.Step())
            {
                steps.Add(new StepRecord(
                    member, (int)select.Int64(0), select.Double(1), select.Double(2), select.Double(3), select.IsNull(4) ? null : select.Double(4),
                    select.Int64(5), select.Int64(6), DateTimeOffset.FromUnixTimeMilliseconds(select.Int64(7)), select.Int64(8)));
            }
            select.Reset();
            return (IReadOnlyList<StepRecord>)steps;
        }));

    public ValueTask NoteArtifactAsync(Artifact artifact, CancellationToken cancellation) => Done(database.Write(c =>
    {
        c["INSERT INTO artifacts (hash, size, media_type, wanted) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET wanted = excluded.wanted"]
            .Bind(artifact.Hash.Value).Bind(artifact.Size).Bind(artifact.MediaType).Bind(Now).Run();
        return true;
    }));

    public ValueTask<Artifact?> FindArtifactAsync(ArtifactHash hash, CancellationToken cancellation) => new(database.Read(c =>
    {
        var select = c["SELECT size, media_type FROM artifacts WHERE hash = ?"].Bind(hash.Value);
        var found = select.Step() ? new Artifact(hash, select.Int64(0), select.Text(1)) : null;
        select.Reset();
        return found;
    }));

    public ValueTask<int> CollectArtifactsAsync(DateTimeOffset unwantedSince, Action<ArtifactHash> remove, CancellationToken cancellation) =>
        new(database.Write(c =>
        {
            var unwanted = new List<ArtifactHash>();
            var delete = c["DELETE FROM artifacts WHERE wanted < ? AND hash NOT IN (SELECT hash FROM run_inputs) RETURNING hash"]
                .Bind(unwantedSince.ToUnixTimeMilliseconds());
            while (delete.Step()) unwanted.Add(ArtifactHash.Parse(delete.Text(0)));
            delete.Reset();
            foreach (var hash in unwanted) remove(hash);
            return unwanted.Count;
        }));

    private static int ReadEntries(SqliteStatement select, JournalPage into)
    {
        var count = 0;
        for (; select.Step(); count++)
        {
            var lane = (JournalLane)select.Int64(1);
            into.Add(new JournalEntry
            {
                Sequence = select.Int64(0),
                Lane = lane,
                Path = new QuestionPath((int)select.Int64(2), (int)select.Int64(3), (int)select.Int64(4)),
                Kind = (QuestionKind)select.Int64(5),
                Name = lane == JournalLane.Decisions ? select.Text(6) : "",
                Question = select.Blob(7),
                Answer = select.Blob(8),
            });
        }
        select.Reset();
        return count;
    }
}
