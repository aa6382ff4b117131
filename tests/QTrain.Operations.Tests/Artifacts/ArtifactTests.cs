using System.Collections.Immutable;
using QTrain.Operations.Artifacts;
using QTrain.Operations.Storage;

namespace QTrain.Operations.Tests.Artifacts;

public sealed class An_artifact : IDisposable
{
    private static readonly byte[] Content = "{\"terms\": []}"u8.ToArray();

    private readonly TemporaryStore _folder = new();
    private readonly ManualTime _time = new();
    private readonly Store _store;

    public An_artifact() => _store = _folder.Open(_time);

    [Fact]
    public async Task is_named_by_the_SHA256_of_its_bytes_and_kept_once()
    {
        var hash = await PutAsync();
        hash.ShouldBe(await PutAsync());
        hash.Value.ShouldBe("a5643ba7162dbe06af4ef041e91d312a1d21ca4481d92d41da722f3ea7f95cf0");
        (await _store.Artifacts.ReadAsync(hash)).ShouldBe(Content);
        _store.Artifacts.PathOf(hash).ShouldBe(Path.Combine(_folder.Folder, "artifacts", hash.Value[..2], hash.Value[2..]));
        Directory.GetFiles(Path.Combine(_folder.Folder, "artifacts"), "*", SearchOption.AllDirectories).Length.ShouldBe(1);
    }

    [Fact]
    public async Task with_a_flipped_bit_is_detected_and_named_and_mended_by_the_right_bytes()
    {
        var hash = await PutAsync();
        var path = _store.Artifacts.PathOf(hash);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[3] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        var corrupted = await Should.ThrowAsync<ArtifactCorruptedException>(async () => await _store.Artifacts.ReadAsync(hash));

        (corrupted.Hash, corrupted.Path).ShouldBe((hash, path));
        corrupted.Message.ShouldStartWith($"Artifact {hash} is damaged: the file's 13 bytes have the SHA-256 {ArtifactHash.Of(bytes)} ({path}).");
        await PutAsync();
        (await _store.Artifacts.ReadAsync(hash)).ShouldBe(Content);
    }

    [Fact]
    public async Task that_is_missing_is_named()
    {
        var hash = await PutAsync();
        File.Delete(_store.Artifacts.PathOf(hash));
        (await Should.ThrowAsync<ArtifactCorruptedException>(async () => await _store.Artifacts.ReadAsync(hash)))
            .Message.ShouldContain("the file is missing");
    }

    [Fact]
    public async Task is_collected_when_no_run_refers_to_it_and_nobody_wanted_it_lately()
    {
        var hash = await PutAsync();
        var run = TemporaryStore.NewRun() with { Inputs = ImmutableSortedDictionary<string, ArtifactHash>.Empty.Add("H.json", hash) };
        await _store.Runs.CreateAsync(run, default);
        _time.Advance(TimeSpan.FromHours(1));
        (await _store.Artifacts.CollectAsync()).ShouldBe(0);

        await _store.Runs.DeleteAsync(run.Id, default);
        await PutAsync();
        (await _store.Artifacts.CollectAsync()).ShouldBe(0);
        _time.Advance(TimeSpan.FromHours(1));
        (await _store.Artifacts.CollectAsync()).ShouldBe(1);
        File.Exists(_store.Artifacts.PathOf(hash)).ShouldBeFalse();
        (await _store.Runs.FindArtifactAsync(hash, default)).ShouldBeNull();
    }

    public void Dispose() => _folder.Dispose();

    private async Task<ArtifactHash> PutAsync() => await _store.Artifacts.PutAsync(Content, "application/json");
}
