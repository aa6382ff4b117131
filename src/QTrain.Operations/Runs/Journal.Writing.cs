using System.Collections.Concurrent;
using QTrain.Training;

namespace QTrain.Operations.Runs;

// The thread of the training puts records down in a draft. A full draft is handed over: beside the training, one after another, drafts are hashed, encoded and
// gathered in a batch, and from time to time the batch is written.
public sealed partial class Journal
{
    private readonly GroupCommit _group;
    private readonly long _mostAge;
    private readonly double _tick;
    private readonly ConcurrentQueue<JournalDraft> _emptyDrafts = new();
    // Touched only by what is handed over, one after another.
    private readonly JournalBatch _batch = new();

    private JournalDraft _draft = new();
    private Unwritten _unwritten;
    private long _began;
    private DateTimeOffset _beganAt;
    // The last that was handed over, and the last of them that writes.
    private Task _handedOver = Task.CompletedTask, _written = Task.CompletedTask;

    /// <summary>What was appended since a write was last begun.</summary>
    private struct Unwritten
    {
        // As much as a processor keeps close, and so that questions of a thousand parameters do not gather by the gigabyte.
        private const long MostBytes = 1 << 18;

        public int Entries, Steps;
        public long Bytes;

        public readonly bool IsNothing => (Entries | Steps) == 0;

        public readonly bool IsEnough(GroupCommit group, int times = 1) =>
            Entries >= times * (long)group.Entries || Steps >= times * (long)group.Entries || Bytes >= times * MostBytes;
    }

    // Times are told to the millisecond, and the clock that ticks every few is read in a tenth of the time.
    private long Now => _time == TimeProvider.System ? Environment.TickCount64 : _time.GetTimestamp();

    /// <summary>Done when everything handed over is written, or has failed to be.</summary>
    internal Task HandedOver => _handedOver;

    /// <summary>Appends a record. A free one is written with others, a paid one now.</summary>
    internal ValueTask AppendAsync(in JournalEntry entry, JournalDurability durability)
    {
        BeginWork();
        MakeRoom();
        Add(entry);
        return AppendedAsync(durability);
    }

    /// <summary>Appends the answer to a question. A free one is written with others, a paid one now.</summary>
    internal ValueTask AppendAsync(Question question, QuestionHasher hasher, Answer answer, JournalDurability durability)
    {
        BeginWork();
        MakeRoom();
        _draft.Add(question, hasher, answer);
        _unwritten.Entries++;
        _unwritten.Bytes += QuestionHasher.Size + sizeof(double) * (answer.Gradient?.Length + 1 ?? 1);
        Appended++;
        return AppendedAsync(durability);
    }

    /// <summary>Hands over what has waited for its time: written beside the work that goes on, after what was handed over before.</summary>
    internal ValueTask FlushIfDueAsync()
    {
        if (_unwritten.IsNothing) return default;
        var now = Now;
        _draft.TellTime(now);
        return now - _began < _mostAge ? default : WriteSoonAsync();
    }

    /// <summary>Writes everything appended so far, as one transaction, and returns when it is written.</summary>
    /// <exception cref="LeaseLostException">Another process owns the run now; nothing was written.</exception>
    public async ValueTask FlushAsync(JournalDurability durability = JournalDurability.Free, CancellationToken cancellation = default)
    {
        await SettleStepsAsync();
        cancellation.ThrowIfCancellationRequested();
        if (!_unwritten.IsNothing) HandOver(write: true, durability);
        await _handedOver;
    }

    private void Add(in JournalEntry entry)
    {
        _draft.Add(entry);
        _unwritten.Entries++;
        _unwritten.Bytes += entry.Question.Length + entry.Answer.Length;
        Appended++;
    }

    private ValueTask AppendedAsync(JournalDurability durability) =>
        durability == JournalDurability.Paid ? FlushAsync(durability)
            : _unwritten.IsEnough(_group) ? WriteSoonAsync()
            : default;

    private void MakeRoom()
    {
        if (_draft.IsFull) HandOver(write: false);
        if (_unwritten.IsNothing) (_began, _beganAt) = (Now, _time.GetUtcNow());
    }

    // Behind a write that is still on its way more may gather; past a bound the training waits for the disk.
    private ValueTask WriteSoonAsync()
    {
        if (_written.IsCompletedSuccessfully)
        {
            HandOver(write: true);
            return default;
        }
        if (!_written.IsFaulted && !_unwritten.IsEnough(_group, 8)) return default;
        return new(_written);
    }

    private void HandOver(bool write, JournalDurability durability = JournalDurability.Free)
    {
        _draft.TellTime(Now);
        var (before, draft, began, beganAt, worked) = (_handedOver, _draft, _began, _beganAt, Worked);
        _handedOver = Task.Run(TakeOverAsync);
        _draft = _emptyDrafts.TryDequeue(out var empty) ? empty : new JournalDraft();
        if (!write) return;
        _written = _handedOver;
        _unwritten = default;

        async Task TakeOverAsync()
        {
            // None is written after one that failed: that failure is thrown again and again.
            await before.ConfigureAwait(false);
            draft.MoveTo(_batch, timestamp => beganAt + TimeSpan.FromMilliseconds((timestamp - began) * _tick));
            _emptyDrafts.Enqueue(draft);
            if (!write) return;
            // What was computed is worth keeping, also when somebody has just asked to stop.
            await _store.AppendAsync(_lease, _batch.Entries, _batch.Steps, worked, durability, CancellationToken.None).ConfigureAwait(false);
            _batch.Clear();
        }
    }
}
