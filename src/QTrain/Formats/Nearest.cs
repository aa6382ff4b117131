namespace QTrain.Formats;

/// <summary>Finds the name a person probably meant.</summary>
internal static class Nearest
{
    /// <summary>The known name with the fewest slips of typing, or null when none is near.</summary>
    public static string? To(string given, IEnumerable<string> known) =>
        known.Select(name => (name, distance: Distance(given.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(c => c.distance <= Math.Max(1, Math.Min(given.Length, c.name.Length) / 3))
            .OrderBy(c => c.distance).ThenBy(c => c.name, StringComparer.Ordinal)
            .Select(c => c.name).FirstOrDefault();

    /// <summary>How many letters must be inserted, removed, replaced or exchanged with their neighbour (optimal string alignment).</summary>
    public static int Distance(string left, string right)
    {
        var d = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) d[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
            for (var j = 1; j <= right.Length; j++)
            {
                var replace = d[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replace, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[left.Length, right.Length];
    }
}
