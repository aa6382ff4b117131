using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QTrain.Operations.Runs;

/// <summary>What decides the bits of results on this machine, beside spec, seed and journal.</summary>
internal static class Fingerprint
{
    public static string OfThisProcess { get; } =
        $"double, {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits, "
        + $"{RuntimeInformation.RuntimeIdentifier}";
}
