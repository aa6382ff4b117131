using QTrain.Operations.Runs;
using QTrain.Training;

namespace QTrain.Operations.Storage.Sqlite;

/// <summary>Records and steps lie in two tables each, rows and blocks, and are read as one, in order.</summary>
internal sealed partial class SqliteRunStore
{
    private const string SelectEntries = "SELECT sequence, lane, member, step, slot, kind, name, question, answer FROM journal ";

    public ValueTask ReadAsync(
        RunId run, JournalLane lane, int? member, JournalPosition? after, int limit, JournalPage into, CancellationToken cancellation) =>
        Done(database.Read(c =>
        {
            var key = KeyOf(c, run);
            var end = into.Count + limit;
            if (member is { } one) ReadMember(c, key, lane, after ?? Before(one), end, into);
            else if (after is { } past) ReadMember(c, key, lane, past, end, into);
            if (member is not null) return true;
            // A member's end is known to the index; from there to the next member is one look.
            for (int? next = after?.Path.Member ?? -1; into.Count < end && (next = NextMember(c, key, lane, next.Value)) is { } following;)
                ReadMember(c, key, lane, Before(following), end, into);
            return true;
        }));

    public ValueTask<bool> ReadAtAsync(
        RunId run, JournalLane lane, QuestionPath path, string name, JournalPage into, CancellationToken cancellation) =>
        new(database.Read(c =>
        {
            var key = KeyOf(c, run);
            var select = c[SelectEntries + "WHERE run = ? AND lane = ? AND member = ? AND step = ? AND slot = ? AND name = ?"]
                .Bind(key).Bind((long)lane).Bind(path.Member).Bind(path.Step).Bind(path.Slot).Bind(name);
            var found = select.Step();
            if (found) AddRow(select, into);
            select.Reset();
            return found || name.Length == 0 && FindInBlocks(c, key, lane, path, into);
        }));

    public ValueTask<bool> ReadLastAsync(RunId run, JournalLane lane, int member, JournalPage into, CancellationToken cancellation) =>
        new(database.Read(c =>
        {
            var key = KeyOf(c, run);
            if (LastPath(c, key, lane, member) is not { } last) return false;
            var select = c[SelectEntries + "WHERE run = ? AND lane = ? AND member = ? AND step = ? AND slot = ? ORDER BY name DESC LIMIT 1"]
                .Bind(key).Bind((long)lane).Bind(member).Bind(last.Step).Bind(last.Slot);
            var found = select.Step();
            if (found) AddRow(select, into);
            select.Reset();
            return found || FindInBlocks(c, key, lane, last, into);
        }));

    public ValueTask<IReadOnlyList<StepRecord>> ReadStepsAsync(RunId run, int member, int afterIndex, int limit, CancellationToken cancellation) =>
        new(database.Read(c =>
        {
            var steps = new List<StepRecord>();
            var key = KeyOf(c, run);
            // Stores of the first schema have rows; what came after them is in blocks, and never before a row.
            var select = c["""
                SELECT step, loss, standard_error, best_loss, gradient_norm, evaluations, shots, at, digest
                FROM steps WHERE run = ? AND member = ? AND step > ? ORDER BY step LIMIT ?
                """].Bind(key).Bind(member).Bind(afterIndex).Bind(limit);
            while (select.Step())
            {
                steps.Add(new StepRecord(
                    member, (int)select.Int64(0), select.Double(1), select.Double(2), select.Double(3), select.IsNull(4) ? null : select.Double(4),
                    select.Int64(5), select.Int64(6), DateTimeOffset.FromUnixTimeMilliseconds(select.Int64(7)), select.Int64(8)) { DigestVersion = 1 });
            }
            select.Reset();
            if (steps.Count == limit) return (IReadOnlyList<StepRecord>)steps;
            var blocks = c["""
                SELECT step, body FROM step_blocks
                WHERE run = ?1 AND member = ?2 AND last_step > ?3
                  AND step >= coalesce((SELECT max(step) FROM step_blocks WHERE run = ?1 AND member = ?2 AND step <= ?3 + 1), 0)
                ORDER BY step
                """].Bind(key).Bind(member).Bind(afterIndex);
            while (steps.Count < limit && blocks.Step())
            {
                try
                {
                    StepBlock.Read(blocks.Blob(1), member, afterIndex, limit, steps);
                }
                catch (FormatException e)
                {
                    throw Damaged(e, $"the steps from {blocks.Int64(0)} of member {member} of run {run}");
                }
            }
            blocks.Reset();
            return (IReadOnlyList<StepRecord>)steps;
        }));

