using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QTrain.Numerics;

/// <summary>Plain loops over real vectors, as wide as the machine.</summary>
internal static class RealVectors
{
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var (a, b) = (Vector<double>.Zero, Vector<double>.Zero);
        var (width, i) = (Vector<double>.Count, 0);
        for (; i <= left.Length - 2 * width; i += 2 * width)
        {
            a += new Vector<double>(left[i..]) * new Vector<double>(right[i..]);
            b += new Vector<double>(left[(i + width)..]) * new Vector<double>(right[(i + width)..]);
        }
        var sum = Vector.Sum(a + b);
        for (; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }

    /// <summary>target += factor·source.</summary>
    public static void Add(Span<double> target, double factor, ReadOnlySpan<double> source)
    {
        var f = new Vector<double>(factor);
        var (width, i) = (Vector<double>.Count, 0);
        for (; i <= target.Length - width; i += width)
            (new Vector<double>(target[i..]) + f * new Vector<double>(source[i..])).CopyTo(target[i..]);
        for (; i < target.Length; i++) target[i] += factor * source[i];
    }

    /// <summary>products[row·stride] = rows[row] · vector, of each row the stretch from <paramref name="start"/> as long as the vector.</summary>
    public static void Dots(ReadOnlySpan<double[]> rows, int start, ReadOnlySpan<double> vector, Span<double> products, int stride)
    {
        var row = 0;
        // Four rows share every load of the vector.
        for (; row <= rows.Length - 4; row += 4)
        {
            ref var v = ref MemoryMarshal.GetReference(vector);
            ref var r0 = ref rows[row][start];
            ref var r1 = ref rows[row + 1][start];
            ref var r2 = ref rows[row + 2][start];
            ref var r3 = ref rows[row + 3][start];
            var (s0, s1, s2, s3) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
            nuint i = 0;
            for (; i + (nuint)Vector<double>.Count <= (nuint)vector.Length; i += (nuint)Vector<double>.Count)
            {
                var x = Vector.LoadUnsafe(ref v, i);
                s0 = Vector.FusedMultiplyAdd(x, Vector.LoadUnsafe(ref r0, i), s0);
                s1 = Vector.FusedMultiplyAdd(x, Vector.LoadUnsafe(ref r1, i), s1);
                s2 = Vector.FusedMultiplyAdd(x, Vector.LoadUnsafe(ref r2, i), s2);
                s3 = Vector.FusedMultiplyAdd(x, Vector.LoadUnsafe(ref r3, i), s3);
            }
            var (t0, t1, t2, t3) = (Vector.Sum(s0), Vector.Sum(s1), Vector.Sum(s2), Vector.Sum(s3));
            for (; i < (nuint)vector.Length; i++)
            {
                var x = Unsafe.Add(ref v, i);
                t0 += x * Unsafe.Add(ref r0, i);
                t1 += x * Unsafe.Add(ref r1, i);
                t2 += x * Unsafe.Add(ref r2, i);
                t3 += x * Unsafe.Add(ref r3, i);
            }
            products[row * stride] = t0;
            products[(row + 1) * stride] = t1;
            products[(row + 2) * stride] = t2;
            products[(row + 3) * stride] = t3;
        }
        for (; row < rows.Length; row++) products[row * stride] = Dot(rows[row].AsSpan(start, vector.Length), vector);
    }

    /// <summary>target += sign·Σ factors[row·stride]·rows[row], of each row the stretch from <paramref name="start"/> as long as the target.</summary>
    public static void AddAll(Span<double> target, double sign, ReadOnlySpan<double> factors, int stride, ReadOnlySpan<double[]> rows, int start)
    {
        var row = 0;
        // Four rows share every load and store of the target.
        for (; row <= rows.Length - 4; row += 4)
        {
            ref var t = ref MemoryMarshal.GetReference(target);
            ref var r0 = ref rows[row][start];
            ref var r1 = ref rows[row + 1][start];
            ref var r2 = ref rows[row + 2][start];
            ref var r3 = ref rows[row + 3][start];
            var (f0, f1) = (sign * factors[row * stride], sign * factors[(row + 1) * stride]);
            var (f2, f3) = (sign * factors[(row + 2) * stride], sign * factors[(row + 3) * stride]);
            var (v0, v1, v2, v3) = (new Vector<double>(f0), new Vector<double>(f1), new Vector<double>(f2), new Vector<double>(f3));
            nuint i = 0;
            for (; i + (nuint)Vector<double>.Count <= (nuint)target.Length; i += (nuint)Vector<double>.Count)
            {
                var x = Vector.LoadUnsafe(ref t, i);
                x = Vector.FusedMultiplyAdd(v0, Vector.LoadUnsafe(ref r0, i), x);
                x = Vector.FusedMultiplyAdd(v1, Vector.LoadUnsafe(ref r1, i), x);
                x = Vector.FusedMultiplyAdd(v2, Vector.LoadUnsafe(ref r2, i), x);
                x = Vector.FusedMultiplyAdd(v3, Vector.LoadUnsafe(ref r3, i), x);
                x.StoreUnsafe(ref t, i);
            }
            for (; i < (nuint)target.Length; i++)
                Unsafe.Add(ref t, i) += f0 * Unsafe.Add(ref r0, i) + f1 * Unsafe.Add(ref r1, i) + f2 * Unsafe.Add(ref r2, i) + f3 * Unsafe.Add(ref r3, i);
        }
        for (; row < rows.Length; row++) Add(target, sign * factors[row * stride], rows[row].AsSpan(start, target.Length));
    }

    public static void Scale(Span<double> target, double factor)
    {
        for (var i = 0; i < target.Length; i++) target[i] *= factor;
    }

    /// <summary>(first, second) ← (c·first − s·second, s·first + c·second).</summary>
    public static void Rotate(Span<double> first, Span<double> second, double c, double s)
    {
        var (cs, sn) = (new Vector<double>(c), new Vector<double>(s));
        var (width, i) = (Vector<double>.Count, 0);
        for (; i <= first.Length - width; i += width)
        {
            var (a, b) = (new Vector<double>(first[i..]), new Vector<double>(second[i..]));
            (cs * a - sn * b).CopyTo(first[i..]);
            (sn * a + cs * b).CopyTo(second[i..]);
        }
        for (; i < first.Length; i++) (first[i], second[i]) = (c * first[i] - s * second[i], s * first[i] + c * second[i]);
    }
}
