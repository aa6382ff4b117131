using QTrain.Numerics;

namespace QTrain.Simulation;

/// <summary>How a simulation uses the machine. The number of threads never changes a result by a bit.</summary>
public sealed record SimulationOptions
{
    /// <summary>All threads, widest instructions.</summary>
    public static SimulationOptions Default { get; } = new();

    /// <summary>How many threads; 0: all processors the process may use. Set it when several simulations run side by side.</summary>
    public int Threads { get; init; }

    /// <summary>What the amplitudes of a state vector are kept as. Single: half the memory and about twice as fast, for energies to some 1e-6 of their
    /// scale. Methods that hold no state vector know double precision only, and refuse it.</summary>
    public Precision Precision { get; init; }

    /// <summary>How many doubles move together; the widest the machine has unless a test wants another.</summary>
    internal LaneWidth Width { get; init; } = LaneWidths.Widest;

    /// <summary>Refuses single precision for a method that does not know it.</summary>
    internal void RequireDouble(string what)
    {
        if (Precision == Precision.Single)
            throw new QuantumException($"{what} know double precision only: single precision is for state vectors and trajectories.");
    }

    internal int Parts => Math.Min(Threads > 0 ? Threads : Environment.ProcessorCount, WorkerTeam.MaxParts);
}
