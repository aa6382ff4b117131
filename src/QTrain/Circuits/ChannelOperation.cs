using System.Collections.Immutable;
using QTrain.Noise;

namespace QTrain.Circuits;

/// <summary>A noise channel at a place of a circuit. A circuit that holds one has no single final state: density matrices and trajectories run it.</summary>
public sealed record ChannelOperation : Operation
{
    /// <summary>Applies <paramref name="channel"/> to <paramref name="qubits"/>, the first listed lowest; they differ.</summary>
    public ChannelOperation(Channel channel, ImmutableArray<int> qubits)
    {
        ArgumentNullException.ThrowIfNull(channel);
        Channel = channel;
        Qubits = qubits.IsDefault ? [] : qubits;
        if (Qubits.Length != channel.QubitCount)
            throw new QuantumException($"Channel '{channel.Name}' acts on {channel.QubitCount} qubit{(channel.QubitCount == 1 ? "" : "s")}, but was given {Qubits.Length}.");
        if (Qubits.Distinct().Count() != Qubits.Length)
            throw new QuantumException($"Channel '{channel.Name}' was given qubits {string.Join(", ", Qubits)}: they must differ.");
    }

    /// <summary>What happens.</summary>
    public Channel Channel { get; }

    /// <inheritdoc/>
    public override string Name => Channel.Name;

    /// <inheritdoc/>
    public override ImmutableArray<int> Qubits { get; }

    internal override Operation Map(Func<int, int> qubit, Func<Angle, Angle> angle) =>
        new ChannelOperation(Channel, [.. Qubits.Select(qubit)]) { Condition = Condition };

    /// <inheritdoc/>
    public bool Equals(ChannelOperation? other) =>
        other is not null && Channel.Equals(other.Channel) && Qubits.AsSpan().SequenceEqual(other.Qubits.AsSpan()) && Equals(Condition, other.Condition);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Channel, Qubits.Length, Qubits[0]);

    /// <summary>The operation as <c>depolarizing(0.01) 3</c>.</summary>
    public override string ToString() => $"{Channel} {string.Join(", ", Qubits)}";
}
