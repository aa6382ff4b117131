using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QTrain.Numerics;

/// <summary>Four doubles in a 256-bit register.</summary>
internal readonly unsafe struct Double4 : IRegister<Vector256<double>, double>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Broadcast(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Splat(double* source) => Vector256.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(double* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<double> value, double* destination) => value.Store(destination);

    public static double ToDouble(double value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> left, Vector256<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Multiply(Vector256<double> left, Vector256<double> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> left, Vector256<double> right, Vector256<double> addend) =>
        Vector256.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> SubtractProduct(Vector256<double> left, Vector256<double> right, Vector256<double> addend) =>
        Vector256.FusedMultiplyAdd(-left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Flip1(Vector256<double> value) => Vector256.Shuffle(value, Vector256.Create(1L, 0L, 3L, 2L));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Flip2(Vector256<double> value) =>
        Avx.IsSupported ? Avx.Permute2x128(value, value, 1) : Vector256.Shuffle(value, Vector256.Create(2L, 3, 0, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Flip4(Vector256<double> value) => value;

    // There is no permutation of doubles by a register here, so each double is moved as two singles.
    public static Vector256<double> Permutation(ReadOnlySpan<int> sources)
    {
        var halves = Vector256<int>.Zero;
        for (var lane = 0; lane < 4; lane++)
            halves = halves.WithElement(2 * lane, 2 * sources[lane]).WithElement(2 * lane + 1, 2 * sources[lane] + 1);
        return halves.AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Permute(Vector256<double> value, Vector256<double> permutation) =>
        Avx2.IsSupported
            ? Avx2.PermuteVar8x32(value.AsSingle(), permutation.AsInt32()).AsDouble()
            : Vector256.Shuffle(value.AsSingle(), permutation.AsInt32()).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Select(Vector256<double> mask, Vector256<double> yes, Vector256<double> no) =>
        Avx.IsSupported ? Avx.BlendVariable(no, yes, mask) : Vector256.ConditionalSelect(mask, yes, no);

    public static Vector256<double> Mask(int lanes)
    {
        var mask = Vector256<long>.Zero;
        for (var lane = 0; lane < 4; lane++) mask = mask.WithElement(lane, (lanes >> lane & 1) != 0 ? -1 : 0);
        return mask.AsDouble();
    }
}
