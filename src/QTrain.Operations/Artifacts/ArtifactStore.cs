using QTrain.Operations.Storage;

namespace QTrain.Operations.Artifacts;

/// <summary>An entry of the manifest of artifacts.</summary>
/// <param name="Hash">Its identity.</param>
/// <param name="Size">Bytes.</param>
/// <param name="MediaType">What it is, such as <c>application/json</c>.</param>
public sealed record Artifact(ArtifactHash Hash, long Size, string MediaType);

/// <summary>Files kept by what they hold: the same bytes are kept once, and every reading checks that they are still the same.</summary>
public sealed class ArtifactStore
{
    // Whoever puts an artifact refers to it within this time or puts it again.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(15);

    private readonly string _folder;
    private readonly IRunStore _manifest;
    private readonly TimeProvider _time;

    internal ArtifactStore(string folder, IRunStore manifest, TimeProvider time) => (_folder, _manifest, _time) = (folder, manifest, time);

    /// <summary>Where an artifact lies, whether it does or not.</summary>
    public string PathOf(ArtifactHash hash) => Path.Combine(_folder, hash.Value[..2], hash.Value[2..]);

    /// <summary>Keeps some bytes, on the disk before it returns.</summary>
    public async ValueTask<ArtifactHash> PutAsync(ReadOnlyMemory<byte> content, string mediaType, CancellationToken cancellation = default)
    {
        var hash = ArtifactHash.Of(content.Span);
        var path = PathOf(hash);
        if (!Holds(path, content.Span)) Write(path, content.Span);
        await _manifest.NoteArtifactAsync(new Artifact(hash, content.Length, mediaType), cancellation);
        // Between the look and the note a collection may have removed it; after the note none does.
        if (!File.Exists(path)) Write(path, content.Span);
        return hash;
    }

    /// <summary>The bytes of an artifact, checked.</summary>
    /// <exception cref="ArtifactCorruptedException">The file is missing or holds something else.</exception>
    public async ValueTask<byte[]> ReadAsync(ArtifactHash hash, CancellationToken cancellation = default)
    {
        var path = PathOf(hash);
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactCorruptedException(hash, path, "the file is missing");
        }
        var found = ArtifactHash.Of(content);
        return found == hash ? content : throw new ArtifactCorruptedException(hash, path, $"the file's {content.Length} bytes have the SHA-256 {found}");
    }

    /// <summary>Removes the artifacts that no run refers to.</summary>
    /// <returns>How many were removed.</returns>
    public ValueTask<int> CollectAsync(CancellationToken cancellation = default) =>
        _manifest.CollectArtifactsAsync(_time.GetUtcNow() - Grace, hash => File.Delete(PathOf(hash)), cancellation);

    private static bool Holds(string path, ReadOnlySpan<byte> content)
    {
        // A damaged file is replaced by putting the right bytes again, so existence is not enough.
        try
        {
            return content.SequenceEqual(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // A name of its own, so that two processes may write the same artifact at once; the last rename wins with the same bytes.
        var temporary = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>An artifact is not what it was when it was kept.</summary>
public sealed class ArtifactCorruptedException(ArtifactHash hash, string path, string found)
    : QuantumException($"Artifact {hash} is damaged: {found} ({path}). Nothing was computed from it. "
        + "Put the original file back, from a backup or by creating a run with it again: the right bytes replace the wrong ones.")
{
    /// <summary>Which artifact.</summary>
    public ArtifactHash Hash { get; } = hash;

    /// <summary>Where it lies.</summary>
    public string Path { get; } = path;
}
