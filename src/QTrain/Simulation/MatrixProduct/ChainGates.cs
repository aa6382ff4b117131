using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Observables;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Simulation.MatrixProduct;

/// <summary>Turns operations into what a chain of sites applies. Qubits are plain numbers here, so that circuits may be as wide as they like.</summary>
internal static class ChainGates
{
    /// <summary>A dense matrix is written down for so many qubits, controls among them.</summary>
    public const int MaxDenseQubits = 8;

    private static readonly Complex[] ProjectZero = [1, 0, 0, 0];
    private static readonly Complex[] ProjectOne = [0, 0, 0, 1];

    /// <summary>The gate of an operation, its angles being numbers; null for one that does nothing.</summary>
    /// <exception cref="QuantumException">A matrix with its controls is too large to write down.</exception>
    public static ChainGate? Of(Operation operation, ReadOnlySpan<double> angles) => operation switch
    {
        Barrier or Delay => null,
        GlobalPhase phase => Controlled([1], [], phase.Controls, Turn(angles[0])),
        GateOperation gate => OfGate(gate, angles),
        _ => throw new QuantumException($"Operation '{operation}' is not unitary."),
    };

    private static ChainGate? OfGate(GateOperation operation, ReadOnlySpan<double> angles)
    {
        var (gate, targets, controls) = (operation.Gate, operation.Targets, operation.Controls);
        while (gate.Base is { } target)
        {
            controls = [.. controls, .. targets[..gate.ControlCount].Select(q => new Control(q))];
            targets = targets[gate.ControlCount..];
            gate = target;
        }
        if (gate.Pauli is { } pauli) return OfRotation(pauli, targets, controls, angles[0]);
        if (gate is { IsNamed: true, Name: "id" }) return null;
        if (gate is { IsNamed: true, Name: "swap" } && controls.IsEmpty) return new ChainGate { Kind = ChainGateKind.Swap, Qubits = [.. targets] };
        Complex[] matrix = [.. gate.Matrix(angles).Cast<Complex>()];
        if (targets.Length <= 2 || controls.IsEmpty) return Controlled(matrix, targets, controls, 1);
        if (targets.Length + controls.Length > MaxDenseQubits)
            throw new QuantumException(
                $"Gate '{gate.Name}' on {targets.Length} qubits under {controls.Length} controls is too large for a matrix product state: at most {MaxDenseQubits} qubits in all. "
                + "Write it as smaller gates.");
        return Dense(matrix, targets, controls);
    }

    private static ChainGate OfRotation(PauliString pauli, ImmutableArray<int> targets, ImmutableArray<Control> controls, double angle)
    {
        ImmutableArray<int> support = [.. targets.Where((_, k) => pauli[k] != 'I')];
        char[] letters = [.. Enumerable.Range(0, targets.Length).Select(k => pauli[k]).Where(l => l != 'I')];
        // A rotation about the identity is a phase.
        if (support.IsEmpty) return Controlled([1], [], controls, Turn(-angle / 2));
        if (support.Length + controls.Length <= 2)
        {
            var label = PauliString.Parse(string.Concat(letters.Reverse()));
            return Dense([.. Gate.RotationMatrix(label, support.Length, angle).Cast<Complex>()], support, controls);
        }
        // exp(−iθP/2) = cos − i·sin·P; under control 1 + Π·(cos − 1) − i·sin·Π·P.
        var (sin, cos) = Math.SinCos(angle / 2);
        var projectors = controls.Select(c => c.On ? ProjectOne : ProjectZero).ToArray();
        var paulis = letters.Select(Letter).ToArray();
        var nothing = new Complex[]?[support.Length];
        int[] qubits = [.. controls.Select(c => c.Qubit), .. support];
        return new ChainGate
        {
            Kind = ChainGateKind.Sum,
            Qubits = qubits,
            Terms = controls.IsEmpty
                ? [new(cos, nothing), new(new Complex(0, -sin), paulis)]
                : [new(1, new Complex[]?[qubits.Length]), new(cos - 1, [.. projectors, .. nothing]), new(new Complex(0, -sin), [.. projectors, .. paulis])],
        };
    }

    /// <summary>factor · matrix, on at most two targets or without controls, where the controls have their values.</summary>
    private static ChainGate Controlled(Complex[] matrix, ImmutableArray<int> targets, ImmutableArray<Control> controls, Complex factor)
    {
        var scaled = factor == 1 ? matrix : [.. matrix.Select(e => factor * e)];
        if (targets.IsEmpty && controls.IsEmpty) return new ChainGate { Kind = ChainGateKind.Phase, Qubits = [], Factor = scaled[0] };
        if (targets.Length + controls.Length <= 2 || controls.IsEmpty) return Dense(scaled, targets, controls);
        // 1 + Π ⊗ (U − 1), and U − 1 by the blocks of its last qubit.
        Complex[]?[] projectors = [.. controls.Select(c => c.On ? ProjectOne : ProjectZero)];
        var terms = new List<ProductTerm> { new(1, new Complex[]?[controls.Length + targets.Length]) };
        Complex[] rest = [.. scaled];
        var size = 1 << targets.Length;
        for (var k = 0; k < size; k++) rest[k * size + k] -= 1;
        switch (targets.Length)
        {
            case 0:
                terms.Add(new ProductTerm(rest[0], projectors));
                break;
            case 1:
                terms.Add(new ProductTerm(1, [.. projectors, rest]));
                break;
            default:
                for (var row = 0; row < 2; row++)
                    for (var column = 0; column < 2; column++)
                    {
                        var unit = new Complex[4];
                        unit[2 * row + column] = 1;
                        Complex[] block =
                        [
                            rest[2 * row * 4 + 2 * column], rest[2 * row * 4 + 2 * column + 1],
                            rest[(2 * row + 1) * 4 + 2 * column], rest[(2 * row + 1) * 4 + 2 * column + 1],
                        ];
                        if (block.Any(e => e != 0)) terms.Add(new ProductTerm(1, [.. projectors, block, unit]));
                    }
                break;
        }
        return new ChainGate { Kind = ChainGateKind.Sum, Qubits = [.. controls.Select(c => c.Qubit), .. targets], Terms = [.. terms] };
    }

    private static ChainGate Dense(Complex[] matrix, ImmutableArray<int> targets, ImmutableArray<Control> controls)
    {
        if (controls.IsEmpty) return new ChainGate { Kind = ChainGateKind.Matrix, Qubits = [.. targets], Matrix = matrix };
        var inner = 1 << targets.Length;
        var size = inner << controls.Length;
        var (mask, value) = ((1 << controls.Length) - 1, 0);
        for (var k = 0; k < controls.Length; k++)
            if (controls[k].On) value |= 1 << k;
        var result = new Complex[size * size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
            {
                if ((row & mask) == value && (column & mask) == value)
                    result[row * size + column] = matrix[(row >> controls.Length) * inner + (column >> controls.Length)];
                else if (row == column) result[row * size + column] = 1;
            }
        return new ChainGate { Kind = ChainGateKind.Matrix, Qubits = [.. controls.Select(c => c.Qubit), .. targets], Matrix = result };
    }

    private static Complex[] Letter(char letter) => letter switch
    {
        'X' => [0, 1, 1, 0],
        'Y' => [0, -Complex.ImaginaryOne, Complex.ImaginaryOne, 0],
        _ => [1, 0, 0, -1],
    };

    private static Complex Turn(double angle)
    {
        var (sin, cos) = Math.SinCos(angle);
        return new Complex(cos, sin);
    }
}
