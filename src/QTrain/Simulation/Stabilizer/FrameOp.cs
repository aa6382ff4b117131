namespace QTrain.Simulation.Stabilizer;

/// <summary>What one step of a frame program does to the frames of all shots of a batch.</summary>
internal enum FrameCode
{
    /// <summary>Exchanges X and Z of each target.</summary>
    ExchangeXZ,

    /// <summary>Multiplies Z into X's place: z ^= x.</summary>
    XIntoZ,

    /// <summary>x ^= z.</summary>
    ZIntoX,

    /// <summary>Any gate on one qubit by its matrix over GF(2), in <see cref="FrameOp.Table"/>.</summary>
    Linear1,

    ControlledX,
    ControlledZ,
    Swap,

    /// <summary>Any gate on <see cref="FrameOp.Table"/>'s qubits by its matrix over GF(2).</summary>
    Linear,

    /// <summary>exp(−iπP/4): multiplies P into the frames that anticommute with it. Targets are the letters of one P.</summary>
    PauliRotation,

    MeasureX,
    MeasureY,
    MeasureZ,
    ResetX,
    ResetY,
    ResetZ,
    MeasureResetX,
    MeasureResetY,
    MeasureResetZ,

    /// <summary>Measures a product of letters.</summary>
    MeasureProduct,

    /// <summary>Appends results that no frame changes.</summary>
    Pad,

    /// <summary>Flips each of the last <see cref="FrameOp.Count"/> results with a probability.</summary>
    RecordNoise,

    NoiseX,
    NoiseY,
    NoiseZ,
    Depolarize1,
    Depolarize2,

    /// <summary>Some Pauli strings with some probabilities, of which one happens or none.</summary>
    Channel1,
    Channel2,

    /// <summary>A product of letters with a probability; sets the flag of the shots where it happens.</summary>
    Correlated,

    /// <summary>The same in those shots whose flag is not set.</summary>
    ElseCorrelated,

    /// <summary>A channel that appends to the record whether it happened.</summary>
    Heralded,

    /// <summary>X, Y or Z (in <see cref="FrameOp.Table"/>: bit 0 x, bit 1 z) on a qubit where a result was flipped. Targets: lookback, qubit.</summary>
    Feedback,

    /// <summary>A product of letters where a condition on results holds otherwise than in the reference. <see cref="FrameOp.Table"/> is the number of the condition.</summary>
    Conditional,

    /// <summary>A parity of results is a detector; targets are lookbacks.</summary>
    Detector,

    /// <summary>Adds a parity of results to observable <see cref="FrameOp.Table"/>.</summary>
    Observable,

    /// <summary>Adds to observable <see cref="FrameOp.Table"/> whether the frame anticommutes with a product of letters.</summary>
    ObservableProduct,

    /// <summary>Begins a loop of <see cref="FrameOp.Times"/> rounds, the rest of which ends before operation <see cref="FrameOp.Start"/>.</summary>
    Repeat,

    EndRepeat,
}

/// <summary>One step of a frame program.</summary>
/// <param name="Code">What is done.</param>
/// <param name="Start">Where its targets begin in the list of all targets.</param>
/// <param name="Count">How many targets it has.</param>
/// <param name="Table">A number whose meaning depends on the code.</param>
/// <param name="GapScale">−1/ln(1 − p) of a noise step of probability p: the mean gap between hits, nearly.</param>
/// <param name="Times">How often a loop is run.</param>
internal readonly record struct FrameOp(FrameCode Code, int Start, int Count, int Table = 0, double GapScale = 0, long Times = 0)
{
    /// <summary>A letter on a qubit, as one number: the qubit times four, plus 1 for x and 2 for z.</summary>
    public static int Letter(int qubit, bool x, bool z) => qubit << 2 | (x ? 1 : 0) | (z ? 2 : 0);
}

/// <summary>A condition on results of the record by position: what the reference shot measured and what is asked.</summary>
/// <param name="Records">Absolute positions; −1 for a classical bit that nothing has written, which is 0.</param>
/// <param name="Value">What they must read, first lowest.</param>
internal sealed record FrameCondition(int[] Records, ulong Value);

/// <summary>A noise channel: the Pauli strings that may happen, each as a mask of frame bits, and the distribution among them.</summary>
/// <param name="Masks">Bits x, z of the first qubit, then of the second.</param>
/// <param name="Cumulative">The probability of this one or an earlier one, given that one happens, as a 64-bit fraction.</param>
internal sealed record FrameChannel(int[] Masks, ulong[] Cumulative);

/// <summary>The matrix over GF(2) of a gate on k qubits: which of the frame bits x₀, z₀, x₁, z₁ … make up each new one.</summary>
internal sealed record FrameMatrix(int QubitCount, ulong[] Rows);
