using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>An evaluator behind a journal: what is recorded is answered from there, what is not is asked of the evaluator and recorded before
/// it is used.</summary>
public sealed partial class JournalingEvaluator : IEvaluator, IDisposable
{
    private readonly IEvaluator _inner;
    private readonly Journal _journal;
    private readonly JournalDurability _durability;
    private readonly string? _recordedIdentity;
    private readonly bool _warm;
    private readonly QuestionHasher _hasher;
    private readonly LastCursor _answers, _warmAnswers;
    private long _sequenceFound;

    /// <summary>Puts a journal in front of an evaluator.</summary>
    /// <param name="inner">Answers what is not recorded.</param>
    /// <param name="journal">The journal.</param>
    /// <param name="durability">How sure an answer must be before it is used.</param>
    /// <param name="warm">Whether the journal holds answers of the run this one was forked from.</param>
    /// <param name="recordedIdentity">The identity of the evaluator that the journal was begun with, to explain a mismatch.</param>
    public JournalingEvaluator(
        IEvaluator inner, Journal journal, JournalDurability durability = JournalDurability.Free, bool warm = false, string? recordedIdentity = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        (_inner, _journal, _durability, _warm, _recordedIdentity) = (inner, journal, durability, warm, recordedIdentity);
        _hasher = new QuestionHasher(inner.Identity);
        _running = new CompletionQueue(inner);
        (_answers, _warmAnswers) = (new LastCursor(journal, JournalLane.Answers), new LastCursor(journal, JournalLane.Warm));
    }

    /// <inheritdoc/>
    public int Dimension => _inner.Dimension;

    /// <inheritdoc/>
    public string Identity => _inner.Identity;

