using QTrain.Circuits;
using QTrain.Observables;

namespace QTrain.Benchmarks;

/// <summary>The circuits that simulators are compared by.</summary>
internal static class BenchmarkCircuits
{
    /// <summary>Layers of Ry and Rz on every qubit and a chain of cx.</summary>
    public static Circuit HardwareEfficient(int qubits, int layers) => Circuit.Build(qubits, c =>
    {
        var next = 0;
        for (var layer = 0; layer < layers; layer++)
        {
            for (var q = 0; q < qubits; q++) c.Ry(Parameter.Named($"t{next++}"), q).Rz(Parameter.Named($"t{next++}"), q);
            for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1);
        }
    });

    /// <summary>Generic angles, different at every repetition.</summary>
    public static double[] Point(int count, int repetition = 0)
    {
        var point = new double[count];
        for (var k = 0; k < count; k++) point[k] = (0.1 + 0.37 * k + 0.01 * repetition) % (2 * Math.PI);
        return point;
    }

    /// <summary>−ΣZᵢZᵢ₊₁ − ΣXᵢ on an open chain.</summary>
    public static PauliSum IsingChain(int qubits) => new(qubits,
    [
        .. Enumerable.Range(0, qubits - 1).Select(q => new PauliTerm(new PauliString(0, 3UL << q), -1)),
        .. Enumerable.Range(0, qubits).Select(q => new PauliTerm(PauliString.Single('X', q), -1)),
    ]);

    /// <summary>Rotations about strings of X, Y and Z that reach over a third of the qubits.</summary>
    public static Circuit PauliRotations(int qubits) => Circuit.Build(qubits, c =>
    {
        for (var q = 0; q < qubits; q++)
        {
            var targets = Enumerable.Range(0, Math.Max(2, qubits / 3)).Select(k => (q + 3 * k) % qubits).Distinct().ToArray();
            c.PauliRotation(string.Concat(targets.Select((_, k) => "XYZ"[k % 3])), 0.1 + 0.37 * q, [.. targets]);
        }
    });
}
