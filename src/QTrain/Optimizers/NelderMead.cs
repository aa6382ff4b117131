using System.Runtime.CompilerServices;
using QTrain.Numerics;
using QTrain.Training;

namespace QTrain.Optimizers;

/// <summary>Moves a simplex of P + 1 points downhill by reflecting its worst; needs no gradient and suits few parameters without noise. Its coefficients
/// adapt to the number of parameters. Every iterate is the best vertex. Ends by itself when the simplex is small and flat.</summary>
/// <remarks>Nelder &amp; Mead 1965, Comput. J. 7, 308; Gao &amp; Han 2012, "Implementing the Nelder–Mead simplex algorithm with adaptive
/// parameters", Comput. Optim. Appl. 51, 259.</remarks>
public sealed record NelderMead : Optimizer
{
    /// <summary>How far the other vertices of the first simplex are from the start, in radians. Default 0.5.</summary>
    public double InitialStep { get; init => field = Hyperparameter.Positive(value); } = 0.5;

    /// <summary>Converged when all losses of the simplex agree to this, and all points to <see cref="PointTolerance"/>. Default 1e-9.</summary>
    public double LossTolerance { get; init => field = Hyperparameter.NotNegative(value); } = 1e-9;

    /// <summary>Converged when all points of the simplex agree to this, in radians, and all losses to <see cref="LossTolerance"/>. Default 1e-5.</summary>
    public double PointTolerance { get; init => field = Hyperparameter.NotNegative(value); } = 1e-5;

    /// <inheritdoc/>
    public override string Name => "nelder-mead";

    /// <inheritdoc/>
    public override bool NeedsGradient => false;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Iterate> MinimizeAsync(
        IObjective objective, double[] start, RandomStream random, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var first = new Vertex((double[])start.Clone(), await objective.LossAsync(start, cancellation));
        yield return first.ToIterate();
        var n = start.Length;
        if (n == 0) yield break;

        // For one parameter the adaptive coefficients would collapse the simplex; the classical ones are those of two.
        var size = Math.Max(n, 2);
        var (expansion, contraction, shrinking) = (1 + 2.0 / size, 0.75 - 0.5 / size, 1 - 1.0 / size);
        var simplex = new List<Vertex> { first };
        simplex.AddRange(await MeasureAsync([.. Enumerable.Range(0, n).Select(k =>
        {
            var corner = (double[])start.Clone();
            corner[k] += InitialStep;
            return corner;
        })]));
        while (true)
        {
            // A stable sort: of equal losses the earlier vertex stays ahead.
            simplex = [.. simplex.OrderBy(v => v.Height)];
            yield return simplex[0].ToIterate();
            if (IsConverged(simplex)) yield break;

            var worst = simplex[n];
            var centroid = new double[n];
            foreach (var vertex in simplex.Take(n))
                for (var k = 0; k < n; k++) centroid[k] += vertex.Point[k] / n;
            var away = Vectors.Subtract(centroid, worst.Point);
            var reflected = await TryAsync(1);
            if (reflected.Height < simplex[0].Height)
            {
                var expanded = await TryAsync(expansion);
                simplex[n] = expanded.Height < reflected.Height ? expanded : reflected;
                continue;
            }
            if (reflected.Height < simplex[n - 1].Height)
            {
                simplex[n] = reflected;
                continue;
            }
            var outside = reflected.Height < worst.Height;
            var contracted = await TryAsync(outside ? contraction : -contraction);
            if (outside ? contracted.Height <= reflected.Height : contracted.Height < worst.Height)
            {
                simplex[n] = contracted;
                continue;
            }
            var best = simplex[0];
            var shrunk = await MeasureAsync([.. simplex.Skip(1).Select(v => Vectors.Add(best.Point, shrinking, Vectors.Subtract(v.Point, best.Point)))]);
            simplex = [best, .. shrunk];

            async ValueTask<Vertex> TryAsync(double distance)
            {
                var point = Vectors.Add(centroid, distance, away);
                return new Vertex(point, await objective.LossAsync(point, cancellation));
            }
        }

        async ValueTask<IEnumerable<Vertex>> MeasureAsync(double[][] points)
        {
            var answers = await objective.LossesAsync(points, cancellation);
            return points.Select((p, k) => new Vertex(p, answers[k]));
        }
    }

    private bool IsConverged(List<Vertex> simplex) => simplex.TrueForAll(v =>
    {
        if (!(v.Height - simplex[0].Height <= LossTolerance)) return false;
        for (var k = 0; k < v.Point.Length; k++)
            if (Math.Abs(v.Point[k] - simplex[0].Point[k]) > PointTolerance) return false;
        return true;
    });

    private sealed record Vertex(double[] Point, Answer Answer)
    {
        /// <summary>The loss; one that is not a number is higher than any.</summary>
        public double Height => double.IsNaN(Answer.Loss) ? double.PositiveInfinity : Answer.Loss;

        public Iterate ToIterate() => new(Point, Answer.Loss, Answer.StandardError);
    }
}
