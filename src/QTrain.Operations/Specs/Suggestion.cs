namespace QTrain.Operations.Specs;

/// <summary>The valid name nearest to a mistyped one.</summary>
public static class Suggestion
{
    /// <summary>The candidate that takes the fewest insertions, deletions, replacements and swaps of neighbours to reach; null when none is near.</summary>
    public static string? Nearest(string given, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(candidates);
        var (best, distance) = ((string?)null, int.MaxValue);
        foreach (var candidate in candidates)
        {
            var d = Distance(Fold(given), Fold(candidate));
            // A third of the letters may be wrong, and a name that begins like another is meant as its abbreviation.
            var near = d <= Math.Max(1, Math.Max(given.Length, candidate.Length) / 3)
                || (given.Length >= 3 && Fold(candidate).StartsWith(Fold(given), StringComparison.Ordinal));
            if (near && d < distance) (best, distance) = (candidate, d);
        }
        return best;
    }

    /// <summary>The end of a message: <c> Did you mean 'adam'?</c>, or nothing.</summary>
    public static string DidYouMean(string given, IEnumerable<string> candidates) =>
        Nearest(given, candidates) is { } name ? $" Did you mean '{name}'?" : "";

    // learning_rate, learningRate and learning-rate are one name to a reader.
    internal static string Fold(string name) => name.Replace("-", "").Replace("_", "").ToLowerInvariant();

    private static int Distance(string a, string b)
    {
        if (a.Length > 64 || b.Length > 64) return int.MaxValue;
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}
