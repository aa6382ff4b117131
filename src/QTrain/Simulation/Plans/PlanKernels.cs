using QTrain.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>The kernels of plans for one width and precision, as addresses.</summary>
internal sealed unsafe class PlanKernels
{
    private readonly nint[] _radix = new nint[4 * 8];

    /// <summary>Numbers in a register.</summary>
    public required int Lanes { get; init; }

    /// <summary>Bytes of a number.</summary>
    public required int ElementBytes { get; init; }

    public int LaneBits => System.Numerics.BitOperations.Log2((uint)Lanes);

    public delegate*<DiagonalPass*, void*, void> ApplyDiagonal { get; private init; }

    public delegate*<void*, int, uint, double, double, void> Twist { get; private init; }

    public delegate*<void*, int, double, double, void> Fill { get; private init; }

    public delegate*<void*, int*, void> WritePermutation { get; private init; }

    public delegate*<void*, int, void> WriteMask { get; private init; }

    public delegate*<RadixStep*, void*, nuint, nint, nuint, void> Radix(int bits, bool tangent, bool lanes, bool moves) =>
        (delegate*<RadixStep*, void*, nuint, nint, nuint, void>)_radix[8 * bits + (tangent ? 4 : 0) + (lanes ? 2 : 0) + (moves ? 1 : 0)];

    public static PlanKernels For(LaneWidth width) => width switch
    {
        LaneWidth.Vector512 => OfWidth<Lanes8, double>.Kernels,
        LaneWidth.Vector256 => OfWidth<Lanes4, double>.Kernels,
        _ => OfWidth<Lanes1, double>.Kernels,
    };

    private static PlanKernels Of<T, TElement>() where T : unmanaged, ILanes<T, TElement> where TElement : unmanaged
    {
        var kernels = new PlanKernels
        {
            Lanes = T.Count,
            ElementBytes = sizeof(TElement),
            ApplyDiagonal = &DiagonalKernels<T, TElement>.Apply,
            Twist = &DiagonalKernels<T, TElement>.Twist,
            Fill = &DiagonalKernels<T, TElement>.Fill,
            WritePermutation = &RadixKernels<T, TElement>.WritePermutation,
            WriteMask = &RadixKernels<T, TElement>.WriteMask,
        };
        Add<T, TElement, No, No, No>(kernels._radix, 0);
        Add<T, TElement, No, No, Yes>(kernels._radix, 1);
        Add<T, TElement, No, Yes, No>(kernels._radix, 2);
        Add<T, TElement, No, Yes, Yes>(kernels._radix, 3);
        Add<T, TElement, Yes, No, No>(kernels._radix, 4);
        Add<T, TElement, Yes, No, Yes>(kernels._radix, 5);
        Add<T, TElement, Yes, Yes, No>(kernels._radix, 6);
        Add<T, TElement, Yes, Yes, Yes>(kernels._radix, 7);
        return kernels;
    }

    private static void Add<T, TElement, TForm, TLanes, TMoves>(nint[] radix, int at)
        where T : unmanaged, ILanes<T, TElement>
        where TElement : unmanaged
        where TForm : struct, IFlag
        where TLanes : struct, IFlag
        where TMoves : struct, IFlag
    {
        delegate*<RadixStep*, void*, nuint, nint, nuint, void> kernel = &RadixKernels<T, TElement>.Radix1<TForm, TLanes, TMoves>;
        radix[at] = (nint)kernel;
        kernel = &RadixKernels<T, TElement>.Radix2<TForm, TLanes, TMoves>;
        radix[8 + at] = (nint)kernel;
        kernel = &RadixKernels<T, TElement>.Radix4<TForm, TLanes, TMoves>;
        radix[16 + at] = (nint)kernel;
        kernel = &RadixKernels<T, TElement>.Radix8<TForm, TLanes, TMoves>;
        radix[24 + at] = (nint)kernel;
    }

    // One class a width: a process that uses one never loads the others.
    private static class OfWidth<T, TElement> where T : unmanaged, ILanes<T, TElement> where TElement : unmanaged
    {
        public static readonly PlanKernels Kernels = Of<T, TElement>();
    }
}
