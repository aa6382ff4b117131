namespace QTrain.Circuits;

/// <summary>Something that only unitary circuits have was asked of a circuit that measures or resets.</summary>
public sealed class NotUnitaryException(string asked, int index, Operation operation)
    : QuantumException($"The circuit cannot be {asked}: operation {index} ({operation.Name} on qubit {string.Join(", ", operation.Qubits)}) is not unitary. Leave it out, or use the part before it.")
{
    /// <summary>Where the operation stands, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>The operation that is in the way.</summary>
    public Operation Operation { get; } = operation;
}
