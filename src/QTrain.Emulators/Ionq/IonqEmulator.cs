using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Emulators.Faults;
using QTrain.Emulators.Http;
using QTrain.Simulation;
using QTrain.Transpilation;

namespace QTrain.Emulators.Ionq;

/// <summary>IonQ's Quantum Cloud REST API, v0.4 and v0.3, on a device twin.</summary>
/// <remarks>Follows the provider's OpenAPI and what published clients send and read. What the service does not do is not done here either: there are no idempotency
/// keys, and a new job is not listed at once.</remarks>
public sealed partial class IonqEmulator : ProviderEmulator
{
    private readonly IonqEmulatorOptions _options;
    private readonly List<IonqJobRecord> _jobs = [];
    private readonly Queue<DateTimeOffset> _requests = new();
    private readonly Target _target;
    private readonly DateTimeOffset _began;
    private DeviceTwin _twin;
    private Calibration _calibration;
    private (decimal One, decimal Two, decimal Least) _prices;
    private bool _isRetired;
    private int _made;

    /// <summary>An emulated service.</summary>
    /// <param name="options">What it is made of.</param>
    /// <param name="clock">The time of its world; null: it runs as ours does.</param>
    public IonqEmulator(IonqEmulatorOptions? options = null, TimeProvider? clock = null) : base(clock ?? new EmulatorClock())
    {
        _options = options ?? new IonqEmulatorOptions();
        _calibration = _options.Calibration ?? IonqDevices.Calibration(_options.Device);
        _began = Clock.GetUtcNow();
        _twin = Twin(_calibration, _began);
        _target = _calibration.ToTarget();
        _prices = (_options.OneQubitGatePrice, _options.TwoQubitGatePrice, _options.LeastPrice);
    }

    /// <inheritdoc/>
    protected internal override EmulatorReply Error(int status, string message) => Error(status, message, []);

    private static EmulatorReply Error(int status, string message, IReadOnlyList<string> keys)
    {
        var body = new JsonObject
        {
            ["statusCode"] = status,
            ["error"] = status switch
            {
                400 => "Bad Request", 401 => "Unauthorized Error", 403 => "Forbidden", 404 => "Not Found Error", 409 => "Conflict", 413 => "Payload Too Large", 429 => "Too Many Requests",
                502 => "Bad Gateway", 503 => "Service Unavailable", _ => "Internal Server Error",
            },
            ["message"] = message,
        };
        if (status == 400) body["validation"] = new JsonObject { ["source"] = "body", ["keys"] = new JsonArray([.. keys.Select(k => (JsonNode?)k)]) };
        return EmulatorReply.Json(status, body);
    }

