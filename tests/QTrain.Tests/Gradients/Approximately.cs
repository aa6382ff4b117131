namespace QTrain.Tests.Gradients;

internal static class Approximately
{
    /// <summary>Every entry agrees to <paramref name="tolerance"/>.</summary>
    public static void ShouldBe(this double[,] actual, double[,] expected, double tolerance)
    {
        (actual.GetLength(0), actual.GetLength(1)).ShouldBe((expected.GetLength(0), expected.GetLength(1)));
        for (var i = 0; i < actual.GetLength(0); i++)
            for (var j = 0; j < actual.GetLength(1); j++) actual[i, j].ShouldBe(expected[i, j], tolerance, $"entry {i}, {j}");
    }
}
