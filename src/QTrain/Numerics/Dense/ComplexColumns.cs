using System.Numerics;

namespace QTrain.Numerics.Dense;

/// <summary>Complex column vectors of one length, each in one piece and padded with zeros to whole registers: what orthogonalization works on.</summary>
internal sealed unsafe class ComplexColumns
{
    private const int Padding = 8;

    private double[] _memory = [];

    /// <summary>How long the columns are.</summary>
    public int Length { get; private set; }

    /// <summary>How long they are with their padding.</summary>
    public int Stride { get; private set; }

    public int Count { get; private set; }

    /// <summary>Makes room for so many columns; their entries are left open, their padding is zero.</summary>
    public void Resize(int length, int count)
    {
        (Length, Count) = (length, count);
        Stride = (length + Padding - 1) / Padding * Padding;
        var needed = 2 * Stride * count;
        if (needed > _memory.Length)
            _memory = GC.AllocateUninitializedArray<double>((int)BitOperations.RoundUpToPowerOf2((uint)needed), pinned: true);
        if (Stride == length) return;
        for (var k = 0; k < count; k++)
        {
            _memory.AsSpan(2 * Stride * k + length, Stride - length).Clear();
            _memory.AsSpan(2 * Stride * k + Stride + length, Stride - length).Clear();
        }
    }

    /// <summary>The first real part of a column; its imaginary parts lie <see cref="Stride"/> behind. The memory is pinned while this object lives.</summary>
    public double* At(int column) => (double*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]) + 2 * (nint)Stride * column;

    public Complex this[int row, int column]
    {
        get => new(_memory[2 * Stride * column + row], _memory[2 * Stride * column + Stride + row]);
        set => (_memory[2 * Stride * column + row], _memory[2 * Stride * column + Stride + row]) = (value.Real, value.Imaginary);
    }

    public Span<double> Real(int column) => _memory.AsSpan(2 * Stride * column, Length);

    public Span<double> Imaginary(int column) => _memory.AsSpan(2 * Stride * column + Stride, Length);

    public void Clear() => _memory.AsSpan(0, 2 * Stride * Count).Clear();

    /// <summary>The columns of a matrix, or of its adjoint: then column k is the conjugate of row k.</summary>
    public void SetTo(ComplexMatrix matrix, bool adjoint)
    {
        if (adjoint)
        {
            Resize(matrix.Columns, matrix.Rows);
            for (var k = 0; k < Count; k++)
            {
                matrix.Real.AsSpan(k * matrix.Columns, Length).CopyTo(Real(k));
                var imaginary = Imaginary(k);
                for (var i = 0; i < imaginary.Length; i++) imaginary[i] = -matrix.Imaginary[k * matrix.Columns + i];
            }
            return;
        }
        Resize(matrix.Rows, matrix.Columns);
        for (var k = 0; k < Count; k++)
        {
            var real = Real(k);
            var imaginary = Imaginary(k);
            for (int i = 0, from = k; i < Length; i++, from += matrix.Columns) (real[i], imaginary[i]) = (matrix.Real[from], matrix.Imaginary[from]);
        }
    }

    /// <summary>The first <paramref name="count"/> columns as a matrix, or as its adjoint: then row k is the conjugate of column k.</summary>
    public void CopyTo(ComplexMatrix matrix, int count, bool adjoint)
    {
        if (adjoint)
        {
            matrix.Resize(count, Length);
            for (var k = 0; k < count; k++)
            {
                Real(k).CopyTo(matrix.Real.AsSpan(k * Length));
                var imaginary = Imaginary(k);
                for (var i = 0; i < imaginary.Length; i++) matrix.Imaginary[k * Length + i] = -imaginary[i];
            }
            return;
        }
        matrix.Resize(Length, count);
        for (var k = 0; k < count; k++)
        {
            var real = Real(k);
            var imaginary = Imaginary(k);
            for (int i = 0, to = k; i < Length; i++, to += count) (matrix.Real[to], matrix.Imaginary[to]) = (real[i], imaginary[i]);
        }
    }
}
