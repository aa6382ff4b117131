using QTrain.Numerics;

namespace QTrain.Simulation.Batches;

/// <summary>What is done to a batch, for one width of registers. The lanes of a register are the members of the batch and never mix.</summary>
internal abstract unsafe class BatchKernels
{
    private static readonly BatchKernels?[] OfWidth = new BatchKernels?[(int)LaneWidth.Vector512 + 1];

    /// <summary>Members of a batch.</summary>
    public abstract int Lanes { get; }

    /// <summary>Bytes of the amplitudes that the members have for one basis state.</summary>
    public int BlockBytes => 2 * sizeof(double) * Lanes;

    public static BatchKernels For(LaneWidth width) => OfWidth[(int)width] ??= width switch
    {
        LaneWidth.Vector512 => new BatchKernels<Double8, System.Runtime.Intrinsics.Vector512<double>>(),
        LaneWidth.Vector256 => new BatchKernels<Double4, System.Runtime.Intrinsics.Vector256<double>>(),
        _ => new BatchKernels<Double1, double>(),
    };

    /// <summary>Half of every angle that a parameter moves, a register each: <paramref name="parameters"/> holds a register for each parameter.</summary>
    public abstract void HalfAngles(BatchAngles angles, double* parameters, double* into);

    public abstract void Turn(TurnJob* job);

    public abstract void PhaseTable(PhaseTableJob* job);

    public abstract void Pauli(PauliJob* job);

    public abstract void Matrix(MatrixJob* job);

    public abstract void Exchange(ExchangeJob* job);

    public abstract void Expectation(ExpectationJob* job);

    public abstract void TurnBack(TurnBackJob* job);

    public abstract void PhaseTableBack(PhaseTableJob* job);

    public abstract void PauliBack(PauliJob* job);

    /// <summary>image = constant·state.</summary>
    public abstract void BeginImage(byte* state, byte* image, nuint blocks, double constant);

    /// <summary>image += what the item makes of the state.</summary>
    public abstract void AddImage(ExpectationJob* job);

    /// <summary>gradient += coefficient·slope, for each parameter of an angle.</summary>
    public abstract void AddSlope(AffineAngle angle, double* slope, double* gradient);

    /// <summary>Writes sum·scale².</summary>
    public abstract void Scale(double* sum, double* scale);
}
