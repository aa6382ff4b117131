using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>A two-qubit unitary without its phases (<see cref="Plans.PairRotation"/>), or its inverse, in one visit of every amplitude.</summary>
internal unsafe struct CanonicalStep
{
    /// <summary>Most rows of coefficients.</summary>
    public const int MostRows = 10;

    /// <summary>The bits of an offset that stay zero: the two qubits, the lanes and the plane.</summary>
    public nuint Fixed;

    /// <summary>Offsets of the qubits that are outside the register, where amplitudes are loaded.</summary>
    public nuint Low, High;

    /// <summary>Where they are stored.</summary>
    public nuint LowTo, HighTo;

    /// <summary>Coefficients, each as many numbers as there are lanes. See the kernels for their meaning.</summary>
    public void* Rows;
}

/// <summary>The kernels of <see cref="CanonicalStep"/>. <c>TBack</c>: the inverse, from the same coefficients.</summary>
/// <remarks>Forty multiply-adds for eight registers, where the product with a 4×4 matrix takes sixty-four: turns and exchanges are of the form
/// [1 −t; t 1], and the cosines left out are put in once. However large a tangent is, what it multiplies becomes as small, so nothing is lost.
/// Written out, for a register handed on by reference would have to lie in memory.</remarks>
internal static unsafe class CanonicalKernels<R, TVector, TElement>
    where R : struct, IRegister<TVector, TElement>
    where TVector : unmanaged
    where TElement : unmanaged
{
    private const int Plane = 8;

    /// <summary>Both qubits outside the register. Rows: tangent of the lower turn; all cosines of the even pair, and of the odd one; each times
    /// the tangent of the higher turn; real and imaginary part of W / cos of the even pair, and of the odd one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Outside<TBack>(CanonicalStep* step, void* source, void* target, nuint start, nint count)
        where TBack : struct, IFlag
    {
        var fix = step->Fixed;
        // What was stored is loaded on the way back.
        var (low, high) = TBack.IsSet ? (step->LowTo, step->HighTo) : (step->Low, step->High);
        var (lowTo, highTo) = TBack.IsSet ? (step->Low, step->High) : (step->LowTo, step->HighTo);
        var rows = (TElement*)step->Rows;
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)source + at;
            var r0 = R.Load(place);
            var i0 = R.Load(place + Plane);
            var r1 = R.Load(place + low);
            var i1 = R.Load(place + low + Plane);
            var r2 = R.Load(place + high);
            var i2 = R.Load(place + high + Plane);
            var r3 = R.Load(place + low + high);
            var i3 = R.Load(place + low + high + Plane);
            if (!TBack.IsSet)
            {
                var t = R.Load(rows);
                var a0 = R.SubtractProduct(t, r1, r0);
                r1 = R.MultiplyAdd(t, r0, r1);
                var a1 = R.SubtractProduct(t, i1, i0);
                i1 = R.MultiplyAdd(t, i0, i1);
                var a2 = R.SubtractProduct(t, r3, r2);
                r3 = R.MultiplyAdd(t, r2, r3);
                var a3 = R.SubtractProduct(t, i3, i2);
                i3 = R.MultiplyAdd(t, i2, i3);
                var even = R.Load(rows + R.Count);
                var evenTangent = R.Load(rows + 3 * R.Count);
                r0 = R.SubtractProduct(evenTangent, a2, R.Multiply(even, a0));
                i0 = R.SubtractProduct(evenTangent, a3, R.Multiply(even, a1));
                var b0 = R.MultiplyAdd(evenTangent, r1, R.Multiply(even, r3));
                var b1 = R.MultiplyAdd(evenTangent, i1, R.Multiply(even, i3));
                var odd = R.Load(rows + 2 * R.Count);
                var oddTangent = R.Load(rows + 4 * R.Count);
                r2 = R.MultiplyAdd(oddTangent, a0, R.Multiply(odd, a2));
                i2 = R.MultiplyAdd(oddTangent, a1, R.Multiply(odd, a3));
                r1 = R.SubtractProduct(oddTangent, r3, R.Multiply(odd, r1));
                i1 = R.SubtractProduct(oddTangent, i3, R.Multiply(odd, i1));
                (r3, i3) = (b0, b1);
            }
            {
                var re = R.Load(rows + 5 * R.Count);
                var im = R.Load(rows + 6 * R.Count);
                if (TBack.IsSet)
                {
                    var a0 = R.MultiplyAdd(im, i3, R.SubtractProduct(re, r3, r0));
                    var a1 = R.SubtractProduct(im, r3, R.SubtractProduct(re, i3, i0));
                    r3 = R.MultiplyAdd(im, i0, R.MultiplyAdd(re, r0, r3));
                    i3 = R.SubtractProduct(im, r0, R.MultiplyAdd(re, i0, i3));
                    (r0, i0) = (a0, a1);
                }
                else
                {
                    var a0 = R.SubtractProduct(im, i3, R.MultiplyAdd(re, r3, r0));
                    var a1 = R.MultiplyAdd(im, r3, R.MultiplyAdd(re, i3, i0));
                    r3 = R.SubtractProduct(im, i0, R.SubtractProduct(re, r0, r3));
                    i3 = R.MultiplyAdd(im, r0, R.SubtractProduct(re, i0, i3));
                    (r0, i0) = (a0, a1);
                }
            }
            {
                var re = R.Load(rows + 7 * R.Count);
                var im = R.Load(rows + 8 * R.Count);
                if (TBack.IsSet)
                {
                    var a0 = R.MultiplyAdd(im, i2, R.SubtractProduct(re, r2, r1));
                    var a1 = R.SubtractProduct(im, r2, R.SubtractProduct(re, i2, i1));
                    r2 = R.MultiplyAdd(im, i1, R.MultiplyAdd(re, r1, r2));
                    i2 = R.SubtractProduct(im, r1, R.MultiplyAdd(re, i1, i2));
                    (r1, i1) = (a0, a1);
                }
                else
                {
                    var a0 = R.SubtractProduct(im, i2, R.MultiplyAdd(re, r2, r1));
                    var a1 = R.MultiplyAdd(im, r2, R.MultiplyAdd(re, i2, i1));
                    r2 = R.SubtractProduct(im, i1, R.SubtractProduct(re, r1, r2));
                    i2 = R.MultiplyAdd(im, r1, R.SubtractProduct(re, i1, i2));
                    (r1, i1) = (a0, a1);
                }
            }
            if (TBack.IsSet)
            {
                var even = R.Load(rows + R.Count);
                var odd = R.Load(rows + 2 * R.Count);
                var evenTangent = R.Load(rows + 3 * R.Count);
                var oddTangent = R.Load(rows + 4 * R.Count);
                var a0 = R.MultiplyAdd(oddTangent, r2, R.Multiply(even, r0));
                var a1 = R.MultiplyAdd(oddTangent, i2, R.Multiply(even, i0));
                var a2 = R.SubtractProduct(evenTangent, r0, R.Multiply(odd, r2));
                var a3 = R.SubtractProduct(evenTangent, i0, R.Multiply(odd, i2));
                var b0 = R.MultiplyAdd(evenTangent, r3, R.Multiply(odd, r1));
                var b1 = R.MultiplyAdd(evenTangent, i3, R.Multiply(odd, i1));
                r3 = R.SubtractProduct(oddTangent, r1, R.Multiply(even, r3));
                i3 = R.SubtractProduct(oddTangent, i1, R.Multiply(even, i3));
                var t = R.Load(rows);
                r0 = R.MultiplyAdd(t, b0, a0);
                r1 = R.SubtractProduct(t, a0, b0);
                i0 = R.MultiplyAdd(t, b1, a1);
                i1 = R.SubtractProduct(t, a1, b1);
                r2 = R.MultiplyAdd(t, r3, a2);
                r3 = R.SubtractProduct(t, a2, r3);
                i2 = R.MultiplyAdd(t, i3, a3);
                i3 = R.SubtractProduct(t, a3, i3);
            }
            place = (TElement*)target + at;
            R.Store(r0, place);
            R.Store(i0, place + Plane);
            R.Store(r1, place + lowTo);
            R.Store(i1, place + lowTo + Plane);
            R.Store(r2, place + highTo);
            R.Store(i2, place + highTo + Plane);
            R.Store(r3, place + lowTo + highTo);
            R.Store(i3, place + lowTo + highTo + Plane);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>The lower qubit inside the register. Rows: tangent of the higher turn; own and partner's factor of the lower turn, times the cosine
    /// of the higher; cosine, real and imaginary part of the partner's factor where the higher qubit is 0, and where it is 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneInside<TBack, TBit>(CanonicalStep* step, void* source, void* target, nuint start, nint count)
        where TBack : struct, IFlag
        where TBit : struct, ILaneBit
    {
        var fix = step->Fixed;
        var (high, highTo) = TBack.IsSet ? (step->HighTo, step->High) : (step->High, step->HighTo);
        var rows = (TElement*)step->Rows;
        var t = R.Load(rows);
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)source + at;
            var r0 = R.Load(place);
            var i0 = R.Load(place + Plane);
            var r1 = R.Load(place + high);
            var i1 = R.Load(place + high + Plane);
            if (!TBack.IsSet)
            {
                var a0 = R.SubtractProduct(t, r1, r0);
                r1 = R.MultiplyAdd(t, r0, r1);
                var a1 = R.SubtractProduct(t, i1, i0);
                i1 = R.MultiplyAdd(t, i0, i1);
                var (own, partner) = (R.Load(rows + R.Count), R.Load(rows + 2 * R.Count));
                r0 = R.MultiplyAdd(partner, Flip<TBit>(a0), R.Multiply(own, a0));
                i0 = R.MultiplyAdd(partner, Flip<TBit>(a1), R.Multiply(own, a1));
                r1 = R.MultiplyAdd(partner, Flip<TBit>(r1), R.Multiply(own, r1));
                i1 = R.MultiplyAdd(partner, Flip<TBit>(i1), R.Multiply(own, i1));
            }
            {
                var p0 = Flip<TBit>(r0);
                var q0 = Flip<TBit>(i0);
                var p1 = Flip<TBit>(r1);
                var q1 = Flip<TBit>(i1);
                var cos = R.Load(rows + 3 * R.Count);
                var re = R.Load(rows + 4 * R.Count);
                var im = R.Load(rows + 5 * R.Count);
                var cos1 = R.Load(rows + 6 * R.Count);
                var re1 = R.Load(rows + 7 * R.Count);
                var im1 = R.Load(rows + 8 * R.Count);
                if (TBack.IsSet)
                {
                    r0 = R.MultiplyAdd(im, q1, R.SubtractProduct(re, p1, R.Multiply(cos, r0)));
                    i0 = R.SubtractProduct(im, p1, R.SubtractProduct(re, q1, R.Multiply(cos, i0)));
                    r1 = R.MultiplyAdd(im1, q0, R.SubtractProduct(re1, p0, R.Multiply(cos1, r1)));
                    i1 = R.SubtractProduct(im1, p0, R.SubtractProduct(re1, q0, R.Multiply(cos1, i1)));
                }
                else
                {
                    r0 = R.SubtractProduct(im, q1, R.MultiplyAdd(re, p1, R.Multiply(cos, r0)));
                    i0 = R.MultiplyAdd(im, p1, R.MultiplyAdd(re, q1, R.Multiply(cos, i0)));
                    r1 = R.SubtractProduct(im1, q0, R.MultiplyAdd(re1, p0, R.Multiply(cos1, r1)));
                    i1 = R.MultiplyAdd(im1, p0, R.MultiplyAdd(re1, q0, R.Multiply(cos1, i1)));
                }
            }
            if (TBack.IsSet)
            {
                var (own, partner) = (R.Load(rows + R.Count), R.Load(rows + 2 * R.Count));
                var a0 = R.SubtractProduct(partner, Flip<TBit>(r0), R.Multiply(own, r0));
                var a1 = R.SubtractProduct(partner, Flip<TBit>(i0), R.Multiply(own, i0));
                r1 = R.SubtractProduct(partner, Flip<TBit>(r1), R.Multiply(own, r1));
                i1 = R.SubtractProduct(partner, Flip<TBit>(i1), R.Multiply(own, i1));
                r0 = R.MultiplyAdd(t, r1, a0);
                r1 = R.SubtractProduct(t, a0, r1);
                i0 = R.MultiplyAdd(t, i1, a1);
                i1 = R.SubtractProduct(t, a1, i1);
            }
            place = (TElement*)target + at;
            R.Store(r0, place);
            R.Store(i0, place + Plane);
            R.Store(r1, place + highTo);
            R.Store(i1, place + highTo + Plane);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    /// <summary>Both qubits inside the register. Rows: own and partner's factor of the lower turn, and of the higher one; cosine, real and imaginary
    /// part of the partner's factor; the permutations that flip the lower qubit, the higher, and both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void BothInside<TBack>(CanonicalStep* step, void* source, void* target, nuint start, nint count)
        where TBack : struct, IFlag
    {
        var fix = step->Fixed;
        var rows = (TElement*)step->Rows;
        var (flipLow, flipHigh, flipBoth) = (R.Load(rows + 7 * R.Count), R.Load(rows + 8 * R.Count), R.Load(rows + 9 * R.Count));
        var at = start;
        for (var k = count; k > 0; k--)
        {
            var place = (TElement*)source + at;
            var r = R.Load(place);
            var i = R.Load(place + Plane);
            var (own, partner) = (R.Load(rows), R.Load(rows + R.Count));
            var (ownHigh, partnerHigh) = (R.Load(rows + 2 * R.Count), R.Load(rows + 3 * R.Count));
            if (!TBack.IsSet)
            {
                r = R.MultiplyAdd(partner, R.Permute(r, flipLow), R.Multiply(own, r));
                i = R.MultiplyAdd(partner, R.Permute(i, flipLow), R.Multiply(own, i));
                r = R.MultiplyAdd(partnerHigh, R.Permute(r, flipHigh), R.Multiply(ownHigh, r));
                i = R.MultiplyAdd(partnerHigh, R.Permute(i, flipHigh), R.Multiply(ownHigh, i));
            }
            {
                var (p, q) = (R.Permute(r, flipBoth), R.Permute(i, flipBoth));
                var (cos, re, im) = (R.Load(rows + 4 * R.Count), R.Load(rows + 5 * R.Count), R.Load(rows + 6 * R.Count));
                if (TBack.IsSet)
                {
                    r = R.MultiplyAdd(im, q, R.SubtractProduct(re, p, R.Multiply(cos, r)));
                    i = R.SubtractProduct(im, p, R.SubtractProduct(re, q, R.Multiply(cos, i)));
                }
                else
                {
                    r = R.SubtractProduct(im, q, R.MultiplyAdd(re, p, R.Multiply(cos, r)));
                    i = R.MultiplyAdd(im, p, R.MultiplyAdd(re, q, R.Multiply(cos, i)));
                }
            }
            if (TBack.IsSet)
            {
                r = R.SubtractProduct(partnerHigh, R.Permute(r, flipHigh), R.Multiply(ownHigh, r));
                i = R.SubtractProduct(partnerHigh, R.Permute(i, flipHigh), R.Multiply(ownHigh, i));
                r = R.SubtractProduct(partner, R.Permute(r, flipLow), R.Multiply(own, r));
                i = R.SubtractProduct(partner, R.Permute(i, flipLow), R.Multiply(own, i));
            }
            place = (TElement*)target + at;
            R.Store(r, place);
            R.Store(i, place + Plane);
            at = ((at | fix) + 1) & ~fix;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Flip<TBit>(TVector value)
        where TBit : struct, ILaneBit => TBit.Value == 0 ? R.Flip1(value) : TBit.Value == 1 ? R.Flip2(value) : R.Flip4(value);
}

/// <summary>A bit of a lane's number, known when a kernel is compiled.</summary>
internal interface ILaneBit
{
    static abstract int Value { get; }
}

internal readonly struct Bit0 : ILaneBit
{
    public static int Value => 0;
}

internal readonly struct Bit1 : ILaneBit
{
    public static int Value => 1;
}

internal readonly struct Bit2 : ILaneBit
{
    public static int Value => 2;
}
