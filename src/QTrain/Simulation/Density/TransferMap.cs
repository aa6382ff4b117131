using System.Numerics;
using QTrain.Noise;
using QTrain.Observables;

namespace QTrain.Simulation.Density;

/// <summary>One step of a density-matrix plan, on a mask of qubits.</summary>
internal abstract class DensityOperation(ulong qubits)
{
    public ulong Qubits => qubits;

    /// <summary>Roughly how many multiply-adds it costs an element; only compared, never measured.</summary>
    public abstract double Cost { get; }

    /// <summary>The step whose matrix is the transpose: it carries what is asked at the end back to what is asked before.</summary>
    public abstract DensityOperation Transposed();
}

/// <summary>exp(−iθP/2) on any number of qubits: it turns each pair of Pauli strings (Q, iQP) that anticommutes with P by θ.</summary>
internal sealed class PauliTurn(PauliString pauli, AffineAngle angle) : DensityOperation(pauli.Support)
{
    public PauliString Pauli => pauli;

    public AffineAngle Angle => angle;

    public override double Cost => 3;

    public override DensityOperation Transposed() => new PauliTurn(pauli, angle.Times(-1));
}

/// <summary>An instruction on too many qubits for a transfer matrix: it is multiplied to the rows and columns of the matrix itself.</summary>
internal sealed class DenseStep(Instruction instruction, ulong qubits, bool isInverse = false) : DensityOperation(qubits)
{
    public Instruction Instruction => instruction;

    public bool IsInverse => isInverse;

    public override double Cost => 1000;

    // A unitary turns the Pauli strings among each other: the transpose of an orthogonal matrix is its inverse.
    public override DensityOperation Transposed() => new DenseStep(instruction, Qubits, !isInverse);
}

/// <summary>One factor of a <see cref="TransferMap"/>: a constant transfer matrix, or a Pauli rotation whose angle is bound later.</summary>
/// <param name="Matrix">4ᵏ×4ᵏ; null for a rotation.</param>
/// <param name="Pauli">The number of the rotation's string on the map's qubits.</param>
/// <param name="Angle">The rotation's angle.</param>
internal readonly record struct TransferFactor(double[]? Matrix, int Pauli, AffineAngle Angle);

/// <summary>A real linear map of the Pauli coefficients of a few qubits: gates and channels multiplied together.</summary>
internal sealed class TransferMap : DensityOperation
{
    private const double Negligible = 1e-14;

    private TransferMap(int[] qubits, TransferFactor[] factors) : base(qubits.Aggregate(0UL, static (m, q) => m | 1UL << q))
    {
        QubitList = qubits;
        Factors = factors;
        Size = 1 << (2 * qubits.Length);
        IsConstant = factors.All(f => f.Matrix is not null);
        FindPattern();
    }

    /// <summary>The qubits in ascending order: the first is the lowest two bits of a row's number.</summary>
    public int[] QubitList { get; }

    /// <summary>In order of time.</summary>
    public TransferFactor[] Factors { get; }

    /// <summary>4ᵏ.</summary>
    public int Size { get; }

    /// <summary>Whether no parameter moves it.</summary>
    public bool IsConstant { get; }

    /// <summary>Which entries can be other than zero.</summary>
    public bool[] Pattern { get; private set; } = [];

    /// <summary>Which rows leave their coefficient as it is, always.</summary>
    public bool[] KeepsRow { get; private set; } = [];

    /// <summary>Entries that can be other than zero.</summary>
    public int Entries { get; private set; }

    /// <summary>Whether every row and column has one entry: a Clifford gate with Pauli noise.</summary>
    public bool IsMonomial { get; private set; }

    public override double Cost => QubitList.Length switch
    {
        1 => IsMonomial ? 1 : 2.5,
        2 when IsMonomial => 1.2,
        _ => 0.8 + 1.6 * Entries / Size,
    };

    /// <summary>A map of a constant transfer matrix; the qubits in any order, the first lowest.</summary>
    public static TransferMap Constant(int[] qubits, double[] matrix)
    {
        int[] sorted = [.. qubits.Order()];
        return new(sorted, [new(Embedded(matrix, qubits, sorted), 0, AffineAngle.Zero)]);
    }

