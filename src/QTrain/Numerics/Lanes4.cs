using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QTrain.Numerics;

/// <summary>Four doubles in a 256-bit register. Worth using with AVX2 and FMA; runs, slowly, without, so that it can be tested anywhere.</summary>
internal readonly unsafe struct Lanes4(Vector256<double> value) : ILanes<Lanes4>
{
    private readonly Vector256<double> _value = value;

    public static bool IsFast => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Broadcast(double value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Splat(double* source) => new(Vector256.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Signs(uint mask, uint first)
    {
        // The parity of the lane's bits, moved to the sign of 1.
        var lane = Vector256.Create((long)first) + Vector256<long>.Indices;
        var bits = lane & Vector256.Create((long)mask);
        var parity = bits ^ (bits >>> 1) ^ (bits >>> 2);
        return new Lanes4((Vector256.Create(1.0).AsInt64() | ((parity & Vector256<long>.One) << 63)).AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(double* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes4 value, double* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 left, Lanes4 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 left, Lanes4 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 left, Lanes4 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MultiplyAdd(Lanes4 left, Lanes4 right, Lanes4 addend) =>
        new(Vector256.FusedMultiplyAdd(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 SubtractProduct(Lanes4 left, Lanes4 right, Lanes4 addend) =>
        new(Vector256.FusedMultiplyAdd(-left._value, right._value, addend._value));

    public static Lanes4 Flipper(int bits) => Permutation([bits, bits ^ 1, bits ^ 2, bits ^ 3]);

    // There is no permutation of doubles by a register here, so each double is moved as two singles.
    public static Lanes4 Permutation(ReadOnlySpan<int> sources)
    {
        var halves = Vector256<int>.Zero;
        for (var lane = 0; lane < 4; lane++)
            halves = halves.WithElement(2 * lane, 2 * sources[lane]).WithElement(2 * lane + 1, 2 * sources[lane] + 1);
        return new Lanes4(halves.AsDouble());
    }

    public static Lanes4 Mask(int lanes)
    {
        var mask = Vector256<long>.Zero;
        for (var lane = 0; lane < 4; lane++) mask = mask.WithElement(lane, (lanes >> lane & 1) != 0 ? -1 : 0);
        return new Lanes4(mask.AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Flip1(Lanes4 value) => new(Vector256.Shuffle(value._value, Vector256.Create(1L, 0, 3, 2)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Flip2(Lanes4 value) => new(
        Avx.IsSupported ? Avx.Permute2x128(value._value, value._value, 1) : Vector256.Shuffle(value._value, Vector256.Create(2L, 3, 0, 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Flip4(Lanes4 value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Flip(Lanes4 value, Lanes4 flipper) =>
        new(Avx2.IsSupported
            ? Avx2.PermuteVar8x32(value._value.AsSingle(), flipper._value.AsInt32()).AsDouble()
            : Vector256.Shuffle(value._value.AsSingle(), flipper._value.AsInt32()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Select(Lanes4 mask, Lanes4 yes, Lanes4 no) => new(Vector256.ConditionalSelect(mask._value, yes._value, no._value));
}
