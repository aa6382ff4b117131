using QTrain.Formats;
using QTrain.OpenQasm;

namespace QTrain.Operations.Specs;

/// <summary>Files that OpenQASM programs include, from one folder and what lies below it.</summary>
public static class OpenQasmIncludes
{
    private const long MaxBytes = 1L << 28;

    /// <summary>Finds included files inside a folder, links followed; a path that leads outside is refused.</summary>
    /// <param name="folder">The folder that paths are relative to, and that they may not leave.</param>
    public static Func<string, OpenQasmFile?> From(string folder)
    {
        var root = RealPath(Path.GetFullPath(folder));
        return path =>
        {
            if (Find(root, root, path, folder) is not { } file) return null;
            var shown = Path.GetRelativePath(Directory.GetCurrentDirectory(), file);
            return new OpenQasmFile(shown, TextOf(Read(file, shown), shown));
        };
    }

    /// <summary>The file of a path; null when there is none.</summary>
    /// <param name="root">The folder that must not be left, links followed.</param>
    /// <param name="from">The folder that the path is relative to.</param>
    /// <param name="path">The path as the program has it.</param>
    /// <param name="shown">What to call the folder in messages.</param>
    internal static string? Find(string root, string from, string path, string shown)
    {
        if (path.Contains('\0') || Path.IsPathRooted(path)) throw new QuantumException($"'{path}' is not inside of the folder that includes may come from: name a file below it.");
        var named = Path.GetFullPath(Path.Combine(from, path));
        if (!Within(root, named)) throw Outside();
        if (!File.Exists(named)) return null;
        return Within(root, RealPath(named)) ? named : throw Outside();

        QuantumException Outside() => new($"'{path}' lies outside of '{shown}': only files below it are included. Name another folder with --includes FOLDER, or copy the file there.");
    }

    internal static byte[] Read(string file, string shown) => Files.Read(file, MaxBytes, reason => new InvalidFileException(shown, null, null, $"the file {reason}"));

    internal static string TextOf(byte[] bytes, string shown) => Files.Text(bytes, () => new InvalidFileException(shown, null, null, "this is not UTF-8 text: save it as UTF-8."));

    private static bool Within(string root, string path) => path.StartsWith(root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // Every part of the path may be a link.
    internal static string RealPath(string path)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (var part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            FileSystemInfo info = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            real = info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }
        return real;
    }
}