    public ValueTask<IReadOnlyList<int>> MembersAsync(RunId run, CancellationToken cancellation) => new(database.Read(c =>
    {
        var members = new List<int>();
        var select = c["SELECT DISTINCT member FROM steps WHERE run = ?1 UNION SELECT DISTINCT member FROM step_blocks WHERE run = ?1 ORDER BY 1"].Bind(KeyOf(c, run));
        while (select.Step()) members.Add((int)select.Int64(0));
        select.Reset();
        return (IReadOnlyList<int>)members;
    }));

    private static JournalPosition Before(int member) => new(new QuestionPath(member, -1, -1));

    private static int? NextMember(SqliteDatabase.Connection c, long run, JournalLane lane, int after)
    {
        var select = c["""
            SELECT min(m) FROM (SELECT min(member) AS m FROM journal WHERE run = ?1 AND lane = ?2 AND member > ?3
                                UNION ALL SELECT min(member) FROM journal_blocks WHERE run = ?1 AND lane = ?2 AND member > ?3)
            """].Bind(run).Bind((long)lane).Bind(after);
        select.Step();
        int? next = select.IsNull(0) ? null : (int)select.Int64(0);
        select.Reset();
        return next;
    }

    /// <summary>The last path of a lane and member.</summary>
    private static QuestionPath? LastPath(SqliteDatabase.Connection c, long run, JournalLane lane, int member)
    {
        var last = Last(c["SELECT step, slot FROM journal WHERE run = ? AND lane = ? AND member = ? ORDER BY step DESC, slot DESC LIMIT 1"]);
        var lastOfBlocks = Last(c["SELECT last_step, last_slot FROM journal_blocks WHERE run = ? AND lane = ? AND member = ? ORDER BY step DESC, slot DESC LIMIT 1"]);
        return last is null || lastOfBlocks > last ? lastOfBlocks : last;

        QuestionPath? Last(SqliteStatement select)
        {
            select.Bind(run).Bind((long)lane).Bind(member);
            QuestionPath? found = select.Step() ? new QuestionPath(member, (int)select.Int64(0), (int)select.Int64(1)) : null;
            select.Reset();
            return found;
        }
    }

    private static long LastStep(SqliteDatabase.Connection c, long run, int member)
    {
        var select = c["""
            SELECT max(coalesce((SELECT max(step) FROM steps WHERE run = ?1 AND member = ?2), -1),
                       coalesce((SELECT last_step FROM step_blocks WHERE run = ?1 AND member = ?2 ORDER BY step DESC LIMIT 1), -1))
            """].Bind(run).Bind(member);
        select.Step();
        var last = select.Int64(0);
        select.Reset();
        return last;
    }

    private static bool FindInBlocks(SqliteDatabase.Connection c, long run, JournalLane lane, QuestionPath path, JournalPage into)
    {
        using var blocks = new Blocks(c, run, lane, path.Member, path);
        if (!blocks.MoveNext()) return false;
        var reader = blocks.Read();
        while (reader.MoveNext())
        {
            var order = reader.Current.Path.CompareTo(path);
            if (order == 0) into.Add(reader.Current);
            if (order >= 0) return order == 0;
        }
        return false;
    }

