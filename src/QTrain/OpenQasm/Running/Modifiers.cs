using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.OpenQasm.Meaning;
using QTrain.OpenQasm.Syntax;
using QTrain.Simulation;

namespace QTrain.OpenQasm.Running;

/// <summary>What <c>inv</c>, <c>pow</c> and <c>ctrl</c> make of operations. Global phases take part: under control they are not global.</summary>
internal static class Modifiers
{
    // The matrix of as many qubits is diagonalized: 64 rows.
    private const int MaxMatrixQubits = 6;

    private const int MostOrder = 16;

    // Whole powers are written out up to so many operations.
    private const int MaxRepeated = 100_000;

    public static List<Operation> Inverse(List<Operation> operations)
    {
        var inverse = new List<Operation>(operations.Count);
        for (var k = operations.Count - 1; k >= 0; k--)
        {
            inverse.Add(operations[k] switch
            {
                GateOperation gate => gate.Inverse(),
                GlobalPhase phase => new GlobalPhase(-phase.Phase, phase.Controls),
                var other => other,
            });
        }
        return inverse;
    }

    public static List<Operation> Control(List<Operation> operations, ImmutableArray<Control> controls)
    {
        var controlled = new List<Operation>(operations.Count);
        foreach (var operation in operations)
        {
            controlled.Add(operation switch
            {
                GateOperation gate => gate.Controlled(controls),
                GlobalPhase { Controls.IsEmpty: true, Phase: var phase } when controls is [{ On: true, Qubit: var one }] => new GateOperation(Gates.Named("p"), [one], [phase]),
                GlobalPhase phase => new GlobalPhase(phase.Phase, [.. controls, .. phase.Controls]),
                var other => other,
            });
        }
        return controlled;
    }

    /// <summary>The power; of a fraction the principal one, eigenphases between −π and π.</summary>
    public static List<Operation> Power(Machine machine, List<Operation> operations, double power, Span at)
    {
        if (!double.IsFinite(power)) throw at.Fault($"a gate cannot be taken to the power {power}.");
        if (power == 0 || operations.Count == 0) return [];
        if (power == 1) return operations;
        if (operations is [var single] && Scaled(single, power) is { } scaled) return [scaled];
        var isWhole = power == Math.Floor(power);
        var qubits = operations.SelectMany(o => o.Qubits).Distinct().Order().ToArray();
        if (isWhole && Math.Abs(power) > MostOrder && qubits.Length is > 0 and <= MaxMatrixQubits && operations.All(o => o.Angles.All(a => a.IsConstant)))
        {
            // Most gates are the identity after a few times, and then a power is exact however large.
            var order = UnitaryPower.Order(MatrixOf(operations, qubits), MostOrder);
            if (order > 0 && Math.Abs(power) < 9e15) return Power(machine, operations, Math.IEEERemainder(power, order), at);
        }
        if (isWhole && Math.Abs(power) * operations.Count <= MaxRepeated)
        {
            var once = power > 0 ? operations : Inverse(operations);
            var times = (int)Math.Abs(power);
            machine.Work((long)times * once.Count, at);
            var all = new List<Operation>(times * once.Count);
            for (var k = 0; k < times; k++) all.AddRange(once);
            return all;
        }
        if (qubits.Length > MaxMatrixQubits)
            throw at.Fault($"the power {power} of a gate on {qubits.Length} qubits would need its matrix to be diagonalized, which is done for at most {MaxMatrixQubits} qubits (whole powers are, as long as they take at most {MaxRepeated:#,0} operations).");
        foreach (var operation in operations)
            foreach (var angle in operation.Angles)
                if (!angle.IsConstant) throw new NotStaticException($"a power {power} of gates that depend on the input '{angle.Terms[0].Parameter.Name}' is no circuit with trainable angles; give its value beforehand");
        if (qubits.Length == 0)
            return [new GlobalPhase(power * operations.Sum(o => ((GlobalPhase)o).Phase.Constant))];
        var matrix = UnitaryPower.Of(MatrixOf(operations, qubits), power);
        return [new GateOperation(Gate.Unitary(matrix, "pow"), [.. qubits], [])];
    }

    // Rotations and phases by their angle; where that is more than a turn, principal powers are another thing.
    private static Operation? Scaled(Operation operation, double power)
    {
        if (operation is GlobalPhase phase) return new GlobalPhase(power * phase.Phase, phase.Controls);
        if (operation is not GateOperation { Gate.AngleCount: 1, Gate: var gate, Angles: [var angle] } rotation) return null;
        var root = gate.Base ?? gate;
        var isPhase = root.Name is "p" or "u1";
        if (!isPhase && root.Name is not ("rx" or "ry" or "rz" or "rxx" or "ryy" or "rzz" or "rzx")) return null;
        var within = isPhase ? Math.PI : Math.Tau;
        if (angle.IsConstant && power != Math.Floor(power) && !(Math.Abs(angle.Constant) < within - 1e-9 || isPhase && angle.Constant == Math.PI)) return null;
        return new GateOperation(gate, rotation.Targets, [power * angle], rotation.Controls);
    }

