using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>The kernels of <see cref="RadixStep"/>: visits of some groups of vectors from an offset on.</summary>
/// <remarks>Both planes of a block are visited like any other bit of an offset, since real rotations do not mix them.
/// <c>TForm</c>: 1 and tangent, the scale left to a later step, so that a pair costs two multiply-adds. <c>TLanes</c>: something happens
/// inside the register. <c>TMoves</c>: vectors are stored elsewhere than they came from. What is needed later, <c>ahead</c> numbers from here
/// where that is not 0, is asked for meanwhile.</remarks>
internal static unsafe class RadixKernels<R, TVector, TElement>
    where R : struct, IRegister<TVector, TElement>
    where TVector : unmanaged
    where TElement : unmanaged
{
    /// <summary>No qubit outside the register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Radix1<TForm, TLanes, TMoves>(RadixStep* step, void* source, void* target, nuint start, nint count, nuint flip, nint ahead)
        where TForm : struct, IFlag where TLanes : struct, IFlag where TMoves : struct, IFlag
    {
        var fix = step->Fixed;
        var lanes = (TElement*)step->Lanes;
        var laneTurns = step->LaneTurns;
        var permutes = step->Permutes;
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)source + at;
            var v0 = R.Load(place);
            if (TLanes.IsSet)
            {
                if ((laneTurns & 1) != 0)
                {
                    var (own, partner) = (R.Load(lanes), R.Load(lanes + R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip1(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                }
                if ((laneTurns & 2) != 0)
                {
                    var (own, partner) = (R.Load(lanes + 2 * R.Count), R.Load(lanes + 3 * R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip2(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                }
                if (R.Count > 4 && (laneTurns & 4) != 0)
                {
                    var (own, partner) = (R.Load(lanes + 4 * R.Count), R.Load(lanes + 5 * R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip4(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                }
            }
            if (TLanes.IsSet)
            {
                if (permutes)
                {
                    var order = lanes + RadixStep.PermutationRow * R.Count;
                    v0 = R.Permute(v0, R.Load(order));
                }
            }
            R.Store(v0, (TElement*)target + at);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>One qubit outside the register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Radix2<TForm, TLanes, TMoves>(RadixStep* step, void* source, void* target, nuint start, nint count, nuint flip, nint ahead)
        where TForm : struct, IFlag where TLanes : struct, IFlag where TMoves : struct, IFlag
    {
        var fix = step->Fixed;
        var s0 = step->Stride0;
        var t0 = R.Broadcast(step->Turns[1]);
        var lanes = (TElement*)step->Lanes;
        var laneTurns = step->LaneTurns;
        var (blends, permutes, controls) = (step->Blends, step->Permutes, step->ControlCount);
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)source + at;
            if (ahead != 0) Lines.Fetch2<TVector, TElement>(place + ahead, at, s0);
            var v0 = R.Load(place);
            var v1 = R.Load(place + s0);
            if (TLanes.IsSet)
            {
                if ((laneTurns & 1) != 0)
                {
                    var (own, partner) = (R.Load(lanes), R.Load(lanes + R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip1(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                    v1 = R.MultiplyAdd(partner, R.Flip1(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                }
                if ((laneTurns & 2) != 0)
                {
                    var (own, partner) = (R.Load(lanes + 2 * R.Count), R.Load(lanes + 3 * R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip2(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                    v1 = R.MultiplyAdd(partner, R.Flip2(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                }
                if (R.Count > 4 && (laneTurns & 4) != 0)
                {
                    var (own, partner) = (R.Load(lanes + 4 * R.Count), R.Load(lanes + 5 * R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip4(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                    v1 = R.MultiplyAdd(partner, R.Flip4(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                }
            }
            if (TForm.IsSet)
            {
                var a0 = R.SubtractProduct(t0, v1, v0);
                v1 = R.MultiplyAdd(t0, v0, v1);
                v0 = a0;
            }
            else
            {
                var c0 = R.Broadcast(step->Turns[0]);
                var a0 = R.SubtractProduct(t0, v1, R.Multiply(c0, v0));
                v1 = R.MultiplyAdd(t0, v0, R.Multiply(c0, v1));
                v0 = a0;
            }
            if (TLanes.IsSet)
            {
                if (blends)
                {
                    var mask = R.Load(lanes + RadixStep.BlendRow * R.Count);
                    var b0 = R.Select(mask, v1, v0);
                    v1 = R.Select(mask, v0, v1);
                    v0 = b0;
                }
                if (permutes)
                {
                    var order = lanes + RadixStep.PermutationRow * R.Count;
                    v0 = R.Permute(v0, R.Load(order));
                    v1 = R.Permute(v1, R.Load(order + R.Count));
                }
            }
            place = (TElement*)target + at;
            if (TMoves.IsSet)
            {
                var x = flip;
                for (var c = 0; c < controls; c++)
                    x ^= (0 - ((nuint)BitOperations.PopCount(at & (nuint)step->ControlMask[c]) & 1)) & (nuint)step->ControlFlip[c];
                R.Store(v0, place + ((nuint)step->Out[0] ^ x));
                R.Store(v1, place + ((nuint)step->Out[1] ^ x));
            }
            else
            {
                R.Store(v0, place);
                R.Store(v1, place + s0);
            }
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>Two qubits outside the register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Radix4<TForm, TLanes, TMoves>(RadixStep* step, void* source, void* target, nuint start, nint count, nuint flip, nint ahead)
        where TForm : struct, IFlag where TLanes : struct, IFlag where TMoves : struct, IFlag
    {
        var fix = step->Fixed;
        var s0 = step->Stride0;
        var s1 = step->Stride1;
        var t0 = R.Broadcast(step->Turns[1]);
        var t1 = R.Broadcast(step->Turns[3]);
        var lanes = (TElement*)step->Lanes;
        var laneTurns = step->LaneTurns;
        var (blends, permutes, controls) = (step->Blends, step->Permutes, step->ControlCount);
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)source + at;
            if (ahead != 0) Lines.Fetch4<TVector, TElement>(place + ahead, at, s0, s1);
            var v0 = R.Load(place);
            var v1 = R.Load(place + s0);
            var v2 = R.Load(place + s1);
            var v3 = R.Load(place + s0 + s1);
            if (TLanes.IsSet)
            {
                if ((laneTurns & 1) != 0)
                {
                    var (own, partner) = (R.Load(lanes), R.Load(lanes + R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip1(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                    v1 = R.MultiplyAdd(partner, R.Flip1(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                    v2 = R.MultiplyAdd(partner, R.Flip1(v2), TForm.IsSet ? v2 : R.Multiply(own, v2));
                    v3 = R.MultiplyAdd(partner, R.Flip1(v3), TForm.IsSet ? v3 : R.Multiply(own, v3));
                }
                if ((laneTurns & 2) != 0)
                {
                    var (own, partner) = (R.Load(lanes + 2 * R.Count), R.Load(lanes + 3 * R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip2(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                    v1 = R.MultiplyAdd(partner, R.Flip2(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                    v2 = R.MultiplyAdd(partner, R.Flip2(v2), TForm.IsSet ? v2 : R.Multiply(own, v2));
                    v3 = R.MultiplyAdd(partner, R.Flip2(v3), TForm.IsSet ? v3 : R.Multiply(own, v3));
                }
                if (R.Count > 4 && (laneTurns & 4) != 0)
                {
                    var (own, partner) = (R.Load(lanes + 4 * R.Count), R.Load(lanes + 5 * R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip4(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                    v1 = R.MultiplyAdd(partner, R.Flip4(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                    v2 = R.MultiplyAdd(partner, R.Flip4(v2), TForm.IsSet ? v2 : R.Multiply(own, v2));
                    v3 = R.MultiplyAdd(partner, R.Flip4(v3), TForm.IsSet ? v3 : R.Multiply(own, v3));
                }
            }
            if (TForm.IsSet)
            {
                var a0 = R.SubtractProduct(t0, v1, v0);
                v1 = R.MultiplyAdd(t0, v0, v1);
                v0 = a0;
                var a1 = R.SubtractProduct(t0, v3, v2);
                v3 = R.MultiplyAdd(t0, v2, v3);
                v2 = a1;
                var a2 = R.SubtractProduct(t1, v2, v0);
                v2 = R.MultiplyAdd(t1, v0, v2);
                v0 = a2;
                var a3 = R.SubtractProduct(t1, v3, v1);
                v3 = R.MultiplyAdd(t1, v1, v3);
                v1 = a3;
            }
            else
            {
                var c0 = R.Broadcast(step->Turns[0]);
                var c1 = R.Broadcast(step->Turns[2]);
                var a0 = R.SubtractProduct(t0, v1, R.Multiply(c0, v0));
                v1 = R.MultiplyAdd(t0, v0, R.Multiply(c0, v1));
                v0 = a0;
                var a1 = R.SubtractProduct(t0, v3, R.Multiply(c0, v2));
                v3 = R.MultiplyAdd(t0, v2, R.Multiply(c0, v3));
                v2 = a1;
                var a2 = R.SubtractProduct(t1, v2, R.Multiply(c1, v0));
                v2 = R.MultiplyAdd(t1, v0, R.Multiply(c1, v2));
                v0 = a2;
                var a3 = R.SubtractProduct(t1, v3, R.Multiply(c1, v1));
                v3 = R.MultiplyAdd(t1, v1, R.Multiply(c1, v3));
                v1 = a3;
            }
            if (TLanes.IsSet)
            {
                if (blends)
                {
                    var mask = R.Load(lanes + RadixStep.BlendRow * R.Count);
                    var b0 = R.Select(mask, v1, v0);
                    v1 = R.Select(mask, v0, v1);
                    v0 = b0;
                    var b2 = R.Select(mask, v3, v2);
                    v3 = R.Select(mask, v2, v3);
                    v2 = b2;
                }
                if (permutes)
                {
                    var order = lanes + RadixStep.PermutationRow * R.Count;
                    v0 = R.Permute(v0, R.Load(order));
                    v1 = R.Permute(v1, R.Load(order + R.Count));
                    v2 = R.Permute(v2, R.Load(order + 2 * R.Count));
                    v3 = R.Permute(v3, R.Load(order + 3 * R.Count));
                }
            }
            place = (TElement*)target + at;
            if (TMoves.IsSet)
            {
                var x = flip;
                for (var c = 0; c < controls; c++)
                    x ^= (0 - ((nuint)BitOperations.PopCount(at & (nuint)step->ControlMask[c]) & 1)) & (nuint)step->ControlFlip[c];
                R.Store(v0, place + ((nuint)step->Out[0] ^ x));
                R.Store(v1, place + ((nuint)step->Out[1] ^ x));
                R.Store(v2, place + ((nuint)step->Out[2] ^ x));
                R.Store(v3, place + ((nuint)step->Out[3] ^ x));
            }
            else
            {
                R.Store(v0, place);
                R.Store(v1, place + s0);
                R.Store(v2, place + s1);
                R.Store(v3, place + s0 + s1);
            }
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>Three qubits outside the register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Radix8<TForm, TLanes, TMoves>(RadixStep* step, void* source, void* target, nuint start, nint count, nuint flip, nint ahead)
        where TForm : struct, IFlag where TLanes : struct, IFlag where TMoves : struct, IFlag
    {
        var fix = step->Fixed;
        var s0 = step->Stride0;
        var s1 = step->Stride1;
        var s2 = step->Stride2;
        var t0 = R.Broadcast(step->Turns[1]);
        var t1 = R.Broadcast(step->Turns[3]);
        var t2 = R.Broadcast(step->Turns[5]);
        var lanes = (TElement*)step->Lanes;
        var laneTurns = step->LaneTurns;
        var (blends, permutes, controls) = (step->Blends, step->Permutes, step->ControlCount);
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)source + at;
            if (ahead != 0) Lines.Fetch8<TVector, TElement>(place + ahead, at, s0, s1, s2);
            var v0 = R.Load(place);
            var v1 = R.Load(place + s0);
            var v2 = R.Load(place + s1);
            var v3 = R.Load(place + s0 + s1);
            var v4 = R.Load(place + s2);
            var v5 = R.Load(place + s0 + s2);
            var v6 = R.Load(place + s1 + s2);
            var v7 = R.Load(place + s0 + s1 + s2);
            if (TLanes.IsSet)
            {
                if ((laneTurns & 1) != 0)
                {
                    var (own, partner) = (R.Load(lanes), R.Load(lanes + R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip1(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                    v1 = R.MultiplyAdd(partner, R.Flip1(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                    v2 = R.MultiplyAdd(partner, R.Flip1(v2), TForm.IsSet ? v2 : R.Multiply(own, v2));
                    v3 = R.MultiplyAdd(partner, R.Flip1(v3), TForm.IsSet ? v3 : R.Multiply(own, v3));
                    v4 = R.MultiplyAdd(partner, R.Flip1(v4), TForm.IsSet ? v4 : R.Multiply(own, v4));
                    v5 = R.MultiplyAdd(partner, R.Flip1(v5), TForm.IsSet ? v5 : R.Multiply(own, v5));
                    v6 = R.MultiplyAdd(partner, R.Flip1(v6), TForm.IsSet ? v6 : R.Multiply(own, v6));
                    v7 = R.MultiplyAdd(partner, R.Flip1(v7), TForm.IsSet ? v7 : R.Multiply(own, v7));
                }
                if ((laneTurns & 2) != 0)
                {
                    var (own, partner) = (R.Load(lanes + 2 * R.Count), R.Load(lanes + 3 * R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip2(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                    v1 = R.MultiplyAdd(partner, R.Flip2(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                    v2 = R.MultiplyAdd(partner, R.Flip2(v2), TForm.IsSet ? v2 : R.Multiply(own, v2));
                    v3 = R.MultiplyAdd(partner, R.Flip2(v3), TForm.IsSet ? v3 : R.Multiply(own, v3));
                    v4 = R.MultiplyAdd(partner, R.Flip2(v4), TForm.IsSet ? v4 : R.Multiply(own, v4));
                    v5 = R.MultiplyAdd(partner, R.Flip2(v5), TForm.IsSet ? v5 : R.Multiply(own, v5));
                    v6 = R.MultiplyAdd(partner, R.Flip2(v6), TForm.IsSet ? v6 : R.Multiply(own, v6));
                    v7 = R.MultiplyAdd(partner, R.Flip2(v7), TForm.IsSet ? v7 : R.Multiply(own, v7));
                }
                if (R.Count > 4 && (laneTurns & 4) != 0)
                {
                    var (own, partner) = (R.Load(lanes + 4 * R.Count), R.Load(lanes + 5 * R.Count));
                    v0 = R.MultiplyAdd(partner, R.Flip4(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                    v1 = R.MultiplyAdd(partner, R.Flip4(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                    v2 = R.MultiplyAdd(partner, R.Flip4(v2), TForm.IsSet ? v2 : R.Multiply(own, v2));
                    v3 = R.MultiplyAdd(partner, R.Flip4(v3), TForm.IsSet ? v3 : R.Multiply(own, v3));
                    v4 = R.MultiplyAdd(partner, R.Flip4(v4), TForm.IsSet ? v4 : R.Multiply(own, v4));
                    v5 = R.MultiplyAdd(partner, R.Flip4(v5), TForm.IsSet ? v5 : R.Multiply(own, v5));
                    v6 = R.MultiplyAdd(partner, R.Flip4(v6), TForm.IsSet ? v6 : R.Multiply(own, v6));
                    v7 = R.MultiplyAdd(partner, R.Flip4(v7), TForm.IsSet ? v7 : R.Multiply(own, v7));
                }
            }
            if (TForm.IsSet)
            {
                var a0 = R.SubtractProduct(t0, v1, v0);
                v1 = R.MultiplyAdd(t0, v0, v1);
                v0 = a0;
                var a1 = R.SubtractProduct(t0, v3, v2);
                v3 = R.MultiplyAdd(t0, v2, v3);
                v2 = a1;
                var a2 = R.SubtractProduct(t0, v5, v4);
                v5 = R.MultiplyAdd(t0, v4, v5);
                v4 = a2;
                var a3 = R.SubtractProduct(t0, v7, v6);
                v7 = R.MultiplyAdd(t0, v6, v7);
                v6 = a3;
                var a4 = R.SubtractProduct(t1, v2, v0);
                v2 = R.MultiplyAdd(t1, v0, v2);
                v0 = a4;
                var a5 = R.SubtractProduct(t1, v3, v1);
                v3 = R.MultiplyAdd(t1, v1, v3);
                v1 = a5;
                var a6 = R.SubtractProduct(t1, v6, v4);
                v6 = R.MultiplyAdd(t1, v4, v6);
                v4 = a6;
                var a7 = R.SubtractProduct(t1, v7, v5);
                v7 = R.MultiplyAdd(t1, v5, v7);
                v5 = a7;
                var a8 = R.SubtractProduct(t2, v4, v0);
                v4 = R.MultiplyAdd(t2, v0, v4);
                v0 = a8;
                var a9 = R.SubtractProduct(t2, v5, v1);
                v5 = R.MultiplyAdd(t2, v1, v5);
                v1 = a9;
                var a10 = R.SubtractProduct(t2, v6, v2);
                v6 = R.MultiplyAdd(t2, v2, v6);
                v2 = a10;
                var a11 = R.SubtractProduct(t2, v7, v3);
                v7 = R.MultiplyAdd(t2, v3, v7);
                v3 = a11;
            }
            else
            {
                var c0 = R.Broadcast(step->Turns[0]);
                var c1 = R.Broadcast(step->Turns[2]);
                var c2 = R.Broadcast(step->Turns[4]);
                var a0 = R.SubtractProduct(t0, v1, R.Multiply(c0, v0));
                v1 = R.MultiplyAdd(t0, v0, R.Multiply(c0, v1));
                v0 = a0;
                var a1 = R.SubtractProduct(t0, v3, R.Multiply(c0, v2));
                v3 = R.MultiplyAdd(t0, v2, R.Multiply(c0, v3));
                v2 = a1;
                var a2 = R.SubtractProduct(t0, v5, R.Multiply(c0, v4));
                v5 = R.MultiplyAdd(t0, v4, R.Multiply(c0, v5));
                v4 = a2;
                var a3 = R.SubtractProduct(t0, v7, R.Multiply(c0, v6));
                v7 = R.MultiplyAdd(t0, v6, R.Multiply(c0, v7));
                v6 = a3;
                var a4 = R.SubtractProduct(t1, v2, R.Multiply(c1, v0));
                v2 = R.MultiplyAdd(t1, v0, R.Multiply(c1, v2));
                v0 = a4;
                var a5 = R.SubtractProduct(t1, v3, R.Multiply(c1, v1));
                v3 = R.MultiplyAdd(t1, v1, R.Multiply(c1, v3));
                v1 = a5;
                var a6 = R.SubtractProduct(t1, v6, R.Multiply(c1, v4));
                v6 = R.MultiplyAdd(t1, v4, R.Multiply(c1, v6));
                v4 = a6;
                var a7 = R.SubtractProduct(t1, v7, R.Multiply(c1, v5));
                v7 = R.MultiplyAdd(t1, v5, R.Multiply(c1, v7));
                v5 = a7;
                var a8 = R.SubtractProduct(t2, v4, R.Multiply(c2, v0));
                v4 = R.MultiplyAdd(t2, v0, R.Multiply(c2, v4));
                v0 = a8;
                var a9 = R.SubtractProduct(t2, v5, R.Multiply(c2, v1));
                v5 = R.MultiplyAdd(t2, v1, R.Multiply(c2, v5));
                v1 = a9;
                var a10 = R.SubtractProduct(t2, v6, R.Multiply(c2, v2));
                v6 = R.MultiplyAdd(t2, v2, R.Multiply(c2, v6));
                v2 = a10;
                var a11 = R.SubtractProduct(t2, v7, R.Multiply(c2, v3));
                v7 = R.MultiplyAdd(t2, v3, R.Multiply(c2, v7));
                v3 = a11;
            }
            if (TLanes.IsSet)
            {
                if (blends)
                {
                    var mask = R.Load(lanes + RadixStep.BlendRow * R.Count);
                    var b0 = R.Select(mask, v1, v0);
                    v1 = R.Select(mask, v0, v1);
                    v0 = b0;
                    var b2 = R.Select(mask, v3, v2);
                    v3 = R.Select(mask, v2, v3);
                    v2 = b2;
                    var b4 = R.Select(mask, v5, v4);
                    v5 = R.Select(mask, v4, v5);
                    v4 = b4;
                    var b6 = R.Select(mask, v7, v6);
                    v7 = R.Select(mask, v6, v7);
                    v6 = b6;
                }
                if (permutes)
                {
                    var order = lanes + RadixStep.PermutationRow * R.Count;
                    v0 = R.Permute(v0, R.Load(order));
                    v1 = R.Permute(v1, R.Load(order + R.Count));
                    v2 = R.Permute(v2, R.Load(order + 2 * R.Count));
                    v3 = R.Permute(v3, R.Load(order + 3 * R.Count));
                    v4 = R.Permute(v4, R.Load(order + 4 * R.Count));
                    v5 = R.Permute(v5, R.Load(order + 5 * R.Count));
                    v6 = R.Permute(v6, R.Load(order + 6 * R.Count));
                    v7 = R.Permute(v7, R.Load(order + 7 * R.Count));
                }
            }
            place = (TElement*)target + at;
            if (TMoves.IsSet)
            {
                var x = flip;
                for (var c = 0; c < controls; c++)
                    x ^= (0 - ((nuint)BitOperations.PopCount(at & (nuint)step->ControlMask[c]) & 1)) & (nuint)step->ControlFlip[c];
                R.Store(v0, place + ((nuint)step->Out[0] ^ x));
                R.Store(v1, place + ((nuint)step->Out[1] ^ x));
                R.Store(v2, place + ((nuint)step->Out[2] ^ x));
                R.Store(v3, place + ((nuint)step->Out[3] ^ x));
                R.Store(v4, place + ((nuint)step->Out[4] ^ x));
                R.Store(v5, place + ((nuint)step->Out[5] ^ x));
                R.Store(v6, place + ((nuint)step->Out[6] ^ x));
                R.Store(v7, place + ((nuint)step->Out[7] ^ x));
            }
            else
            {
                R.Store(v0, place);
                R.Store(v1, place + s0);
                R.Store(v2, place + s1);
                R.Store(v3, place + s0 + s1);
                R.Store(v4, place + s2);
                R.Store(v5, place + s0 + s2);
                R.Store(v6, place + s1 + s2);
                R.Store(v7, place + s0 + s1 + s2);
            }
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>Lane <c>sources[k]</c> comes to lane k.</summary>
    public static void WritePermutation(void* place, int* sources) =>
        R.Store(R.Permutation(new ReadOnlySpan<int>(sources, R.Count)), (TElement*)place);

    public static void WriteMask(void* place, int lanes) => R.Store(R.Mask(lanes), (TElement*)place);
}
