namespace QTrain.Shots;

/// <summary>How far two distributions of outcomes are apart.</summary>
public static class Distributions
{
    /// <summary>Total variation ½ Σ|p − q|, 0 to 1: the most by which the probability of any event differs.</summary>
    public static double TotalVariation(IReadOnlyDictionary<ulong, double> left, IReadOnlyDictionary<ulong, double> right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Math.Min(1, Outcomes(left, right).Sum(o => Math.Abs(left.GetValueOrDefault(o) - right.GetValueOrDefault(o))) / 2);
    }

    /// <summary>Hellinger distance √(1 − Σ√(pq)), 0 to 1.</summary>
    public static double Hellinger(IReadOnlyDictionary<ulong, double> left, IReadOnlyDictionary<ulong, double> right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        // As ½ Σ(√p − √q)², which is the same and loses nothing where they are close.
        return Math.Sqrt(Math.Min(1, Outcomes(left, right).Sum(o =>
        {
            var difference = Math.Sqrt(Math.Max(0, left.GetValueOrDefault(o))) - Math.Sqrt(Math.Max(0, right.GetValueOrDefault(o)));
            return difference * difference;
        }) / 2));
    }

    private static IEnumerable<ulong> Outcomes(IReadOnlyDictionary<ulong, double> left, IReadOnlyDictionary<ulong, double> right) =>
        left.Keys.Union(right.Keys).Order();
}
