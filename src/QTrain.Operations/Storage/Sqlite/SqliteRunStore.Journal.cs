using System.Runtime.InteropServices;
using QTrain.Operations.Runs;
using QTrain.Training;

namespace QTrain.Operations.Storage.Sqlite;

internal sealed partial class SqliteRunStore
{
    // Fewer are rows: a block must be worth looking where it belongs.
    private const int FewestOfABlock = 4;

    private const string InsertNamedEntry =
        "INSERT INTO journal (name, run, lane, member, step, slot, sequence, kind, question, answer) VALUES (?,?,?,?,?,?,?,?,?,?)";

    // Most have no name, and binding an empty text takes longer than binding a number.
    private const string InsertEntry =
        "INSERT INTO journal (name, run, lane, member, step, slot, sequence, kind, question, answer) VALUES ('',?,?,?,?,?,?,?,?,?)";

    // Used by the one connection that writes, under its lock.
    private readonly ByteWriter _block = new();
    private readonly List<int> _indices = [];
    private readonly HashSet<(JournalLane, int)> _blocked = [];

    public ValueTask AppendAsync(
        LeaseGrant lease, JournalPage entries, IReadOnlyList<StepRecord> steps, TimeSpan worked, JournalDurability durability,
        CancellationToken cancellation) => Done(database.Write(c =>
    {
        var (key, length) = Fenced(c, lease, entries.Count, worked.Ticks);
        InsertEntries(c, key, entries, length - entries.Count + 1);
        InsertSteps(c, key, steps);
        return true;
    }, durability));

    /// <param name="c">The connection.</param>
    /// <param name="run">The run.</param>
    /// <param name="entries">The records.</param>
    /// <param name="firstSequence">The number of the first of them; negative where each has its own.</param>
    private void InsertEntries(SqliteDatabase.Connection c, long run, JournalPage entries, long firstSequence)
    {
        _blocked.Clear();
        for (var k = 0; k < entries.Count; k++)
        {
            var entry = entries[k];
            // A block of all records of its lane and member, when the first of them comes by.
            if (_blocked.Contains((entry.Lane, entry.Path.Member)) && entry.Name.Length == 0) continue;
            if (entry.Name.Length == 0 && InsertBlocks(c, run, entries, k, firstSequence))
            {
                _blocked.Add((entry.Lane, entry.Path.Member));
                continue;
            }
            InsertRow(c, run, entry, firstSequence < 0 ? entry.Sequence : firstSequence + k);
        }
    }

    /// <summary>Adds the records of the lane and member of one of a page, from that one on, as blocks; false when they are too few, out of order, or not
    /// past all that is recorded.</summary>
    private bool InsertBlocks(SqliteDatabase.Connection c, long run, JournalPage entries, int from, long firstSequence)
    {
        var (lane, first) = (entries[from].Lane, entries.PathOf(from));
        if (entries.Count - from < FewestOfABlock) return false;
        _indices.Clear();
        var last = new QuestionPath(first.Member, -1, -1);
        for (var k = from; k < entries.Count; k++)
        {
            if (!entries.IsOf(k, lane, first.Member)) continue;
            var path = entries.PathOf(k);
            if (path.CompareTo(last) <= 0) return false;
            last = path;
            _indices.Add(k);
        }
        if (_indices.Count < FewestOfABlock || LastPath(c, run, lane, first.Member) >= first) return false;
        var indices = CollectionsMarshal.AsSpan(_indices);
        for (int begin = 0, end; begin < indices.Length; begin = end)
        {
            for ((end, var size) = (begin, 0); end < indices.Length && end - begin < JournalBlock.MostRecords && size < JournalBlock.MostBytes; end++)
                size += entries.SizeOf(indices[end]);
            _block.Clear();
            JournalBlock.Write(entries, indices[begin..end], firstSequence, _block);
            var (head, tail) = (entries.PathOf(indices[begin]), entries.PathOf(indices[end - 1]));
            c["INSERT INTO journal_blocks (run, lane, member, step, slot, last_step, last_slot, body) VALUES (?,?,?,?,?,?,?,?)"]
                .Bind(run).Bind((long)lane).Bind(first.Member).Bind(head.Step).Bind(head.Slot).Bind(tail.Step).Bind(tail.Slot).Bind(_block.Written).Run();
        }
        return true;
    }

