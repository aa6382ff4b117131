using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>Gates that mix amplitudes of two registers: |…0…⟩ and |…1…⟩ of a qubit outside the register.</summary>
/// <remarks>Lanes that do not match a control inside the register have the coefficients of the identity: controls cost nothing there.
/// A row keeps its own amplitude's product first, as <see cref="LaneKernels{T, TElement}"/> does, so that all widths round alike.</remarks>
internal static unsafe class PairKernels<T, TElement>
    where T : unmanaged, ILanes<T>
    where TElement : unmanaged
{
    /// <summary>A complex 2×2 matrix; rows 00, 01, 10, 11, each real and imaginary.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void General(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var rows = sweep->Rows;
        var fix = sweep->Fixed;
        var flip = sweep->Flip;
        var m00 = ComplexLanes<T>.LoadRows(rows);
        var m01 = ComplexLanes<T>.LoadRows(rows + 2 * T.Count);
        var m10 = ComplexLanes<T>.LoadRows(rows + 4 * T.Count);
        var m11 = ComplexLanes<T>.LoadRows(rows + 6 * T.Count);
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var zero = state + at;
            var one = state + at + flip;
            var a = ComplexLanes<T>.Load(zero);
            var b = ComplexLanes<T>.Load(one);
            ComplexLanes<T>.MultiplyAdd(m01, b, m00 * a).Store(zero);
            ComplexLanes<T>.MultiplyAdd(m10, a, m11 * b).Store(one);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>A real 2×2 matrix, such as Ry and H: the planes never mix. Rows 00, 01, 10, 11.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Real(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var rows = sweep->Rows;
        var fix = sweep->Fixed;
        var flip = sweep->Flip;
        var (m00, m01, m10, m11) = (T.Load(rows), T.Load(rows + T.Count), T.Load(rows + 2 * T.Count), T.Load(rows + 3 * T.Count));
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var zero = state + at;
            var one = state + at + flip;
            var a = ComplexLanes<T>.Load(zero);
            var b = ComplexLanes<T>.Load(one);
            ComplexLanes<T>.MultiplyAdd(m01, b, m00 * a).Store(zero);
            ComplexLanes<T>.MultiplyAdd(m10, a, m11 * b).Store(one);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>One phase a lane for |…0…⟩ and another for |…1…⟩, such as Rz.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Diagonal(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var (fix, flip) = (sweep->Fixed, sweep->Flip);
        var even = ComplexLanes<T>.LoadRows(sweep->Rows);
        var odd = ComplexLanes<T>.LoadRows(sweep->Rows + 2 * T.Count);
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var zero = state + at;
            var one = state + at + flip;
            (even * ComplexLanes<T>.Load(zero)).Store(zero);
            (odd * ComplexLanes<T>.Load(one)).Store(one);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>Exchanges two registers: x and swap, without arithmetic.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Exchange(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var fix = sweep->Fixed;
        var flip = sweep->Flip;
        var flip2 = sweep->Flip2;
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var zero = state + at + flip;
            var one = state + at + flip2;
            var a = ComplexLanes<T>.Load(zero);
            var b = ComplexLanes<T>.Load(one);
            b.Store(zero);
            a.Store(one);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>Exchanges lanes of two registers: one mask row for each of them, and partners in lanes that differ by <see cref="Sweep.LaneFlip"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ExchangeLanes(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var fix = sweep->Fixed;
        var flip = sweep->Flip;
        var flip2 = sweep->Flip2;
        var (maskA, maskB) = (T.Load(sweep->Rows), T.Load(sweep->Rows + T.Count));
        var flipper = T.Flipper(sweep->LaneFlip);
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var zero = state + at + flip;
            var one = state + at + flip2;
            var a = ComplexLanes<T>.Load(zero);
            var b = ComplexLanes<T>.Load(one);
            ComplexLanes<T>.Select(maskA, b.Flip(flipper), a).Store(zero);
            ComplexLanes<T>.Select(maskB, a.Flip(flipper), b).Store(one);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>
    /// exp(−iθP/2) where P flips a qubit outside the register: own·c + partner·s, or own·c + i·partner·s when <typeparamref name="TTurned"/>.
    /// Rows: c, then s for even parity of the own offset's sign bits, then s for odd parity, lanes signed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pauli<TTurned, TLaneFlip>(Sweep* sweep, nint start, nint end)
        where TTurned : struct, IFlag where TLaneFlip : struct, IFlag
    {
        var state = (TElement*)sweep->State;
        var fix = sweep->Fixed;
        var flip = sweep->Flip;
        var sign = sweep->Sign;
        var cos = T.Load(sweep->Rows);
        var sin = sweep->Rows + T.Count;
        var flipper = T.Flipper(sweep->LaneFlip);
        var partnerParity = Sweep.Parity(flip, sign);
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var mine = state + at;
            var other = state + (at ^ flip);
            var parity = Sweep.Parity(at, sign);
            var a = ComplexLanes<T>.Load(mine);
            var b = ComplexLanes<T>.Load(other);
            var sinA = T.Load(sin + parity * (nuint)T.Count);
            var sinB = T.Load(sin + (parity ^ partnerParity) * (nuint)T.Count);
            var toA = TLaneFlip.IsSet ? b.Flip(flipper) : b;
            var toB = TLaneFlip.IsSet ? a.Flip(flipper) : a;
            if (TTurned.IsSet)
            {
                ComplexLanes<T>.MultiplyAddTurned(sinA, toA, cos * a).Store(mine);
                ComplexLanes<T>.MultiplyAddTurned(sinB, toB, cos * b).Store(other);
            }
            else
            {
                ComplexLanes<T>.MultiplyAdd(sinA, toA, cos * a).Store(mine);
                ComplexLanes<T>.MultiplyAdd(sinB, toB, cos * b).Store(other);
            }
            at = ((at | fix) + 1) & ~fix;
        }
    }
}
