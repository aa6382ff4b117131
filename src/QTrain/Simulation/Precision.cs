namespace QTrain.Simulation;

/// <summary>What the amplitudes of a state vector are kept as.</summary>
public enum Precision
{
    /// <summary>Doubles, 16 bytes an amplitude: errors near 1e-16 a gate.</summary>
    Double,

    /// <summary>Singles, 8 bytes an amplitude: half the memory and about twice as fast, errors near 1e-7 a gate. Sums are of doubles even so.</summary>
    Single,
}

internal static class Precisions
{
    /// <summary>Both.</summary>
    public static Precision[] All { get; } = Enum.GetValues<Precision>();

    /// <summary>Bytes of a number.</summary>
    public static int ElementBytes(this Precision precision) => precision == Precision.Single ? sizeof(float) : sizeof(double);

    /// <summary>As it is written in specs, options and results: <c>double</c>, <c>single</c>.</summary>
    public static string Name(this Precision precision) => precision == Precision.Single ? "single" : "double";
}