    /// <inheritdoc/>
    protected internal override async Task<EmulatorReply> HandleAsync(EmulatorRequest request, CancellationToken cancellation)
    {
        if (request.Segments is not [("v0.4" or "v0.3") and var version, .. var path]) return Error(404, "Not found");
        var isOld = version == "v0.3";
        var isOpen = request.Method == "GET" && path is ["backends", ..] or ["characterizations", "backends", _];
        if (!isOpen && !IsKnown(request.Headers["Authorization"])) return Error(401, "Invalid key provided");
        if (!isOpen && _options.RequestsPerMinute is { } most && IsTooOften(most)) return Error(429, "Too many requests").With("Retry-After", "1");
        if (request.Content.Length > 10 << 20) return Error(413, "Payload content length greater than maximum allowed: 10485760");
        try
        {
            return (request.Method, path) switch
            {
                ("GET", ["whoami"]) => EmulatorReply.Json(200, new JsonObject { ["key_id"] = Id("key"), ["key_name"] = "emulated", ["project_id"] = Id("project") }),
                ("GET", ["backends"]) => EmulatorReply.Json(200, new JsonArray([.. Backends(isOld)])),
                ("GET", ["backends", var name]) => Backends(isOld).FirstOrDefault(b => (string?)b["backend"] == name) is { } found ? EmulatorReply.Json(200, found) : Error(404, $"Backend {name} not found"),
                ("GET", ["backends", var name, "characterizations"]) when !isOld => Characterizations(name, request, isOld),
                ("GET", ["backends", var name, "characterizations", var id]) when !isOld => Characterization(name, id, isOld),
                ("GET", ["characterizations", "backends", var name]) when isOld => Characterizations(name, request, isOld),
                ("GET", ["characterizations", "backends", var name, "current"]) when isOld => EmulatorReply.Json(200, CharacterizationAt(Clock.GetUtcNow(), name, isOld)),
                ("GET", ["calibrations", "current"]) => EmulatorReply.Json(200, CharacterizationAt(Clock.GetUtcNow(), _options.Device, true)),
                ("POST", ["jobs"]) => await CreateAsync(request, isOld, cancellation),
                ("GET", ["jobs"]) => await ListAsync(request, isOld, cancellation),
                ("GET", ["jobs", "estimate"]) => Estimate(request),
                ("GET", ["jobs", var id]) => await JobReplyAsync(id, isOld, cancellation),
                ("GET", ["jobs", var id, "cost"]) => await CostAsync(id, cancellation),
                ("GET", ["jobs", var id, "results"]) when isOld => await ResultsAsync(id, "old", cancellation),
                ("GET", ["jobs", var id, "results", var form]) when !isOld => await ResultsAsync(id, form, cancellation),
                ("GET", ["jobs", var id, "results", "probabilities", "aggregated"]) when !isOld => await ResultsAsync(id, "aggregated", cancellation),
                ("PUT", ["jobs", var id, "status", "cancel"]) => await CancelAsync(id, cancellation),
                ("DELETE", ["jobs", var id]) => await DeleteAsync(id, cancellation),
                _ => Error(404, "Not found"),
            };
        }
        catch (IonqRefusal refusal)
        {
            return Error(refusal.Status, refusal.Message, refusal.Keys);
        }
    }

    /// <inheritdoc/>
    protected internal override EmulatorReply? Change(ImmutableArray<string> what, JsonObject options)
    {
        switch (what)
        {
            case ["recalibrate"]:
                // As if the device had been looked at anew: what was true has moved, and is told.
                var now = Clock.GetUtcNow();
                var factor = (double?)options["factor"] ?? 1.25;
                _calibration = IonqDevices.Scaled(_calibration, factor, now);
                _twin = Twin(_calibration, now);
                return EmulatorReply.Empty(204);
            case ["prices"]:
                _prices = ((decimal?)options["oneQubitGate"] ?? _prices.One, (decimal?)options["twoQubitGate"] ?? _prices.Two, (decimal?)options["least"] ?? _prices.Least);
                return EmulatorReply.Empty(204);
            case ["retire"]:
                _isRetired = true;
                return EmulatorReply.Empty(204);
            default:
                return null;
        }
    }

    private DeviceTwin Twin(Calibration calibration, DateTimeOffset epoch) => new(calibration, new TwinOptions
    {
        Name = _options.Device, Seed = _options.Seed, Queue = _options.Queue, Drift = _options.Drift, Epoch = epoch,
    }, Clock);

    private bool IsKnown(string? authorization) => authorization?.Split(' ', 2) is ["apiKey", var key] && Keys.Contains(key);

    private bool IsTooOften(int most)
    {
        var now = Clock.GetUtcNow();
        while (_requests.TryPeek(out var first) && now - first > TimeSpan.FromMinutes(1)) _requests.Dequeue();
        if (_requests.Count >= most) return true;
        _requests.Enqueue(now);
        return false;
    }

    // Names that look random, and are the same in every run.
    private string Id(string of) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{_options.Seed} {of}")).AsSpan(0, 16)).ToString();

    private string Status => _isRetired ? "retired" : _twin.StatusAsync(default).GetAwaiter().GetResult().IsOnline ? "available" : "unavailable";

