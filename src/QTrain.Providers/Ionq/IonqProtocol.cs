using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using QTrain.Devices;
using QTrain.Providers.Rest;

namespace QTrain.Providers.Ionq;

/// <summary>A job as the service tells of it.</summary>
internal sealed record IonqJob(JobId Id, string State, DateTimeOffset SubmittedAt)
{
    public string? Key { get; init; }

    public string? Digest { get; init; }

    public string? ParentId { get; init; }

    public long? Shots { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? ExpectedStart { get; init; }

    public TimeSpan Duration { get; init; }

    public TimeSpan? PollAfter { get; init; }

    public string? Failure { get; init; }

    public string? FailureCode { get; init; }

    public decimal? CostUsd { get; init; }

    public ImmutableArray<string> Children { get; init; } = [];

    public bool IsFinal => State is "completed" or "failed" or "canceled" or "deleted";
}

/// <summary>What differs between the versions of the protocol.</summary>
internal abstract class IonqProtocol
{
    /// <summary>Metadata that a job is known by: its key, and the beginning of its batch's digest.</summary>
    public const string KeyName = "qtrain-key", DigestName = "qtrain-batch";

    private const int DigestLength = 40;

    public static IonqProtocol Of(IonqVersion version) => version == IonqVersion.V03 ? new VersionThree() : new VersionFour();

    public abstract string Characterizations(string backend);

    public abstract IonqJob Job(JsonNodeView node);

    /// <summary>What each circuit gave: counts, or shares of the shots, by the number that the qubits spell, qubit 0 lowest; null for those that failed.</summary>
    public abstract Task<IReadOnlyDictionary<ulong, double>?[]> OutcomesAsync(RestApi api, IonqJob job, CircuitBatch batch, CancellationToken cancellation);

