using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Numerics;
using QTrain.Providers.Rest;
using QTrain.Simulation;

namespace QTrain.Providers.Ionq;

/// <summary>A device of IonQ, over its Quantum Cloud REST API.</summary>
/// <remarks>IonQ has no idempotency keys: a job carries its key and the digest of its batch as metadata and can be found by listing jobs
/// (<see cref="SubmissionSafety.Findable"/>). Circuits go out in native gates, which the service does not compile any further.</remarks>
public sealed class IonqBackend : IBackend, IDisposable
{
    private const int MaxCircuits = 5000, MaxGates = 150_000;
    private const long MaxShots = 1_000_000;

    private readonly IonqOptions _options;
    private readonly IonqProtocol _protocol;
    private readonly RestApi _api;
    private readonly TimeProvider _time;
    private readonly bool _isSimulator;
    private readonly ConcurrentDictionary<string, Calibration> _calibrations = new();

    private IonqBackend(IonqOptions options, RestApi api, BackendProfile profile, TimeProvider time)
    {
        (_options, _api, Profile, _time) = (options, api, profile, time);
        _protocol = IonqProtocol.Of(options.Version);
        _isSimulator = options.Backend == "simulator";
    }

    /// <inheritdoc/>
    public BackendProfile Profile { get; }

    /// <summary>Asks the service what the device is.</summary>
    /// <param name="options">Which device, and where.</param>
    /// <param name="key">The API key.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="handler">What requests go through; null: the network. It stays the caller's.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="BackendFaultException">The service cannot be reached, or has no such device.</exception>
    public static async Task<IonqBackend> ConnectAsync(
        IonqOptions options, ICredential key, TimeProvider? time = null, HttpMessageHandler? handler = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(key);
        var root = new Uri(options.Endpoint, options.Version == IonqVersion.V03 ? "v0.3/" : "v0.4/");
        time ??= TimeProvider.System;
        var api = new RestApi("IonQ", root, AuthenticateAsync, FaultOf, options.Rest, time, handler);
        try
        {
            var profile = await api.ReadAsync($"backends/{Uri.EscapeDataString(options.Backend)}", r => ProfileOf(r.Json(), options), cancellation);
            return new IonqBackend(options, api, profile, time);
        }
        catch
        {
            api.Dispose();
            throw;
        }

        async ValueTask AuthenticateAsync(HttpRequestMessage request, bool isRefused, CancellationToken stop) =>
            request.Headers.Authorization = new AuthenticationHeaderValue("apiKey", await key.ReadAsync(isRefused, stop));
    }

    /// <inheritdoc/>
    public void Dispose() => _api.Dispose();

    /// <inheritdoc/>
    public Task<BackendStatus> StatusAsync(CancellationToken cancellation) => _api.ReadAsync($"backends/{Uri.EscapeDataString(_options.Backend)}", reply =>
    {
        var node = reply.Json();
        var status = node.Require("status").Text;
        var wait = node["average_queue_time"] is { } queue ? TimeSpan.FromMilliseconds(queue.Number) : (TimeSpan?)null;
        return new BackendStatus(
            status is "available" or "running", null,
            status + (node["degraded"]?.Flag == true ? ", degraded" : "") + (wait is { TotalSeconds: > 0 } ? $", jobs wait {Text(wait.Value)} on average" : ""));
    }, cancellation);

    /// <inheritdoc/>
    public async Task<Calibration?> CalibrationAsync(CancellationToken cancellation) => _isSimulator ? null : await CalibrationAtAsync(null, cancellation);

