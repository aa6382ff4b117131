using QTrain.Gradients;
using QTrain.Optimizers;
using QTrain.Training;

namespace QTrain.Operations.Advice;

/// <summary>How much a step of a training asks for.</summary>
/// <param name="Method">How gradients are computed, where the optimizer asks for them.</param>
/// <param name="EnergiesPerStep">How many energies a step takes; the usual number where it varies.</param>
/// <param name="IsExact">Whether every step takes just that many.</param>
public sealed record TrainingEffort(GradientMethod Method, int EnergiesPerStep, bool IsExact)
{
    /// <summary>Steps of a training without a limit of its own, for estimates.</summary>
    public const int UsualSteps = 200;

    /// <summary>The effort of a plan.</summary>
    public static TrainingEffort Of(TrainingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var method = plan.Gradient != GradientMethod.Auto ? plan.Gradient : plan.Shots is null ? GradientMethod.Adjoint : GradientMethod.Shift;
        // Line searches and simplex moves take one or two evaluations; the usual number is told.
        var energies = plan.Optimizer switch
        {
            Spsa => 2,
            { NeedsGradient: false } => 2,
            _ => method switch
            {
                GradientMethod.Shift => 1 + Gradient.ShiftEnergyCount(plan.Problem.Ansatz),
                GradientMethod.Difference => 1 + 4 * plan.Problem.Ansatz.Parameters.Length,
                _ => 1,
            },
        };
        return new TrainingEffort(method, energies, plan.Optimizer is Spsa or Adam or GradientDescent);
    }
}
