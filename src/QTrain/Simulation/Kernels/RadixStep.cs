namespace QTrain.Simulation.Kernels;

/// <summary>Real rotations of up to three qubits outside the register and of those inside it, in one visit of every amplitude, and a linear
/// map of addresses at the end, which costs nothing but other offsets to store to.</summary>
internal unsafe struct RadixStep
{
    /// <summary>Most qubits outside the register.</summary>
    public const int MostBits = 3;

    /// <summary>The bits of an offset that stay zero: the qubits that are turned, and the lanes.</summary>
    public nuint Fixed;

    /// <summary>How far apart vectors are loaded that differ in a qubit outside the register.</summary>
    public nuint Stride0, Stride1, Stride2;

    /// <summary>Where vector j goes, counted where it is stored: like all offsets of which the kernels with moves make use.</summary>
    public fixed ulong Out[1 << MostBits];

    /// <summary>Every vector goes to <see cref="ControlFlip"/> beside that where the own offset has an odd number of the bits of a mask.</summary>
    public int ControlCount;

    public fixed ulong ControlMask[MostBits];

    public fixed ulong ControlFlip[MostBits];

    /// <summary>Cosine and sine of each qubit outside the register, or 1 and the tangent.</summary>
    public fixed double Turns[2 * MostBits];

    /// <summary>Slopes that one visit adds up: of each qubit outside the register, then of each lane bit.</summary>
    public const int Slopes = MostBits + 3;

    /// <summary>Which lane bits are turned.</summary>
    public int LaneTurns;

    /// <summary>Lanes of a mask change places between vectors that differ in the first qubit.</summary>
    public bool Blends;

    /// <summary>The lanes of each vector are permuted.</summary>
    public bool Permutes;

    /// <summary>Registers: for each lane bit its own factor and its partner's; a permutation for each vector and its inverse; the mask of lanes
    /// to blend.</summary>
    public void* Lanes;

    public const int PermutationRow = 6;

    public const int InverseRow = PermutationRow + (1 << MostBits);

    public const int BlendRow = InverseRow + (1 << MostBits);

    public const int LaneRows = BlendRow + 1;
}
