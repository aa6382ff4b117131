using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace QTrain.Noise;

/// <summary>A noise channel: the map ρ → Σ KρK† of Kraus operators on one or a few qubits. A value; the named ones are the rows of
/// <see cref="Channels"/>, and <see cref="FromKraus(string, IEnumerable{Complex[,]})"/> makes any other.</summary>
/// <remarks>In a matrix the first listed qubit is the lowest bit, as in gates.</remarks>
public sealed partial class Channel : IEquatable<Channel>
{
    /// <summary>The most qubits a channel can act on: its transfer matrix then has 256 × 256 numbers.</summary>
    public const int MaxQubits = 4;

    /// <summary>How far an entry of Σ K†K may be from that of the identity.</summary>
    public const double TracePreservingTolerance = 1e-9;

    private readonly Complex[][,] _kraus;

    internal Channel(string name, ImmutableArray<double> arguments, IEnumerable<Complex[,]> kraus, bool isNamed)
    {
        Name = name;
        Arguments = arguments;
        IsNamed = isNamed;
        _kraus = [.. kraus.Select(k => (Complex[,])k.Clone())];
        if (_kraus.Length == 0) throw new QuantumException($"Channel '{name}' was given no Kraus operator: at least one is needed.");
        var size = _kraus[0].GetLength(0);
        foreach (var operation in _kraus)
            if (operation.GetLength(0) != size || operation.GetLength(1) != size || size < 2 || size > 1 << MaxQubits || !BitOperations.IsPow2(size))
                throw new QuantumException(
                    $"Channel '{name}' was given a Kraus operator of {operation.GetLength(0)}×{operation.GetLength(1)} numbers: all must be square, with the same 2, 4, 8 or 16 rows.");
        QubitCount = BitOperations.Log2((uint)size);
        var deviation = DeviationFromTracePreserving();
        if (!(deviation <= TracePreservingTolerance))
            throw new QuantumException(
                $"Channel '{name}' does not keep the trace: Σ K†K differs from 1 by {deviation:G3}; at most {TracePreservingTolerance:G1} is allowed. Check for a missing operator or factor.");
    }

    /// <summary>The name: that of its row in <see cref="Channels"/>, or the one it was made with.</summary>
    public string Name { get; }

    /// <summary>The numbers its row was given; empty for channels made from Kraus operators.</summary>
    public ImmutableArray<double> Arguments { get; }

    /// <summary>Whether it comes from a row of <see cref="Channels"/>.</summary>
    public bool IsNamed { get; }

    /// <summary>How many qubits it acts on.</summary>
    public int QubitCount { get; }

    /// <summary>The Kraus operators, 2ᵏ×2ᵏ each, as copies.</summary>
    public IReadOnlyList<Complex[,]> Kraus => [.. _kraus.Select(k => (Complex[,])k.Clone())];

    /// <summary>Whether it is one unitary and so no noise in the narrow sense.</summary>
    public bool IsUnitary => _kraus.Length == 1;

    internal IReadOnlyList<Complex[,]> Operators => _kraus;

