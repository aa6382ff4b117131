using System.Collections.Immutable;

namespace QTrain.Transpilation;

/// <summary>Pulses on waiting qubits that undo slow drifts of their phase.</summary>
public enum Decoupling
{
    /// <summary>None.</summary>
    None,

    /// <summary>x · x.</summary>
    Xx,

    /// <summary>x · y · x · y.</summary>
    Xy4,
}

/// <summary>How much is done to make a circuit short, and with which seed.</summary>
public sealed record TranspileOptions
{
    /// <summary>0: placed as numbered, routed, translated. 1: rotations merged, up to 16 placements tried. 2: up to 64, swaps renamed away, the best
    /// qubits of a calibrated device looked for. 3: up to 256. Circuits that need many swaps get fewer.</summary>
    public int Level { get; init; } = 2;

    /// <summary>The seed of placements and of choices among equals. The same seed gives the same circuit on any number of threads.</summary>
    public ulong Seed { get; init; }

    /// <summary>A device qubit for every qubit of the circuit, when the user wants to choose; empty: found.</summary>
    public ImmutableArray<int> InitialLayout { get; init; } = [];

    /// <summary>Whether the times in which qubits wait are written into the circuit as delays; needs the durations of gates.</summary>
    public bool ShowsWaits { get; init; }

    /// <summary>Pulses for waiting qubits, with delays between them; needs the durations of gates.</summary>
    public Decoupling Decoupling { get; init; }

    /// <summary>Whether operations happen as late as they can, which leaves qubits in |0⟩ longer, rather than as soon.</summary>
    public bool IsLate { get; init; } = true;
}
