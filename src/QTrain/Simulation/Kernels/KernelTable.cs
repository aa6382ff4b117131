using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>The kernels of one width, as addresses: a gate then costs one indirect call, not one a register.</summary>
internal sealed unsafe class KernelTable
{
    public required int Lanes { get; init; }

    public delegate*<Sweep*, nint, nint, void> PairGeneral { get; private init; }
    public delegate*<Sweep*, nint, nint, void> PairReal { get; private init; }
    public delegate*<Sweep*, nint, nint, void> PairDiagonal { get; private init; }
    public delegate*<Sweep*, nint, nint, void> PairExchange { get; private init; }
    public delegate*<Sweep*, nint, nint, void> PairExchangeLanes { get; private init; }
    public delegate*<Sweep*, nint, nint, void> PairPauli { get; private init; }
    public delegate*<Sweep*, nint, nint, void> PairPauliTurned { get; private init; }
    public delegate*<Sweep*, nint, nint, void> PairPauliFlipped { get; private init; }
    public delegate*<Sweep*, nint, nint, void> PairPauliTurnedFlipped { get; private init; }
    public delegate*<Sweep*, nint, nint, void> Diagonal { get; private init; }
    public delegate*<Sweep*, nint, nint, void> Phase { get; private init; }
    public delegate*<Sweep*, nint, nint, void> LaneGeneral { get; private init; }
    public delegate*<Sweep*, nint, nint, void> LaneReal { get; private init; }
    public delegate*<Sweep*, nint, nint, void> LaneExchange { get; private init; }
    public delegate*<Sweep*, nint, nint, void> LanePauli { get; private init; }
    public delegate*<Sweep*, nint, nint, void> LanePauliTurned { get; private init; }
    public delegate*<Sweep*, nint, nint, void> DenseTwoOutside { get; private init; }
    public delegate*<Sweep*, nint, nint, void> DenseOneOutside { get; private init; }
    public delegate*<Sweep*, nint, nint, void> DenseTwoInside { get; private init; }
    public delegate*<Sweep*, nint, nint, void> DenseMany { get; private init; }
    public delegate*<SubspaceStep*, double*, nuint, void> Subspace { get; private init; }
    public delegate*<SubspaceStep*, double*, nuint, void> SubspacePair { get; private init; }
    public delegate*<SubspaceStep*, double*, nuint, void> SubspaceTurned { get; private init; }
    public delegate*<SubspaceStep*, double*, nuint, void> SubspaceTurnedPair { get; private init; }
    public delegate*<SubspaceStep*, double*, double*, nuint, double> SubspaceSlope { get; private init; }
    public delegate*<SubspaceStep*, double*, double*, nuint, double> SubspaceSlopePair { get; private init; }
    public delegate*<SubspaceStep*, double*, double*, nuint, double> SubspaceSlopeTurned { get; private init; }
    public delegate*<SubspaceStep*, double*, double*, nuint, double> SubspaceSlopeTurnedPair { get; private init; }
    public delegate*<Reduction*, nint, void> InnerProduct { get; private init; }
    public delegate*<Reduction*, nint, void> AddImage { get; private init; }
    public delegate*<Reduction*, nint, void> Norm { get; private init; }
    public delegate*<Reduction*, nint, void> Squares { get; private init; }
    public delegate*<double*, int, double*, void> LeafWeights { get; private init; }
    public delegate*<ExpectationPass*, nint, double*, void> Expectation { get; private init; }
    public delegate*<ObservablePass*, nint, double*, void> Image { get; private init; }
    public delegate*<ObservablePass*, nint, double*, void> SquareAround { get; private init; }
    public delegate*<double*, RowMask*, double*, int, nuint, int, void> FillDiagonal { get; private init; }

    public static KernelTable For(LaneWidth width) => width switch
    {
        LaneWidth.Vector512 => OfWidth<Lanes8>.Table,
        LaneWidth.Vector256 => OfWidth<Lanes4>.Table,
        _ => OfWidth<Lanes1>.Table,
    };

    private static KernelTable Of<T>() where T : unmanaged, ILanes<T> => new()
    {
        Lanes = T.Count,
        PairGeneral = &PairKernels<T>.General,
        PairReal = &PairKernels<T>.Real,
        PairDiagonal = &PairKernels<T>.Diagonal,
        PairExchange = &PairKernels<T>.Exchange,
        PairExchangeLanes = &PairKernels<T>.ExchangeLanes,
        PairPauli = &PairKernels<T>.Pauli<No, No>,
        PairPauliTurned = &PairKernels<T>.Pauli<Yes, No>,
        PairPauliFlipped = &PairKernels<T>.Pauli<No, Yes>,
        PairPauliTurnedFlipped = &PairKernels<T>.Pauli<Yes, Yes>,
        Diagonal = &LaneKernels<T>.Diagonal,
        Phase = &LaneKernels<T>.Phase,
        LaneGeneral = &LaneKernels<T>.General,
        LaneReal = &LaneKernels<T>.Real,
        LaneExchange = &LaneKernels<T>.Exchange,
        LanePauli = &LaneKernels<T>.Pauli<No>,
        LanePauliTurned = &LaneKernels<T>.Pauli<Yes>,
        DenseTwoOutside = &DenseKernels<T>.TwoOutside,
        DenseOneOutside = &DenseKernels<T>.OneOutside,
        DenseTwoInside = &DenseKernels<T>.TwoInside,
        DenseMany = &DenseKernels<T>.Many,
        Subspace = &SubspaceKernels<T>.Apply<No, No>,
        SubspacePair = &SubspaceKernels<T>.Apply<No, Yes>,
        SubspaceTurned = &SubspaceKernels<T>.Apply<Yes, No>,
        SubspaceTurnedPair = &SubspaceKernels<T>.Apply<Yes, Yes>,
        SubspaceSlope = &SubspaceKernels<T>.Slope<No, No>,
        SubspaceSlopePair = &SubspaceKernels<T>.Slope<No, Yes>,
        SubspaceSlopeTurned = &SubspaceKernels<T>.Slope<Yes, No>,
        SubspaceSlopeTurnedPair = &SubspaceKernels<T>.Slope<Yes, Yes>,
        InnerProduct = &ReductionKernels<T>.InnerProduct,
        AddImage = &ReductionKernels<T>.AddImage,
        Norm = &ReductionKernels<T>.Norm,
        Squares = &ReductionKernels<T>.Squares,
        LeafWeights = &LeafKernels<T>.Weights,
        Expectation = &ExpectationKernels<T>.Unit,
        Image = &ObservableKernels<T>.Image,
        SquareAround = &ObservableKernels<T>.SquareAround,
        FillDiagonal = &ObservableKernels<T>.Fill,
    };

    // One class a width: a process that uses one never loads the others.
    private static class OfWidth<T> where T : unmanaged, ILanes<T>
    {
        public static readonly KernelTable Table = Of<T>();
    }
}
