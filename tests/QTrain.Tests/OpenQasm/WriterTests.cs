using System.Numerics;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.OpenQasm;
using QTrain.Simulation;

namespace QTrain.Tests.OpenQasm;

public sealed class The_OpenQASM_writer
{
    public static TheoryData<string> GateNames => [.. Gates.All.Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(GateNames))]
    public void writes_every_gate_so_that_reading_gives_the_same_matrix_with_its_phase(string name)
    {
        var gate = Gates.Named(name);
        ImmutableAngles(gate, out var angles);
        foreach (Control[] controls in (Control[][])[[], [new Control(4)], [new Control(4, false), new Control(5)]])
        {
            var circuit = new Circuit(6, [new GateOperation(gate, [.. Enumerable.Range(0, gate.QubitCount).Select(k => 2 * k % 4 + k / 2)], angles, [.. controls])]);
            Difference(circuit, OpenQasmProgram.Parse(OpenQasmWriter.Write(circuit)).ToCircuit(), ofPhase: false).ShouldBeLessThan(1e-12, OpenQasmWriter.Write(circuit));
        }
        var plain = new Circuit(4, [new GateOperation(gate, [.. Enumerable.Range(0, gate.QubitCount)], angles)]);
        Difference(plain, OpenQasmProgram.Parse(OpenQasmWriter.WriteVersion2(plain)).ToCircuit(), ofPhase: true).ShouldBeLessThan(1e-12, OpenQasmWriter.WriteVersion2(plain));
    }

    [Fact]
    public void writes_unitaries_pauli_rotations_and_phases()
    {
        var random = new QTrain.Numerics.RandomStream(5);
        foreach (var qubits in (int[])[1, 2, 3])
        {
            var circuit = new Circuit(4,
            [
                new GateOperation(Gate.Unitary(RandomUnitary(1 << qubits, ref random)), [.. Enumerable.Range(1, qubits).Reverse()], [], [new Control(0, false)]),
                new GateOperation(Gate.PauliRotation("XIYZ"), [3, 1, 0, 2], [0.7]),
                new GateOperation(Gate.PauliRotation("II"), [3, 1], [0.7], [new Control(0)]),
                new GlobalPhase(0.3), new GlobalPhase(1.1, [new Control(1, false), new Control(2)]),
            ]);
            Difference(circuit, OpenQasmProgram.Parse(OpenQasmWriter.Write(circuit)).ToCircuit(), ofPhase: false).ShouldBeLessThan(1e-11);
        }
    }

    [Fact]
    public void keeps_parameters_measurements_resets_barriers_and_conditions()
    {
        var (a, b) = (new QTrain.Circuits.Parameter("θ[0]"), new QTrain.Circuits.Parameter("if"));
        var circuit = new Circuit(3,
        [
            new GateOperation(Gates.Named("h"), [0], []),
            new GateOperation(Gates.Named("rx"), [1], [0.5 * a - 2 * b + 0.25]),
            new QTrain.Circuits.Barrier([0, 1, 2]), new QTrain.Circuits.Barrier([2]),
            new Measure(0, 3), new Reset(0), new Measure(1, 1) { Condition = new Condition([3], 1) },
            new GateOperation(Gates.Named("cx"), [1, 2], []) { Condition = new Condition([3, 1], 2) },
            new Measure(2, 0),
        ], bits: 4);
        var read = OpenQasmProgram.Parse(OpenQasmWriter.Write(circuit)).ToCircuit();
        read.Parameters.Select(p => p.Name).ShouldBe(["if_1", "θ_0"]);
        read.RenameParameters(p => p.Name == "if_1" ? b : a).ShouldBe(circuit);
        var bound = circuit.Bind(0.1, 0.2);
        var two = OpenQasmProgram.Parse(OpenQasmWriter.Write(bound)).ToCircuit();
        two.ShouldBe(bound);
    }

    [Fact]
    public void refuses_what_OpenQASM_2_has_no_words_for()
    {
        Should.Throw<QuantumException>(() => OpenQasmWriter.WriteVersion2(Circuit.Build(1, c => c.Rx(new QTrain.Circuits.Parameter("a"), 0)))).Message.ShouldContain("OpenQASM 2 has no parameters");
        Should.Throw<QuantumException>(() => OpenQasmWriter.WriteVersion2(new Circuit(4, [new GateOperation(Gates.Named("h"), [0], [], [new Control(1), new Control(2), new Control(3)])]))).Message.ShouldContain("write OpenQASM 3");
    }

    private static void ImmutableAngles(Gate gate, out System.Collections.Immutable.ImmutableArray<Angle> angles) => angles = [.. Enumerable.Range(1, gate.AngleCount).Select(k => (Angle)(0.37 * k))];

    internal static double Difference(Circuit left, Circuit right, bool ofPhase)
    {
        left.QubitCount.ShouldBe(right.QubitCount);
        var worst = 0.0;
        Complex? turn = null;
        for (var basis = 0; basis < 1 << left.QubitCount; basis++)
        {
            using var a = new Owned(left.QubitCount, basis);
            using var b = new Owned(left.QubitCount, basis);
            a.State.Apply(left);
            b.State.Apply(right);
            var overlap = b.State.InnerProduct(a.State);
            if (ofPhase) turn ??= overlap / overlap.Magnitude;
            for (var k = 0; k < a.State.Length; k++) worst = Math.Max(worst, (a.State[k] - b.State[k] * (turn ?? 1)).Magnitude);
        }
        return worst;
    }

    private sealed class Owned : IDisposable
    {
        public Owned(int qubits, int basis)
        {
            State = StateVector.Zero(qubits);
            State.SetBasis(basis);
        }

        public StateVector State { get; }

        public void Dispose() => State.Dispose();
    }

    internal static Complex[,] RandomUnitary(int size, ref QTrain.Numerics.RandomStream random)
    {
        var columns = new Complex[size][];
        for (var c = 0; c < size; c++)
        {
            columns[c] = new Complex[size];
            for (var r = 0; r < size; r++) columns[c][r] = new Complex(random.NextGaussian(), random.NextGaussian());
        }
        var matrix = new Complex[size, size];
        for (var c = 0; c < size; c++)
        {
            for (var before = 0; before < c; before++)
            {
                Complex overlap = 0;
                for (var r = 0; r < size; r++) overlap += Complex.Conjugate(matrix[r, before]) * columns[c][r];
                for (var r = 0; r < size; r++) columns[c][r] -= overlap * matrix[r, before];
            }
            var norm = Math.Sqrt(columns[c].Sum(e => e.Real * e.Real + e.Imaginary * e.Imaginary));
            for (var r = 0; r < size; r++) matrix[r, c] = columns[c][r] / norm;
        }
        return matrix;
    }
}
