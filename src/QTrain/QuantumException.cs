namespace QTrain;

/// <summary>A fact of the domain that stops what was asked: what was given, what is allowed, what to do. Never a programming mistake,
/// which is an <see cref="ArgumentException"/>.</summary>
public class QuantumException : Exception
{
    /// <summary>Creates the exception with a message that tells the reader what to do next.</summary>
    public QuantumException(string message) : base(message) { }

    /// <summary>Creates the exception with the failure that caused it.</summary>
    public QuantumException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>A qubit was named that the circuit or state does not have.</summary>
public sealed class QubitOutOfRangeException(int qubit, int qubitCount)
    : QuantumException($"Qubit {qubit} does not exist: this circuit has {qubitCount} qubits, numbered 0 to {qubitCount - 1}.")
{
    /// <summary>The qubit that was asked for.</summary>
    public int Qubit { get; } = qubit;

    /// <summary>How many qubits there are.</summary>
    public int QubitCount { get; } = qubitCount;
}
