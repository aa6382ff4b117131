using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Observables;
using static System.Math;

namespace QTrain.Noise;

/// <summary>The table of named channels: one row each; the parser, the documentation and the tests are derived from it.</summary>
public static class Channels
{
    private static readonly Complex[,] One = { { 1, 0 }, { 0, 1 } };

    /// <summary>The 15 Pauli errors on two qubits in the order in which <c>pauli2</c> takes their probabilities: XI is X on the second qubit.</summary>
    public static ImmutableArray<string> TwoQubitErrors { get; } =
        [.. Enumerable.Range(1, 15).Select(k => $"{"IXYZ"[k / 4]}{"IXYZ"[k % 4]}")];

    /// <summary>Every named channel, in the order of the documentation.</summary>
    public static ImmutableArray<ChannelRule> All { get; } =
    [
        new("depolarizing", 1, ["p"], "Pauli error of total probability p: X, Y and Z with p/3 each.", a =>
            Paulis(1, ["X", "Y", "Z"], [Probability(a, 0) / 3, a[0] / 3, a[0] / 3])),
        new("depolarizing2", 2, ["p"], "Two-qubit Pauli error of total probability p: each of the 15 with p/15.", a =>
            Paulis(2, TwoQubitErrors, [.. Enumerable.Repeat(Probability(a, 0) / 15, 15)])),
        new("bit_flip", 1, ["p"], "X with probability p.", a => Paulis(1, ["X"], [Probability(a, 0)])),
        new("phase_flip", 1, ["p"], "Z with probability p.", a => Paulis(1, ["Z"], [Probability(a, 0)])),
        new("bit_phase_flip", 1, ["p"], "Y with probability p.", a => Paulis(1, ["Y"], [Probability(a, 0)])),
        new("pauli", 1, ["px", "py", "pz"], "X, Y and Z with a probability each.", a =>
            Paulis(1, ["X", "Y", "Z"], [Probability(a, 0), Probability(a, 1), Probability(a, 2)])),
        new("pauli2", 2, [.. TwoQubitErrors.Select(l => "p" + l.ToLowerInvariant())], "Each of the 15 two-qubit Pauli errors with a probability.", a =>
            Paulis(2, TwoQubitErrors, Probabilities(a))),
        new("amplitude_damping", 1, ["gamma"], "|1⟩ decays to |0⟩ with probability γ.", a => Damping(Probability(a, 0), 0)),
        new("generalized_amplitude_damping", 1, ["gamma", "excited"], "Decay and excitation: populations go to the equilibrium by γ.", a =>
            Damping(Probability(a, 0), Probability(a, 1))),
        new("phase_damping", 1, ["lambda"], "Off-diagonal elements shrink by √(1 − λ).", a =>
        [
            new Complex[,] { { 1, 0 }, { 0, Sqrt(1 - Probability(a, 0)) } }, new Complex[,] { { 0, 0 }, { 0, Sqrt(a[0]) } },
        ]),
        new("thermal_relaxation", 1, ["t1", "t2", "duration", "excited"],
            "Off-diagonal elements shrink by exp(−t/T₂), the excited population goes to its equilibrium by exp(−t/T₁).", Relaxation),
        OverRotation("X"), OverRotation("Y"), OverRotation("Z"), OverRotation("XX"), OverRotation("ZZ"), OverRotation("ZX"),
        new("reset_error", 1, ["p0", "p1"], "The qubit is put into |0⟩ with probability p0, into |1⟩ with p1.", a =>
        {
            var (zero, one) = (Sqrt(Probability(a, 0)), Sqrt(Probability(a, 1)));
            return
            [
                Scaled(One, Sqrt(Rest(a[0] + a[1]))),
                new Complex[,] { { zero, 0 }, { 0, 0 } }, new Complex[,] { { 0, zero }, { 0, 0 } },
                new Complex[,] { { 0, 0 }, { one, 0 } }, new Complex[,] { { 0, 0 }, { 0, one } },
            ];
        }),
    ];

    /// <summary>The channel of a row with its numbers.</summary>
    /// <exception cref="QuantumException">There is no such channel, or a number is not allowed; the message says which.</exception>
    public static Channel Make(string name, params ReadOnlySpan<double> arguments) => (Find(name)
        ?? throw new QuantumException($"There is no channel '{name}'. " + (Nearest.To(name, All.Select(r => r.Name)) is { } near
            ? $"Did you mean '{near}'?"
            : $"The channels are: {string.Join(' ', All.Select(r => r.Name))}."))).Make(arguments);

    /// <summary>The row of a name, or null.</summary>
    public static ChannelRule? Find(string name) => All.FirstOrDefault(r => r.Name == name);

    private static ChannelRule OverRotation(string label) => new($"over_rotation_{label.ToLowerInvariant()}", label.Length, ["angle"],
        $"The coherent error exp(−iε·{label}/2): ε radians too much.", a => double.IsFinite(a[0])
            ? [Gate.PauliRotation(label).Matrix(a[0])]
            : throw new QuantumException($"An over-rotation by {a[0]} cannot be: the angle must be finite."));

