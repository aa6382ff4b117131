using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using QTrain.Operations.Artifacts;
using QTrain.Operations.Storage;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>Writes everything recorded of a run as plain files: <c>run.json</c>, <c>spec.json</c>, <c>result.json</c>, <c>history.csv</c>,
/// <c>journal.jsonl</c>, its inputs, and <c>manifest.json</c> with the SHA-256 of each.</summary>
public sealed class RunExport
{
    private const int PageSize = 1024;

    private readonly Store _store;
    private readonly Func<string, Stream> _open;
    private readonly List<(string File, long Size, string Hash)> _manifest = [];

    private RunExport(Store store, Func<string, Stream> open) => (_store, _open) = (store, open);

    /// <summary>Exports a run.</summary>
    /// <param name="store">Where it is kept.</param>
    /// <param name="run">The run.</param>
    /// <param name="path">A folder to make, or a file to make when it ends with <c>.zip</c>. Must not exist yet, or be an empty folder.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="QuantumException">The path is taken.</exception>
    public static async Task WriteAsync(Store store, RunId run, string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var record = await store.Runs.GetAsync(run, cancellation);
        if (File.Exists(path) || Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            throw new QuantumException($"{path} exists already: name a folder or a .zip file that does not.");
        if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            await using var file = new FileStream(path, FileMode.CreateNew);
            await using var archive = new ZipArchive(file, ZipArchiveMode.Create);
            await new RunExport(store, name => archive.CreateEntry(name).Open()).WriteAsync(record, cancellation);
            return;
        }
        await new RunExport(store, name =>
        {
            var target = Path.Combine(path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            return new FileStream(target, FileMode.CreateNew);
        }).WriteAsync(record, cancellation);
    }

    private async Task WriteAsync(RunRecord run, CancellationToken cancellation)
    {
        await AddAsync("run.json", s => WriteRun(run, s));
        await AddAsync("spec.json", s => WriteText(s, run.SpecJson));
        if (run.ResultJson is { } result) await AddAsync("result.json", s => WriteText(s, result));
        await AddAsync("history.csv", s => WriteHistoryAsync(run.Id, s, cancellation));
        await AddAsync("journal.jsonl", s => WriteJournalAsync(run.Id, s, cancellation));
        foreach (var (name, hash) in run.Inputs)
        {
            var content = await _store.Artifacts.ReadAsync(hash, cancellation);
            await AddAsync(InputName(name, hash), s => s.WriteAsync(content, cancellation).AsTask());
        }
        await AddAsync("manifest.json", WriteManifest);
    }

    // A spec may name files above its folder, and two of the same name.
    private static string InputName(string name, ArtifactHash hash) => $"inputs/{hash.Value[..8]}-{Path.GetFileName(name.Replace('\\', '/'))}";

    private async Task AddAsync(string name, Func<Stream, Task> write)
    {
        await using var stream = _open(name);
        await using var hashing = new HashingStream(stream);
        await write(hashing);
        _manifest.Add((name, hashing.Written, hashing.HexHash));
    }

    private static Task WriteText(Stream stream, string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    private async Task WriteManifest(Stream stream)
    {
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (var (file, size, hash) in _manifest)
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteNumber("size", size);
            json.WriteString("sha256", hash);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static async Task WriteRun(RunRecord run, Stream stream)
    {
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("run", run.Id.Value);
        json.WriteString("name", run.Name);
        json.WriteString("status", run.Status.ToString().ToLowerInvariant());
        json.WriteNumber("seed", run.Seed);
        json.WriteStartArray("tags");
        foreach (var tag in run.Tags) json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteString("created", run.Created);
        json.WriteString("updated", run.Updated);
        if (run.Parent is { } parent) json.WriteString("parent", parent.Value);
        if (run.Failure is { } failure) json.WriteString("failure", failure);
        if (run.EvaluatorIdentity is { } identity) json.WriteString("evaluator", identity);
        json.WriteNumber("seconds", run.Worked.TotalSeconds);
        json.WriteNumber("journalLength", run.JournalLength);
        json.WriteStartArray("fingerprints");
        foreach (var mark in run.Fingerprints)
        {
            json.WriteStartObject();
            json.WriteString("at", mark.At);
            json.WriteNumber("journalLength", mark.JournalLength);
            json.WriteString("fingerprint", mark.Fingerprint);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("inputs");
        foreach (var (name, hash) in run.Inputs) json.WriteString(name, InputName(name, hash));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private async Task WriteHistoryAsync(RunId run, Stream stream, CancellationToken cancellation)
    {
        await using var csv = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        // A column more where there is more than one member.
        var several = (await _store.Runs.MembersAsync(run, cancellation)).Count > 1;
        await csv.WriteLineAsync($"{(several ? "member," : "")}step,loss,standardError,bestLoss,gradientNorm,evaluations,shots,at");
        await foreach (var s in _store.Runs.AllStepsAsync(run, cancellation))
        {
            if (several) await csv.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{s.Member},"));
            await csv.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{s.Index},{s.Loss:R},{s.StandardError:R},{s.BestLoss:R},{s.GradientNorm:R},{s.Evaluations},{s.Shots},{s.At:yyyy-MM-ddTHH:mm:ss.fffZ}"));
        }
    }

    private async Task WriteJournalAsync(RunId run, Stream stream, CancellationToken cancellation)
    {
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { SkipValidation = true });
        var page = new JournalPage();
        // In the order of paths, which is how a journal is read; the sequence tells in which order records were appended.
        foreach (var lane in new[] { JournalLane.Answers, JournalLane.Clock, JournalLane.Decisions, JournalLane.Marks, JournalLane.Order })
        {
            JournalPosition? last = null;
            do
            {
                page.Clear();
                await _store.Runs.ReadAsync(run, lane, null, last, PageSize, page, cancellation);
                for (var k = 0; k < page.Count; k++)
                {
                    WriteEntry(json, page[k]);
                    json.Flush();
                    json.Reset();
                    stream.WriteByte((byte)'\n');
                }
                if (page.Count > 0) last = new JournalPosition(page[page.Count - 1].Path, page[page.Count - 1].Name);
            }
            while (page.Count == PageSize);
        }
    }

    private static void WriteEntry(Utf8JsonWriter json, in JournalEntry entry)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence", entry.Sequence);
        json.WriteString("path", entry.Path.ToString());
        switch (entry.Lane)
        {
            case JournalLane.Clock:
                json.WriteString("kind", "clock");
                json.WriteNumber("seconds", JournaledRunClock.Read(entry).TotalSeconds);
                break;
            case JournalLane.Marks:
                json.WriteString("kind", "mark");
                json.WriteBase64String("state", entry.Answer);
                break;
            case JournalLane.Order:
                json.WriteString("kind", "completed");
                json.WriteString("question", JournalingEvaluator.ReadOrder(entry).ToString());
                break;
            case JournalLane.Decisions:
                json.WriteString("kind", "decision");
                json.WriteString("name", entry.Name);
                json.WritePropertyName("decision");
                json.WriteRawValue(entry.Answer);
                break;
            default:
                json.WriteString("kind", entry.Kind == QuestionKind.Gradient ? "gradient" : "loss");
                json.WriteString("question", Convert.ToHexStringLower(entry.Question));
                WriteAnswer(json, AnswerCodec.Read(entry.Answer));
                break;
        }
        json.WriteEndObject();
    }

    private static void WriteAnswer(Utf8JsonWriter json, Answer answer)
    {
        WriteNumber(json, "loss", answer.Loss);
        WriteNumber(json, "standardError", answer.StandardError);
        json.WriteNumber("evaluations", answer.Evaluations);
        json.WriteNumber("shots", answer.Shots);
        if (answer.Failure is { } reason) json.WriteString("failure", reason);
        if (answer.Gradient is not { } gradient) return;
        json.WriteStartArray("gradient");
        foreach (var component in gradient)
        {
            if (double.IsFinite(component)) json.WriteNumberValue(component);
            else json.WriteStringValue(component.ToString(CultureInfo.InvariantCulture));
        }
        json.WriteEndArray();
    }

    // JSON has no number that is not finite.
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
    }
}
