using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;

namespace QTrain.Operations.Tests.Runs;

public sealed class An_exported_run : IDisposable
{
    private readonly TemporaryStore _folder = new();
    private readonly Store _store;

    public An_exported_run() => _store = _folder.Open();

    [Fact]
    public async Task is_a_folder_of_plain_files_with_their_hashes()
    {
        var run = await TrainAsync();
        var folder = Path.Combine(_folder.Folder, "export");
        await RunExport.WriteAsync(_store, run.Id, folder);

        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")));
        foreach (var entry in manifest.RootElement.EnumerateArray())
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, entry.GetProperty("file").GetString()!));
            bytes.LongLength.ShouldBe(entry.GetProperty("size").GetInt64());
            Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(entry.GetProperty("sha256").GetString());
        }
        manifest.RootElement.EnumerateArray().Select(e => e.GetProperty("file").GetString()).ShouldBe(
            ["run.json", "spec.json", "result.json", "history.csv", "journal.jsonl", $"inputs/{run.Inputs["../H.json"].Value[..8]}-H.json"]);
    }

    [Fact]
    public async Task tells_its_history_and_every_record()
    {
        var run = await TrainAsync();
        var folder = Path.Combine(_folder.Folder, "export");
        await RunExport.WriteAsync(_store, run.Id, folder);

        var history = File.ReadAllLines(Path.Combine(folder, "history.csv"));
        history[0].ShouldBe("step,loss,standardError,bestLoss,gradientNorm,evaluations,shots,at");
        history.Length.ShouldBe(42);
        history[41].ShouldStartWith("40,-");
        var journal = File.ReadAllLines(Path.Combine(folder, "journal.jsonl"));
        journal.Length.ShouldBe(81);
        using var line = JsonDocument.Parse(journal[2]);
        line.RootElement.GetProperty("sequence").GetInt64().ShouldBe(3);
        line.RootElement.GetProperty("path").GetString().ShouldBe("0/1/1");
        line.RootElement.GetProperty("kind").GetString().ShouldBe("loss");
        line.RootElement.GetProperty("shots").GetInt64().ShouldBe(128);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
        record.RootElement.GetProperty("seed").GetUInt64().ShouldBe(7UL);
        record.RootElement.GetProperty("status").GetString().ShouldBe("completed");
    }

    [Fact]
    public async Task is_one_file_when_asked_for_a_zip()
    {
        var run = await TrainAsync();
        var path = Path.Combine(_folder.Folder, "run.zip");
        await RunExport.WriteAsync(_store, run.Id, path);
        using var zip = ZipFile.OpenRead(path);
        zip.Entries.Count.ShouldBe(7);
        using var result = new StreamReader(zip.GetEntry("result.json")!.Open());
        result.ReadToEnd().ShouldBe(run.ResultJson);
        await Should.ThrowAsync<QuantumException>(() => RunExport.WriteAsync(_store, run.Id, path));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<RunRecord> TrainAsync()
    {
        var engine = new RunEngine(_store);
        var run = await engine.CreateAsync("h2", """{"name":"h2"}""", new Dictionary<string, RunInput> { ["../H.json"] = new("{}"u8.ToArray()) }, 7);
        return (await engine.AdvanceAsync(run.Id, (_, _) => TestTraining.Plan())).Run;
    }
}
