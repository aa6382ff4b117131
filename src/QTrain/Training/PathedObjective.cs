using QTrain.Optimizers;

namespace QTrain.Training;

/// <summary>Turns what an optimizer asks into questions with paths, and keeps account of what the answers cost.</summary>
/// <param name="evaluator">Answers.</param>
/// <param name="maxEvaluations">The most energies that may be evaluated.</param>
/// <param name="member">Which member of an ensemble asks.</param>
/// <param name="markEvery">After how many steps each a mark is due; null: never.</param>
internal sealed class PathedObjective(IEvaluator evaluator, long? maxEvaluations, int member = 0, int? markEvery = null) : IObjective
{
    private readonly IConcurrentEvaluator _concurrent = evaluator as IConcurrentEvaluator ?? new CompletionQueue(evaluator);
    private readonly Dictionary<QuestionPath, int> _begun = [];
    private int _step, _slot;
    private int _gradientCost = 1;

    /// <summary>Told when the optimizer marks.</summary>
    public Action<OptimizerState>? OnMark { get; init; }

    public int Dimension => evaluator.Dimension;

    public long Evaluations { get; private set; }

    public long Shots { get; private set; }

    public void BeginStep(int step) => (_step, _slot) = (step, 0);

    public QuestionPath NextPath() => new(member, _step, _slot++);

    public bool IsMarkDue => _slot == 0 && _step > 1 && InFlight == 0 && (_step - 1) % markEvery == 0;

    public void Mark(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (_slot > 0 || _step == 0 || InFlight > 0)
            throw new InvalidOperationException($"A mark belongs right after an iterate, but {_slot} questions of step {_step} have been asked and {InFlight} are on their way: ask IsMarkDue first.");
        OnMark?.Invoke(state);
    }

    /// <summary>Writes down what it counts.</summary>
    public void Write(BinaryWriter to)
    {
        to.Write(Evaluations);
        to.Write(Shots);
        to.Write(_gradientCost);
    }

    /// <summary>Goes on counting from what was written down.</summary>
    public void Read(BinaryReader from) => (Evaluations, Shots, _gradientCost) = (from.ReadInt64(), from.ReadInt64(), from.ReadInt32());

    public async ValueTask<Answer> LossAsync(double[] at, CancellationToken cancellation) =>
        (await AskAsync([Ask(QuestionKind.Loss, at)], 1, cancellation))[0];

    public ValueTask<Answer[]> LossesAsync(IReadOnlyList<double[]> at, CancellationToken cancellation)
    {
        var questions = new Question[at.Count];
        for (var k = 0; k < questions.Length; k++) questions[k] = Ask(QuestionKind.Loss, at[k], questions.Length);
        return AskAsync(questions, questions.Length, cancellation);
    }

    public async ValueTask<Answer> GradientAsync(double[] at, CancellationToken cancellation)
    {
        var answer = (await AskAsync([Ask(QuestionKind.Gradient, at)], _gradientCost, cancellation))[0];
        if (answer.Gradient is not { } gradient || gradient.Length != Dimension)
            throw new InvalidOperationException($"The evaluator answered a question for a gradient of {Dimension} components without one.");
        _gradientCost = answer.Evaluations;
        return answer;
    }

    public int InFlight => _begun.Count;

    public async ValueTask<QuestionPath> BeginAsync(QuestionKind kind, double[] at, CancellationToken cancellation)
    {
        var question = Ask(kind, at);
        // What is on its way will be spent.
        var cost = kind == QuestionKind.Gradient ? _gradientCost : 1;
        Check([question], cost + _begun.Values.Sum(), cancellation);
        await _concurrent.BeginAsync(question, cancellation);
        _begun.Add(question.Path, cost);
        return question.Path;
    }

    public async ValueTask<CompletedAnswer> NextCompletedAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var completed = await _concurrent.NextCompletedAsync(NextPath(), cancellation);
        _begun.Remove(completed.Question);
        Count(completed.Question, completed.Answer);
        return completed;
    }

    private Question Ask(QuestionKind kind, double[] at, int together = 1)
    {
        if (at.Length != Dimension) throw new ArgumentException($"A point here has {Dimension} coordinates, not {at.Length}.", nameof(at));
        return new Question(NextPath(), kind, at) { AskedTogether = together };
    }

    private async ValueTask<Answer[]> AskAsync(Question[] questions, int cost, CancellationToken cancellation)
    {
        Check(questions, cost, cancellation);
        var answers = await evaluator.AnswerAsync(questions, cancellation);
        foreach (var answer in answers)
        {
            Evaluations += answer.Evaluations;
            Shots += answer.Shots;
        }
        for (var k = 0; k < answers.Length; k++) ThrowIfFailed(questions[k].Path, answers[k]);
        return answers;
    }

    private void Count(QuestionPath path, Answer answer)
    {
        Evaluations += answer.Evaluations;
        Shots += answer.Shots;
        ThrowIfFailed(path, answer);
    }

    private static void ThrowIfFailed(QuestionPath path, Answer answer)
    {
        if (answer.Failure is { } reason) throw new EvaluationFailedException(path, reason);
    }

    private void Check(Question[] questions, int cost, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        // Step 0 is always completed: a training without an initial loss is none.
        if (_step > 0 && Evaluations + cost > maxEvaluations) throw new TrainingStopException(StopReason.Evaluations);
        foreach (var question in questions)
            foreach (var coordinate in question.Point)
                if (!double.IsFinite(coordinate))
                    // Nothing can be measured at such a point, and shots must not be paid for it.
                    throw _step > 0
                        ? new TrainingStopException(StopReason.Divergence)
                        : new QuantumException($"The start holds {coordinate}: every initial value must be a finite number of radians.");
    }
}

/// <summary>Unwinds an optimizer whose next question is not going to be asked.</summary>
internal sealed class TrainingStopException(StopReason reason) : Exception($"The training stops: {reason}.")
{
    public StopReason Reason { get; } = reason;
}