    /// <summary>A map of a Pauli rotation.</summary>
    public static TransferMap Rotation(PauliString pauli, AffineAngle angle)
    {
        int[] qubits = [.. Enumerable.Range(0, 64).Where(q => (pauli.Support >> q & 1) != 0)];
        var code = Code(pauli, qubits);
        var map = new TransferMap(qubits, [new(null, code, angle)]);
        if (angle.Indices.Length > 0) return map;
        var matrix = new double[map.Size * map.Size];
        map.Evaluate(default, matrix, new double[matrix.Length]);
        return new TransferMap(qubits, [new(matrix, 0, AffineAngle.Zero)]);
    }

    /// <inheritdoc/>
    public override DensityOperation Transposed()
    {
        var factors = Factors.Select(f => f.Matrix is { } matrix ? f with { Matrix = Transpose(matrix) } : f with { Angle = f.Angle.Times(-1) }).Reverse();
        return new TransferMap(QubitList, [.. factors]);

        double[] Transpose(double[] matrix)
        {
            var result = new double[matrix.Length];
            for (var row = 0; row < Size; row++)
                for (var column = 0; column < Size; column++) result[column * Size + row] = matrix[row * Size + column];
            return result;
        }
    }

    /// <summary>This map and then another; together they act on the qubits of both.</summary>
    public TransferMap Then(TransferMap next)
    {
        int[] qubits = [.. QubitList.Union(next.QubitList).Order()];
        var factors = new List<TransferFactor>();
        foreach (var (map, factor) in Factors.Select(f => (this, f)).Concat(next.Factors.Select(f => (next, f))))
        {
            if (factor.Matrix is null)
            {
                factors.Add(factor with { Pauli = Code(StringOf(factor.Pauli, map.QubitList), qubits) });
                continue;
            }
            var matrix = Embedded(factor.Matrix, map.QubitList, qubits);
            if (factors.Count > 0 && factors[^1].Matrix is { } before) factors[^1] = factor with { Matrix = Product(matrix, before) };
            else factors.Add(factor with { Matrix = matrix });
        }
        return new TransferMap(qubits, [.. factors]);
    }

    /// <summary>The matrix at a point, row by row.</summary>
    public void Evaluate(ReadOnlySpan<double> at, Span<double> result, Span<double> scratch) => Evaluate(at, result, scratch, generic: 0);

    private void Evaluate(ReadOnlySpan<double> at, Span<double> result, Span<double> scratch, double generic)
    {
        var isFirst = true;
        foreach (var (matrix, pauli, angle) in Factors)
        {
            if (matrix is not null && isFirst) matrix.CopyTo(result);
            else
            {
                if (isFirst) SetIdentity(result);
                if (matrix is null) Turn(result, pauli, generic != 0 ? generic : angle.At(at));
                else
                {
                    Multiply(matrix, result, scratch);
                    scratch[..(Size * Size)].CopyTo(result);
                }
            }
            isFirst = false;
            generic *= 1.3;
        }
    }

    private void SetIdentity(Span<double> matrix)
    {
        matrix[..(Size * Size)].Clear();
        for (var k = 0; k < Size; k++) matrix[k * Size + k] = 1;
    }

    /// <summary>matrix = R·matrix for the rotation R of the Pauli coefficients by exp(−iθP/2).</summary>
    private void Turn(Span<double> matrix, int pauli, double angle)
    {
        var (sin, cos) = Math.SinCos(angle);
        for (var q = 0; q < Size; q++)
        {
            var partner = q ^ pauli;
            if (partner < q || !PauliTransfer.Anticommute(q, pauli)) continue;
            // Q becomes cos θ·Q + sin θ·iQP, and iQP = sign·partner.
            var signed = sin * Sign(q, pauli, QubitList.Length);
            var first = matrix.Slice(q * Size, Size);
            var second = matrix.Slice(partner * Size, Size);
            for (var column = 0; column < Size; column++)
            {
                var (a, b) = (first[column], second[column]);
                first[column] = cos * a - signed * b;
                second[column] = cos * b + signed * a;
            }
        }
    }

