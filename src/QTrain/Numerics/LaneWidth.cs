namespace QTrain.Numerics;

/// <summary>How many doubles kernels move together.</summary>
internal enum LaneWidth
{
    Scalar = 1,
    Vector256 = 4,
    Vector512 = 8,
}

internal static class LaneWidths
{
    /// <summary>The widest this machine has, as far as the runtime was allowed to use it (<c>DOTNET_EnableAVX512=0</c> and the like).</summary>
    public static LaneWidth Widest { get; } =
        Lanes8.IsSupported ? LaneWidth.Vector512 : Lanes4.IsSupported ? LaneWidth.Vector256 : LaneWidth.Scalar;

    /// <summary>Every width this machine can run, narrowest first.</summary>
    public static LaneWidth[] Supported { get; } =
        [LaneWidth.Scalar, .. Lanes4.IsSupported ? [LaneWidth.Vector256] : Array.Empty<LaneWidth>(),
            .. Lanes8.IsSupported ? [LaneWidth.Vector512] : Array.Empty<LaneWidth>()];
}
