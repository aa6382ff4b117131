using System.Collections.Immutable;

namespace QTrain.Training.Noisy;

/// <summary>How far what a device measures is from what an ideal one would, at the same parameters.</summary>
public sealed record DeviceDelta
{
    /// <summary>The loss without noise.</summary>
    public required double IdealLoss { get; init; }

    /// <summary>The loss with noise and misreadings, for infinitely many shots.</summary>
    public required double NoisyLoss { get; init; }

    /// <summary>Total variation distance between the outcomes of each measured circuit, 0 to 1.</summary>
    public required ImmutableArray<double> TotalVariation { get; init; }

    /// <summary>Hellinger distance between the outcomes of each measured circuit, 0 to 1.</summary>
    public required ImmutableArray<double> Hellinger { get; init; }

    /// <inheritdoc/>
    public bool Equals(DeviceDelta? other) => other is not null && IdealLoss.Equals(other.IdealLoss) && NoisyLoss.Equals(other.NoisyLoss)
        && TotalVariation.AsSpan().SequenceEqual(other.TotalVariation.AsSpan()) && Hellinger.AsSpan().SequenceEqual(other.Hellinger.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IdealLoss, NoisyLoss, TotalVariation.Length);
}