    private IEnumerable<JsonObject> Backends(bool isOld)
    {
        yield return new JsonObject
        {
            ["backend"] = "simulator", ["status"] = "available", ["qubits"] = 29, ["average_queue_time"] = 0, ["last_updated"] = Time(Clock.GetUtcNow(), isOld), ["degraded"] = false,
            ["noise_models"] = new JsonArray("ideal", "aria-1", "forte-1"),
        };
        yield return new JsonObject
        {
            ["backend"] = _options.Device, ["status"] = Status, ["qubits"] = _calibration.Qubits.Length, ["average_queue_time"] = (long)_options.Queue.MedianWait.TotalMilliseconds,
            ["last_updated"] = Time(Clock.GetUtcNow(), isOld), ["degraded"] = false, ["location"] = "an emulator",
            ["characterization_id"] = CharacterizationId(ReportedAt(Clock.GetUtcNow())),
            ["supported_gates"] = new JsonArray("x", "y", "z", "rx", "ry", "rz", "h", "cnot", "swap", "xx", "zz"),
            ["supported_native_gates"] = new JsonArray([.. _calibration.NativeGates.Select(g => (JsonNode?)(g == "rzz" ? "zz" : g))]),
            ["supported_error_mitigations"] = new JsonArray("debiasing"),
        };
    }

    // Characterizations: one for every recalibration since the beginning.

    private DateTimeOffset ReportedAt(DateTimeOffset at) => _twin.CalibratedAt(at);

    private string CharacterizationId(DateTimeOffset at) => Id("characterization " + at.ToString("O", CultureInfo.InvariantCulture));

    private JsonObject CharacterizationAt(DateTimeOffset at, string backend, bool isOld) =>
        IonqDevices.Characterization(_twin.ReportedCalibration(at), CharacterizationId(ReportedAt(at)), backend, ReportedAt(at), isOld);

    private List<DateTimeOffset> History()
    {
        var (now, all) = (Clock.GetUtcNow(), new List<DateTimeOffset>());
        for (var at = ReportedAt(now); all.Count < 1000; at = ReportedAt(at - TimeSpan.FromTicks(1)))
        {
            all.Add(at);
            if (at <= _twin.Epoch) break;
        }
        return all;
    }

    private EmulatorReply Characterizations(string name, EmulatorRequest request, bool isOld)
    {
        if (name == "simulator") return EmulatorReply.Json(200, new JsonObject { ["characterizations"] = null, ["pages"] = 0 });
        if (name != _options.Device) return Error(404, $"Backend {name} not found");
        var limit = request.Query["limit"] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 10;
        var page = request.Query["page"] is { } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : 1;
        if (limit is < 1 or > 10 || page < 1) throw new IonqRefusal(400, "\"limit\" must be between 1 and 10", "limit");
        IEnumerable<DateTimeOffset> history = History();
        if (Day(request.Query["start"]) is { } start) history = history.Where(h => h >= start);
        if (Day(request.Query["end"]) is { } end) history = history.Where(h => h < end);
        var all = history.ToList();
        var shown = all.Skip((page - 1) * limit).Take(limit).Select(at => (JsonNode)CharacterizationAt(at, name, isOld)).ToArray();
        return EmulatorReply.Json(200, new JsonObject
        {
            ["characterizations"] = shown.Length == 0 ? null : new JsonArray(shown), ["pages"] = Math.Max(0, (all.Count + limit - 1) / limit - page),
        });

        static DateTimeOffset? Day(string? text) =>
            text is null ? null : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : throw new IonqRefusal(400, "dates must be ISO 8601", "start");
    }

    private EmulatorReply Characterization(string name, string id, bool isOld) =>
        name == _options.Device && History().Select(at => ((DateTimeOffset?)at)).FirstOrDefault(at => CharacterizationId(at!.Value) == id) is { } found
            ? EmulatorReply.Json(200, CharacterizationAt(found, name, isOld)) : Error(404, "Characterization not found");

    private static JsonValue? Time(DateTimeOffset? at, bool isOld) => at is not { } time ? null
        : isOld ? JsonValue.Create(time.ToUnixTimeMilliseconds() / 1000.0) : JsonValue.Create(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));

    private decimal PriceOf(Circuit circuit, long shots) => PriceOf(
        circuit.Operations.Count(o => o is GateOperation { Qubits.Length: 1 }), circuit.Operations.Count(o => o is GateOperation { Qubits.Length: 2 }), shots);

    private decimal PriceOf(int one, int two, long shots) => Math.Max(_prices.Least, shots * (one * _prices.One + two * _prices.Two));
}
