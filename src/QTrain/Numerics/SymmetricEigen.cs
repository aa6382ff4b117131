namespace QTrain.Numerics;

/// <summary>Eigenvalues and eigenvectors of dense real symmetric matrices.</summary>
/// <remarks>Householder reflections to tridiagonal form, then implicit QL with Wilkinson's shift. Golub &amp; Van Loan 2013, chapter 8.
/// Matrices are row-major, so every inner loop runs along a row.</remarks>
internal static class SymmetricEigen
{
    private const int MaxSweeps = 60;

    /// <summary>The eigenvalues in ascending order. Destroys <paramref name="matrix"/>, of which both triangles must be filled.</summary>
    public static double[] Values(double[] matrix, int size)
    {
        var (diagonal, off, _) = Tridiagonalize(matrix, size, wantVectors: false);
        Diagonalize(diagonal, off, null, size);
        Array.Sort(diagonal);
        return diagonal;
    }

    /// <summary>Eigenvalues in ascending order and their orthonormal eigenvectors, one a row. Destroys <paramref name="matrix"/>.</summary>
    public static (double[] Values, double[][] Vectors) Decompose(double[] matrix, int size)
    {
        var (diagonal, off, vectors) = Tridiagonalize(matrix, size, wantVectors: true);
        Diagonalize(diagonal, off, vectors, size);
        Array.Sort(diagonal, vectors!);
        return (diagonal, vectors!);
    }

    private static (double[] Diagonal, double[] Off, double[][]? Vectors) Tridiagonalize(double[] a, int n, bool wantVectors)
    {
        var (diagonal, off) = (new double[n], new double[n]);
        var reflectors = new double[]?[n];
        var p = new double[n];
        for (var k = 0; k < n - 1; k++)
        {
            diagonal[k] = a[k * n + k];
            var rest = n - k - 1;
            // By symmetry the column below the diagonal is the row beside it, which is contiguous.
            var row = a.AsSpan(k * n + k + 1, rest);
            var tail = RealVectors.Dot(row[1..], row[1..]);
            if (tail == 0)
            {
                off[k] = row[0];
                continue;
            }
            var norm = Math.Sqrt(row[0] * row[0] + tail);
            off[k] = row[0] > 0 ? -norm : norm;
            var v = row.ToArray();
            v[0] -= off[k];
            // Normalized so that the reflection is 1 − v·vᵀ.
            RealVectors.Scale(v, Math.Sqrt(2 / (v[0] * v[0] + tail)));
            var w = p.AsSpan(0, rest);
            for (var i = 0; i < rest; i++) w[i] = RealVectors.Dot(a.AsSpan((k + 1 + i) * n + k + 1, rest), v);
            RealVectors.Add(w, -0.5 * RealVectors.Dot(v, w), v);
            for (var i = 0; i < rest; i++)
            {
                var target = a.AsSpan((k + 1 + i) * n + k + 1, rest);
                RealVectors.Add(target, -v[i], w);
                RealVectors.Add(target, -w[i], v);
            }
            reflectors[k] = v;
        }
        diagonal[n - 1] = a[n * n - 1];
        return (diagonal, off, wantVectors ? Accumulate(reflectors, n) : null);
    }

    /// <summary>The transpose of the product of the reflections.</summary>
    private static double[][] Accumulate(double[]?[] reflectors, int n)
    {
        var rows = new double[n][];
        for (var i = 0; i < n; i++)
        {
            rows[i] = new double[n];
            rows[i][i] = 1;
        }
        // Qᵀ = (H₀H₁…)ᵀ: applying the last reflection first from the right touches only the trailing columns.
        for (var k = n - 2; k >= 0; k--)
        {
            if (reflectors[k] is not { } v) continue;
            for (var i = k + 1; i < n; i++)
            {
                var row = rows[i].AsSpan(k + 1);
                RealVectors.Add(row, -RealVectors.Dot(row, v), v);
            }
        }
        return rows;
    }

    /// <summary>Implicit QL on the tridiagonal matrix; rotates the rows of <paramref name="vectors"/> along.</summary>
    private static void Diagonalize(double[] d, double[] e, double[][]? vectors, int n)
    {
        e[n - 1] = 0;
        // Against the norm, not the neighbours on the diagonal: where those vanish too, as in degenerate spectra around 0, rounding would never count as small.
        var norm = 0.0;
        for (var k = 0; k < n; k++) norm = Math.Max(norm, Math.Abs(d[k]) + Math.Abs(e[k]));
        var negligible = norm / (1L << 53);
        for (var l = 0; l < n; l++)
        {
            for (var sweep = 0; ; sweep++)
            {
                var m = l;
                while (m < n - 1 && !(Math.Abs(e[m]) <= negligible)) m++;
                if (m == l) break;
                if (sweep == MaxSweeps) throw new ArithmeticException("The QL iteration of a symmetric matrix did not converge: does it hold numbers that are not finite?");
                var g = (d[l + 1] - d[l]) / (2 * e[l]);
                var r = Hypotenuse(g, 1);
                g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
                var (s, c, p) = (1.0, 1.0, 0.0);
                var i = m - 1;
                for (; i >= l; i--)
                {
                    var f = s * e[i];
                    var b = c * e[i];
                    r = Hypotenuse(f, g);
                    e[i + 1] = r;
                    if (r == 0)
                    {
                        d[i + 1] -= p;
                        e[m] = 0;
                        break;
                    }
                    (s, c) = (f / r, g / r);
                    g = d[i + 1] - p;
                    r = (d[i] - g) * s + 2 * c * b;
                    p = s * r;
                    d[i + 1] = g + p;
                    g = c * r - b;
                    if (vectors is not null) RealVectors.Rotate(vectors[i], vectors[i + 1], c, s);
                }
                if (r == 0 && i >= l) continue;
                d[l] -= p;
                e[l] = g;
                e[m] = 0;
            }
        }
    }

    private static double Hypotenuse(double a, double b) => Math.Sqrt(a * a + b * b);
}
