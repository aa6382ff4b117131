using System.Diagnostics;

namespace QTrain.Numerics.Dense;

/// <summary>Products of dense complex matrices.</summary>
/// <remarks>Panels of eight columns of the right factor are packed, so that the loop over the inner index reads one stream; four rows of the
/// left factor share it. Panels are divided among threads, which changes no bit.</remarks>
internal static unsafe class ComplexProduct
{
    private const int PanelColumns = 8;

    // A packed panel of so many rows is 16 KiB and stays in the nearest cache.
    private const int InnerTogether = 128;

    // Below so many multiplications, telling other threads costs more than they save.
    private const long FewestForThreads = 1L << 17;

    [ThreadStatic]
    private static double[]? _packed;

    [ThreadStatic]
    private static double[]? _sums;

    /// <summary>result = left · right, each taken as its adjoint where asked for. The result must be another matrix than the factors.</summary>
    public static void Multiply(ComplexMatrix left, bool adjointLeft, ComplexMatrix right, bool adjointRight, ComplexMatrix result, in DenseOptions options)
    {
        var (rows, inner) = adjointLeft ? (left.Columns, left.Rows) : (left.Rows, left.Columns);
        var (innerOfRight, columns) = adjointRight ? (right.Columns, right.Rows) : (right.Rows, right.Columns);
        if (inner != innerOfRight) throw new ArgumentException($"A matrix of {inner} columns cannot be multiplied with one of {innerOfRight} rows.", nameof(right));
        Debug.Assert(!ReferenceEquals(left, result) && !ReferenceEquals(right, result));
        result.Resize(rows, columns);
        fixed (double* ar = left.Real, ai = left.Imaginary, br = right.Real, bi = right.Imaginary, cr = result.Real, ci = result.Imaginary)
        {
            var work = new Work
            {
                Panel = adjointLeft ? options.Table.AdjointPanel : options.Table.Panel,
                AReal = ar,
                AImaginary = ai,
                RowStride = adjointLeft ? 1 : left.Columns,
                InnerStride = adjointLeft ? left.Columns : 1,
                BReal = br,
                BImaginary = bi,
                BInnerStride = adjointRight ? 1 : right.Columns,
                BColumnStride = adjointRight ? right.Columns : 1,
                BSign = adjointRight ? -1 : 1,
                CReal = cr,
                CImaginary = ci,
                Rows = rows,
                Inner = inner,
                Columns = columns,
            };
            var panels = (columns + PanelColumns - 1) / PanelColumns;
            var parts = (long)rows * inner * columns < FewestForThreads ? 1 : Math.Min(options.Parts, panels);
            if (parts <= 1) Part(&work, 0, 1);
            else WorkerTeam.Shared.Run(&Part, &work, parts);
        }
    }

    private static void Part(void* context, int part, int parts)
    {
        var work = (Work*)context;
        var panels = (work->Columns + PanelColumns - 1) / PanelColumns;
        var (first, last) = ((int)((long)panels * part / parts), (int)((long)panels * (part + 1) / parts));
        if (_packed is null || _packed.Length == 0) _packed = GC.AllocateUninitializedArray<double>(2 * PanelColumns * InnerTogether, pinned: true);
        var needed = 2 * PanelColumns * work->Rows;
        if (_sums is null || _sums.Length < needed)
            _sums = GC.AllocateUninitializedArray<double>((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, needed)), pinned: true);
        fixed (double* packed = _packed, sums = _sums)
            for (var panel = first; panel < last; panel++) OnePanel(work, panel * PanelColumns, packed, sums);
    }

    private static void OnePanel(Work* work, int column, double* packed, double* sums)
    {
        var width = Math.Min(PanelColumns, work->Columns - column);
        new Span<double>(sums, 2 * PanelColumns * work->Rows).Clear();
        for (var start = 0; start < work->Inner; start += InnerTogether)
        {
            var inner = Math.Min(InnerTogether, work->Inner - start);
            Pack(work, column, width, start, inner, packed);
            var panel = new ProductPanel
            {
                AReal = work->AReal + start * work->InnerStride,
                AImaginary = work->AImaginary + start * work->InnerStride,
                RowStride = work->RowStride,
                InnerStride = work->InnerStride,
                Rows = work->Rows,
                Inner = inner,
                Packed = packed,
                Sums = sums,
            };
            work->Panel(&panel);
        }
        for (nint row = 0; row < work->Rows; row++)
        {
            var from = sums + 2 * PanelColumns * row;
            var to = row * work->Columns + column;
            for (var k = 0; k < width; k++)
            {
                work->CReal[to + k] = from[k];
                work->CImaginary[to + k] = from[PanelColumns + k];
            }
        }
    }

    private static void Pack(Work* work, int column, int width, int start, int inner, double* packed)
    {
        for (nint k = 0; k < inner; k++)
        {
            var from = (start + k) * work->BInnerStride + column * work->BColumnStride;
            var to = packed + 2 * PanelColumns * k;
            for (nint j = 0; j < width; j++)
            {
                to[j] = work->BReal[from + j * work->BColumnStride];
                to[PanelColumns + j] = work->BSign * work->BImaginary[from + j * work->BColumnStride];
            }
            for (nint j = width; j < PanelColumns; j++) to[j] = to[PanelColumns + j] = 0;
        }
    }

    private struct Work
    {
        public delegate*<ProductPanel*, void> Panel;
        public double* AReal, AImaginary, BReal, BImaginary, CReal, CImaginary;
        public nint RowStride, InnerStride, BInnerStride, BColumnStride;
        public double BSign;
        public int Rows, Inner, Columns;
    }
}

/// <summary>How dense linear algebra uses the machine; nothing here changes a result by a bit.</summary>
/// <param name="Table">The loops of a width.</param>
/// <param name="Parts">How many threads.</param>
internal readonly record struct DenseOptions(DenseTable Table, int Parts)
{
    public static DenseOptions Of(LaneWidth width, int parts) => new(DenseTable.For(width), parts);

    public static DenseOptions Default => Of(LaneWidths.Widest, 1);
}
