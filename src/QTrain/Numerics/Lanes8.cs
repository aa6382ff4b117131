using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QTrain.Numerics;

/// <summary>Eight doubles in a 512-bit register. Worth using with AVX-512; runs, slowly, without, so that it can be tested anywhere.</summary>
internal readonly unsafe struct Lanes8(Vector512<double> value) : ILanes<Lanes8>
{
    private readonly Vector512<double> _value = value;

    public static bool IsFast => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Broadcast(double value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Splat(double* source) => new(Vector512.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Signs(uint mask, uint first)
    {
        // The parity of the lane's bits, moved to the sign of 1.
        var lane = Vector512.Create((long)first) + Vector512<long>.Indices;
        var bits = lane & Vector512.Create((long)mask);
        var parity = bits ^ (bits >>> 1) ^ (bits >>> 2);
        return new Lanes8((Vector512.Create(1.0).AsInt64() | ((parity & Vector512<long>.One) << 63)).AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(double* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes8 value, double* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 left, Lanes8 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 left, Lanes8 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 left, Lanes8 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MultiplyAdd(Lanes8 left, Lanes8 right, Lanes8 addend) =>
        new(Vector512.FusedMultiplyAdd(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 SubtractProduct(Lanes8 left, Lanes8 right, Lanes8 addend) =>
        new(Vector512.FusedMultiplyAdd(-left._value, right._value, addend._value));

    public static Lanes8 Flipper(int bits) =>
        Permutation([bits, bits ^ 1, bits ^ 2, bits ^ 3, bits ^ 4, bits ^ 5, bits ^ 6, bits ^ 7]);

    public static Lanes8 Permutation(ReadOnlySpan<int> sources)
    {
        var order = Vector512<long>.Zero;
        for (var lane = 0; lane < 8; lane++) order = order.WithElement(lane, sources[lane]);
        return new Lanes8(order.AsDouble());
    }

    public static Lanes8 Mask(int lanes)
    {
        var mask = Vector512<long>.Zero;
        for (var lane = 0; lane < 8; lane++) mask = mask.WithElement(lane, (lanes >> lane & 1) != 0 ? -1 : 0);
        return new Lanes8(mask.AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Flip1(Lanes8 value) => new(Vector512.Shuffle(value._value, Vector512.Create(1L, 0, 3, 2, 5, 4, 7, 6)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Flip2(Lanes8 value) => new(Vector512.Shuffle(value._value, Vector512.Create(2L, 3, 0, 1, 6, 7, 4, 5)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Flip4(Lanes8 value) => new(Vector512.Shuffle(value._value, Vector512.Create(4L, 5, 6, 7, 0, 1, 2, 3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Flip(Lanes8 value, Lanes8 flipper) =>
        new(Avx512F.IsSupported
            ? Avx512F.PermuteVar8x64(value._value, flipper._value.AsInt64())
            : Vector512.Shuffle(value._value, flipper._value.AsInt64()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Select(Lanes8 mask, Lanes8 yes, Lanes8 no) => new(Vector512.ConditionalSelect(mask._value, yes._value, no._value));
}
