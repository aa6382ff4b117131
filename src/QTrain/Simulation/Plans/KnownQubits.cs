namespace QTrain.Simulation.Plans;

/// <summary>Qubits outside of whose values every amplitude is zero, as after a reset.</summary>
/// <param name="Mask">The qubits.</param>
/// <param name="Value">Those of them that are 1.</param>
internal readonly record struct KnownQubits(ulong Mask, ulong Value)
{
    /// <summary>A basis state: every qubit is known.</summary>
    public static KnownQubits Basis(ulong state) => new(ulong.MaxValue, state);

    public KnownQubits Without(ulong qubits) => new(Mask & ~qubits, Value & ~qubits);
}
