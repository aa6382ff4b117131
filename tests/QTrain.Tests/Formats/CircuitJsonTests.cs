using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Numerics;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Formats;

public sealed class A_circuit_as_JSON
{
    [Fact]
    public void comes_back_as_it_was_written() => Law.ForAll(Any.UnitaryCircuit(), bound =>
        CircuitJson.Read(CircuitJson.Write(bound.Circuit), "c.json").ShouldBe(bound.Circuit));

    [Fact]
    public void comes_back_with_every_gate_of_the_table()
    {
        var circuit = Any.EveryGate(4, seed: 1);
        CircuitJson.Read(CircuitJson.Write(circuit), "c.json").ShouldBe(circuit);
    }

    [Fact]
    public void comes_back_with_measurements_resets_barriers_phases_and_conditions()
    {
        var circuit = Circuit.Build(3, c => c
            .H(0).Barrier().Barrier(0, 2).Measure(0, 1).If([0, 1], 2, inner => inner.X(1).Rx(Parameter.Named("θ"), 2).GlobalPhase(0.25))
            .Reset(0).Add(new GlobalPhase(Parameter.Named("b") / 3, [new Control(1, On: false)])).MeasureAll());
        var text = CircuitJson.Write(circuit);
        CircuitJson.Read(text, "c.json").ShouldBe(circuit);
        text.ShouldContain("\"θ\"");
    }

    [Theory, InlineData("circuit_a", 5), InlineData("circuit_b", 9), InlineData("circuit_c", 14)]
    public void of_the_test_data_is_read(string name, int parameters)
    {
        var file = TestData.Path("gradients", name + ".json");
        var circuit = CircuitJson.Read(File.ReadAllText(file), file);
        circuit.Parameters.Length.ShouldBe(parameters);
        circuit.Parameters[1].ShouldBe(Parameter.Named("theta1"));
    }

    [Fact]
    public void may_give_an_angle_in_three_ways()
    {
        const string text = """
            {"num_qubits": 1, "title": "ignored", "operations": [
              {"gate": "rx", "qubits": [0], "coef": {"a": 2}, "const": 0.5, "comment": "ignored"},
              {"gate": "rx", "qubits": [0], "angle": -1.5},
              {"gate": "u", "qubits": [0], "angles": [0.1, {"coef": {"b": 1}}, {"const": 3}]},
              {"gate": "h", "qubits": [0], "coef": {}, "const": 0.0}
            ]}
            """;
        CircuitJson.Read(text, "c.json").ShouldBe(Circuit.Build(1, c => c
            .Rx(2 * Parameter.Named("a") + 0.5, 0).Rx(-1.5, 0).U(0.1, Parameter.Named("b"), 3, 0).H(0)));
    }

    [Fact]
    public void keeps_the_declared_order_of_parameters_and_those_never_used()
    {
        const string text = """{"num_qubits": 1, "parameters": ["z", "unused", "a"], "operations": [{"gate": "rx", "qubits": [0], "coef": {"a": 1}}, {"gate": "rx", "qubits": [0], "coef": {"z": 1}}]}""";
        CircuitJson.Read(text, "c.json").Parameters.Select(p => p.Name).ShouldBe(["z", "unused", "a"]);
    }

    [Theory]
    [InlineData("""{"operations": []}""", 1, 1, "a circuit needs the key \"num_qubits\".")]
    [InlineData("""{"num_qubits": 1}""", 1, 1, "a circuit needs the key \"operations\".")]
    [InlineData("""{"num_qubits": 0, "operations": []}""", 1, 16, "num_qubits must be a whole number of at least 1, not 0.")]
    [InlineData("""{"num_qubits": 1.5, "operations": []}""", 1, 16, "num_qubits must be a whole number of at least 1, not 1.5.")]
    [InlineData("""{"num_qubits": "two", "operations": []}""", 1, 16, "num_qubits must be a number, not the text \"two\".")]
    [InlineData("""{"num_qubits": 1, "operations": [], "num_qubits": 2}""", 1, 37, "key 'num_qubits' occurs twice in one object; it stands in line 1 already. Remove one.")]
    [InlineData("[1]", 1, 1, "a circuit must be an object {…}, not a list.")]
    [InlineData("", 1, 1, "the file is empty; JSON is expected.")]
    [InlineData("{\n\"num_qubits\": NaN}", 2, 15, "NaN is not a number that is allowed here: only finite numbers are.")]
    [InlineData("{\n\"num_qubits\": -Infinity}", 2, 15, "-Infinity is not a number that is allowed here: only finite numbers are.")]
    [InlineData("{\n\"num_qubits\": 1e999}", 2, 15, "1e999 is too large: numbers go up to 1.7976931348623157E+308.")]
    public void is_refused_where_it_is_wrong(string text, int line, int column, string reason) => Refused(text, line, column, reason);

