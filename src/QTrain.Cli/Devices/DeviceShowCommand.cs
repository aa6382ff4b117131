using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Devices;

namespace QTrain.Cli.Devices;

internal static class DeviceShowCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var device = DeviceCatalog.Device();
        var by = new Option<QubitColour>("--colour-by") { Description = "What qubits are coloured by.", HelpName = "readout|gate|t1|t2", DefaultValueFactory = _ => QubitColour.Readout };
        var svg = new Option<string?>("--svg") { Description = "Draws the map into this file.", HelpName = "FILE.svg" };
        var qubits = new Option<bool>("--qubits") { Description = "Lists every qubit and coupling with its values." };
        var folder = SharedOptions.Store();
        return new Command("show", "A device: its map coloured by error, its values, its gaps.") { device, by, svg, qubits, folder }
            .Does(terminal,
            [
                ("qtrain devices show manila", ""),
                ("qtrain devices show kingston --svg kingston.svg", "the map as a picture"),
                ("qtrain devices show manila --qubits", "every value"),
                ("qtrain devices show mine@2025-03-01", "the snapshot in force at a date"),
            ],
            async (parse, result, cancellation) =>
            {
                var found = await DeviceCatalog.FindAsync(parse.GetValue(device)!, parse.GetValue(folder)!, cancellation);
                var map = new DeviceMap(found.Calibration, parse.GetValue(by));
                if (parse.GetValue(svg) is { } file) await ResultFile.WriteAsync(file, DeviceMapSvg.Draw(map), cancellation);
                result.Write(
                    () =>
                    {
                        var document = DeviceDocument.Summary(found);
                        document["calibration"] = JsonNode.Parse(CalibrationJson.Write(found.Calibration, compact: true));
                        return document;
                    },
                    text => Write(text, terminal, found, map, parse.GetValue(qubits)));
                if (parse.GetValue(svg) is { } written) result.Hint($"{written}: the map of {found.Calibration.Device}.");
                return ExitCode.Success;
            });
    }

    private static void Write(TextWriter text, CommandTerminal terminal, FoundDevice found, DeviceMap map, bool every)
    {
        var device = found.Calibration;
        text.WriteLine($"{terminal.Bold(device.Device)}  {device.Provider}  {Show.Count(device.Qubits.Length, "qubit")}, {(device.IsFullyConnected ? "all to all" : Show.Count(device.Couplings.Length, "coupling"))}  ({found.OriginText})");
        text.WriteLine($"  snapshot      {DeviceCatalog.Text(device.TakenAt)}  {terminal.Dim(device.ContentId[..16] + "…")}");
        text.WriteLine($"  native gates  {string.Join(' ', device.NativeGates)}");
        if (device.Limits is { } limits) text.WriteLine($"  limits        {Limits(limits)}");
        if (device.Prices is { } prices) text.WriteLine($"  prices        {Prices(prices)}");
        var (qubitsOff, gatesOff) = (device.Qubits.Count(q => !q.IsEnabled), device.Gates.Count(g => !g.IsEnabled));
        if (qubitsOff + gatesOff > 0) text.WriteLine($"  disabled      {terminal.Yellow($"{Show.Count(qubitsOff, "qubit")}, {Show.Count(gatesOff, "gate")}")} {Disabled(device)}");
        text.WriteLine();
        var table = new TextTable("", ">best", ">median", ">worst", ">known");
        foreach (var spread in map.Summary.Spreads) table.Row(spread.Name, spread.Best.ToString(), spread.Median.ToString(), spread.Worst.ToString(), $"{spread.Known} of {spread.Of}");
        table.Write(text, terminal);
        text.WriteLine();
        new DeviceMapText(map, terminal).Write(text);
        if (every) WriteEvery(text, terminal, device);
        foreach (var note in device.Notes) text.WriteLine(terminal.Dim("note: " + note));
    }

    private static void WriteEvery(TextWriter text, CommandTerminal terminal, Calibration device)
    {
        text.WriteLine();
        var qubits = new TextTable(">qubit", "label", ">T1", ">T2", ">frequency", ">P(1|0)", ">P(0|1)", ">readout", "");
        for (var q = 0; q < device.Qubits.Length; q++)
            qubits.Row(q.ToString(), device.Qubits[q].Label ?? "", Text(device.Of(q, x => x.T1)), Text(device.Of(q, x => x.T2)), Text(device.Of(q, x => x.Frequency)),
                Text(device.Of(q, x => x.OneGivenZero)), Text(device.Of(q, x => x.ZeroGivenOne)), Text(CalibrationSummary.ReadoutError(device, q)), device.Qubits[q].IsEnabled ? "" : terminal.Yellow("disabled"));
        qubits.Write(text, terminal);
        text.WriteLine();
        var gates = new TextTable("gate", "qubits", ">error", ">duration", "");
        foreach (var gate in device.Gates) gates.Row(gate.Gate, gate.Qubits.IsEmpty ? "any" : string.Join('-', gate.Qubits), Text(gate.Error), Text(gate.Duration), gate.IsEnabled ? "" : terminal.Yellow("disabled"));
        gates.Write(text, terminal);
    }

    private static string Text(CalibratedValue? value) => value?.ToString() ?? "–";

    private static string Disabled(Calibration device)
    {
        var kinds = device.Gates.Where(g => !g.IsEnabled).GroupBy(g => g.Gate).Select(g => $"{g.Key} {(g.Count() <= 4 ? string.Join(", ", g.Select(x => string.Join('-', x.Qubits))) : $"on {g.Count()} places")}");
        return string.Join("; ", kinds);
    }

    private static string Limits(DeviceLimits limits) => string.Join(", ", new[]
    {
        limits.MaxShots is { } shots ? $"{Show.Count(limits.MinShots ?? 1)} to {Show.Count(shots)} shots" : null,
        limits.MaxCircuits is { } circuits ? $"{Show.Count(circuits)} circuits a job" : null,
        limits.RepetitionDelaySeconds is { } delay ? $"{CalibratedValue.Seconds(delay)} between shots" : null,
    }.OfType<string>());

    private static string Prices(Prices prices) => string.Join(", ", new[]
    {
        prices.PerJob is { } job ? $"{job} {prices.Currency} a job" : null,
        prices.PerCircuit is { } circuit ? $"{circuit} {prices.Currency} a circuit" : null,
        prices.PerShot is { } shot ? $"{shot} {prices.Currency} a shot" : null,
        prices.PerSecond is { } second ? $"{second} {prices.Currency} a second" : null,
    }.OfType<string>());
}
