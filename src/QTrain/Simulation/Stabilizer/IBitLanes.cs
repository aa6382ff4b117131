using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QTrain.Simulation.Stabilizer;

/// <summary>Some words of bits moved together: one bit a shot. The frame kernels are written once against this and run at every width.</summary>
internal unsafe interface IBitLanes<TSelf> where TSelf : struct, IBitLanes<TSelf>
{
    /// <summary>How many words of 64 bits.</summary>
    static abstract int Words { get; }

    static abstract TSelf Load(ulong* source);

    static abstract void Store(TSelf value, ulong* destination);

    static abstract TSelf operator ^(TSelf left, TSelf right);

    static abstract TSelf operator &(TSelf left, TSelf right);
}

internal readonly unsafe struct BitLanes64(ulong value) : IBitLanes<BitLanes64>
{
    private readonly ulong _value = value;

    public static int Words => 1;

    public static BitLanes64 Load(ulong* source) => new(*source);

    public static void Store(BitLanes64 value, ulong* destination) => *destination = value._value;

    public static BitLanes64 operator ^(BitLanes64 left, BitLanes64 right) => new(left._value ^ right._value);

    public static BitLanes64 operator &(BitLanes64 left, BitLanes64 right) => new(left._value & right._value);
}

internal readonly unsafe struct BitLanes256(Vector256<ulong> value) : IBitLanes<BitLanes256>
{
    private readonly Vector256<ulong> _value = value;

    public static int Words => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 Load(ulong* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(BitLanes256 value, ulong* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 operator ^(BitLanes256 left, BitLanes256 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 operator &(BitLanes256 left, BitLanes256 right) => new(left._value & right._value);
}

internal readonly unsafe struct BitLanes512(Vector512<ulong> value) : IBitLanes<BitLanes512>
{
    private readonly Vector512<ulong> _value = value;

    public static int Words => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 Load(ulong* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(BitLanes512 value, ulong* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 operator ^(BitLanes512 left, BitLanes512 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 operator &(BitLanes512 left, BitLanes512 right) => new(left._value & right._value);
}
