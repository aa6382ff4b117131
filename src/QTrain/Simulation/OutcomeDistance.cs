namespace QTrain.Simulation;

/// <summary>How far two distributions of outcomes are from each other.</summary>
public static class OutcomeDistance
{
    /// <summary>½ Σ |p − q|: the largest difference in the probability of any event; 0 for equal, 1 for disjoint distributions.</summary>
    /// <param name="first">Probabilities by outcome; those left out are 0.</param>
    /// <param name="second">Probabilities by outcome; those left out are 0.</param>
    public static double TotalVariation(IReadOnlyDictionary<ulong, double> first, IReadOnlyDictionary<ulong, double> second) =>
        Sum(first, second, static (p, q) => Math.Abs(p - q)) / 2;

    /// <summary>√(½ Σ (√p − √q)²), the Hellinger distance: 0 for equal, 1 for disjoint distributions.</summary>
    /// <param name="first">Probabilities by outcome; those left out are 0.</param>
    /// <param name="second">Probabilities by outcome; those left out are 0.</param>
    public static double Hellinger(IReadOnlyDictionary<ulong, double> first, IReadOnlyDictionary<ulong, double> second) =>
        Math.Sqrt(Sum(first, second, static (p, q) => (Math.Sqrt(p) - Math.Sqrt(q)) * (Math.Sqrt(p) - Math.Sqrt(q))) / 2);

    /// <summary>Counts as shares of all shots.</summary>
    public static IReadOnlyDictionary<ulong, double> Shares(Counts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return counts.ToDictionary(c => c.Outcome, c => (double)c.Count / counts.Total);
    }

    // In order of the outcome, so that sums do not depend on the order of dictionaries.
    private static double Sum(IReadOnlyDictionary<ulong, double> first, IReadOnlyDictionary<ulong, double> second, Func<double, double, double> term)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var sum = 0.0;
        foreach (var outcome in first.Keys.Union(second.Keys).Order())
            sum += term(Probability(first, outcome), Probability(second, outcome));
        return sum;
    }

    private static double Probability(IReadOnlyDictionary<ulong, double> of, ulong outcome) => of.GetValueOrDefault(outcome) is var p and >= 0 ? p
        : throw new QuantumException($"Outcome {outcome} has the probability {of[outcome]:R}: probabilities are not negative.");
}