    /// <summary>The sign s in iQP = s·T of anticommuting strings.</summary>
    private static double Sign(int q, int pauli, int qubits)
    {
        var (_, power) = PauliString.Multiply(PauliTransfer.StringOf(q, qubits), PauliTransfer.StringOf(pauli, qubits));
        return power == 1 ? -1 : 1;
    }

    private void Multiply(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> product)
    {
        product[..(Size * Size)].Clear();
        for (var row = 0; row < Size; row++)
            for (var k = 0; k < Size; k++)
            {
                var factor = left[row * Size + k];
                if (factor == 0) continue;
                for (var column = 0; column < Size; column++) product[row * Size + column] += factor * right[k * Size + column];
            }
    }

    private static double[] Product(double[] left, double[] right)
    {
        var size = (int)Math.Sqrt(left.Length);
        var product = new double[left.Length];
        for (var row = 0; row < size; row++)
            for (var k = 0; k < size; k++)
                if (left[row * size + k] is var factor && factor != 0)
                    for (var column = 0; column < size; column++) product[row * size + column] += factor * right[k * size + column];
        return product;
    }

    private void FindPattern()
    {
        // Two generic points: an entry that vanishes at both vanishes always.
        var (first, second, scratch) = (new double[Size * Size], new double[Size * Size], new double[Size * Size]);
        Evaluate(default, first, scratch, generic: 0.7341);
        Evaluate(default, second, scratch, generic: 1.9173);
        Pattern = [.. first.Zip(second, static (a, b) => Math.Abs(a) > Negligible || Math.Abs(b) > Negligible)];
        Entries = Pattern.Count(p => p);
        KeepsRow = new bool[Size];
        IsMonomial = true;
        var columns = new int[Size];
        for (var row = 0; row < Size; row++)
        {
            var entries = 0;
            for (var column = 0; column < Size; column++)
                if (Pattern[row * Size + column])
                {
                    entries++;
                    columns[column]++;
                }
            var diagonal = row * Size + row;
            KeepsRow[row] = entries == 1 && Math.Abs(first[diagonal] - 1) <= Negligible && Math.Abs(second[diagonal] - 1) <= Negligible;
            IsMonomial &= entries == 1;
        }
        IsMonomial &= Array.TrueForAll(columns, c => c == 1);
    }

    private static int Code(PauliString pauli, int[] qubits)
    {
        var code = 0;
        for (var k = 0; k < qubits.Length; k++)
            code |= (int)((pauli.X >> qubits[k] & 1) | (pauli.Z >> qubits[k] & 1) << 1) << (2 * k);
        return code;
    }

    private static PauliString StringOf(int code, int[] qubits)
    {
        ulong x = 0, z = 0;
        for (var k = 0; k < qubits.Length; k++)
        {
            x |= (ulong)(code >> (2 * k) & 1) << qubits[k];
            z |= (ulong)(code >> (2 * k + 1) & 1) << qubits[k];
        }
        return new PauliString(x, z);
    }

    /// <summary>A transfer matrix over more qubits, or over the same in another order; it leaves the others alone.</summary>
    private static double[] Embedded(double[] matrix, int[] from, int[] to)
    {
        if (from.AsSpan().SequenceEqual(to)) return matrix;
        var places = from.Select(q => Array.IndexOf(to, q)).ToArray();
        var (size, inner) = (1 << (2 * to.Length), 1 << (2 * from.Length));
        var mask = places.Aggregate(0, static (m, p) => m | 3 << (2 * p));
        var result = new double[size * size];
        for (var row = 0; row < size; row++)
            for (var k = 0; k < inner; k++)
            {
                var column = row & ~mask | Spread(k);
                result[row * size + column] = matrix[Gathered(row) * inner + k];
            }
        return result;

        int Spread(int local)
        {
            var global = 0;
            for (var k = 0; k < places.Length; k++) global |= (local >> (2 * k) & 3) << (2 * places[k]);
            return global;
        }

        int Gathered(int global)
        {
            var local = 0;
            for (var k = 0; k < places.Length; k++) local |= (global >> (2 * places[k]) & 3) << (2 * k);
            return local;
        }
    }
}
