using QTrain.Numerics;

namespace QTrain.Training;

/// <summary>What a run's seed is used for. Each purpose has a stream of its own, so that none disturbs another.</summary>
internal enum RandomPurpose
{
    Optimizer = 1,
    Shots = 2,
}

internal static class RandomPurposes
{
    public static RandomStream Stream(this RandomPurpose purpose, ulong seed) => new RandomStream(seed).Child((ulong)purpose);
}
