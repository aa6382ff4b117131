using QTrain.Devices;

namespace QTrain.Training.Noisy;

/// <summary>Training on a device twin: circuits are jobs, which wait, take their time and meet the device as it is by then.</summary>
public sealed record TwinTraining
{
    /// <summary>What the twin is made of beside its calibration. Its epoch, name and seed are the training's.</summary>
    public TwinOptions Options { get; init; } = new() { Drift = DriftProcess.Daily };

    /// <summary>How long a step of the training takes on the twin's clock, waiting included: step k begins k times this after the calibration was taken. So what a
    /// question meets depends on its place in the run alone, and a run that was stopped goes on to the same result.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMinutes(1);
}
