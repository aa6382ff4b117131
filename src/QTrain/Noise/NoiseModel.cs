using System.Collections.Immutable;
using QTrain.Circuits;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Noise;

/// <summary>One rule of a <see cref="NoiseModel"/>: beside which operations a channel stands, and on which qubits.</summary>
public sealed record NoiseRule
{
    /// <summary>What happens.</summary>
    public required Channel Channel { get; init; }

    /// <summary>The operation's name, such as <c>cx</c>, <c>reset</c> or <c>measure</c>; null: any gate. A gate under further controls has another
    /// name than its own and is only met by rules without a name.</summary>
    public string? Operation { get; init; }

    /// <summary>How many qubits the gate has, its controls counted; null: any number.</summary>
    public int? OperationQubits { get; init; }

    /// <summary>The operation's qubits in its order; default: any.</summary>
    public ImmutableArray<int> Qubits { get; init; }

    /// <summary>Names of gates that the rule leaves out, such as a virtual <c>rz</c>.</summary>
    public ImmutableArray<string> Except { get; init; } = [];

    /// <summary>The qubits that the channel acts on, such as a neighbour that hears crosstalk; default: those of the operation, a one-qubit
    /// channel on each of them.</summary>
    public ImmutableArray<int> On { get; init; }

    /// <summary>Whether the channel stands before the operation rather than after.</summary>
    public bool IsBefore { get; init; }

    /// <summary>Whether the rule speaks of an operation.</summary>
    public bool Matches(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (operation is Barrier or GlobalPhase or ChannelOperation) return false;
        if (Operation is null ? operation is not GateOperation : Operation != operation.Name || operation is GateOperation { Controls.IsEmpty: false }) return false;
        if (Except.Contains(operation.Name)) return false;
        if (OperationQubits is { } count && count != operation.Qubits.Length) return false;
        return Qubits.IsDefault || Qubits.AsSpan().SequenceEqual(operation.Qubits.AsSpan());
    }

    internal IEnumerable<ChannelOperation> Beside(Operation operation)
    {
        var on = On.IsDefault ? operation.Qubits : On;
        if (Channel.QubitCount == on.Length) return [new ChannelOperation(Channel, on) { Condition = operation.Condition }];
        if (Channel.QubitCount == 1) return on.Select(q => new ChannelOperation(Channel, [q]) { Condition = operation.Condition });
        throw new QuantumException(
            $"The noise rule for '{operation}' has the channel {Channel} on {Channel.QubitCount} qubits, but {on.Length} qubits to act on: they must be as many, or the channel on one.");
    }

    /// <inheritdoc/>
    public bool Equals(NoiseRule? other) => other is not null && Channel.Equals(other.Channel) && Operation == other.Operation
        && OperationQubits == other.OperationQubits && Same(Qubits, other.Qubits) && Same(On, other.On)
        && Except.AsSpan().SequenceEqual(other.Except.AsSpan()) && IsBefore == other.IsBefore;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Channel, Operation, OperationQubits, IsBefore);

    private static bool Same(ImmutableArray<int> left, ImmutableArray<int> right) =>
        left.IsDefault == right.IsDefault && (left.IsDefault || left.AsSpan().SequenceEqual(right.AsSpan()));
}

/// <summary>What a device does to circuits: channels after (or before) operations, and misread qubits. A value: every method gives a new one.</summary>
public sealed class NoiseModel : IEquatable<NoiseModel>
{
    private List<int>? _all;
    private ILookup<(string?, int), int>? _index;

    private NoiseModel(ImmutableArray<NoiseRule> rules, ReadoutError? everyQubit, ImmutableSortedDictionary<int, ReadoutError> readout)
    {
        Rules = rules;
        ReadoutOfEveryQubit = everyQubit;
        ReadoutByQubit = readout;
    }

    /// <summary>No noise.</summary>
    public static NoiseModel None { get; } = new([], null, ImmutableSortedDictionary<int, ReadoutError>.Empty);

    /// <summary>The rules, in the order in which they act.</summary>
    public ImmutableArray<NoiseRule> Rules { get; }

    /// <summary>How qubits are misread that <see cref="ReadoutByQubit"/> does not list; null: not at all.</summary>
    public ReadoutError? ReadoutOfEveryQubit { get; }

    /// <summary>How single qubits are misread.</summary>
    public ImmutableSortedDictionary<int, ReadoutError> ReadoutByQubit { get; }

