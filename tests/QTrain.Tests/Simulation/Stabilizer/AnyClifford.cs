using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Tests.Reference;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Tests.Simulation.Stabilizer;

/// <summary>Random Clifford circuits over every way of writing a Clifford gate.</summary>
internal static class AnyClifford
{
    private static readonly string[] Fixed1 = ["id", "x", "y", "z", "h", "s", "sdg", "sx", "sxdg"];
    private static readonly string[] Fixed2 = ["cx", "cy", "cz", "swap", "iswap", "dcx", "ecr"];
    private static readonly string[] Turned1 = ["rx", "ry", "rz", "p", "u1"];
    private static readonly string[] Turned2 = ["rxx", "ryy", "rzz", "rzx"];

    public static Circuit Unitary(int qubits, int operations, ref RandomStream random)
    {
        var list = new List<Operation>();
        for (var k = 0; k < operations; k++) list.Add(Gate(qubits, ref random));
        return new Circuit(qubits, list, parameters: [Parameter.Named("quarter")]);
    }

    /// <summary>With measurements, resets and conditions; those on other than Pauli gates only when wanted.</summary>
    public static Circuit Measured(int qubits, int operations, bool anyConditions, ref RandomStream random)
    {
        const int bits = 3;
        var list = new List<Operation>();
        for (var k = 0; k < operations; k++)
        {
            var operation = random.NextBelow(8) switch
            {
                0 => new Measure((int)random.NextBelow(qubits), (int)random.NextBelow(bits)),
                1 => new Reset((int)random.NextBelow(qubits)),
                _ => Gate(qubits, ref random),
            };
            if (random.NextBelow(4) == 0)
            {
                if (!anyConditions) operation = new GateOperation(Gates.Named("xyz"[(int)random.NextBelow(3)].ToString()), [(int)random.NextBelow(qubits)], []);
                operation = operation with
                {
                    Condition = random.NextBelow(2) == 0
                        ? new Condition([(int)random.NextBelow(bits)], (ulong)random.NextBelow(2))
                        : new Condition([0, 2], (ulong)random.NextBelow(4)),
                };
            }
            list.Add(operation);
        }
        for (var q = 0; q < Math.Min(qubits, bits); q++) if (random.NextBelow(2) == 0) list.Add(new Measure(q, q));
        list.Add(new Measure(0, 0));
        return new Circuit(qubits, list, bits, [Parameter.Named("quarter")]);
    }

    /// <summary>The value of the circuits' one parameter.</summary>
    public static double[] At => [Math.PI / 2];

    private static Operation Gate(int qubits, ref RandomStream random)
    {
        var order = Any.Qubits(qubits, ref random);
        switch (qubits == 1 ? random.NextBelow(3) : random.NextBelow(11))
        {
            case 0 or 1: return new GateOperation(Gates.Named(Fixed1[random.NextBelow(Fixed1.Length)]), [order[0]], []);
            case 2: return new GateOperation(Gates.Named(Turned1[random.NextBelow(Turned1.Length)]), [order[0]], [Turns(ref random)]);
            case 3: return new GateOperation(Gates.Named(Turned2[random.NextBelow(Turned2.Length)]), order[..2], [Turns(ref random)]);
            case 4: return new GateOperation(Gates.Named("u"), [order[0]], [Turns(ref random), Turns(ref random), Turns(ref random)]);
            case 5: return new GateOperation(Gates.Named("cp"), order[..2], [2 * Turns(ref random)]);
            case 6: return new GateOperation(Gates.Named("z"), [order[0]], [], [new Control(order[1], random.NextBelow(2) == 0)]);
            case 7: return new GateOperation(QTrain.Circuits.Gate.PauliRotation(Label(qubits, ref random)), order, [Turns(ref random)]);
            case 8: return new GateOperation(QTrain.Circuits.Gate.Unitary(Matrix(Math.Min(qubits, 3), ref random)), order[..Math.Min(qubits, 3)], []);
            case 9: return random.NextBelow(2) == 0 ? new Barrier(order) : new GlobalPhase(Math.PI / 2, [new Control(order[0], random.NextBelow(2) == 0)]);
            default: return new GateOperation(Gates.Named(Fixed2[random.NextBelow(Fixed2.Length)]), order[..2], []);
        }
    }

    private static Angle Turns(ref RandomStream random) =>
        random.NextBelow(2) == 0 ? (random.NextBelow(9) - 4) * Math.PI / 2 : (random.NextBelow(9) - 4) * (Angle)Parameter.Named("quarter");

    private static string Label(int qubits, ref RandomStream random)
    {
        var letters = new char[qubits];
        for (var k = 0; k < qubits; k++) letters[k] = "IXYZ"[(int)random.NextBelow(4)];
        return new string(letters);
    }

    private static System.Numerics.Complex[,] Matrix(int qubits, ref RandomStream random)
    {
        var circuit = new List<Operation>();
        for (var k = 0; k < 8; k++)
        {
            var order = Any.Qubits(qubits, ref random);
            circuit.Add(qubits > 1 && random.NextBelow(2) == 0
                ? new GateOperation(Gates.Named(Fixed2[random.NextBelow(Fixed2.Length)]), order[..2], [])
                : new GateOperation(Gates.Named(Fixed1[random.NextBelow(Fixed1.Length)]), [order[0]], []));
        }
        return NaiveState.Unitary(new Circuit(qubits, circuit));
    }
}
