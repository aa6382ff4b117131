using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>Dense matrices on two or more qubits.</summary>
internal static unsafe class DenseKernels<T, TElement>
    where T : unmanaged, ILanes<T>
    where TElement : unmanaged
{
    // Up to this many qubits the gathered amplitudes fit on a stack.
    private const int LargestOnStack = 1 << 6;

    /// <summary>4×4 on two qubits outside the register: 16 coefficients, row by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TwoOutside(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var rows = sweep->Rows;
        var fix = sweep->Fixed;
        var flip = sweep->Flip;
        var flip2 = sweep->Flip2;
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var here = state + at;
            var a = ComplexLanes<T>.Load(here);
            var b = ComplexLanes<T>.Load(here + flip);
            var c = ComplexLanes<T>.Load(here + flip2);
            var d = ComplexLanes<T>.Load(here + flip + flip2);
            Row(rows, a, b, c, d).Store(here);
            Row(rows + 8 * T.Count, a, b, c, d).Store(here + flip);
            Row(rows + 16 * T.Count, a, b, c, d).Store(here + flip2);
            Row(rows + 24 * T.Count, a, b, c, d).Store(here + flip + flip2);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>4×4 on one qubit of the register and one outside: coefficients by row, column and lane flip.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneOutside(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var rows = sweep->Rows;
        var fix = sweep->Fixed;
        var flip = sweep->Flip;
        var flipper = T.Flipper(sweep->LaneFlip);
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var here = state + at;
            var a = ComplexLanes<T>.Load(here);
            var b = ComplexLanes<T>.Load(here + flip);
            var (aFlipped, bFlipped) = (a.Flip(flipper), b.Flip(flipper));
            Row(rows, a, aFlipped, b, bFlipped).Store(here);
            Row(rows + 8 * T.Count, a, aFlipped, b, bFlipped).Store(here + flip);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>4×4 on two qubits of the register: coefficients by lane flip (none, first, second, both).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TwoInside(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var rows = sweep->Rows;
        var fix = sweep->Fixed;
        var (first, second) = (T.Flipper(sweep->LaneFlip & -sweep->LaneFlip), T.Flipper(sweep->LaneFlip & (sweep->LaneFlip - 1)));
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var here = state + at;
            var a = ComplexLanes<T>.Load(here);
            var b = a.Flip(first);
            Row(rows, a, b, a.Flip(second), b.Flip(second)).Store(here);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ComplexLanes<T> Row(double* rows, ComplexLanes<T> a, ComplexLanes<T> b, ComplexLanes<T> c, ComplexLanes<T> d)
    {
        var sum = ComplexLanes<T>.LoadRows(rows) * a;
        sum = ComplexLanes<T>.MultiplyAdd(ComplexLanes<T>.LoadRows(rows + 2 * T.Count), b, sum);
        sum = ComplexLanes<T>.MultiplyAdd(ComplexLanes<T>.LoadRows(rows + 4 * T.Count), c, sum);
        return ComplexLanes<T>.MultiplyAdd(ComplexLanes<T>.LoadRows(rows + 6 * T.Count), d, sum);
    }

    /// <summary>Any matrix on qubits outside the register: gather, multiply, scatter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Many(Sweep* sweep, nint start, nint end)
    {
        var size = sweep->Dense.Size;
        if (size <= LargestOnStack)
        {
            var space = stackalloc double[2 * LargestOnStack * 8 + 8];
            Many(sweep, start, end, (double*)(((nuint)space + 63) & ~(nuint)63));
            return;
        }
        var native = (double*)NativeMemory.AlignedAlloc((nuint)(size * 2 * T.Count * sizeof(double)), 64);
        Many(sweep, start, end, native);
        NativeMemory.AlignedFree(native);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Many(Sweep* sweep, nint start, nint end, double* gathered)
    {
        var dense = sweep->Dense;
        var state = (TElement*)sweep->State;
        var fix = sweep->Fixed;
        var mask = dense.HasLaneMask ? T.Load(sweep->Rows) : default;
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            for (var j = 0; j < dense.Size; j++)
            {
                var from = state + at + dense.Offsets[j];
                T.Store(ComplexLanes<T>.LoadReal(from), gathered + 2 * j * T.Count);
                T.Store(ComplexLanes<T>.LoadReal(from + ComplexLanes<T>.Plane), gathered + (2 * j + 1) * T.Count);
            }
            for (var row = 0; row < dense.Size; row++)
            {
                var entry = dense.Entries + row * dense.Down;
                var sum = new ComplexLanes<T>(T.Broadcast(0), T.Broadcast(0));
                for (var column = 0; column < dense.Size; column++)
                {
                    var factor = new ComplexLanes<T>(T.Broadcast(entry[0]), T.Broadcast(dense.Imaginary * entry[1]));
                    sum = ComplexLanes<T>.MultiplyAdd(factor, ComplexLanes<T>.LoadRows(gathered + 2 * column * T.Count), sum);
                    entry += dense.Right;
                }
                if (dense.HasLaneMask) sum = ComplexLanes<T>.Select(mask, sum, ComplexLanes<T>.LoadRows(gathered + 2 * row * T.Count));
                sum.Store(state + at + dense.Offsets[row]);
            }
            at = ((at | fix) + 1) & ~fix;
        }
    }
}
