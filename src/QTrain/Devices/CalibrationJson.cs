using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using QTrain.Devices.Import;
using QTrain.Formats;

namespace QTrain.Devices;

/// <summary>Calibrations as JSON in this library's own schema. Reading what was written gives an equal calibration.</summary>
/// <remarks><code>
/// { "schema": "qtrain.calibration/1", "device": "ibm_nairobi", "provider": "ibm", "version": "1.3.5", "takenAt": "2024-05-27T18:45:40Z", "source": "IBM properties",
///   "nativeGates": ["cx", "rz", "sx"], "fullyConnected": false, "couplings": [[0, 1], [1, 2]],
///   "limits": {"maxShots": 100000}, "prices": {"perShot": 0.01, "currency": "USD"},
///   "everyQubit": {…},
///   "qubits": [ {"qubit": 0, "enabled": true, "position": [2, 1],
///                "t1": {"value": 1.1e-4, "unit": "s", "at": "2024-05-27T07:00:00Z", "uncertainty": 2e-6}, "t2": null, …} ],
///   "gates": [ {"gate": "cx", "qubits": [0, 1], "enabled": true, "error": {"value": 0.007, "unit": "1"}, "duration": {"value": 2.8e-7, "unit": "s"}} ],
///   "notes": [] }
/// </code>
/// Units are <c>s</c>, <c>Hz</c> and <c>1</c>. A value that is null or left out is not known.</remarks>
public static class CalibrationJson
{
    /// <summary>What the key <c>schema</c> says.</summary>
    public const string Schema = "qtrain.calibration/1";

    private static readonly string[] QubitValues = ["t1", "t2", "frequency", "anharmonicity", "oneGivenZero", "zeroGivenOne", "readoutError", "readoutDuration"];

    /// <summary>Reads a calibration.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidFileException">The text is no calibration of this schema; says where and what is allowed.</exception>
    public static Calibration Read(string text, string file) => Read(SourceNode.Read(text, file));