    /// <inheritdoc/>
    public async Task<CostEstimate> EstimateAsync(CircuitBatch batch, CancellationToken cancellation)
    {
        Check(batch);
        if (_isSimulator) return new CostEstimate(new Money(0, "USD"), new Money(0, "USD"), CostBasis.PublishedPrice);
        // The price of a circuit follows from its numbers of gates: those that are alike are asked for once.
        decimal total = 0;
        var (unit, wait) = ("USD", (TimeSpan?)null);
        foreach (var alike in batch.Circuits.GroupBy(IonqCircuits.Counts))
        {
            var path = string.Create(CultureInfo.InvariantCulture,
                $"jobs/estimate?backend={Uri.EscapeDataString(_options.Backend)}&type=ionq.circuit.v1&qubits={alike.Max(c => c.QubitCount)}&shots={batch.Shots}&1q_gates={alike.Key.One}&2q_gates={alike.Key.Two}");
            var (cost, currency, queue) = await _api.ReadAsync(path, reply =>
            {
                var node = reply.Json();
                return (node.Any("estimated_total_cost", "estimated_cost") is { } amount ? amount.Amount : throw new JsonException("$ has no 'estimated_total_cost'"),
                    node.Any("estimated_unit", "cost_unit")?.Text ?? "usd", node["current_predicted_queue_time"]?.Number);
            }, cancellation);
            (total, unit, wait) = (total + cost * alike.Count(), currency.ToUpperInvariant(), queue is { } q ? TimeSpan.FromMilliseconds(q) : wait);
        }
        return new CostEstimate(new Money(total, unit), new Money(total, unit), CostBasis.PublishedPrice, wait);
    }

    /// <inheritdoc/>
    public async Task<JobReceipt> SubmitAsync(CircuitBatch batch, IdempotencyKey key, CancellationToken cancellation)
    {
        Check(batch);
        var body = _protocol.Submission(_options, batch, key);
        var id = await _api.SendAsync(HttpMethod.Post, "jobs", RestApi.Json(body), RestEffect.Once, r => r.Json().Require("id").Text, null, cancellation);
        return new JobReceipt(new JobId(id), key, await SubmittedAtAsync(new JobId(id), cancellation));
    }

    /// <inheritdoc/>
    public async Task<JobReceipt?> FindAsync(IdempotencyKey key, CancellationToken cancellation)
    {
        string? next = null;
        do
        {
            var path = "jobs?limit=50" + (next is null ? "" : "&next=" + Uri.EscapeDataString(next));
            var (found, more) = await _api.ReadAsync(path, reply =>
            {
                var node = reply.Json();
                var match = node.Require("jobs").Items.Select(_protocol.Job).FirstOrDefault(j => j.Key == key.Value && j.ParentId is null);
                return (match, node["next"]?.Text);
            }, cancellation);
            if (found is not null) return new JobReceipt(found.Id, key, found.SubmittedAt);
            next = more;
        }
        while (!string.IsNullOrEmpty(next));
        return null;
    }

    /// <inheritdoc/>
    public async Task<JobStatus> PollAsync(JobId job, CancellationToken cancellation)
    {
        var found = await JobAsync(job, cancellation);
        var state = found.State switch
        {
            "submitted" or "ready" => JobState.Queued,
            "started" or "running" => JobState.Running,
            "completed" => JobState.Completed,
            "failed" => JobState.Failed,
            "canceled" or "deleted" => JobState.Cancelled,
            _ => JobState.Unknown,
        };
        return new JobStatus(job, state, null, state == JobState.Queued ? found.ExpectedStart : null, state == JobState.Failed ? found.Failure ?? "the service gives no reason" : null)
        {
            ProviderState = found.State,
            PollAfter = found.PollAfter,
            IsWorthRepeating = found.FailureCode is "InternalError" or "QuantumComputerError" or "SimulationTimeout" or "SystemCancel",
        };
    }

    /// <inheritdoc/>
    public async Task<JobResults> ResultsAsync(JobId job, CircuitBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var found = await JobAsync(job, cancellation);
        if (found.Digest is { } digest && !batch.Digest.StartsWith(digest, StringComparison.Ordinal)) throw new ResultMismatchException(Profile.Name, job, "it was submitted with other circuits or shots.");
        if (found.Shots is { } shots && shots != batch.Shots) throw new ResultMismatchException(Profile.Name, job, $"it has {shots} shots, and {batch.Shots} were asked for.");
        if (batch.Circuits.Length > 1 && found.Children.Length != 0 && found.Children.Length != batch.Circuits.Length)
            throw new ResultMismatchException(Profile.Name, job, $"it has {found.Children.Length} circuits, and {batch.Circuits.Length} were asked for.");
        var circuits = new CircuitResult?[batch.Circuits.Length];
        if (found.State == "completed")
        {
            var calibration = _isSimulator ? null : (await CalibrationAtAsync(found.StartedAt, cancellation))?.ContentId;
            var outcomes = await _protocol.OutcomesAsync(_api, found, batch, cancellation);
            for (var k = 0; k < circuits.Length; k++)
                if (outcomes[k] is { } outcome)
                    circuits[k] = new CircuitResult(CountsOf(outcome, batch, k, job), found.StartedAt ?? found.SubmittedAt, found.Duration / batch.Circuits.Length, calibration);
        }
        var cost = found.IsFinal && !_isSimulator ? await CostAsync(job, found, cancellation) : null;
        return new JobResults(job, [.. circuits], Array.TrueForAll(circuits, c => c?.Counts.Total == batch.Shots), (found.StartedAt ?? found.SubmittedAt) - found.SubmittedAt, cost)
        {
            CostBasis = cost is null ? CostBasis.Unknown : CostBasis.Billed,
        };
    }

