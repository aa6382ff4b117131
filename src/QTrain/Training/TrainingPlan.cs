using QTrain.Optimizers;

namespace QTrain.Training;

/// <summary>Everything that determines a training: two runs of equal plans are equal to the bit.</summary>
public sealed record TrainingPlan
{
    /// <summary>What is trained.</summary>
    public required TrainingProblem Problem { get; init; }

    /// <summary>How the parameters move.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>When it ends.</summary>
    public StoppingRules Stopping { get; init; } = new();

    /// <summary>Shots for every measured circuit; null: exact expectation values.</summary>
    public int? Shots { get; init; }

    /// <summary>How gradients are computed, where the optimizer needs them.</summary>
    public GradientMethod Gradient { get; init; } = GradientMethod.Auto;

    /// <summary>The seed of every random choice: shots and optimizer.</summary>
    public ulong Seed { get; init; }
}

/// <summary>How a gradient is computed.</summary>
public enum GradientMethod
{
    /// <summary>Adjoint without shots, parameter shift with shots.</summary>
    Auto,

    /// <summary>One forward and one backward sweep; exact states only.</summary>
    Adjoint,

    /// <summary>Parameter-shift rules; works with shots.</summary>
    Shift,

    /// <summary>Central differences.</summary>
    Difference,
}