    /// <summary>Writes a calibration: a qubit or gate a line, or all on one line.</summary>
    public static string Write(Calibration calibration, bool compact = false)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        return compact ? JsonLines.OnOneLine(w => Write(w, calibration, canonical: false, lines: false)) : JsonLines.Write(w => Write(w, calibration, canonical: false, lines: true));
    }

    /// <summary>The SHA-256 of the canonical form: this schema without white space, its keys in their fixed order, qubits by number, gates by name and
    /// qubits, numbers in their shortest form that reads back the same, times in UTC; without the notes and the name of the source's form.</summary>
    internal static string ContentId(Calibration calibration)
    {
        var canonical = JsonLines.OnOneLine(w => Write(w, calibration, canonical: true, lines: false));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }

    private static void WriteList<T>(Utf8JsonWriter writer, bool lines, string key, IReadOnlyList<T> entries, Action<Utf8JsonWriter, T> write)
    {
        if (lines)
        {
            JsonLines.WriteLines(writer, key, entries, write);
            return;
        }
        writer.WriteStartArray(key);
        foreach (var entry in entries) write(writer, entry);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, Calibration c, bool canonical, bool lines)
    {
        writer.WriteStartObject();
        writer.WriteString("schema", Schema);
        writer.WriteString("device", c.Device);
        writer.WriteString("provider", c.Provider);
        if (c.Version is { } version) writer.WriteString("version", version);
        if (c.TakenAt is { } taken) writer.WriteString("takenAt", Time(taken));
        if (!canonical && c.Source.Length > 0) writer.WriteString("source", c.Source);
        writer.WriteStartArray("nativeGates");
        foreach (var gate in c.NativeGates) writer.WriteStringValue(gate);
        writer.WriteEndArray();
        writer.WriteBoolean("fullyConnected", c.IsFullyConnected);
        if (!c.IsFullyConnected)
        {
            writer.WritePropertyName("couplings");
            writer.WriteRawValue("[" + string.Join(",", c.Couplings.Select(p => $"[{p.First},{p.Second}]")) + "]");
        }
        if (c.Limits is { } limits) WriteLimits(writer, limits);
        if (c.Prices is { } prices) WritePrices(writer, prices);
        if (c.EveryQubit is { } every)
        {
            writer.WritePropertyName("everyQubit");
            WriteQubit(writer, every, null);
        }
        WriteList(writer, lines, "qubits", c.Qubits.Index().ToList(), (w, q) => WriteQubit(w, q.Item, q.Index));
        WriteList(writer, lines, "gates", c.Gates, WriteGate);
        if (!canonical && c.Notes.Length > 0) WriteList(writer, lines, "notes", c.Notes, (w, n) => w.WriteStringValue(n));
        writer.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter writer, DeviceLimits limits)
    {
        writer.WriteStartObject("limits");
        if (limits.MinShots is { } least) writer.WriteNumber("minShots", least);
        if (limits.MaxShots is { } most) writer.WriteNumber("maxShots", most);
        if (limits.MaxCircuits is { } circuits) writer.WriteNumber("maxCircuits", circuits);
        if (limits.RepetitionDelaySeconds is { } delay) writer.WriteNumber("repetitionDelaySeconds", delay);
        writer.WriteEndObject();
    }

    private static void WritePrices(Utf8JsonWriter writer, Prices prices)
    {
        writer.WriteStartObject("prices");
        foreach (var (name, price) in (ReadOnlySpan<(string, decimal?)>)[("perJob", prices.PerJob), ("perCircuit", prices.PerCircuit), ("perShot", prices.PerShot), ("perSecond", prices.PerSecond)])
            if (price is { } known) writer.WriteNumber(name, known / 1.0000000000000000000000000000m);        // 0.30 and 0.3 are one price
        writer.WriteString("currency", prices.Currency);
        writer.WriteEndObject();
    }

    private static void WriteQubit(Utf8JsonWriter writer, QubitCalibration qubit, int? number)
    {
        writer.WriteStartObject();
        if (number is { } n) writer.WriteNumber("qubit", n);
        if (qubit.Label is { } label) writer.WriteString("label", label);
        if (number is not null) writer.WriteBoolean("enabled", qubit.IsEnabled);
        if (qubit.Position is var (x, y))
        {
            writer.WriteStartArray("position");
            writer.WriteNumberValue(x);
            writer.WriteNumberValue(y);
            writer.WriteEndArray();
        }
        foreach (var (name, value) in qubit.Values) WriteValue(writer, name, value);
        writer.WriteEndObject();
    }

    private static void WriteGate(Utf8JsonWriter writer, GateCalibration gate)
    {
        writer.WriteStartObject();
        writer.WriteString("gate", gate.Gate);
        writer.WriteStartArray("qubits");
        foreach (var q in gate.Qubits) writer.WriteNumberValue(q);
        writer.WriteEndArray();
        writer.WriteBoolean("enabled", gate.IsEnabled);
        foreach (var (name, value) in gate.Values) WriteValue(writer, name, value);
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, CalibratedValue? value)
    {
        if (value is not { } known) return;
        writer.WriteStartObject(name);
        writer.WriteNumber("value", known.Value);
        writer.WriteString("unit", UnitName(known.Unit));
        if (known.MeasuredAt is { } at) writer.WriteString("at", Time(at));
        if (known.Uncertainty is { } uncertainty) writer.WriteNumber("uncertainty", uncertainty);
        writer.WriteEndObject();
    }

    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    internal static string UnitName(CalibrationUnit unit) => unit switch { CalibrationUnit.Seconds => "s", CalibrationUnit.Hertz => "Hz", _ => "1" };

    internal static Calibration Read(SourceNode root)
    {
        root.AsObject();
        var schema = root.Require("schema");
        if (schema.AsText() != Schema) throw schema.Fault($"must be \"{Schema}\", the only version there is, not \"{schema.AsText()}\".");
        root.RefuseUnknown("schema", "device", "provider", "version", "takenAt", "source", "nativeGates", "fullyConnected", "couplings", "limits", "prices", "everyQubit", "qubits", "gates", "notes");
        var qubits = new List<QubitCalibration>();
        foreach (var (at, node) in root.Require("qubits").AsList().Index())
        {
            if (node.Require("qubit") is { } number && number.AsInteger(0) != at) throw number.Fault($"must be {at}: qubits are listed by number, from 0.");
            qubits.Add(ReadQubit(node));
        }
        if (qubits.Count == 0) throw root.Require("qubits").Fault("must have at least one qubit.");
        var gates = root.Find("gates")?.AsList().Select(g => ReadGate(g, qubits.Count)).ToList() ?? [];
        var full = root.Find("fullyConnected")?.AsTruth() ?? false;
        if (full && root.Find("couplings") is { } both) throw both.Fault("must be left out where \"fullyConnected\" is true.");
        var couplings = full ? null : root.Require("couplings").AsList().Select(p => ReadPair(p, qubits.Count)).ToList();
        var name = root.Require("device");
        if (string.IsNullOrWhiteSpace(name.AsText())) throw name.Fault("must not be empty.");
        return root.At(() => new Calibration(name.AsText(), qubits, gates, couplings, root.Find("nativeGates")?.AsList().Select(g => g.AsText()) ?? [])
        {
            Provider = root.Find("provider")?.AsText() ?? "",
            Version = root.Find("version")?.AsText(),
            TakenAt = root.Find("takenAt")?.AsTime(),
            Source = root.Find("source")?.AsText() ?? "",
            EveryQubit = root.Find("everyQubit") is { } every ? ReadQubit(every) : null,
            Limits = root.Find("limits") is { } limits ? ReadLimits(limits) : null,
            Prices = root.Find("prices") is { } prices ? ReadPrices(prices) : null,
            Notes = [.. root.Find("notes")?.AsList().Select(n => n.AsText()) ?? []],
        });
    }

    private static QubitCalibration ReadQubit(SourceNode node)
    {
        node.AsObject().RefuseUnknown([.. QubitValues, "qubit", "label", "enabled", "position"]);
        var qubit = new QubitCalibration
        {
            Label = node.Find("label")?.AsText(),
            IsEnabled = node.Find("enabled")?.AsTruth() ?? true,
            Position = node.Find("position")?.AsPosition(),
        };
        foreach (var name in QubitValues)
            if (node.Find(name) is { } value) qubit = qubit.With(name, ReadValue(value, name));
        return qubit;
    }

    private static GateCalibration ReadGate(SourceNode node, int qubits)
    {
        node.AsObject().RefuseUnknown("gate", "qubits", "enabled", "error", "duration");
        return new GateCalibration
        {
            Gate = node.Require("gate").AsText(),
            Qubits = [.. node.Find("qubits")?.AsList().Select(q => q.AsInteger(0, qubits - 1)) ?? []],
            IsEnabled = node.Find("enabled")?.AsTruth() ?? true,
            Error = node.Find("error") is { } error ? ReadValue(error, "error") : null,
            Duration = node.Find("duration") is { } duration ? ReadValue(duration, "duration") : null,
        };
    }

    private static QubitPair ReadPair(SourceNode node, int qubits)
    {
        var list = node.AsList();
        if (list.Count != 2 || list[0].AsInteger(0, qubits - 1) == list[1].AsInteger(0, qubits - 1)) throw node.Fault("must be two different qubits, such as [0, 1].");
        return QubitPair.Of(list[0].AsInteger(0), list[1].AsInteger(0));
    }

    private static CalibratedValue ReadValue(SourceNode node, string name)
    {
        node.AsObject().RefuseUnknown("value", "unit", "at", "uncertainty");
        var (unit, number) = (QubitCalibration.UnitOf(name), node.Require("value"));
        var given = node.Require("unit");
        if (given.AsText() != UnitName(unit)) throw given.Fault($"must be \"{UnitName(unit)}\", the unit of {name} in this schema, not \"{given.AsText()}\".");
        return number.Checked(name, new CalibratedValue(number.AsNumber(), unit, node.Find("at")?.AsTime(), node.Find("uncertainty")?.AsNumber()));
    }

    private static DeviceLimits ReadLimits(SourceNode node)
    {
        node.AsObject().RefuseUnknown("minShots", "maxShots", "maxCircuits", "repetitionDelaySeconds");
        return new DeviceLimits(
            node.Find("minShots")?.AsInteger(0), node.Find("maxShots")?.AsInteger(1), node.Find("maxCircuits")?.AsInteger(1), node.Find("repetitionDelaySeconds")?.AsNumber(0));
    }

    private static Prices ReadPrices(SourceNode node)
    {
        node.AsObject().RefuseUnknown("perJob", "perCircuit", "perShot", "perSecond", "currency");
        return new Prices(Price("perJob"), Price("perCircuit"), Price("perShot"), Price("perSecond"), node.Find("currency")?.AsText() ?? "USD");

        decimal? Price(string key) => node.Find(key)?.AsMoney();
    }
}
