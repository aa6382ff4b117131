using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>An evaluator behind a journal: what is recorded is answered from there, what is not is asked of the evaluator and recorded before
/// it is used.</summary>
public sealed class JournalingEvaluator : IEvaluator, IDisposable
{
    private readonly IEvaluator _inner;
    private readonly Journal _journal;
    private readonly JournalDurability _durability;
    private readonly string? _recordedIdentity;
    private readonly bool _warm;
    private readonly QuestionHasher _hasher;

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
    }

    /// <inheritdoc/>
    public int Dimension => _inner.Dimension;

    /// <inheritdoc/>
    public string Identity => _inner.Identity;

    /// <inheritdoc/>
    /// <exception cref="JournalMismatchException">The journal has the answer to another question at a path.</exception>
    /// <exception cref="LeaseLostException">Another process owns the run now.</exception>
    public async ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(questions);
        cancellation.ThrowIfCancellationRequested();
        await _journal.SettleStepsAsync();
        var answers = new Answer[questions.Count];
        List<int>? missing = null;
        for (var k = 0; k < answers.Length; k++)
        {
            if (await RecordedAsync(questions[k], cancellation) is { } answer) answers[k] = answer;
            else (missing ??= []).Add(k);
        }
        if (missing is null) return answers;

        _journal.BeginWork();
        await _journal.FlushIfDueAsync(cancellation);
        IReadOnlyList<Question> unanswered = missing.Count == questions.Count ? questions : [.. missing.Select(k => questions[k])];
        var computed = await _inner.AnswerAsync(unanswered, cancellation);
        for (var k = 0; k < missing.Count; k++)
        {
            answers[missing[k]] = computed[k];
            // The last of a paid batch carries the others to the disk.
            await RecordAsync(unanswered[k], computed[k], k == missing.Count - 1 ? _durability : JournalDurability.Free, cancellation);
        }
        return answers;
    }

    /// <summary>Lets go of what it holds; the evaluator behind it is another's.</summary>
    public void Dispose() => _hasher.Dispose();

    private async ValueTask<Answer?> RecordedAsync(Question question, CancellationToken cancellation)
    {
        if (await _journal.FindAsync(JournalLane.Answers, question.Path, cancellation) is { } recorded)
        {
            if (!Matches(recorded, question)) throw Mismatch(recorded, question);
            _journal.CountFound();
            return AnswerCodec.Read(recorded.Current.Answer);
        }
        if (!_warm || await _journal.FindAsync(JournalLane.Warm, question.Path, cancellation) is not { } warm || !Matches(warm, question)) return null;
        var answer = AnswerCodec.Read(warm.Current.Answer);
        await RecordAsync(question, answer, JournalDurability.Free, cancellation);
        return answer;
    }

    private ValueTask RecordAsync(Question question, Answer answer, JournalDurability durability, CancellationToken cancellation)
    {
        var entry = new JournalEntry
        {
            Lane = JournalLane.Answers,
            Path = question.Path,
            Kind = question.Kind,
            Name = "",
            Question = _hasher.Of(question),
            Answer = _journal.Encode(answer),
        };
        return _journal.AppendAsync(entry, durability, cancellation);
    }

    private bool Matches(JournalCursor recorded, Question question) => _hasher.Of(question).SequenceEqual(recorded.Current.Question);

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
}
