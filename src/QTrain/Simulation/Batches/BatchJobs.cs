namespace QTrain.Simulation.Batches;

/// <summary>Which blocks a kernel visits: 2ᵏ of them, from <see cref="First"/> on, in the order of a Gray code, so that the next one is one
/// exclusive or away whatever the map of addresses. Offsets count bytes.</summary>
internal unsafe struct BatchVisits
{
    public nuint First;

    /// <summary>What each bit of the Gray code flips.</summary>
    public nuint* Flips;

    public nuint Count;
}

/// <summary>The memory that the steps of one batch work in.</summary>
internal unsafe struct BatchMemory
{
    /// <summary>|ψ⟩ of all members: block i holds as many real parts of amplitude i as a register has lanes, one a member, then the imaginary parts.</summary>
    public byte* State;

    /// <summary>On the way back: |λ⟩ in the same layout, and how the expectation moves with each slot, a register each.</summary>
    public byte* Bra;
    public double* Slopes;

    /// <summary>On the way back: sums over columns, for all rows and then for each parity across, and over rows.</summary>
    public double* ColumnSums, RowSums;

    /// <summary>Of half the angle of each slot; a register each. Constants have negative slots.</summary>
    public double* Sines, Cosines, Tangents;

    /// <summary>What the amplitudes must still be multiplied with; a register.</summary>
    public double* Scale;

    /// <summary>Tables of phases.</summary>
    public double* Columns, Rows, Mixed;

    /// <summary>Room for the vector that a dense matrix is multiplied with.</summary>
    public double* Vector;
}

/// <summary>See <see cref="BatchTurnStep"/>.</summary>
internal unsafe struct TurnJob
{
    public byte* State;
    public BatchVisits Visits;

    /// <summary>How many qubits, at most three.</summary>
    public int Bits;

    /// <summary>Offsets of a pair's second member.</summary>
    public nuint Flip0, Flip1, Flip2;

    public double* Cosine0, Cosine1, Cosine2;
    public double* Sine0;
    public double* Tangent0, Tangent1, Tangent2;
    public double* Scale;

    /// <summary>Whether the scale is applied rather than left to a later step.</summary>
    public bool Settles;
}

/// <summary>See <see cref="BatchPhaseTableStep"/>.</summary>
internal unsafe struct PhaseTableJob
{
    /// <summary>A coordinate without a phase of its own.</summary>
    public const int None = int.MinValue;

    public byte* State;
    public double* Sines, Cosines, Scale;
    public double* Columns, Rows, Mixed;
    public nuint First;

    /// <summary>The offset of each column, and the flip of each row bit.</summary>
    public nuint* ColumnOffsets, RowFlips;
    public int ColumnBits, RowBits;

    /// <summary>Whether the factor differs from row to row.</summary>
    public bool HasRows;

    /// <summary>The slot of the phase on each column bit, then on each row bit.</summary>
    public int* Slots;

    /// <summary>Phases on several bits: those of columns, of rows, of both.</summary>
    public PhaseTerm* Terms;
    public int ColumnTerms, RowTerms, MixedTerms;

    /// <summary>On the way back.</summary>
    public byte* Bra;
    public double* Slopes, ColumnSums, RowSums;

    /// <summary>Those of both that change sign with row bit k: numbers Starts[k] to Starts[k + 1] of a list.</summary>
    public int* Starts, Flipped;
}

/// <summary>Undoes up to two of the rotations of a <see cref="BatchTurnStep"/> on |ψ⟩ and |λ⟩.</summary>
internal unsafe struct TurnBackJob
{
    public byte* State, Bra;
    public BatchVisits Visits;
    public int Bits;
    public nuint Flip0, Flip1;
    public double* Cosine0, Cosine1, Sine0, Tangent0, Tangent1;
    public double* Scale;
    public bool Settles;

    /// <summary>Where the slopes go.</summary>
    public double* Slope0, Slope1;
}

/// <summary>exp(−iφ/2·(−1)^parity) of bits of column and row.</summary>
internal struct PhaseTerm
{
    public int Slot;
    public uint Column, Row;
}

/// <summary>See <see cref="BatchPauliStep"/>.</summary>
internal unsafe struct PauliJob
{
    public byte* State;
    public BatchVisits Visits;

    /// <summary>From a block to its partner; 0: each block has a phase.</summary>
    public nuint Flip;

    public double* Cosine, Sine;

    /// <summary>The bits of the Gray code that change the sign, and the sign of the first block: 1 is negative.</summary>
    public ulong Signs;
    public int Sign;

    /// <summary>Whether partners mix with an imaginary factor.</summary>
    public bool IsTurned;

    /// <summary>On the way back; the slope null where no parameter moves the angle.</summary>
    public byte* Bra;
    public double* Slope, Scale;
}

/// <summary>See <see cref="BatchMatrixStep"/>.</summary>
internal unsafe struct MatrixJob
{
    public byte* State;
    public BatchVisits Visits;

    /// <summary>Offsets of the basis states of the targets.</summary>
    public nuint* Offsets;
    public int Size;

    /// <summary>Row-major: real and imaginary part of each entry.</summary>
    public double* Entries;

    public double* Vector;
}

/// <summary>See <see cref="BatchExchangeStep"/>.</summary>
internal unsafe struct ExchangeJob
{
    public byte* State;
    public BatchVisits Visits;
    public nuint From, To;
}

/// <summary>See <see cref="BatchObservable"/>.</summary>
internal unsafe struct ExpectationJob
{
    public byte* State;
    public BatchVisits Visits;

    /// <summary>From a block to its partner; 0: the term is diagonal.</summary>
    public nuint Flip;

    /// <summary>Weights in the order of the visits; null: all are <see cref="Weight"/>.</summary>
    public double* Weights;
    public double Weight;

    /// <summary>Whether the weight belongs to the imaginary part of ψ*ψ′.</summary>
    public bool IsImaginary;

    /// <summary>The sum is added to this register.</summary>
    public double* Sum;

    /// <summary>O|ψ⟩, to which the item's part is added.</summary>
    public byte* Image;
}
