using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.Compression;
using QTrain.Formats;

namespace QTrain.Devices;

/// <summary>Snapshots of real devices that come with the library, from 5 to 156 qubits. Sources and licences: <c>Snapshots/SOURCES.md</c> beside this file.</summary>
public static class BuiltInDevices
{
    private const string Folder = "QTrain.Devices.Snapshots.", Ending = ".json.gz";

    private static readonly ConcurrentDictionary<string, Calibration> Loaded = [];

    /// <summary>The names, the smallest device first.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["lima", "manila", "nairobi", "lagos", "rainbow", "hanoi", "montreal", "weber", "willow_pink", "sherbrooke", "torino", "kingston"];

    /// <summary>The snapshot of a name, with or without its provider's prefix (<c>ibm_</c>, <c>ibmq_</c>, <c>fake_</c>).</summary>
    /// <exception cref="UnknownDeviceException">There is none.</exception>
    public static Calibration Get(string name) => Find(name) ?? throw new UnknownDeviceException(name, Names);

    /// <summary>The snapshot of a name; null when there is none.</summary>
    public static Calibration? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var plain = PlainName(name);
        return Names.Contains(plain) ? Loaded.GetOrAdd(plain, Load) : null;
    }

    /// <summary>A device's name without its provider's prefix, in lower case.</summary>
    internal static string PlainName(string name)
    {
        var plain = name.ToLowerInvariant();
        foreach (var prefix in (ReadOnlySpan<string>)["ibmq_", "ibm_", "fake_"])
            if (plain.StartsWith(prefix, StringComparison.Ordinal)) return plain[prefix.Length..];
        return plain;
    }

    private static Calibration Load(string name)
    {
        using var packed = typeof(BuiltInDevices).Assembly.GetManifestResourceStream(Folder + name + Ending)!;
        using var text = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        return CalibrationJson.Read(text.ReadToEnd(), name);
    }
}

/// <summary>A device was named that is not known.</summary>
public sealed class UnknownDeviceException(string device, IEnumerable<string> known) : QuantumException($"There is no device '{device}'. "
    + (Nearest.To(device, known) is { } near ? $"Did you mean '{near}'?" : $"Devices are: {string.Join(", ", known)}. A calibration file of your own is read too."))
{
    /// <summary>The name that was given.</summary>
    public string Device { get; } = device;
}
