using System.Collections.Immutable;
using QTrain.Noise;
using QTrain.Optimizers;
using QTrain.Simulation;
using QTrain.Training.Noisy;

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

    /// <summary>Of the state that the simulator computes with. It changes results from about the seventh digit on, so it belongs to the plan.</summary>
    public Precision Precision { get; init; }

    /// <summary>Where the circuits run, noisily; null: on an ideal simulator.</summary>
    public INoiseSource? Noise { get; init; }

    /// <summary>How circuits run as jobs on a twin of the device that is <see cref="Noise"/>; null: they are simulated at once.</summary>
    public TwinTraining? Twin { get; init; }

    /// <summary>The seed of every random choice: shots and optimizer.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where further members of an ensemble start; none by default. Each member is a training of its own with the same seed, its own paths and its
    /// own random streams.</summary>
    public ImmutableArray<ImmutableArray<double>> FurtherStarts { get; init; } = [];

    /// <summary>How many members the ensemble has: 1 and those of <see cref="FurtherStarts"/>.</summary>
    public int Members => 1 + FurtherStarts.Length;

    /// <summary>Where a member starts.</summary>
    public ImmutableArray<double> StartOf(int member) => member == 0 ? Problem.Start : FurtherStarts[member - 1];
}

/// <summary>How a training is gone through. Nothing here changes what comes out by a bit.</summary>
public sealed record TrainerOptions
{
    /// <summary>Which member of an ensemble is trained: the first number of every path, and where the member starts.</summary>
    public int Member { get; init; }

    /// <summary>Called after every step on the optimizer's thread, which waits for it.</summary>
    public Action<TrainingStep>? OnStep { get; init; }

    /// <summary>After how many steps each an optimizer that can marks where it stands; null: never.</summary>
    public int? MarkEvery { get; init; }

    /// <summary>Told of every mark, after the step it belongs to.</summary>
    public Action<TrainingMark>? OnMark { get; init; }

    /// <summary>Where to go on; null: at the beginning. Steps up to the mark are not made again.</summary>
    public TrainingMark? From { get; init; }
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
