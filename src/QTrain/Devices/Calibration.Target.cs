using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Devices.Import;
using QTrain.Transpilation;

namespace QTrain.Devices;

// What transpilation needs of a device.
public sealed partial class Calibration
{
    /// <summary>The device as circuits are compiled for it: its native gates where they are enabled, with their errors and durations. Native gates that
    /// the table of gates does not have are left out.</summary>
    public Target ToTarget()
    {
        var gates = ImmutableArray.CreateBuilder<NativeGate>();
        foreach (var name in NativeGates)
        {
            if (Circuits.Gates.Find(name) is not { QubitCount: 1 or 2 } rule) continue;
            if (rule.QubitCount == 1)
            {
                for (var q = 0; q < Qubits.Length; q++) Add(name, [q]);
                continue;
            }
            for (var a = 0; a < Qubits.Length; a++)
                foreach (var b in Neighbours(a)) Add(name, [a, b]);
        }
        return new Target(Device, Qubits.Length, gates, [.. Qubits.Select((qubit, q) => new QubitQuality
        {
            T1Seconds = Of(q, x => x.T1)?.Value,
            T2Seconds = Of(q, x => x.T2)?.Value,
            ReadoutError = CalibrationSummary.ReadoutError(this, q)?.Value,
            ReadoutSeconds = Of(q, x => x.ReadoutDuration)?.Value,
            IsEnabled = qubit.IsEnabled,
        })]);

        void Add(string name, ImmutableArray<int> on)
        {
            if (on.Length == 2 && GateNames.IsSymmetric(name) && on[0] > on[1]) return;
            if (Allows(name, on.AsSpan(), out var values)) gates.Add(new NativeGate(name, on) { Error = values?.Error?.Value, DurationSeconds = values?.Duration?.Value });
        }
    }

    /// <summary>Whether the device does a native gate on given qubits, and what is known of it there.</summary>
    internal bool Allows(string gate, ReadOnlySpan<int> qubits, out GateCalibration? values)
    {
        values = Find(gate, qubits);
        if (qubits.Length == 2 && values is not { Qubits.IsEmpty: false } && GateNames.IsSymmetric(gate) && Find(gate, qubits[1], qubits[0]) is { Qubits.IsEmpty: false } other) values = other;
        foreach (var q in qubits)
            if (!Qubits[q].IsEnabled) return false;
        if (qubits.Length == 2 && !IsCoupled(qubits[0], qubits[1])) return false;
        if (values is not null) return values.IsEnabled;
        // A native gate of which no place is calibrated is there everywhere; one that is calibrated at some places is there at those.
        return NativeGates.Contains(gate) && Gates.All(g => g.Gate != gate);
    }
}