    public string Submission(IonqOptions options, CircuitBatch batch, IdempotencyKey key)
    {
        var circuits = batch.Circuits.Select(IonqCircuits.Compact).ToArray();
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            WriteHead(writer, options, batch);
            writer.WriteNumber("shots", batch.Shots);
            writer.WriteString("name", key.Value);
            writer.WriteStartObject("metadata");
            writer.WriteString(KeyName, key.Value);
            writer.WriteString(DigestName, batch.Digest[..DigestLength]);
            writer.WriteEndObject();
            if (options.SimulatorNoise is { } noise)
            {
                writer.WriteStartObject("noise");
                writer.WriteString("model", noise);
                // 1 … 2³¹: the same batch under the same key is the same experiment.
                writer.WriteNumber("seed", 1 + (long)(batch.Seed % int.MaxValue));
                writer.WriteEndObject();
            }
            writer.WriteStartObject("input");
            WriteFormat(writer);
            writer.WriteString("gateset", "native");
            writer.WriteNumber("qubits", circuits.Max(c => c.QubitCount));
            if (circuits is [var only])
            {
                writer.WritePropertyName("circuit");
                IonqCircuits.Write(writer, only);
            }
            else
            {
                writer.WriteStartArray("circuits");
                for (var k = 0; k < circuits.Length; k++)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", k.ToString(CultureInfo.InvariantCulture));
                    writer.WriteNumber("qubits", circuits[k].QubitCount);
                    writer.WritePropertyName("circuit");
                    IonqCircuits.Write(writer, circuits[k]);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    protected abstract void WriteHead(Utf8JsonWriter writer, IonqOptions options, CircuitBatch batch);

    protected abstract void WriteFormat(Utf8JsonWriter writer);

    protected static IReadOnlyDictionary<ulong, double> Outcome(JsonNodeView node) => node.Members.ToDictionary(
        m => ulong.TryParse(m.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var outcome) ? outcome : throw new JsonException($"'{m.Key}' is no outcome: a whole number is needed"),
        m => m.Value.Number >= 0 ? m.Value.Number : throw new JsonException($"outcome {m.Key} has the negative share {m.Value.Number}"));

    protected static IReadOnlyDictionary<ulong, double>?[] OfChildren(JsonNodeView node, IonqJob job, int circuits)
    {
        var children = node.Members.ToDictionary(m => m.Key, m => m.Value);
        if (children.Keys.FirstOrDefault(k => !job.Children.Contains(k)) is { } stranger) throw new ResultMismatchException("IonQ", job.Id, $"they hold those of '{stranger}', which is none of its circuits.");
        var result = new IReadOnlyDictionary<ulong, double>?[circuits];
        for (var k = 0; k < circuits; k++)
            if (children.TryGetValue(job.Children[k], out var child)) result[k] = Outcome(child);
        return result;
    }

    protected static IonqJob WithMetadata(IonqJob job, JsonNodeView node)
    {
        var (metadata, failure) = (node["metadata"], node["failure"]);
        return job with
        {
            Key = metadata?[KeyName]?.Text,
            Digest = metadata?[DigestName]?.Text,
            Shots = node["shots"]?.Whole,
            Failure = failure?.Any("message", "error")?.Text,
            FailureCode = failure?["code"]?.Text,
        };
    }

    private static TimeSpan? PollAfter(TimeSpan? wait) => wait is { } w ? TimeSpan.FromSeconds(Math.Clamp(w.TotalSeconds / 4, 1, 60)) : null;

    private sealed class VersionFour : IonqProtocol
    {
        public override string Characterizations(string backend) => $"backends/{Uri.EscapeDataString(backend)}/characterizations";

        public override IonqJob Job(JsonNodeView node)
        {
            var submitted = node["submitted_at"]?.Time ?? throw new JsonException("$ has no 'submitted_at'");
            var wait = node["predicted_wait_time_ms"] is { } predicted ? TimeSpan.FromMilliseconds(predicted.Number) : (TimeSpan?)null;
            return WithMetadata(new IonqJob(new JobId(node.Require("id").Text), node.Require("status").Text, submitted)
            {
                ParentId = node["parent_job_id"]?.Text,
                StartedAt = node["started_at"]?.Time,
                ExpectedStart = wait is { } w ? submitted + w : null,
                PollAfter = PollAfter(wait),
                Duration = TimeSpan.FromMilliseconds(node["execution_duration_ms"]?.Number ?? 0),
                Children = node["child_job_ids"]?.Items.Select(i => i.Text).ToImmutableArray() ?? [],
            }, node);
        }

        public override async Task<IReadOnlyDictionary<ulong, double>?[]> OutcomesAsync(RestApi api, IonqJob job, CircuitBatch batch, CancellationToken cancellation)
        {
            var path = $"jobs/{Uri.EscapeDataString(job.Id.Value)}/results/";
            return job.Children.IsEmpty
                ? [await api.ReadAsync(path + "histogram", r => Outcome(r.Json()), cancellation)]
                : await api.ReadAsync(path + "probabilities/aggregated", r => OfChildren(r.Json(), job, batch.Circuits.Length), cancellation);
        }

        protected override void WriteHead(Utf8JsonWriter writer, IonqOptions options, CircuitBatch batch)
        {
            writer.WriteString("type", batch.Circuits.Length == 1 ? "ionq.circuit.v1" : "ionq.multi-circuit.v1");
            writer.WriteString("backend", options.Backend);
        }

        protected override void WriteFormat(Utf8JsonWriter writer)
        {
        }
    }

    private sealed class VersionThree : IonqProtocol
    {
        public override string Characterizations(string backend) => $"characterizations/backends/{Uri.EscapeDataString(backend)}";

        public override IonqJob Job(JsonNodeView node)
        {
            var submitted = node["request"]?.Time ?? throw new JsonException("$ has no 'request'");
            return WithMetadata(new IonqJob(new JobId(node.Require("id").Text), node.Require("status").Text, submitted)
            {
                ParentId = node["parent_job_id"]?.Text,
                StartedAt = node["start"]?.Time,
                Duration = TimeSpan.FromMilliseconds(node["execution_time"]?.Number ?? 0),
                CostUsd = node["cost_usd"]?.Amount,
                Children = node["children"]?.Items.Select(i => i.Text).ToImmutableArray() ?? [],
            }, node);
        }

        public override async Task<IReadOnlyDictionary<ulong, double>?[]> OutcomesAsync(RestApi api, IonqJob job, CircuitBatch batch, CancellationToken cancellation) =>
            await api.ReadAsync($"jobs/{Uri.EscapeDataString(job.Id.Value)}/results", r => job.Children.IsEmpty ? [Outcome(r.Json())] : OfChildren(r.Json(), job, batch.Circuits.Length), cancellation);

        protected override void WriteHead(Utf8JsonWriter writer, IonqOptions options, CircuitBatch batch) => writer.WriteString("target", options.Backend);

        protected override void WriteFormat(Utf8JsonWriter writer) => writer.WriteString("format", "ionq.circuit.v0");
    }
}
