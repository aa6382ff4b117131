using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Observables;

namespace QTrain.Transpilation;

/// <summary>A circuit in the gates of a device, and where the qubits of the original are in it. Compiled once; parameters are bound as often as wanted.</summary>
public sealed class TranspiledCircuit
{
    private readonly Lazy<string> _hash;

    internal TranspiledCircuit(Circuit original, Circuit circuit, Target target, ImmutableArray<int> initialLayout, ImmutableArray<int> finalLayout, Schedule? schedule)
    {
        Original = CircuitSize.Of(original);
        Size = CircuitSize.Of(circuit);
        Circuit = circuit;
        Target = target;
        InitialLayout = initialLayout;
        FinalLayout = finalLayout;
        Schedule = schedule;
        EstimatedSuccess = Success(circuit, target);
        _hash = new Lazy<string>(() => HashOf(CircuitJson.Write(Circuit)));
    }

    /// <summary>The native circuit on the qubits of the device, over the parameters of the original in their order, and its classical bits.</summary>
    public Circuit Circuit { get; }

    /// <summary>What it is compiled for.</summary>
    public Target Target { get; }

    /// <summary>The device qubit that holds each qubit of the original at the start.</summary>
    public ImmutableArray<int> InitialLayout { get; }

    /// <summary>The device qubit that holds each qubit of the original at the end.</summary>
    public ImmutableArray<int> FinalLayout { get; }

    /// <summary>Counts and depth of the original.</summary>
    public CircuitSize Original { get; }

    /// <summary>Counts and depth of the native circuit.</summary>
    public CircuitSize Size { get; }

    /// <summary>When everything happens; null where the device does not say how long its gates take.</summary>
    public Schedule? Schedule { get; }

    /// <summary>How long the circuit takes, in seconds; null where the device does not say.</summary>
    public double? DurationSeconds => Schedule?.DurationSeconds;

    /// <summary>The probability that no gate and no readout fails, were they independent and nothing lost by waiting; null where no error is known.</summary>
    public double? EstimatedSuccess { get; }

    /// <summary>SHA-256 of the native circuit and both layouts, in hexadecimal: the same compilation has the same hash everywhere.</summary>
    public string Hash => _hash.Value;

    /// <summary>An observable of the original as one of the device's qubits, to be measured at the end.</summary>
    /// <exception cref="QuantumException">The observable acts on more qubits than the original has.</exception>
    public SparsePauliSum Map(SparsePauliSum observable)
    {
        ArgumentNullException.ThrowIfNull(observable);
        if (observable.QubitCount > FinalLayout.Length)
            throw new QuantumException($"An observable on {observable.QubitCount} qubits cannot be measured after a circuit of {FinalLayout.Length}.");
        return new SparsePauliSum(Circuit.QubitCount, observable.Terms.Select(t =>
            new SparsePauliTerm([.. t.Letters.Select(f => f with { Qubit = FinalLayout[f.Qubit] }).OrderBy(f => f.Qubit)], t.Coefficient)));
    }

    private string HashOf(string circuit)
    {
        var text = new StringBuilder(circuit);
        foreach (var layout in (ReadOnlySpan<ImmutableArray<int>>)[InitialLayout, FinalLayout])
            text.Append('\n').AppendJoin(' ', layout.Select(q => q.ToString(CultureInfo.InvariantCulture)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static double? Success(Circuit circuit, Target target)
    {
        if (!target.KnowsErrors) return null;
        var loss = 0.0;
        foreach (var operation in circuit.Operations)
            loss += ErrorScore.Loss(operation switch
            {
                GateOperation gate => target.Find(gate)?.Error ?? 0,
                Measure measure => target.Qubits[measure.Qubit].ReadoutError ?? 0,
                _ => 0,
            });
        return Math.Exp(-loss);
    }
}

/// <summary>How large a circuit is.</summary>
/// <param name="Operations">Gates, measurements and resets; barriers and global phases are not counted.</param>
/// <param name="TwoQubitGates">Gates on two qubits or more, controls among them.</param>
/// <param name="Depth">Steps when operations on different qubits happen at once.</param>
/// <param name="TwoQubitDepth">The same, only gates on two qubits or more counted.</param>
public sealed record CircuitSize(int Operations, int TwoQubitGates, int Depth, int TwoQubitDepth)
{
    /// <summary>The size of a circuit.</summary>
    public static CircuitSize Of(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var (all, two) = (0, 0);
        var steps = new int[circuit.QubitCount];
        foreach (var operation in circuit.Operations)
        {
            if (operation is GlobalPhase { Controls.IsEmpty: true }) continue;
            var isLarge = operation is GateOperation && operation.Qubits.Length > 1;
            if (operation is not (Circuits.Barrier or Delay)) all++;
            if (isLarge) two++;
            if (operation.Qubits.Length < 2) continue;
            var step = 0;
            foreach (var qubit in operation.Qubits) step = Math.Max(step, steps[qubit]);
            if (isLarge) step++;
            foreach (var qubit in operation.Qubits) steps[qubit] = step;
        }
        return new CircuitSize(all, two, circuit.Depth, steps.Max());
    }
}
