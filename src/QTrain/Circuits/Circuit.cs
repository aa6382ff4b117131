using System.Collections.Immutable;

namespace QTrain.Circuits;

/// <summary>A sequence of operations on qubits and classical bits: a value. Equal circuits are equal.</summary>
public sealed partial class Circuit : IEquatable<Circuit>
{
    /// <summary>A circuit of given operations.</summary>
    /// <param name="qubits">How many qubits; at least 1.</param>
    /// <param name="operations">The operations in order of time.</param>
    /// <param name="bits">How many classical bits; as many as the operations need when left out.</param>
    /// <param name="parameters">The order of the parameters; order of first use when left out. Must hold every parameter used, and may hold more.</param>
    /// <exception cref="QubitOutOfRangeException">An operation uses a qubit that does not exist.</exception>
    public Circuit(int qubits, IEnumerable<Operation> operations, int? bits = null, IEnumerable<Parameter>? parameters = null)
    {
        if (qubits < 1) throw new QuantumException($"A circuit of {qubits} qubits cannot be: it needs at least 1.");
        QubitCount = qubits;
        Operations = [.. operations];
        var needed = 0;
        var used = new List<Parameter>();
        var seen = new HashSet<Parameter>();
        foreach (var operation in Operations)
        {
            foreach (var qubit in operation.Qubits)
                if ((uint)qubit >= (uint)qubits) throw new QubitOutOfRangeException(qubit, qubits);
            if (operation is Measure measure)
            {
                if (measure.Bit < 0) throw new QuantumException($"Classical bit {measure.Bit} does not exist: bits are numbered from 0.");
                needed = Math.Max(needed, measure.Bit + 1);
            }
            if (operation.Condition is { } condition) needed = Math.Max(needed, condition.Bits.Max() + 1);
            foreach (var angle in operation.Angles)
                foreach (var term in angle.Terms)
                    if (seen.Add(term.Parameter)) used.Add(term.Parameter);
        }
        if (bits < needed) throw new QuantumException($"The circuit uses classical bit {needed - 1}, but has {bits} bits: it needs at least {needed}.");
        BitCount = bits ?? needed;
        Parameters = parameters is null ? [.. used] : [.. parameters];
        if (parameters is not null)
        {
            var declared = Parameters.ToHashSet();
            if (declared.Count != Parameters.Length) throw new QuantumException("A parameter is declared twice: names must differ.");
            foreach (var parameter in used)
                if (!declared.Contains(parameter))
                    throw new QuantumException($"Parameter '{parameter}' is used but not declared. "
                        + (Parameters.IsEmpty ? "None is declared." : $"Declared are: {string.Join(", ", Parameters)}."));
        }
    }

    /// <summary>How many qubits.</summary>
    public int QubitCount { get; }

    /// <summary>How many classical bits.</summary>
    public int BitCount { get; }

    /// <summary>The operations in order of time.</summary>
    public ImmutableArray<Operation> Operations { get; }

    /// <summary>The trainable parameters: the order of every parameter vector and gradient.</summary>
    public ImmutableArray<Parameter> Parameters { get; }

    /// <summary>Whether the circuit is a unitary: it neither measures, resets nor asks a condition.</summary>
    public bool IsUnitary => Operations.All(o => o is GateOperation or GlobalPhase or Barrier or Delay && o.Condition is null);

    /// <summary>Builds a circuit: <c>Circuit.Build(2, c => c.H(0).Cx(0, 1))</c>.</summary>
    public static Circuit Build(int qubits, Action<CircuitBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var builder = new CircuitBuilder(qubits);
        build(builder);
        return builder.ToCircuit();
    }

    /// <inheritdoc/>
    public bool Equals(Circuit? other) =>
        other is not null && QubitCount == other.QubitCount && BitCount == other.BitCount
        && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan()) && Operations.SequenceEqual(other.Operations);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Circuit);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(QubitCount);
        foreach (var operation in Operations) hash.Add(operation);
        return hash.ToHashCode();
    }

    /// <summary>The circuit as <c>3 qubits, 5 operations, 2 parameters</c>; <see cref="Draw"/> shows it.</summary>
    public override string ToString() => $"{QubitCount} qubits, {Operations.Length} operations, {Parameters.Length} parameters";
}
