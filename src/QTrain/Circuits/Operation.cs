using System.Collections.Immutable;

namespace QTrain.Circuits;

/// <summary>One thing that happens in a circuit: a gate, a measurement, a reset, a noise channel, a barrier, a delay or a global phase.</summary>
public abstract record Operation
{
    private protected Operation() { }

    /// <summary>What happens, in lower case: the gate's or channel's name, or <c>measure</c>, <c>reset</c>, <c>barrier</c>, <c>delay</c>, <c>global_phase</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The qubits it acts on; a gate's controls are listed first.</summary>
    public abstract ImmutableArray<int> Qubits { get; }

    /// <summary>When the operation happens; null: always.</summary>
    public Condition? Condition { get; init; }

    /// <summary>The angles it takes; empty where it takes none.</summary>
    public virtual ImmutableArray<Angle> Angles => [];

    /// <summary>The same operation with its qubits renumbered and its angles replaced.</summary>
    internal abstract Operation Map(Func<int, int> qubit, Func<Angle, Angle> angle);
}

/// <summary>A condition on classical bits: the operation happens when the listed bits, first lowest, read as <see cref="Value"/>.</summary>
public sealed record Condition
{
    /// <summary>The condition that <paramref name="bits"/>, first lowest, read as <paramref name="value"/>.</summary>
    /// <exception cref="QuantumException">There are no bits or more than 64, they do not differ, or the value needs more of them.</exception>
    public Condition(ImmutableArray<int> bits, ulong value)
    {
        if (bits.IsDefaultOrEmpty || bits.Length > 64 || bits.Distinct().Count() != bits.Length || bits.Min() < 0)
            throw new QuantumException($"A condition on classical bits [{(bits.IsDefault ? "" : string.Join(", ", bits))}] cannot be: it needs 1 to 64 different bits, numbered from 0.");
        if (bits.Length < 64 && value >> bits.Length != 0)
            throw new QuantumException($"{bits.Length} classical bit{(bits.Length == 1 ? "" : "s")} can never read as {value}: values are 0 to {(1UL << bits.Length) - 1}.");
        Bits = bits;
        Value = value;
    }

    /// <summary>Classical bits; bit k of the value is <c>Bits[k]</c>.</summary>
    public ImmutableArray<int> Bits { get; }

    /// <summary>What they must read.</summary>
    public ulong Value { get; }

    /// <inheritdoc/>
    public bool Equals(Condition? other) => other is not null && Value == other.Value && Bits.AsSpan().SequenceEqual(other.Bits.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value, Bits.Length);

    /// <summary>Whether the condition holds in a classical register.</summary>
    public bool Holds(ReadOnlySpan<bool> register)
    {
        for (var k = 0; k < Bits.Length; k++)
            if (register[Bits[k]] != ((Value >> k & 1) != 0)) return false;
        return true;
    }

    /// <summary>Both conditions at once.</summary>
    /// <exception cref="QuantumException">They ask different values of one bit.</exception>
    public Condition And(Condition other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (bits, value) = (Bits, Value);
        for (var k = 0; k < other.Bits.Length; k++)
        {
            var asked = other.Value >> k & 1;
            var at = Bits.IndexOf(other.Bits[k]);
            if (at >= 0 && (Value >> at & 1) != asked) throw new QuantumException($"The conditions {this} and {other} can never hold together.");
            if (at >= 0) continue;
            value |= asked << bits.Length;
            bits = bits.Add(other.Bits[k]);
        }
        return new Condition(bits, value);
    }

    /// <summary>The condition as <c>c0=1</c>, highest bit first where there are several: <c>c1c0=10</c>.</summary>
    public override string ToString() =>
        $"{string.Concat(Bits.Reverse().Select(b => $"c{b}"))}={string.Concat(Enumerable.Range(0, Bits.Length).Reverse().Select(k => Value >> k & 1))}";
}

