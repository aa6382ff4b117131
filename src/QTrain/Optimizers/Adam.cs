using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Optimizers;

/// <summary>Gradient descent with a rate of its own for every parameter, from running means of the gradient and of its square. Forgiving of noise
/// and of badly scaled parameters.</summary>
/// <remarks>Kingma &amp; Ba 2015, "Adam: a method for stochastic optimization", arXiv:1412.6980, algorithm 1.</remarks>
public sealed record Adam : Optimizer
{
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
    public override async IAsyncEnumerable<Iterate> MinimizeAsync(
        IObjective objective, double[] start, RandomStream random, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var at = (double[])start.Clone();
        var (mean, square) = (new double[at.Length], new double[at.Length]);
        // βᵗ by multiplication: a running product needs no pow, whose last bit differs between machines.
        var (decay1, decay2) = (1.0, 1.0);
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
        }
    }
}
