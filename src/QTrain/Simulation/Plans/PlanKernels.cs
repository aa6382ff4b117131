using System.Runtime.Intrinsics;
using QTrain.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>The kernels of plans for one width and precision, as addresses.</summary>
internal sealed unsafe class PlanKernels
{
    private readonly nint[] _radix = new nint[4 * 8];
    private readonly nint[] _radixBack = new nint[4 * 8];
    private readonly nint[] _pair = new nint[5 * 2];

    /// <summary>Numbers in a register.</summary>
    public required int Lanes { get; init; }

    /// <summary>Bytes of a number.</summary>
    public required int ElementBytes { get; init; }

    public int LaneBits => System.Numerics.BitOperations.Log2((uint)Lanes);

    public delegate*<DiagonalPass*, void*, void*, void> ApplyDiagonal;
    public delegate*<DiagonalPass*, BackPlaces*, DiagonalSums*, void> ApplyDiagonalBack;
    public delegate*<void*, int, uint, double> SignedSum;
    public delegate*<void*, int, uint, double, double, void> Twist;
    public delegate*<void*, int, double, double, void> Fill;
    public delegate*<void*, int*, void> WritePermutation;
    public delegate*<void*, int, void> WriteMask;
    public delegate*<RadixStep*, void*, void*, nuint, nint, nuint, nint, void> Radix(int bits, bool tangent, bool lanes, bool moves) =>
        (delegate*<RadixStep*, void*, void*, nuint, nint, nuint, nint, void>)_radix[8 * bits + (tangent ? 4 : 0) + (lanes ? 2 : 0) + (moves ? 1 : 0)];

    public delegate*<RadixStep*, BackPlaces*, nuint, nint, nuint, nint, double*, void> RadixBack(int bits, bool tangent, bool lanes, bool moves) =>
        (delegate*<RadixStep*, BackPlaces*, nuint, nint, nuint, nint, double*, void>)
        _radixBack[8 * bits + (tangent ? 4 : 0) + (lanes ? 2 : 0) + (moves ? 1 : 0)];

    /// <summary>By the bits of the tile that its qubits are.</summary>
    public delegate*<CanonicalStep*, void*, void*, nuint, nint, void> Pair(int low, int high, bool isBack)
    {
        var inside = high < LaneBits ? 4 : low < LaneBits ? 1 + low : 0;
        return (delegate*<CanonicalStep*, void*, void*, nuint, nint, void>)_pair[2 * inside + (isBack ? 1 : 0)];
    }

    /// <remarks>Eight singles are a whole block, and fill a 256-bit register: wider ones would have nothing to hold.</remarks>
    public static PlanKernels For(LaneWidth width, Precision precision) => (width, precision) switch
    {
        (LaneWidth.Scalar, Precision.Single) => Of<Single1, float, float>.Kernels,
        (_, Precision.Single) => Of<Single8, Vector256<float>, float>.Kernels,
        (LaneWidth.Vector512, _) => Of<Double8, Vector512<double>, double>.Kernels,
        (LaneWidth.Vector256, _) => Of<Double4, Vector256<double>, double>.Kernels,
        _ => Of<Double1, double, double>.Kernels,
    };

    private static PlanKernels Make<R, TVector, TElement>()
        where R : struct, IRegister<TVector, TElement> where TVector : unmanaged where TElement : unmanaged
    {
        var kernels = new PlanKernels
        {
            Lanes = R.Count,
            ElementBytes = sizeof(TElement),
            ApplyDiagonal = &DiagonalKernels<R, TVector, TElement>.Apply,
            ApplyDiagonalBack = &DiagonalKernels<R, TVector, TElement>.ApplyBack,
            SignedSum = &DiagonalKernels<R, TVector, TElement>.SignedSum,
            Twist = &DiagonalKernels<R, TVector, TElement>.Twist,
            Fill = &DiagonalKernels<R, TVector, TElement>.Fill,
            WritePermutation = &RadixKernels<R, TVector, TElement>.WritePermutation,
            WriteMask = &RadixKernels<R, TVector, TElement>.WriteMask,
        };
        Add<R, TVector, TElement, No, No, No>(kernels, 0);
        Add<R, TVector, TElement, No, No, Yes>(kernels, 1);
        Add<R, TVector, TElement, No, Yes, No>(kernels, 2);
        Add<R, TVector, TElement, No, Yes, Yes>(kernels, 3);
        Add<R, TVector, TElement, Yes, No, No>(kernels, 4);
        Add<R, TVector, TElement, Yes, No, Yes>(kernels, 5);
        Add<R, TVector, TElement, Yes, Yes, No>(kernels, 6);
        Add<R, TVector, TElement, Yes, Yes, Yes>(kernels, 7);
        AddPair<R, TVector, TElement, No>(kernels, 0);
        AddPair<R, TVector, TElement, Yes>(kernels, 1);
        return kernels;
    }