/// <summary>A control qubit and the value it must have.</summary>
/// <param name="Qubit">The control.</param>
/// <param name="On">True: acts when the qubit is 1; false: when it is 0.</param>
public readonly record struct Control(int Qubit, bool On = true);

/// <summary>A gate on qubits, possibly with further controls.</summary>
public sealed record GateOperation : Operation
{
    /// <summary>Applies <paramref name="gate"/> to <paramref name="targets"/> with <paramref name="angles"/>.</summary>
    /// <param name="gate">The rule.</param>
    /// <param name="targets">Its qubits, in its order; distinct.</param>
    /// <param name="angles">Its angles.</param>
    /// <param name="controls">Further controls beside those the gate has by itself.</param>
    public GateOperation(Gate gate, ImmutableArray<int> targets, ImmutableArray<Angle> angles, ImmutableArray<Control> controls = default)
    {
        ArgumentNullException.ThrowIfNull(gate);
        Gate = gate;
        Targets = targets.IsDefault ? [] : targets;
        Angles = angles.IsDefault ? [] : angles;
        Controls = controls.IsDefault ? [] : controls;
        if (Targets.Length != gate.QubitCount)
            throw new QuantumException($"Gate '{gate.Name}' acts on {Counted(gate.QubitCount, "qubit")}, but was given {Targets.Length}.");
        if (Angles.Length != gate.AngleCount)
            throw new QuantumException($"Gate '{gate.Name}' takes {Counted(gate.AngleCount, "angle")}, but was given {Angles.Length}.");
        foreach (var angle in Angles)
            if (!angle.IsFinite) throw new QuantumException($"Gate '{gate.Name}' was given the angle {angle}: angles must be finite.");
        if (Qubits.Distinct().Count() != Qubits.Length)
            throw new QuantumException($"Gate '{gate.Name}' was given qubits {string.Join(", ", Qubits)}: they must differ.");
    }

    /// <inheritdoc/>
    public override string Name => Gate.Name;

    /// <summary>The rule.</summary>
    public Gate Gate { get; }

    /// <summary>The gate's own qubits, in its order.</summary>
    public ImmutableArray<int> Targets { get; }

    /// <summary>Controls added to the gate.</summary>
    public ImmutableArray<Control> Controls { get; }

    /// <inheritdoc/>
    public override ImmutableArray<Angle> Angles { get; }

    /// <inheritdoc/>
    public override ImmutableArray<int> Qubits => Controls.IsEmpty ? Targets : [.. Controls.Select(c => c.Qubit), .. Targets];

    /// <summary>The operation that undoes this one.</summary>
    public GateOperation Inverse()
    {
        if (Gate.Base is { } target)
        {
            // The inverse of a controlled gate controls the inverse; the table's name is kept where it has one.
            var inverted = new GateOperation(target, Targets[Gate.ControlCount..], Angles).Inverse()
                .Controlled([.. Targets[..Gate.ControlCount].Select(q => new Control(q))]);
            return new GateOperation(inverted.Gate, inverted.Targets, inverted.Angles, [.. Controls, .. inverted.Controls]) { Condition = Condition };
        }
        if (Gate.Inverse is { } inverse)
        {
            var (name, qubits, angles) = inverse(Targets, Angles);
            return new GateOperation(Gates.Named(name), qubits, angles, Controls) { Condition = Condition };
        }
        if (Gate.AngleCount > 0) return new GateOperation(Gate, Targets, [.. Angles.Select(a => -a)], Controls) { Condition = Condition };
        var matrix = Gate.Matrix();
        var size = matrix.GetLength(0);
        var adjoint = new System.Numerics.Complex[size, size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++) adjoint[row, column] = System.Numerics.Complex.Conjugate(matrix[column, row]);
        var adjointName = Gate.Name.EndsWith('†') ? Gate.Name[..^1] : Gate.Name + "†";
        return new GateOperation(Gate.Unitary(adjoint, adjointName), Targets, [], Controls) { Condition = Condition };
    }

