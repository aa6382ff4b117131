using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>Real rotations of up to three qubits outside the register and of those inside it, in one visit of every amplitude, and a linear
/// map of addresses at the end, which costs nothing but other offsets to store to.</summary>
internal unsafe struct RadixStep
{
    /// <summary>Most qubits outside the register.</summary>
    public const int MostBits = 3;

    /// <summary>The bits of an offset that stay zero: the qubits that are turned, and the lanes.</summary>
    public nuint Fixed;

    /// <summary>Offsets of the qubits outside the register.</summary>
    public nuint Stride0, Stride1, Stride2;

    /// <summary>Where vector j goes.</summary>
    public fixed ulong Out[1 << MostBits];

    /// <summary>Every vector goes to <see cref="ControlFlip"/> beside that where the own offset has an odd number of the bits of a mask.</summary>
    public int ControlCount;

    public fixed ulong ControlMask[MostBits];

    public fixed ulong ControlFlip[MostBits];

    /// <summary>Cosine and sine of each qubit outside the register, or 1 and the tangent.</summary>
    public fixed double Turns[2 * MostBits];

    /// <summary>Which lane bits are turned.</summary>
    public int LaneTurns;

    /// <summary>Lanes of a mask change places between vectors that differ in the first qubit.</summary>
    public bool Blends;

    /// <summary>The lanes of each vector are permuted.</summary>
    public bool Permutes;

    /// <summary>Registers: for each lane bit its own factor and its partner's; a permutation for each vector; the mask of lanes to blend.</summary>
    public void* Lanes;

    public const int PermutationRow = 6;

    public const int BlendRow = PermutationRow + (1 << MostBits);

    public const int LaneRows = BlendRow + 1;
}