    private static void InsertRow(SqliteDatabase.Connection c, long run, in JournalEntry entry, long sequence)
    {
        var path = entry.Path;
        // The primary key knows the rows only.
        if (entry.Name.Length == 0 && FindInBlocks(c, run, entry.Lane, path, new JournalPage()))
            throw new RecordedAlreadyException($"the record {path} of lane {entry.Lane} is in the journal already");
        var to = entry.Name.Length == 0 ? c[InsertEntry] : c[InsertNamedEntry].Bind(entry.Name);
        to.Bind(run).Bind((long)entry.Lane).Bind(path.Member).Bind(path.Step).Bind(path.Slot)
            .Bind(sequence).Bind((long)entry.Kind).Bind(entry.Question).Bind(entry.Answer).Run();
    }

    /// <summary>Copies the answers of a run as warm ones of another. Its own come first: where it is itself a fork, what it did not ask again stays warm too.</summary>
    private void CopyAsWarm(SqliteDatabase.Connection c, long from, long to)
    {
        var (own, warm, merged) = (new JournalPage(), new JournalPage(), new JournalPage());
        for (int? member = -1; (member = NextMember(c, from, member.Value)) is { } one;)
        {
            var (afterOwn, afterWarm) = (Before(one), Before(one));
            var (o, w) = (0, 0);
            while (true)
            {
                Refill(JournalLane.Answers, own, ref o, ref afterOwn);
                Refill(JournalLane.Warm, warm, ref w, ref afterWarm);
                var order = o == own.Count ? 1 : w == warm.Count ? -1 : own.PathOf(o).CompareTo(warm.PathOf(w));
                if (o == own.Count && w == warm.Count) break;
                merged.Add((order <= 0 ? own[o] : warm[w]).In(JournalLane.Warm));
                if (order <= 0) o++;
                if (order >= 0) w++;
                if (merged.Count == JournalBlock.MostRecords) Insert();
            }
            Insert();
        }

        void Refill(JournalLane lane, JournalPage page, ref int at, ref JournalPosition after)
        {
            if (at < page.Count) return;
            if (page.Count > 0) after = new JournalPosition(page.PathOf(page.Count - 1));
            page.Clear();
            at = 0;
            ReadMember(c, from, lane, after, JournalBlock.MostRecords, page);
        }

        void Insert()
        {
            InsertEntries(c, to, merged, firstSequence: -1);
            merged.Clear();
        }
    }

    private static int? NextMember(SqliteDatabase.Connection c, long run, int after) =>
        (NextMember(c, run, JournalLane.Answers, after), NextMember(c, run, JournalLane.Warm, after)) is var (own, warm) && own is not null && warm is not null
            ? Math.Min(own.Value, warm.Value) : own ?? warm;

    private void InsertSteps(SqliteDatabase.Connection c, long run, IReadOnlyList<StepRecord> steps)
    {
        if (steps.Count == 0) return;
        if (steps is List<StepRecord> list && list.TrueForAll(s => s.Member == list[0].Member))
        {
            InsertSteps(c, run, CollectionsMarshal.AsSpan(list));
            return;
        }
        foreach (var member in steps.GroupBy(s => s.Member)) InsertSteps(c, run, member.ToArray());
    }

    private void InsertSteps(SqliteDatabase.Connection c, long run, ReadOnlySpan<StepRecord> steps)
    {
        var member = steps[0].Member;
        var last = LastStep(c, run, member);
        foreach (ref readonly var step in steps)
        {
            if (step.Index <= last) throw new RecordedAlreadyException($"step {step.Index} of member {member} is in the history already, which has come to {last}");
            last = step.Index;
        }
        for (; steps.Length > 0; steps = steps[Math.Min(StepBlock.MostSteps, steps.Length)..])
        {
            var part = steps[..Math.Min(StepBlock.MostSteps, steps.Length)];
            _block.Clear();
            StepBlock.Write(part, _block);
            c["INSERT INTO step_blocks (run, member, step, last_step, body) VALUES (?,?,?,?,?)"]
                .Bind(run).Bind(member).Bind(part[0].Index).Bind(part[^1].Index).Bind(_block.Written).Run();
        }
    }

    /// <summary>Told as a fault of the store that it happened in.</summary>
    internal sealed class RecordedAlreadyException(string what) : Exception(what);
}
