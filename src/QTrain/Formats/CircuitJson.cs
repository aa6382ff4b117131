using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using QTrain.Circuits;
using QTrain.Noise;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Formats;

/// <summary>Circuits as JSON lists of operations.</summary>
/// <remarks><code>
/// { "num_qubits": 2, "parameters": ["theta0"],
///   "operations": [ {"gate": "h", "qubits": [0]},
///                   {"gate": "crx", "qubits": [0, 1], "coef": {"theta0": 0.5}, "const": 0.3},
///                   {"gate": "measure", "qubits": [1], "bit": 0} ] }
/// </code>
/// The angle of a gate is Σ coef·parameter + const. It may also be given as <c>"angle": 0.3</c>, and the angles of a gate of several as
/// <c>"angles": [0.1, {"coef": {"a": 1}, "const": 0.2}]</c>. Beside the gates of <see cref="Gates"/> there are <c>measure</c> (<c>bit</c>),
/// <c>reset</c>, <c>barrier</c> (all qubits when none are listed), <c>delay</c> (<c>seconds</c>, or <c>dt</c> in a device's units; all qubits when none are listed), <c>global_phase</c>, <c>pauli_rotation</c> (<c>pauli</c>: a label,
/// rightmost letter on the first listed qubit), <c>unitary</c> (<c>matrix</c>: rows of [re, im]) and <c>channel</c> (noise: <c>channel</c>, a
/// name of <see cref="Channels"/>, with its numbers as <c>arguments</c>; or <c>kraus</c>, a list of matrices). Every gate takes <c>controls</c>
/// (<c>[2, {"qubit": 3, "on": false}]</c>) and every operation <c>condition</c> (<c>{"bits": [0, 1], "value": 2}</c>). Other keys are
/// ignored, unless they look like one of these misspelled.</remarks>
public static class CircuitJson
{
    private static readonly string[] OtherOperations = ["measure", "reset", "barrier", "delay", "global_phase", "pauli_rotation", "unitary", "channel"];

    /// <summary>Reads a circuit.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidFileException">The text is not a circuit; the message says where and what is allowed.</exception>
    public static Circuit Read(string text, string file)
    {
        var root = JsonSource.Read(text, file).AsObject("a circuit");
        root.RefuseMisspelled("num_qubits", "num_bits", "parameters", "operations");
        var qubits = root.Require("num_qubits", "a circuit").AsInteger("num_qubits", 1);
        var declared = root.Find("parameters") is { } list ? ReadParameters(list) : null;
        var operations = root.Require("operations", "a circuit").AsList("operations")
            .Select(o => new OperationReader(o, qubits, declared).Read()).ToImmutableArray();
        var bits = root.Find("num_bits");
        return (bits ?? root).At(() => new Circuit(qubits, operations, bits?.AsInteger("num_bits", 0), declared?.Keys));
    }

