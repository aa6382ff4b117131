using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.OpenQasm;
using QTrain.Transpilation;

namespace QTrain.Emulators.Ionq;

/// <summary>A request that IonQ refuses, with its status and the keys that are wrong.</summary>
internal sealed class IonqRefusal(int status, string message, params string[] keys) : QuantumException(message)
{
    public int Status => status;

    public IReadOnlyList<string> Keys => keys;
}

/// <summary>Circuits as customers send them.</summary>
internal static class IonqInput
{
    private const double Turn = 2 * Math.PI;

    /// <summary>The circuits of a job in order, every qubit measured into the bit of its number.</summary>
    public static ImmutableArray<(string? Name, Circuit Circuit, bool IsNative)> Circuits(string type, JsonObject input)
    {
        if (type == "ionq.qasm3.v1")
        {
            var text = (string?)input["data"] ?? throw new IonqRefusal(400, "\"input.data\" is required", "input");
            var program = OpenQasmProgram.Parse(text, "input.data").ToCircuit();
            return [(null, program.Operations.Any(o => o is Measure) ? program : Measured(program), false)];
        }
        if (input["circuits"] is JsonArray many)
        {
            if (many.Count is 0 or > 5000) throw new IonqRefusal(400, "\"input.circuits\" must have 1 to 5000 circuits", "input");
            return [.. many.Select(c => c as JsonObject ?? throw new IonqRefusal(400, "a circuit must be an object", "input"))
                .Select(c => ((string?)c["name"], One(c, input), IsNative(c, input)))];
        }
        return [(null, One(input, input), IsNative(input, input))];
    }

    /// <summary>A circuit as the device runs it.</summary>
    public static Circuit Compiled(Circuit circuit, bool isNative, Target target) => isNative ? circuit : Transpiler.Run(circuit, target).Circuit;

    private static bool IsNative(JsonObject circuit, JsonObject input) => ((string?)(circuit["gateset"] ?? input["gateset"]) ?? "qis") switch
    {
        "native" => true,
        "qis" => false,
        var other => throw new IonqRefusal(400, $"\"gateset\" must be one of [qis, native], not {other}", "input"),
    };

    private static Circuit One(JsonObject circuit, JsonObject input)
    {
        var qubits = Whole(circuit["qubits"] ?? input["qubits"], "qubits");
        if (qubits is < 1 or > 64) throw new IonqRefusal(400, "\"qubits\" must be >= 1", "input");
        var (gates, native) = (circuit["circuit"] as JsonArray ?? throw new IonqRefusal(400, "\"circuit\" is required", "input"), IsNative(circuit, input));
        var operations = gates.Select(g => g as JsonObject ?? throw new IonqRefusal(400, "a gate must be an object", "input")).SelectMany(g => native ? Native(g, qubits) : Abstract(g, qubits));
        return Measured(new Circuit(qubits, operations));
    }

    // Qubits that nothing is done to are measured too: what they give is only misread, and added to the outcomes afterwards.
    private static Circuit Measured(Circuit circuit)
    {
        var used = circuit.Operations.SelectMany(o => o.Qubits).ToHashSet();
        if (used.Count == 0) used.Add(0);
        return new Circuit(circuit.QubitCount, [.. circuit.Operations, .. used.Order().Select(q => new Measure(q, q))], circuit.QubitCount);
    }

    private static IEnumerable<Operation> Native(JsonObject gate, int qubits)
    {
        var name = (string?)gate["gate"] ?? throw new IonqRefusal(400, "\"gate\" is required", "input");
        switch (name)
        {
            case "nop":
                return [];
            case "gpi" or "gpi2":
                return Qubits(gate, "target", "targets", qubits).Select(q => (Operation)Make(name, [q], Number(gate["phase"], "phase") * Turn));
            case "ms":
                var phases = gate["phases"] as JsonArray ?? throw new IonqRefusal(400, "\"phases\" is required", "input");
                var angle = gate["angle"] is { } given ? Number(given, "angle") : 0.25;
                if (phases.Count != 2 || angle is < 0 or > 0.25) throw new IonqRefusal(400, "ms needs two phases and an angle from 0 to 0.25", "input");
                return [Make("ms", Pair(gate, qubits), Number(phases[0], "phases") * Turn, Number(phases[1], "phases") * Turn, angle * Turn)];
            case "zz":
                // Some clients write the angle as a phase.
                return [Make("rzz", Pair(gate, qubits), Number(gate["angle"] ?? gate["phase"], "angle") * Turn)];
            default:
                throw new IonqRefusal(400, $"\"gate\" {name} is not one of [gpi, gpi2, ms, zz, nop]", "input");
        }
    }

