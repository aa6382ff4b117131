using QTrain.Operations.Artifacts;
using QTrain.Operations.Devices;
using QTrain.Operations.Dispatch;
using QTrain.Operations.Storage.Sqlite;

namespace QTrain.Operations.Storage;

/// <summary>A folder that keeps runs: a SQLite file beside a folder of artifacts. Any number of processes may open it at once.</summary>
public sealed class Store : IDisposable
{
    /// <summary>The folder used when none is named, in the working directory.</summary>
    public const string DefaultFolder = ".qtrain";

    private const string DatabaseName = "qtrain.db";

    private readonly SqliteRunStore _runs;

    private Store(string folder, TimeProvider time)
    {
        Folder = Path.GetFullPath(folder);
        Time = time;
        try
        {
            if (!Directory.Exists(Folder))
            {
                Directory.CreateDirectory(Folder);
                // Runs are not sources: version control passes them by.
                File.WriteAllText(Path.Combine(Folder, ".gitignore"), "*\n");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(Folder, $"cannot be created: {e.Message} Name another folder with --store FOLDER.", e);
        }
        var database = new SqliteDatabase(Path.Combine(Folder, DatabaseName), time: time);
        _runs = new SqliteRunStore(database, time);
        Calibrations = new SqliteCalibrationStore(database, time);
        Submissions = new SqliteSubmissionStore(database, _runs);
        Artifacts = new ArtifactStore(Path.Combine(Folder, "artifacts"), _runs, time);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Runs, leases, journals, steps.</summary>
    public IRunStore Runs => _runs;

    /// <summary>The files runs refer to.</summary>
    public ArtifactStore Artifacts { get; }

    /// <summary>Calibrations of devices, by device and time.</summary>
    public ICalibrationStore Calibrations { get; }

    /// <summary>Jobs on hardware.</summary>
    public ISubmissionStore Submissions { get; }

    /// <summary>Where times come from.</summary>
    public TimeProvider Time { get; }

    /// <summary>Whether a folder holds a store.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, DatabaseName));

    /// <summary>Opens the store of a folder, made when there is none and brought to this version's schema.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="time">Where times come from; the system's by default.</param>
    /// <exception cref="StoreTooNewException">A newer version wrote it.</exception>
    /// <exception cref="StoreException">It cannot be opened.</exception>
    public static Store Open(string folder = DefaultFolder, TimeProvider? time = null) => new(folder, time ?? TimeProvider.System);

    /// <summary>Closes the store.</summary>
    public void Dispose() => _runs.Dispose();
}
