namespace QTrain.Numerics;

/// <summary>How many doubles kernels move together. Every width runs on every machine; the hardware decides which is fast.</summary>
internal enum LaneWidth
{
    Scalar = 1,
    Vector256 = 4,
    Vector512 = 8,
}

internal static class LaneWidths
{
    /// <summary>Every width, narrowest first.</summary>
    public static LaneWidth[] All { get; } = Enum.GetValues<LaneWidth>();

    /// <summary>The widest that is fast here, as far as the runtime may use the hardware (<c>DOTNET_EnableAVX512=0</c> and the like).</summary>
    public static LaneWidth Widest { get; } = Lanes8.IsFast ? LaneWidth.Vector512 : Lanes4.IsFast ? LaneWidth.Vector256 : LaneWidth.Scalar;
}
