namespace QTrain.Providers.Rest;

/// <summary>How patient an adapter is with its provider.</summary>
public sealed record RestOptions
{
    /// <summary>How often a request that may be repeated is sent at most.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The wait before the second attempt; each further one waits twice as long, give or take a quarter.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait between two attempts. A provider that asks for a longer one is told of to the caller, who knows what else to do.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one request may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
