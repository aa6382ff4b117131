using QTrain.Training;

namespace QTrain.Optimizers;

/// <summary>Finds a point along a descent direction that satisfies the strong Wolfe conditions.</summary>
/// <remarks>Nocedal &amp; Wright 2006, algorithms 3.5 and 3.6 with cubic interpolation. Close to a minimum the decrease drowns in
/// rounding before the slope does, so there the slope decides: the approximate Wolfe condition of Hager &amp; Zhang 2005, SIAM J. Optim. 16, 170.</remarks>
internal static class LineSearch
{
    private const double Decrease = 1e-4, Curvature = 0.9;
    private const int MaxTrials = 20;

    /// <summary>Differences of losses below this are noise of the arithmetic: an energy is a sum of hundreds of terms, each rounded.</summary>
    public static double RoundingOf(double loss) => 1e-14 * (1 + Math.Abs(loss));

    /// <summary>The point, what is known there and how many evaluations that took; null when no trial lowered the loss.</summary>
    public static async ValueTask<(double[] Point, Answer Answer, int Trials)?> AlongAsync(
        IObjective objective, double[] start, Answer atStart, double[] direction, double firstTrial, CancellationToken cancellation)
    {
        var origin = new Trial(0, start, atStart, Vectors.Dot(direction, atStart.Gradient!));
        var (previous, length) = (origin, firstTrial);
        Trial low, high;
        var trials = 0;
        while (true)
        {
            var trial = await TryAsync(length);
            if (!LowersEnough(trial) || (trials > 1 && trial.Loss >= previous.Loss))
            {
                (low, high) = (previous, trial);
                break;
            }
            if (Math.Abs(trial.Slope) <= -Curvature * origin.Slope) return (trial.Point, trial.Answer, trials);
            if (trial.Slope >= 0)
            {
                (low, high) = (trial, previous);
                break;
            }
            if (trials == MaxTrials) return (trial.Point, trial.Answer, trials);
            previous = trial;
            length *= 2.5;
        }

        while (trials < MaxTrials)
        {
            var trial = await TryAsync(Between(low, high));
            if (!LowersEnough(trial) || trial.Loss > low.Loss + RoundingOf(low.Loss)) high = trial;
            else
            {
                if (Math.Abs(trial.Slope) <= -Curvature * origin.Slope) return (trial.Point, trial.Answer, trials);
                if (trial.Slope * (high.Length - low.Length) >= 0) high = low;
                low = trial;
            }
            if (Math.Abs(high.Length - low.Length) <= 1e-14 * firstTrial) break;
        }
        return low.Length > 0 ? (low.Point, low.Answer, trials) : null;

        async ValueTask<Trial> TryAsync(double at)
        {
            trials++;
            var point = Vectors.Add(start, at, direction);
            var answer = await objective.GradientAsync(point, cancellation);
            return new Trial(at, point, answer, Vectors.Dot(direction, answer.Gradient!));
        }

        // A loss that is not a number compares as not low enough, and the search comes closer.
        bool LowersEnough(Trial trial) =>
            double.IsFinite(trial.Slope)
            && (trial.Loss <= origin.Loss + Decrease * trial.Length * origin.Slope
                || (trial.Loss <= origin.Loss + RoundingOf(origin.Loss) && trial.Slope <= (2 * Decrease - 1) * origin.Slope));
    }

    /// <summary>The minimum of the cubic through both ends, kept away from them.</summary>
    private static double Between(Trial low, Trial high)
    {
        var width = high.Length - low.Length;
        var middle = low.Length + 0.5 * width;
        if (!double.IsFinite(high.Loss) || !double.IsFinite(high.Slope)) return low.Length + 0.1 * width;
        var first = low.Slope + high.Slope - 3 * (low.Loss - high.Loss) / (low.Length - high.Length);
        var root = Math.Sqrt(first * first - low.Slope * high.Slope);
        if (!double.IsFinite(root)) return middle;
        var second = Math.CopySign(root, width);
        var minimum = high.Length - width * (high.Slope + second - first) / (high.Slope - low.Slope + 2 * second);
        if (!double.IsFinite(minimum)) return middle;
        var (a, b) = (low.Length + 0.1 * width, low.Length + 0.9 * width);
        return Math.Clamp(minimum, Math.Min(a, b), Math.Max(a, b));
    }

    private readonly record struct Trial(double Length, double[] Point, Answer Answer, double Slope)
    {
        public double Loss => Answer.Loss;
    }
}