    /// <summary>The model with a further rule, which acts after those it has.</summary>
    public NoiseModel With(NoiseRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return new(Rules.Add(rule), ReadoutOfEveryQubit, ReadoutByQubit);
    }

    /// <summary>The model with further rules, which act after those it has, in their order.</summary>
    public NoiseModel With(IEnumerable<NoiseRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return new(Rules.AddRange(rules), ReadoutOfEveryQubit, ReadoutByQubit);
    }

    /// <summary>A channel after every gate of a name, on its qubits; only where they are those listed, when any are.</summary>
    public NoiseModel AfterGate(string gate, Channel channel, params ImmutableArray<int> qubits) =>
        With(new NoiseRule { Operation = Gates.Find(gate)?.Name ?? gate, Channel = channel, Qubits = qubits.IsDefaultOrEmpty ? default : qubits });

    /// <summary>A channel after every gate on one qubit; only on the qubit listed, when one is.</summary>
    public NoiseModel AfterOneQubitGates(Channel channel, int? qubit = null, params ImmutableArray<string> except) =>
        With(new NoiseRule { OperationQubits = 1, Channel = channel, Qubits = qubit is { } q ? [q] : default, Except = except.IsDefault ? [] : except });

    /// <summary>A channel after every gate on two qubits; a one-qubit channel on both.</summary>
    public NoiseModel AfterTwoQubitGates(Channel channel, params ImmutableArray<string> except) =>
        With(new NoiseRule { OperationQubits = 2, Channel = channel, Except = except.IsDefault ? [] : except });

    /// <summary>How every qubit is misread that has no readout error of its own.</summary>
    public NoiseModel WithReadout(ReadoutError error) => new(Rules, error, ReadoutByQubit);

    /// <summary>How a qubit is misread.</summary>
    public NoiseModel WithReadout(int qubit, ReadoutError error) => new(Rules, ReadoutOfEveryQubit, ReadoutByQubit.SetItem(qubit, error));

    /// <summary>A circuit as this noise makes it. Channels it has already stay where they are; parameters keep their order.</summary>
    /// <exception cref="QuantumException">A rule's channel does not fit the qubits it acts on.</exception>
    public NoisyCircuit ApplyTo(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var operations = ImmutableArray.CreateBuilder<Operation>();
        foreach (var operation in circuit.Operations)
        {
            var candidates = CandidatesFor(operation);
            foreach (var rule in candidates)
                if (Rules[rule].IsBefore && Rules[rule].Matches(operation)) operations.AddRange(Rules[rule].Beside(operation));
            operations.Add(operation);
            foreach (var rule in candidates)
                if (!Rules[rule].IsBefore && Rules[rule].Matches(operation)) operations.AddRange(Rules[rule].Beside(operation));
        }
        var readout = new Dictionary<int, ReadoutError>();
        for (var q = 0; q < circuit.QubitCount; q++)
            if (ReadoutByQubit.TryGetValue(q, out var own)) readout.Add(q, own);
            else if (ReadoutOfEveryQubit is { } every) readout.Add(q, every);
        return new NoisyCircuit(new Circuit(circuit.QubitCount, operations, circuit.BitCount, circuit.Parameters), readout);
    }

    /// <summary>Rules that may speak of an operation, in their order. A device's model has thousands of rules, of which few speak of one place.</summary>
    private List<int> CandidatesFor(Operation operation)
    {
        if (Rules.Length <= 16) return _all ??= [.. Enumerable.Range(0, Rules.Length)];
        var index = _index ??= Rules.Select((rule, k) => (Key: (rule.Operation, rule.Qubits.IsDefaultOrEmpty ? -1 : rule.Qubits[0]), k)).ToLookup(r => r.Key, r => r.k);
        var first = operation.Qubits.IsEmpty ? -1 : operation.Qubits[0];
        List<int> found = [.. index[(operation.Name, -1)], .. index[(null, -1)]];
        if (first >= 0) found.AddRange([.. index[(operation.Name, first)], .. index[(null, first)]]);
        found.Sort();
        return found;
    }

    /// <inheritdoc/>
    public bool Equals(NoiseModel? other) => other is not null && Rules.AsSpan().SequenceEqual(other.Rules.AsSpan())
        && ReadoutOfEveryQubit == other.ReadoutOfEveryQubit && ReadoutByQubit.SequenceEqual(other.ReadoutByQubit);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NoiseModel);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rules.Length, ReadoutOfEveryQubit, ReadoutByQubit.Count);
}
