using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>Gates that mix amplitudes of one register only, or none.</summary>
internal static unsafe class LaneKernels<T, TElement>
    where T : unmanaged, ILanes<T>
    where TElement : unmanaged
{
    /// <summary>A phase a lane and parity: rows for even parity (real, imaginary), then for odd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Diagonal(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var rows = sweep->Rows;
        var fix = sweep->Fixed;
        var sign = sweep->Sign;
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var here = state + at;
            var phase = ComplexLanes<T>.LoadRows(rows + Sweep.Parity(at, sign) * (nuint)(2 * T.Count));
            (phase * ComplexLanes<T>.Load(here)).Store(here);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>One phase a lane, the same in every register visited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Phase(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var fix = sweep->Fixed;
        var phase = ComplexLanes<T>.LoadRows(sweep->Rows);
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var here = state + at;
            (phase * ComplexLanes<T>.Load(here)).Store(here);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>A complex 2×2 matrix on a qubit of the register: rows of the own lane's factor, then the partner lane's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void General(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var rows = sweep->Rows;
        var fix = sweep->Fixed;
        var own = ComplexLanes<T>.LoadRows(rows);
        var partner = ComplexLanes<T>.LoadRows(rows + 2 * T.Count);
        var flipper = T.Flipper(sweep->LaneFlip);
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var here = state + at;
            var a = ComplexLanes<T>.Load(here);
            ComplexLanes<T>.MultiplyAdd(partner, a.Flip(flipper), own * a).Store(here);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>A real 2×2 matrix on a qubit of the register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Real(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var fix = sweep->Fixed;
        var (own, partner) = (T.Load(sweep->Rows), T.Load(sweep->Rows + T.Count));
        var flipper = T.Flipper(sweep->LaneFlip);
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var here = state + at;
            var a = ComplexLanes<T>.Load(here);
            ComplexLanes<T>.MultiplyAdd(partner, a.Flip(flipper), own * a).Store(here);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>Exchanges lanes within the register where the mask says so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Exchange(Sweep* sweep, nint start, nint end)
    {
        var state = (TElement*)sweep->State;
        var fix = sweep->Fixed;
        var mask = T.Load(sweep->Rows);
        var flipper = T.Flipper(sweep->LaneFlip);
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var here = state + at;
            var a = ComplexLanes<T>.Load(here);
            ComplexLanes<T>.Select(mask, a.Flip(flipper), a).Store(here);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>exp(−iθP/2) where P flips qubits of the register only; rows as in <see cref="PairKernels{T, TElement}.Pauli"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pauli<TTurned>(Sweep* sweep, nint start, nint end) where TTurned : struct, IFlag
    {
        var state = (TElement*)sweep->State;
        var fix = sweep->Fixed;
        var sign = sweep->Sign;
        var cos = T.Load(sweep->Rows);
        var sin = sweep->Rows + T.Count;
        var flipper = T.Flipper(sweep->LaneFlip);
        var at = sweep->OffsetAt(start);
        for (var k = start; k < end; k++)
        {
            var here = state + at;
            var a = ComplexLanes<T>.Load(here);
            var s = T.Load(sin + Sweep.Parity(at, sign) * (nuint)T.Count);
            var partner = a.Flip(flipper);
            var result = TTurned.IsSet
                ? ComplexLanes<T>.MultiplyAddTurned(s, partner, cos * a)
                : ComplexLanes<T>.MultiplyAdd(s, partner, cos * a);
            result.Store(here);
            at = ((at | fix) + 1) & ~fix;
        }
    }
}
