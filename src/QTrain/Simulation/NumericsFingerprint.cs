using System.Runtime.InteropServices;
using QTrain.Numerics;

namespace QTrain.Simulation;

/// <summary>Everything beside spec, seed and journal that decides the bits of a result. On equal fingerprints a run repeats to the bit.</summary>
/// <param name="NumericsVersion">Raised whenever the arithmetic of a simulation changes.</param>
/// <param name="Precision">Of the amplitudes: <c>double</c> or <c>single</c>.</param>
/// <param name="InstructionSet">The lanes that kernels use: <c>avx512</c>, <c>avx2+fma</c> or <c>scalar</c>.</param>
/// <param name="OperatingSystem">Its mathematical library computes sines and logarithms: <c>linux</c>, <c>windows</c>, <c>macos</c> or <c>other</c>.</param>
/// <param name="Architecture">Of the process: <c>x64</c>, <c>arm64</c> …</param>
public sealed record NumericsFingerprint(int NumericsVersion, string Precision, string InstructionSet, string OperatingSystem, string Architecture)
{
    /// <summary>The version of this library's arithmetic.</summary>
    public const int CurrentVersion = 4;

    /// <summary>The fingerprint of this process, for double precision.</summary>
    public static NumericsFingerprint Current { get; } = new(CurrentVersion, Simulation.Precision.Double.Name(), InstructionSetOf(LaneWidths.Widest), System(),
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant());

    /// <summary>The fingerprint of this process with amplitudes of a precision.</summary>
    public static NumericsFingerprint For(Precision precision) => Current with { Precision = precision.Name() };

    /// <summary>One stable line: <c>numerics 4, double, avx2+fma, linux, x64</c>.</summary>
    public override string ToString() => $"numerics {NumericsVersion}, {Precision}, {InstructionSet}, {OperatingSystem}, {Architecture}";

    private static string InstructionSetOf(LaneWidth width) => width switch
    {
        LaneWidth.Vector512 => "avx512",
        LaneWidth.Vector256 => "avx2+fma",
        _ => "scalar",
    };

    private static string System() =>
        global::System.OperatingSystem.IsLinux() ? "linux"
        : global::System.OperatingSystem.IsWindows() ? "windows"
        : global::System.OperatingSystem.IsMacOS() ? "macos" : "other";
}