    /// <summary>A channel of any Kraus operators.</summary>
    /// <param name="name">The name shown in drawings and messages.</param>
    /// <param name="kraus">Operators on the same number of qubits with Σ K†K = 1 to <see cref="TracePreservingTolerance"/>.</param>
    /// <exception cref="QuantumException">The shapes differ, or the channel does not keep the trace.</exception>
    public static Channel FromKraus(string name, params IEnumerable<Complex[,]> kraus)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(kraus);
        return new Channel(name, [], kraus, isNamed: false);
    }

    /// <summary>Pauli error of total probability p, each of the 3 (15 on two qubits) equally likely. Qiskit's λ is 4p/3 (16p/15).</summary>
    public static Channel Depolarizing(double probability, int qubits = 1) => qubits switch
    {
        1 => Channels.Make("depolarizing", probability),
        2 => Channels.Make("depolarizing2", probability),
        _ => throw new QuantumException($"Depolarizing noise on {qubits} qubits is not made here: give 1 or 2, or the Kraus operators."),
    };

    /// <summary>X with a probability.</summary>
    public static Channel BitFlip(double probability) => Channels.Make("bit_flip", probability);

    /// <summary>Z with a probability.</summary>
    public static Channel PhaseFlip(double probability) => Channels.Make("phase_flip", probability);

    /// <summary>Y with a probability.</summary>
    public static Channel BitPhaseFlip(double probability) => Channels.Make("bit_phase_flip", probability);

    /// <summary>X, Y or Z with a probability each.</summary>
    public static Channel Pauli(double x, double y, double z) => Channels.Make("pauli", x, y, z);

    /// <summary>Two-qubit Pauli errors with a probability each; labels as <c>"XI"</c>, rightmost letter on the first listed qubit.</summary>
    public static Channel Pauli2(params IEnumerable<(string Label, double Probability)> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var probabilities = new double[15];
        foreach (var (label, probability) in errors)
        {
            var at = Channels.TwoQubitErrors.IndexOf(label);
            if (at < 0) throw new QuantumException($"'{label}' is no Pauli error on two qubits: the errors are {string.Join(", ", Channels.TwoQubitErrors)}.");
            probabilities[at] += probability;
        }
        return Channels.Make("pauli2", probabilities);
    }

    /// <summary>Decay of |1⟩ to |0⟩ with probability γ; with an excited population, |0⟩ is also excited, and the qubit ends with that population.</summary>
    public static Channel AmplitudeDamping(double gamma, double excitedPopulation = 0) =>
        excitedPopulation == 0 ? Channels.Make("amplitude_damping", gamma) : Channels.Make("generalized_amplitude_damping", gamma, excitedPopulation);

    /// <summary>Loss of coherence without loss of energy: off-diagonal elements shrink by √(1 − λ).</summary>
    public static Channel PhaseDamping(double lambda) => Channels.Make("phase_damping", lambda);

    /// <summary>Relaxation during <paramref name="duration"/>: off-diagonal elements shrink by exp(−t/T₂), the excited population goes to its
    /// equilibrium by exp(−t/T₁).</summary>
    /// <param name="t1">T₁, in the unit of the duration; may be infinite.</param>
    /// <param name="t2">T₂ ≤ 2T₁, in the unit of the duration; may be infinite.</param>
    /// <param name="duration">How long, in any unit of time.</param>
    /// <param name="excitedPopulation">The population of |1⟩ in equilibrium.</param>
    public static Channel ThermalRelaxation(double t1, double t2, double duration, double excitedPopulation = 0) =>
        Channels.Make("thermal_relaxation", t1, t2, duration, excitedPopulation);

    /// <summary>The coherent error exp(−iεP/2): a rotation by ε too much about <c>x</c>, <c>y</c>, <c>z</c>, <c>xx</c>, <c>zz</c> or <c>zx</c>.</summary>
    public static Channel OverRotation(string axis, double angle)
    {
        ArgumentNullException.ThrowIfNull(axis);
        return Channels.Make("over_rotation_" + axis.ToLowerInvariant(), angle);
    }

    /// <summary>The qubit is put into |0⟩ or |1⟩ with a probability each, and left alone otherwise.</summary>
    public static Channel ResetError(double toZero, double toOne = 0) => Channels.Make("reset_error", toZero, toOne);

    /// <inheritdoc/>
    public bool Equals(Channel? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || Name != other.Name || IsNamed != other.IsNamed || !Arguments.AsSpan().SequenceEqual(other.Arguments.AsSpan())) return false;
        return IsNamed || _kraus.Length == other._kraus.Length && QubitCount == other.QubitCount
            && _kraus.Zip(other._kraus).All(p => p.First.Cast<Complex>().SequenceEqual(p.Second.Cast<Complex>()));
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Channel);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Arguments.Length, Arguments.IsEmpty ? 0 : Arguments[0], QubitCount, _kraus.Length);

    /// <summary>The channel as <c>depolarizing(0.01)</c>.</summary>
    public override string ToString() =>
        Arguments.IsEmpty ? Name : $"{Name}({string.Join(", ", Arguments.Select(a => a.ToString("R", CultureInfo.InvariantCulture)))})";

    private double DeviationFromTracePreserving()
    {
        var (size, worst) = (1 << QubitCount, 0.0);
        for (var a = 0; a < size; a++)
            for (var b = 0; b < size; b++)
            {
                Complex sum = a == b ? -1 : 0;
                foreach (var k in _kraus)
                    for (var r = 0; r < size; r++) sum += Complex.Conjugate(k[r, a]) * k[r, b];
                if (double.IsNaN(sum.Magnitude)) return double.NaN;
                worst = Math.Max(worst, sum.Magnitude);
            }
        return worst;
    }
}
