using System.Collections.Immutable;
using System.Globalization;
using QTrain.Circuits;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Mitigation;

/// <summary>Circuits made longer without changing what they compute, so that they meet more noise.</summary>
/// <remarks>Fold what the device runs, after transpiling: a compiler that cancels a gate with its inverse undoes it. Giurgica-Tiron et al. 2020,
/// arXiv:2005.10921, section II.</remarks>
public static class Folding
{
    private const double LargestScale = 1000;

    /// <summary>U(U†U)ᵏ, and of what remains to the scale the last gates once more: L†L of the last gates L.</summary>
    /// <param name="circuit">Gates, and at its end perhaps measurements, which stay there once.</param>
    /// <param name="scale">How many times as many gates, at least 1. An odd number is met exactly, another as closely as whole gates allow.</param>
    /// <exception cref="QuantumException">The scale is under 1, or something other than measurements follows no unitary order.</exception>
    public static Circuit Global(Circuit circuit, double scale)
    {
        var (gates, end) = Divided(circuit, scale);
        var count = gates.Count(IsGate);
        var (whole, rest) = Folds(scale, count);
        var operations = new List<Operation>(gates);
        var inverse = Inverted(circuit, gates);
        for (var k = 0; k < whole; k++)
        {
            operations.AddRange(inverse);
            operations.AddRange(gates);
        }
        if (rest > 0)
        {
            var (first, left) = (gates.Count, rest);
            while (left > 0)
                if (IsGate(gates[--first])) left--;
            var last = gates.GetRange(first, gates.Count - first);
            operations.AddRange(Inverted(circuit, last));
            operations.AddRange(last);
        }
        return new Circuit(circuit.QubitCount, [.. operations, .. end], circuit.BitCount, circuit.Parameters);
    }

    /// <summary>Every gate G becomes G(G†G)ᵏ, and the first ones of what remains to the scale once more.</summary>
    /// <param name="circuit">Gates, and at its end perhaps measurements, which stay there once.</param>
    /// <param name="scale">How many times as many gates, at least 1. An odd number is met exactly, another as closely as whole gates allow.</param>
    /// <exception cref="QuantumException">The scale is under 1, or the circuit is not unitary before its measurements.</exception>
    public static Circuit Gates(Circuit circuit, double scale)
    {
        var (gates, end) = Divided(circuit, scale);
        var (whole, rest) = Folds(scale, gates.Count(IsGate));
        var operations = new List<Operation>();
        foreach (var gate in gates)
        {
            operations.Add(gate);
            if (!IsGate(gate)) continue;
            var folds = whole + (rest-- > 0 ? 1 : 0);
            if (folds == 0) continue;
            var inverse = Inverted(circuit, [gate]);
            for (var k = 0; k < folds; k++)
            {
                operations.AddRange(inverse);
                operations.Add(gate);
            }
        }
        return new Circuit(circuit.QubitCount, [.. operations, .. end], circuit.BitCount, circuit.Parameters);
    }

    private static (int Whole, int Part) Folds(double scale, int gates)
    {
        // Each fold of a gate adds two.
        var folds = (int)Math.Round((scale - 1) * gates / 2, MidpointRounding.AwayFromZero);
        return gates == 0 ? (0, 0) : (folds / gates, folds % gates);
    }

    private static bool IsGate(Operation operation) => operation is GateOperation;

    private static ImmutableArray<Operation> Inverted(Circuit circuit, List<Operation> operations) =>
        new Circuit(circuit.QubitCount, operations, circuit.BitCount, circuit.Parameters).Inverse().Operations;

    private static (List<Operation> Gates, List<Operation> End) Divided(Circuit circuit, double scale)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (!(scale is >= 1 and <= LargestScale))
            throw new QuantumException($"Noise cannot be scaled by {scale.ToString("R", CultureInfo.InvariantCulture)}: give 1 to {LargestScale}.");
        var (gates, end, measured) = (new List<Operation>(), new List<Operation>(), new HashSet<int>());
        foreach (var operation in circuit.Operations)
        {
            if (operation is Measure { Condition: null })
            {
                end.Add(operation);
                measured.UnionWith(operation.Qubits);
            }
            else if (operation is Barrier && operation.Qubits.All(measured.Contains)) end.Add(operation);
            else if (operation is GateOperation or GlobalPhase or Barrier && operation.Condition is null && (operation is not GateOperation || !operation.Qubits.Any(measured.Contains)))
                gates.Add(operation);
            else
                throw new QuantumException($"'{operation}' cannot be folded: gates are needed, and measurements at the end alone.");
        }
        return (gates, end);
    }
}
