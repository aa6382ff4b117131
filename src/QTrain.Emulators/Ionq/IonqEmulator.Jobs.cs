using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Emulators.Faults;
using QTrain.Emulators.Http;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Simulation.Trajectories;

namespace QTrain.Emulators.Ionq;

// Jobs: made, listed, told of, cancelled, billed.
public sealed partial class IonqEmulator
{
    private const int MostDensityQubits = 10;

    private static readonly TimeSpan SimulationTime = TimeSpan.FromMilliseconds(50);

    private async Task<EmulatorReply> CreateAsync(EmulatorRequest request, bool isOld, CancellationToken cancellation)
    {
        if (request.Json is not JsonObject body) throw new IonqRefusal(400, "the body must be an object");
        var backend = (string?)(body["backend"] ?? body["target"]) ?? throw new IonqRefusal(400, "\"backend\" is required", "backend");
        if (backend == "qpu") backend = _options.Device;
        if (backend != "simulator" && backend != _options.Device) throw new IonqRefusal(404, $"Backend {backend} not found", "backend");
        if (backend != "simulator" && _isRetired) throw new IonqRefusal(400, $"Backend {backend} is retired", "backend");
        var input = body["input"] as JsonObject ?? throw new IonqRefusal(400, "\"input\" is required", "input");
        var type = isOld ? "ionq.circuit.v1" : (string?)body["type"] ?? "ionq.circuit.v1";
        if (type is not ("ionq.circuit.v1" or "ionq.multi-circuit.v1" or "ionq.qasm3.v1")) throw new IonqRefusal(400, $"\"type\" {type} is not supported", "type");
        // Some clients send the number as a text.
        var shots = body["shots"] is { } given ? long.TryParse(given.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole : 0 : 100;
        if (shots is < 1 or > 1_000_000) throw new IonqRefusal(400, "\"shots\" must be >= 1", "shots");
        if (body["metadata"] is JsonObject { Count: > 10 }) throw new IonqRefusal(400, "\"metadata\" must have at most 10 keys", "metadata");
        var circuits = IonqInput.Circuits(type, input);
        var isSimulated = backend == "simulator";
        var most = isSimulated ? 29 : _calibration.Qubits.Length;
        var id = Id($"job {++_made}");
        (string, string)? refusal = circuits.Max(c => c.Circuit.QubitCount) > most ? ("NotEnoughQubits", $"{backend} has {most} qubits") : null;
        var compiled = refusal is not null || isSimulated
            ? [.. circuits.Select(c => c.Circuit)]
            : circuits.Select(c => IonqInput.Compiled(c.Circuit, c.IsNative, _target)).ToImmutableArray();
        var price = isSimulated || refusal is not null ? 0 : compiled.Sum(c => PriceOf(c, shots));
        if (refusal is null && !isSimulated && _options.Quota is { } quota && Bill.Total + _jobs.Where(j => !j.IsBilled && !j.IsDeleted).Sum(j => j.Price) + price > quota)
            refusal = ("QuotaExhaustedError", "the quota of this organization is used up");
        var job = new IonqJobRecord
        {
            Id = id, Type = type, Backend = backend, Shots = shots, Request = body, Circuits = compiled, Names = [.. circuits.Select(c => c.Name)], Widths = [.. circuits.Select(c => c.Circuit.QubitCount)], SubmittedAt = Clock.GetUtcNow(),
            Batch = new CircuitBatch(compiled, shots), IsSimulated = isSimulated, IsDryRun = (bool?)body["dry_run"] ?? false, Fault = Faults.ForNextJob(), Price = price, Refusal = refusal,
            Children = input["circuits"] is JsonArray ? [.. Enumerable.Range(0, circuits.Length).Select(k => Id($"job {id} circuit {k}"))] : [],
        };
        if (!isSimulated && refusal is null && !job.IsDryRun && job.Fault?.Kind != JobFaultKind.Stuck)
        {
            try
            {
                job.Receipt = await _twin.SubmitAsync(job.Batch, new IdempotencyKey(id), cancellation);
            }
            catch (BatchRefusedException e)
            {
                throw new IonqRefusal(400, e.Message, "input");
            }
        }
        _jobs.Add(job);
        return isOld ? EmulatorReply.Json(200, new JsonObject { ["id"] = id, ["status"] = "ready" })
            : EmulatorReply.Json(201, new JsonObject { ["id"] = id, ["status"] = "submitted", ["session_id"] = body["session_id"]?.DeepClone() });
    }

    private async Task<EmulatorReply> ListAsync(EmulatorRequest request, bool isOld, CancellationToken cancellation)
    {
        // Cirq writes the limit into the body of its GET.
        var limit = request.Query["limit"] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : request.Content.Length > 0 && request.Json?["limit"] is { } inside ? (int)inside : 50;
        var skip = request.Query["next"] is { } next ? int.Parse(next, CultureInfo.InvariantCulture) : 0;
        var visible = new List<JsonNode>();
        foreach (var job in Enumerable.Reverse(_jobs).Where(j => !j.IsDeleted && j.SubmittedAt + _options.VisibilityWindow <= Clock.GetUtcNow()))
        {
            var told = await DocumentAsync(job, null, isOld, cancellation);
            if (request.Query["status"] is { } status && (string?)told["status"] != status) continue;
            if (request.Query["target"] is { } target && !target.Split(',').Contains(job.Backend)) continue;
            if (request.Query["ids"] is { } ids && !ids.Split(',').Contains(job.Id)) continue;
            visible.Add(told);
        }
        var reply = new JsonObject { ["jobs"] = new JsonArray([.. visible.Skip(skip).Take(limit)]) };
        // The key is left out on the last page: clients ask on as long as it is there.
        if (skip + limit < visible.Count) reply["next"] = (skip + limit).ToString(CultureInfo.InvariantCulture);
        return EmulatorReply.Json(200, reply);
    }

    private async Task<EmulatorReply> JobReplyAsync(string id, bool isOld, CancellationToken cancellation)
    {
        var (job, child) = Find(id);
        return EmulatorReply.Json(200, await DocumentAsync(job, child, isOld, cancellation));
    }

    private async Task<EmulatorReply> CostAsync(string id, CancellationToken cancellation)
    {
        var (job, _) = Find(id);
        await StateAsync(job, cancellation);
        return EmulatorReply.Json(200, new JsonObject { ["dry_run"] = job.IsDryRun, ["estimated_cost"] = Usd(job.Price), ["cost"] = job.IsBilled ? Usd(job.Billed) : null });

        static JsonObject Usd(decimal value) => new() { ["value"] = value, ["unit"] = "usd" };
    }

    private EmulatorReply Estimate(EmulatorRequest request)
    {
        int Whole(string key, int fallback) => request.Query[key] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;

        var backend = request.Query["backend"] ?? _options.Device;
        if (backend != "simulator" && backend != _options.Device) return Error(404, $"Backend {backend} not found");
        var (shots, one, two) = (Whole("shots", 100), Whole("1q_gates", 0), Whole("2q_gates", 0));
        return EmulatorReply.Json(200, new JsonObject
        {
            ["estimated_at"] = Time(Clock.GetUtcNow(), false), ["estimated_unit"] = "usd", ["estimated_total_cost"] = backend == "simulator" ? 0 : PriceOf(one, two, shots),
            ["estimated_execution_time"] = 9000, ["current_predicted_queue_time"] = (long)_options.Queue.MedianWait.TotalMilliseconds, ["estimated_quantum_compute_time_us"] = 12000,
            ["rate_card"] = new JsonObject
            {
                ["id"] = Id("rates"),
                ["rates"] = new JsonArray(new JsonObject { ["sku"] = "gates", ["unit"] = "gates", ["cost_1q_gate"] = _prices.One, ["cost_2q_gate"] = _prices.Two, ["job_cost_minimum"] = _prices.Least }),
            },
        });
    }

    private async Task<EmulatorReply> CancelAsync(string id, CancellationToken cancellation)
    {
        var (job, _) = Find(id);
        if (await StateAsync(job, cancellation) is "completed" or "failed") return Error(409, "The job has ended");
        if (job.Receipt is { } receipt) await _twin.CancelAsync(receipt.Job, cancellation);
        job.IsCancelled = true;
        await StateAsync(job, cancellation);
        return EmulatorReply.Json(200, new JsonObject { ["id"] = id, ["status"] = "canceled" });
    }

    private async Task<EmulatorReply> DeleteAsync(string id, CancellationToken cancellation)
    {
        var (job, _) = Find(id);
        await StateAsync(job, cancellation);
        job.IsDeleted = true;
        return EmulatorReply.Json(200, new JsonObject { ["id"] = id, ["status"] = "deleted" });
    }

    /// <inheritdoc/>
    protected internal override async Task SettleAsync(CancellationToken cancellation)
    {
        foreach (var job in _jobs) await StateAsync(job, cancellation);
    }

    private (IonqJobRecord Job, int? Child) Find(string id)
    {
        foreach (var job in _jobs.Where(j => !j.IsDeleted))
        {
            if (job.Id == id) return (job, null);
            if (job.Children.IndexOf(id) is >= 0 and var child) return (job, child);
        }
        throw new IonqRefusal(404, $"Job {id} not found");
    }

    /// <summary>How a job stands; what it costs is billed when it has ended.</summary>
    private async Task<string> StateAsync(IonqJobRecord job, CancellationToken cancellation)
    {
        if (job.Refusal is not null) return "failed";
        var now = Clock.GetUtcNow();
        string state;
        if (job.IsDryRun) state = "completed";
        else if (job.IsCancelled) state = "canceled";
        else if (job.Fault?.Kind == JobFaultKind.Stuck) state = "ready";
        else if (job.IsSimulated) state = now - job.SubmittedAt >= SimulationTime || job.Fault is not null ? "completed" : "ready";
        else
        {
            state = (await _twin.PollAsync(job.Receipt!.Job, cancellation)).State switch
            {
                JobState.Queued => "ready", JobState.Running => "started", JobState.Completed => "completed", JobState.Cancelled => "canceled", _ => "failed",
            };
        }
        if (state == "completed" && job.Fault?.Kind == JobFaultKind.Fail) state = "failed";
        if (state is "completed" or "canceled" && !job.IsBilled && !job.IsSimulated && !job.IsDryRun)
        {
            var done = job.Receipt is { } receipt ? (await _twin.ResultsAsync(receipt.Job, job.Batch, cancellation)).Circuits : [];
            var billed = job.Circuits.Where((_, k) => k < done.Length && done[k] is not null && !HasFailed(job, k)).ToList();
            (job.IsBilled, job.Billed) = (true, billed.Sum(c => PriceOf(c, job.Shots)));
            if (job.Billed > 0) Bill.Add(new BillLine(job.Id, (string?)job.Request["name"], new Money(job.Billed, "USD"), now, billed.Count, job.Shots));
        }
        else if (state == "failed") job.IsBilled = true;
        return state;
    }

    private static bool HasFailed(IonqJobRecord job, int circuit) => job.Fault?.Kind == JobFaultKind.FailPartWay && circuit >= (job.Circuits.Length + 1) / 2;

    private async Task<JsonObject> DocumentAsync(IonqJobRecord job, int? child, bool isOld, CancellationToken cancellation)
    {
        var state = await StateAsync(job, cancellation);
        if (child is { } c && state == "completed" && HasFailed(job, c)) state = "failed";
        if (child is null && job.Children.IsEmpty && state == "completed" && HasFailed(job, 0)) state = "failed";
        var failure = state == "failed" ? job.Refusal ?? (job.Fault?.Code ?? "QuantumComputerError", "the quantum computer had an error while the job ran") : null as (string Code, string Message)?;
        var told = job.Fault?.Kind == JobFaultKind.UnknownState && state != "completed" ? "reticulating" : state;
        var results = job.Receipt is { } receipt ? await _twin.ResultsAsync(receipt.Job, job.Batch, cancellation) : null;
        var started = job.IsSimulated ? job.SubmittedAt : state is "ready" || results is null ? (DateTimeOffset?)null : job.SubmittedAt + results.QueueTime;
        var duration = results is null ? TimeSpan.Zero : results.Circuits.Aggregate(TimeSpan.Zero, (sum, r) => sum + (r?.Duration ?? TimeSpan.Zero));
        var ended = state is "completed" or "failed" or "canceled" ? started + duration ?? job.SubmittedAt : (DateTimeOffset?)null;
        var wait = results?.QueueTime ?? TimeSpan.Zero;
        var document = new JsonObject
        {
            ["id"] = child is { } k ? job.Children[k] : job.Id, ["type"] = child is null ? job.Type : "ionq.circuit.v1", ["status"] = told, ["name"] = job.Request["name"]?.DeepClone(),
            ["shots"] = job.Shots, ["metadata"] = job.Request["metadata"]?.DeepClone() ?? new JsonObject(),
            ["failure"] = failure is { } f ? new JsonObject { ["code"] = f.Code, ["message"] = f.Message, ["error"] = f.Message } : null,
            ["parent_job_id"] = child is null ? null : job.Id,
        };
        var qubits = job.Circuits.Max(c => c.QubitCount);
        if (isOld)
        {
            document["target"] = job.Backend;
            document["qubits"] = qubits;
            (document["request"], document["start"], document["response"]) = (Time(job.SubmittedAt, true), Time(started, true), Time(ended, true));
            document["execution_time"] = ended is null ? null : (long)duration.TotalMilliseconds;
            document["predicted_execution_time"] = (long)duration.TotalMilliseconds;
            document["children"] = Children();
            if (job.IsBilled) document["cost_usd"] = job.Billed;
            if (state == "completed") document["results_url"] = $"/v0.3/jobs/{document["id"]}/results";
            return document;
        }
        document["backend"] = job.Backend;
        document["dry_run"] = job.IsDryRun;
        document["noise"] = job.Request["noise"]?.DeepClone();
        document["settings"] = job.Request["settings"]?.DeepClone() ?? new JsonObject();
        (document["submitter_id"], document["project_id"], document["session_id"]) = (Id("submitter"), Id("project"), job.Request["session_id"]?.DeepClone());
        document["child_job_ids"] = Children();
        (document["submitted_at"], document["started_at"], document["completed_at"]) = (Time(job.SubmittedAt, false), Time(started, false), Time(ended, false));
        (document["predicted_wait_time_ms"], document["predicted_execution_duration_ms"]) = ((long)wait.TotalMilliseconds, (long)duration.TotalMilliseconds);
        document["execution_duration_ms"] = ended is null ? null : (long)duration.TotalMilliseconds;
        document["cost_model"] = "quantum_compute_time";
        document["stats"] = new JsonObject
        {
            ["qubits"] = qubits, ["circuits"] = child is null ? job.Circuits.Length : 1,
            ["gate_counts"] = new JsonObject { ["1q"] = Gates(1), ["2q"] = Gates(2) },
        };
        document["output"] = new JsonObject();
        document["results"] = state != "completed" || job.IsDryRun ? null : new JsonObject(
            new[] { "probabilities", "histogram", "shots" }.Select(form => KeyValuePair.Create(form, (JsonNode?)new JsonObject { ["url"] = $"/v0.4/jobs/{document["id"]}/results/{form}" })));
        return document;

        JsonArray? Children() => child is not null || job.Children.IsEmpty ? null : new JsonArray([.. job.Children.Select(i => (JsonNode?)i)]);

        int Gates(int on) => (child is { } one ? [job.Circuits[one]] : job.Circuits).Sum(x => x.Operations.Count(o => o is GateOperation && o.Qubits.Length == on));
    }

    private async Task<EmulatorReply> ResultsAsync(string id, string form, CancellationToken cancellation)
    {
        var (job, child) = Find(id);
        if (await StateAsync(job, cancellation) != "completed" || job.IsDryRun || child is { } failed && HasFailed(job, failed)) return Error(404, "The job has no results");
        var of = job;
        // What another customer measured.
        if (job.Fault?.Kind == JobFaultKind.OtherResults && _jobs.Find(j => j.Id != job.Id && j.Circuits.Length == job.Circuits.Length) is { } other) of = other;
        var outcomes = of.Outcomes ??= await MeasureAsync(of, cancellation);
        if (job.Fault?.Kind == JobFaultKind.FewerShots) outcomes = [.. outcomes.Select(o => Fewer(o, job.Shots))];
        if (form is "aggregated" || form == "old" && !job.Children.IsEmpty && child is null)
        {
            var all = new JsonObject();
            for (var k = 0; k < outcomes.Length; k++)
                if (!HasFailed(job, k)) all[of.Children.IsEmpty ? job.Id : of.Children[k]] = Shares(outcomes[k]!);
            return EmulatorReply.Json(200, all);
        }
        var one = outcomes[child ?? 0]!;
        return form switch
        {
            "probabilities" or "old" => EmulatorReply.Json(200, Shares(one)),
            "histogram" => EmulatorReply.Json(200, new JsonObject(one.Select(o => KeyValuePair.Create(o.Key, (JsonNode?)JsonValue.Create((long)Math.Round(o.Value * job.Shots)))))),
            "shots" => EmulatorReply.Json(200, new JsonArray([.. one.SelectMany(o => Enumerable.Repeat((JsonNode?)o.Key, (int)Math.Round(o.Value * job.Shots)))])),
            _ => Error(404, "Not found"),
        };

        static JsonObject Shares(IReadOnlyDictionary<string, double> outcome) => new(outcome.Select(o => KeyValuePair.Create(o.Key, (JsonNode?)JsonValue.Create(o.Value))));

        static Dictionary<string, double>? Fewer(IReadOnlyDictionary<string, double>? outcome, long shots)
        {
            // Ten shots in a hundred are lost, of whatever is the likeliest.
            var result = outcome?.ToDictionary();
            if (result is not { Count: > 0 }) return result;
            var likeliest = result.MaxBy(o => o.Value).Key;
            result[likeliest] = Math.Max(0, result[likeliest] - Math.Ceiling(shots * 0.1) / shots);
            return result;
        }
    }

    private async Task<IReadOnlyDictionary<string, double>?[]> MeasureAsync(IonqJobRecord job, CancellationToken cancellation)
    {
        var result = new IReadOnlyDictionary<string, double>?[job.Circuits.Length];
        if (!job.IsSimulated)
        {
            var counts = await _twin.ResultsAsync(job.Receipt!.Job, job.Batch, cancellation);
            for (var k = 0; k < result.Length; k++)
                result[k] = WithIdleQubits(counts.Circuits[k]!.Counts, job, k).ToDictionary(c => Text(c.Key), c => (double)c.Value / job.Shots);
            return result;
        }
        var model = (string?)job.Request["noise"]?["model"] ?? "ideal";
        for (var k = 0; k < result.Length; k++)
        {
            if (model == "ideal") result[k] = Simulator.Probabilities(CompiledCircuit.From(job.Circuits[k]), default).Where(p => p.Value > 1e-12).ToDictionary(p => Text(p.Key), p => p.Value);
            else
            {
                var noisy = new DeviceNoiseSource(IonqDevices.Calibration("qpu." + model)).Prepare(job.Circuits[k]);
                var seed = ((ulong?)(long?)job.Request["noise"]?["seed"] ?? _options.Seed) + (ulong)k;
                var counts = noisy.Circuit.QubitCount <= MostDensityQubits
                    ? NoisySimulator.Run(DensityProgram.From(noisy), default, job.Shots, seed) : TrajectorySimulator.Run(TrajectoryProgram.From(noisy), default, (int)job.Shots, seed);
                result[k] = counts.ToDictionary(c => Text(c.Outcome), c => (double)c.Count / job.Shots);
            }
        }
        return result;

        static string Text(ulong outcome) => outcome.ToString(CultureInfo.InvariantCulture);
    }

    // Each shot of a qubit that nothing was done to is 0, or misread as 1.
    private Dictionary<ulong, long> WithIdleQubits(Counts counts, IonqJobRecord job, int circuit)
    {
        var measured = job.Circuits[circuit].Operations.OfType<Measure>().Select(m => m.Bit).ToHashSet();
        int[] idle = [.. Enumerable.Range(0, job.Widths[circuit]).Where(q => !measured.Contains(q))];
        var error = _calibration.EveryQubit is { } every ? (every.OneGivenZero ?? every.ReadoutError)?.Value ?? 0 : 0;
        if (idle.Length == 0 || error == 0) return counts.ToDictionary(c => c.Outcome, c => c.Count);
        var random = new RandomStream(job.Batch.Seed, (ulong)circuit);
        var result = new Dictionary<ulong, long>();
        foreach (var (outcome, count) in counts)
            for (long shot = 0; shot < count; shot++)
            {
                var read = outcome;
                foreach (var q in idle)
                    if (random.NextDouble() < error) read |= 1UL << q;
                result[read] = result.GetValueOrDefault(read) + 1;
            }
        return result;
    }
}
