using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Runs;
using QTrain.Cli.Terminal;
using QTrain.Devices;
using QTrain.Operations.Devices;
using QTrain.Operations.Storage;

namespace QTrain.Cli.Devices;

/// <summary>Where a device that a person named was found.</summary>
internal enum DeviceOrigin
{
    /// <summary>It comes with the program.</summary>
    BuiltIn,

    /// <summary>It was imported into the store.</summary>
    Imported,

    /// <summary>It was read from the file that was named.</summary>
    File,
}

/// <summary>A device that a person named.</summary>
internal sealed record FoundDevice(Calibration Calibration, DeviceOrigin Origin)
{
    public string OriginText => Origin switch { DeviceOrigin.BuiltIn => "built-in", DeviceOrigin.Imported => "imported", _ => "file" };
}

/// <summary>Finds devices by what people type: a name, imported or built in; <c>NAME@DATE</c> or <c>NAME@ID</c> for an earlier snapshot; or a file.</summary>
internal static class DeviceCatalog
{
    private const string BuiltInPrefix = "builtin:";

    public static Argument<string> Device() => Completed(new Argument<string>("device") { Description = "The device: a name (qtrain devices list), NAME@DATE or NAME@ID for an earlier snapshot, or a calibration file.", HelpName = "DEVICE" });

    public static Option<string?> Option() => new("--device")
    {
        Description = "The device to run on as its calibration says: a name (qtrain devices list), NAME@DATE for an earlier snapshot, or a calibration file.",
        HelpName = "DEVICE",
    };

    public static TArgument Completed<TArgument>(TArgument argument) where TArgument : Argument
    {
        argument.CompletionSources.Add(context => [.. BuiltInDevices.Names.Select(n => new CompletionItem(n))]);
        return argument;
    }

    /// <summary>The device a person means.</summary>
    /// <param name="given">What was typed.</param>
    /// <param name="folder">The store; looked into only where there is one.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static async ValueTask<FoundDevice> FindAsync(string given, string folder, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(given)) throw new UsageException("the name of the device is empty. Devices are listed by: qtrain devices list");
        if (given.StartsWith(BuiltInPrefix, StringComparison.Ordinal)) return new(BuiltInDevices.Get(given[BuiltInPrefix.Length..]), DeviceOrigin.BuiltIn);
        if (given != "-" && (File.Exists(given) || given.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
        {
            var read = CalibrationFiles.Read([(EvaluationInputs.Text(given), given)]);
            return new(read.OrderByDescending(c => c.TakenAt).First(), DeviceOrigin.File);
        }
        var at = given.LastIndexOf('@');
        var (name, when) = at > 0 ? (given[..at], given[(at + 1)..]) : (given, null);
        using var store = RunStores.FindExisting(folder);
        IReadOnlyList<CalibrationEntry> kept = store is null ? [] : await store.Calibrations.LatestAsync(cancellation);
        if (store is not null && kept.FirstOrDefault(e => Same(e.Device, name)) is { } latest)
        {
            var history = await store.Calibrations.HistoryAsync(latest.Device, cancellation);
            var entry = when is null ? history[0] : At(history, when, name);
            return new(await store.Calibrations.ReadAsync(entry.Device, entry.ContentId, cancellation), DeviceOrigin.Imported);
        }
        var builtIn = BuiltInDevices.Find(name) ?? throw new UnknownDeviceException(name, [.. kept.Select(e => e.Device), .. BuiltInDevices.Names]);
        if (when is not null && !builtIn.ContentId.StartsWith(when, StringComparison.Ordinal) && !(builtIn.TakenAt is { } taken && Moment(when) >= taken))
            throw new QuantumException($"There is no snapshot '{when}' of {name}: the one that is built in was taken {Text(builtIn.TakenAt)}, {builtIn.ContentId[..12]}.");
        return new(builtIn, DeviceOrigin.BuiltIn);
    }

    /// <summary>Whether two names mean one device: providers' prefixes make no difference.</summary>
    public static bool Same(string one, string other) => one == other || BuiltInDevices.PlainName(one) == BuiltInDevices.PlainName(other);

    public static string Text(DateTimeOffset? at) => at is { } known ? known.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC" : "undated";

    // The snapshot in force at a date, or the one whose identity begins so.
    private static CalibrationEntry At(IReadOnlyList<CalibrationEntry> history, string when, string name)
    {
        var found = history.Where(e => e.ContentId.StartsWith(when, StringComparison.Ordinal)).ToList();
        if (found.Count == 1) return found[0];
        if (found.Count > 1) throw new QuantumException($"'{when}' is the beginning of {found.Count} snapshots of {name}: type more of it.");
        if (Moment(when) is not { } moment) throw new QuantumException($"There is no snapshot '{when}' of {name}: give a date such as 2024-05-27, or the beginning of an identity from qtrain devices history {name}.");
        return history.FirstOrDefault(e => e.At <= moment) ?? throw new QuantumException($"There is no snapshot of {name} as old as {when}: the first is of {Text(history[^1].At)}.");
    }

    // A date means its end: the snapshot that was the latest on that day.
    private static DateTimeOffset? Moment(string when) =>
        DateTimeOffset.TryParseExact(when, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day.AddDays(1).AddTicks(-1)
        : when.Length > 10 && DateTimeOffset.TryParse(when, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;
}
