using QTrain.Devices;

namespace QTrain.Operations.Dispatch;

/// <summary>What becomes of shots of one circuit that were taken under different calibrations.</summary>
public enum WindowPolicy
{
    /// <summary>They are added when a test does not tell them apart; else the older ones are left out and taken anew.</summary>
    TestThenPool,

    /// <summary>They are added.</summary>
    Pool,

    /// <summary>They are never added: the older ones are left out and taken anew.</summary>
    Separate,
}

/// <summary>How work is sent to hardware.</summary>
public sealed record DispatchOptions
{
    /// <summary>What a run may cost in all; null: no bound.</summary>
    public Money? Budget { get; init; }

    /// <summary>Whether jobs are sent whose cost nothing bounds.</summary>
    public bool AcceptsUnboundedCost { get; init; }

    /// <summary>How often circuits of one part are sent at most, failures and missing shots included.</summary>
    public int MostSubmissions { get; init; } = 5;

    /// <summary>How often a request that surely had no effect is made anew.</summary>
    public int Attempts { get; init; } = 8;

    /// <summary>The wait before the second attempt, and between two polls at first; it doubles.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two polls or attempts.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a job is waited for before the run is paused; resuming waits on.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromDays(2);

    /// <summary>What becomes of shots of different calibrations.</summary>
    public WindowPolicy Windows { get; init; }

    /// <summary>Below this probability of a difference by chance, shots of two calibrations are of two distributions.</summary>
    public double Significance { get; init; } = 0.01;

    /// <summary>Told of everything that is sent, waited for and decided, in a sentence for people.</summary>
    public Action<string>? OnEvent { get; init; }
}
