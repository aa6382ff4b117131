using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Circuits;

public sealed class Circuit_algebra
{
    private static readonly Parameter A = Parameter.Named("a"), B = Parameter.Named("b");

    [Fact]
    public void undoes_every_circuit_by_its_inverse() => Law.ForAll(Any.UnitaryCircuit(maxQubits: 4), bound =>
        NaiveState.Unitary(bound.Circuit.Then(bound.Circuit.Inverse()), bound.At).ShouldBeClose(Identity(bound.Circuit.QubitCount)));

    [Fact]
    public void inverts_twice_to_the_same_unitary() => Law.ForAll(Any.UnitaryCircuit(maxQubits: 4), bound =>
        NaiveState.Unitary(bound.Circuit.Inverse().Inverse(), bound.At).ShouldBeClose(NaiveState.Unitary(bound.Circuit, bound.At)));

    [Fact]
    public void binds_to_the_same_state_all_at_once_or_one_by_one() => Law.ForAll(Any.UnitaryCircuit(maxQubits: 4), bound =>
    {
        var expected = NaiveState.Of(bound.Circuit, bound.At).Amplitudes;
        var all = bound.Circuit.Bind(bound.At);
        all.Parameters.ShouldBeEmpty();
        NaiveState.Of(all).Amplitudes.ShouldBe(expected, tolerance: 1e-12);
        var some = bound.Circuit.Bind(new Dictionary<string, double> { ["p2"] = bound.At[2], ["p0"] = bound.At[0] });
        some.Parameters.Select(p => p.Name).ShouldBe(["p1", "p3"]);
        NaiveState.Of(some, [bound.At[1], bound.At[3]]).Amplitudes.ShouldBe(expected, tolerance: 1e-12);
    });

    [Fact]
    public void controls_a_circuit_as_the_block_matrix() => Law.ForAll(Any.UnitaryCircuit(maxQubits: 3, maxOperations: 8), bound =>
    {
        var (n, unitary) = (bound.Circuit.QubitCount, NaiveState.Unitary(bound.Circuit, bound.At));
        var controlled = NaiveState.Unitary(bound.Circuit.Controlled(new Control(n, On: false), new Control(n + 1)), bound.At);
        var expected = Identity(n + 2);
        var acting = 0b10 << n;      // qubit n is 0 and qubit n + 1 is 1
        for (var row = 0; row < 1 << n; row++)
            for (var column = 0; column < 1 << n; column++) expected[acting + row, acting + column] = unitary[row, column];
        controlled.ShouldBeClose(expected);
    });

    [Fact]
    public void makes_the_global_phase_relative_under_control()
    {
        var controlled = Circuit.Build(1, c => c.GlobalPhase(0.7).X(0)).Controlled(1);
        controlled.ShouldBe(new Circuit(2, [new GlobalPhase(0.7, [new Control(1)]), new GateOperation(Gates.Named("cx"), [1, 0], [])]));
    }

    [Theory, InlineData("x", "cx"), InlineData("cx", "ccx"), InlineData("s", "cs"), InlineData("p", "cp"), InlineData("swap", "cswap"), InlineData("ccx", "ccx"), InlineData("ecr", "ecr")]
    public void keeps_the_tables_name_under_control(string name, string controlled)
    {
        var gate = Gates.Named(name);
        var operation = new GateOperation(gate, [.. Enumerable.Range(0, gate.QubitCount)], [.. Enumerable.Repeat((Angle)A, gate.AngleCount)]);
        operation.Controlled(new Control(5)).Gate.Name.ShouldBe(controlled);
        operation.Controlled(new Control(5, On: false)).Gate.Name.ShouldBe(name);
        operation.Controlled(new Control(5)).Qubits[0].ShouldBe(5);
    }

    [Fact]
    public void composes_in_order_of_time_and_shares_parameters_of_one_name()
    {
        var first = Circuit.Build(2, c => c.Rx(B, 0).Measure(0, 0));
        var both = first.Then(c => c.Ry(A + B, 1));
        both.ShouldBe(Circuit.Build(2, c => c.Rx(B, 0).Measure(0, 0).Ry(A + B, 1)));
        both.Parameters.ShouldBe([B, A]);
    }

    [Fact]
    public void repeats_with_the_same_or_with_new_parameters()
    {
        var layer = Circuit.Build(1, c => c.Rx(A, 0).Rz(B, 0));
        layer.Repeat(2).ShouldBe(Circuit.Build(1, c => c.Rx(A, 0).Rz(B, 0).Rx(A, 0).Rz(B, 0)));
        layer.Repeat(2, (p, k) => Parameter.Named($"{p}{k}")).Parameters.Select(p => p.Name).ShouldBe(["a0", "b0", "a1", "b1"]);
    }

    [Fact]
    public void moves_a_circuit_to_other_qubits() => Law.ForAll(Any.Seed(), seed =>
    {
        var random = new RandomStream(seed);
        var circuit = Any.UnitaryCircuit(3, 6, seed);
        var at = Any.Point(4, seed);
        var places = Any.Qubits(4, ref random)[..3];
        var moved = NaiveState.Of(circuit.OnQubits(4, places), at).Amplitudes;
        var original = NaiveState.Of(circuit, at).Amplitudes;
        for (var i = 0; i < 8; i++)
        {
            var image = Enumerable.Range(0, 3).Sum(q => (i >> q & 1) << places[q]);
            (moved[image] - original[i]).Magnitude.ShouldBeLessThan(1e-12);
        }
    });