    private static IEnumerable<Operation> Abstract(JsonObject gate, int qubits)
    {
        var name = (string?)gate["gate"] ?? throw new IonqRefusal(400, "\"gate\" is required", "input");
        int[] controls = gate.ContainsKey("control") || gate.ContainsKey("controls") ? Qubits(gate, "control", "controls", qubits) : [];
        if (name == "pauliexp") return Exponentials(gate, qubits, controls);
        var angle = gate["rotation"] is { } rotation ? Number(rotation, "rotation") : (double?)null;
        var ours = name switch
        {
            "x" or "y" or "z" or "h" or "s" or "t" or "swap" or "rx" or "ry" or "rz" => name,
            "not" or "cnot" => "x",
            "si" => "sdg",
            "ti" => "tdg",
            "v" => "sx",
            "vi" => "sxdg",
            "xx" or "yy" or "zz" => "r" + name,
            _ => throw new IonqRefusal(400, $"\"gate\" {name} is not supported", "input"),
        };
        var row = Gates.Find(ours)!;
        if (row.AngleCount == 1 && angle is null) throw new IonqRefusal(400, $"\"rotation\" is required for {name}", "input");
        if (name == "cnot" && controls.Length == 0) throw new IonqRefusal(400, "\"control\" is required for cnot", "input");
        var targets = Qubits(gate, "target", "targets", qubits);
        double[] angles = row.AngleCount == 1 ? [angle!.Value] : [];
        if (row.QubitCount == 2) return targets.Length == 2 ? [Controlled(Make(ours, targets, angles), controls)] : throw new IonqRefusal(400, $"{name} needs two targets", "input");
        return targets.Select(q => (Operation)Controlled(Make(ours, [q], angles), controls));
    }

    private static IEnumerable<Operation> Exponentials(JsonObject gate, int qubits, int[] controls)
    {
        var targets = Qubits(gate, "target", "targets", qubits);
        var (terms, coefficients) = (gate["terms"] as JsonArray, gate["coefficients"] as JsonArray);
        if (terms is null || coefficients is null || terms.Count != coefficients.Count) throw new IonqRefusal(400, "pauliexp needs as many terms as coefficients", "input");
        var time = gate["time"] is { } t ? Number(t, "time") : 1;
        for (var k = 0; k < terms.Count; k++)
        {
            var label = (string?)terms[k] ?? "";
            if (label.Length != targets.Length || label.Any(c => !"IXYZ".Contains(c, StringComparison.Ordinal))) throw new IonqRefusal(400, "a term of pauliexp has one of I, X, Y, Z for each target", "input");
            if (label.All(c => c == 'I')) continue;
            // The first letter is the first target's; ours print the first rightmost.
            var reversed = new string([.. label.Reverse()]);
            yield return Controlled(new GateOperation(Gate.PauliRotation(reversed), [.. targets], [2 * time * Number(coefficients[k], "coefficients")]), controls);
        }
    }

    private static GateOperation Controlled(GateOperation gate, int[] controls) => controls.Length == 0 ? gate : gate.Controlled([.. controls.Select(c => new Control(c))]);

    private static GateOperation Make(string name, int[] qubits, params double[] angles) => new(Gates.Find(name)!, [.. qubits], [.. angles.Select(a => (Angle)a)]);

    private static int[] Pair(JsonObject gate, int qubits) => Qubits(gate, "target", "targets", qubits) is { Length: 2 } pair ? pair : throw new IonqRefusal(400, "two targets are needed", "input");

    private static int[] Qubits(JsonObject gate, string one, string many, int qubits)
    {
        var found = gate[many] is JsonArray list ? [.. list.Select(q => Whole(q, many))] : gate[one] is JsonArray also ? also.Select(q => Whole(q, one)).ToArray()
            : gate[one] is { } single ? [Whole(single, one)] : throw new IonqRefusal(400, $"\"{one}\" is required", "input");
        foreach (var q in found)
            if (q < 0 || q >= qubits) throw new IonqRefusal(400, $"qubit {q} is not one of the circuit's {qubits}", "input");
        return found.Distinct().Count() == found.Length ? found : throw new IonqRefusal(400, "a qubit is listed twice", "input");
    }

    private static int Whole(JsonNode? node, string key) => node is JsonValue value && value.TryGetValue<int>(out var whole) ? whole : throw new IonqRefusal(400, $"\"{key}\" must be a whole number", key);

    private static double Number(JsonNode? node, string key) =>
        node is JsonValue value && value.TryGetValue<double>(out var number) && double.IsFinite(number) ? number : throw new IonqRefusal(400, $"\"{key}\" must be a number", key);
}
