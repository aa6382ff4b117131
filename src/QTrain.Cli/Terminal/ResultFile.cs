using QTrain.Formats;

namespace QTrain.Cli.Terminal;

/// <summary>Writes a result into a file the user named.</summary>
internal static class ResultFile
{
    /// <exception cref="InvalidFileException">It cannot be written; says why and what to do.</exception>
    public static async Task WriteAsync(string path, string content, CancellationToken cancellation)
    {
        if (Directory.Exists(path)) throw new InvalidFileException(path, null, null, "this is a folder: name a file.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder)) throw new InvalidFileException(path, null, null, $"the folder '{folder}' does not exist: make it first, or name another.");
        try
        {
            await File.WriteAllTextAsync(path, content, cancellation);
        }
        catch (UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, null, null, "the file may not be written to: change its permissions, or name another.");
        }
    }
}
