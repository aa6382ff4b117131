namespace QTrain.Training;

/// <summary>An answer, with the question it belongs to, where several are on their way.</summary>
/// <param name="Question">The question's path.</param>
/// <param name="Answer">What came back.</param>
public readonly record struct CompletedAnswer(QuestionPath Question, Answer Answer);

/// <summary>Has several questions on their way at once and hands their answers over as they come. The order in which they come is the only thing about it that is
/// not determined by the questions; whoever records answers records that order too.</summary>
public interface IConcurrentEvaluator : IEvaluator
{
    /// <summary>Questions asked whose answers were not handed over yet.</summary>
    int InFlight { get; }

    /// <summary>Asks without waiting; the answer comes out of <see cref="NextCompletedAsync"/>.</summary>
    ValueTask BeginAsync(Question question, CancellationToken cancellation);

    /// <summary>The next answer.</summary>
    /// <param name="at">Where in the run it is waited for: the identity of the waiting, as a question's path is that of the question.</param>
    /// <param name="cancellation">Stops waiting, and is never an answer.</param>
    /// <exception cref="InvalidOperationException">Nothing is on its way.</exception>
    ValueTask<CompletedAnswer> NextCompletedAsync(QuestionPath at, CancellationToken cancellation);
}
