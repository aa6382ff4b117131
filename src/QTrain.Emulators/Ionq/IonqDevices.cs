using System.Globalization;
using System.Text.Json.Nodes;
using QTrain.Devices;

namespace QTrain.Emulators.Ionq;

/// <summary>Devices of the family, and what the service tells of them.</summary>
internal static class IonqDevices
{
    // Aria's are those of the provider's own example of a characterization; Forte's are of the size that is published for it. No calibration of a day.
    private static readonly (string Part, int Qubits, double Spam, double One, double Two)[] Families =
        [("forte", 36, 0.995, 0.9998, 0.9945), ("aria", 25, 0.9962, 0.9998, 0.98), ("harmony", 11, 0.9943, 0.9982, 0.9694)];

    private static readonly DateTimeOffset Taken = new(2025, 6, 16, 0, 0, 0, TimeSpan.Zero);

    public static Calibration Calibration(string device)
    {
        var family = Families.FirstOrDefault(f => device.Contains(f.Part, StringComparison.OrdinalIgnoreCase));
        if (family.Part is null) throw new QuantumException($"'{device}' is no device of IonQ that is known here: take qpu.forte-1, qpu.aria-1, or give a calibration.");
        var document = new JsonObject
        {
            ["id"] = "emulated", ["backend"] = device, ["date"] = Taken.ToString("O", CultureInfo.InvariantCulture), ["qubits"] = family.Qubits,
            ["fidelity"] = Fidelity(family.Spam, family.One, family.Two, isOld: false),
            ["timing"] = new JsonObject { ["readout"] = 0.0003, ["reset"] = 0.00002, ["1q"] = 0.000135, ["2q"] = 0.0006, ["t1"] = 10, ["t2"] = 1 },
        };
        return Rebuilt(CalibrationFiles.Read([(document.ToJsonString(), device)])[0], static g => g, static q => q, Taken);
    }

    /// <summary>The device with all its errors multiplied.</summary>
    public static Calibration Scaled(Calibration calibration, double factor, DateTimeOffset at)
    {
        return Rebuilt(
            calibration, g => g with { Error = Times(g.Error) },
            q => q with { ReadoutError = Times(q.ReadoutError), OneGivenZero = Times(q.OneGivenZero), ZeroGivenOne = Times(q.ZeroGivenOne) }, at);

        CalibratedValue? Times(CalibratedValue? error) => error is { } value ? value with { Value = Math.Min(0.5, value.Value * factor) } : null;
    }

    /// <summary>A characterization as the service tells it.</summary>
    public static JsonObject Characterization(Calibration calibration, string id, string backend, DateTimeOffset at, bool isOld)
    {
        var entangler = calibration.NativeGates.First(g => g is "ms" or "rzz");
        double Of(string gate) => 1 - (calibration.Find(gate)?.Error?.Value ?? 0);

        double? Seconds(CalibratedValue? value) => value?.Value;

        var every = calibration.EveryQubit;
        return new JsonObject
        {
            ["id"] = id, [isOld ? "target" : "backend"] = backend,
            ["date"] = isOld ? JsonValue.Create(at.ToUnixTimeMilliseconds() / 1000.0) : JsonValue.Create(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)),
            ["qubits"] = calibration.Qubits.Length,
            ["connectivity"] = new JsonArray([.. Enumerable.Range(0, calibration.Qubits.Length).SelectMany(a => Enumerable.Range(a + 1, calibration.Qubits.Length - a - 1).Select(b => (JsonNode)new JsonArray(a, b)))]),
            ["fidelity"] = Fidelity(1 - (every?.ReadoutError?.Value ?? 0), Of("gpi2"), Of(entangler), isOld),
            ["timing"] = new JsonObject
            {
                ["readout"] = Seconds(every?.ReadoutDuration) ?? 0.0003, ["reset"] = 0.00002, ["1q"] = Seconds(calibration.Find("gpi2")?.Duration), ["2q"] = Seconds(calibration.Find(entangler)?.Duration),
                ["t1"] = Seconds(every?.T1), ["t2"] = Seconds(every?.T2),
            },
        };
    }

    private static JsonObject Fidelity(double spam, double one, double two, bool isOld)
    {
        JsonObject Entry(double value) => isOld ? new JsonObject { ["mean"] = value } : new JsonObject { ["median"] = value, ["stderr"] = null };

        return new JsonObject { ["spam"] = Entry(spam), ["1q"] = Entry(one), ["2q"] = Entry(two) };
    }

    private static Calibration Rebuilt(Calibration from, Func<GateCalibration, GateCalibration> gate, Func<QubitCalibration, QubitCalibration> qubit, DateTimeOffset at) =>
        new(from.Device, from.Qubits.Select(qubit), from.Gates.Select(gate), from.IsFullyConnected ? null : from.Couplings, from.NativeGates)
        {
            Provider = from.Provider, Version = from.Version, TakenAt = at, Source = from.Source, EveryQubit = from.EveryQubit is { } every ? qubit(every) : null,
            Limits = new DeviceLimits(1, 1_000_000, 5000), Prices = from.Prices, Notes = from.Notes,
        };
}
