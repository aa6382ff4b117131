using System.Collections.Immutable;
using QTrain.Formats;

namespace QTrain.Simulation.Stabilizer;

/// <summary>Something that may go wrong, independently of everything else: with which probability, and what it flips.</summary>
public sealed record ErrorMechanism(double Probability, ImmutableArray<int> Detectors, ImmutableArray<int> Observables)
{
    /// <inheritdoc/>
    public bool Equals(ErrorMechanism? other) =>
        other is not null && Probability.Equals(other.Probability) && Detectors.AsSpan().SequenceEqual(other.Detectors.AsSpan())
        && Observables.AsSpan().SequenceEqual(other.Observables.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Probability, Detectors.Length, Observables.Length);
}

/// <summary>The error mechanisms of a noisy circuit: what a decoder is told. A value.</summary>
/// <remarks>Mechanisms that flip the same detectors and observables are one; they are in the order of what they flip, detectors before
/// observables. <see cref="DemText"/> reads and writes it.</remarks>
public sealed class DetectorErrorModel : IEquatable<DetectorErrorModel>
{
    internal DetectorErrorModel(int detectors, int observables, ImmutableArray<ErrorMechanism> mechanisms, ImmutableArray<ImmutableArray<double>> coordinates)
    {
        (DetectorCount, ObservableCount, Mechanisms, Coordinates) = (detectors, observables, mechanisms, coordinates);
    }

    /// <summary>How many detectors.</summary>
    public int DetectorCount { get; }

    /// <summary>How many logical observables.</summary>
    public int ObservableCount { get; }

    /// <summary>The mechanisms.</summary>
    public ImmutableArray<ErrorMechanism> Mechanisms { get; }

    /// <summary>Where each detector lies; empty for one without coordinates.</summary>
    public ImmutableArray<ImmutableArray<double>> Coordinates { get; }

    /// <summary>The mechanisms of a circuit, found by following every error backwards through it.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="approximate">Whether errors that exclude each other, and cannot be written as independent ones, are taken as if they were
    /// independent. Depolarizing noise and single Pauli errors never need it.</param>
    /// <exception cref="QuantumException">A detector is not certain without noise; or errors exclude each other and <paramref name="approximate"/> is false.</exception>
    public static DetectorErrorModel Of(StimCircuit circuit, bool approximate = false)
    {
        var analysis = ErrorAnalysis.Of(circuit);
        var combined = new Dictionary<SymptomKey, double>();
        foreach (var channel in analysis.Channels)
            foreach (var (probability, symptom) in channel.Independent(approximate))
            {
                if (symptom.Length == 0 || probability == 0) continue;
                var before = combined.GetValueOrDefault(new SymptomKey(symptom));
                combined[new SymptomKey(symptom)] = before + probability - 2 * before * probability;
            }
        var detectors = analysis.DetectorCount;
        return new DetectorErrorModel(detectors, circuit.ObservableCount,
        [
            .. combined.OrderBy(c => c.Key).Select(c => new ErrorMechanism(c.Value,
                [.. c.Key.Flipped.Where(f => f < detectors)], [.. c.Key.Flipped.Where(f => f >= detectors).Select(f => f - detectors)])),
        ], analysis.Coordinates);
    }

    /// <summary>The probability that each detector fires, the mechanisms being independent: (1 − Π(1 − 2p))/2 over those that flip it.</summary>
    public double[] DetectorProbabilities() => Parities(DetectorCount, m => m.Detectors);

    /// <summary>The probability that each logical observable is flipped.</summary>
    public double[] ObservableProbabilities() => Parities(ObservableCount, m => m.Observables);

    private double[] Parities(int count, Func<ErrorMechanism, ImmutableArray<int>> flipped)
    {
        var products = new double[count];
        products.AsSpan().Fill(1);
        foreach (var mechanism in Mechanisms)
            foreach (var d in flipped(mechanism)) products[d] *= 1 - 2 * mechanism.Probability;
        return [.. products.Select(p => (1 - p) / 2)];
    }

    /// <inheritdoc/>
    public bool Equals(DetectorErrorModel? other) =>
        other is not null && (DetectorCount, ObservableCount) == (other.DetectorCount, other.ObservableCount) && Mechanisms.SequenceEqual(other.Mechanisms)
        && Coordinates.Zip(other.Coordinates).All(c => c.First.AsSpan().SequenceEqual(c.Second.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DetectorErrorModel);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DetectorCount, ObservableCount, Mechanisms.Length);

    /// <summary>The model as .dem text; <see cref="DemText.Read"/> reads it back.</summary>
    public override string ToString() => DemText.Write(this);
}

/// <summary>The exact probabilities with which detectors fire and observables are flipped.</summary>
/// <param name="Detectors">Of each detector.</param>
/// <param name="Observables">Of each logical observable.</param>
public sealed record DetectorStatistics(ImmutableArray<double> Detectors, ImmutableArray<double> Observables)
{
    /// <summary>The probabilities for a circuit, whatever its noise: errors that exclude each other are taken as such.</summary>
    /// <exception cref="QuantumException">A detector is not certain without noise.</exception>
    public static DetectorStatistics Of(StimCircuit circuit)
    {
        var analysis = ErrorAnalysis.Of(circuit);
        var products = new double[analysis.DetectorCount + circuit.ObservableCount];
        products.AsSpan().Fill(1);
        var flips = new Dictionary<int, double>();
        foreach (var channel in analysis.Channels)
        {
            flips.Clear();
            foreach (var (probability, symptom) in channel.Disjoint)
                foreach (var flipped in symptom) flips[flipped] = flips.GetValueOrDefault(flipped) + probability;
            foreach (var (flipped, probability) in flips) products[flipped] *= 1 - 2 * probability;
        }
        var all = products.Select(p => (1 - p) / 2).ToImmutableArray();
        return new DetectorStatistics(all[..analysis.DetectorCount], all[analysis.DetectorCount..]);
    }

    /// <inheritdoc/>
    public bool Equals(DetectorStatistics? other) =>
        other is not null && Detectors.AsSpan().SequenceEqual(other.Detectors.AsSpan()) && Observables.AsSpan().SequenceEqual(other.Observables.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Detectors.Length, Observables.Length);
}

/// <summary>What an error flips, in order; compared number by number.</summary>
internal readonly struct SymptomKey(int[] flipped) : IEquatable<SymptomKey>, IComparable<SymptomKey>
{
    public int[] Flipped { get; } = flipped;

    public int CompareTo(SymptomKey other) => Flipped.AsSpan().SequenceCompareTo(other.Flipped);

    public bool Equals(SymptomKey other) => Flipped.AsSpan().SequenceEqual(other.Flipped);

    public override bool Equals(object? obj) => obj is SymptomKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var f in Flipped) hash.Add(f);
        return hash.ToHashCode();
    }
}