    /// <summary>Adds the records of a lane and member after a position to a page, until it holds so many.</summary>
    private static void ReadMember(SqliteDatabase.Connection c, long run, JournalLane lane, JournalPosition after, int end, JournalPage into)
    {
        var (path, name) = after;
        var rows = c[SelectEntries + "WHERE run = ? AND lane = ? AND member = ? AND (step, slot, name) > (?, ?, ?) ORDER BY step, slot, name LIMIT ?"]
            .Bind(run).Bind((long)lane).Bind(path.Member).Bind(path.Step).Bind(path.Slot).Bind(name).Bind(end - into.Count);
        using var blocks = new Blocks(c, run, lane, path.Member, path);
        var rowPath = NextRow();
        while (into.Count < end && blocks.MoveNext())
        {
            var reader = blocks.Read();
            while (into.Count < end && reader.MoveNext())
            {
                if (reader.Current.Path.CompareTo(path) <= 0) continue;
                while (rowPath is { } row && row < reader.Current.Path && into.Count < end) AddRowAndMove();
                if (into.Count < end) into.Add(reader.Current);
            }
        }
        while (rowPath is not null && into.Count < end) AddRowAndMove();
        rows.Reset();

        QuestionPath? NextRow() => rows.Step() ? new QuestionPath(path.Member, (int)rows.Int64(3), (int)rows.Int64(4)) : null;

        void AddRowAndMove()
        {
            AddRow(rows, into);
            rowPath = NextRow();
        }
    }

    private static void AddRow(SqliteStatement row, JournalPage into)
    {
        var lane = (JournalLane)row.Int64(1);
        into.Add(new JournalEntry
        {
            Sequence = row.Int64(0),
            Lane = lane,
            Path = new QuestionPath((int)row.Int64(2), (int)row.Int64(3), (int)row.Int64(4)),
            Kind = (QuestionKind)row.Int64(5),
            Name = lane == JournalLane.Decisions ? row.Text(6) : "",
            Question = row.Blob(7),
            Answer = row.Blob(8),
        });
    }

    private static FormatException Damaged(FormatException e, string what) => new($"what holds {what} {e.Message}", e);

    /// <summary>The blocks of a lane and member that end at a path or past it, in order.</summary>
    private sealed class Blocks : IDisposable
    {
        private readonly JournalLane _lane;
        private readonly int _member;
        private readonly SqliteStatement _select;

        public Blocks(SqliteDatabase.Connection c, long run, JournalLane lane, int member, QuestionPath from)
        {
            (_lane, _member) = (lane, member);
            // The block that begins last before the path, so that those before it are not looked through.
            var first = c["SELECT step, slot FROM journal_blocks WHERE run = ? AND lane = ? AND member = ? AND (step, slot) <= (?, ?) ORDER BY step DESC, slot DESC LIMIT 1"]
                .Bind(run).Bind((long)lane).Bind(member).Bind(from.Step).Bind(from.Slot);
            var (step, slot) = first.Step() ? (first.Int64(0), first.Int64(1)) : (-1, -1);
            first.Reset();
            _select = c["""
                SELECT body, step, slot FROM journal_blocks WHERE run = ? AND lane = ? AND member = ? AND (step, slot) >= (?, ?) AND (last_step, last_slot) >= (?, ?)
                ORDER BY step, slot
                """].Bind(run).Bind((long)lane).Bind(member).Bind(step).Bind(slot).Bind(from.Step).Bind(from.Slot);
        }

        public bool MoveNext() => _select.Step();

        public JournalBlock.Reader Read()
        {
            try
            {
                return new JournalBlock.Reader(_select.Blob(0), _lane, _member);
            }
            catch (FormatException e)
            {
                throw Damaged(e, $"the records from {new QuestionPath(_member, (int)_select.Int64(1), (int)_select.Int64(2))} of lane {_lane}");
            }
        }

        public void Dispose() => _select.Reset();
    }
}
