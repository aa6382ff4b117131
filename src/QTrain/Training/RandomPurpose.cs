using QTrain.Numerics;

namespace QTrain.Training;

/// <summary>What a run's seed is used for. Each purpose has a stream of its own, so that none disturbs another.</summary>
internal enum RandomPurpose
{
    Optimizer = 1,
    Shots = 2,
    Members = 3,
}

internal static class RandomPurposes
{
    public static RandomStream Stream(this RandomPurpose purpose, ulong seed) => new RandomStream(seed).Child((ulong)purpose);

    /// <summary>The stream of a member of an ensemble; that of member 0 is the purpose's own, as where there is one member.</summary>
    public static RandomStream Stream(this RandomPurpose purpose, ulong seed, int member) =>
        member == 0 ? purpose.Stream(seed) : RandomPurpose.Members.Stream(seed).Child((ulong)member).Child((ulong)purpose);
}
