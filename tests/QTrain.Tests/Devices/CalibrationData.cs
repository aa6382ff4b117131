using System.IO.Compression;
using QTrain.Devices;

namespace QTrain.Tests.Devices;

/// <summary>Files of providers; the large ones are packed.</summary>
internal static class CalibrationData
{
    public static bool Exists(string root, string file) => File.Exists(Path.Combine(root, file)) || File.Exists(Path.Combine(root, file + ".gz"));

    public static string Read(string root, string file)
    {
        var path = Path.Combine(root, file);
        if (File.Exists(path)) return File.ReadAllText(path);
        using var text = new StreamReader(new GZipStream(File.OpenRead(path + ".gz"), CompressionMode.Decompress));
        return text.ReadToEnd();
    }

    public static string Text(string file) => Read(TestData.Path("calibration"), file);

    public static Calibration Import(params string[] files) => CalibrationFiles.Read(files.Select(f => (Text(f), f))).ShouldHaveSingleItem();

    public static Calibration ReadText(string text, string? device = null) => CalibrationFiles.Read([(text, "a.json")], device).ShouldHaveSingleItem();
}
