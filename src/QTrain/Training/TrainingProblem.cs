using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Circuits;
using QTrain.Observables;

namespace QTrain.Training;

/// <summary>What is trained: the parameters of a circuit, to minimise the expectation of an observable.</summary>
/// <param name="Name">For people.</param>
/// <param name="Ansatz">The parameterized circuit; its parameters' order is the order of every point.</param>
/// <param name="Observable">What is measured. The loss is <c>LossScale·⟨O⟩</c>.</param>
/// <param name="Start">Initial parameter values, in radians; length P.</param>
public sealed record TrainingProblem(string Name, Circuit Ansatz, PauliSum Observable, ImmutableArray<double> Start)
{
    /// <summary>What the expectation is multiplied with to become the loss: 1 for energies. MaxCut's observable is −C already, so 1 there too.</summary>
    public double LossScale { get; init; } = 1;

    /// <summary>The known exact optimum of the loss, where there is one; shown beside the result, never used.</summary>
    public double? KnownOptimum { get; init; }

    /// <summary>The unit of the loss, such as <c>hartree</c>; empty where it has none.</summary>
    public string Unit { get; init; } = "";
}

/// <summary>When a training stops. Null switches a rule off.</summary>
public sealed record StoppingRules
{
    /// <summary>Updates of the parameters.</summary>
    public int? MaxIterations { get; init => field = Checked(value); } = 1000;

    /// <summary>Energies evaluated.</summary>
    public long? MaxEvaluations { get; init => field = Checked(value); }

    /// <summary>Working time, over all sessions of the run.</summary>
    public TimeSpan? MaxTime { get; init => field = Checked(value); }

    /// <summary>Stop with reason <c>tolerance</c> when a step changes the loss by no more than this.</summary>
    public double? LossTolerance { get; init => field = Checked(value); }

    /// <summary>Stop with reason <c>tolerance</c> when the gradient's norm is no more than this.</summary>
    public double? GradientTolerance { get; init => field = Checked(value); }

    /// <summary>Stop with reason <c>plateau</c> when the best loss has not improved by more than <see cref="PlateauTolerance"/> in so many steps.</summary>
    public int? PlateauSteps { get; init => field = Checked(value, least: 1); }

    /// <summary>See <see cref="PlateauSteps"/>.</summary>
    public double PlateauTolerance { get; init => field = Checked<double>(value)!.Value; } = 1e-8;

    /// <summary>Stop with reason <c>divergence</c> when the loss exceeds the initial loss by more than this. A loss that is not finite always stops.</summary>
    public double? DivergenceAbove { get; init => field = Checked(value); }

    private static T? Checked<T>(T? value, int least = 0, [CallerMemberName] string rule = "") where T : struct, INumber<T>
    {
        // Written so that NaN, which is not at least anything, is refused too.
        if (value is { } given && !(given >= T.CreateChecked(least))) throw Refused(rule, $"{given}", $"{least}");
        return value;
    }

    private static TimeSpan? Checked(TimeSpan? value, [CallerMemberName] string rule = "") =>
        value < TimeSpan.Zero ? throw Refused(rule, $"{value}", "0") : value;

    private static QuantumException Refused(string rule, string given, string least) => new(
        $"Stopping rule '{char.ToLowerInvariant(rule[0])}{rule[1..]}' is {given}, but it must be at least {least}; leave it out to switch it off.");
}

/// <summary>Why a training stopped.</summary>
public enum StopReason
{
    /// <summary>The loss or gradient is within its tolerance, or the optimizer has converged by its own rule.</summary>
    Tolerance,

    /// <summary>No improvement for a while.</summary>
    Plateau,

    /// <summary>The loss is not finite, or rose beyond bounds.</summary>
    Divergence,

    /// <summary>The evaluations are used up.</summary>
    Evaluations,

    /// <summary>The iterations are used up.</summary>
    Iterations,

    /// <summary>The time is used up.</summary>
    Time,

    /// <summary>Somebody stopped it; it can be resumed.</summary>
    Interrupted,
}

/// <summary>One step of a training, as it is shown and recorded.</summary>
/// <param name="Index">0 is the start.</param>
/// <param name="Parameters">The point.</param>
/// <param name="Loss">The loss at the point.</param>
/// <param name="StandardError">Its standard error; 0 when exact.</param>
/// <param name="BestLoss">The lowest finite loss so far.</param>
/// <param name="GradientNorm">Where known.</param>
/// <param name="Evaluations">Energies evaluated so far.</param>
/// <param name="Shots">Shots spent so far.</param>
public sealed record TrainingStep(
    int Index, double[] Parameters, double Loss, double StandardError, double BestLoss, double? GradientNorm, long Evaluations, long Shots);

/// <summary>How a training ended.</summary>
public sealed record TrainingResult
{
    /// <summary>Why it stopped.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>The loss at the start.</summary>
    public required double InitialLoss { get; init; }

    /// <summary>The loss of the last step.</summary>
    public required double FinalLoss { get; init; }

    /// <summary>Its standard error; 0 when exact.</summary>
    public double FinalStandardError { get; init; }

    /// <summary>The parameters of the last step.</summary>
    public required double[] FinalParameters { get; init; }

    /// <summary>The lowest finite loss of any step; NaN when no step had one.</summary>
    public required double BestLoss { get; init; }

    /// <summary>The parameters of that step.</summary>
    public required double[] BestParameters { get; init; }

    /// <summary>Updates made.</summary>
    public required int Iterations { get; init; }

    /// <summary>Energies evaluated.</summary>
    public required long Evaluations { get; init; }

    /// <summary>Shots spent in total.</summary>
    public required long Shots { get; init; }

    /// <summary>SHA-256, in lower-case hexadecimal, of the IEEE bits (little-endian) of every step's parameters and then its loss, step 0 first.</summary>
    public required string TrajectoryHash { get; init; }
}