    /// <inheritdoc/>
    public async Task CancelAsync(JobId job, CancellationToken cancellation)
    {
        if ((await JobAsync(job, cancellation)).IsFinal) return;
        await _api.SendAsync(HttpMethod.Put, $"jobs/{Uri.EscapeDataString(job.Value)}/status/cancel", null, RestEffect.Repeatable, _ => true, null, cancellation);
    }

    // When the service took a job: its own clock is what everything else of the job is told by. But the job is there, whatever comes of this question: a fault here
    // must never look as if nothing had been made.
    private async Task<DateTimeOffset> SubmittedAtAsync(JobId job, CancellationToken cancellation)
    {
        try
        {
            return (await JobAsync(job, cancellation)).SubmittedAt;
        }
        catch (Exception e) when (e is QuantumException or OperationCanceledException)
        {
            return _time.GetUtcNow();
        }
    }

    private Counts CountsOf(IReadOnlyDictionary<ulong, double> outcome, CircuitBatch batch, int circuit, JobId job)
    {
        var sent = IonqCircuits.Compact(batch.Circuits[circuit]);
        var (bits, shots, qubits) = (IonqCircuits.BitsOf(sent), batch.Shots, sent.QubitCount);
        foreach (var key in outcome.Keys)
            if (qubits < 64 && key >> qubits != 0) throw new ResultMismatchException(Profile.Name, job, $"circuit {circuit} has {qubits} qubits, and the outcome {key} has more.");
        var total = outcome.Values.Sum();
        var (isCounted, isShare) = (IsWhole(outcome.Values) && total > 1 + 1e-6, total <= 1 + 1e-6);
        if (isCounted ? total > shots + 1e-6 : !isShare) throw new ResultMismatchException(Profile.Name, job, $"circuit {circuit} has outcomes that add up to {total:G9}, and {shots} shots were asked for.");
        var counts = new Dictionary<ulong, long>();
        // Fewer than were asked for are what they are: whoever asked sees it by their total.
        if (isCounted)
            foreach (var (key, count) in outcome) Add(key, (long)Math.Round(count));
        else if (IsWhole(outcome.Values.Select(v => v * shots)))
            foreach (var (key, share) in outcome) Add(key, (long)Math.Round(share * shots));
        else
            // The ideal simulator tells exact probabilities: shots are drawn from them here, the same whenever the job is read.
            foreach (var (key, count) in Counts.Draw(64, outcome.OrderBy(o => o.Key).Select(o => (o.Key, o.Value / total)), shots, batch.Seed + (ulong)circuit)) Add(key, count);
        return new Counts(bits.Length, counts.Select(c => new OutcomeCount(c.Key, c.Value)));

        static bool IsWhole(IEnumerable<double> values) => values.All(v => Math.Abs(v - Math.Round(v)) < 1e-3);

        void Add(ulong qubitsRead, long count)
        {
            if (count == 0) return;
            ulong register = 0;
            for (var b = 0; b < bits.Length; b++)
                if (bits[b] >= 0 && (qubitsRead >> bits[b] & 1) != 0) register |= 1UL << b;
            counts[register] = counts.GetValueOrDefault(register) + count;
        }
    }

    private Task<IonqJob> JobAsync(JobId job, CancellationToken cancellation) => _api.ReadAsync($"jobs/{Uri.EscapeDataString(job.Value)}", Profile.Name, job, reply =>
        _protocol.Job(reply.Json()) is var found && found.Id == job ? found : throw new JsonException($"it tells of job '{found.Id}' instead of '{job}'"), cancellation);

