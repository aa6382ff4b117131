using QTrain.Circuits;
using QTrain.Devices;

namespace QTrain.Transpilation;

public sealed partial class Target
{
    /// <summary>The device of a calibration: its couplings, native gates, errors and durations; gates reported as failing always are left out.</summary>
    /// <remarks>Providers' names are read as rows of <see cref="Circuits.Gates"/> (zz as rzz, r and phased_xz as prx and rz, cphaseshift as cp); gates that
    /// have none are left out. Where a provider gives one value for all qubits it holds for each.</remarks>
    /// <exception cref="QuantumException">No gate is left that circuits could be compiled to.</exception>
    public static Target From(Calibration calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        var count = calibration.Qubits.Length;
        var gates = new List<NativeGate>();
        var pairs = new List<(int First, int Second)>();
        for (var a = 0; a < count; a++)
            foreach (var b in calibration.Neighbours(a)) pairs.Add((a, b));
        foreach (var native in calibration.NativeGates)
            foreach (var name in NamesOf(native))
            {
                if (Circuits.Gates.Find(name) is not { QubitCount: 1 or 2 } rule) continue;
                if (rule.QubitCount == 1)
                {
                    for (var q = 0; q < count; q++) Add(rule.Name, native, [q]);
                    continue;
                }
                // Where pairs are listed, those not listed do not have the gate, in that order at least.
                var isListed = calibration.Gates.Any(g => g.Gate == native && g.Qubits.Length == 2);
                foreach (var (a, b) in pairs)
                    if (!isListed || calibration.Gates.Any(g => g.Gate == native && g.Qubits is [var x, var y] && x == a && y == b)) Add(rule.Name, native, [a, b]);
            }
        return new Target(calibration.Device, count, gates, [.. Enumerable.Range(0, count).Select(q => new QubitQuality
        {
            T1Seconds = calibration.Of(q, c => c.T1)?.Value,
            T2Seconds = calibration.Of(q, c => c.T2)?.Value,
            ReadoutError = calibration.Of(q, c => c.ReadoutError)?.Value
                ?? (calibration.Of(q, c => c.OneGivenZero) is { } up && calibration.Of(q, c => c.ZeroGivenOne) is { } down ? (up.Value + down.Value) / 2 : null),
            ReadoutSeconds = calibration.Of(q, c => c.ReadoutDuration)?.Value,
            IsEnabled = calibration.Qubits[q].IsEnabled,
        })]);

        void Add(string name, string native, int[] qubits)
        {
            var known = calibration.Find(native, qubits);
            if (known is { IsEnabled: false } || known?.Error?.Value >= 1) return;
            gates.Add(new NativeGate(name, [.. qubits])
            {
                Error = known?.Error?.Value ?? (name is "rz" or "p" ? 0 : null),
                DurationSeconds = known?.Duration?.Value ?? (name is "rz" or "p" ? 0 : null),
            });
        }

        static string[] NamesOf(string native) => native switch
        {
            "zz" => ["rzz"],
            "r" => ["prx"],
            "phased_xz" or "phasedxz" or "PhasedXZ" => ["prx", "rz"],
            "cphaseshift" => ["cp"],
            "xx" => ["rxx"],
            _ => [native],
        };
    }
}
