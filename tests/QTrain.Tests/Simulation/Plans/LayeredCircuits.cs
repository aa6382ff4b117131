using QTrain.Circuits;
using QTrain.Numerics;

namespace QTrain.Tests.Simulation.Plans;

/// <summary>What is trained most: layers of rotations and entanglers, in random patterns of both.</summary>
internal static class LayeredCircuits
{
    public static Circuit Random(int qubits, int layers, ulong seed) => Circuit.Build(qubits, c =>
    {
        var random = new RandomStream(seed);
        var next = 0;
        for (var layer = 0; layer < layers; layer++)
        {
            var rotations = random.NextBelow(6);
            for (var q = 0; q < qubits; q++)
            {
                switch (rotations)
                {
                    case 0: c.Ry(Parameter.Named($"t{next++}"), q).Rz(Parameter.Named($"t{next++}"), q); break;
                    case 1: c.Rx(Parameter.Named($"t{next++}"), q); break;
                    case 2: c.H(q).Rz(Parameter.Named($"t{next++}"), q); break;
                    case 3: c.Ry(Parameter.Named($"t{next++}"), q); break;
                    case 4: c.U(Parameter.Named($"t{next++}"), Parameter.Named($"t{next++}"), 0.3, q); break;
                    default: if (random.NextBelow(2) == 0) c.X(q); else c.Ry(Parameter.Named($"t{next++}"), q); break;
                }
            }
            switch (random.NextBelow(9))
            {
                case 0: for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1); break;
                case 1: for (var q = qubits - 1; q > 0; q--) c.Cx(q, q - 1); break;
                case 2: for (var q = 0; q + 1 < qubits; q++) c.Cx(q + 1, q); break;
                case 3: for (var q = layer & 1; q + 1 < qubits; q += 2) c.Cz(q, q + 1); break;
                case 4: for (var q = layer & 1; q + 1 < qubits; q += 2) c.Cx(q, q + 1); break;
                case 5: for (var q = 0; q < qubits; q++) c.Cx(q, (q + 1) % qubits); break;
                case 6: for (var q = 0; q < qubits; q++) c.Rzz(Parameter.Named($"t{next++}"), q, (q + 1 + (int)random.NextBelow(qubits - 1)) % qubits); break;
                case 7: for (var q = 0; q + 1 < qubits; q++) c.Cp(Parameter.Named($"t{next++}"), q, qubits - 1); break;
                default: for (var q = 0; q < qubits / 2; q++) c.Swap(q, qubits - 1 - q).Cx(q, q + 1); break;
            }
        }
    });
}
