using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using QTrain.Circuits;
using QTrain.Noise;

namespace QTrain.Formats;

/// <summary>Noise models written by hand, as JSON. Reading what was written gives an equal model.</summary>
/// <remarks><code>
/// { "rules": [ {"channel": "depolarizing", "arguments": {"p": 0.001}, "after": {"gateQubits": 1, "except": ["rz"]}},
///              {"channel": "depolarizing2", "arguments": [0.01], "after": {"gate": "cx", "qubits": [0, 1]}},
///              {"channel": "phase_flip", "arguments": [0.002], "after": {"gate": "cx", "qubits": [0, 1]}, "actsOn": [2]},
///              {"channel": "over_rotation_x", "arguments": [0.01], "before": {"gate": "sx"}},
///              {"name": "leak", "kraus": [ [[1, 0], [0, 0.99]], [[0, 0.141], [0, 0]] ], "after": {}} ],
///   "readout": {"everyQubit": {"oneGivenZero": 0.02, "zeroGivenOne": 0.04}, "qubits": {"0": {"matrix": [[0.98, 0.04], [0.02, 0.96]]}}} }
/// </code>
/// A channel is a row of <see cref="Channels"/> with its numbers in order or by name, or Kraus operators. <c>after</c> (or <c>before</c>) says beside
/// which operations it stands: any gate when empty; of a name (<c>gate</c>, also measure and reset); of so many qubits; on given qubits; all but
/// some. It acts on the operation's qubits, a one-qubit channel on each, or on those of <c>actsOn</c>. Rules act in the order of the list.</remarks>
public static class NoiseModelJson
{
    /// <summary>Reads a model.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidFileException">The text is no noise model; says where and what is allowed.</exception>
    public static NoiseModel Read(string text, string file)
    {
        var root = JsonSource.Read(text, file).AsObject("a noise model");
        RefuseUnknown(root, "a noise model", "rules", "readout", "description");
        var model = NoiseModel.None.With([.. root.Find("rules")?.AsList("rules").Select(ReadRule) ?? []]);
        if (root.Find("readout") is not { } readout) return model;
        RefuseUnknown(readout.AsObject("readout"), "readout", "everyQubit", "qubits");
        if (readout.Find("everyQubit") is { } every) model = model.WithReadout(ReadReadout(every));
        foreach (var (name, key, value) in readout.Find("qubits")?.AsObject("qubits").Members ?? [])
            model = int.TryParse(name, System.Globalization.NumberStyles.None, null, out var qubit)
                ? model.WithReadout(qubit, ReadReadout(value))
                : throw key.Fault($"\"{name}\" is no qubit: write its number, such as \"0\".");
        return model;
    }

