namespace QTrain.Operations.Storage;

/// <summary>A store cannot be used. Says which, why, and what to do; no run is at fault.</summary>
public class StoreException : QuantumException
{
    /// <summary>The store of a path has a fault.</summary>
    public StoreException(string path, string reason, Exception? inner = null) : base($"The store {path} {reason}", inner!) => Path = path;

    /// <summary>The database file.</summary>
    public string Path { get; }
}

/// <summary>A store was written by a newer version of QTrain.</summary>
public sealed class StoreTooNewException(string path, int version, int known)
    : StoreException(path, $"has schema version {version}, but this QTrain knows versions up to {known}: "
        + "use the newer QTrain that wrote it, or another store with --store FOLDER. Nothing was changed.")
{
    /// <summary>The schema version of the store.</summary>
    public int Version { get; } = version;

    /// <summary>The latest schema version this QTrain knows.</summary>
    public int Known { get; } = known;
}
