using System.IO.Compression;
using System.Text;
using QTrain.Devices;
using QTrain.Operations.Devices;

namespace QTrain.Operations.Storage.Sqlite;

/// <summary>Calibrations in a SQLite file, packed: one of 156 qubits takes some 30 KiB.</summary>
internal sealed class SqliteCalibrationStore(SqliteDatabase database, TimeProvider time) : ICalibrationStore
{
    private const string Select = "SELECT device, content_id, taken, imported, provider, qubits FROM calibrations ";
    private const string LatestFirst = " ORDER BY coalesce(taken, imported) DESC, imported DESC, content_id";

    public ValueTask<bool> AddAsync(Calibration calibration, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        var body = Pack(CalibrationJson.Write(calibration, compact: true));
        return new(database.Write(c =>
        {
            var known = c["SELECT 1 FROM calibrations WHERE device = ? AND content_id = ?"].Bind(calibration.Device).Bind(calibration.ContentId);
            var isThere = known.Step();
            known.Reset();
            if (isThere) return false;
            var insert = c["INSERT INTO calibrations (device, content_id, taken, imported, provider, qubits, body) VALUES (?, ?, ?, ?, ?, ?, ?)"]
                .Bind(calibration.Device).Bind(calibration.ContentId);
            insert = calibration.TakenAt is { } taken ? insert.Bind(taken.ToUnixTimeMilliseconds()) : insert.Bind((string?)null);
            insert.Bind(time.GetUtcNow().ToUnixTimeMilliseconds()).Bind(calibration.Provider).Bind(calibration.Qubits.Length).Bind(body).Run();
            return true;
        }));
    }

    public ValueTask<IReadOnlyList<CalibrationEntry>> LatestAsync(CancellationToken cancellation) => new(database.Read(c =>
        (IReadOnlyList<CalibrationEntry>)[.. Entries(c[Select + LatestFirst]).DistinctBy(e => e.Device).OrderBy(e => e.Device, StringComparer.Ordinal)]));

    public ValueTask<IReadOnlyList<CalibrationEntry>> HistoryAsync(string device, CancellationToken cancellation) => new(database.Read(c =>
        (IReadOnlyList<CalibrationEntry>)Entries(c[Select + "WHERE device = ?" + LatestFirst].Bind(device))));

    public ValueTask<Calibration> ReadAsync(string device, string contentId, CancellationToken cancellation) => new(database.Read(c =>
    {
        var select = c["SELECT body FROM calibrations WHERE device = ? AND content_id = ?"].Bind(device).Bind(contentId);
        if (!select.Step()) throw new QuantumException($"There is no snapshot {contentId} of device '{device}'. Those there are: qtrain devices history {device}");
        var body = select.Blob(0).ToArray();
        select.Reset();
        return Unpack(body, device, contentId);
    }));

    private static List<CalibrationEntry> Entries(SqliteStatement select)
    {
        var entries = new List<CalibrationEntry>();
        while (select.Step())
            entries.Add(new CalibrationEntry(
                select.Text(0), select.Text(1), select.IsNull(2) ? null : DateTimeOffset.FromUnixTimeMilliseconds(select.Int64(2)),
                DateTimeOffset.FromUnixTimeMilliseconds(select.Int64(3)), select.Text(4), (int)select.Int64(5)));
        select.Reset();
        return entries;
    }

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private static Calibration Unpack(byte[] body, string device, string contentId)
    {
        try
        {
            using var reader = new StreamReader(new GZipStream(new MemoryStream(body), CompressionMode.Decompress), Encoding.UTF8);
            var calibration = CalibrationJson.Read(reader.ReadToEnd(), device);
            return calibration.ContentId == contentId ? calibration : throw new FormatException($"snapshot {contentId} of '{device}' does not have its content's identity");
        }
        catch (InvalidDataException e)
        {
            throw new FormatException($"snapshot {contentId} of '{device}' cannot be unpacked", e);
        }
    }
}
