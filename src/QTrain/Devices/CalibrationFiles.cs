using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using QTrain.Devices.Import;
using QTrain.Formats;

namespace QTrain.Devices;

/// <summary>Reads calibrations in the forms of their providers; the form is recognised by what a file holds, not by its name.</summary>
/// <remarks>Read are: IBM properties, alone or with the configuration; Braket device capabilities, also inside an answer of GetDevice; IonQ
/// characterizations, one or a page of them; IQM quality metrics, alone or with the dynamic quantum architecture; Google calibration metrics; AQT
/// resources; and this library's own schema.</remarks>
public static partial class CalibrationFiles
{
    /// <summary>Reads the calibrations of one or more files; parts of one calibration may lie in several files, such as IBM's properties and configuration.</summary>
    /// <param name="files">Each file's text and name.</param>
    /// <param name="device">The device's name; null: as the files say, or, where they say none, as a file is named.</param>
    /// <returns>At least one calibration, in the order of the files.</returns>
    /// <exception cref="InvalidFileException">A file is of none of these forms or has a value that cannot be: says the JSON path and what is allowed.</exception>
    public static IReadOnlyList<Calibration> Read(IEnumerable<(string Text, string File)> files, string? device = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (device is not null && string.IsNullOrWhiteSpace(device)) throw new QuantumException("The name of a device must not be empty.");
        var roots = files.Select(f => SourceNode.Read(f.Text, f.File)).Select(r => BraketImporter.IsAnswer(r) ? r.Require("deviceCapabilities").Inside() : r).ToList();
        var (configurations, architectures) = (roots.Where(IbmImporter.IsConfiguration).ToList(), roots.Where(r => !IbmImporter.IsProperties(r) && IqmImporter.IsArchitecture(r)).ToList());
        var used = new HashSet<string>();
        var result = new List<Calibration>();
        foreach (var root in roots)
        {
            if (root.IsObject && root.Find("schema") is not null) result.Add(CalibrationJson.Read(root));
            else if (IbmImporter.IsProperties(root)) result.Add(IbmImporter.Read(root, Partner(configurations, root, "backend_name", used)));
            else if (IbmImporter.IsConfiguration(root)) continue;
            else if (BraketImporter.Is(root)) result.Add(BraketImporter.Read(root, device ?? FromName(root.File).Device));
            else if (IonqImporter.IsList(root)) result.AddRange(root.Require("characterizations").AsList().Select(IonqImporter.Read));
            else if (IonqImporter.Is(root)) result.Add(IonqImporter.Read(root));
            else if (IqmImporter.IsMetrics(root)) result.Add(IqmImporter.Read(root, Partner(architectures, root, "calibration_set_id", used), device ?? FromName(root.File).Device));
            else if (IqmImporter.IsArchitecture(root)) continue;
            else if (GoogleImporter.Is(root)) result.Add(Dated(GoogleImporter.Read(root, device ?? FromName(root.File).Device), root.File));
            else if (AqtImporter.Is(root)) result.Add(AqtImporter.Read(root));
            else throw root.Fault(Unknown);
        }
        foreach (var alone in configurations.Concat(architectures))
            if (!used.Contains(alone.File)) throw alone.Fault(configurations.Contains(alone)
                ? "is an IBM configuration, which has no calibrated value: give it together with the properties of the same device."
                : "is an IQM architecture, which has no calibrated value: give it together with the quality metrics of the same calibration set.");
        if (result.Count == 0) throw new InvalidFileException(roots is [var only] ? only.File : "calibration", null, null, "holds no calibration: the list is empty.");
        return device is null ? result : [.. result.Select(c => c.Device == device ? c : c.With(device: device))];
    }

    private const string Unknown = "is no calibration of a form that is known here: IBM properties (with or without configuration), Braket device capabilities, "
        + "IonQ characterizations, IQM quality metrics, Google calibration metrics, AQT resources, or this program's own (\"schema\": \"qtrain.calibration/1\").";

    // Of several, the one that says the same of a key; a single one is checked by the importer, which says what differs.
    private static SourceNode? Partner(List<SourceNode> candidates, SourceNode root, string key, HashSet<string> used)
    {
        foreach (var candidate in candidates)
        {
            var (ours, theirs) = (root.Find(key), candidate.Find(key));
            if (candidates.Count > 1 && ours is { Kind: JsonKind.Text } a && theirs is { Kind: JsonKind.Text } b && a.AsText() != b.AsText()) continue;
            used.Add(candidate.File);
            return candidate;
        }
        return null;
    }

    // Some providers date their files in the name only.
    private static Calibration Dated(Calibration calibration, string file) => calibration.TakenAt is null && FromName(file).Date is { } date
        ? calibration.With(takenAt: date, notes: calibration.Notes.Add("The date is that in the file's name."))
        : calibration;

    internal static (string Device, DateTimeOffset? Date) FromName(string file)
    {
        var stem = Path.GetFileName(file);
        while (Path.HasExtension(stem) && stem.Length > 1 && Path.GetFileNameWithoutExtension(stem) is { Length: > 0 } shorter) stem = shorter;
        DateTimeOffset? date = null;
        if (DateInName().Match(stem) is { Success: true } match)
        {
            if (DateTimeOffset.TryParseExact($"{match.Groups["y"].Value}-{match.Groups["m"].Value}-{match.Groups["d"].Value}", "yyyy-MM-dd", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var found)) date = found;
            stem = stem[..match.Index] + stem[(match.Index + match.Length)..];
        }
        stem = stem.Replace("_calibration", "").Replace("_metrics", "").Trim('_', '-', ' ');
        return (stem.Length > 0 && stem != "-" ? stem : "device", date);
    }

    [GeneratedRegex(@"[-_]?(?<y>20\d\d)[-_](?<m>\d\d)[-_](?<d>\d\d)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DateInName();
}
