using QTrain.Operations.Storage;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>Where a recomputed number differs from the recorded one.</summary>
/// <param name="Path">The question.</param>
/// <param name="Sequence">Its number in the journal.</param>
/// <param name="What"><c>loss</c>, <c>standard error</c>, <c>gradient[3]</c>, <c>evaluations</c>, <c>shots</c>.</param>
/// <param name="Recorded">The recorded number.</param>
/// <param name="Recomputed">The recomputed number.</param>
public sealed record ReplayDifference(QuestionPath Path, long Sequence, string What, double Recorded, double Recomputed)
{
    /// <summary>How far apart the two are.</summary>
    public double Size => Recorded.Equals(Recomputed) ? 0 : Math.Abs(Recorded - Recomputed) is var size && double.IsNaN(size) ? double.PositiveInfinity : size;
}

/// <summary>What came of computing a run again from its spec and seed.</summary>
public sealed record ReplayReport
{
    /// <summary>The run.</summary>
    public required RunId Run { get; init; }

    /// <summary>The step after whose mark the replay began, the earliest where there are several members; null when it began at the beginning.</summary>
    public int? FromStep { get; init; }

    /// <summary>Answers that were computed again and compared, bit by bit.</summary>
    public required long Compared { get; init; }

    /// <summary>How many of them differ.</summary>
    public required long Different { get; init; }

    /// <summary>The first difference, where there is one.</summary>
    public ReplayDifference? First { get; init; }

    /// <summary>The largest difference, where there is one.</summary>
    public ReplayDifference? Largest { get; init; }

    /// <summary>Where the replay asked something else than was recorded and could not go on, in words; null where it never did.</summary>
    public string? Departure { get; init; }

    /// <summary>Steps that came out as recorded.</summary>
    public required long StepsEqual { get; init; }

    /// <summary>The first step that did not; null when all did.</summary>
    public int? FirstStepDifferent { get; init; }

    /// <summary>The recorded trajectory hash; null while the run is not completed.</summary>
    public string? RecordedHash { get; init; }

    /// <summary>The trajectory hash of the replay; null when the record ends before the run does.</summary>
    public string? ReplayedHash { get; init; }

    /// <summary>The fingerprint of the run's last session.</summary>
    public required string RecordedFingerprint { get; init; }

    /// <summary>The fingerprint of the replay.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Whether everything agrees to the bit.</summary>
    public bool IsIdentical => Different == 0 && Departure is null && FirstStepDifferent is null && RecordedHash == ReplayedHash;
}

public sealed partial class RunEngine
{
    /// <summary>Computes a run again from its spec and seed and compares every answer with the recorded one. Nothing is written. Where an answer
    /// differs the recorded one stands, so that later questions can still be compared.</summary>
    /// <param name="id">The run; what is recorded of it so far is compared.</param>
    /// <param name="planFactory">Makes its plan.</param>
    /// <param name="options">How; the observer is told of every step.</param>
    /// <param name="fromMark">Begins at the last mark of every member that has one, and believes what comes before; otherwise at the beginning.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="QuantumException">A mark is asked for and there is none, or it does not fit.</exception>
    public async Task<ReplayReport> ReplayAsync(
        RunId id, PlanFactory planFactory, AdvanceOptions? options = null, bool fromMark = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(planFactory);
        options ??= new AdvanceOptions();
        var run = await store.Runs.GetAsync(id, cancellation);
        var plan = planFactory(run, await InputsAsync(run, cancellation));
        var inner = options.Evaluator(plan, options.Simulation);
        using var owned = inner as IDisposable;
        using var evaluator = new ComparingEvaluator(inner);
        var (hashes, equal, marked) = (new List<string>(), 0L, 0);
        int? different = null, fromStep = null;
        for (var member = 0; member < plan.Members && different is null && evaluator.Departure is null; member++)
        {
            var mark = fromMark ? await Journal.LastMarkAsync(store.Runs, id, member, cancellation) : null;
            if (mark?.MisfitWith(plan, inner, member) is { } misfit)
                throw new QuantumException($"Run {id} cannot be replayed from its mark: {misfit}. Replay it from the beginning, which checks everything.");
            var from = mark?.Step ?? -1;
            if (mark is not null) (fromStep, marked) = (Math.Min(fromStep ?? from, from), marked + 1);
            evaluator.Recorded = new JournalCursor(store.Runs, id, JournalLane.Answers, member, from);
            evaluator.Order = new JournalCursor(store.Runs, id, JournalLane.Order, member, from);
            var digests = new List<(long Now, long First)>();
            var of = member;
            try
            {
                var result = await Trainer.TrainAsync(
                    plan, evaluator, new ReplayedRunClock(new JournalCursor(store.Runs, id, JournalLane.Clock, member, from)),
                    new TrainerOptions { Member = member, From = mark, OnStep = Observe }, cancellation);
                cancellation.ThrowIfCancellationRequested();
                hashes.Add(result.TrajectoryHash);
            }
            catch (EndOfJournalException)
            {
                // The record of a run that is not finished just ends; a finished one asks nothing more.
                if (run.Status == RunStatus.Completed) evaluator.Depart("the replay asks more than was recorded");
            }
            catch (ReplayDepartedException)
            {
                // The evaluator has noted why.
            }
            (var agreed, different) = await CompareStepsAsync(id, member, from, digests, cancellation);
            equal += agreed;

            void Observe(TrainingStep step)
            {
                digests.Add(StepRecord.DigestsOf(of, step));
                options.OnStep?.Invoke(step);
            }
        }
        if (fromMark && marked == 0)
            throw new QuantumException($"Run {id} has no mark: it is too short, or its optimizer makes none. Replay it from the beginning.");

        var completed = run.Status == RunStatus.Completed;
        return new ReplayReport
        {
            Run = id,
            FromStep = fromStep,
            Compared = evaluator.Compared,
            Different = evaluator.Different,
            First = evaluator.First,
            Largest = evaluator.Largest,
            Departure = evaluator.Departure,
            StepsEqual = equal,
            FirstStepDifferent = different,
            RecordedHash = completed ? RunResult.Of(run)?.TrajectoryHashes : null,
            ReplayedHash = completed && hashes.Count == plan.Members ? string.Join(' ', hashes) : null,
            RecordedFingerprint = run.Fingerprint,
            Fingerprint = FingerprintOf(plan),
        };
    }

