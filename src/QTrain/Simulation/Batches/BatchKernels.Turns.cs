using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Batches;

/// <inheritdoc/>
internal sealed unsafe partial class BatchKernels<R, TVector> : BatchKernels
    where R : struct, IRegister<TVector, double>
    where TVector : unmanaged
{
    public override int Lanes => R.Count;

    public override void HalfAngles(BatchAngles angles, double* parameters, double* into)
    {
        for (var slot = 0; slot < angles.MovedCount; slot++, into += R.Count)
        {
            var angle = angles.MovedAt(slot);
            var sum = R.Broadcast(angle.Constant);
            var (indices, coefficients) = (angle.Indices, angle.Coefficients);
            for (var t = 0; t < indices.Length; t++)
                sum = R.MultiplyAdd(R.Broadcast(coefficients[t]), R.Load(parameters + indices[t] * R.Count), sum);
            R.Store(R.Multiply(sum, R.Broadcast(0.5)), into);
        }
    }

    public override void Scale(double* sum, double* scale)
    {
        var factor = R.Load(scale);
        R.Store(R.Multiply(R.Multiply(factor, factor), R.Load(sum)), sum);
    }

    public override void Turn(TurnJob* job)
    {
        var scale = R.Load(job->Scale);
        TVector cosine = default, sine = default;
        if (job->Settles)
        {
            (cosine, sine) = (R.Multiply(scale, R.Load(job->Cosine0)), R.Multiply(scale, R.Load(job->Sine0)));
            scale = R.Broadcast(1);
        }
        else scale = R.Multiply(scale, R.Load(job->Cosine0));
        if (job->Bits > 1) scale = R.Multiply(scale, R.Load(job->Cosine1));
        if (job->Bits > 2) scale = R.Multiply(scale, R.Load(job->Cosine2));
        R.Store(scale, job->Scale);
        switch (job->Bits)
        {
            case 1 when job->Settles: Turn2<Yes>(job, cosine, sine); break;
            case 1: Turn2<No>(job, cosine, R.Load(job->Tangent0)); break;
            case 2 when job->Settles: Turn4<Yes>(job, cosine, sine); break;
            case 2: Turn4<No>(job, cosine, R.Load(job->Tangent0)); break;
            default:
                if (job->Settles) Turn8<Yes>(job, cosine, sine);
                else Turn8<No>(job, cosine, R.Load(job->Tangent0));
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn2<TSettles>(TurnJob* job, TVector c0, TVector t0) where TSettles : struct, IFlag
    {
        var state = job->State;
        var flips = job->Visits.Flips;
        var count = job->Visits.Count;
        var x1 = job->Flip0;
        var at = job->Visits.First;
        for (nuint k = 1; ; k++)
        {
            var p0 = (double*)(state + at);
            var p1 = (double*)(state + (at ^ x1));
            for (var plane = 0; plane < 2; plane++)
            {
                var (v0, v1) = (R.Load(p0), R.Load(p1));
                if (TSettles.IsSet)
                {
                    R.Store(R.SubtractProduct(t0, v1, R.Multiply(c0, v0)), p0);
                    R.Store(R.MultiplyAdd(t0, v0, R.Multiply(c0, v1)), p1);
                }
                else
                {
                    R.Store(R.SubtractProduct(t0, v1, v0), p0);
                    R.Store(R.MultiplyAdd(t0, v0, v1), p1);
                }
                p0 += R.Count;
                p1 += R.Count;
            }
            if (k == count) return;
            at ^= flips[BitOperations.TrailingZeroCount(k)];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn4<TSettles>(TurnJob* job, TVector c0, TVector t0) where TSettles : struct, IFlag
    {
        var state = job->State;
        var flips = job->Visits.Flips;
        var count = job->Visits.Count;
        var (x1, x2) = (job->Flip0, job->Flip1);
        var x3 = x1 ^ x2;
        var t1 = R.Load(job->Tangent1);
        var at = job->Visits.First;
        for (nuint k = 1; ; k++)
        {
            var p0 = (double*)(state + at);
            var p1 = (double*)(state + (at ^ x1));
            var p2 = (double*)(state + (at ^ x2));
            var p3 = (double*)(state + (at ^ x3));
            for (var plane = 0; plane < 2; plane++)
            {
                var (v0, v1, v2, v3) = (R.Load(p0), R.Load(p1), R.Load(p2), R.Load(p3));
                TVector a0, a2;
                if (TSettles.IsSet)
                {
                    a0 = R.SubtractProduct(t0, v1, R.Multiply(c0, v0));
                    v1 = R.MultiplyAdd(t0, v0, R.Multiply(c0, v1));
                    a2 = R.SubtractProduct(t0, v3, R.Multiply(c0, v2));
                    v3 = R.MultiplyAdd(t0, v2, R.Multiply(c0, v3));
                }
                else
                {
                    a0 = R.SubtractProduct(t0, v1, v0);
                    v1 = R.MultiplyAdd(t0, v0, v1);
                    a2 = R.SubtractProduct(t0, v3, v2);
                    v3 = R.MultiplyAdd(t0, v2, v3);
                }
                R.Store(R.SubtractProduct(t1, a2, a0), p0);
                R.Store(R.MultiplyAdd(t1, a0, a2), p2);
                R.Store(R.SubtractProduct(t1, v3, v1), p1);
                R.Store(R.MultiplyAdd(t1, v1, v3), p3);
                p0 += R.Count;
                p1 += R.Count;
                p2 += R.Count;
                p3 += R.Count;
            }
            if (k == count) return;
            at ^= flips[BitOperations.TrailingZeroCount(k)];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn8<TSettles>(TurnJob* job, TVector c0, TVector t0) where TSettles : struct, IFlag
    {
        var state = job->State;
        var flips = job->Visits.Flips;
        var count = job->Visits.Count;
        var (x1, x2, x4) = (job->Flip0, job->Flip1, job->Flip2);
        var (x3, x5, x6) = (x1 ^ x2, x1 ^ x4, x2 ^ x4);
        var x7 = x3 ^ x4;
        var (t1, t2) = (R.Load(job->Tangent1), R.Load(job->Tangent2));
        var at = job->Visits.First;
        for (nuint k = 1; ; k++)
        {
            var p0 = (double*)(state + at);
            var p1 = (double*)(state + (at ^ x1));
            var p2 = (double*)(state + (at ^ x2));
            var p3 = (double*)(state + (at ^ x3));
            var p4 = (double*)(state + (at ^ x4));
            var p5 = (double*)(state + (at ^ x5));
            var p6 = (double*)(state + (at ^ x6));
            var p7 = (double*)(state + (at ^ x7));
            for (var plane = 0; plane < 2 * R.Count; plane += R.Count)
            {
                var (v0, v1, v2, v3) = (R.Load(p0 + plane), R.Load(p1 + plane), R.Load(p2 + plane), R.Load(p3 + plane));
                var (v4, v5, v6, v7) = (R.Load(p4 + plane), R.Load(p5 + plane), R.Load(p6 + plane), R.Load(p7 + plane));
                TVector a0, a2, a4, a6;
                if (TSettles.IsSet)
                {
                    a0 = R.SubtractProduct(t0, v1, R.Multiply(c0, v0));
                    v1 = R.MultiplyAdd(t0, v0, R.Multiply(c0, v1));
                    a2 = R.SubtractProduct(t0, v3, R.Multiply(c0, v2));
                    v3 = R.MultiplyAdd(t0, v2, R.Multiply(c0, v3));
                    a4 = R.SubtractProduct(t0, v5, R.Multiply(c0, v4));
                    v5 = R.MultiplyAdd(t0, v4, R.Multiply(c0, v5));
                    a6 = R.SubtractProduct(t0, v7, R.Multiply(c0, v6));
                    v7 = R.MultiplyAdd(t0, v6, R.Multiply(c0, v7));
                }
                else
                {
                    a0 = R.SubtractProduct(t0, v1, v0);
                    v1 = R.MultiplyAdd(t0, v0, v1);
                    a2 = R.SubtractProduct(t0, v3, v2);
                    v3 = R.MultiplyAdd(t0, v2, v3);
                    a4 = R.SubtractProduct(t0, v5, v4);
                    v5 = R.MultiplyAdd(t0, v4, v5);
                    a6 = R.SubtractProduct(t0, v7, v6);
                    v7 = R.MultiplyAdd(t0, v6, v7);
                }
                v0 = R.SubtractProduct(t1, a2, a0);
                v2 = R.MultiplyAdd(t1, a0, a2);
                a0 = R.SubtractProduct(t1, v3, v1);
                v3 = R.MultiplyAdd(t1, v1, v3);
                v4 = R.SubtractProduct(t1, a6, a4);
                v6 = R.MultiplyAdd(t1, a4, a6);
                a4 = R.SubtractProduct(t1, v7, v5);
                v7 = R.MultiplyAdd(t1, v5, v7);
                R.Store(R.SubtractProduct(t2, v4, v0), p0 + plane);
                R.Store(R.MultiplyAdd(t2, v0, v4), p4 + plane);
                R.Store(R.SubtractProduct(t2, a4, a0), p1 + plane);
                R.Store(R.MultiplyAdd(t2, a0, a4), p5 + plane);
                R.Store(R.SubtractProduct(t2, v6, v2), p2 + plane);
                R.Store(R.MultiplyAdd(t2, v2, v6), p6 + plane);
                R.Store(R.SubtractProduct(t2, v7, v3), p3 + plane);
                R.Store(R.MultiplyAdd(t2, v3, v7), p7 + plane);
            }
            if (k == count) return;
            at ^= flips[BitOperations.TrailingZeroCount(k)];
        }
    }
}
