using System.Runtime.CompilerServices;
using QTrain.Numerics;
using QTrain.Training;

namespace QTrain.Optimizers;

/// <summary>Estimates the slope along one random direction from two losses, whatever the number of parameters, and steps down it: the
/// choice for shots and noisy hardware. Step 1 also calibrates the step size; every further step asks two losses, in one batch.</summary>
/// <remarks>Spall 1992, "Multivariate stochastic approximation using a simultaneous perturbation gradient approximation", IEEE Trans. Autom. Control
/// 37, 332; gain sequences aₖ = a/(k + 1 + A)^α and cₖ = c/(k + 1)^γ as in Spall 1998, IEEE Trans. Aerosp. Electron. Syst. 34, 817;
/// calibration as in Kandala et al. 2017, arXiv:1704.05018. The loss of an iterate is the mean of the two losses around it, which exceeds
/// the loss at the point by about cₖ²/2 times the trace of the Hessian; <see cref="LossesAtPoint"/> asks at the point itself.</remarks>
public sealed record Spsa : Optimizer
{
    private const int StateVersion = 1;

    // They are asked in one batch, which is held in memory.
    internal const int MostAtOnce = 10_000;

    /// <summary>The numerator a of the step sizes, in radians² per unit of loss; null: calibrated at the start. Default null.</summary>
    public double? LearningRate { get; init => field = value is { } rate ? Hyperparameter.Positive(rate) : null; }

    /// <summary>The numerator c of the perturbations, in radians. Raise it when shots are few. Default 0.1.</summary>
    public double Perturbation { get; init => field = Hyperparameter.Positive(value); } = 0.1;

    /// <summary>How fast the step size falls, α. Default 0.602.</summary>
    public double Alpha { get; init => field = Hyperparameter.Within(value, 0, 1); } = 0.602;

    /// <summary>How fast the perturbation falls, γ. Default 0.101.</summary>
    public double Gamma { get; init => field = Hyperparameter.Within(value, 0, 1); } = 0.101;

    /// <summary>The stability constant A: about a tenth of the steps that are planned. Default 10.</summary>
    public double Stability { get; init => field = Hyperparameter.NotNegative(value); } = 10;

    /// <summary>Calibration makes the first step move every parameter by about this, in radians. Default 0.1.</summary>
    public double FirstStep { get; init => field = Hyperparameter.Positive(value); } = 0.1;

    /// <summary>How many random directions calibration averages over; each takes two losses. Default 25.</summary>
    public int CalibrationDirections { get; init => field = Hyperparameter.Within(value, 1, MostAtOnce); } = 25;

    /// <summary>How many losses more a step asks at the point itself, to report their mean rather than that of the losses around it. 0 is the
    /// cheapest; 1 reports the loss without bias for half as many circuits again. Default 0.</summary>
    public int LossesAtPoint { get; init => field = Hyperparameter.Within(value, 0, MostAtOnce); }

    /// <inheritdoc/>
    public override string Name => "spsa";

    /// <inheritdoc/>
    public override bool NeedsGradient => false;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Iterate> MinimizeAsync(
        IObjective objective, double[] start, RandomStream random, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var at = (double[])start.Clone();
        var initial = await objective.LossAsync(at, cancellation);
        yield return new Iterate(at, initial.Loss, initial.StandardError);

        var rate = LearningRate ?? await CalibratedRateAsync(objective, at, random.Child(0), cancellation);
        await foreach (var iterate in StepsAsync(objective, at, 0, rate, random, cancellation)) yield return iterate;
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<Iterate>? ResumeAsync(IObjective objective, OptimizerState from, RandomStream random, CancellationToken cancellation) =>
        from.Vectors(StateVersion, numbers: 2, vectors: 1, objective.Dimension) is [var at]
            ? StepsAsync(objective, at, (int)from.Numbers[0], from.Numbers[1], random, cancellation) : null;

    private async IAsyncEnumerable<Iterate> StepsAsync(
        IObjective objective, double[] at, int first, double rate, RandomStream random, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var k = first; ; k++)
        {
            var perturbation = Perturbation / Math.Pow(k + 1, Gamma);
            var direction = Direction(at.Length, random.Child((ulong)k + 1));
            var further = k > 0 ? LossesAtPoint : 0;
            var answers = await objective.LossesAsync(
                [Vectors.Add(at, perturbation, direction), Vectors.Add(at, -perturbation, direction), .. Enumerable.Repeat(at, further)], cancellation);
            // The losses around the start only serve its first move: step 0 has told the loss there.
            if (k > 0) yield return Reached(at, further > 0 ? answers[2..] : answers);
            // Every component of a direction is ±1 and so its own inverse.
            var slope = (answers[0].Loss - answers[1].Loss) / (2 * perturbation);
            at = Vectors.Add(at, -rate / Math.Pow(k + 1 + Stability, Alpha) * slope, direction);
            if (objective.IsMarkDue) objective.Mark(OptimizerState.Of(StateVersion, [k + 1, rate], at));
        }
    }

    private static Iterate Reached(double[] at, Answer[] answers)
    {
        var (loss, variance) = (0.0, 0.0);
        foreach (var answer in answers)
        {
            loss += answer.Loss / answers.Length;
            variance += answer.StandardError * answer.StandardError;
        }
        return new Iterate(at, loss, Math.Sqrt(variance) / answers.Length);
    }

    private async ValueTask<double> CalibratedRateAsync(IObjective objective, double[] at, RandomStream random, CancellationToken cancellation)
    {
        var points = new List<double[]>();
        for (var d = 0; d < CalibrationDirections; d++)
        {
            var direction = Direction(at.Length, random.Child((ulong)d));
            points.Add(Vectors.Add(at, Perturbation, direction));
            points.Add(Vectors.Add(at, -Perturbation, direction));
        }
        var answers = await objective.LossesAsync(points, cancellation);
        var slope = 0.0;
        for (var d = 0; d < CalibrationDirections; d++)
            slope += Math.Abs(answers[2 * d].Loss - answers[2 * d + 1].Loss) / (2 * Perturbation * CalibrationDirections);
        // Where it is flat nothing tells the scale; one unit of loss per radian is a guess that later slopes can live with.
        return FirstStep * Math.Pow(1 + Stability, Alpha) / (slope < 1e-10 ? 1 : slope);
    }

    private static double[] Direction(int dimension, RandomStream random)
    {
        var direction = new double[dimension];
        for (var k = 0; k < dimension; k++) direction[k] = random.NextSign();
        return direction;
    }
}
