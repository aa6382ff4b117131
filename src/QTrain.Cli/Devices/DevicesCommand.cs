using System.CommandLine;
using QTrain.Cli.Terminal;

namespace QTrain.Cli.Devices;

/// <summary><c>qtrain devices</c>: what is known of quantum computers.</summary>
internal static class DevicesCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var devices = new Command("devices", "Devices and their calibrations: list, look at, import, compare, follow over time.")
        {
            DeviceListCommand.Create(terminal),
            DeviceShowCommand.Create(terminal),
            DeviceImportCommand.Create(terminal),
            DeviceCompareCommand.Create(terminal),
            DeviceHistoryCommand.Create(terminal),
        };
        Examples.AddTo(devices,
        [
            ("qtrain devices list", "the devices there are"),
            ("qtrain devices show manila", "one of them, as a map coloured by error"),
            ("qtrain devices import props_mine.json conf_mine.json", "a calibration of your own"),
        ]);
        return devices;
    }
}