/// <summary>The kernels of <see cref="RadixStep"/>: visits of some groups of vectors from an offset on.</summary>
/// <remarks>Both planes of a block are visited like any other bit of an offset, since real rotations do not mix them.
/// <c>TForm</c>: 1 and tangent, the scale left to a later step, so that a pair costs two multiply-adds. <c>TLanes</c>: something happens
/// inside the register. <c>TMoves</c>: vectors are stored elsewhere than they came from.</remarks>
internal static unsafe class RadixKernels<T, TElement>
    where T : unmanaged, ILanes<T, TElement>
    where TElement : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Radix1<TForm, TLanes, TMoves>(RadixStep* step, void* tile, nuint start, nint count, nuint flip)
        where TForm : struct, IFlag where TLanes : struct, IFlag where TMoves : struct, IFlag
    {
        var fix = step->Fixed;
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)tile + at;
            var v0 = T.Load(place);
            if (TLanes.IsSet)
            {
                var lanes = (TElement*)step->Lanes;
                TurnLanes<TForm>(step, lanes, ref v0);
                if (step->Permutes) v0 = Permute(v0, lanes, 0);
            }
            T.Store(v0, place);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Radix2<TForm, TLanes, TMoves>(RadixStep* step, void* tile, nuint start, nint count, nuint flip)
        where TForm : struct, IFlag where TLanes : struct, IFlag where TMoves : struct, IFlag
    {
        var (fix, s0) = (step->Fixed, step->Stride0);
        var (c0, t0) = (T.Broadcast(step->Turns[0]), T.Broadcast(step->Turns[1]));
        var lanes = (TElement*)step->Lanes;
        nuint o0 = (nuint)step->Out[0], o1 = (nuint)step->Out[1];
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)tile + at;
            var v0 = T.Load(place);
            var v1 = T.Load(place + s0);
            if (TLanes.IsSet)
            {
                TurnLanes<TForm>(step, lanes, ref v0);
                TurnLanes<TForm>(step, lanes, ref v1);
            }
            Turn<TForm>(ref v0, ref v1, c0, t0);
            if (TLanes.IsSet)
            {
                if (step->Blends) Blend(ref v0, ref v1, lanes);
                if (step->Permutes)
                {
                    v0 = Permute(v0, lanes, 0);
                    v1 = Permute(v1, lanes, 1);
                }
            }
            if (TMoves.IsSet)
            {
                var x = FlipAt(step, at, flip);
                T.Store(v0, place + (o0 ^ x));
                T.Store(v1, place + (o1 ^ x));
            }
            else
            {
                T.Store(v0, place);
                T.Store(v1, place + s0);
            }
            at = ((at | fix) + 1) & ~fix;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Radix4<TForm, TLanes, TMoves>(RadixStep* step, void* tile, nuint start, nint count, nuint flip)
        where TForm : struct, IFlag where TLanes : struct, IFlag where TMoves : struct, IFlag
    {
        var (fix, s0, s1) = (step->Fixed, step->Stride0, step->Stride1);
        var (c0, t0) = (T.Broadcast(step->Turns[0]), T.Broadcast(step->Turns[1]));
        var (c1, t1) = (T.Broadcast(step->Turns[2]), T.Broadcast(step->Turns[3]));
        var lanes = (TElement*)step->Lanes;
        nuint o0 = (nuint)step->Out[0], o1 = (nuint)step->Out[1], o2 = (nuint)step->Out[2], o3 = (nuint)step->Out[3];
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)tile + at;
            var v0 = T.Load(place);
            var v1 = T.Load(place + s0);
            var v2 = T.Load(place + s1);
            var v3 = T.Load(place + s0 + s1);
            if (TLanes.IsSet)
            {
                TurnLanes<TForm>(step, lanes, ref v0);
                TurnLanes<TForm>(step, lanes, ref v1);
                TurnLanes<TForm>(step, lanes, ref v2);
                TurnLanes<TForm>(step, lanes, ref v3);
            }
            Turn<TForm>(ref v0, ref v1, c0, t0);
            Turn<TForm>(ref v2, ref v3, c0, t0);
            Turn<TForm>(ref v0, ref v2, c1, t1);
            Turn<TForm>(ref v1, ref v3, c1, t1);
            if (TLanes.IsSet)
            {
                if (step->Blends)
                {
                    Blend(ref v0, ref v1, lanes);
                    Blend(ref v2, ref v3, lanes);
                }
                if (step->Permutes)
                {
                    v0 = Permute(v0, lanes, 0);
                    v1 = Permute(v1, lanes, 1);
                    v2 = Permute(v2, lanes, 2);
                    v3 = Permute(v3, lanes, 3);
                }
            }
            if (TMoves.IsSet)
            {
                var x = FlipAt(step, at, flip);
                T.Store(v0, place + (o0 ^ x));
                T.Store(v1, place + (o1 ^ x));
                T.Store(v2, place + (o2 ^ x));
                T.Store(v3, place + (o3 ^ x));
            }
            else
            {
                T.Store(v0, place);
                T.Store(v1, place + s0);
                T.Store(v2, place + s1);
                T.Store(v3, place + s0 + s1);
            }
            at = ((at | fix) + 1) & ~fix;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Radix8<TForm, TLanes, TMoves>(RadixStep* step, void* tile, nuint start, nint count, nuint flip)
        where TForm : struct, IFlag where TLanes : struct, IFlag where TMoves : struct, IFlag
    {
        var (fix, s0, s1, s2) = (step->Fixed, step->Stride0, step->Stride1, step->Stride2);
        var (c0, t0) = (T.Broadcast(step->Turns[0]), T.Broadcast(step->Turns[1]));
        var (c1, t1) = (T.Broadcast(step->Turns[2]), T.Broadcast(step->Turns[3]));
        var (c2, t2) = (T.Broadcast(step->Turns[4]), T.Broadcast(step->Turns[5]));
        var lanes = (TElement*)step->Lanes;
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)tile + at;
            var upper = place + s2;
            var v0 = T.Load(place);
            var v1 = T.Load(place + s0);
            var v2 = T.Load(place + s1);
            var v3 = T.Load(place + s0 + s1);
            var v4 = T.Load(upper);
            var v5 = T.Load(upper + s0);
            var v6 = T.Load(upper + s1);
            var v7 = T.Load(upper + s0 + s1);
            if (TLanes.IsSet)
            {
                TurnLanes<TForm>(step, lanes, ref v0);
                TurnLanes<TForm>(step, lanes, ref v1);
                TurnLanes<TForm>(step, lanes, ref v2);
                TurnLanes<TForm>(step, lanes, ref v3);
                TurnLanes<TForm>(step, lanes, ref v4);
                TurnLanes<TForm>(step, lanes, ref v5);
                TurnLanes<TForm>(step, lanes, ref v6);
                TurnLanes<TForm>(step, lanes, ref v7);
            }
            Turn<TForm>(ref v0, ref v1, c0, t0);
            Turn<TForm>(ref v2, ref v3, c0, t0);
            Turn<TForm>(ref v4, ref v5, c0, t0);
            Turn<TForm>(ref v6, ref v7, c0, t0);
            Turn<TForm>(ref v0, ref v2, c1, t1);
            Turn<TForm>(ref v1, ref v3, c1, t1);
            Turn<TForm>(ref v4, ref v6, c1, t1);
            Turn<TForm>(ref v5, ref v7, c1, t1);
            Turn<TForm>(ref v0, ref v4, c2, t2);
            Turn<TForm>(ref v1, ref v5, c2, t2);
            Turn<TForm>(ref v2, ref v6, c2, t2);
            Turn<TForm>(ref v3, ref v7, c2, t2);
            if (TLanes.IsSet)
            {
                if (step->Blends)
                {
                    Blend(ref v0, ref v1, lanes);
                    Blend(ref v2, ref v3, lanes);
                    Blend(ref v4, ref v5, lanes);
                    Blend(ref v6, ref v7, lanes);
                }
                if (step->Permutes)
                {
                    v0 = Permute(v0, lanes, 0);
                    v1 = Permute(v1, lanes, 1);
                    v2 = Permute(v2, lanes, 2);
                    v3 = Permute(v3, lanes, 3);
                    v4 = Permute(v4, lanes, 4);
                    v5 = Permute(v5, lanes, 5);
                    v6 = Permute(v6, lanes, 6);
                    v7 = Permute(v7, lanes, 7);
                }
            }
            if (TMoves.IsSet)
            {
                var x = FlipAt(step, at, flip);
                T.Store(v0, place + ((nuint)step->Out[0] ^ x));
                T.Store(v1, place + ((nuint)step->Out[1] ^ x));
                T.Store(v2, place + ((nuint)step->Out[2] ^ x));
                T.Store(v3, place + ((nuint)step->Out[3] ^ x));
                T.Store(v4, place + ((nuint)step->Out[4] ^ x));
                T.Store(v5, place + ((nuint)step->Out[5] ^ x));
                T.Store(v6, place + ((nuint)step->Out[6] ^ x));
                T.Store(v7, place + ((nuint)step->Out[7] ^ x));
            }
            else
            {
                T.Store(v0, place);
                T.Store(v1, place + s0);
                T.Store(v2, place + s1);
                T.Store(v3, place + s0 + s1);
                T.Store(v4, upper);
                T.Store(v5, upper + s0);
                T.Store(v6, upper + s1);
                T.Store(v7, upper + s0 + s1);
            }
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>[c −s; s c], or [1 −t; t 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn<TForm>(ref T zero, ref T one, T cos, T sin) where TForm : struct, IFlag
    {
        var before = zero;
        zero = T.SubtractProduct(sin, one, TForm.IsSet ? zero : cos * zero);
        one = T.MultiplyAdd(sin, before, TForm.IsSet ? one : cos * one);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnLanes<TForm>(RadixStep* step, TElement* lanes, ref T value) where TForm : struct, IFlag
    {
        if ((step->LaneTurns & 1) != 0)
            value = T.MultiplyAdd(T.Load(lanes + T.Count), T.Flip1(value), TForm.IsSet ? value : T.Load(lanes) * value);
        if ((step->LaneTurns & 2) != 0)
            value = T.MultiplyAdd(T.Load(lanes + 3 * T.Count), T.Flip2(value), TForm.IsSet ? value : T.Load(lanes + 2 * T.Count) * value);
        if (T.Count > 4 && (step->LaneTurns & 4) != 0)
            value = T.MultiplyAdd(T.Load(lanes + 5 * T.Count), T.Flip4(value), TForm.IsSet ? value : T.Load(lanes + 4 * T.Count) * value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Blend(ref T zero, ref T one, TElement* lanes)
    {
        var mask = T.Load(lanes + RadixStep.BlendRow * T.Count);
        var before = zero;
        zero = T.Select(mask, one, zero);
        one = T.Select(mask, before, one);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Permute(T value, TElement* lanes, int vector) =>
        T.Flip(value, T.Load(lanes + (RadixStep.PermutationRow + vector) * T.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint FlipAt(RadixStep* step, nuint at, nuint flip)
    {
        for (var k = 0; k < step->ControlCount; k++)
            flip ^= (0 - ((nuint)BitOperations.PopCount(at & (nuint)step->ControlMask[k]) & 1)) & (nuint)step->ControlFlip[k];
        return flip;
    }

    /// <summary>Lane <c>sources[k]</c> comes to lane k.</summary>
    public static void WritePermutation(void* place, int* sources) =>
        T.Store(T.Permutation(new ReadOnlySpan<int>(sources, T.Count)), (TElement*)place);

    public static void WriteMask(void* place, int lanes) => T.Store(T.Mask(lanes), (TElement*)place);
}
