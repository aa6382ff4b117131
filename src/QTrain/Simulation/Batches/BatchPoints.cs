namespace QTrain.Simulation.Batches;

/// <summary>The points that a batched circuit is evaluated at. Written out one by one, by several threads at once, so that points which are
/// variations of one need not all lie in memory.</summary>
internal abstract class BatchPoints
{
    /// <summary>How many.</summary>
    public abstract int Count { get; }

    /// <summary>Writes point number <paramref name="number"/>.</summary>
    public abstract void Write(int number, Span<double> into);
}

/// <summary>Points that are there.</summary>
internal sealed class ListedPoints(IReadOnlyList<double[]> points) : BatchPoints
{
    public override int Count => points.Count;

    public override void Write(int number, Span<double> into) => points[number].CopyTo(into);
}
