using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using QTrain.Emulators.Http;

namespace QTrain.Emulators.Faults;

/// <summary>What goes wrong with a request.</summary>
public enum HttpFaultKind
{
    /// <summary>Only late.</summary>
    Latency,

    /// <summary>The connection ends before anything is done.</summary>
    Drop,

    /// <summary>It is done, and the connection ends before the answer.</summary>
    DropAfter,

    /// <summary>Nothing is done, and nothing is answered.</summary>
    TimeoutBefore,

    /// <summary>It is done, and nothing is answered.</summary>
    TimeoutAfter,

    /// <summary>Nothing is done; it is refused with a status.</summary>
    Status,

    /// <summary>It is done, and the answer is no answer.</summary>
    Malformed,

    /// <summary>It is done, and half of the answer comes.</summary>
    Truncated,
}

/// <summary>A fault of a request.</summary>
/// <param name="Kind">What goes wrong.</param>
public sealed record HttpFault(HttpFaultKind Kind)
{
    /// <summary>Which requests, as a regular expression over method and path, such as <c>POST .*/jobs$</c>.</summary>
    public string On { get; init; } = ".*";

    /// <summary>How many of them; null: all from now on.</summary>
    public int? Times { get; init; } = 1;

    /// <summary>How many of them go well before.</summary>
    public int After { get; init; }

    /// <summary>The status of a refusal.</summary>
    public int Status { get; init; } = 503;

    /// <summary>What the refusal says of when to come again.</summary>
    public double? RetryAfterSeconds { get; init; }

    /// <summary>How late.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>How long an answer is kept back before the connection ends; null: for minutes.</summary>
    public TimeSpan? Hang { get; init; }
}

/// <summary>What goes wrong with jobs.</summary>
public enum JobFaultKind
{
    /// <summary>It ends without.</summary>
    Fail,

    /// <summary>Its last circuits end without, the others are done.</summary>
    FailPartWay,

    /// <summary>It never begins.</summary>
    Stuck,

    /// <summary>It is told to be in a state that nobody knows.</summary>
    UnknownState,

    /// <summary>It gives fewer shots than were asked for.</summary>
    FewerShots,

    /// <summary>It gives what another job measured.</summary>
    OtherResults,
}

/// <summary>A fault of the next jobs.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Times">With how many jobs.</param>
/// <param name="Code">The provider's word for it; null: its usual one.</param>
public sealed record JobFault(JobFaultKind Kind, int Times = 1, string? Code = null);

/// <summary>The faults that are to come.</summary>
public sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly List<(HttpFault Fault, Regex On, int Seen)> _http = [];
    private readonly List<(JobFault Fault, int Seen)> _jobs = [];

    /// <summary>Adds a fault of requests.</summary>
    public void Add(HttpFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        lock (_lock) _http.Add((fault, new Regex(fault.On, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), 0));
    }

    /// <summary>Adds a fault of jobs.</summary>
    public void Add(JobFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        lock (_lock) _jobs.Add((fault, 0));
    }

    /// <summary>Adds a fault as JSON, such as <c>{"kind": "timeout-after", "on": "POST .*/jobs$"}</c> or <c>{"kind": "stuck"}</c>.</summary>
    /// <returns>How many faults there are.</returns>
    /// <exception cref="FormatException">It is none; says what is allowed.</exception>
    public int Add(JsonObject fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var kind = ((string?)fault["kind"] ?? "").Replace("-", "", StringComparison.Ordinal);
        if (Enum.TryParse<HttpFaultKind>(kind, ignoreCase: true, out var http) && !int.TryParse(kind, out _))
            Add(new HttpFault(http)
            {
                On = (string?)fault["on"] ?? ".*",
                Times = fault.ContainsKey("times") ? (int?)fault["times"] : 1,
                After = (int?)fault["after"] ?? 0,
                Status = (int?)fault["status"] ?? 503,
                RetryAfterSeconds = (double?)fault["retryAfter"],
                Delay = (double?)fault["delay"] is { } delay ? TimeSpan.FromSeconds(delay) : null,
                Hang = (double?)fault["hang"] is { } hang ? TimeSpan.FromSeconds(hang) : null,
            });
        else if (Enum.TryParse<JobFaultKind>(kind, ignoreCase: true, out var job) && !int.TryParse(kind, out _)) Add(new JobFault(job, (int?)fault["times"] ?? 1, (string?)fault["code"]));
        else
            throw new FormatException($"'{(string?)fault["kind"]}' is no fault: requests have latency, drop, drop-after, timeout-before, timeout-after, status, malformed, truncated; "
                + "jobs have fail, fail-part-way, stuck, unknown-state, fewer-shots, other-results.");
        lock (_lock) return _http.Count + _jobs.Count;
    }

    /// <summary>Forgets all faults.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _http.Clear();
            _jobs.Clear();
        }
    }

    /// <summary>What goes wrong with a request; null: nothing.</summary>
    internal HttpFault? For(EmulatorRequest request)
    {
        var name = $"{request.Method} {request.Path}";
        lock (_lock)
        {
            for (var k = 0; k < _http.Count; k++)
            {
                var (fault, on, seen) = _http[k];
                if (!on.IsMatch(name)) continue;
                _http[k] = (fault, on, seen + 1);
                if (seen >= fault.After && (fault.Times is not { } times || seen < fault.After + times)) return fault;
            }
        }
        return null;
    }

    /// <summary>What goes wrong with the next job; null: nothing.</summary>
    internal JobFault? ForNextJob()
    {
        lock (_lock)
        {
            for (var k = 0; k < _jobs.Count; k++)
            {
                var (fault, seen) = _jobs[k];
                if (seen >= fault.Times) continue;
                _jobs[k] = (fault, seen + 1);
                return fault;
            }
        }
        return null;
    }
}
