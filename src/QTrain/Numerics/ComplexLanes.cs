using System.Runtime.CompilerServices;

namespace QTrain.Numerics;

/// <summary>Complex numbers, one a lane. In a state, imaginary parts lie eight numbers behind the real parts.</summary>
/// <remarks>The amplitudes in memory are doubles or singles; what is computed with them are doubles.</remarks>
internal readonly unsafe struct ComplexLanes<T>(T real, T imaginary) where T : unmanaged, ILanes<T>
{
    /// <summary>How far behind the real parts of a block its imaginary parts lie.</summary>
    public const int Plane = 8;

    public readonly T Real = real;
    public readonly T Imaginary = imaginary;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<T> Load<TElement>(TElement* amplitudes) where TElement : unmanaged =>
        new(LoadReal(amplitudes), LoadReal(amplitudes + Plane));

    /// <summary>One part of amplitudes: doubles or singles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T LoadReal<TElement>(TElement* part) where TElement : unmanaged =>
        sizeof(TElement) == sizeof(float) ? T.Load((float*)part) : T.Load((double*)part);

    /// <summary>A coefficient: a row of real parts, then a row of imaginary parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<T> LoadRows(double* rows) => new(T.Load(rows), T.Load(rows + T.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<TElement>(TElement* amplitudes) where TElement : unmanaged
    {
        if (sizeof(TElement) == sizeof(float))
        {
            T.Store(Real, (float*)amplitudes);
            T.Store(Imaginary, (float*)amplitudes + Plane);
        }
        else
        {
            T.Store(Real, (double*)amplitudes);
            T.Store(Imaginary, (double*)amplitudes + Plane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<T> operator *(ComplexLanes<T> left, ComplexLanes<T> right) => new(
        T.SubtractProduct(left.Imaginary, right.Imaginary, left.Real * right.Real),
        T.MultiplyAdd(left.Imaginary, right.Real, left.Real * right.Imaginary));

    /// <summary>left·right + addend.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<T> MultiplyAdd(ComplexLanes<T> left, ComplexLanes<T> right, ComplexLanes<T> addend) => new(
        T.SubtractProduct(left.Imaginary, right.Imaginary, T.MultiplyAdd(left.Real, right.Real, addend.Real)),
        T.MultiplyAdd(left.Imaginary, right.Real, T.MultiplyAdd(left.Real, right.Imaginary, addend.Imaginary)));

    /// <summary>Scales by a real number a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<T> operator *(T left, ComplexLanes<T> right) => new(left * right.Real, left * right.Imaginary);

    /// <summary>left·right + addend for real <paramref name="left"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<T> MultiplyAdd(T left, ComplexLanes<T> right, ComplexLanes<T> addend) => new(
        T.MultiplyAdd(left, right.Real, addend.Real), T.MultiplyAdd(left, right.Imaginary, addend.Imaginary));

    /// <summary>i·left·right + addend for real <paramref name="left"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<T> MultiplyAddTurned(T left, ComplexLanes<T> right, ComplexLanes<T> addend) => new(
        T.SubtractProduct(left, right.Imaginary, addend.Real), T.MultiplyAdd(left, right.Real, addend.Imaginary));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ComplexLanes<T> Flip(T flipper) => new(T.Flip(Real, flipper), T.Flip(Imaginary, flipper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<T> Select(T mask, ComplexLanes<T> yes, ComplexLanes<T> no) =>
        new(T.Select(mask, yes.Real, no.Real), T.Select(mask, yes.Imaginary, no.Imaginary));
}

/// <summary>A choice that the compiler makes: the branch not taken leaves no code.</summary>
internal interface IFlag
{
    static abstract bool IsSet { get; }
}

internal readonly struct Yes : IFlag
{
    public static bool IsSet => true;
}

internal readonly struct No : IFlag
{
    public static bool IsSet => false;
}
