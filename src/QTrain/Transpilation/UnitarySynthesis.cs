using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;

namespace QTrain.Transpilation;

/// <summary>Any unitary matrix as turns and joint rotations: the quantum Shannon decomposition.</summary>
/// <remarks>The cosine-sine decomposition leaves rotations of the highest qubit chosen by the others between blocks of half the size; two blocks side by
/// side are one, phases of the highest qubit, and another. Some 9/16·4ᵏ cx for k qubits. Shende, Bullock &amp; Markov 2006, arXiv:quant-ph/0406176.</remarks>
internal static class UnitarySynthesis
{
    /// <summary>The most qubits of a matrix that is taken apart: 8 take some 40,000 cx.</summary>
    public const int MaxQubits = 8;

    /// <param name="to">Where it goes.</param>
    /// <param name="matrix">2ᵏ×2ᵏ.</param>
    /// <param name="qubits">k of them, the lowest bit first.</param>
    public static void Add(Unroller to, Complex[,] matrix, ReadOnlySpan<int> qubits)
    {
        if (qubits.Length > MaxQubits)
            throw new QuantumException($"A unitary matrix on {qubits.Length} qubits cannot be compiled: at most {MaxQubits} qubits, or millions of gates would come of it.");
        if (qubits.Length == 1) to.Add(qubits[0], Turn.Of([.. matrix.Cast<Complex>()]));
        else if (qubits.Length == 2) to.AddPair([.. matrix.Cast<Complex>()], qubits[0], qubits[1]);
        else if (IsDiagonal(matrix)) Diagonal(to, [.. Enumerable.Range(0, matrix.GetLength(0)).Select(k => matrix[k, k].Phase)], qubits, []);
        else Shannon(to, SquareMatrix.Of(matrix), qubits);
    }

    /// <summary>The matrix where all controls are 1: its eigenvectors, and the phases of its eigenvalues under control.</summary>
    public static void AddControlled(Unroller to, Complex[,] matrix, ReadOnlySpan<int> controls, ReadOnlySpan<int> qubits)
    {
        var (vectors, phases) = SquareMatrix.Of(matrix).Eigen();
        Add(to, vectors.Adjoint().ToArray(), qubits);
        Diagonal(to, phases, qubits, [.. controls]);
        Add(to, vectors.ToArray(), qubits);
    }

    private static void Shannon(Unroller to, SquareMatrix u, ReadOnlySpan<int> qubits)
    {
        if (qubits.Length == 2)
        {
            to.AddPair(u.Entries, qubits[0], qubits[1]);
            return;
        }
        var csd = CosineSine.Of(u);
        Blocks(to, csd.RightUpper, csd.RightLower, qubits);
        Chosen(to, csd.Angles, qubits[..^1], qubits[^1], isY: true);
        Blocks(to, csd.LeftUpper, csd.LeftLower, qubits);
    }

    /// <summary>One matrix where the highest qubit is 0, another where it is 1: V·D·W and V·D†·W.</summary>
    private static void Blocks(Unroller to, SquareMatrix upper, SquareMatrix lower, ReadOnlySpan<int> qubits)
    {
        var (v, squares) = (upper * lower.Adjoint()).Eigen();
        var d = new Complex[squares.Length];
        var angles = new double[squares.Length];
        for (var k = 0; k < d.Length; k++)
        {
            d[k] = Complex.FromPolarCoordinates(1, squares[k] / 2);
            angles[k] = -squares[k];
        }
        var w = v.Adjoint() * lower;
        w.ScaleRows(d);
        Shannon(to, w, qubits[..^1]);
        Chosen(to, angles, qubits[..^1], qubits[^1], isY: false);
        Shannon(to, v, qubits[..^1]);
    }

    /// <summary>A rotation of the target by the angle that the other qubits, read as a number, choose; Möttönen et al. 2004, arXiv:quant-ph/0404089.</summary>
    private static void Chosen(Unroller to, double[] angles, ReadOnlySpan<int> choosing, int target, bool isY)
    {
        for (var i = 0; i < angles.Length; i++)
        {
            var gray = i ^ i >> 1;
            var angle = 0.0;
            for (var j = 0; j < angles.Length; j++) angle += (BitOperations.PopCount((uint)(j & gray)) & 1) == 0 ? angles[j] : -angles[j];
            angle /= angles.Length;
            to.Add(target, isY ? Turn.AboutY(angle) : Turn.AboutZ(angle));
            var bit = i == angles.Length - 1 ? choosing.Length - 1 : BitOperations.TrailingZeroCount(i + 1);
            to.Cx(choosing[bit], target);
        }
    }

