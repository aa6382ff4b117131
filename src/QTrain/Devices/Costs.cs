namespace QTrain.Devices;

/// <summary>Where an amount of money is from.</summary>
public enum CostBasis
{
    /// <summary>Nothing is known.</summary>
    Unknown,

    /// <summary>The provider says what it billed.</summary>
    Billed,

    /// <summary>Computed from a price that the provider publishes.</summary>
    PublishedPrice,

    /// <summary>Computed from a rate that the user set.</summary>
    UserRate,
}

/// <summary>What a batch would cost.</summary>
/// <param name="Expected">The likely cost; null: not known.</param>
/// <param name="WorstCase">What it cannot exceed; null: nothing bounds it.</param>
/// <param name="Basis">Where the amounts are from.</param>
/// <param name="Wait">How long it would wait; null: not known.</param>
public sealed record CostEstimate(Money? Expected, Money? WorstCase, CostBasis Basis, TimeSpan? Wait = null);