    private async Task<Money?> CostAsync(JobId job, IonqJob found, CancellationToken cancellation)
    {
        if (found.CostUsd is { } told) return new Money(told, "USD");
        return await _api.ReadAsync($"jobs/{Uri.EscapeDataString(job.Value)}/cost", reply =>
            reply.Json()["cost"] is { } cost ? new Money(cost.Require("value").Amount, cost["unit"]?.Text.ToUpperInvariant() ?? "USD") : (Money?)null, cancellation);
    }

    /// <summary>The characterization in force at a time; the newest where none is given.</summary>
    private async Task<Calibration?> CalibrationAtAsync(DateTimeOffset? at, CancellationToken cancellation)
    {
        for (var page = 1; ; page++)
        {
            var (known, left) = await _api.ReadAsync($"{_protocol.Characterizations(_options.Backend)}?limit=10&page={page}", reply =>
            {
                var node = reply.Json();
                var list = node["characterizations"] is { } found ? found.Items.ToList() : [];
                return (list.Select(c => (Id: c["id"]?.Text ?? c.Element.GetRawText(), Date: c.Require("date").Time, Text: c.Element.GetRawText())).ToList(), node["pages"]?.Whole ?? 0);
            }, cancellation);
            foreach (var one in known.OrderByDescending(k => k.Date))
                if (at is null || one.Date <= at) return _calibrations.GetOrAdd(one.Id, _ => CalibrationFiles.Read([(one.Text, "IonQ characterization")])[0]);
            if (known.Count == 0 || left == 0) return null;
        }
    }

    private void Check(CircuitBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Circuits.Length > Profile.MaxCircuits) throw new BatchRefusedException(Profile.Name, Profile.MaxCircuits, $"a job has at most {Profile.MaxCircuits} circuits, and this batch {batch.Circuits.Length}. Divide it.");
        if (batch.Shots < Profile.MinShots || batch.Shots > Profile.MaxShots)
            throw new BatchRefusedException(Profile.Name, 0, $"{batch.Shots} shots were asked for, and {Profile.MinShots} to {Profile.MaxShots} are allowed.");
        for (var k = 0; k < batch.Circuits.Length; k++)
            if (IonqCircuits.Objection(batch.Circuits[k], Profile.QubitCount, Profile.NativeGates) is { } objection) throw new BatchRefusedException(Profile.Name, k, objection);
        if (batch.Circuits.Sum(c => c.Operations.Count(o => o is GateOperation)) is > MaxGates and var gates)
            throw new BatchRefusedException(Profile.Name, 0, $"a job has at most {MaxGates} gates, and this batch {gates}. Divide it.");
    }

    private static BackendProfile ProfileOf(JsonNodeView node, IonqOptions options)
    {
        var native = node["supported_native_gates"]?.Items.Select(g => g.Text == "zz" ? "rzz" : g.Text).Where(g => Gates.Find(g) is not null).ToImmutableArray() ?? [];
        return new BackendProfile
        {
            Name = options.Backend,
            Provider = "ionq",
            QubitCount = (int)node.Require("qubits").Whole,
            NativeGates = options.Backend == "simulator" ? ["gpi", "gpi2", "ms", "rzz"]
                : native.IsEmpty ? ["gpi", "gpi2", options.Backend.Contains("forte", StringComparison.OrdinalIgnoreCase) ? "rzz" : "ms"] : native,
            IsFullyConnected = true,
            MaxShots = MaxShots,
            MaxCircuits = MaxCircuits,
            Safety = SubmissionSafety.Findable,
            VisibilityWindow = options.VisibilityWindow,
        };
    }

    private static BackendFaultException? FaultOf(RestReply reply, RestEffect effect)
    {
        if (reply.IsSuccess || reply.Status is HttpStatusCode.Unauthorized) return null;
        string? message;
        try
        {
            message = reply.Json()["message"]?.Text;
        }
        catch (JsonException)
        {
            return null;
        }
        // Quotas are told of by 403 and a text alone.
        return reply.Status == HttpStatusCode.Forbidden && message is not null && message.Contains("quota", StringComparison.OrdinalIgnoreCase)
            ? new BackendFaultException(BackendFaultKind.QuotaExhausted, false, $"IonQ answered {reply.Request} with 403: {message}") : null;
    }

    private static string Text(TimeSpan wait) => wait.TotalMinutes < 2 ? $"{wait.TotalSeconds:0} s" : wait.TotalHours < 2 ? $"{wait.TotalMinutes:0} min" : $"{wait.TotalHours:0.#} h";
}
