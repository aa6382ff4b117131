namespace QTrain.Cli.Train;

/// <summary>A loss curve in braille, eight dots a character.</summary>
internal static class LossChart
{
    // Dots of a braille character by column and row: Unicode numbers them 1 2 3 7 and 4 5 6 8.
    private static readonly int[,] Dots = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

    /// <summary>Rows of a chart, the highest loss on top. With a known optimum the axis is the logarithm of the distance to it.</summary>
    public static string[] Draw(IReadOnlyList<double> losses, int width, int height, double? optimum = null)
    {
        var columns = Columns(losses, 2 * width, optimum);
        var finite = columns.Where(double.IsFinite).ToArray();
        var cells = new int[height, width];
        if (finite.Length > 0)
        {
            var (low, high) = (finite.Min(), finite.Max());
            var rows = 4 * height;
            for (var x = 0; x < columns.Length; x++)
            {
                if (!double.IsFinite(columns[x])) continue;
                var level = high > low ? (columns[x] - low) / (high - low) : 0;
                var y = rows - 1 - (int)Math.Round(level * (rows - 1));
                cells[y / 4, x / 2] |= Dots[x % 2, y % 4];
            }
        }
        return [.. Enumerable.Range(0, height).Select(r => string.Concat(Enumerable.Range(0, width).Select(c => (char)(0x2800 + cells[r, c]))))];
    }

    // Each column shows the last loss that falls into it; the curve always spans the whole width.
    private static double[] Columns(IReadOnlyList<double> losses, int count, double? optimum)
    {
        var columns = new double[Math.Min(count, Math.Max(losses.Count, 1))];
        Array.Fill(columns, double.NaN);
        var logarithmic = optimum is { } exact && losses.All(l => !double.IsFinite(l) || l > exact);
        for (var k = 0; k < losses.Count; k++)
        {
            if (!double.IsFinite(losses[k])) continue;
            var column = losses.Count <= count ? k : (int)((long)k * count / losses.Count);
            columns[column] = logarithmic ? Math.Log10(losses[k] - optimum!.Value) : losses[k];
        }
        return columns;
    }
}
