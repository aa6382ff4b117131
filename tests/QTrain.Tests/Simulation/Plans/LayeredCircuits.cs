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
            switch (random.NextBelow(11))
            {
                case 0: for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1); break;
                case 1: for (var q = qubits - 1; q > 0; q--) c.Cx(q, q - 1); break;
                case 2: for (var q = 0; q + 1 < qubits; q++) c.Cx(q + 1, q); break;
                case 3: for (var q = layer & 1; q + 1 < qubits; q += 2) c.Cz(q, q + 1); break;
                case 4: for (var q = layer & 1; q + 1 < qubits; q += 2) c.Cx(q, q + 1); break;
                case 5: for (var q = 0; q < qubits; q++) c.Cx(q, (q + 1) % qubits); break;
                case 6: for (var q = 0; q < qubits; q++) c.Rzz(Parameter.Named($"t{next++}"), q, (q + 1 + (int)random.NextBelow(qubits - 1)) % qubits); break;
                case 7: for (var q = 0; q + 1 < qubits; q++) c.Cp(Parameter.Named($"t{next++}"), q, qubits - 1); break;
                case 8: Excitation(c, Parameter.Named($"t{next++}"), Distinct(4)); break;
                case 9: Excitation(c, Parameter.Named($"t{next++}"), Distinct(2)); break;
                default: for (var q = 0; q < qubits / 2; q++) c.Swap(q, qubits - 1 - q).Cx(q, q + 1); break;
            }
        }

        int[] Distinct(int count)
        {
            var all = Enumerable.Range(0, qubits).ToArray();
            for (var k = 0; k < all.Length; k++)
            {
                var other = k + (int)random.NextBelow(all.Length - k);
                (all[k], all[other]) = (all[other], all[k]);
            }
            return all[..Math.Min(count, qubits)];
        }
    });

    /// <summary>All strings of X and Y with an odd number of Ys, with random signs, and sometimes a Z beside them.</summary>
    private static void Excitation(CircuitBuilder c, Parameter parameter, int[] qubits)
    {
        for (var pattern = 0; pattern < 1 << qubits.Length; pattern++)
        {
            if ((System.Numerics.BitOperations.PopCount((uint)pattern) & 1) == 0) continue;
            // The signs of a double excitation: all but one pair of basis states cancel.
            var sign = (pattern & 3) is 1 or 2 ? 1 : -1;
            var letters = string.Concat(Enumerable.Range(0, qubits.Length).Select(k => (pattern >> k & 1) != 0 ? 'Y' : 'X'));
            c.PauliRotation(letters, sign * 0.25 * parameter, [.. qubits]);
        }
    }
}
