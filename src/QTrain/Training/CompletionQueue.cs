using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace QTrain.Training;

/// <summary>Lets an evaluator have several questions on their way, each a call of its own, and hands their answers over in the order in which they come. An
/// evaluator that answers at once, like the simulator, answers in asking order.</summary>
/// <remarks>Asked from one thread at a time, as optimizers run; answers may come from any.</remarks>
/// <param name="evaluator">Answers; asked again before it has answered unless it answers at once.</param>
public sealed class CompletionQueue(IEvaluator evaluator) : IConcurrentEvaluator
{
    private readonly Channel<(QuestionPath Question, Answer? Answer, Exception? Fault)> _completed =
        Channel.CreateUnbounded<(QuestionPath, Answer?, Exception?)>(new UnboundedChannelOptions { SingleReader = true });

    /// <inheritdoc/>
    public int InFlight { get; private set; }

    /// <inheritdoc/>
    public int Dimension => evaluator.Dimension;

    /// <inheritdoc/>
    public string Identity => evaluator.Identity;

    /// <inheritdoc/>
    public ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation) => evaluator.AnswerAsync(questions, cancellation);

    /// <inheritdoc/>
    public ValueTask BeginAsync(Question question, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        InFlight++;
        // How it ends is told by the queue.
        _ = AnswerAsync(question, cancellation);
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask<CompletedAnswer> NextCompletedAsync(QuestionPath at, CancellationToken cancellation)
    {
        if (InFlight == 0) throw new InvalidOperationException($"At {at} an answer is waited for, but no question is on its way: begin one first.");
        while (true)
        {
            if (TryTake(out var completed)) return completed;
            await _completed.Reader.WaitToReadAsync(cancellation);
        }
    }

    /// <summary>The next answer if it has come; a fault is thrown.</summary>
    public bool TryTake(out CompletedAnswer completed)
    {
        completed = default;
        if (!_completed.Reader.TryRead(out var next)) return false;
        InFlight--;
        if (next.Fault is not null) ExceptionDispatchInfo.Throw(next.Fault);
        completed = new CompletedAnswer(next.Question, next.Answer!);
        return true;
    }

    private async Task AnswerAsync(Question question, CancellationToken cancellation)
    {
        try
        {
            var answers = await evaluator.AnswerAsync([question], cancellation).ConfigureAwait(false);
            _completed.Writer.TryWrite((question.Path, answers[0], null));
        }
        catch (Exception e)
        {
            _completed.Writer.TryWrite((question.Path, null, e));
        }
    }
}
