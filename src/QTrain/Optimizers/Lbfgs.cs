using System.Runtime.CompilerServices;
using QTrain.Numerics;
using QTrain.Training;

namespace QTrain.Optimizers;

/// <summary>Quasi-Newton with the curvature of the last few steps: the first choice where losses and gradients are exact. Ends by itself when the gradient
/// vanishes or no step lowers the loss any more. Shot noise misleads its curvature: use Adam or SPSA there.</summary>
/// <remarks>Nocedal 1980, "Updating quasi-Newton matrices with limited storage", Math. Comp. 35, 773; Liu &amp; Nocedal 1989, Math. Program. 45,
/// 503; line search of Nocedal &amp; Wright 2006, "Numerical Optimization", algorithms 3.5 and 3.6.</remarks>
public sealed record Lbfgs : Optimizer
{
    // So many evaluations may pass while no step lowers the loss by more than rounding or halves the gradient before the search ends:
    // where the loss has no digits left the gradient still has eight, and it falls in fits and starts.
    private const int Patience = 24;

    /// <summary>How many past steps tell the curvature. Default 10.</summary>
    public int Memory { get; init => field = Hyperparameter.AtLeast(value, 1); } = 10;

    /// <summary>Converged when the norm of the gradient is no more than this, in units of the loss per radian. Default 1e-8.</summary>
    public double GradientTolerance { get; init => field = Hyperparameter.NotNegative(value); } = 1e-8;

    /// <summary>The longest first trial step, in radians, before any curvature is known. Default 0.5.</summary>
    public double InitialStep { get; init => field = Hyperparameter.Positive(value); } = 0.5;

    /// <inheritdoc/>
    public override string Name => "l-bfgs";

    /// <inheritdoc/>
    public override bool NeedsGradient => true;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Iterate> MinimizeAsync(
        IObjective objective, double[] start, RandomStream random, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var at = (double[])start.Clone();
        var here = await objective.GradientAsync(at, cancellation);
        yield return Reached(at, here);

        var curvature = new Curvature(Memory);
        var smallest = Vectors.Norm(here.Gradient!);
        for (var unmoved = 0; unmoved < Patience && !(Vectors.Norm(here.Gradient!) <= GradientTolerance);)
        {
            var direction = curvature.DescentDirection(here.Gradient!);
            if (!(Vectors.Dot(direction, here.Gradient!) < 0))
            {
                curvature.Forget();
                direction = curvature.DescentDirection(here.Gradient!);
            }
            var firstTrial = curvature.IsEmpty ? Math.Min(1, InitialStep / Vectors.Norm(direction)) : 1;
            var found = await LineSearch.AlongAsync(objective, at, here, direction, firstTrial, cancellation);
            if (found is not var (next, there, trials))
            {
                // Down the plain gradient there may still be a way.
                if (curvature.IsEmpty) break;
                curvature.Forget();
                continue;
            }
            var norm = Vectors.Norm(there.Gradient!);
            unmoved = here.Loss - there.Loss > LineSearch.RoundingOf(here.Loss) || norm <= smallest / 2 ? 0 : unmoved + trials;
            smallest = Math.Min(smallest, norm);
            curvature.Learn(Vectors.Subtract(next, at), Vectors.Subtract(there.Gradient!, here.Gradient!));
            (at, here) = (next, there);
            yield return Reached(at, here);
        }
    }

    private static Iterate Reached(double[] at, Answer answer) => new(at, answer.Loss, answer.StandardError, Vectors.Norm(answer.Gradient!));

    /// <summary>The inverse Hessian as the last steps tell it.</summary>
    private sealed class Curvature(int memory)
    {
        private readonly List<(double[] Step, double[] Change, double Inverse)> _pairs = [];

        public bool IsEmpty => _pairs.Count == 0;

        public void Forget() => _pairs.Clear();

        public void Learn(double[] step, double[] change)
        {
            var product = Vectors.Dot(step, change);
            // A pair without positive curvature would make the model indefinite.
            if (!(product > 1e-16 * Vectors.Norm(step) * Vectors.Norm(change))) return;
            if (_pairs.Count == memory) _pairs.RemoveAt(0);
            _pairs.Add((step, change, 1 / product));
        }

        /// <summary>−H⁻¹g by the two-loop recursion.</summary>
        public double[] DescentDirection(double[] gradient)
        {
            var direction = new double[gradient.Length];
            for (var k = 0; k < direction.Length; k++) direction[k] = -gradient[k];
            var weights = new double[_pairs.Count];
            for (var p = _pairs.Count - 1; p >= 0; p--)
            {
                var (step, change, inverse) = _pairs[p];
                weights[p] = inverse * Vectors.Dot(step, direction);
                direction = Vectors.Add(direction, -weights[p], change);
            }
            if (_pairs.Count > 0)
            {
                var (_, change, inverse) = _pairs[^1];
                var scale = 1 / (inverse * Vectors.Dot(change, change));
                for (var k = 0; k < direction.Length; k++) direction[k] *= scale;
            }
            for (var p = 0; p < _pairs.Count; p++)
            {
                var (step, change, inverse) = _pairs[p];
                direction = Vectors.Add(direction, weights[p] - inverse * Vectors.Dot(change, direction), step);
            }
            return direction;
        }
    }
}
