using System.Collections.Immutable;
using QTrain.Formats;

namespace QTrain.Devices.Import;

/// <summary>IBM Quantum: the bodies of <c>/backends/{id}/properties</c> and <c>/configuration</c>, alone or together.</summary>
/// <remarks>A gate error of 1 or more marks a disabled gate; <c>operational</c> 0 a disabled qubit or gate. Couplings named <c>jq_AB</c> and <c>zz_AB</c>
/// are ambiguous beyond ten qubits and left out.</remarks>
internal static class IbmImporter
{
    public static bool IsProperties(SourceNode root) => root is { IsObject: true } && root.Find("qubits") is { IsList: true } && root.Find("gates") is { IsList: true }
        && (root.Find("backend_name") is not null || root.Find("last_update_date") is not null || root.Find("general") is not null);

    public static bool IsConfiguration(SourceNode root) => root is { IsObject: true } && root.Find("n_qubits") is not null && root.Find("basis_gates") is not null;

    public static Calibration Read(SourceNode properties, SourceNode? configuration)
    {
        var notes = new Notes();
        var device = properties.Find("backend_name") ?? configuration?.Find("backend_name");
        if (configuration is { } c && properties.Find("backend_name") is { } here && c.Find("backend_name") is { } there && here.AsText() != there.AsText())
            throw there.Fault($"is \"{there.AsText()}\", but {properties.File} has the calibration of \"{here.AsText()}\": give files of one device.");
        var qubits = properties.Require("qubits").AsList().Select(q => ReadQubit(q, notes)).ToList();
        if (qubits.Count == 0) throw properties.Require("qubits").Fault("lists no qubit: this device is a simulator, or its calibration is empty.");
        if (configuration?.Find("n_qubits") is { } count && count.AsInteger(1) != qubits.Count)
            throw count.Fault($"is {count.AsInteger(1)}, but {properties.File} has {qubits.Count} qubits: give files of one device.");
        if (configuration?.Find("coords") is { } coords)
        {
            var places = coords.AsList();
            if (places.Count != qubits.Count) throw coords.Fault($"has {places.Count} places for {qubits.Count} qubits.");
            for (var q = 0; q < qubits.Count; q++) qubits[q] = qubits[q] with { Position = places[q].AsPosition() };
        }
        var gates = ReadGates(properties.Require("gates"), qubits.Count, notes);
        AddGatesOf(configuration, gates, qubits.Count, notes);
        var couplings = configuration?.Find("coupling_map") is { } map
            ? map.AsList().Select(p => Pair(p, qubits.Count)).ToHashSet()
            : gates.Where(g => g.Qubits.Length == 2).Select(g => QubitPair.Of(g.Qubits[0], g.Qubits[1])).ToHashSet();
        var native = configuration?.Find("basis_gates")?.AsList().Select(g => GateNames.Of(g.AsText())).Where(g => !Calibration.IsNoGate(g))
            ?? gates.Select(g => g.Gate).Where(g => !Calibration.IsNoGate(g));
        if (configuration is null) notes.Add("The configuration was not given: couplings and native gates are those that the properties have values of.");
        return properties.At(() => new Calibration(device?.AsText() ?? "ibm", qubits, gates, couplings, native)
        {
            Provider = "ibm",
            Version = (properties.Find("backend_version") ?? configuration?.Find("backend_version"))?.AsText(),
            TakenAt = properties.Find("last_update_date")?.AsTime(),
            Source = configuration is null ? "IBM properties" : "IBM properties and configuration",
            Limits = configuration is { } given ? ReadLimits(given) : null,
            Notes = notes.All,
        });
    }

    private static QubitCalibration ReadQubit(SourceNode parameters, Notes notes)
    {
        var qubit = new QubitCalibration();
        foreach (var parameter in parameters.AsList())
        {
            var name = parameter.Require("name").AsText();
            if (name == "operational")
            {
                qubit = qubit with { IsEnabled = parameter.Require("value").AsNumber() != 0 };
                continue;
            }
            var quantity = name switch
            {
                "T1" => "t1",
                "T2" => "t2",
                "frequency" or "anharmonicity" => name,
                "readout_error" => "readoutError",
                "prob_meas1_prep0" => "oneGivenZero",
                "prob_meas0_prep1" => "zeroGivenOne",
                "readout_length" => "readoutDuration",
                _ => null,
            };
            if (quantity is not null && ReadValue(parameter, quantity, notes) is { } value) qubit = qubit.With(quantity, value);
        }
        return qubit;
    }

