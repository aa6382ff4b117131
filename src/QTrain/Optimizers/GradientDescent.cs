using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Optimizers;

/// <summary>Steps down the gradient by a fixed rate: θ ← θ − η∇L.</summary>
/// <remarks>Cauchy 1847, "Méthode générale pour la résolution des systèmes d'équations simultanées", C. R. Acad. Sci. Paris 25, 536.</remarks>
public sealed record GradientDescent : Optimizer
{
    private const int StateVersion = 1;

    /// <summary>The learning rate η, in radians² per unit of loss. Lower it when the loss oscillates. Default 0.1.</summary>
    public double LearningRate { get; init => field = Hyperparameter.Positive(value); } = 0.1;

    /// <inheritdoc/>
    public override string Name => "gradient-descent";

    /// <inheritdoc/>
    public override bool NeedsGradient => true;

    /// <inheritdoc/>
    public override IAsyncEnumerable<Iterate> MinimizeAsync(
        IObjective objective, double[] start, RandomStream random, CancellationToken cancellation) =>
        StepsAsync(objective, (double[])start.Clone(), cancellation);

    /// <inheritdoc/>
    public override IAsyncEnumerable<Iterate>? ResumeAsync(IObjective objective, OptimizerState from, RandomStream random, CancellationToken cancellation) =>
        from.Vectors(StateVersion, numbers: 0, vectors: 1, objective.Dimension) is [var at] ? StepsAsync(objective, at, cancellation) : null;

    private async IAsyncEnumerable<Iterate> StepsAsync(IObjective objective, double[] at, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var answer = await objective.GradientAsync(at, cancellation);
            yield return new Iterate(at, answer.Loss, answer.StandardError, Vectors.Norm(answer.Gradient!));
            at = Vectors.Add(at, -LearningRate, answer.Gradient!);
            if (objective.IsMarkDue) objective.Mark(OptimizerState.Of(StateVersion, [], at));
        }
    }
}
