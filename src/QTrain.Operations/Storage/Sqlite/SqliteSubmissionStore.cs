using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using QTrain.Devices;
using QTrain.Operations.Dispatch;
using QTrain.Operations.Runs;
using QTrain.Simulation;
using QTrain.Training;

namespace QTrain.Operations.Storage.Sqlite;

/// <summary>Submissions in a SQLite file. Every write is on the disk before it returns: money hangs on it.</summary>
internal sealed class SqliteSubmissionStore(SqliteDatabase database, SqliteRunStore runs) : ISubmissionStore
{
    private const string Columns = "key, run, member, step, slot, part, number, backend, digest, circuits, shots, state, job, reserved, cost, currency, basis, intended, sent, submitted, finished, queued, reason, results";

    private static readonly string Upsert =
        $"INSERT INTO submissions ({Columns}) VALUES ({string.Join(", ", Enumerable.Repeat("?", Columns.Count(c => c == ',') + 1))}) "
        + "ON CONFLICT (key) DO UPDATE SET " + string.Join(", ", new[] { "state", "job", "reserved", "cost", "currency", "basis", "sent", "submitted", "finished", "queued", "reason", "results" }.Select(c => $"{c} = excluded.{c}"));

    public ValueTask WriteAsync(LeaseGrant lease, Submission submission, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(submission);
        database.Write(c =>
        {
            runs.Fence(c, lease);
            return Write(c, submission);
        }, JournalDurability.Paid);
        return ValueTask.CompletedTask;
    }

    public ValueTask DecideAsync(Submission submission, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(submission);
        database.Write(c =>
        {
            runs.ThrowIfBusy(c, submission.Run);
            return Write(c, submission);
        }, JournalDurability.Paid);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<Submission>> ListAsync(RunId? run, CancellationToken cancellation) => new(database.Read(c =>
        (IReadOnlyList<Submission>)Read(run is { } one
            ? c[$"SELECT {Columns} FROM submissions WHERE run = ? ORDER BY intended, rowid"].Bind(one.Value) : c[$"SELECT {Columns} FROM submissions ORDER BY intended, rowid"])));

    public ValueTask<IReadOnlyList<Submission>> OfAsync(RunId run, QuestionPath path, int part, CancellationToken cancellation) => new(database.Read(c =>
        (IReadOnlyList<Submission>)Read(c[$"SELECT {Columns} FROM submissions WHERE run = ? AND member = ? AND step = ? AND slot = ? AND part = ? ORDER BY number"]
            .Bind(run.Value).Bind(path.Member).Bind(path.Step).Bind(path.Slot).Bind(part))));

    private static bool Write(SqliteDatabase.Connection c, Submission s)
    {
        c[Upsert].Bind(s.Key).Bind(s.Run.Value).Bind(s.Path.Member).Bind(s.Path.Step).Bind(s.Path.Slot).Bind(s.Part).Bind(s.Number).Bind(s.Backend).Bind(s.Digest)
            .Bind(JsonSerializer.Serialize(s.Circuits.ToArray(), OperationsJson.Default.Int32Array)).Bind(s.Shots).Bind((long)s.State).Bind(s.Job).Bind(Text(s.Reserved)).Bind(Text(s.Cost))
            .Bind((s.Cost ?? s.Reserved)?.Currency).Bind((long)s.Basis).Bind(s.IntendedAt.ToUnixTimeMilliseconds()).Bind(s.SentAt.ToUnixTimeMilliseconds())
            .BindOptional(s.SubmittedAt?.ToUnixTimeMilliseconds()).BindOptional(s.FinishedAt?.ToUnixTimeMilliseconds()).BindOptional((long?)s.QueueTime?.TotalMilliseconds).Bind(s.Reason)
            .Bind(SubmissionResults.Write(s.Results)).Run();
        return true;

        static string? Text(Money? money) => money?.Amount.ToString(CultureInfo.InvariantCulture);
    }

    private static List<Submission> Read(SqliteStatement select)
    {
        var all = new List<Submission>();
        while (select.Step())
        {
            var currency = select.TextOrNull(15) ?? "";
            all.Add(new Submission
            {
                Key = select.Text(0),
                Run = RunId.Parse(select.Text(1)),
                Path = new QuestionPath((int)select.Int64(2), (int)select.Int64(3), (int)select.Int64(4)),
                Part = (int)select.Int64(5),
                Number = (int)select.Int64(6),
                Backend = select.Text(7),
                Digest = select.Text(8),
                Circuits = [.. JsonSerializer.Deserialize(select.Text(9), OperationsJson.Default.Int32Array)!],
                Shots = select.Int64(10),
                State = (SubmissionState)select.Int64(11),
                Job = select.TextOrNull(12),
                Reserved = Amount(select.TextOrNull(13), currency),
                Cost = Amount(select.TextOrNull(14), currency),
                Basis = (CostBasis)select.Int64(16),
                IntendedAt = DateTimeOffset.FromUnixTimeMilliseconds(select.Int64(17)),
                SentAt = DateTimeOffset.FromUnixTimeMilliseconds(select.Int64(18)),
                SubmittedAt = select.IsNull(19) ? null : DateTimeOffset.FromUnixTimeMilliseconds(select.Int64(19)),
                FinishedAt = select.IsNull(20) ? null : DateTimeOffset.FromUnixTimeMilliseconds(select.Int64(20)),
                QueueTime = select.IsNull(21) ? null : TimeSpan.FromMilliseconds(select.Int64(21)),
                Reason = select.TextOrNull(22),
                Results = SubmissionResults.Read(select.Blob(23)),
            });
        }
        select.Reset();
        return all;

        static Money? Amount(string? text, string currency) => text is null ? null : new Money(decimal.Parse(text, CultureInfo.InvariantCulture), currency);
    }
}