    /// <inheritdoc/>
    /// <exception cref="JournalMismatchException">The journal has the answer to another question at a path.</exception>
    /// <exception cref="LeaseLostException">Another process owns the run now.</exception>
    public ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(questions);
        cancellation.ThrowIfCancellationRequested();
        var settling = _journal.SettleStepsAsync();
        // An array, because asking a list for its elements takes longer than hashing them.
        var asked = questions as Question[] ?? [.. questions];
        if (!settling.IsCompletedSuccessfully || !ArePastRecord(asked)) return LookUpAsync(settling, asked, cancellation);
        return AskAsync(asked, cancellation);
    }

    // Most questions of a long run come here, each a few microseconds after the other: as long as everything answers at once this is one call
    // without a state machine.
    private ValueTask<Answer[]> AskAsync(Question[] questions, CancellationToken cancellation)
    {
        _journal.BeginWork();
        var flushing = _journal.FlushIfDueAsync();
        if (!flushing.IsCompletedSuccessfully) return FlushFirstAsync(flushing, questions, cancellation);
        var computing = _inner.AnswerAsync(questions, cancellation);
        if (!computing.IsCompletedSuccessfully) return RecordAsync(computing, questions, cancellation);
        var answers = computing.Result;
        var recording = RecordAsync(questions, answers);
        return recording.IsCompletedSuccessfully ? new(answers) : AfterAsync(recording, answers);
    }

    private async ValueTask<Answer[]> FlushFirstAsync(ValueTask flushing, Question[] questions, CancellationToken cancellation)
    {
        await flushing;
        return await RecordAsync(_inner.AnswerAsync(questions, cancellation), questions, cancellation);
    }

    private async ValueTask<Answer[]> RecordAsync(ValueTask<Answer[]> computing, Question[] questions, CancellationToken cancellation)
    {
        var answers = await computing;
        await RecordAsync(questions, answers);
        return answers;
    }

    private static async ValueTask<Answer[]> AfterAsync(ValueTask recording, Answer[] answers)
    {
        await recording;
        return answers;
    }

    private async ValueTask<Answer[]> LookUpAsync(ValueTask settling, Question[] questions, CancellationToken cancellation)
    {
        await settling;
        var answers = new Answer[questions.Length];
        List<int>? missing = null;
        for (var k = 0; k < answers.Length; k++)
        {
            if (await RecordedAsync(questions[k], cancellation) is { } answer) answers[k] = answer;
            else (missing ??= []).Add(k);
        }
        if (missing is null) return answers;

        var computed = await AskAsync(missing.Count == questions.Length ? questions : [.. missing.Select(k => questions[k])], cancellation);
        for (var k = 0; k < missing.Count; k++) answers[missing[k]] = computed[k];
        return answers;
    }

    private bool ArePastRecord(Question[] questions)
    {
        for (var k = 0; k < questions.Length; k++)
        {
            var path = questions[k].Path;
            if (!_answers.Of(path).EndsBefore(path) || _warm && !_warmAnswers.Of(path).EndsBefore(path)) return false;
        }
        for (var k = 0; k < questions.Length; k++)
        {
            var path = questions[k].Path;
            _answers.Of(path).Pass(path);
            if (_warm) _warmAnswers.Of(path).Pass(path);
        }
        return true;
    }

    /// <summary>Lets go of what it holds; the evaluator behind it is another's.</summary>
    public void Dispose() => _hasher.Dispose();

    private async ValueTask<Answer?> RecordedAsync(Question question, CancellationToken cancellation)
    {
        if (await _journal.FindAsync(JournalLane.Answers, question.Path, cancellation) is { } recorded)
        {
            if (!Matches(recorded, question)) throw Mismatch(recorded, question);
            _journal.CountFound();
            _sequenceFound = recorded.Current.Sequence;
            return AnswerCodec.Read(recorded.Current.Answer);
        }
        if (!_warm || await _journal.FindAsync(JournalLane.Warm, question.Path, cancellation) is not { } warm || !Matches(warm, question)) return null;
        var answer = AnswerCodec.Read(warm.Current.Answer);
        _sequenceFound = long.MaxValue / 2 + _arrivals++;
        await RecordAsync(question, answer, JournalDurability.Free);
        return answer;
    }

    // The last of a paid batch carries the others to the disk.
    private ValueTask RecordAsync(Question[] questions, Answer[] answers)
    {
        for (var k = 0; k < answers.Length; k++)
        {
            var recording = RecordAsync(questions[k], answers[k], k == answers.Length - 1 ? _durability : JournalDurability.Free);
            if (!recording.IsCompletedSuccessfully) return RestAsync(recording, k + 1);
        }
        return default;

        async ValueTask RestAsync(ValueTask recording, int from)
        {
            await recording;
            for (var k = from; k < answers.Length; k++)
                await RecordAsync(questions[k], answers[k], k == answers.Length - 1 ? _durability : JournalDurability.Free);
        }
    }

    private ValueTask RecordAsync(Question question, Answer answer, JournalDurability durability) =>
        _journal.AppendAsync(question, _hasher, answer, durability);

    private bool Matches(JournalCursor recorded, Question question) => _hasher.Matches(recorded.Current.Question, question);

    private JournalMismatchException Mismatch(JournalCursor recorded, Question question)
    {
        var entry = recorded.Current;
        var reason = _recordedIdentity is not null && _recordedIdentity != Identity
            ? $"The evaluator is another: {Difference(_recordedIdentity, Identity)}."
            : entry.Kind != question.Kind
                ? "The optimizer asks in another order."
                : "The evaluator is the same, so the point is another: the start, the optimizer or its arithmetic has changed.";
        return new JournalMismatchException(
            _journal.Run, entry.Sequence, Describe(entry.Kind, entry.Path, entry.Question), Describe(question.Kind, question.Path, _hasher.Of(question)), reason);
    }

    private static string Describe(QuestionKind kind, QuestionPath path, ReadOnlySpan<byte> hash) =>
        $"a {(kind == QuestionKind.Gradient ? "gradient" : "loss")} at {path} (hash {Convert.ToHexStringLower(hash[..4])}…)";

    // Identities have a line for each thing that matters.
    private static string Difference(string before, string now)
    {
        var (was, of) = (before.Split('\n'), now.Split('\n'));
        return string.Join(", ", was.Except(of).Select(l => $"it was '{l}'").Concat(of.Except(was).Select(l => $"it is '{l}'")));
    }

    /// <summary>The cursor of the member that asked last.</summary>
    private sealed class LastCursor(Journal journal, JournalLane lane)
    {
        private JournalCursor? _cursor;
        private int _member;

        public JournalCursor Of(QuestionPath path)
        {
            if (_cursor is null || _member != path.Member) (_cursor, _member) = (journal.CursorOf(lane, path.Member), path.Member);
            return _cursor;
        }
    }
}
