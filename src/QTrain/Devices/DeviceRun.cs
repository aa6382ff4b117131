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
    /// <summary>Runs a noisy circuit of a device: exactly as a density matrix where that is small enough, else as trajectories.</summary>
    /// <exception cref="QuantumException">It uses more qubits than a state vector of this machine can hold.</exception>
    public static Counts Run(NoisyCircuit circuit, long shots, ulong seed, SimulationOptions? options = null)
    {
        var compact = circuit.OnUsedQubits(out _);
        var choice = MethodChoice.For(compact.Circuit, default);
        if (choice.Method is SimulationMethod.DensityMatrix or SimulationMethod.StateVector && compact.Circuit.QubitCount <= 12)
            return NoisySimulator.Run(DensityProgram.From(compact), default, shots, seed, options);
        if (shots > int.MaxValue) throw new QuantumException($"{shots} shots are too many for trajectories: at most {int.MaxValue}.");
        return TrajectorySimulator.Run(TrajectoryProgram.From(compact), default, (int)shots, seed, options);
    }
}