    /// <summary>Writes a model, a rule a line.</summary>
    public static string Write(NoiseModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return JsonLines.Write(writer =>
        {
            writer.WriteStartObject();
            JsonLines.WriteLines(writer, "rules", model.Rules, WriteRule);
            if (model.ReadoutOfEveryQubit is not null || !model.ReadoutByQubit.IsEmpty)
            {
                writer.WriteStartObject("readout");
                if (model.ReadoutOfEveryQubit is { } every)
                {
                    writer.WritePropertyName("everyQubit");
                    WriteReadout(writer, every);
                }
                writer.WriteStartObject("qubits");
                foreach (var (qubit, error) in model.ReadoutByQubit)
                {
                    writer.WritePropertyName(qubit.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    WriteReadout(writer, error);
                }
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        });
    }

    private static NoiseRule ReadRule(JsonValue rule)
    {
        RefuseUnknown(rule.AsObject("a rule"), "a rule", "channel", "arguments", "name", "kraus", "after", "before", "actsOn");
        var (after, before) = (rule.Find("after"), rule.Find("before"));
        if (after is not null && before is not null) throw before.Fault("a rule stands \"after\" an operation or \"before\" it: keep one.");
        var beside = (after ?? before ?? throw rule.Fault("a rule needs the key \"after\" (or \"before\"): the operations it speaks of, {} for any gate.")).AsObject("after");
        RefuseUnknown(beside, "after", "gate", "gateQubits", "qubits", "except");
        var channel = ReadChannel(rule);
        var gate = beside.Find("gate");
        var (qubits, on) = (beside.Find("qubits"), rule.Find("actsOn"));
        var count = beside.Find("gateQubits")?.AsInteger("gateQubits", 1);
        var acts = on is null ? (qubits is null ? count : Qubits(qubits).Length) : Qubits(on).Length;
        if (gate is not null && Gates.Find(gate.AsText("gate")) is { } known && on is null) acts ??= known.QubitCount;
        if (channel.QubitCount > 1 && acts is { } places && channel.QubitCount != places)
            throw (rule.Find("channel") ?? rule.Find("kraus")!).Fault($"channel {channel} acts on {channel.QubitCount} qubits, but the rule gives it {places}: they must be as many, or the channel on one.");
        return new NoiseRule
        {
            Channel = channel,
            Operation = gate is null ? null : OperationName(gate),
            OperationQubits = count,
            Qubits = qubits is null ? default : Qubits(qubits),
            Except = [.. beside.Find("except")?.AsList("except").Select(OperationName) ?? []],
            On = on is null ? default : Qubits(on),
            IsBefore = before is not null,
        };
    }

    private static string OperationName(JsonValue value)
    {
        var name = value.AsText("the name of an operation");
        if (name is "measure" or "reset") return name;
        return Gates.Find(name)?.Name ?? throw value.Fault($"there is no gate '{name}'. " + (Nearest.To(name, Gates.All.Select(g => g.Name).Append("measure").Append("reset")) is { } near
            ? $"Did you mean '{near}'?" : $"Allowed are measure, reset and the gates: {string.Join(' ', Gates.All.Select(g => g.Name))}."));
    }

    private static Channel ReadChannel(JsonValue rule)
    {
        var (name, kraus) = (rule.Find("channel"), rule.Find("kraus"));
        if (name is not null && kraus is not null) throw kraus.Fault("a rule has a \"channel\" by name or \"kraus\" operators: keep one.");
        if (kraus is not null)
            return kraus.At(() => Channel.FromKraus(rule.Find("name")?.AsText("name") ?? "kraus", kraus.AsList("kraus").Select(ReadMatrix)));
        if (name is null) throw rule.Fault("a rule needs a \"channel\", such as \"depolarizing\", or \"kraus\" operators.");
        var numbers = rule.Find("arguments");
        if (numbers is not { Kind: JsonKind.Object })
        {
            double[] list = [.. numbers?.AsList("arguments").Select(a => a.AsNumber("an argument")) ?? []];
            return (numbers ?? name).At(() => Channels.Make(name.AsText("channel"), list));
        }
        var row = name.At(() => Channels.Find(name.AsText("channel")) ?? throw Unknown(name.Text));
        RefuseUnknown(numbers, $"'{row}'", [.. row.Arguments]);
        // Numbers of errors that are not listed are 0; that of the only argument must be there.
        double[] named = [.. row.Arguments.Select(a => numbers.Find(a)?.AsNumber(a) ?? (row.Arguments.Length > 4 || a == "excited" ? 0 : throw numbers.Fault($"'{row}' needs the number \"{a}\".")))];
        return numbers.At(() => row.Make(named));
    }

    // The message of the table, which knows the names.
    private static QuantumException Unknown(string name)
    {
        try
        {
            Channels.Make(name);
            return new QuantumException($"There is no channel '{name}'.");
        }
        catch (QuantumException fault)
        {
            return fault;
        }
    }

    private static Complex[,] ReadMatrix(JsonValue value)
    {
        var rows = value.AsList("a Kraus operator");
        var matrix = new Complex[rows.Count, rows.Count];
        for (var row = 0; row < rows.Count; row++)
        {
            var columns = rows[row].AsList("a row of a Kraus operator");
            if (columns.Count != rows.Count) throw rows[row].Fault($"the operator has {rows.Count} rows, but this row has {columns.Count} columns.");
            for (var column = 0; column < rows.Count; column++) matrix[row, column] = ComplexJson.Read(columns[column], "an entry of a Kraus operator");
        }
        return matrix;
    }

    private static ReadoutError ReadReadout(JsonValue value)
    {
        RefuseUnknown(value.AsObject("a readout error"), "a readout error", "oneGivenZero", "zeroGivenOne", "matrix");
        if (value.Find("matrix") is not { } given)
            return value.At(() => new ReadoutError(
                value.Require("oneGivenZero", "a readout error").AsNumber("oneGivenZero"), value.Require("zeroGivenOne", "a readout error").AsNumber("zeroGivenOne")));
        var rows = given.AsList("matrix");
        if (rows.Count != 2 || rows.Any(r => r.AsList("a row of matrix").Count != 2)) throw given.Fault("a readout matrix is 2×2, matrix[measured][true].");
        return given.At(() => ReadoutError.FromMatrix(new[,]
        {
            { rows[0].Items[0].AsNumber("an entry"), rows[0].Items[1].AsNumber("an entry") }, { rows[1].Items[0].AsNumber("an entry"), rows[1].Items[1].AsNumber("an entry") },
        }));
    }

    private static ImmutableArray<int> Qubits(JsonValue list)
    {
        ImmutableArray<int> qubits = [.. list.AsList("qubits").Select(q => q.AsInteger("a qubit", 0))];
        return qubits.Length > 0 && qubits.Distinct().Count() == qubits.Length ? qubits : throw list.Fault("one or more different qubits are needed.");
    }

    private static void RefuseUnknown(JsonValue value, string what, params ReadOnlySpan<string> known)
    {
        foreach (var (name, key, _) in value.Members)
            if (!known.Contains(name))
                throw key.Fault($"{what} has no key \"{name}\". " + (Nearest.To(name, known.ToArray()) is { } near ? $"Did you mean \"{near}\"?" : $"Allowed are: {string.Join(", ", known.ToArray())}."));
    }

    private static void WriteRule(Utf8JsonWriter writer, NoiseRule rule)
    {
        writer.WriteStartObject();
        writer.WriteString(rule.Channel.IsNamed ? "channel" : "name", rule.Channel.Name);
        writer.WriteStartArray(rule.Channel.IsNamed ? "arguments" : "kraus");
        foreach (var argument in rule.Channel.Arguments) writer.WriteNumberValue(argument);
        if (!rule.Channel.IsNamed)
            foreach (var k in rule.Channel.Operators)
            {
                writer.WriteStartArray();
                for (var row = 0; row < k.GetLength(0); row++)
                {
                    writer.WriteStartArray();
                    for (var column = 0; column < k.GetLength(1); column++) ComplexJson.Write(writer, k[row, column]);
                    writer.WriteEndArray();
                }
                writer.WriteEndArray();
            }
        writer.WriteEndArray();
        writer.WriteStartObject(rule.IsBefore ? "before" : "after");
        if (rule.Operation is { } operation) writer.WriteString("gate", operation);
        if (rule.OperationQubits is { } count) writer.WriteNumber("gateQubits", count);
        if (!rule.Qubits.IsDefault) WriteNumbers("qubits", rule.Qubits);
        if (!rule.Except.IsEmpty)
        {
            writer.WriteStartArray("except");
            foreach (var name in rule.Except) writer.WriteStringValue(name);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        if (!rule.On.IsDefault) WriteNumbers("actsOn", rule.On);
        writer.WriteEndObject();

        void WriteNumbers(string key, ImmutableArray<int> numbers)
        {
            writer.WriteStartArray(key);
            foreach (var number in numbers) writer.WriteNumberValue(number);
            writer.WriteEndArray();
        }
    }

    private static void WriteReadout(Utf8JsonWriter writer, ReadoutError error)
    {
        writer.WriteStartObject();
        writer.WriteNumber("oneGivenZero", error.OneGivenZero);
        writer.WriteNumber("zeroGivenOne", error.ZeroGivenOne);
        writer.WriteEndObject();
    }
}
