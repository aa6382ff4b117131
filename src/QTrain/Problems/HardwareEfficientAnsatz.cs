using System.Collections.Immutable;
using QTrain.Circuits;

namespace QTrain.Problems;

/// <summary>Which pairs of qubits a layer entangles.</summary>
public enum Entanglement
{
    /// <summary>Neighbours: (0, 1), (1, 2) … (n−2, n−1).</summary>
    Linear,

    /// <summary>Neighbours, and (n−1, 0) where there are more than two qubits.</summary>
    Circular,

    /// <summary>Every pair (i, j) with i &lt; j, in ascending order.</summary>
    Full,
}

/// <summary>Layers of one-qubit rotations and entangling gates, as devices run them easily. Kandala et al. 2017, arXiv:1704.05018.</summary>
/// <remarks>Parameters are called <c>theta0, theta1 …</c> in order of time: layer by layer, in a layer gate by gate, for a gate qubit by
/// qubit. With r rotation gates, θ of layer l, gate g and qubit q has the number (l·r + g)·n + q.</remarks>
public sealed record HardwareEfficientAnsatz
{
    /// <summary>How many times rotations and entanglers are repeated. More reach more states and are harder to train.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>The gates of one angle put on every qubit in a layer, such as <c>ry</c> (real states) or <c>ry, rz</c> (any).</summary>
    public ImmutableArray<string> Rotations { get; init; } = ["ry"];

    /// <summary>The gate of two qubits and no angle between rotations, such as <c>cx</c> or <c>cz</c>.</summary>
    public string Entangler { get; init; } = "cx";

    /// <summary>Which pairs are entangled.</summary>
    public Entanglement Entanglement { get; init; } = Entanglement.Linear;

    /// <summary>Whether another layer of rotations comes last.</summary>
    public bool FinalRotations { get; init; } = true;

    /// <summary>The basis state to begin with, qubit 0 rightmost, such as the Hartree–Fock state <c>0011</c>; null: all zeros.</summary>
    public string? Reference { get; init; }

    /// <summary>The circuit on so many qubits.</summary>
    /// <exception cref="QuantumException">An option does not make sense.</exception>
    public Circuit Circuit(int qubits)
    {
        if (qubits < 1) throw new QuantumException($"An ansatz of {qubits} qubits cannot be: it needs at least 1.");
        if (Layers < 0 || (Layers == 0 && !FinalRotations))
            throw new QuantumException($"An ansatz of {Layers} layers{(FinalRotations ? "" : " without final rotations")} cannot be: it needs at least {(FinalRotations ? 0 : 1)}.");
        var rotations = Rotations.Select(RotationNamed).ToArray();
        if (rotations.Length == 0) throw new QuantumException("An ansatz without rotations has nothing to train: name some, such as ry.");
        var entangler = EntanglerNamed(Entangler);
        var builder = new CircuitBuilder(qubits);
        if (Reference is { } reference) Prepare(builder, reference);
        var next = 0;
        for (var layer = 0; layer < Layers; layer++)
        {
            Rotate();
            foreach (var (first, second) in Pairs(qubits)) builder.Add(new GateOperation(entangler, [first, second], []));
        }
        if (FinalRotations) Rotate();
        return builder.ToCircuit();

        void Rotate()
        {
            foreach (var gate in rotations)
                for (var q = 0; q < qubits; q++) builder.Add(new GateOperation(gate, [q], [Parameter.Named($"theta{next++}")]));
        }
    }

    /// <summary>Flips the qubits whose bit is 1, qubit 0 rightmost.</summary>
    internal static void Prepare(CircuitBuilder builder, string reference)
    {
        if (reference.Length != builder.QubitCount)
            throw new QuantumException($"The reference state '{reference}' has {reference.Length} bits, but there are {builder.QubitCount} qubits.");
        for (var q = 0; q < reference.Length; q++)
        {
            switch (reference[^(q + 1)])
            {
                case '0':
                    break;
                case '1':
                    builder.X(q);
                    break;
                case var other:
                    throw new QuantumException($"The reference state '{reference}' holds '{other}': only 0 and 1 are allowed, qubit 0 rightmost.");
            }
        }
    }

    private IEnumerable<(int First, int Second)> Pairs(int qubits)
    {
        if (Entanglement == Entanglement.Full)
        {
            for (var i = 0; i < qubits; i++)
                for (var j = i + 1; j < qubits; j++) yield return (i, j);
            yield break;
        }
        for (var q = 0; q + 1 < qubits; q++) yield return (q, q + 1);
        if (Entanglement == Entanglement.Circular && qubits > 2) yield return (qubits - 1, 0);
    }

    private static Gate RotationNamed(string name) => Gates.Named(name) is { QubitCount: 1, AngleCount: 1, Generator: not null } gate
        ? gate
        : throw new QuantumException($"'{name}' cannot be a rotation of an ansatz: allowed are {Allowed(1, 1)}.");

    private static Gate EntanglerNamed(string name) => Gates.Named(name) is { QubitCount: 2, AngleCount: 0 } gate
        ? gate
        : throw new QuantumException($"'{name}' cannot be the entangler of an ansatz: allowed are {Allowed(2, 0)}.");

    private static string Allowed(int qubits, int angles) =>
        string.Join(", ", Gates.All.Where(g => g.QubitCount == qubits && g.AngleCount == angles && (angles == 0 || g.Generator is not null)).Select(g => g.Name));
}