    /// <summary>Writes a circuit so that reading gives an equal one.</summary>
    public static string Write(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        return JsonLines.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("num_qubits", circuit.QubitCount);
            if (circuit.BitCount > 0) writer.WriteNumber("num_bits", circuit.BitCount);
            JsonLines.WriteLines(writer, "parameters", circuit.Parameters, static (w, parameter) => w.WriteStringValue(parameter.Name));
            JsonLines.WriteLines(writer, "operations", circuit.Operations, WriteOperation);
            writer.WriteEndObject();
        });
    }

    private static OrderedDictionary<Parameter, int> ReadParameters(JsonValue list)
    {
        var parameters = new OrderedDictionary<Parameter, int>();
        foreach (var entry in list.AsList("parameters"))
        {
            var name = entry.AsText("the name of a parameter");
            if (string.IsNullOrWhiteSpace(name)) throw entry.Fault("a parameter needs a name.");
            if (!parameters.TryAdd(new Parameter(name), parameters.Count)) throw entry.Fault($"parameter '{name}' is declared twice.");
        }
        return parameters;
    }

    private sealed class OperationReader(JsonValue entry, int qubits, OrderedDictionary<Parameter, int>? declared)
    {
        private string _gate = "";

        public Operation Read()
        {
            entry.AsObject("an operation").RefuseMisspelled(
                "gate", "qubits", "coef", "const", "angle", "angles", "bit", "controls", "condition", "pauli", "matrix", "name", "channel", "arguments", "kraus", "seconds", "dt");
            var name = entry.Require("gate", "an operation");
            _gate = name.AsText("gate");
            var condition = entry.Find("condition") is { } given ? ReadCondition(given) : null;
            return entry.At(() => ReadUnconditional(name)) with { Condition = condition };
        }

        private Operation ReadUnconditional(JsonValue name)
        {
            switch (_gate)
            {
                case "measure":
                    RefuseControls();
                    return new Measure(OneQubit(), entry.Require("bit", "a measurement").AsInteger("bit", 0));
                case "reset":
                    RefuseControls();
                    return new Reset(OneQubit());
                case "barrier":
                    RefuseControls();
                    var listed = Qubits("qubits");
                    if (listed.Distinct().Count() != listed.Length) throw entry.Require("qubits", "a barrier").Fault("the qubits of a barrier must differ.");
                    return new Barrier(listed.IsEmpty ? [.. Enumerable.Range(0, qubits)] : listed);
                case "delay":
                    RefuseControls();
                    var waiting = Qubits("qubits");
                    return new Delay(ReadDuration(), waiting.IsEmpty ? [.. Enumerable.Range(0, qubits)] : waiting);
                case "global_phase":
                    if (!Qubits("qubits").IsEmpty) throw entry.Find("qubits")!.Fault("a global phase has no qubits of its own; list \"controls\" to make it relative.");
                    return new GlobalPhase(Angles(1)[0], Controls());
                case "pauli_rotation":
                    var label = entry.Require("pauli", "a Pauli rotation");
                    return Apply(label.At(() => Gate.PauliRotation(NotEmpty(label))));
                case "unitary":
                    var matrix = entry.Require("matrix", "a unitary");
                    var title = entry.Find("name")?.AsText("name") ?? "unitary";
                    return Apply(matrix.At(() => Gate.Unitary(ReadMatrix(matrix), title)));
                case "channel":
                    RefuseControls();
                    return entry.Find("kraus") is { } operators
                        ? new ChannelOperation(operators.At(() => Channel.FromKraus(entry.Find("name")?.AsText("name") ?? "kraus",
                            operators.AsList("kraus").Select(ReadMatrix))), Qubits("qubits"))
                        : new ChannelOperation(NamedChannel(entry.Require("channel", "a channel")), Qubits("qubits"));
                default:
                    return Apply(Gates.Find(_gate) ?? throw name.Fault(UnknownGate()));
            }
        }

        private Duration ReadDuration()
        {
            var (seconds, dt) = (entry.Find("seconds"), entry.Find("dt"));
            if ((seconds ?? dt) is null) throw entry.Fault("a delay needs a duration: write \"seconds\": 1e-7, or \"dt\": 160 in units of the device.");
            return new Duration(seconds?.AsNumber("seconds") ?? 0, dt?.AsNumber("dt") ?? 0);
        }

        private Channel NamedChannel(JsonValue name)
        {
            double[] arguments = entry.Find("arguments") is { } list ? [.. list.AsList("arguments").Select(a => a.AsNumber("an argument"))] : [];
            return name.At(() => Channels.Make(name.AsText("channel"), arguments));
        }

        private GateOperation Apply(Gate gate) => new(gate, Qubits("qubits"), Angles(gate.AngleCount), Controls());

        private string UnknownGate()
        {
            var known = Gates.All.SelectMany(g => g.Aliases.Prepend(g.Name)).Concat(OtherOperations).ToList();
            return $"there is no gate '{_gate}'. " + (Nearest.To(_gate, known) is { } near
                ? $"Did you mean '{near}'?"
                : $"The gates are: {string.Join(' ', Gates.All.Select(g => g.Name).Concat(OtherOperations))}.");
        }

        private static string NotEmpty(JsonValue label) =>
            label.AsText("pauli") is { Length: > 0 } text ? text : throw label.Fault("a Pauli rotation needs at least one letter of I, X, Y, Z.");

        private void RefuseControls()
        {
            if (entry.Find("controls") is { } controls) throw controls.Fault($"'{_gate}' cannot be controlled: only gates and global phases can.");
        }

        private int OneQubit()
        {
            var list = Qubits("qubits");
            return list.Length == 1 ? list[0] : throw (entry.Find("qubits") ?? entry).Fault($"'{_gate}' acts on 1 qubit, but {list.Length} were given.");
        }

        private ImmutableArray<int> Qubits(string key) =>
            entry.Find(key) is { } list ? [.. list.AsList(key).Select(q => Qubit(q))] : [];

        private int Qubit(JsonValue value)
        {
            // A whole number outside is told as such; all else is no qubit.
            if (value is { Kind: JsonKind.Number, Number: var number } && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue && (number < 0 || number >= qubits))
                throw value.Fault(new QubitOutOfRangeException((int)number, qubits).Message);
            return value.AsInteger("a qubit", 0, qubits - 1);
        }

        private ImmutableArray<Control> Controls() =>
            entry.Find("controls") is { } list ? [.. list.AsList("controls").Select(ReadControl)] : [];

        private Control ReadControl(JsonValue value)
        {
            if (value.Kind != JsonKind.Object) return new Control(Qubit(value));
            return new Control(Qubit(value.Require("qubit", "a control")), value.Find("on")?.AsTruth("on") ?? true);
        }

        private static Condition ReadCondition(JsonValue value)
        {
            var list = value.AsObject("condition").Require("bits", "a condition");
            var bits = list.AsList("bits").Select(b => b.AsInteger("a classical bit", 0)).ToImmutableArray();
            if (bits.Length is 0 or > 31 || bits.Distinct().Count() != bits.Length) throw list.Fault("a condition needs 1 to 31 different classical bits.");
            var number = value.Require("value", "a condition").AsInteger("value", 0, (int)((1L << bits.Length) - 1));
            return new Condition(bits, (ulong)number);
        }

        private ImmutableArray<Angle> Angles(int count)
        {
            var several = entry.Find("angles");
            var one = entry.Find("angle");
            var (coef, constant) = (entry.Find("coef"), entry.Find("const"));
            var affine = coef ?? constant;
            if (several is not null && (one ?? affine) is { } twice || one is not null && affine is not null && (twice = one) is not null)
                throw twice.Fault("the angle is given twice: use \"coef\" and \"const\", or \"angle\", or \"angles\".");
            ImmutableArray<Angle> angles = several is not null ? [.. several.AsList("angles").Select(ReadAngle)]
                : one is not null ? [ReadAngle(one)]
                : affine is not null ? [Affine(coef, constant)]
                : [];
            // Writers that give every operation a coef and const give gates without angles an empty sum.
            if (count == 0 && several is null && angles is [{ IsConstant: true, Constant: 0 }]) return [];
            if (angles.Length != count)
                throw (several ?? one ?? affine ?? entry).Fault(
                    $"gate '{_gate}' takes {count} angle{(count == 1 ? "" : "s")}, but {angles.Length} {(angles.Length == 1 ? "was" : "were")} given. "
                    + (count == 1 ? "Write \"coef\": {\"name\": 1}, \"const\": 0 or \"angle\": 0.5."
                        : count > 1 ? "Write \"angles\": [0.5, {\"coef\": {\"name\": 1}, \"const\": 0}, …]." : "Leave them out."));
            return angles;
        }

        private Angle ReadAngle(JsonValue value)
        {
            if (value.Kind == JsonKind.Number) return value.Number;
            if (value.Kind != JsonKind.Object) throw value.Fault("an angle must be a number or {\"coef\": {\"name\": number}, \"const\": number}.");
            value.RefuseMisspelled("coef", "const");
            var (coef, constant) = (value.Find("coef"), value.Find("const"));
            return (coef ?? constant) is null ? throw value.Fault("an angle needs \"coef\" or \"const\".") : Affine(coef, constant);
        }

        private Angle Affine(JsonValue? coef, JsonValue? constant)
        {
            var terms = new List<AngleTerm>();
            foreach (var (name, key, value) in coef?.AsObject("coef").Members ?? [])
            {
                if (string.IsNullOrWhiteSpace(name)) throw key.Fault("a parameter needs a name.");
                if (declared is not null && !declared.ContainsKey(new Parameter(name)))
                    throw key.Fault($"parameter '{name}' is not declared. " + (Nearest.To(name, declared.Keys.Select(p => p.Name)) is { } near
                        ? $"Did you mean '{near}'?"
                        : declared.Count == 0 ? "\"parameters\" is empty." : $"Declared are: {string.Join(", ", declared.Keys)}."));
                terms.Add(new AngleTerm(new Parameter(name), value.AsNumber($"the coefficient of '{name}'")));
            }
            return Angle.Affine(terms, constant?.AsNumber("const") ?? 0);
        }

        private static Complex[,] ReadMatrix(JsonValue value)
        {
            var rows = value.AsList("matrix");
            var matrix = new Complex[rows.Count, rows.Count];
            for (var row = 0; row < rows.Count; row++)
            {
                var columns = rows[row].AsList("a row of a matrix");
                if (columns.Count != rows.Count) throw rows[row].Fault($"the matrix has {rows.Count} rows, but this row has {columns.Count} columns.");
                for (var column = 0; column < rows.Count; column++) matrix[row, column] = ComplexJson.Read(columns[column], "an entry of a matrix");
            }
            return matrix;
        }
    }

    private static void WriteOperation(Utf8JsonWriter writer, Operation operation)
    {
        writer.WriteStartObject();
        switch (operation)
        {
            case Measure measure:
                WriteHead("measure", operation.Qubits, default);
                writer.WriteNumber("bit", measure.Bit);
                break;
            case Reset:
                WriteHead("reset", operation.Qubits, default);
                break;
            case Barrier:
                WriteHead("barrier", operation.Qubits, default);
                break;
            case Delay { Duration: var duration }:
                WriteHead("delay", operation.Qubits, default);
                if (duration.Dt == 0 || duration.Seconds != 0) writer.WriteNumber("seconds", duration.Seconds);
                if (duration.Dt != 0) writer.WriteNumber("dt", duration.Dt);
                break;
            case GlobalPhase phase:
                WriteHead("global_phase", [], phase.Controls);
                break;
            case GateOperation { Gate.Pauli: { } pauli } rotation when !rotation.Gate.IsNamed:
                WriteHead("pauli_rotation", rotation.Targets, rotation.Controls);
                writer.WriteString("pauli", pauli.ToLabel(rotation.Gate.QubitCount));
                break;
            case GateOperation { Gate.IsNamed: false } unitary:
                WriteHead("unitary", unitary.Targets, unitary.Controls);
                writer.WriteString("name", unitary.Gate.Name);
                writer.WritePropertyName("matrix");
                WriteMatrix(unitary.Gate.Matrix());
                break;
            case ChannelOperation { Channel: var channel }:
                WriteHead("channel", operation.Qubits, default);
                WriteChannel(channel);
                break;
            case GateOperation gate:
                WriteHead(gate.Gate.Name, gate.Targets, gate.Controls);
                break;
        }
        WriteAngles(operation.Angles);
        if (operation.Condition is { } condition)
        {
            writer.WriteStartObject("condition");
            writer.WriteStartArray("bits");
            foreach (var bit in condition.Bits) writer.WriteNumberValue(bit);
            writer.WriteEndArray();
            writer.WriteNumber("value", condition.Value);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();

        void WriteHead(string name, ImmutableArray<int> qubits, ImmutableArray<Control> controls)
        {
            writer.WriteString("gate", name);
            writer.WriteStartArray("qubits");
            foreach (var qubit in qubits) writer.WriteNumberValue(qubit);
            writer.WriteEndArray();
            if (controls.IsDefaultOrEmpty) return;
            writer.WriteStartArray("controls");
            foreach (var control in controls)
            {
                if (control.On)
                {
                    writer.WriteNumberValue(control.Qubit);
                    continue;
                }
                writer.WriteStartObject();
                writer.WriteNumber("qubit", control.Qubit);
                writer.WriteBoolean("on", false);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }

        void WriteAngles(ImmutableArray<Angle> angles)
        {
            if (angles.Length == 1) WriteAffine(angles[0]);
            if (angles.Length < 2) return;
            writer.WriteStartArray("angles");
            foreach (var angle in angles)
            {
                if (angle.IsConstant)
                {
                    writer.WriteNumberValue(angle.Constant);
                    continue;
                }
                writer.WriteStartObject();
                WriteAffine(angle);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }

        void WriteAffine(Angle angle)
        {
            writer.WriteStartObject("coef");
            foreach (var (parameter, coefficient) in angle.Terms) writer.WriteNumber(parameter.Name, coefficient);
            writer.WriteEndObject();
            writer.WriteNumber("const", angle.Constant);
        }

        void WriteChannel(Channel channel)
        {
            writer.WriteString(channel.IsNamed ? "channel" : "name", channel.Name);
            writer.WriteStartArray(channel.IsNamed ? "arguments" : "kraus");
            foreach (var argument in channel.Arguments) writer.WriteNumberValue(argument);
            if (!channel.IsNamed)
                foreach (var k in channel.Operators) WriteMatrix(k);
            writer.WriteEndArray();
        }

        void WriteMatrix(Complex[,] matrix)
        {
            writer.WriteStartArray();
            for (var row = 0; row < matrix.GetLength(0); row++)
            {
                writer.WriteStartArray();
                for (var column = 0; column < matrix.GetLength(1); column++) ComplexJson.Write(writer, matrix[row, column]);
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }
    }
}
