using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Cli.Terminal;
using QTrain.Devices;
using QTrain.Transpilation;

namespace QTrain.Cli.Devices;

/// <summary>A circuit in the gates and on the qubits of a device.</summary>
/// <param name="Circuit">The native circuit, on all qubits of the device.</param>
/// <param name="Layout">The device's qubit for every qubit of the original, at the start.</param>
/// <param name="IsTranspiled">Whether it had to be made native; else qubit k is the device's qubit k.</param>
internal sealed record CompiledForDevice(Circuit Circuit, ImmutableArray<int> Layout, bool IsTranspiled)
{
    public int TwoQubitGates => Circuit.Operations.Count(o => o is GateOperation && o.Qubits.Length == 2);

    /// <summary>The circuit as it is where it is native already, else compiled.</summary>
    public static CompiledForDevice Of(Circuit circuit, Calibration device, ulong seed)
    {
        if (circuit.QubitCount > device.Qubits.Length) throw new UsageException($"the circuit has {Show.Count(circuit.QubitCount, "qubit")}, but {device.Device} has {device.Qubits.Length}. Choose a larger device: qtrain devices list");
        var target = device.ToTarget();
        ImmutableArray<int> places = [.. Enumerable.Range(0, circuit.QubitCount)];
        var placed = circuit.QubitCount == device.Qubits.Length ? circuit : circuit.OnQubits(device.Qubits.Length, places);
        if (target.Objection(placed) is null) return new(placed, places, IsTranspiled: false);
        var compiled = Transpiler.Run(circuit, target, new TranspileOptions { Seed = seed });
        return new(compiled.Circuit, compiled.InitialLayout, IsTranspiled: true);
    }
}
