using System.Buffers.Binary;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>Several questions on their way at once. An answer is recorded when it comes, and where in the run it was handed over is a record of its own, so
/// that a resumed run is handed the same answers in the same order, and only then whatever comes next.</summary>
public sealed partial class JournalingEvaluator : IConcurrentEvaluator
{
    private readonly CompletionQueue _running;
    private readonly Dictionary<QuestionPath, Question> _begun = [];
    // Asked while the record may still answer others first; begun once it has ended.
    private readonly List<Question> _held = [];
    // Answered and recorded but not handed over, with the order in which they were recorded.
    private readonly Dictionary<QuestionPath, (long Order, Answer Answer)> _answered = [];
    private long _arrivals;

    /// <inheritdoc/>
    public int InFlight => _begun.Count;

    /// <inheritdoc/>
    public async ValueTask BeginAsync(Question question, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        cancellation.ThrowIfCancellationRequested();
        await _journal.SettleStepsAsync();
        _begun.Add(question.Path, question);
        if (await RecordedAsync(question, cancellation) is { } answer)
            _answered.Add(question.Path, (_sequenceFound, answer));
        else if (_journal.CursorOf(JournalLane.Order, question.Path.Member).EndsBefore(question.Path))
            await _running.BeginAsync(question, cancellation);
        else
            _held.Add(question);
    }

    /// <inheritdoc/>
    /// <exception cref="JournalMismatchException">The answer that was handed over here is that to a question which was not asked.</exception>
    public async ValueTask<CompletedAnswer> NextCompletedAsync(QuestionPath at, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_begun.Count == 0) throw new InvalidOperationException($"At {at} an answer is waited for, but no question is on its way: begin one first.");
        await _journal.SettleStepsAsync();
        if (await _journal.FindAsync(JournalLane.Order, at, cancellation) is { } recorded)
        {
            var entry = recorded.Current;
            var (path, sequence) = (ReadOrder(entry), entry.Sequence);
            if (!_answered.ContainsKey(path))
                throw new JournalMismatchException(
                    _journal.Run, sequence, $"the answer to {path} handed over at {at}", "without having asked that", "The optimizer asks in another order.");
            _journal.CountFound();
            return HandOver(path);
        }
        foreach (var question in _held) await _running.BeginAsync(question, cancellation);
        _held.Clear();
        await KeepArrivedAsync();
        if (_answered.Count == 0)
        {
            _journal.BeginWork();
            // It may take long, so what waits is written before.
            await _journal.FlushAsync(JournalDurability.Free, cancellation);
            await KeepAsync(await _running.NextCompletedAsync(at, cancellation));
            await KeepArrivedAsync();
        }
        var next = _answered.MinBy(a => a.Value.Order).Key;
        await _journal.AppendAsync(OrderEntry(at, next), _durability);
        return HandOver(next);
    }

    /// <summary>Records what has come and was not waited for, so that it need not be asked again. To be said when a session ends.</summary>
    internal async ValueTask KeepLateAsync()
    {
        while (true)
        {
            try
            {
                await KeepArrivedAsync();
                return;
            }
            catch (Exception e) when (e is not QuantumException)
            {
                // A question that was given up or went wrong is asked again by the next session; nobody waits for it in this one.
            }
        }
    }

    private async ValueTask KeepArrivedAsync()
    {
        while (_running.TryTake(out var completed)) await KeepAsync(completed);
    }

    internal static QuestionPath ReadOrder(in JournalEntry entry) => new(
        entry.Path.Member, BinaryPrimitives.ReadInt32LittleEndian(entry.Answer), BinaryPrimitives.ReadInt32LittleEndian(entry.Answer[sizeof(int)..]));

    private static JournalEntry OrderEntry(QuestionPath at, QuestionPath completed)
    {
        var bytes = new byte[2 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, completed.Step);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(int)), completed.Slot);
        return new JournalEntry { Lane = JournalLane.Order, Path = at, Name = "", Answer = bytes };
    }

    // One that cost money waits for the disk together with the record of its being handed over, which is written before it is used.
    private async ValueTask KeepAsync(CompletedAnswer completed)
    {
        await RecordAsync(_begun[completed.Question], completed.Answer, JournalDurability.Free);
        // After everything of earlier sessions.
        _answered.Add(completed.Question, (long.MaxValue / 2 + _arrivals++, completed.Answer));
    }

    private CompletedAnswer HandOver(QuestionPath path)
    {
        _begun.Remove(path);
        _answered.Remove(path, out var answered);
        return new CompletedAnswer(path, answered.Answer);
    }
}
