using System.Collections.Immutable;
using QTrain.Circuits;
using Barrier = QTrain.Circuits.Barrier;

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

    /// <summary>The same on those qubits alone that take part: a circuit of a few qubits of a large device becomes one of a few qubits.</summary>
    /// <param name="qubits">The qubit of this circuit that each of the result's is, ascending; at least one.</param>
    /// <remarks>Left out are qubits that only have channels of their own, which nobody sees. Classical bits stay as they are.</remarks>
    public NoisyCircuit OnUsedQubits(out ImmutableArray<int> qubits)
    {
        var used = new SortedSet<int>(Circuit.Operations.Where(o => o is not (ChannelOperation or Barrier or Delay)).SelectMany(o => o.Qubits));
        // A channel that joins a used qubit with others brings those in, and theirs.
        while (Circuit.Operations.OfType<ChannelOperation>().FirstOrDefault(c => c.Qubits.Any(used.Contains) && !c.Qubits.All(used.Contains)) is { } joining)
            used.UnionWith(joining.Qubits);
        if (used.Count == 0) used.Add(0);
        qubits = [.. used];
        var places = qubits.Select((q, place) => (q, place)).ToDictionary(p => p.q, p => p.place);
        var operations = new List<Operation>();
        foreach (var operation in Circuit.Operations)
        {
            if (operation is Barrier { Qubits.IsEmpty: false } barrier) operations.Add(new Barrier([.. barrier.Qubits.Where(used.Contains).Select(q => places[q])]));
            else if (operation is Delay delay)
            {
                if (delay.Qubits.Where(used.Contains).Select(q => places[q]).ToImmutableArray() is { IsEmpty: false } waiting) operations.Add(new Delay(delay.Duration, waiting) { Condition = delay.Condition });
            }
            else if (operation is not ChannelOperation || operation.Qubits.All(used.Contains)) operations.Add(operation.Map(q => places[q], a => a));
        }
        return new NoisyCircuit(
            new Circuit(qubits.Length, operations, Circuit.BitCount, Circuit.Parameters),
            Readout.Where(r => used.Contains(r.Key)).ToDictionary(r => places[r.Key], r => r.Value));
    }

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
