using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Runs;
using QTrain.Cli.Terminal;
using QTrain.Devices;

namespace QTrain.Cli.Devices;

internal static class DeviceListCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var folder = SharedOptions.Store();
        return new Command("list", "The devices that are built in and those that were imported.") { folder }
            .Does(terminal, [("qtrain devices list", ""), ("qtrain devices list --output json", "for programs")],
            async (parse, result, cancellation) =>
            {
                var devices = new List<FoundDevice>();
                using var store = RunStores.FindExisting(parse.GetValue(folder)!);
                if (store is not null)
                    foreach (var entry in await store.Calibrations.LatestAsync(cancellation))
                        devices.Add(new(await store.Calibrations.ReadAsync(entry.Device, entry.ContentId, cancellation), DeviceOrigin.Imported));
                devices.AddRange(BuiltInDevices.Names.Select(n => new FoundDevice(BuiltInDevices.Get(n), DeviceOrigin.BuiltIn)));
                result.Write(
                    () => new JsonObject
                    {
                        ["devices"] = new JsonArray([.. devices.Select(d =>
                        {
                            var document = DeviceDocument.Summary(d);
                            document.Insert(0, "name", NameOf(d));
                            return document;
                        })]),
                    },
                    text =>
                    {
                        var table = new TextTable("device", "provider", ">qubits", "native gates", ">2q error", ">readout", ">T1", ">T2", "snapshot", "");
                        foreach (var found in devices)
                        {
                            var summary = new CalibrationSummary(found.Calibration);
                            table.Row(
                                NameOf(found), found.Calibration.Provider, Show.Count(found.Calibration.Qubits.Length),
                                string.Join(' ', found.Calibration.NativeGates.Where(g => g != "id")),
                                summary.TwoQubitError?.ToString() ?? "–", summary.Median("readout error")?.ToString() ?? "–", summary.Median("T1")?.ToString() ?? "–", summary.Median("T2")?.ToString() ?? "–",
                                found.Calibration.TakenAt is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd") : "–", found.OriginText);
                        }
                        table.Write(text, terminal);
                    });
                result.Hint("Medians over the device. One of them: qtrain devices show NAME");
                return ExitCode.Success;
            });
    }

    // A built-in device answers to its short name.
    private static string NameOf(FoundDevice found) => found.Origin == DeviceOrigin.BuiltIn ? BuiltInDevices.PlainName(found.Calibration.Device) : found.Calibration.Device;
}
