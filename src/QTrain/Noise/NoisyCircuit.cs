using System.Collections.Immutable;
using QTrain.Circuits;

namespace QTrain.Noise;

/// <summary>A circuit with noise channels at their places, and how its qubits are misread: what noisy simulators run. A value.</summary>
public sealed class NoisyCircuit : IEquatable<NoisyCircuit>
{
    /// <summary>A circuit, which may hold <see cref="ChannelOperation"/>s, and readout errors by qubit.</summary>
    /// <exception cref="QubitOutOfRangeException">A readout error is given for a qubit that does not exist.</exception>
    public NoisyCircuit(Circuit circuit, IReadOnlyDictionary<int, ReadoutError>? readout = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        Circuit = circuit;
        foreach (var (qubit, _) in readout ?? ImmutableDictionary<int, ReadoutError>.Empty)
            if ((uint)qubit >= (uint)circuit.QubitCount) throw new QubitOutOfRangeException(qubit, circuit.QubitCount);
        Readout = readout is null ? ImmutableSortedDictionary<int, ReadoutError>.Empty : readout.Where(r => !r.Value.IsNone).ToImmutableSortedDictionary();
    }

    /// <summary>The operations, channels among them.</summary>
    public Circuit Circuit { get; }

    /// <summary>Readout errors by qubit: they act whenever the qubit is measured, in the middle or at the end. Qubits not listed are read rightly.</summary>
    public ImmutableSortedDictionary<int, ReadoutError> Readout { get; }

    /// <inheritdoc/>
    public bool Equals(NoisyCircuit? other) => other is not null && Circuit.Equals(other.Circuit) && Readout.SequenceEqual(other.Readout);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NoisyCircuit);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Circuit, Readout.Count);

    /// <summary>The circuit in a line, with how many channels and misread qubits.</summary>
    public override string ToString() =>
        $"{Circuit}, of these {Circuit.Operations.Count(o => o is ChannelOperation)} channels; {Readout.Count} qubits misread";
}