    private static Complex[,] MatrixOf(List<Operation> operations, int[] qubits)
    {
        var place = qubits.Select((q, k) => (q, k)).ToDictionary(p => p.q, p => p.k);
        var circuit = CompiledCircuit.From(new Circuit(qubits.Length, operations.Select(o => o.Map(q => place[q], a => a))));
        var size = 1 << qubits.Length;
        var matrix = new Complex[size, size];
        using var state = StateVector.Zero(qubits.Length, new SimulationOptions { Threads = 1 });
        for (var column = 0; column < size; column++)
        {
            state.SetBasis(column);
            foreach (var instruction in circuit.Instructions) state.Apply(instruction, instruction.Angle.At([]), inverse: false);
            for (var row = 0; row < size; row++) matrix[row, column] = state[row];
        }
        return matrix;
    }
}

/// <summary>Powers of a unitary matrix by its eigenvectors.</summary>
internal static class UnitaryPower
{
    /// <summary>The principal power: every eigenvalue e^{iφ}, −π &lt; φ ≤ π, becomes e^{irφ}.</summary>
    /// <remarks>U = A + iB with commuting Hermitian A and B, which a mixture cos(t)A + sin(t)B diagonalizes together, unless two eigenvalues happen to
    /// mix to one number; then another t does. Jacobi's method keeps the vectors orthonormal to rounding.</remarks>
    public static Complex[,] Of(Complex[,] unitary, double power)
    {
        var n = unitary.GetLength(0);
        for (var attempt = 0; ; attempt++)
        {
            var (cos, sin) = (Math.Cos(1 + 0.7 * attempt), Math.Sin(1 + 0.7 * attempt));
            var mixed = new Complex[n, n];
            for (var row = 0; row < n; row++)
                for (var column = 0; column < n; column++)
                {
                    var (u, v) = (unitary[row, column], Complex.Conjugate(unitary[column, row]));
                    mixed[row, column] = cos * (u + v) / 2 + sin * (u - v) / new Complex(0, 2);
                }
            var vectors = Vectors(mixed);
            var result = new Complex[n, n];
            var worst = 0.0;
            for (var k = 0; k < n; k++)
            {
                Complex value = 0;
                var image = new Complex[n];
                for (var row = 0; row < n; row++)
                {
                    for (var column = 0; column < n; column++) image[row] += unitary[row, column] * vectors[column, k];
                    value += Complex.Conjugate(vectors[row, k]) * image[row];
                }
                for (var row = 0; row < n; row++) worst = Math.Max(worst, (image[row] - value * vectors[row, k]).Magnitude);
                var phase = value.Phase;
                // −1 is e^{iπ}, also where rounding says e^{−iπ}.
                if (phase < -Math.PI + 1e-9) phase += Math.Tau;
                var raised = Complex.FromPolarCoordinates(1, Math.IEEERemainder(phase * power, Math.Tau));
                for (var row = 0; row < n; row++)
                    for (var column = 0; column < n; column++) result[row, column] += raised * vectors[row, k] * Complex.Conjugate(vectors[column, k]);
            }
            if (worst < 1e-10 || attempt == 8) return result;
        }
    }

    /// <summary>The smallest power that is the identity; 0 where none up to a bound is.</summary>
    public static int Order(Complex[,] unitary, int most)
    {
        var n = unitary.GetLength(0);
        var power = (Complex[,])unitary.Clone();
        for (var order = 1; order <= most; order++)
        {
            var worst = 0.0;
            for (var row = 0; row < n; row++)
                for (var column = 0; column < n; column++) worst = Math.Max(worst, (power[row, column] - (row == column ? 1 : 0)).Magnitude);
            if (worst < 1e-13) return order;
            var next = new Complex[n, n];
            for (var row = 0; row < n; row++)
                for (var column = 0; column < n; column++)
                    for (var k = 0; k < n; k++) next[row, column] += power[row, k] * unitary[k, column];
            power = next;
        }
        return 0;
    }

    // Cyclic Jacobi rotations of a Hermitian matrix; columns are eigenvectors.
    private static Complex[,] Vectors(Complex[,] a)
    {
        var n = a.GetLength(0);
        var v = new Complex[n, n];
        for (var k = 0; k < n; k++) v[k, k] = 1;
        for (var sweep = 0; sweep < 60; sweep++)
        {
            var off = 0.0;
            for (var p = 0; p < n; p++)
                for (var q = p + 1; q < n; q++)
                {
                    var size = a[p, q].Magnitude;
                    off = Math.Max(off, size);
                    if (size < 1e-300) continue;
                    var turn = a[p, q] / size;
                    var theta = 0.5 * Math.Atan2(2 * size, a[q, q].Real - a[p, p].Real);
                    var (sin, cos) = Math.SinCos(theta);
                    for (var k = 0; k < n; k++)
                    {
                        var (x, y) = (a[k, p], a[k, q]);
                        (a[k, p], a[k, q]) = (cos * x - sin * Complex.Conjugate(turn) * y, sin * turn * x + cos * y);
                        (x, y) = (v[k, p], v[k, q]);
                        (v[k, p], v[k, q]) = (cos * x - sin * Complex.Conjugate(turn) * y, sin * turn * x + cos * y);
                    }
                    for (var k = 0; k < n; k++)
                    {
                        var (x, y) = (a[p, k], a[q, k]);
                        (a[p, k], a[q, k]) = (cos * x - sin * turn * y, sin * Complex.Conjugate(turn) * x + cos * y);
                    }
                }
            if (off < 1e-15) break;
        }
        return v;
    }
}