    private static List<GateCalibration> ReadGates(SourceNode list, int qubits, Notes notes)
    {
        var gates = new List<GateCalibration>();
        var seen = new HashSet<string>();
        foreach (var node in list.AsList())
        {
            var gate = new GateCalibration
            {
                Gate = GateNames.Of(node.Require("gate").AsText()),
                Qubits = [.. node.Require("qubits").AsList().Select(q => q.AsInteger(0, qubits - 1))],
            };
            if (!seen.Add(gate.ToString())) throw node.Fault($"gives values of {gate} a second time.");
            foreach (var parameter in node.Find("parameters")?.AsList() ?? [])
            {
                switch (parameter.Require("name").AsText())
                {
                    case "gate_error" when parameter.Find("value") is { Kind: JsonKind.Number } marker && marker.AsNumber() >= 1:
                        gate = gate with { IsEnabled = false };
                        break;
                    case "gate_error":
                        gate = gate with { Error = ReadValue(parameter, "error", notes) };
                        break;
                    case "gate_length":
                        gate = gate with { Duration = ReadValue(parameter, "duration", notes) };
                        break;
                    case "operational":
                        gate = gate with { IsEnabled = parameter.Require("value").AsNumber() != 0 };
                        break;
                }
            }
            gates.Add(gate);
        }
        return gates;
    }

    /// <summary>Gates that the configuration says are there, although nothing was measured of them: known gaps.</summary>
    private static void AddGatesOf(SourceNode? configuration, List<GateCalibration> gates, int qubits, Notes notes)
    {
        var known = gates.Select(g => g.ToString()).ToHashSet();
        foreach (var node in configuration?.Find("gates")?.AsList() ?? [])
        {
            var (name, missing) = (GateNames.Of(node.Require("name").AsText()), 0);
            if (Calibration.IsNoGate(name) || name == "id") continue;
            foreach (var place in node.Find("coupling_map")?.AsList() ?? [])
            {
                var gate = new GateCalibration { Gate = name, Qubits = [.. place.AsList().Select(q => q.AsInteger(0, qubits - 1))] };
                if (!known.Add(gate.ToString())) continue;
                gates.Add(gate);
                missing++;
            }
            if (missing > 0) notes.Add($"{missing} places of {name} have no values.");
        }
    }

    private static QubitPair Pair(SourceNode node, int qubits)
    {
        var list = node.AsList();
        if (list.Count != 2) throw node.Fault("must be two qubits.");
        var (a, b) = (list[0].AsInteger(0, qubits - 1), list[1].AsInteger(0, qubits - 1));
        return a == b ? throw node.Fault("must be two different qubits.") : QubitPair.Of(a, b);
    }

    private static DeviceLimits ReadLimits(SourceNode configuration) => new(
        MaxShots: configuration.Find("max_shots")?.AsInteger(1),
        MaxCircuits: configuration.Find("max_experiments")?.AsInteger(1),
        // Microseconds.
        RepetitionDelaySeconds: configuration.Find("default_rep_delay")?.AsNumber(0) / 1e6);

    private static CalibratedValue? ReadValue(SourceNode parameter, string quantity, Notes notes)
    {
        if (parameter.Find("value") is not { } number) return null;
        var unit = QubitCalibration.UnitOf(quantity);
        var value = number.AsNumber() * (parameter.Find("unit") is { } text ? Factor(text, unit) : 1);
        // A broken qubit is reported with zeros: that is no measurement.
        if (quantity is "t1" or "t2" && value == 0)
        {
            notes.Add($"A {quantity.ToUpperInvariant()} of 0 ({parameter.Path}) is taken as not measured.");
            return null;
        }
        return number.Checked(quantity, new CalibratedValue(value, unit, parameter.Find("date")?.AsTime()));
    }

    private static double Factor(SourceNode text, CalibrationUnit unit) => (unit, text.AsText()) switch
    {
        (CalibrationUnit.Seconds, "s") or (CalibrationUnit.Hertz, "Hz") or (CalibrationUnit.Probability, "") => 1,
        (CalibrationUnit.Seconds, "ms") => 1e-3,
        (CalibrationUnit.Seconds, "us" or "µs" or "μs") => 1e-6,
        (CalibrationUnit.Seconds, "ns") => 1e-9,
        (CalibrationUnit.Hertz, "kHz") => 1e3,
        (CalibrationUnit.Hertz, "MHz") => 1e6,
        (CalibrationUnit.Hertz, "GHz") => 1e9,
        _ => throw text.Fault($"must be {(unit switch { CalibrationUnit.Seconds => "s, ms, us or ns", CalibrationUnit.Hertz => "Hz, kHz, MHz or GHz", _ => "empty" })}, not \"{text.AsText()}\"."),
    };
}
