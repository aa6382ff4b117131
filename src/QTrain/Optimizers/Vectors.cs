namespace QTrain.Optimizers;

/// <summary>Sums in index order, so that they are the same everywhere.</summary>
internal static class Vectors
{
    public static double Dot(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var k = 0; k < left.Length; k++) sum = Math.FusedMultiplyAdd(left[k], right[k], sum);
        return sum;
    }

    public static double Norm(double[] vector) => Math.Sqrt(Dot(vector, vector));

    /// <summary>start + scale·direction, a new array.</summary>
    public static double[] Add(double[] start, double scale, double[] direction)
    {
        var sum = new double[start.Length];
        for (var k = 0; k < sum.Length; k++) sum[k] = Math.FusedMultiplyAdd(scale, direction[k], start[k]);
        return sum;
    }

    public static double[] Subtract(double[] left, double[] right)
    {
        var difference = new double[left.Length];
        for (var k = 0; k < difference.Length; k++) difference[k] = left[k] - right[k];
        return difference;
    }
}
