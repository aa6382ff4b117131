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

    /// <summary>Points as a caller gave them; throws when one does not fit.</summary>
    public static ListedPoints Checked(IReadOnlyList<double[]> points, CompiledCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(points);
        for (var k = 0; k < points.Count; k++)
        {
            if (points[k] is not { } point) throw new ArgumentException($"Point {k} of {points.Count} is null.", nameof(points));
            if (point.Length != circuit.ParameterCount)
                throw new QuantumException($"Point {k} has {point.Length} values, but the circuit has {circuit.ParameterCount} parameters: give one value for each, in their order.");
        }
        return new ListedPoints(points);
    }

    public override void Write(int number, Span<double> into) => points[number].CopyTo(into);
}
