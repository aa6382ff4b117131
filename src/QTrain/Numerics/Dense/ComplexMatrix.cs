using System.Numerics;

namespace QTrain.Numerics.Dense;

/// <summary>A dense complex matrix, row-major, real and imaginary parts in arrays of their own. Its memory grows and never shrinks, so that a
/// matrix used again and again is soon not allocated any more.</summary>
internal sealed class ComplexMatrix
{
    public ComplexMatrix(int rows = 0, int columns = 0)
    {
        Real = [];
        Imaginary = [];
        Resize(rows, columns);
        Real.AsSpan().Clear();
        Imaginary.AsSpan().Clear();
    }

    public int Rows { get; private set; }

    public int Columns { get; private set; }

    /// <summary>How many entries: the first so many of each array are the matrix.</summary>
    public int Length => Rows * Columns;

    public double[] Real { get; private set; }

    public double[] Imaginary { get; private set; }

    public Span<double> RealParts => Real.AsSpan(0, Length);

    public Span<double> ImaginaryParts => Imaginary.AsSpan(0, Length);

    public Complex this[int row, int column]
    {
        get => new(Real[row * Columns + column], Imaginary[row * Columns + column]);
        set => (Real[row * Columns + column], Imaginary[row * Columns + column]) = (value.Real, value.Imaginary);
    }

    /// <summary>Gives the matrix a shape; what its entries are is left open.</summary>
    public void Resize(int rows, int columns)
    {
        var length = checked(rows * columns);
        if (length > Real.Length)
        {
            var capacity = (int)BitOperations.RoundUpToPowerOf2((uint)length);
            Real = GC.AllocateUninitializedArray<double>(capacity);
            Imaginary = GC.AllocateUninitializedArray<double>(capacity);
        }
        (Rows, Columns) = (rows, columns);
    }

    /// <summary>Reads the same entries, row by row, as a matrix of another shape.</summary>
    public void Reshape(int rows, int columns)
    {
        if (rows * columns != Length) throw new ArgumentException($"{Rows}×{Columns} entries are no {rows}×{columns} matrix.", nameof(rows));
        (Rows, Columns) = (rows, columns);
    }

    public void Clear()
    {
        RealParts.Clear();
        ImaginaryParts.Clear();
    }

    public void CopyFrom(ComplexMatrix other)
    {
        Resize(other.Rows, other.Columns);
        other.RealParts.CopyTo(Real);
        other.ImaginaryParts.CopyTo(Imaginary);
    }

    public void Scale(double factor)
    {
        RealVectors.Scale(RealParts, factor);
        RealVectors.Scale(ImaginaryParts, factor);
    }

    /// <summary>Σ |entry|².</summary>
    public double NormSquared() => RealVectors.Dot(RealParts, RealParts) + RealVectors.Dot(ImaginaryParts, ImaginaryParts);
}
