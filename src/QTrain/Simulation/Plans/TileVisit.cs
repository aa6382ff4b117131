namespace QTrain.Simulation.Plans;

/// <summary>A tile while its steps are done.</summary>
internal unsafe ref struct TileVisit
{
    /// <summary>What an evaluation bound.</summary>
    public byte* Memory;

    public TileScratch Scratch;

    /// <summary>The address of the tile: the qubits outside it.</summary>
    public ulong Outer;

    /// <summary>|ψ⟩ of the tile, in one piece, and on the way back |λ⟩.</summary>
    public byte* Ket, Bra;

    /// <summary>Where they are in the states: the same where a tile is one piece of them.</summary>
    public byte* KetHome, BraHome;

    /// <summary>How many numbers farther the next tile begins; 0 where none is left.</summary>
    public nint ToNext;

    /// <summary>Whether to ask for rows of the state before they are needed.</summary>
    public bool FetchesRows;

    /// <summary>What the tile adds up on the way back.</summary>
    public double* Slopes;
}