    private static IEnumerable<Complex[,]> Paulis(int qubits, IReadOnlyList<string> labels, double[] probabilities)
    {
        yield return Scaled(PauliTransfer.MatrixOf(default, qubits), Sqrt(Rest(probabilities.Sum())));
        for (var k = 0; k < probabilities.Length; k++)
            if (probabilities[k] > 0) yield return Scaled(PauliTransfer.MatrixOf(PauliString.Parse(labels[k], qubits), qubits), Sqrt(probabilities[k]));
    }

    private static Complex[][,] Damping(double gamma, double excited)
    {
        var (kept, lost) = (Sqrt(1 - gamma), Sqrt(gamma));
        Complex[][,] down = [new Complex[,] { { 1, 0 }, { 0, kept } }, new Complex[,] { { 0, lost }, { 0, 0 } }];
        Complex[][,] up = [new Complex[,] { { kept, 0 }, { 0, 1 } }, new Complex[,] { { 0, 0 }, { lost, 0 } }];
        return excited == 0 ? down
            : [.. down.Select(k => Scaled(k, Sqrt(1 - excited))), .. up.Select(k => Scaled(k, Sqrt(excited)))];
    }

    private static IEnumerable<Complex[,]> Relaxation(ReadOnlySpan<double> a)
    {
        var (t1, t2, duration) = (a[0], a[1], a[2]);
        if (!(t1 > 0 && t2 > 0)) throw new QuantumException($"Relaxation with T1 = {t1} and T2 = {t2} cannot be: both must be positive.");
        if (t2 > 2 * t1)
            throw new QuantumException($"Relaxation with T1 = {t1} and T2 = {t2} cannot be: T2 is at most 2·T1 = {2 * t1}. Use that where a calibration reports more.");
        if (!(duration >= 0 && double.IsFinite(duration)))
            throw new QuantumException($"Relaxation during {duration} cannot be: the duration must be finite and not negative.");
        var excited = Probability(a, 3);
        var phase = Exp(duration / (2 * t1) - duration / t2);   // what damping alone does not explain of exp(−t/T₂)
        return WithPhaseFlips(Damping(-double.ExpM1(-duration / t1), excited), Max(0, (1 - phase) / 2));
    }

    private static IEnumerable<Complex[,]> WithPhaseFlips(Complex[][,] kraus, double probability)
    {
        foreach (var k in kraus)
        {
            yield return Scaled(k, Sqrt(1 - probability));
            if (probability > 0) yield return Scaled(new[,] { { k[0, 0], k[0, 1] }, { -k[1, 0], -k[1, 1] } }, Sqrt(probability));
        }
    }

    private static double Probability(ReadOnlySpan<double> arguments, int at) => arguments[at] is >= 0 and <= 1
        ? arguments[at]
        : throw new QuantumException($"{arguments[at].ToString("R", CultureInfo.InvariantCulture)} is no probability: probabilities are 0 to 1.");

    private static double[] Probabilities(ReadOnlySpan<double> arguments)
    {
        for (var k = 0; k < arguments.Length; k++) Probability(arguments, k);
        return arguments.ToArray();
    }

    /// <summary>1 − sum, where a sum beyond 1 by rounding is 1.</summary>
    private static double Rest(double sum) => sum <= 1 ? 1 - sum
        : sum <= 1 + Channel.TracePreservingTolerance ? 0
        : throw new QuantumException($"The probabilities of a channel add up to {sum.ToString("R", CultureInfo.InvariantCulture)}: at most 1 is allowed.");

    private static Complex[,] Scaled(Complex[,] matrix, double factor)
    {
        var result = (Complex[,])matrix.Clone();
        for (var row = 0; row < result.GetLength(0); row++)
            for (var column = 0; column < result.GetLength(1); column++) result[row, column] *= factor;
        return result;
    }
}

/// <summary>A row of <see cref="Channels"/>.</summary>
public sealed class ChannelRule
{
    private readonly KrausRule _kraus;

    internal ChannelRule(string name, int qubits, ImmutableArray<string> arguments, string about, KrausRule kraus)
    {
        Name = name;
        QubitCount = qubits;
        Arguments = arguments;
        About = about;
        _kraus = kraus;
    }

    internal delegate IEnumerable<Complex[,]> KrausRule(ReadOnlySpan<double> arguments);

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>How many qubits it acts on.</summary>
    public int QubitCount { get; }

    /// <summary>The names of the numbers it takes, in their order.</summary>
    public ImmutableArray<string> Arguments { get; }

    /// <summary>What it does, in a sentence.</summary>
    public string About { get; }

    /// <summary>The channel of given numbers.</summary>
    public Channel Make(params ReadOnlySpan<double> arguments)
    {
        if (arguments.Length != Arguments.Length)
            throw new QuantumException(
                $"Channel '{Name}' takes {Arguments.Length} number{(Arguments.Length == 1 ? "" : "s")} ({string.Join(", ", Arguments)}), but {arguments.Length} {(arguments.Length == 1 ? "was" : "were")} given.");
        return new Channel(Name, [.. arguments], _kraus(arguments), isNamed: true);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
