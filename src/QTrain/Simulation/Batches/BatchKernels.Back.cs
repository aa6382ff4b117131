using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Batches;

// The way back of adjoint differentiation: |ψ⟩ and |λ⟩ together. Of an angle that moves a state by ½·K the slope is Re⟨λ|K|ψ⟩; undoing the
// rotation, which commutes with K, does not change it, so it is taken from the registers as they are loaded.
internal sealed unsafe partial class BatchKernels<R, TVector>
{
    public override void AddSlope(AffineAngle angle, double* slope, double* gradient)
    {
        var (indices, coefficients, moved) = (angle.Indices, angle.Coefficients, R.Load(slope));
        for (var t = 0; t < indices.Length; t++)
        {
            var place = gradient + indices[t] * R.Count;
            R.Store(R.MultiplyAdd(R.Broadcast(coefficients[t]), moved, R.Load(place)), place);
        }
    }

    public override void TurnBack(TurnBackJob* job)
    {
        var scale = R.Load(job->Scale);
        var weight = R.Multiply(scale, scale);
        TVector cosine = default, sine;
        if (job->Settles)
        {
            (cosine, sine) = (R.Multiply(scale, R.Load(job->Cosine0)), R.Multiply(scale, R.Load(job->Sine0)));
            scale = R.Broadcast(1);
        }
        else
        {
            scale = R.Multiply(scale, R.Load(job->Cosine0));
            sine = R.Load(job->Tangent0);
        }
        if (job->Bits > 1) scale = R.Multiply(scale, R.Load(job->Cosine1));
        R.Store(scale, job->Scale);
        if (job->Bits == 1)
        {
            if (job->Settles) Back2<Yes>(job, cosine, sine, weight);
            else Back2<No>(job, cosine, sine, weight);
        }
        else if (job->Settles) Back4<Yes>(job, cosine, sine, weight);
        else Back4<No>(job, cosine, sine, weight);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Back2<TSettles>(TurnBackJob* job, TVector c0, TVector t0, TVector weight) where TSettles : struct, IFlag
    {
        var state = job->State;
        var bra = job->Bra;
        var flips = job->Visits.Flips;
        var (count, x1, at) = (job->Visits.Count, job->Flip0, job->Visits.First);
        var (plus, minus) = (R.Broadcast(0), R.Broadcast(0));
        for (nuint k = 1; ; k++)
        {
            var (i0, i1) = (at, at ^ x1);
            for (var plane = 0; plane < 2 * R.Count; plane += R.Count)
            {
                var p0 = (double*)(state + i0) + plane;
                var p1 = (double*)(state + i1) + plane;
                var q0 = (double*)(bra + i0) + plane;
                var q1 = (double*)(bra + i1) + plane;
                var (v0, v1, w0, w1) = (R.Load(p0), R.Load(p1), R.Load(q0), R.Load(q1));
                plus = R.MultiplyAdd(w1, v0, plus);
                minus = R.MultiplyAdd(w0, v1, minus);
                if (TSettles.IsSet)
                {
                    R.Store(R.MultiplyAdd(t0, v1, R.Multiply(c0, v0)), p0);
                    R.Store(R.SubtractProduct(t0, v0, R.Multiply(c0, v1)), p1);
                    R.Store(R.MultiplyAdd(t0, w1, R.Multiply(c0, w0)), q0);
                    R.Store(R.SubtractProduct(t0, w0, R.Multiply(c0, w1)), q1);
                }
                else
                {
                    R.Store(R.MultiplyAdd(t0, v1, v0), p0);
                    R.Store(R.SubtractProduct(t0, v0, v1), p1);
                    R.Store(R.MultiplyAdd(t0, w1, w0), q0);
                    R.Store(R.SubtractProduct(t0, w0, w1), q1);
                }
            }
            if (k == count) break;
            at ^= flips[BitOperations.TrailingZeroCount(k)];
        }
        R.Store(R.Multiply(weight, R.SubtractProduct(minus, R.Broadcast(1), plus)), job->Slope0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Back4<TSettles>(TurnBackJob* job, TVector c0, TVector t0, TVector weight) where TSettles : struct, IFlag
    {
        var state = job->State;
        var bra = job->Bra;
        var flips = job->Visits.Flips;
        var (count, x1, x2, at) = (job->Visits.Count, job->Flip0, job->Flip1, job->Visits.First);
        var t1 = R.Load(job->Tangent1);
        var (slope0, slope1) = (R.Broadcast(0), R.Broadcast(0));
        for (nuint k = 1; ; k++)
        {
            var (i0, i1, i2, i3) = (at, at ^ x1, at ^ x2, at ^ x1 ^ x2);
            for (var plane = 0; plane < 2 * R.Count; plane += R.Count)
            {
                var p0 = (double*)(state + i0) + plane;
                var p1 = (double*)(state + i1) + plane;
                var p2 = (double*)(state + i2) + plane;
                var p3 = (double*)(state + i3) + plane;
                var (v0, v1, v2, v3) = (R.Load(p0), R.Load(p1), R.Load(p2), R.Load(p3));
                var q0 = (double*)(bra + i0) + plane;
                var q1 = (double*)(bra + i1) + plane;
                var q2 = (double*)(bra + i2) + plane;
                var q3 = (double*)(bra + i3) + plane;
                var (w0, w1, w2, w3) = (R.Load(q0), R.Load(q1), R.Load(q2), R.Load(q3));
                slope0 = R.SubtractProduct(w0, v1, R.MultiplyAdd(w1, v0, slope0));
                slope1 = R.SubtractProduct(w0, v2, R.MultiplyAdd(w2, v0, slope1));
                slope0 = R.SubtractProduct(w2, v3, R.MultiplyAdd(w3, v2, slope0));
                slope1 = R.SubtractProduct(w1, v3, R.MultiplyAdd(w3, v1, slope1));
                TVector a, b;
                if (TSettles.IsSet)
                {
                    a = R.MultiplyAdd(t0, v1, R.Multiply(c0, v0));
                    v1 = R.SubtractProduct(t0, v0, R.Multiply(c0, v1));
                    b = R.MultiplyAdd(t0, v3, R.Multiply(c0, v2));
                    v3 = R.SubtractProduct(t0, v2, R.Multiply(c0, v3));
                }
                else
                {
                    a = R.MultiplyAdd(t0, v1, v0);
                    v1 = R.SubtractProduct(t0, v0, v1);
                    b = R.MultiplyAdd(t0, v3, v2);
                    v3 = R.SubtractProduct(t0, v2, v3);
                }
                R.Store(R.MultiplyAdd(t1, b, a), p0);
                R.Store(R.SubtractProduct(t1, a, b), p2);
                R.Store(R.MultiplyAdd(t1, v3, v1), p1);
                R.Store(R.SubtractProduct(t1, v1, v3), p3);
                if (TSettles.IsSet)
                {
                    a = R.MultiplyAdd(t0, w1, R.Multiply(c0, w0));
                    w1 = R.SubtractProduct(t0, w0, R.Multiply(c0, w1));
                    b = R.MultiplyAdd(t0, w3, R.Multiply(c0, w2));
                    w3 = R.SubtractProduct(t0, w2, R.Multiply(c0, w3));
                }
                else
                {
                    a = R.MultiplyAdd(t0, w1, w0);
                    w1 = R.SubtractProduct(t0, w0, w1);
                    b = R.MultiplyAdd(t0, w3, w2);
                    w3 = R.SubtractProduct(t0, w2, w3);
                }
                R.Store(R.MultiplyAdd(t1, b, a), q0);
                R.Store(R.SubtractProduct(t1, a, b), q2);
                R.Store(R.MultiplyAdd(t1, w3, w1), q1);
                R.Store(R.SubtractProduct(t1, w1, w3), q3);
            }
            if (k == count) break;
            at ^= flips[BitOperations.TrailingZeroCount(k)];
        }
        R.Store(R.Multiply(weight, slope0), job->Slope0);
        R.Store(R.Multiply(weight, slope1), job->Slope1);
    }

    public override void PauliBack(PauliJob* job)
    {
        if (job->Flip == 0) PauliBack<Yes, Yes>(job);
        else if (job->IsTurned) PauliBack<Yes, No>(job);
        else PauliBack<No, No>(job);
    }

    /// <summary><c>TTurned</c>: K is imaginary; <c>TPhase</c>: it is diagonal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PauliBack<TTurned, TPhase>(PauliJob* job) where TTurned : struct, IFlag where TPhase : struct, IFlag
    {
        var state = job->State;
        var bra = job->Bra;
        var flips = job->Visits.Flips;
        var (count, flip, signs, at) = (job->Visits.Count, job->Flip, job->Signs, job->Visits.First);
        var sign = R.Broadcast(job->Sign == 0 ? 1 : -1);
        var (c, s) = (R.Load(job->Cosine), R.Multiply(R.Load(job->Sine), sign));
        var slope = R.Broadcast(0);
        for (nuint k = 1; ; k++)
        {
            var p = (double*)(state + at);
            var q = (double*)(bra + at);
            var (ar, ai, lar, lai) = (R.Load(p), R.Load(p + R.Count), R.Load(q), R.Load(q + R.Count));
            if (TPhase.IsSet)
            {
                slope = R.MultiplyAdd(sign, R.SubtractProduct(lar, ai, R.Multiply(lai, ar)), slope);
                R.Store(R.MultiplyAdd(s, ai, R.Multiply(c, ar)), p);
                R.Store(R.SubtractProduct(s, ar, R.Multiply(c, ai)), p + R.Count);
                R.Store(R.MultiplyAdd(s, lai, R.Multiply(c, lar)), q);
                R.Store(R.SubtractProduct(s, lar, R.Multiply(c, lai)), q + R.Count);
            }
            else
            {
                var p1 = (double*)(state + (at ^ flip));
                var q1 = (double*)(bra + (at ^ flip));
                var (br, bi, lbr, lbi) = (R.Load(p1), R.Load(p1 + R.Count), R.Load(q1), R.Load(q1 + R.Count));
                if (TTurned.IsSet)
                {
                    var sum = R.SubtractProduct(lar, bi, R.Multiply(lai, br));
                    sum = R.SubtractProduct(lbr, ai, R.MultiplyAdd(lbi, ar, sum));
                    slope = R.MultiplyAdd(sign, sum, slope);
                    R.Store(R.MultiplyAdd(s, bi, R.Multiply(c, ar)), p);
                    R.Store(R.SubtractProduct(s, br, R.Multiply(c, ai)), p + R.Count);
                    R.Store(R.MultiplyAdd(s, ai, R.Multiply(c, br)), p1);
                    R.Store(R.SubtractProduct(s, ar, R.Multiply(c, bi)), p1 + R.Count);
                    R.Store(R.MultiplyAdd(s, lbi, R.Multiply(c, lar)), q);
                    R.Store(R.SubtractProduct(s, lbr, R.Multiply(c, lai)), q + R.Count);
                    R.Store(R.MultiplyAdd(s, lai, R.Multiply(c, lbr)), q1);
                    R.Store(R.SubtractProduct(s, lar, R.Multiply(c, lbi)), q1 + R.Count);
                }
                else
                {
                    var sum = R.MultiplyAdd(lai, bi, R.Multiply(lar, br));
                    sum = R.SubtractProduct(lbi, ai, R.SubtractProduct(lbr, ar, sum));
                    slope = R.MultiplyAdd(sign, sum, slope);
                    R.Store(R.SubtractProduct(s, br, R.Multiply(c, ar)), p);
                    R.Store(R.SubtractProduct(s, bi, R.Multiply(c, ai)), p + R.Count);
                    R.Store(R.MultiplyAdd(s, ar, R.Multiply(c, br)), p1);
                    R.Store(R.MultiplyAdd(s, ai, R.Multiply(c, bi)), p1 + R.Count);
                    R.Store(R.SubtractProduct(s, lbr, R.Multiply(c, lar)), q);
                    R.Store(R.SubtractProduct(s, lbi, R.Multiply(c, lai)), q + R.Count);
                    R.Store(R.MultiplyAdd(s, lar, R.Multiply(c, lbr)), q1);
                    R.Store(R.MultiplyAdd(s, lai, R.Multiply(c, lbi)), q1 + R.Count);
                }
            }
            if (k == count) break;
            var bit = BitOperations.TrailingZeroCount(k);
            at ^= flips[bit];
            if ((signs >> bit & 1) == 0) continue;
            s = R.Multiply(s, R.Broadcast(-1));
            sign = R.Multiply(sign, R.Broadcast(-1));
        }
        if (job->Slope is null) return;
        var scale = R.Load(job->Scale);
        R.Store(R.Multiply(R.Multiply(scale, scale), slope), job->Slope);
    }

    public override void BeginImage(byte* state, byte* image, nuint blocks, double constant)
    {
        var factor = R.Broadcast(constant);
        var from = (double*)state;
        var to = (double*)image;
        for (nuint k = 0; k < 2 * blocks; k++) R.Store(R.Multiply(factor, R.Load(from + k * (nuint)R.Count)), to + k * (nuint)R.Count);
    }

    public override void AddImage(ExpectationJob* job)
    {
        if (job->Flip == 0) AddImage<No, Yes>(job);
        else if (job->IsImaginary) AddImage<Yes, No>(job);
        else AddImage<No, No>(job);
    }

    /// <summary>Both of a pair have half its weight; where it is imaginary, of opposite signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddImage<TImaginary, TDiagonal>(ExpectationJob* job) where TImaginary : struct, IFlag where TDiagonal : struct, IFlag
    {
        var state = job->State;
        var image = job->Image;
        var flips = job->Visits.Flips;
        var weights = job->Weights;
        var (count, flip, at) = (job->Visits.Count, job->Flip, job->Visits.First);
        var same = R.Broadcast(job->Weight / 2);
        for (nuint k = 1; ; k++)
        {
            var p = (double*)(state + at);
            var q = (double*)(image + at);
            if (TDiagonal.IsSet)
            {
                var weight = R.Splat(weights++);
                R.Store(R.MultiplyAdd(weight, R.Load(p), R.Load(q)), q);
                R.Store(R.MultiplyAdd(weight, R.Load(p + R.Count), R.Load(q + R.Count)), q + R.Count);
            }
            else
            {
                var half = weights is null ? same : R.Multiply(R.Splat(weights++), R.Broadcast(0.5));
                var p1 = (double*)(state + (at ^ flip));
                var q1 = (double*)(image + (at ^ flip));
                var (ar, ai, br, bi) = (R.Load(p), R.Load(p + R.Count), R.Load(p1), R.Load(p1 + R.Count));
                if (TImaginary.IsSet)
                {
                    R.Store(R.MultiplyAdd(half, bi, R.Load(q)), q);
                    R.Store(R.SubtractProduct(half, br, R.Load(q + R.Count)), q + R.Count);
                    R.Store(R.SubtractProduct(half, ai, R.Load(q1)), q1);
                    R.Store(R.MultiplyAdd(half, ar, R.Load(q1 + R.Count)), q1 + R.Count);
                }
                else
                {
                    R.Store(R.MultiplyAdd(half, br, R.Load(q)), q);
                    R.Store(R.MultiplyAdd(half, bi, R.Load(q + R.Count)), q + R.Count);
                    R.Store(R.MultiplyAdd(half, ar, R.Load(q1)), q1);
                    R.Store(R.MultiplyAdd(half, ai, R.Load(q1 + R.Count)), q1 + R.Count);
                }
            }
            if (k == count) return;
            at ^= flips[BitOperations.TrailingZeroCount(k)];
        }
    }
}
