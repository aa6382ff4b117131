using System.Numerics;
using QTrain.Circuits;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Circuits;

public sealed class Circuits_are_values
{
    [Fact]
    public void equal_when_built_the_same_way() => Law.ForAll(Any.Seed(), seed =>
    {
        var (one, other) = (Any.UnitaryCircuit(4, 12, seed), Any.UnitaryCircuit(4, 12, seed));
        other.ShouldNotBeSameAs(one);
        other.ShouldBe(one);
        other.GetHashCode().ShouldBe(one.GetHashCode());
        foreach (var (left, right) in one.Operations.Zip(other.Operations))
        {
            left.ShouldBe(right);
            left.GetHashCode().ShouldBe(right.GetHashCode());
        }
    });

    public static TheoryData<string> Differences => [.. Pairs.Keys];

    [Theory, MemberData(nameof(Differences))]
    public void different_in(string what)
    {
        var (left, right) = Pairs[what];
        left.ShouldNotBe(right);
        right.ShouldNotBe(left);
    }

    [Fact]
    public void equal_matrices_make_equal_gates()
    {
        var matrix = new Complex[,] { { 0, 1 }, { 1, 0 } };
        Gate.Unitary(matrix).ShouldBe(Gate.Unitary((Complex[,])matrix.Clone()));
        Gate.Unitary(matrix).ShouldNotBe(Gates.Named("x"));
        Gate.PauliRotation("XZ").ShouldBe(Gate.PauliRotation("XZ"));
        Gate.PauliRotation("IX").ShouldNotBe(Gate.PauliRotation("X"));
    }

    [Fact]
    public void a_gate_of_a_matrix_keeps_its_own_copy()
    {
        var matrix = new Complex[,] { { 0, 1 }, { 1, 0 } };
        var gate = Gate.Unitary(matrix);
        matrix[0, 0] = 5;
        gate.Matrix()[0, 0] = 7;
        gate.Matrix()[0, 0].ShouldBe(0);
    }

    [Fact]
    public void angles_are_equal_whatever_the_order_of_their_terms()
    {
        var (a, b) = (Parameter.Named("a"), Parameter.Named("b"));
        (2 * a + b - 0.5).ShouldBe(b - 0.5 + a + a);
        (a - a + 1).ShouldBe((Angle)1);
        (a + b - b).IsConstant.ShouldBeFalse();
        (-0.0 * a).ShouldBe((Angle)0.0);
        (2 * a - 0.5 * b + 0.3).ToString().ShouldBe("2*a - 0.5*b + 0.3");
        (-a).ToString().ShouldBe("-a");
    }

    private static readonly Dictionary<string, (object, object)> Pairs = new()
    {
        ["target"] = (One(c => c.X(0)), One(c => c.X(1))),
        ["order of targets"] = (One(c => c.Cx(0, 1)), One(c => c.Cx(1, 0))),
        ["angle"] = (One(c => c.Rx(0.5, 0)), One(c => c.Rx(0.25, 0))),
        ["parameter"] = (One(c => c.Rx(Parameter.Named("a"), 0)), One(c => c.Rx(Parameter.Named("b"), 0))),
        ["control"] = (new GateOperation(Gates.Named("x"), [0], [], [new Control(1)]), new GateOperation(Gates.Named("x"), [0], [])),
        ["value of a control"] = (new GlobalPhase(1, [new Control(1)]), new GlobalPhase(1, [new Control(1, On: false)])),
        ["condition"] = (One(c => c.X(0)), One(c => c.If([0], 1, i => i.X(0)))),
        ["bits of a condition"] = (new Condition([0, 1], 1), new Condition([1, 0], 1)),
        ["bit"] = (new Measure(0, 0), new Measure(0, 1)),
        ["barrier"] = (new QTrain.Circuits.Barrier([0]), new QTrain.Circuits.Barrier([0, 1])),
        ["number of qubits"] = (new Circuit(1, []), new Circuit(2, [])),
        ["number of bits"] = (new Circuit(1, [], bits: 1), new Circuit(1, [])),
        ["order of parameters"] = (new Circuit(1, [], parameters: Parameter.Vector("a", 2)), new Circuit(1, [], parameters: Parameter.Vector("a", 2).Reverse())),
    };

    private static Circuit One(Action<CircuitBuilder> build) => Circuit.Build(2, build);
}
