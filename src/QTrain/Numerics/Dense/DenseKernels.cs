using System.Runtime.CompilerServices;

namespace QTrain.Numerics.Dense;

/// <summary>The loops of dense complex linear algebra, written once for every width.</summary>
/// <remarks>Vectors lie in two planes, real and imaginary, of a length that is a multiple of <see cref="Block"/>, padded with zeros. Sums run
/// in eight accumulators whatever the width, so that all widths agree to the bit.</remarks>
internal static unsafe class DenseLoops<T> where T : unmanaged, ILanes<T>
{
    /// <summary>Vectors are padded to a multiple of this.</summary>
    public const int Block = 8;

    /// <summary>Rows of a product that are computed together: four times two accumulators and their operands fill sixteen registers.</summary>
    public const int RowsTogether = 4;

    /// <summary>left† · right; the real part in [0], the imaginary in [1] of <paramref name="result"/>.</summary>
    public static void Dot(double* leftReal, double* leftImaginary, double* rightReal, double* rightImaginary, nint length, double* result)
    {
        var sums = stackalloc double[2 * Block];
        if (T.Count == Block)
        {
            var (real, imaginary) = (T.Broadcast(0), T.Broadcast(0));
            for (nint k = 0; k < length; k += Block)
                Add(T.Load(leftReal + k), T.Load(leftImaginary + k), T.Load(rightReal + k), T.Load(rightImaginary + k), ref real, ref imaginary);
            T.Store(real, sums);
            T.Store(imaginary, sums + Block);
        }
        else if (T.Count == Block / 2)
        {
            var (real0, imaginary0, real1, imaginary1) = (T.Broadcast(0), T.Broadcast(0), T.Broadcast(0), T.Broadcast(0));
            for (nint k = 0; k < length; k += Block)
            {
                var h = k + Block / 2;
                Add(T.Load(leftReal + k), T.Load(leftImaginary + k), T.Load(rightReal + k), T.Load(rightImaginary + k), ref real0, ref imaginary0);
                Add(T.Load(leftReal + h), T.Load(leftImaginary + h), T.Load(rightReal + h), T.Load(rightImaginary + h), ref real1, ref imaginary1);
            }
            T.Store(real0, sums);
            T.Store(real1, sums + Block / 2);
            T.Store(imaginary0, sums + Block);
            T.Store(imaginary1, sums + Block + Block / 2);
        }
        else
        {
            for (var lane = 0; lane < Block; lane += T.Count)
            {
                var (real, imaginary) = (T.Broadcast(0), T.Broadcast(0));
                for (nint k = lane; k < length; k += Block)
                    Add(T.Load(leftReal + k), T.Load(leftImaginary + k), T.Load(rightReal + k), T.Load(rightImaginary + k), ref real, ref imaginary);
                T.Store(real, sums + lane);
                T.Store(imaginary, sums + Block + lane);
            }
        }
        result[0] = (sums[0] + sums[1] + (sums[2] + sums[3])) + (sums[4] + sums[5] + (sums[6] + sums[7]));
        result[1] = (sums[8] + sums[9] + (sums[10] + sums[11])) + (sums[12] + sums[13] + (sums[14] + sums[15]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(T ar, T ai, T br, T bi, ref T real, ref T imaginary)
    {
        real = T.MultiplyAdd(ai, bi, T.MultiplyAdd(ar, br, real));
        imaginary = T.SubtractProduct(ai, br, T.MultiplyAdd(ar, bi, imaginary));
    }

    /// <summary>(first, second) ← (c·first − u·second, s·first + w·second) for real c, s and complex u, w: <c>coefficients</c> are c, s, Re u, Im u, Re w, Im w.</summary>
    public static void Rotate(double* firstReal, double* firstImaginary, double* secondReal, double* secondImaginary, nint length, double* coefficients)
    {
        var (c, s) = (T.Broadcast(coefficients[0]), T.Broadcast(coefficients[1]));
        var (ur, ui) = (T.Broadcast(coefficients[2]), T.Broadcast(coefficients[3]));
        var (wr, wi) = (T.Broadcast(coefficients[4]), T.Broadcast(coefficients[5]));
        for (nint k = 0; k < length; k += T.Count)
        {
            var (ar, ai) = (T.Load(firstReal + k), T.Load(firstImaginary + k));
            var (br, bi) = (T.Load(secondReal + k), T.Load(secondImaginary + k));
            T.Store(T.MultiplyAdd(ui, bi, T.SubtractProduct(ur, br, c * ar)), firstReal + k);
            T.Store(T.SubtractProduct(ui, br, T.SubtractProduct(ur, bi, c * ai)), firstImaginary + k);
            T.Store(T.SubtractProduct(wi, bi, T.MultiplyAdd(wr, br, s * ar)), secondReal + k);
            T.Store(T.MultiplyAdd(wi, br, T.MultiplyAdd(wr, bi, s * ai)), secondImaginary + k);
        }
    }

    /// <summary>target += factor · source for a complex factor.</summary>
    public static void AddScaled(double* targetReal, double* targetImaginary, double factorReal, double factorImaginary, double* sourceReal, double* sourceImaginary, nint length)
    {
        var (fr, fi) = (T.Broadcast(factorReal), T.Broadcast(factorImaginary));
        for (nint k = 0; k < length; k += T.Count)
        {
            var (sr, si) = (T.Load(sourceReal + k), T.Load(sourceImaginary + k));
            T.Store(T.SubtractProduct(fi, si, T.MultiplyAdd(fr, sr, T.Load(targetReal + k))), targetReal + k);
            T.Store(T.MultiplyAdd(fi, sr, T.MultiplyAdd(fr, si, T.Load(targetImaginary + k))), targetImaginary + k);
        }
    }

    /// <summary>One panel of a product: eight columns of C, all rows, += A · (a packed panel of B). Each entry is one chain of multiply-adds in
    /// the order of the inner index, so that no split of the work changes a bit.</summary>
    public static void Panel<TAdjoint>(ProductPanel* panel) where TAdjoint : struct, IFlag
    {
        nint row = 0;
        for (; row + RowsTogether <= panel->Rows; row += RowsTogether)
            for (nint lane = 0; lane < Block; lane += T.Count) FourRows<TAdjoint>(panel, row, lane);
        for (; row < panel->Rows; row++)
            for (nint lane = 0; lane < Block; lane += T.Count) OneRow<TAdjoint>(panel, row, lane);
    }

    private static void FourRows<TAdjoint>(ProductPanel* panel, nint row, nint lane) where TAdjoint : struct, IFlag
    {
        var (rowStride, step) = (panel->RowStride, panel->InnerStride);
        double* ar = panel->AReal + row * rowStride, ai = panel->AImaginary + row * rowStride;
        var b = panel->Packed + lane;
        var target = panel->Sums + 2 * Block * row + lane;
        var (r0, i0) = (T.Load(target), T.Load(target + Block));
        var (r1, i1) = (T.Load(target + 2 * Block), T.Load(target + 3 * Block));
        var (r2, i2) = (T.Load(target + 4 * Block), T.Load(target + 5 * Block));
        var (r3, i3) = (T.Load(target + 6 * Block), T.Load(target + 7 * Block));
        for (nint k = 0; k < panel->Inner; k++)
        {
            var (br, bi) = (T.Load(b), T.Load(b + Block));
            Accumulate<TAdjoint>(ar[0], ai[0], br, bi, ref r0, ref i0);
            Accumulate<TAdjoint>(ar[rowStride], ai[rowStride], br, bi, ref r1, ref i1);
            Accumulate<TAdjoint>(ar[2 * rowStride], ai[2 * rowStride], br, bi, ref r2, ref i2);
            Accumulate<TAdjoint>(ar[3 * rowStride], ai[3 * rowStride], br, bi, ref r3, ref i3);
            ar += step;
            ai += step;
            b += 2 * Block;
        }
        T.Store(r0, target);
        T.Store(i0, target + Block);
        T.Store(r1, target + 2 * Block);
        T.Store(i1, target + 3 * Block);
        T.Store(r2, target + 4 * Block);
        T.Store(i2, target + 5 * Block);
        T.Store(r3, target + 6 * Block);
        T.Store(i3, target + 7 * Block);
    }

    private static void OneRow<TAdjoint>(ProductPanel* panel, nint row, nint lane) where TAdjoint : struct, IFlag
    {
        double* ar = panel->AReal + row * panel->RowStride, ai = panel->AImaginary + row * panel->RowStride;
        var b = panel->Packed + lane;
        var target = panel->Sums + 2 * Block * row + lane;
        var (real, imaginary) = (T.Load(target), T.Load(target + Block));
        for (nint k = 0; k < panel->Inner; k++)
        {
            Accumulate<TAdjoint>(ar[k * panel->InnerStride], ai[k * panel->InnerStride], T.Load(b), T.Load(b + Block), ref real, ref imaginary);
            b += 2 * Block;
        }
        T.Store(real, target);
        T.Store(imaginary, target + Block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<TAdjoint>(double aReal, double aImaginary, T br, T bi, ref T real, ref T imaginary) where TAdjoint : struct, IFlag
    {
        var (ar, ai) = (T.Broadcast(aReal), T.Broadcast(aImaginary));
        real = T.MultiplyAdd(ar, br, real);
        imaginary = T.MultiplyAdd(ar, bi, imaginary);
        real = TAdjoint.IsSet ? T.MultiplyAdd(ai, bi, real) : T.SubtractProduct(ai, bi, real);
        imaginary = TAdjoint.IsSet ? T.SubtractProduct(ai, br, imaginary) : T.MultiplyAdd(ai, br, imaginary);
    }
}

/// <summary>What <see cref="DenseLoops{T}.Panel"/> works on. Entry (row, k) of A lies at <c>row·RowStride + k·InnerStride</c>.</summary>
internal unsafe struct ProductPanel
{
    public double* AReal, AImaginary;
    public nint RowStride, InnerStride;
    public nint Rows, Inner;

    /// <summary>Eight real and eight imaginary parts for each inner index.</summary>
    public double* Packed;

    /// <summary>Eight real and eight imaginary parts for each row.</summary>
    public double* Sums;
}

/// <summary>The loops of one width, as addresses.</summary>
internal sealed unsafe class DenseTable
{
    public delegate*<double*, double*, double*, double*, nint, double*, void> Dot { get; private init; }
    public delegate*<double*, double*, double*, double*, nint, double*, void> Rotate { get; private init; }
    public delegate*<double*, double*, double, double, double*, double*, nint, void> AddScaled { get; private init; }
    public delegate*<ProductPanel*, void> Panel { get; private init; }
    public delegate*<ProductPanel*, void> AdjointPanel { get; private init; }

    public static DenseTable For(LaneWidth width) => width switch
    {
        LaneWidth.Vector512 => OfWidth<Lanes8>.Table,
        LaneWidth.Vector256 => OfWidth<Lanes4>.Table,
        _ => OfWidth<Lanes1>.Table,
    };

    private static class OfWidth<T> where T : unmanaged, ILanes<T>
    {
        public static readonly DenseTable Table = new()
        {
            Dot = &DenseLoops<T>.Dot,
            Rotate = &DenseLoops<T>.Rotate,
            AddScaled = &DenseLoops<T>.AddScaled,
            Panel = &DenseLoops<T>.Panel<No>,
            AdjointPanel = &DenseLoops<T>.Panel<Yes>,
        };
    }
}
