using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Simulation.Methods;
using QTrain.Simulation.Trajectories;

namespace QTrain.Devices;

/// <summary>A noisy circuit on a wide device, run on the qubits it uses.</summary>
internal static class DeviceRun
{
    /// <summary>The circuit on its own qubits alone, in their order.</summary>
    public static NoisyCircuit OnUsedQubits(NoisyCircuit circuit, out int[] used)
    {
        used = [.. circuit.Circuit.Operations.Where(o => o is not Circuits.Barrier).SelectMany(o => o.Qubits).Distinct().Order()];
        if (used.Length == 0) used = [0];
        if (used.Length == circuit.Circuit.QubitCount) return circuit;
        var number = used.Select((q, k) => (q, k)).ToDictionary(x => x.q, x => x.k);
        var operations = circuit.Circuit.Operations
            .Select(o => o is Circuits.Barrier barrier ? new Circuits.Barrier([.. barrier.Qubits.Where(number.ContainsKey)]) : o)
            .Where(o => o is not Circuits.Barrier { Qubits.IsEmpty: true })
            .Select(o => o.Map(q => number[q], a => a));
        return new NoisyCircuit(
            new Circuit(used.Length, operations, circuit.Circuit.BitCount, circuit.Circuit.Parameters),
            circuit.Readout.Where(r => number.ContainsKey(r.Key)).ToDictionary(r => number[r.Key], r => r.Value));
    }

    /// <summary>Runs a noisy circuit of a device: exactly as a density matrix where that is small enough, else as trajectories.</summary>
    /// <exception cref="QuantumException">It uses more qubits than a state vector of this machine can hold.</exception>
    public static Counts Run(NoisyCircuit circuit, long shots, ulong seed, SimulationOptions? options = null)
    {
        var compact = OnUsedQubits(circuit, out _);
        var choice = MethodChoice.For(compact.Circuit, default);
        if (choice.Method is SimulationMethod.DensityMatrix or SimulationMethod.StateVector && compact.Circuit.QubitCount <= 12)
            return NoisySimulator.Run(DensityProgram.From(compact), default, shots, seed, options);
        if (shots > int.MaxValue) throw new QuantumException($"{shots} shots are too many for trajectories: at most {int.MaxValue}.");
        return TrajectorySimulator.Run(TrajectoryProgram.From(compact), default, (int)shots, seed, options);
    }
}
