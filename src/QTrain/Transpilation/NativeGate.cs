using System.Collections.Immutable;

namespace QTrain.Transpilation;

/// <summary>A gate that a device has on certain qubits, and how well it does it there.</summary>
/// <param name="Name">The name of a row of <see cref="Circuits.Gates"/>.</param>
/// <param name="Qubits">The qubits in the gate's order; a directed gate such as <c>ecr</c> is allowed in this order only.</param>
public sealed record NativeGate(string Name, ImmutableArray<int> Qubits)
{
    /// <summary>The average gate infidelity, 0 to 1; null where nobody measured it.</summary>
    public double? Error { get; init; }

    /// <summary>How long the gate takes, in seconds; null where nobody says.</summary>
    public double? DurationSeconds { get; init; }

    /// <inheritdoc/>
    public bool Equals(NativeGate? other) => other is not null && Name == other.Name && Error.Equals(other.Error)
        && DurationSeconds.Equals(other.DurationSeconds) && Qubits.AsSpan().SequenceEqual(other.Qubits.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Qubits.Length, Qubits.IsEmpty ? -1 : Qubits[0]);

    /// <summary>The gate as <c>ecr 1, 0</c>.</summary>
    public override string ToString() => $"{Name} {string.Join(", ", Qubits)}";
}

/// <summary>What is known of one qubit of a device; null where nobody measured it.</summary>
public sealed record QubitQuality
{
    /// <summary>Of a qubit nothing is known about.</summary>
    public static QubitQuality Unknown { get; } = new();

    /// <summary>Relaxation time in seconds.</summary>
    public double? T1Seconds { get; init; }

    /// <summary>Dephasing time in seconds.</summary>
    public double? T2Seconds { get; init; }

    /// <summary>The probability that a measurement reads the wrong value, averaged over 0 and 1.</summary>
    public double? ReadoutError { get; init; }

    /// <summary>How long a measurement takes, in seconds.</summary>
    public double? ReadoutSeconds { get; init; }

    /// <summary>Whether the qubit may be used; a transpiler never places anything on one that may not.</summary>
    public bool IsEnabled { get; init; } = true;
}