    /// <summary>The operation under further controls. A gate of the table is kept where it has the name: x becomes cx, and cx ccx.</summary>
    public GateOperation Controlled(params ImmutableArray<Control> controls)
    {
        if (Controls.IsEmpty && controls.All(c => c.On))
        {
            var (target, own) = (Gate.Base ?? Gate, Gate.ControlCount);
            var named = Gates.All.FirstOrDefault(g => ReferenceEquals(g.Base, target) && g.ControlCount == own + controls.Length);
            if (named is not null) return new GateOperation(named, [.. controls.Select(c => c.Qubit), .. Targets], Angles) { Condition = Condition };
        }
        return new GateOperation(Gate, Targets, Angles, [.. controls, .. Controls]) { Condition = Condition };
    }

    internal override Operation Map(Func<int, int> qubit, Func<Angle, Angle> angle) =>
        new GateOperation(Gate, [.. Targets.Select(qubit)], [.. Angles.Select(angle)], [.. Controls.Select(c => c with { Qubit = qubit(c.Qubit) })])
        {
            Condition = Condition,
        };

    /// <inheritdoc/>
    public bool Equals(GateOperation? other) =>
        other is not null && Gate.Equals(other.Gate) && Targets.AsSpan().SequenceEqual(other.Targets.AsSpan())
        && Angles.AsSpan().SequenceEqual(other.Angles.AsSpan()) && Controls.AsSpan().SequenceEqual(other.Controls.AsSpan())
        && Equals(Condition, other.Condition);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Gate);
        foreach (var target in Targets) hash.Add(target);
        foreach (var angle in Angles) hash.Add(angle);
        return hash.ToHashCode();
    }

    /// <summary>The operation as <c>crx(θ0) 0, 1</c>.</summary>
    public override string ToString() =>
        $"{string.Concat(Controls.Select(c => c.On ? "ctrl @ " : "negctrl @ "))}{Gate.Name}"
        + (Angles.IsEmpty ? "" : $"({string.Join(", ", Angles)})") + $" {string.Join(", ", Qubits)}";

    private static string Counted(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}

/// <summary>Measures a qubit in the computational basis into a classical bit.</summary>
/// <param name="Qubit">The qubit.</param>
/// <param name="Bit">The classical bit that is written.</param>
public sealed record Measure(int Qubit, int Bit) : Operation
{
    /// <inheritdoc/>
    public override string Name => "measure";

    /// <inheritdoc/>
    public override ImmutableArray<int> Qubits => [Qubit];

    internal override Operation Map(Func<int, int> qubit, Func<Angle, Angle> angle) => this with { Qubit = qubit(Qubit) };
}

/// <summary>Puts a qubit into |0⟩, whatever it was.</summary>
/// <param name="Qubit">The qubit.</param>
public sealed record Reset(int Qubit) : Operation
{
    /// <inheritdoc/>
    public override string Name => "reset";

    /// <inheritdoc/>
    public override ImmutableArray<int> Qubits => [Qubit];

    internal override Operation Map(Func<int, int> qubit, Func<Angle, Angle> angle) => this with { Qubit = qubit(Qubit) };
}

/// <summary>Nothing moves across it; it does nothing else.</summary>
public sealed record Barrier : Operation
{
    /// <summary>A barrier on qubits.</summary>
    public Barrier(ImmutableArray<int> qubits) => Qubits = qubits.IsDefault ? [] : qubits;

    /// <inheritdoc/>
    public override string Name => "barrier";

    /// <inheritdoc/>
    public override ImmutableArray<int> Qubits { get; }

    internal override Operation Map(Func<int, int> qubit, Func<Angle, Angle> angle) => new Barrier([.. Qubits.Select(qubit)]) { Condition = Condition };

