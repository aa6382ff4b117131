namespace QTrain.Tests.Reference;

internal static class Allocations
{
    /// <summary>Bytes that an evaluation allocates on the calling thread, each time it is made.</summary>
    /// <remarks>The least of several rounds: what the runtime allocates once, when it compiles a method again, is not the evaluation's.</remarks>
    public static long Of(Action<int> evaluate)
    {
        evaluate(0);
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            evaluate(1);
            evaluate(2);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
