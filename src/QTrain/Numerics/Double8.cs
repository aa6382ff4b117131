using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QTrain.Numerics;

/// <summary>Eight doubles in a 512-bit register.</summary>
internal readonly unsafe struct Double8 : IRegister<Vector512<double>, double>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Broadcast(double value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Splat(double* source) => Vector512.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load(double* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<double> value, double* destination) => value.Store(destination);

    public static double ToDouble(double value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> left, Vector512<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Multiply(Vector512<double> left, Vector512<double> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyAdd(Vector512<double> left, Vector512<double> right, Vector512<double> addend) =>
        Vector512.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> SubtractProduct(Vector512<double> left, Vector512<double> right, Vector512<double> addend) =>
        Vector512.FusedMultiplyAdd(-left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Flip1(Vector512<double> value) => Vector512.Shuffle(value, Vector512.Create(1L, 0L, 3L, 2L, 5L, 4L, 7L, 6L));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Flip2(Vector512<double> value) => Vector512.Shuffle(value, Vector512.Create(2L, 3L, 0L, 1L, 6L, 7L, 4L, 5L));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Flip4(Vector512<double> value) => Vector512.Shuffle(value, Vector512.Create(4L, 5L, 6L, 7L, 0L, 1L, 2L, 3L));

    public static Vector512<double> Permutation(ReadOnlySpan<int> sources)
    {
        var order = Vector512<long>.Zero;
        for (var lane = 0; lane < 8; lane++) order = order.WithElement(lane, sources[lane]);
        return order.AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Permute(Vector512<double> value, Vector512<double> permutation) =>
        Avx512F.IsSupported ? Avx512F.PermuteVar8x64(value, permutation.AsInt64()) : Vector512.Shuffle(value, permutation.AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Select(Vector512<double> mask, Vector512<double> yes, Vector512<double> no) => Vector512.ConditionalSelect(mask, yes, no);

    public static Vector512<double> Mask(int lanes)
    {
        var mask = Vector512<long>.Zero;
        for (var lane = 0; lane < 8; lane++) mask = mask.WithElement(lane, (lanes >> lane & 1) != 0 ? -1 : 0);
        return mask.AsDouble();
    }
}
