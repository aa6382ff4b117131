using QTrain.Circuits;
using QTrain.Numerics.Dense;
using QTrain.Simulation.MatrixProduct;

namespace QTrain.Simulation.Methods;

/// <summary>How large the bonds of a matrix product state can become in a circuit, from its gates alone: a bound, and often far from reached.</summary>
/// <remarks>A gate can multiply a bond between its qubits by its operator Schmidt rank, no bond exceeds the dimension of either side, nor
/// twice a neighbouring one. Measurements and resets are not counted on to make bonds smaller.</remarks>
internal static class BondEstimate
{
    /// <summary>The largest log₂ of a bond dimension, qubits in the order of their numbers.</summary>
    public static double PeakBits(Circuit circuit, ReadOnlySpan<double> at)
    {
        var bits = new double[circuit.QubitCount + 1];      // of the bond left of site k
        var site = Enumerable.Range(0, circuit.QubitCount).ToArray();
        var svd = new SingularVectors();
        foreach (var step in ChainProgram.From(circuit).Steps)
        {
            if (!step.IsGate || step.GateAt(at) is not { } gate || gate.Qubits.Length < 2) continue;
            if (gate.Kind == ChainGateKind.Swap)
            {
                var (a, b) = (gate.Qubits[0], gate.Qubits[1]);
                (site[a], site[b]) = (site[b], site[a]);
                continue;
            }
            var sites = gate.Qubits.Select(q => site[q]).Order().ToArray();
            for (var bond = sites[0] + 1; bond <= sites[^1]; bond++) bits[bond] += RankBits(gate, sites.Count(s => s < bond), svd);
            for (var bond = 1; bond < bits.Length; bond++) bits[bond] = Math.Min(bits[bond], bits[bond - 1] + 1);
            bits[^1] = 0;
            for (var bond = bits.Length - 2; bond >= 0; bond--) bits[bond] = Math.Min(bits[bond], bits[bond + 1] + 1);
        }
        return bits.Max();
    }

    private static double RankBits(ChainGate gate, int left, SingularVectors svd)
    {
        if (gate.Kind == ChainGateKind.Sum) return Math.Log2(gate.Terms.Length);
        if (gate.Qubits.Length > 2) return 2 * Math.Min(left, gate.Qubits.Length - left);
        // Entries regrouped as (both indices of one qubit, both of the other): the rank of that matrix.
        var regrouped = new ComplexMatrix(4, 4);
        for (var row = 0; row < 4; row++)
            for (var column = 0; column < 4; column++)
                regrouped[(row & 1) * 2 + (column & 1), (row >> 1) * 2 + (column >> 1)] = gate.Matrix[row * 4 + column];
        svd.Decompose(regrouped, adjoint: false, 0, DenseOptions.Default.Table);
        var rank = 0;
        foreach (var value in svd.Values)
            if (value > 1e-9) rank++;
        return Math.Log2(Math.Max(1, rank));
    }
}
