using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QTrain.Simulation.Batches;

/// <summary>Sines and cosines of many angles at once.</summary>
/// <remarks>
/// The reduction by multiples of π/2 keeps 160 bits of π, three fused multiply-adds without a rounding that matters; then the minimax
/// polynomials of fdlibm (Sun Microsystems 1993) on [−π/4, π/4]. Both are within 1 ulp, or 10⁻¹⁶ where that is larger. Four at a time whatever
/// the width of registers, in operations that IEEE 754 defines to the bit, so no result depends on the machine. Angles beyond 2³⁰ are rare
/// enough to be left to <see cref="Math.SinCos"/>.
/// </remarks>
internal static unsafe class SineCosine
{
    /// <summary>How many angles are done together: every count must be a multiple.</summary>
    public const int Together = 4;

    private const double Largest = 1 << 30;

    // Adding this leaves the nearest integer in the lowest bits.
    private const double Round = 6755399441055744;

    // π/2 in three parts.
    private const double First = 1.5707963267948966, Second = 6.123233995736766e-17, Third = -1.4973849048591833e-33;

    /// <summary>Writes sin and cos of <paramref name="count"/> angles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of(double* angles, double* sines, double* cosines, int count)
    {
        var largest = Vector256<double>.Zero;
        for (var k = 0; k < count; k += Together)
        {
            var angle = Vector256.Load(angles + k);
            largest = Vector256.Max(largest, Vector256.Abs(angle));
            var shifted = Vector256.FusedMultiplyAdd(angle, Vector256.Create(2 / Math.PI), Vector256.Create(Round));
            var quadrant = shifted.AsInt64();
            var turns = -(shifted - Vector256.Create(Round));
            var x = Vector256.FusedMultiplyAdd(turns, Vector256.Create(First), angle);
            x = Vector256.FusedMultiplyAdd(turns, Vector256.Create(Second), x);
            x = Vector256.FusedMultiplyAdd(turns, Vector256.Create(Third), x);
            var z = x * x;

            var s = Vector256.FusedMultiplyAdd(z, Vector256.Create(1.58969099521155010221e-10), Vector256.Create(-2.50507602534068634195e-08));
            s = Vector256.FusedMultiplyAdd(z, s, Vector256.Create(2.75573137070700676789e-06));
            s = Vector256.FusedMultiplyAdd(z, s, Vector256.Create(-1.98412698298579493134e-04));
            s = Vector256.FusedMultiplyAdd(z, s, Vector256.Create(8.33333333332248946124e-03));
            s = Vector256.FusedMultiplyAdd(z, s, Vector256.Create(-1.66666666666666324348e-01));
            var sine = Vector256.FusedMultiplyAdd(x * z, s, x);

            var c = Vector256.FusedMultiplyAdd(z, Vector256.Create(-1.13596475577881948265e-11), Vector256.Create(2.08757232129817482790e-09));
            c = Vector256.FusedMultiplyAdd(z, c, Vector256.Create(-2.75573143513906633035e-07));
            c = Vector256.FusedMultiplyAdd(z, c, Vector256.Create(2.48015872894767294178e-05));
            c = Vector256.FusedMultiplyAdd(z, c, Vector256.Create(-1.38888888888741095749e-03));
            c = Vector256.FusedMultiplyAdd(z, c, Vector256.Create(4.16666666666666019037e-02));
            // 1 − z/2 + z²·c, what 1 − z/2 loses being added again.
            var half = z * Vector256.Create(0.5);
            var most = Vector256.Create(1.0) - half;
            var cosine = most + Vector256.FusedMultiplyAdd(z * z, c, Vector256.Create(1.0) - most - half);

            // An odd number of quarter turns exchanges them; the second bit, of this number and the next, signs them.
            var isOdd = Vector256.Equals(quadrant & Vector256.Create(1L), Vector256.Create(1L)).AsDouble();
            var sineSign = ((quadrant & Vector256.Create(2L)) << 62).AsDouble();
            var cosineSign = (((quadrant + Vector256.Create(1L)) & Vector256.Create(2L)) << 62).AsDouble();
            (Vector256.ConditionalSelect(isOdd, cosine, sine) ^ sineSign).Store(sines + k);
            (Vector256.ConditionalSelect(isOdd, sine, cosine) ^ cosineSign).Store(cosines + k);
        }
        if (Vector256.LessThanAll(largest, Vector256.Create(Largest))) return;
        for (var k = 0; k < count; k++)
            if (!(Math.Abs(angles[k]) < Largest)) (sines[k], cosines[k]) = Math.SinCos(angles[k]);
    }

    /// <summary>Writes <paramref name="sines"/>/<paramref name="cosines"/>.</summary>
    public static void Divide(double* sines, double* cosines, double* tangents, int count)
    {
        for (var k = 0; k < count; k += Together) (Vector256.Load(sines + k) / Vector256.Load(cosines + k)).Store(tangents + k);
    }
}
