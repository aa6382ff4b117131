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
    public static Lanes4 Load(double* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(float* source)
    {
        var singles = Vector128.Load(source);
        return new Lanes4(Avx.IsSupported ? Avx.ConvertToVector256Double(singles) : Vector256.Create(Vector128.WidenLower(singles), Vector128.WidenUpper(singles)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes4 value, double* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes4 value, float* destination) =>
        (Avx.IsSupported ? Avx.ConvertToVector128Single(value._value) : Vector128.Narrow(value._value.GetLower(), value._value.GetUpper())).Store(destination);

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

    // There is no permutation of doubles by a register here, so each double is moved as two singles.
    public static Lanes4 Flipper(int bits)
    {
        var halves = Vector256<int>.Zero;
        for (var lane = 0; lane < 4; lane++)
            halves = halves.WithElement(2 * lane, 2 * (lane ^ bits)).WithElement(2 * lane + 1, 2 * (lane ^ bits) + 1);
        return new Lanes4(halves.AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Flip(Lanes4 value, Lanes4 flipper) =>
        new(Avx2.IsSupported
            ? Avx2.PermuteVar8x32(value._value.AsSingle(), flipper._value.AsInt32()).AsDouble()
            : Vector256.Shuffle(value._value.AsSingle(), flipper._value.AsInt32()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Select(Lanes4 mask, Lanes4 yes, Lanes4 no) => new(Vector256.ConditionalSelect(mask._value, yes._value, no._value));
}
