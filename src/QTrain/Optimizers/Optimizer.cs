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
}
