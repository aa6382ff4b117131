using QTrain.Numerics;
using QTrain.Training;

namespace QTrain.Optimizers;

/// <summary>What an optimizer sees: a function to ask. Every question gets its path from the order of asking.</summary>
public interface IObjective
{
    /// <summary>How many parameters.</summary>
    int Dimension { get; }

    /// <summary>The loss at a point.</summary>
    ValueTask<Answer> LossAsync(double[] at, CancellationToken cancellation);

    /// <summary>The losses at several points at once, in asking order.</summary>
    ValueTask<Answer[]> LossesAsync(IReadOnlyList<double[]> at, CancellationToken cancellation);

    /// <summary>The loss and its gradient at a point; <see cref="Answer.Gradient"/> is not null.</summary>
    ValueTask<Answer> GradientAsync(double[] at, CancellationToken cancellation);

    /// <summary>Asks without waiting, for several questions on their way at once; the answer comes out of <see cref="NextCompletedAsync"/>.</summary>
    /// <returns>The question's path, by which its answer is told.</returns>
    ValueTask<QuestionPath> BeginAsync(QuestionKind kind, double[] at, CancellationToken cancellation);

    /// <summary>The next answer to come of the questions begun, in whatever order; a run that is resumed gets the recorded order again. This is the only
    /// "whichever comes first" an optimizer may use.</summary>
    /// <exception cref="InvalidOperationException">Nothing is on its way.</exception>
    ValueTask<CompletedAnswer> NextCompletedAsync(CancellationToken cancellation);

    /// <summary>Questions begun whose answers have not come out yet.</summary>
    int InFlight { get; }

    /// <summary>Whether it is time to <see cref="Mark"/>: after every so many steps, and only while nothing has been asked since the last iterate was yielded and nothing is on its way.</summary>
    bool IsMarkDue { get; }

    /// <summary>Writes down where the optimizer stands, for a long run to go on from: no earlier question need then be gone through again. For optimizers
    /// that implement <see cref="Optimizer.ResumeAsync"/>, when <see cref="IsMarkDue"/>.</summary>
    /// <param name="state">Everything it needs to ask its next question and all after as if it had never stopped.</param>
    /// <exception cref="InvalidOperationException">Something has been asked since the last iterate.</exception>
    void Mark(OptimizerState state);
}

/// <summary>A point an optimizer arrived at.</summary>
/// <param name="Parameters">The point. Not written to after it is yielded.</param>
/// <param name="Loss">The loss there, or the optimizer's estimate of it (SPSA: the mean of its two probes).</param>
/// <param name="StandardError">Standard error of the loss; 0 when exact.</param>
/// <param name="GradientNorm">Euclidean norm of the gradient (estimate), where the optimizer knows one.</param>
public sealed record Iterate(double[] Parameters, double Loss, double StandardError = 0, double? GradientNorm = null);

/// <summary>Minimises an objective: straight-line asynchronous code that keeps its state in local variables. It uses no clock, no thread,
/// no randomness but the stream it is given; a run is resumed by running it again on recorded answers.</summary>
public abstract record Optimizer
{
    /// <summary>The name in specs: lower case.</summary>
    public abstract string Name { get; }

    /// <summary>Raised whenever the arithmetic changes, so that recorded runs notice.</summary>
    public virtual int AlgorithmVersion => 1;

    /// <summary>Whether it asks for gradients.</summary>
    public abstract bool NeedsGradient { get; }

    /// <summary>Yields the start (step 0), then one iterate a step, until it has converged by its own rule or the caller stops.</summary>
    /// <param name="objective">What to minimise.</param>
    /// <param name="start">Where to start; copied.</param>
    /// <param name="random">The optimizer's own stream.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public abstract IAsyncEnumerable<Iterate> MinimizeAsync(
        IObjective objective, double[] start, RandomStream random, CancellationToken cancellation);

    /// <summary>Goes on from a state that it marked: yields the iterates that <see cref="MinimizeAsync"/> would have yielded from there on, to the bit.</summary>
    /// <param name="objective">What to minimise.</param>
    /// <param name="from">The state.</param>
    /// <param name="random">The optimizer's own stream, at its beginning.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Null when this optimizer does not understand the state, as by default, when it makes none.</returns>
    public virtual IAsyncEnumerable<Iterate>? ResumeAsync(
        IObjective objective, OptimizerState from, RandomStream random, CancellationToken cancellation) => null;
}
