using QTrain.Simulation;
using QTrain.Training.Noisy;

namespace QTrain.Training;

/// <summary>What answers the questions of a training on this machine.</summary>
public static class Evaluators
{
    /// <summary>The evaluator of a plan: the ideal simulator, the noisy one where the plan has noise, or a device's twin. Disposed when it can be.</summary>
    /// <exception cref="QuantumException">The plan's parts do not fit together.</exception>
    public static IEvaluator For(TrainingPlan plan, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Noise is null ? new SimulatorEvaluator(plan, options)
            : plan.Twin is null ? new NoisyEvaluator(plan, options) : new TwinEvaluator(plan, options);
    }
}
