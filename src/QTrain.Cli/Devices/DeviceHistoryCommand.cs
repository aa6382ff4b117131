using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Runs;
using QTrain.Cli.Terminal;
using QTrain.Devices;

namespace QTrain.Cli.Devices;

internal static class DeviceHistoryCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var device = DeviceCatalog.Completed(new Argument<string>("device") { Description = "The device's name.", HelpName = "DEVICE" });
        var limit = new Option<int>("--limit") { Description = "Only so many, the latest.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var folder = SharedOptions.Store();
        return new Command("history", "The snapshots of a device, the latest first.") { device, limit, folder }
            .Does(terminal, [("qtrain devices history nairobi", "how its medians moved")],
            async (parse, result, cancellation) =>
            {
                if (parse.GetValue(limit) < 1) throw new UsageException($"--limit {parse.GetValue(limit)}: it must be at least 1.");
                var snapshots = new List<FoundDevice>();
                var name = parse.GetValue(device)!;
                using var store = RunStores.FindExisting(parse.GetValue(folder)!);
                var kept = store is null ? [] : await store.Calibrations.LatestAsync(cancellation);
                if (store is not null && kept.FirstOrDefault(e => DeviceCatalog.Same(e.Device, name)) is { } known)
                    foreach (var entry in (await store.Calibrations.HistoryAsync(known.Device, cancellation)).Take(parse.GetValue(limit)))
                        snapshots.Add(new(await store.Calibrations.ReadAsync(entry.Device, entry.ContentId, cancellation), DeviceOrigin.Imported));
                // The one that is built in is a part of the history, unless the same was imported.
                if (BuiltInDevices.Find(name) is { } builtIn && snapshots.All(s => s.Calibration.ContentId != builtIn.ContentId)) snapshots.Add(new(builtIn, DeviceOrigin.BuiltIn));
                if (snapshots.Count == 0) throw new UnknownDeviceException(name, [.. kept.Select(e => e.Device), .. BuiltInDevices.Names]);
                snapshots = [.. snapshots.OrderByDescending(s => s.Calibration.TakenAt ?? DateTimeOffset.MinValue)];
                result.Write(
                    () => new JsonObject { ["device"] = snapshots[0].Calibration.Device, ["snapshots"] = new JsonArray([.. snapshots.Select(s => (JsonNode)DeviceDocument.Summary(s))]) },
                    text =>
                    {
                        var table = new TextTable("snapshot", "id", ">2q error", ">readout", ">T1", ">T2", ">disabled", "");
                        foreach (var found in snapshots)
                        {
                            var summary = new CalibrationSummary(found.Calibration);
                            table.Row(DeviceCatalog.Text(found.Calibration.TakenAt), found.Calibration.ContentId[..12], summary.TwoQubitError?.ToString() ?? "–", summary.Median("readout error")?.ToString() ?? "–",
                                summary.Median("T1")?.ToString() ?? "–", summary.Median("T2")?.ToString() ?? "–",
                                Show.Count(found.Calibration.Gates.Count(g => !g.IsEnabled) + found.Calibration.Qubits.Count(q => !q.IsEnabled)), found.OriginText);
                        }
                        table.Write(text, terminal);
                    });
                return ExitCode.Success;
            });
    }
}
