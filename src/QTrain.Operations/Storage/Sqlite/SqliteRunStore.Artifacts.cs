using QTrain.Operations.Artifacts;

namespace QTrain.Operations.Storage.Sqlite;

internal sealed partial class SqliteRunStore
{
    public ValueTask NoteArtifactAsync(Artifact artifact, CancellationToken cancellation) => Done(database.Write(c =>
    {
        c["INSERT INTO artifacts (hash, size, media_type, wanted) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET wanted = excluded.wanted"]
            .Bind(artifact.Hash.Value).Bind(artifact.Size).Bind(artifact.MediaType).Bind(Now).Run();
        return true;
    }));

    public ValueTask<Artifact?> FindArtifactAsync(ArtifactHash hash, CancellationToken cancellation) => new(database.Read(c =>
    {
        var select = c["SELECT size, media_type FROM artifacts WHERE hash = ?"].Bind(hash.Value);
        var found = select.Step() ? new Artifact(hash, select.Int64(0), select.Text(1)) : null;
        select.Reset();
        return found;
    }));

    public ValueTask<int> CollectArtifactsAsync(DateTimeOffset unwantedSince, Action<ArtifactHash> remove, CancellationToken cancellation) =>
        new(database.Write(c =>
        {
            var unwanted = new List<ArtifactHash>();
            var delete = c["DELETE FROM artifacts WHERE wanted < ? AND hash NOT IN (SELECT hash FROM run_inputs) RETURNING hash"]
                .Bind(unwantedSince.ToUnixTimeMilliseconds());
            while (delete.Step()) unwanted.Add(ArtifactHash.Parse(delete.Text(0)));
            delete.Reset();
            foreach (var hash in unwanted) remove(hash);
            return unwanted.Count;
        }));
}
