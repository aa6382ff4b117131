namespace QTrain.Problems;

/// <summary>A Hamiltonian lacks what an ansatz must know of it, or contradicts what is said about it.</summary>
public sealed class UnsuitableHamiltonianException(string file, string reason) : QuantumException($"{file}: {reason}")
{
    /// <summary>The Hamiltonian's file, as the user named it.</summary>
    public string File { get; } = file;

    /// <summary>The message without the file.</summary>
    public string Reason { get; } = reason;
}
