using QTrain.Numerics;

namespace QTrain.Simulation.MatrixProduct;

/// <summary>How much a matrix product state may hold, and how it uses the machine. The number of threads never changes a result by a bit.</summary>
public sealed record MatrixProductOptions
{
    /// <summary>Bonds of at most 256, and next to nothing cut off below that.</summary>
    public static MatrixProductOptions Default { get; } = new();

    /// <summary>The largest bond dimension. Memory grows with its square, time with its cube; raise it where the reported fidelity is too low.</summary>
    public int MaxBond
    {
        get;
        init => field = value is >= 1 and <= 1 << 13 ? value
            : throw new QuantumException($"A largest bond dimension of {value} cannot be: give 1 to {1 << 13}.");
    } = 256;

    /// <summary>The part of the weight Σσ² that every truncation may cut off even where the bond has room. The state changes by its square root,
    /// about 1e−8 by default; 0 keeps all that is not rounding.</summary>
    public double Truncation
    {
        get;
        init => field = value is >= 0 and < 1 ? value
            : throw new QuantumException($"A truncation of {value} cannot be: it is the part of the weight that may be cut off, from 0 to below 1.");
    } = 1e-16;

    /// <summary>How many threads; 0: all processors the process may use.</summary>
    public int Threads { get; init; }

    /// <summary>How many doubles move together; the widest the machine has unless a test wants another.</summary>
    internal LaneWidth Width { get; init; } = LaneWidths.Widest;

    internal int Parts => new SimulationOptions { Threads = Threads }.Parts;
}
