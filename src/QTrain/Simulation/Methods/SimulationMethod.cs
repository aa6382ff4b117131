namespace QTrain.Simulation.Methods;

/// <summary>How a circuit is simulated.</summary>
public enum SimulationMethod
{
    /// <summary>All 2ⁿ amplitudes: exact, up to some thirty qubits.</summary>
    StateVector,

    /// <summary>A chain of tensors: any number of qubits, as long as they are weakly entangled along the chain.</summary>
    MatrixProductState,

    /// <summary>A tableau of signs: exact for Clifford gates, of thousands of qubits.</summary>
    Stabilizer,

    /// <summary>All 4ⁿ entries of a mixed state: exact with noise, up to half as many qubits as a state vector.</summary>
    DensityMatrix,

    /// <summary>Many pure states, in each of which noise acted one way by chance: an estimate, of as many qubits as a state vector.</summary>
    Trajectories,
}