    private static void Diagonal(Unroller to, double[] phases, ReadOnlySpan<int> qubits, int[] controls)
    {
        for (var set = 1; set < phases.Length; set++)
        {
            var chosen = new List<int>();
            for (var k = 0; k < qubits.Length; k++)
                if ((set >> k & 1) != 0) chosen.Add(qubits[k]);
            var coefficient = 0.0;
            for (var k = 0; k < phases.Length; k++) coefficient += (BitOperations.PopCount((uint)(k & set)) & 1) == 0 ? phases[k] : -phases[k];
            coefficient /= phases.Length;
            if (Math.Abs(coefficient) > Turn.Negligible) to.PhaseOfParity([.. chosen], -2 * coefficient, controls);
        }
        to.ControlledPhase(controls, phases.Average());
    }

    private static bool IsDiagonal(Complex[,] matrix)
    {
        for (var row = 0; row < matrix.GetLength(0); row++)
            for (var column = 0; column < matrix.GetLength(1); column++)
                if (row != column && matrix[row, column].Magnitude > 1e-14) return false;
        return true;
    }
}

/// <summary>U = (L₀ ⊕ L₁)·[c, −s; s, c]·(R₀ ⊕ R₁), c and s the cosines and sines of half the angles.</summary>
internal sealed record CosineSine(SquareMatrix LeftUpper, SquareMatrix LeftLower, double[] Angles, SquareMatrix RightUpper, SquareMatrix RightLower)
{
    /// <remarks>Jacobi rotations make the columns of the upper left block orthogonal; those of the lower left one then are too, but small ones only
    /// to the rounding of 1. Rotations among them, which large columns of the upper block bear, mend that; so each factor is orthonormal to rounding.</remarks>
    public static CosineSine Of(SquareMatrix u)
    {
        var half = u.Size / 2;
        var (upper, lower) = (u.Block(0, 0), u.Block(half, 0));
        var right = SquareMatrix.Identity(half);
        Orthogonalize(upper, [.. Enumerable.Range(0, half)], lower, right);
        int[] small = [.. Enumerable.Range(0, half).Where(k => upper.ColumnNorm(k) > lower.ColumnNorm(k))];
        Orthogonalize(lower, small, upper, right);

        var angles = new double[half];
        for (var k = 0; k < half; k++) angles[k] = 2 * Math.Atan2(lower.ColumnNorm(k), upper.ColumnNorm(k));
        var (leftUpper, leftLower) = (upper.Orthonormal(), lower.Orthonormal());
        var (fromLower, fromUpper) = (leftLower.Adjoint() * u.Block(half, half), leftUpper.Adjoint() * u.Block(0, half));
        var rightLower = new SquareMatrix(half);
        for (var k = 0; k < half; k++)
        {
            var (sin, cos) = Math.SinCos(angles[k] / 2);
            for (var column = 0; column < half; column++)
                rightLower[k, column] = cos > sin ? fromLower[k, column] / cos : -fromUpper[k, column] / sin;
        }
        return new CosineSine(leftUpper, leftLower, angles, right.Adjoint(), rightLower);
    }

    /// <summary>One-sided Jacobi rotations of some columns, done to the columns of two other matrices alike.</summary>
    private static void Orthogonalize(SquareMatrix m, int[] columns, SquareMatrix other, SquareMatrix basis)
    {
        for (var sweep = 0; sweep < 60; sweep++)
        {
            var isTurned = false;
            for (var i = 0; i < columns.Length; i++)
                for (var j = i + 1; j < columns.Length; j++)
                {
                    var (p, q) = (columns[i], columns[j]);
                    var (alpha, beta, gamma) = (0.0, 0.0, Complex.Zero);
                    for (var row = 0; row < m.Size; row++)
                    {
                        var (a, b) = (m[row, p], m[row, q]);
                        alpha += a.Real * a.Real + a.Imaginary * a.Imaginary;
                        beta += b.Real * b.Real + b.Imaginary * b.Imaginary;
                        gamma += Complex.Conjugate(a) * b;
                    }
                    var size = gamma.Magnitude;
                    // Columns of nothing but rounding have no direction to mend.
                    if (size <= 1e-15 * Math.Sqrt(alpha * beta) || alpha < 1e-30 || beta < 1e-30) continue;
                    isTurned = true;
                    var zeta = (beta - alpha) / (2 * size);
                    var tangent = (zeta > 0 ? 1 : -1) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
                    var cos = 1 / Math.Sqrt(1 + tangent * tangent);
                    var sin = cos * tangent * gamma / size;
                    m.Rotate(p, q, cos, sin);
                    other.Rotate(p, q, cos, sin);
                    basis.Rotate(p, q, cos, sin);
                }
            if (!isTurned) return;
        }
    }
}
