using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Optimizers;

/// <summary>Gradient descent with a rate of its own for every parameter, from running means of the gradient and of its square. Forgiving of noise
/// and of badly scaled parameters.</summary>
/// <remarks>Kingma &amp; Ba 2015, "Adam: a method for stochastic optimization", arXiv:1412.6980, algorithm 1.</remarks>
public sealed record Adam : Optimizer
{
    private const int StateVersion = 1;

    /// <summary>The step size α, about how far a parameter moves in a step, in radians. Default 0.05.</summary>
    public double LearningRate { get; init => field = Hyperparameter.Positive(value); } = 0.05;

    /// <summary>How slowly the mean of the gradient forgets, β₁. Default 0.9.</summary>
    public double Beta1 { get; init => field = Hyperparameter.Fraction(value); } = 0.9;

    /// <summary>How slowly the mean of the squared gradient forgets, β₂. Default 0.999.</summary>
    public double Beta2 { get; init => field = Hyperparameter.Fraction(value); } = 0.999;

    /// <summary>Keeps the division finite where the gradient vanishes, ε. Default 1e-8.</summary>
    public double Epsilon { get; init => field = Hyperparameter.Positive(value); } = 1e-8;

    /// <inheritdoc/>
    public override string Name => "adam";

    /// <inheritdoc/>
    public override bool NeedsGradient => true;

    /// <inheritdoc/>
    public override IAsyncEnumerable<Iterate> MinimizeAsync(
        IObjective objective, double[] start, RandomStream random, CancellationToken cancellation) =>
        StepsAsync(objective, (double[])start.Clone(), new double[start.Length], new double[start.Length], 1, 1, cancellation);

    /// <inheritdoc/>
    public override IAsyncEnumerable<Iterate>? ResumeAsync(IObjective objective, OptimizerState from, RandomStream random, CancellationToken cancellation) =>
        from.Vectors(StateVersion, numbers: 2, vectors: 3, objective.Dimension) is [var at, var mean, var square]
            ? StepsAsync(objective, at, mean, square, from.Numbers[0], from.Numbers[1], cancellation) : null;

    // decay is βᵗ, by multiplication: a running product needs no pow, whose last bit differs between machines.
    private async IAsyncEnumerable<Iterate> StepsAsync(
        IObjective objective, double[] at, double[] mean, double[] square, double decay1, double decay2, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var answer = await objective.GradientAsync(at, cancellation);
            var gradient = answer.Gradient!;
            yield return new Iterate(at, answer.Loss, answer.StandardError, Vectors.Norm(gradient));
            decay1 *= Beta1;
            decay2 *= Beta2;
            var next = new double[at.Length];
            for (var k = 0; k < at.Length; k++)
            {
                mean[k] = Beta1 * mean[k] + (1 - Beta1) * gradient[k];
                square[k] = Beta2 * square[k] + (1 - Beta2) * gradient[k] * gradient[k];
                next[k] = at[k] - LearningRate * (mean[k] / (1 - decay1)) / (Math.Sqrt(square[k] / (1 - decay2)) + Epsilon);
            }
            at = next;
            if (objective.IsMarkDue) objective.Mark(OptimizerState.Of(StateVersion, [decay1, decay2], at, mean, square));
        }
    }
}