    private async Task<(long Equal, int? FirstDifferent)> CompareStepsAsync(
        RunId id, int member, int after, List<(long Now, long First)> digests, CancellationToken cancellation)
    {
        long equal = 0;
        await foreach (var step in store.Runs.StepsAsync(id, member, after, cancellation))
        {
            // A step is recorded before the questions that follow it, so an interrupted run may know one step fewer than can be made; never more.
            var made = step.Index - after - 1;
            if (made >= digests.Count || !step.IsOf(digests[made])) return (equal, step.Index);
            equal++;
        }
        return (equal, null);
    }
}

/// <summary>The record ends here.</summary>
internal sealed class EndOfJournalException() : Exception("The journal ends here.");

/// <summary>The replay left the recorded way.</summary>
internal sealed class ReplayDepartedException() : Exception("The replay asks something else than was recorded.");

/// <summary>Computes every answer again and compares it with the recorded one, which it hands on.</summary>
internal sealed class ComparingEvaluator(IEvaluator inner) : IConcurrentEvaluator, IDisposable
{
    private readonly QuestionHasher _hasher = new(inner.Identity);
    private readonly Dictionary<QuestionPath, Question> _begun = [];

    /// <summary>The answers of the member that asks.</summary>
    public JournalCursor Recorded { get; set; } = null!;

    /// <summary>In which order answers were handed over where several were on their way.</summary>
    public JournalCursor Order { get; set; } = null!;

    public int InFlight => _begun.Count;

    public int Dimension => inner.Dimension;

    public string Identity => inner.Identity;

    public long Compared { get; private set; }

    public long Different { get; private set; }

    public ReplayDifference? First { get; private set; }

    public ReplayDifference? Largest { get; private set; }

    public string? Departure { get; private set; }

    public void Depart(string how) => Departure ??= how;

    public async ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation)
    {
        var answers = new Answer[questions.Count];
        for (var k = 0; k < answers.Length; k++)
        {
            var question = questions[k];
            if (!await Recorded.MoveToAsync(question.Path, cancellation)) throw new EndOfJournalException();
            var sequence = Check(question);
            answers[k] = AnswerCodec.Read(Recorded.Current.Answer);
            var computed = (await inner.AnswerAsync([question], cancellation))[0];
            Compare(question.Path, sequence, answers[k], computed);
        }
        return answers;
    }

    public ValueTask BeginAsync(Question question, CancellationToken cancellation)
    {
        _begun.Add(question.Path, question);
        return default;
    }

    public async ValueTask<CompletedAnswer> NextCompletedAsync(QuestionPath at, CancellationToken cancellation)
    {
        if (!await Order.MoveToAsync(at, cancellation)) throw new EndOfJournalException();
        var path = JournalingEvaluator.ReadOrder(Order.Current);
        if (!_begun.Remove(path, out var question))
        {
            Depart($"the answer to {path} was handed over at {at}, but the replay has not asked that");
            throw new ReplayDepartedException();
        }
        return new CompletedAnswer(path, (await AnswerAsync([question], cancellation))[0]);
    }

    public void Dispose() => _hasher.Dispose();

    private long Check(Question question)
    {
        var entry = Recorded.Current;
        if (_hasher.Matches(entry.Question, question)) return entry.Sequence;
        Depart($"question {entry.Sequence} at {question.Path} is another than was recorded: the plan, the optimizer or its arithmetic has changed");
        throw new ReplayDepartedException();
    }

    private void Compare(QuestionPath path, long sequence, Answer was, Answer now)
    {
        Compared++;
        var before = Different;
        Note("loss", was.Loss, now.Loss);
        Note("standard error", was.StandardError, now.StandardError);
        Note("evaluations", was.Evaluations, now.Evaluations);
        Note("shots", was.Shots, now.Shots);
        var (left, right) = (was.Gradient ?? [], now.Gradient ?? []);
        Note("length of the gradient", left.Length, right.Length);
        for (var j = 0; j < Math.Min(left.Length, right.Length); j++)
            if (BitConverter.DoubleToInt64Bits(left[j]) != BitConverter.DoubleToInt64Bits(right[j])) Note($"gradient[{j}]", left[j], right[j]);
        Different = before + (Different > before ? 1 : 0);

        void Note(string what, double recordedValue, double recomputed)
        {
            if (BitConverter.DoubleToInt64Bits(recordedValue) == BitConverter.DoubleToInt64Bits(recomputed)) return;
            var difference = new ReplayDifference(path, sequence, what, recordedValue, recomputed);
            Different++;
            First ??= difference;
            if (Largest is null || difference.Size > Largest.Size) Largest = difference;
        }
    }
}

/// <summary>The recorded readings of the clock.</summary>
internal sealed class ReplayedRunClock(JournalCursor recorded) : IRunClock
{
    public async ValueTask<TimeSpan> ElapsedAsync(QuestionPath path, CancellationToken cancellation) =>
        await recorded.MoveToAsync(path, cancellation) ? JournaledRunClock.Read(recorded.Current) : throw new EndOfJournalException();
}
