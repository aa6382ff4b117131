using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>The kernels of one width and precision, as addresses: a gate then costs one indirect call, not one a register.</summary>
/// <remarks>Amplitudes of single precision are made doubles when they are loaded and rounded when they are stored: there is less to move, and
/// no sum is ever one of singles.</remarks>
internal sealed unsafe class KernelTable
{
    public required int Lanes { get; init; }

    /// <summary>Of the amplitudes in memory.</summary>
    public required Precision Precision { get; init; }

    /// <summary>Bytes of a number of memory.</summary>
    public int ElementBytes => Precision.ElementBytes();

    public delegate*<Sweep*, nint, nint, void> PairGeneral;
    public delegate*<Sweep*, nint, nint, void> PairReal;
    public delegate*<Sweep*, nint, nint, void> PairDiagonal;
    public delegate*<Sweep*, nint, nint, void> PairExchange;
    public delegate*<Sweep*, nint, nint, void> PairExchangeLanes;
    public delegate*<Sweep*, nint, nint, void> PairPauli;
    public delegate*<Sweep*, nint, nint, void> PairPauliTurned;
    public delegate*<Sweep*, nint, nint, void> PairPauliFlipped;
    public delegate*<Sweep*, nint, nint, void> PairPauliTurnedFlipped;
    public delegate*<Sweep*, nint, nint, void> Diagonal;
    public delegate*<Sweep*, nint, nint, void> Phase;
    public delegate*<Sweep*, nint, nint, void> LaneGeneral;
    public delegate*<Sweep*, nint, nint, void> LaneReal;
    public delegate*<Sweep*, nint, nint, void> LaneExchange;
    public delegate*<Sweep*, nint, nint, void> LanePauli;
    public delegate*<Sweep*, nint, nint, void> LanePauliTurned;
    public delegate*<Sweep*, nint, nint, void> DenseTwoOutside;
    public delegate*<Sweep*, nint, nint, void> DenseOneOutside;
    public delegate*<Sweep*, nint, nint, void> DenseTwoInside;
    public delegate*<Sweep*, nint, nint, void> DenseMany;
    public delegate*<SubspaceStep*, void*, nuint, void> Subspace;
    public delegate*<SubspaceStep*, void*, nuint, void> SubspacePair;
    public delegate*<SubspaceStep*, void*, nuint, void> SubspaceTurned;
    public delegate*<SubspaceStep*, void*, nuint, void> SubspaceTurnedPair;
    public delegate*<SubspaceStep*, void*, void*, nuint, double> SubspaceSlope;
    public delegate*<SubspaceStep*, void*, void*, nuint, double> SubspaceSlopePair;
    public delegate*<SubspaceStep*, void*, void*, nuint, double> SubspaceSlopeTurned;
    public delegate*<SubspaceStep*, void*, void*, nuint, double> SubspaceSlopeTurnedPair;
    public delegate*<Reduction*, nint, void> InnerProduct;
    public delegate*<Reduction*, nint, void> AddImage;
    public delegate*<Reduction*, nint, void> Norm;
    public delegate*<Reduction*, nint, void> Squares;
    public delegate*<void*, int, double*, void> LeafWeights;
    public delegate*<void*, int, double*, long, ref RandomStream, double*, long*, void> Draw;
    public delegate*<ExpectationPass*, nint, double*, void> Expectation;
    public delegate*<ObservablePass*, nint, double*, void> Image;
    public delegate*<ObservablePass*, nint, double*, void> SquareAround;
    public delegate*<double*, RowMask*, double*, int, nuint, int, void> FillDiagonal;

    public static KernelTable For(LaneWidth width, Precision precision) => (width, precision) switch
    {
        (LaneWidth.Vector512, Precision.Single) => Of<Lanes8, float>.Table,
        (LaneWidth.Vector256, Precision.Single) => Of<Lanes4, float>.Table,
        (_, Precision.Single) => Of<Lanes1, float>.Table,
        (LaneWidth.Vector512, _) => Of<Lanes8, double>.Table,
        (LaneWidth.Vector256, _) => Of<Lanes4, double>.Table,
        _ => Of<Lanes1, double>.Table,
    };

    private static KernelTable Make<T, TElement>() where T : unmanaged, ILanes<T> where TElement : unmanaged => new()
    {
        Lanes = T.Count,
        Precision = sizeof(TElement) == sizeof(float) ? Precision.Single : Precision.Double,
        PairGeneral = &PairKernels<T, TElement>.General,
        PairReal = &PairKernels<T, TElement>.Real,
        PairDiagonal = &PairKernels<T, TElement>.Diagonal,
        PairExchange = &PairKernels<T, TElement>.Exchange,
        PairExchangeLanes = &PairKernels<T, TElement>.ExchangeLanes,
        PairPauli = &PairKernels<T, TElement>.Pauli<No, No>,
        PairPauliTurned = &PairKernels<T, TElement>.Pauli<Yes, No>,
        PairPauliFlipped = &PairKernels<T, TElement>.Pauli<No, Yes>,
        PairPauliTurnedFlipped = &PairKernels<T, TElement>.Pauli<Yes, Yes>,
        Diagonal = &LaneKernels<T, TElement>.Diagonal,
        Phase = &LaneKernels<T, TElement>.Phase,
        LaneGeneral = &LaneKernels<T, TElement>.General,
        LaneReal = &LaneKernels<T, TElement>.Real,
        LaneExchange = &LaneKernels<T, TElement>.Exchange,
        LanePauli = &LaneKernels<T, TElement>.Pauli<No>,
        LanePauliTurned = &LaneKernels<T, TElement>.Pauli<Yes>,
        DenseTwoOutside = &DenseKernels<T, TElement>.TwoOutside,
        DenseOneOutside = &DenseKernels<T, TElement>.OneOutside,
        DenseTwoInside = &DenseKernels<T, TElement>.TwoInside,
        DenseMany = &DenseKernels<T, TElement>.Many,
        Subspace = &SubspaceKernels<T, TElement>.Apply<No, No>,
        SubspacePair = &SubspaceKernels<T, TElement>.Apply<No, Yes>,
        SubspaceTurned = &SubspaceKernels<T, TElement>.Apply<Yes, No>,
        SubspaceTurnedPair = &SubspaceKernels<T, TElement>.Apply<Yes, Yes>,
        SubspaceSlope = &SubspaceKernels<T, TElement>.Slope<No, No>,
        SubspaceSlopePair = &SubspaceKernels<T, TElement>.Slope<No, Yes>,
        SubspaceSlopeTurned = &SubspaceKernels<T, TElement>.Slope<Yes, No>,
        SubspaceSlopeTurnedPair = &SubspaceKernels<T, TElement>.Slope<Yes, Yes>,
        InnerProduct = &ReductionKernels<T, TElement>.InnerProduct,
        AddImage = &ReductionKernels<T, TElement>.AddImage,
        Norm = &ReductionKernels<T, TElement>.Norm,
        Squares = &ReductionKernels<T, TElement>.Squares,
        LeafWeights = &LeafKernels<T, TElement>.Weights,
        Draw = &SamplingKernels.Draw<TElement>,
        Expectation = &ExpectationKernels<T, TElement>.Unit,
        Image = &ObservableKernels<T, TElement>.Image,
        SquareAround = &ObservableKernels<T, TElement>.SquareAround,
        FillDiagonal = &ObservableKernels<T, TElement>.Fill,
    };

    // One class each: a process that uses one never loads the others.
    private static class Of<T, TElement> where T : unmanaged, ILanes<T> where TElement : unmanaged
    {
        public static readonly KernelTable Table = Make<T, TElement>();
    }
}
