using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Batches;

internal sealed unsafe partial class BatchKernels<R, TVector>
{
    public override void Pauli(PauliJob* job)
    {
        if (job->Flip == 0) Phase(job);
        else if (job->IsTurned) Pauli<Yes>(job);
        else Pauli<No>(job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pauli<TTurned>(PauliJob* job) where TTurned : struct, IFlag
    {
        var state = job->State;
        var flips = job->Visits.Flips;
        var count = job->Visits.Count;
        var flip = job->Flip;
        var signs = job->Signs;
        var (c, s) = (R.Load(job->Cosine), R.Multiply(R.Load(job->Sine), R.Broadcast(job->Sign == 0 ? 1 : -1)));
        var at = job->Visits.First;
        for (nuint k = 1; ; k++)
        {
            var p0 = (double*)(state + at);
            var p1 = (double*)(state + (at ^ flip));
            var (re0, im0, re1, im1) = (R.Load(p0), R.Load(p0 + R.Count), R.Load(p1), R.Load(p1 + R.Count));
            if (TTurned.IsSet)
            {
                // c·a + i·s·b.
                R.Store(R.SubtractProduct(s, im1, R.Multiply(c, re0)), p0);
                R.Store(R.MultiplyAdd(s, re1, R.Multiply(c, im0)), p0 + R.Count);
                R.Store(R.SubtractProduct(s, im0, R.Multiply(c, re1)), p1);
                R.Store(R.MultiplyAdd(s, re0, R.Multiply(c, im1)), p1 + R.Count);
            }
            else
            {
                R.Store(R.MultiplyAdd(s, re1, R.Multiply(c, re0)), p0);
                R.Store(R.MultiplyAdd(s, im1, R.Multiply(c, im0)), p0 + R.Count);
                R.Store(R.SubtractProduct(s, re0, R.Multiply(c, re1)), p1);
                R.Store(R.SubtractProduct(s, im0, R.Multiply(c, im1)), p1 + R.Count);
            }
            if (k == count) return;
            var bit = BitOperations.TrailingZeroCount(k);
            at ^= flips[bit];
            if ((signs >> bit & 1) != 0) s = R.Multiply(s, R.Broadcast(-1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Phase(PauliJob* job)
    {
        var state = job->State;
        var flips = job->Visits.Flips;
        var count = job->Visits.Count;
        var signs = job->Signs;
        var (c, s) = (R.Load(job->Cosine), R.Multiply(R.Load(job->Sine), R.Broadcast(job->Sign == 0 ? 1 : -1)));
        var at = job->Visits.First;
        for (nuint k = 1; ; k++)
        {
            var place = (double*)(state + at);
            var (re, im) = (R.Load(place), R.Load(place + R.Count));
            R.Store(R.SubtractProduct(s, im, R.Multiply(c, re)), place);
            R.Store(R.MultiplyAdd(s, re, R.Multiply(c, im)), place + R.Count);
            if (k == count) return;
            var bit = BitOperations.TrailingZeroCount(k);
            at ^= flips[bit];
            if ((signs >> bit & 1) != 0) s = R.Multiply(s, R.Broadcast(-1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Matrix(MatrixJob* job)
    {
        var state = job->State;
        var flips = job->Visits.Flips;
        var count = job->Visits.Count;
        var size = job->Size;
        var offsets = job->Offsets;
        var vector = job->Vector;
        var at = job->Visits.First;
        for (nuint k = 1; ; k++)
        {
            for (nint j = 0; j < size; j++)
            {
                var place = (double*)(state + (at ^ offsets[j]));
                R.Store(R.Load(place), vector + 2 * j * R.Count);
                R.Store(R.Load(place + R.Count), vector + (2 * j + 1) * R.Count);
            }
            var entry = job->Entries;
            for (nint row = 0; row < size; row++)
            {
                var (re, im) = (R.Broadcast(0), R.Broadcast(0));
                var end = vector + 2 * size * R.Count;
                for (var from = vector; from < end; from += 2 * R.Count, entry += 2)
                {
                    var (er, ei, fr, fi) = (R.Splat(entry), R.Splat(entry + 1), R.Load(from), R.Load(from + R.Count));
                    re = R.SubtractProduct(ei, fi, R.MultiplyAdd(er, fr, re));
                    im = R.MultiplyAdd(ei, fr, R.MultiplyAdd(er, fi, im));
                }
                var place = (double*)(state + (at ^ offsets[row]));
                R.Store(re, place);
                R.Store(im, place + R.Count);
            }
            if (k == count) return;
            at ^= flips[BitOperations.TrailingZeroCount(k)];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Exchange(ExchangeJob* job)
    {
        var state = job->State;
        var flips = job->Visits.Flips;
        var count = job->Visits.Count;
        var from = job->From;
        var to = job->To;
        var at = job->Visits.First;
        for (nuint k = 1; ; k++)
        {
            var p0 = (double*)(state + (at ^ from));
            var p1 = (double*)(state + (at ^ to));
            var (re0, im0, re1, im1) = (R.Load(p0), R.Load(p0 + R.Count), R.Load(p1), R.Load(p1 + R.Count));
            R.Store(re1, p0);
            R.Store(im1, p0 + R.Count);
            R.Store(re0, p1);
            R.Store(im0, p1 + R.Count);
            if (k == count) return;
            at ^= flips[BitOperations.TrailingZeroCount(k)];
        }
    }

    public override void Expectation(ExpectationJob* job)
    {
        if (job->Flip == 0) Diagonal(job);
        else if (job->Weights is null)
        {
            if (job->IsImaginary) Pairs<Yes, No>(job);
            else Pairs<No, No>(job);
        }
        else if (job->IsImaginary) Pairs<Yes, Yes>(job);
        else Pairs<No, Yes>(job);
    }

    /// <summary>Σ w·|ψ|².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Diagonal(ExpectationJob* job)
    {
        var state = job->State;
        var flips = job->Visits.Flips;
        var count = job->Visits.Count;
        var weights = job->Weights;
        var (even, odd) = (R.Broadcast(0), R.Broadcast(0));
        var at = job->Visits.First;
        var first = flips[0];
        // Two by two: a sum alone would wait for each addition.
        for (nuint k = 2; ; k += 2)
        {
            var p0 = (double*)(state + at);
            var p1 = (double*)(state + (at ^ first));
            var (re0, im0, re1, im1) = (R.Load(p0), R.Load(p0 + R.Count), R.Load(p1), R.Load(p1 + R.Count));
            even = R.MultiplyAdd(R.Splat(weights), R.MultiplyAdd(im0, im0, R.Multiply(re0, re0)), even);
            odd = R.MultiplyAdd(R.Splat(weights + 1), R.MultiplyAdd(im1, im1, R.Multiply(re1, re1)), odd);
            weights += 2;
            if (k == count) break;
            at ^= first ^ flips[BitOperations.TrailingZeroCount(k)];
        }
        R.Store(R.Add(R.Load(job->Sum), R.Add(even, odd)), job->Sum);
    }

    /// <summary>Σ w·Re ψ*ψ′, or of the imaginary part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pairs<TImaginary, TWeights>(ExpectationJob* job) where TImaginary : struct, IFlag where TWeights : struct, IFlag
    {
        var state = job->State;
        var flips = job->Visits.Flips;
        var count = job->Visits.Count;
        var weights = job->Weights;
        var flip = job->Flip;
        var (even, odd) = (R.Broadcast(0), R.Broadcast(0));
        var at = job->Visits.First;
        var first = flips[0];
        for (nuint k = 2; ; k += 2)
        {
            var p = (double*)(state + at);
            var q = (double*)(state + (at ^ flip));
            var (re, im, re1, im1) = (R.Load(p), R.Load(p + R.Count), R.Load(q), R.Load(q + R.Count));
            if (TWeights.IsSet)
            {
                var product = TImaginary.IsSet ? R.SubtractProduct(im, re1, R.Multiply(re, im1)) : R.MultiplyAdd(im, im1, R.Multiply(re, re1));
                even = R.MultiplyAdd(R.Splat(weights), product, even);
            }
            else even = TImaginary.IsSet ? R.SubtractProduct(im, re1, R.MultiplyAdd(re, im1, even)) : R.MultiplyAdd(im, im1, R.MultiplyAdd(re, re1, even));
            p = (double*)(state + (at ^ first));
            q = (double*)(state + (at ^ first ^ flip));
            (re, im, re1, im1) = (R.Load(p), R.Load(p + R.Count), R.Load(q), R.Load(q + R.Count));
            if (TWeights.IsSet)
            {
                var product = TImaginary.IsSet ? R.SubtractProduct(im, re1, R.Multiply(re, im1)) : R.MultiplyAdd(im, im1, R.Multiply(re, re1));
                odd = R.MultiplyAdd(R.Splat(weights + 1), product, odd);
                weights += 2;
            }
            else odd = TImaginary.IsSet ? R.SubtractProduct(im, re1, R.MultiplyAdd(re, im1, odd)) : R.MultiplyAdd(im, im1, R.MultiplyAdd(re, re1, odd));
            if (k == count) break;
            at ^= first ^ flips[BitOperations.TrailingZeroCount(k)];
        }
        var sum = R.Add(even, odd);
        if (!TWeights.IsSet) sum = R.Multiply(sum, R.Broadcast(job->Weight));
        R.Store(R.Add(R.Load(job->Sum), sum), job->Sum);
    }
}