    [Theory]
    [InlineData("""{"gate": "rq", "qubits": [0]}""", 9, "there is no gate 'rq'. Did you mean 'rx'?")]
    [InlineData("""{"gate": "cx", "qubits": [0]}""", 0, "Gate 'cx' acts on 2 qubits, but was given 1.")]
    [InlineData("""{"gate": "cx", "qubits": [0, 0]}""", 0, "Gate 'cx' was given qubits 0, 0: they must differ.")]
    [InlineData("""{"gate": "x", "qubits": [2]}""", 25, "Qubit 2 does not exist: this circuit has 2 qubits, numbered 0 to 1.")]
    [InlineData("""{"gate": "rx", "qubits": [0], "coeff": {"a": 1}}""", 30, "there is no key \"coeff\" here. Did you mean \"coef\"?")]
    [InlineData("""{"gate": "rx", "qubits": [0], "coef": {"b": 1}}""", 39, "parameter 'b' is not declared. Did you mean 'a'?")]
    [InlineData("""{"gate": "rx", "qubits": [0]}""", 0, "gate 'rx' takes 1 angle, but 0 were given. Write \"coef\": {\"name\": 1}, \"const\": 0 or \"angle\": 0.5.")]
    [InlineData("""{"gate": "u", "qubits": [0], "angle": 1}""", 38, "gate 'u' takes 3 angles, but 1 was given. Write \"angles\": [0.5, {\"coef\": {\"name\": 1}, \"const\": 0}, …].")]
    [InlineData("""{"gate": "x", "qubits": [0], "angle": 1}""", 38, "gate 'x' takes 0 angles, but 1 was given. Leave them out.")]
    [InlineData("""{"gate": "rx", "qubits": [0], "angle": 1, "const": 1}""", 39, "the angle is given twice: use \"coef\" and \"const\", or \"angle\", or \"angles\".")]
    [InlineData("""{"gate": "rx", "qubits": [0], "coef": {"a": "1"}}""", 44, "the coefficient of 'a' must be a number, not the text \"1\".")]
    [InlineData("""{"gate": "measure", "qubits": [0]}""", 0, "a measurement needs the key \"bit\".")]
    [InlineData("""{"gate": "reset", "qubits": [0, 1]}""", 28, "'reset' acts on 1 qubit, but 2 were given.")]
    [InlineData("""{"gate": "measure", "qubits": [0], "bit": 0, "controls": [1]}""", 57, "'measure' cannot be controlled: only gates and global phases can.")]
    [InlineData("""{"gate": "unitary", "qubits": [0], "matrix": [[1, 0], [0]]}""", 54, "the matrix has 2 rows, but this row has 1 columns.")]
    [InlineData("""{"gate": "pauli_rotation", "qubits": [0], "pauli": "W", "angle": 1}""", 51, "'W' is not a Pauli operator: the letters are I, X, Y and Z.")]
    [InlineData("""{"gate": "x", "qubits": [0], "condition": {"bits": [0], "value": 2}}""", 65, "value must be a whole number from 0 to 1, not 2.")]
    public void is_refused_at_the_wrong_operation(string operation, int indent, string reason) =>
        Refused("{\"num_qubits\": 2, \"parameters\": [\"a\"],\n\"operations\": [\n" + operation + "]}", 3, indent + 1, reason);

    [Fact]
    public void is_never_half_read_whatever_is_cut_off_or_changed()
    {
        var whole = CircuitJson.Write(Any.EveryGate(3, seed: 5));
        var random = new RandomStream(6);
        for (var k = 0; k < 300; k++)
        {
            var at = (int)random.NextBelow(whole.Length);
            var broken = k % 2 == 0 ? whole[..at] : whole[..at] + "\"{[}],:x1"[(int)random.NextBelow(9)] + whole[(at + 1)..];
            try
            {
                CircuitJson.Read(broken, "broken.json");
            }
            catch (InvalidFileException fault)
            {
                fault.Line.ShouldNotBeNull();
                fault.Message.ShouldStartWith($"broken.json:{fault.Line}:{fault.Column}: ");
            }
        }
    }

    private static void Refused(string text, int line, int column, string reason)
    {
        var fault = Should.Throw<InvalidFileException>(() => CircuitJson.Read(text, "c.json"));
        fault.Reason.ShouldBe(reason);
        (fault.Line, fault.Column).ShouldBe((line, column));
        fault.Message.ShouldBe($"c.json:{line}:{column}: {reason}");
    }
}
