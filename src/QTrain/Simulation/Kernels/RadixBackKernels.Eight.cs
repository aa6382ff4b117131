using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

// Eight vectors of each state.
internal static unsafe partial class RadixBackKernels<R, TVector, TElement>
{
    /// <summary>Three qubits outside the register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Radix8<TForm, TLanes, TMoves>(
        RadixStep* step, BackPlaces* places, nuint start, nint count, nuint flip, nint ahead, double* slopes)
        where TForm : struct, IFlag where TLanes : struct, IFlag where TMoves : struct, IFlag
    {
        var fix = step->Fixed;
        var s0 = step->Stride0;
        var s1 = step->Stride1;
        var s2 = step->Stride2;
        var t0 = R.Broadcast(step->Turns[1]);
        var t1 = R.Broadcast(step->Turns[3]);
        var t2 = R.Broadcast(step->Turns[5]);
        var slope0 = R.Broadcast(0);
        var slope1 = R.Broadcast(0);
        var slope2 = R.Broadcast(0);
        var lane0 = R.Broadcast(0);
        var lane1 = R.Broadcast(0);
        var lane2 = R.Broadcast(0);
        var lanes = (TElement*)step->Lanes;
        var laneTurns = step->LaneTurns;
        var (blends, permutes, controls) = (step->Blends, step->Permutes, step->ControlCount);
        TVector v0, v1, v2, v3, v4, v5, v6, v7, a, b;
        var ketSource = (TElement*)places->KetSource;
        var ket = (TElement*)places->Ket;
        var braSource = (TElement*)places->BraSource;
        var bra = (TElement*)places->Bra;
        var at = start;
        for (var k = count; k > 0; k--)
        {
            TElement* place;
            var x = flip;
            if (TMoves.IsSet)
            {
                for (var c = 0; c < controls; c++)
                    x ^= (0 - ((nuint)BitOperations.PopCount(at & (nuint)step->ControlMask[c]) & 1)) & (nuint)step->ControlFlip[c];
            }
            var source = ketSource;
            var target = ket;
            while (true)
            {
                place = source + at;
                if (ahead != 0) Lines.Fetch8<TVector, TElement>(place + ahead, at, s0, s1, s2);
                if (TMoves.IsSet)
                {
                    v0 = R.Load(place + ((nuint)step->Out[0] ^ x));
                    v1 = R.Load(place + ((nuint)step->Out[1] ^ x));
                    v2 = R.Load(place + ((nuint)step->Out[2] ^ x));
                    v3 = R.Load(place + ((nuint)step->Out[3] ^ x));
                    v4 = R.Load(place + ((nuint)step->Out[4] ^ x));
                    v5 = R.Load(place + ((nuint)step->Out[5] ^ x));
                    v6 = R.Load(place + ((nuint)step->Out[6] ^ x));
                    v7 = R.Load(place + ((nuint)step->Out[7] ^ x));
                }
                else
                {
                    v0 = R.Load(place);
                    v1 = R.Load(place + s0);
                    v2 = R.Load(place + s1);
                    v3 = R.Load(place + s0 + s1);
                    v4 = R.Load(place + s2);
                    v5 = R.Load(place + s0 + s2);
                    v6 = R.Load(place + s1 + s2);
                    v7 = R.Load(place + s0 + s1 + s2);
                }
                if (TLanes.IsSet)
                {
                    if (permutes)
                    {
                        var order = lanes + RadixStep.InverseRow * R.Count;
                        v0 = R.Permute(v0, R.Load(order));
                        v1 = R.Permute(v1, R.Load(order + R.Count));
                        v2 = R.Permute(v2, R.Load(order + 2 * R.Count));
                        v3 = R.Permute(v3, R.Load(order + 3 * R.Count));
                        v4 = R.Permute(v4, R.Load(order + 4 * R.Count));
                        v5 = R.Permute(v5, R.Load(order + 5 * R.Count));
                        v6 = R.Permute(v6, R.Load(order + 6 * R.Count));
                        v7 = R.Permute(v7, R.Load(order + 7 * R.Count));
                    }
                    if (blends)
                    {
                        var mask = R.Load(lanes + RadixStep.BlendRow * R.Count);
                        a = R.Select(mask, v1, v0);
                        v1 = R.Select(mask, v0, v1);
                        v0 = a;
                        a = R.Select(mask, v3, v2);
                        v3 = R.Select(mask, v2, v3);
                        v2 = a;
                        a = R.Select(mask, v5, v4);
                        v5 = R.Select(mask, v4, v5);
                        v4 = a;
                        a = R.Select(mask, v7, v6);
                        v7 = R.Select(mask, v6, v7);
                        v6 = a;
                    }
                    if ((laneTurns & 1) != 0)
                    {
                        var (own, partner) = (R.Load(lanes), R.Load(lanes + R.Count));
                        v0 = R.SubtractProduct(partner, R.Flip1(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                        v1 = R.SubtractProduct(partner, R.Flip1(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                        v2 = R.SubtractProduct(partner, R.Flip1(v2), TForm.IsSet ? v2 : R.Multiply(own, v2));
                        v3 = R.SubtractProduct(partner, R.Flip1(v3), TForm.IsSet ? v3 : R.Multiply(own, v3));
                        v4 = R.SubtractProduct(partner, R.Flip1(v4), TForm.IsSet ? v4 : R.Multiply(own, v4));
                        v5 = R.SubtractProduct(partner, R.Flip1(v5), TForm.IsSet ? v5 : R.Multiply(own, v5));
                        v6 = R.SubtractProduct(partner, R.Flip1(v6), TForm.IsSet ? v6 : R.Multiply(own, v6));
                        v7 = R.SubtractProduct(partner, R.Flip1(v7), TForm.IsSet ? v7 : R.Multiply(own, v7));
                    }
                    if ((laneTurns & 2) != 0)
                    {
                        var (own, partner) = (R.Load(lanes + 2 * R.Count), R.Load(lanes + 3 * R.Count));
                        v0 = R.SubtractProduct(partner, R.Flip2(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                        v1 = R.SubtractProduct(partner, R.Flip2(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                        v2 = R.SubtractProduct(partner, R.Flip2(v2), TForm.IsSet ? v2 : R.Multiply(own, v2));
                        v3 = R.SubtractProduct(partner, R.Flip2(v3), TForm.IsSet ? v3 : R.Multiply(own, v3));
                        v4 = R.SubtractProduct(partner, R.Flip2(v4), TForm.IsSet ? v4 : R.Multiply(own, v4));
                        v5 = R.SubtractProduct(partner, R.Flip2(v5), TForm.IsSet ? v5 : R.Multiply(own, v5));
                        v6 = R.SubtractProduct(partner, R.Flip2(v6), TForm.IsSet ? v6 : R.Multiply(own, v6));
                        v7 = R.SubtractProduct(partner, R.Flip2(v7), TForm.IsSet ? v7 : R.Multiply(own, v7));
                    }
                    if (R.Count > 4 && (laneTurns & 4) != 0)
                    {
                        var (own, partner) = (R.Load(lanes + 4 * R.Count), R.Load(lanes + 5 * R.Count));
                        v0 = R.SubtractProduct(partner, R.Flip4(v0), TForm.IsSet ? v0 : R.Multiply(own, v0));
                        v1 = R.SubtractProduct(partner, R.Flip4(v1), TForm.IsSet ? v1 : R.Multiply(own, v1));
                        v2 = R.SubtractProduct(partner, R.Flip4(v2), TForm.IsSet ? v2 : R.Multiply(own, v2));
                        v3 = R.SubtractProduct(partner, R.Flip4(v3), TForm.IsSet ? v3 : R.Multiply(own, v3));
                        v4 = R.SubtractProduct(partner, R.Flip4(v4), TForm.IsSet ? v4 : R.Multiply(own, v4));
                        v5 = R.SubtractProduct(partner, R.Flip4(v5), TForm.IsSet ? v5 : R.Multiply(own, v5));
                        v6 = R.SubtractProduct(partner, R.Flip4(v6), TForm.IsSet ? v6 : R.Multiply(own, v6));
                        v7 = R.SubtractProduct(partner, R.Flip4(v7), TForm.IsSet ? v7 : R.Multiply(own, v7));
                    }
                }
                if (TForm.IsSet)
                {
                    a = R.MultiplyAdd(t0, v1, v0);
                    v1 = R.SubtractProduct(t0, v0, v1);
                    v0 = a;
                    a = R.MultiplyAdd(t0, v3, v2);
                    v3 = R.SubtractProduct(t0, v2, v3);
                    v2 = a;
                    a = R.MultiplyAdd(t0, v5, v4);
                    v5 = R.SubtractProduct(t0, v4, v5);
                    v4 = a;
                    a = R.MultiplyAdd(t0, v7, v6);
                    v7 = R.SubtractProduct(t0, v6, v7);
                    v6 = a;
                    a = R.MultiplyAdd(t1, v2, v0);
                    v2 = R.SubtractProduct(t1, v0, v2);
                    v0 = a;
                    a = R.MultiplyAdd(t1, v3, v1);
                    v3 = R.SubtractProduct(t1, v1, v3);
                    v1 = a;
                    a = R.MultiplyAdd(t1, v6, v4);
                    v6 = R.SubtractProduct(t1, v4, v6);
                    v4 = a;
                    a = R.MultiplyAdd(t1, v7, v5);
                    v7 = R.SubtractProduct(t1, v5, v7);
                    v5 = a;
                    a = R.MultiplyAdd(t2, v4, v0);
                    v4 = R.SubtractProduct(t2, v0, v4);
                    v0 = a;
                    a = R.MultiplyAdd(t2, v5, v1);
                    v5 = R.SubtractProduct(t2, v1, v5);
                    v1 = a;
                    a = R.MultiplyAdd(t2, v6, v2);
                    v6 = R.SubtractProduct(t2, v2, v6);
                    v2 = a;
                    a = R.MultiplyAdd(t2, v7, v3);
                    v7 = R.SubtractProduct(t2, v3, v7);
                    v3 = a;
                }
                else
                {
                    a = R.Broadcast(step->Turns[0]);
                    b = R.MultiplyAdd(t0, v1, R.Multiply(a, v0));
                    v1 = R.SubtractProduct(t0, v0, R.Multiply(a, v1));
                    v0 = b;
                    b = R.MultiplyAdd(t0, v3, R.Multiply(a, v2));
                    v3 = R.SubtractProduct(t0, v2, R.Multiply(a, v3));
                    v2 = b;
                    b = R.MultiplyAdd(t0, v5, R.Multiply(a, v4));
                    v5 = R.SubtractProduct(t0, v4, R.Multiply(a, v5));
                    v4 = b;
                    b = R.MultiplyAdd(t0, v7, R.Multiply(a, v6));
                    v7 = R.SubtractProduct(t0, v6, R.Multiply(a, v7));
                    v6 = b;
                    a = R.Broadcast(step->Turns[2]);
                    b = R.MultiplyAdd(t1, v2, R.Multiply(a, v0));
                    v2 = R.SubtractProduct(t1, v0, R.Multiply(a, v2));
                    v0 = b;
                    b = R.MultiplyAdd(t1, v3, R.Multiply(a, v1));
                    v3 = R.SubtractProduct(t1, v1, R.Multiply(a, v3));
                    v1 = b;
                    b = R.MultiplyAdd(t1, v6, R.Multiply(a, v4));
                    v6 = R.SubtractProduct(t1, v4, R.Multiply(a, v6));
                    v4 = b;
                    b = R.MultiplyAdd(t1, v7, R.Multiply(a, v5));
                    v7 = R.SubtractProduct(t1, v5, R.Multiply(a, v7));
                    v5 = b;
                    a = R.Broadcast(step->Turns[4]);
                    b = R.MultiplyAdd(t2, v4, R.Multiply(a, v0));
                    v4 = R.SubtractProduct(t2, v0, R.Multiply(a, v4));
                    v0 = b;
                    b = R.MultiplyAdd(t2, v5, R.Multiply(a, v1));
                    v5 = R.SubtractProduct(t2, v1, R.Multiply(a, v5));
                    v1 = b;
                    b = R.MultiplyAdd(t2, v6, R.Multiply(a, v2));
                    v6 = R.SubtractProduct(t2, v2, R.Multiply(a, v6));
                    v2 = b;
                    b = R.MultiplyAdd(t2, v7, R.Multiply(a, v3));
                    v7 = R.SubtractProduct(t2, v3, R.Multiply(a, v7));
                    v3 = b;
                }
                place = target + at;
                R.Store(v0, place);
                R.Store(v1, place + s0);
                R.Store(v2, place + s1);
                R.Store(v3, place + s0 + s1);
                R.Store(v4, place + s2);
                R.Store(v5, place + s0 + s2);
                R.Store(v6, place + s1 + s2);
                R.Store(v7, place + s0 + s1 + s2);
                if (target == bra) break;
                source = braSource;
                target = bra;
            }
            // |λ⟩ is in the registers; |ψ⟩ comes back from the first cache.
            place = ket + at;
            a = R.Load(place);
            slope0 = R.MultiplyAdd(a, v1, slope0);
            slope1 = R.MultiplyAdd(a, v2, slope1);
            slope2 = R.MultiplyAdd(a, v4, slope2);
            a = R.Load(place + s0);
            slope0 = R.SubtractProduct(a, v0, slope0);
            slope1 = R.MultiplyAdd(a, v3, slope1);
            slope2 = R.MultiplyAdd(a, v5, slope2);
            a = R.Load(place + s1);
            slope0 = R.MultiplyAdd(a, v3, slope0);
            slope1 = R.SubtractProduct(a, v0, slope1);
            slope2 = R.MultiplyAdd(a, v6, slope2);
            a = R.Load(place + s0 + s1);
            slope0 = R.SubtractProduct(a, v2, slope0);
            slope1 = R.SubtractProduct(a, v1, slope1);
            slope2 = R.MultiplyAdd(a, v7, slope2);
            a = R.Load(place + s2);
            slope0 = R.MultiplyAdd(a, v5, slope0);
            slope1 = R.MultiplyAdd(a, v6, slope1);
            slope2 = R.SubtractProduct(a, v0, slope2);
            a = R.Load(place + s0 + s2);
            slope0 = R.SubtractProduct(a, v4, slope0);
            slope1 = R.MultiplyAdd(a, v7, slope1);
            slope2 = R.SubtractProduct(a, v1, slope2);
            a = R.Load(place + s1 + s2);
            slope0 = R.MultiplyAdd(a, v7, slope0);
            slope1 = R.SubtractProduct(a, v4, slope1);
            slope2 = R.SubtractProduct(a, v2, slope2);
            a = R.Load(place + s0 + s1 + s2);
            slope0 = R.SubtractProduct(a, v6, slope0);
            slope1 = R.SubtractProduct(a, v5, slope1);
            slope2 = R.SubtractProduct(a, v3, slope2);
            if (TLanes.IsSet)
            {
                if ((laneTurns & 1) != 0)
                {
                    lane0 = R.MultiplyAdd(R.Load(place), R.Flip1(v0), lane0);
                    lane0 = R.MultiplyAdd(R.Load(place + s0), R.Flip1(v1), lane0);
                    lane0 = R.MultiplyAdd(R.Load(place + s1), R.Flip1(v2), lane0);
                    lane0 = R.MultiplyAdd(R.Load(place + s0 + s1), R.Flip1(v3), lane0);
                    lane0 = R.MultiplyAdd(R.Load(place + s2), R.Flip1(v4), lane0);
                    lane0 = R.MultiplyAdd(R.Load(place + s0 + s2), R.Flip1(v5), lane0);
                    lane0 = R.MultiplyAdd(R.Load(place + s1 + s2), R.Flip1(v6), lane0);
                    lane0 = R.MultiplyAdd(R.Load(place + s0 + s1 + s2), R.Flip1(v7), lane0);
                }
                if ((laneTurns & 2) != 0)
                {
                    lane1 = R.MultiplyAdd(R.Load(place), R.Flip2(v0), lane1);
                    lane1 = R.MultiplyAdd(R.Load(place + s0), R.Flip2(v1), lane1);
                    lane1 = R.MultiplyAdd(R.Load(place + s1), R.Flip2(v2), lane1);
                    lane1 = R.MultiplyAdd(R.Load(place + s0 + s1), R.Flip2(v3), lane1);
                    lane1 = R.MultiplyAdd(R.Load(place + s2), R.Flip2(v4), lane1);
                    lane1 = R.MultiplyAdd(R.Load(place + s0 + s2), R.Flip2(v5), lane1);
                    lane1 = R.MultiplyAdd(R.Load(place + s1 + s2), R.Flip2(v6), lane1);
                    lane1 = R.MultiplyAdd(R.Load(place + s0 + s1 + s2), R.Flip2(v7), lane1);
                }
                if (R.Count > 4 && (laneTurns & 4) != 0)
                {
                    lane2 = R.MultiplyAdd(R.Load(place), R.Flip4(v0), lane2);
                    lane2 = R.MultiplyAdd(R.Load(place + s0), R.Flip4(v1), lane2);
                    lane2 = R.MultiplyAdd(R.Load(place + s1), R.Flip4(v2), lane2);
                    lane2 = R.MultiplyAdd(R.Load(place + s0 + s1), R.Flip4(v3), lane2);
                    lane2 = R.MultiplyAdd(R.Load(place + s2), R.Flip4(v4), lane2);
                    lane2 = R.MultiplyAdd(R.Load(place + s0 + s2), R.Flip4(v5), lane2);
                    lane2 = R.MultiplyAdd(R.Load(place + s1 + s2), R.Flip4(v6), lane2);
                    lane2 = R.MultiplyAdd(R.Load(place + s0 + s1 + s2), R.Flip4(v7), lane2);
                }
            }
            at = ((at | fix) + 1) & ~fix;
        }
        slopes[0] += Sum(slope0);
        slopes[1] += Sum(slope1);
        slopes[2] += Sum(slope2);
        if (!TLanes.IsSet) return;
        if ((laneTurns & 1) != 0) slopes[RadixStep.MostBits] += SignedSum(lane0, 0);
        if ((laneTurns & 2) != 0) slopes[RadixStep.MostBits + 1] += SignedSum(lane1, 1);
        if (R.Count > 4 && (laneTurns & 4) != 0) slopes[RadixStep.MostBits + 2] += SignedSum(lane2, 2);
    }
}