    /// <inheritdoc/>
    public bool Equals(Barrier? other) =>
        other is not null && Qubits.AsSpan().SequenceEqual(other.Qubits.AsSpan()) && Equals(Condition, other.Condition);

    /// <inheritdoc/>
    public override int GetHashCode() => Qubits.Length;
}

/// <summary>Qubits wait for a time. Nothing happens to their state but what a device's noise does to qubits that wait.</summary>
/// <remarks>A delay of several qubits begins when the last of them is free, and nothing moves across it on any of them.</remarks>
public sealed record Delay : Operation
{
    /// <summary>So long on these qubits, which differ; at least one.</summary>
    /// <exception cref="QuantumException">The duration is negative or no number, or the qubits cannot be.</exception>
    public Delay(Duration duration, ImmutableArray<int> qubits)
    {
        if (!duration.IsPossible) throw new QuantumException($"A delay of {duration} cannot be: it takes no less than no time.");
        if (qubits.IsDefaultOrEmpty) throw new QuantumException("A delay needs a qubit that waits.");
        if (qubits.Distinct().Count() != qubits.Length) throw new QuantumException($"A delay was given qubits {string.Join(", ", qubits)}: they must differ.");
        (Duration, Qubits) = (duration, qubits);
    }

    /// <inheritdoc/>
    public override string Name => "delay";

    /// <summary>How long.</summary>
    public Duration Duration { get; }

    /// <inheritdoc/>
    public override ImmutableArray<int> Qubits { get; }

    internal override Operation Map(Func<int, int> qubit, Func<Angle, Angle> angle) => new Delay(Duration, [.. Qubits.Select(qubit)]) { Condition = Condition };

    /// <inheritdoc/>
    public bool Equals(Delay? other) =>
        other is not null && Duration == other.Duration && Qubits.AsSpan().SequenceEqual(other.Qubits.AsSpan()) && Equals(Condition, other.Condition);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Duration, Qubits.Length);

    /// <summary>The operation as <c>delay[100ns] 0, 1</c>.</summary>
    public override string ToString() => $"delay[{Duration}] {string.Join(", ", Qubits)}";
}

/// <summary>Multiplies the whole state by e^{iφ}. It matters under control.</summary>
public sealed record GlobalPhase : Operation
{
    /// <summary>A phase, possibly controlled (then it is a relative phase).</summary>
    public GlobalPhase(Angle phase, ImmutableArray<Control> controls = default)
    {
        Phase = phase;
        Controls = controls.IsDefault ? [] : controls;
        if (!phase.IsFinite) throw new QuantumException($"A global phase was given the angle {phase}: angles must be finite.");
        if (Controls.DistinctBy(c => c.Qubit).Count() != Controls.Length)
            throw new QuantumException($"A global phase was given controls {string.Join(", ", Qubits)}: they must differ.");
    }

    /// <inheritdoc/>
    public override string Name => "global_phase";

    /// <summary>The phase in radians.</summary>
    public Angle Phase { get; }

    /// <summary>The qubits that must have their values for the phase to act.</summary>
    public ImmutableArray<Control> Controls { get; }

    /// <inheritdoc/>
    public override ImmutableArray<int> Qubits => [.. Controls.Select(c => c.Qubit)];

    /// <inheritdoc/>
    public override ImmutableArray<Angle> Angles => [Phase];

    internal override Operation Map(Func<int, int> qubit, Func<Angle, Angle> angle) =>
        new GlobalPhase(angle(Phase), [.. Controls.Select(c => c with { Qubit = qubit(c.Qubit) })]) { Condition = Condition };

    /// <inheritdoc/>
    public bool Equals(GlobalPhase? other) =>
        other is not null && Phase == other.Phase && Controls.AsSpan().SequenceEqual(other.Controls.AsSpan()) && Equals(Condition, other.Condition);

    /// <inheritdoc/>
    public override int GetHashCode() => Phase.GetHashCode();
}
