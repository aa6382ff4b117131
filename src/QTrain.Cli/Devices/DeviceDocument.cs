using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Devices;

namespace QTrain.Cli.Devices;

/// <summary>Devices in JSON documents.</summary>
internal static class DeviceDocument
{
    /// <summary>What every verb says of a snapshot.</summary>
    public static JsonObject Head(Calibration device) => new()
    {
        ["device"] = device.Device,
        ["provider"] = device.Provider,
        ["takenAt"] = device.TakenAt is { } at ? CalibrationJson.Time(at) : null,
        ["contentId"] = device.ContentId,
    };

    public static JsonObject Summary(FoundDevice found)
    {
        var (device, summary) = (found.Calibration, new CalibrationSummary(found.Calibration));
        var document = Head(device);
        document["origin"] = found.OriginText;
        document["qubits"] = device.Qubits.Length;
        document["couplings"] = device.IsFullyConnected ? device.Qubits.Length * (device.Qubits.Length - 1) / 2 : device.Couplings.Length;
        document["nativeGates"] = new JsonArray([.. device.NativeGates.Select(g => (JsonNode)g)]);
        document["disabledQubits"] = device.Qubits.Count(q => !q.IsEnabled);
        document["disabledGates"] = device.Gates.Count(g => !g.IsEnabled);
        document["medianTwoQubitError"] = ResultWriter.Number(summary.TwoQubitError?.Value);
        document["medianReadoutError"] = ResultWriter.Number(summary.Median("readout error")?.Value);
        document["medianT1Seconds"] = ResultWriter.Number(summary.Median("T1")?.Value);
        document["medianT2Seconds"] = ResultWriter.Number(summary.Median("T2")?.Value);
        return document;
    }

    public static JsonNode? Value(CalibratedValue? value) => value is not { } known ? null : new JsonObject
    {
        ["value"] = ResultWriter.Number(known.Value),
        ["unit"] = CalibrationJson.UnitName(known.Unit),
        ["at"] = known.MeasuredAt is { } at ? CalibrationJson.Time(at) : null,
    };
}