    [Fact]
    public void substitutes_and_renames_parameters()
    {
        var circuit = Circuit.Build(1, c => c.Rx(2 * A - B + 0.5, 0));
        circuit.Substitute(p => p == A ? 3 * B + 1 : B).Operations[0].Angles[0].ShouldBe(5 * B + 2.5);
        circuit.RenameParameters(p => Parameter.Named("x_" + p)).Parameters.Select(p => p.Name).ShouldBe(["x_a", "x_b"]);
        circuit.RenameParameters(_ => A).Parameters.ShouldBe([A]);
    }

    [Fact]
    public void counts_depth_past_barriers_and_through_classical_bits()
    {
        Circuit.Build(3, c => c.H(0).H(1).Cx(0, 1).X(2)).Depth.ShouldBe(2);
        Circuit.Build(2, c => c.H(0).H(0).Barrier().X(1)).Depth.ShouldBe(3);
        Circuit.Build(2, c => c.Measure(0, 0).If([0], 1, i => i.X(1))).Depth.ShouldBe(2);
        Circuit.Build(2, c => c.Measure(0, 0).X(1)).Depth.ShouldBe(1);
        Circuit.Build(2, c => c.GlobalPhase(1)).Depth.ShouldBe(0);
        new Circuit(2, []).Depth.ShouldBe(0);
    }

    [Fact]
    public void counts_gates()
    {
        var counts = Circuit.Build(4, c => c.H(0).H(1).Cx(0, 1).Barrier().Add(new GateOperation(Gates.Named("x"), [0], [], [new Control(1), new Control(2), new Control(3)])).Measure(0, 0)).GateCounts;
        string.Join(", ", counts.Select(c => $"{c.Key}: {c.Value}")).ShouldBe("h: 2, ctrl(3) @ x: 1, cx: 1, measure: 1");
    }

    [Fact]
    public void joins_conditions_that_stand_in_one_another()
    {
        var nested = Circuit.Build(1, c => c.If([0], 1, outer => outer.If([2], 1, _ => { })).If([0], 1, outer => outer.If([2, 1], 2, inner => inner.X(0))));
        nested.Operations.Length.ShouldBe(1);
        nested.Operations[0].Condition.ShouldBe(new Condition([2, 1, 0], 0b110));
        new Condition([0], 1).And(new Condition([0], 1)).ShouldBe(new Condition([0], 1));
        Should.Throw<QuantumException>(() => new Condition([0], 1).And(new Condition([1, 0], 0))).Message.ShouldBe("The conditions c0=1 and c0c1=00 can never hold together.");
    }

    [Fact]
    public void inserts_one_circuit_into_another_while_building()
    {
        var bell = Circuit.Build(2, c => c.H(0).Cx(0, 1));
        Circuit.Build(3, c => c.Append(bell, 2, 0).Append(bell)).ShouldBe(Circuit.Build(3, c => c.H(2).Cx(2, 0).H(0).Cx(0, 1)));
    }

    [Fact]
    public void refuses_what_cannot_be()
    {
        var measured = Circuit.Build(2, c => c.Rx(A, 0).Measure(0, 0));
        Reason(() => measured.Inverse()).ShouldBe("The circuit cannot be inverted: operation 1 (measure on qubit 0) is not unitary. Leave it out, or use the part before it.");
        Reason(() => measured.Controlled(2)).ShouldStartWith("The circuit cannot be controlled: operation 1 (measure on qubit 0)");
        Reason(() => measured.Controlled(0)).ShouldBe("Qubit 0 cannot control a circuit that acts on it. Move the circuit first: circuit.OnQubits(…).");
        Reason(() => measured.Then(new Circuit(1, []))).ShouldBe("A circuit of 1 qubits cannot follow one of 2. Place it first: next.OnQubits(2, …).");
        Reason(() => measured.Bind(Parameter.Named("aa"), 1)).ShouldBe("The circuit has no parameter 'aa'. Did you mean 'a'?");
        Reason(() => measured.Bind(A, double.NaN)).ShouldBe("Parameter 'a' cannot be bound to NaN: values must be finite.");
        Reason(() => measured.OnQubits(3, 1)).ShouldBe("The circuit has 2 qubits, but 1 places were given: one for each.");
        Reason(() => measured.OnQubits(3, 1, 1)).ShouldBe("The qubits cannot be placed on 1, 1: places must differ.");
        Reason(() => measured.OnQubits(2, 1, 2)).ShouldBe("Qubit 2 does not exist: this circuit has 2 qubits, numbered 0 to 1.");
        Reason(() => measured.Repeat(0)).ShouldBe("A circuit cannot be repeated 0 times: at least 1 is needed.");
        Reason(() => new Circuit(1, [new Measure(0, -1)])).ShouldBe("Classical bit -1 does not exist: bits are numbered from 0.");
        Reason(() => new Circuit(1, [new Measure(0, 2)], bits: 2)).ShouldBe("The circuit uses classical bit 2, but has 2 bits: it needs at least 3.");
        Reason(() => new Condition([], 0)).ShouldBe("A condition on classical bits [] cannot be: it needs 1 to 64 different bits, numbered from 0.");
        Reason(() => new Condition([0], 2)).ShouldBe("1 classical bit can never read as 2: values are 0 to 1.");
        Reason(() => new Circuit(1, [new GateOperation(Gates.Named("rx"), [0], [A])], parameters: [])).ShouldBe("Parameter 'a' is used but not declared. None is declared.");
        Reason(() => new GlobalPhase(1, [new Control(0), new Control(0, On: false)])).ShouldBe("A global phase was given controls 0, 0: they must differ.");

        static string Reason(Func<object> make) => Should.Throw<QuantumException>(make).Message;
    }

    private static Complex[,] Identity(int qubits)
    {
        var matrix = new Complex[1 << qubits, 1 << qubits];
        for (var k = 0; k < 1 << qubits; k++) matrix[k, k] = 1;
        return matrix;
    }
}