    private static void AddPair<R, TVector, TElement, TBack>(PlanKernels kernels, int at)
        where R : struct, IRegister<TVector, TElement>
        where TVector : unmanaged
        where TElement : unmanaged
        where TBack : struct, IFlag
    {
        delegate*<CanonicalStep*, void*, void*, nuint, nint, void> kernel = &CanonicalKernels<R, TVector, TElement>.Outside<TBack>;
        kernels._pair[at] = (nint)kernel;
        kernel = &CanonicalKernels<R, TVector, TElement>.OneInside<TBack, Bit0>;
        kernels._pair[2 + at] = (nint)kernel;
        kernel = &CanonicalKernels<R, TVector, TElement>.OneInside<TBack, Bit1>;
        kernels._pair[4 + at] = (nint)kernel;
        kernel = &CanonicalKernels<R, TVector, TElement>.OneInside<TBack, Bit2>;
        kernels._pair[6 + at] = (nint)kernel;
        kernel = &CanonicalKernels<R, TVector, TElement>.BothInside<TBack>;
        kernels._pair[8 + at] = (nint)kernel;
    }

    private static void Add<R, TVector, TElement, TForm, TLanes, TMoves>(PlanKernels kernels, int at)
        where R : struct, IRegister<TVector, TElement>
        where TVector : unmanaged
        where TElement : unmanaged
        where TForm : struct, IFlag
        where TLanes : struct, IFlag
        where TMoves : struct, IFlag
    {
        var (radix, radixBack) = (kernels._radix, kernels._radixBack);
        delegate*<RadixStep*, void*, void*, nuint, nint, nuint, nint, void> kernel = &RadixKernels<R, TVector, TElement>.Radix1<TForm, TLanes, TMoves>;
        radix[at] = (nint)kernel;
        kernel = &RadixKernels<R, TVector, TElement>.Radix2<TForm, TLanes, TMoves>;
        radix[8 + at] = (nint)kernel;
        kernel = &RadixKernels<R, TVector, TElement>.Radix4<TForm, TLanes, TMoves>;
        radix[16 + at] = (nint)kernel;
        kernel = &RadixKernels<R, TVector, TElement>.Radix8<TForm, TLanes, TMoves>;
        radix[24 + at] = (nint)kernel;
        delegate*<RadixStep*, BackPlaces*, nuint, nint, nuint, nint, double*, void> back = &RadixBackKernels<R, TVector, TElement>.Radix1<TForm, TLanes, TMoves>;
        radixBack[at] = (nint)back;
        back = &RadixBackKernels<R, TVector, TElement>.Radix2<TForm, TLanes, TMoves>;
        radixBack[8 + at] = (nint)back;
        back = &RadixBackKernels<R, TVector, TElement>.Radix4<TForm, TLanes, TMoves>;
        radixBack[16 + at] = (nint)back;
        back = &RadixBackKernels<R, TVector, TElement>.Radix8<TForm, TLanes, TMoves>;
        radixBack[24 + at] = (nint)back;
    }

    // One class each: a process that uses one never loads the others.
    private static class Of<R, TVector, TElement>
        where R : struct, IRegister<TVector, TElement> where TVector : unmanaged where TElement : unmanaged
    {
        public static readonly PlanKernels Kernels = Make<R, TVector, TElement>();
    }
}
