using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using QTrain.Devices;
using QTrain.Numerics;

namespace QTrain.Providers.Rest;

/// <summary>Puts credentials on a request.</summary>
/// <param name="request">The request, whole.</param>
/// <param name="isRefused">Whether the last credentials were refused.</param>
/// <param name="cancellation">Stops waiting.</param>
internal delegate ValueTask Authenticate(HttpRequestMessage request, bool isRefused, CancellationToken cancellation);

/// <summary>A provider's own way to say what went wrong.</summary>
/// <returns>The fault; null where the reply is none, or the usual meaning of its status holds.</returns>
internal delegate BackendFaultException? FaultOf(RestReply reply, RestEffect effect);

/// <summary>One provider's REST service: requests with credentials, repeated within bounds where that is safe, and faults in the words of <see cref="IBackend"/>.</summary>
/// <remarks>A request that must not be done twice is sent once, and again only with new credentials after the old ones were refused. Its fault says whether it may have taken effect;
/// trying again is for the caller, who knows whether it still may: waiting here it could outlive its right to.</remarks>
internal sealed class RestApi : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _provider;
    private readonly Uri _root;
    private readonly Authenticate _authenticate;
    private readonly FaultOf _faultOf;
    private readonly RestOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private RandomStream _jitter;

    public RestApi(string provider, Uri root, Authenticate authenticate, FaultOf faultOf, RestOptions options, TimeProvider time, HttpMessageHandler? handler = null)
    {
        (_provider, _root, _authenticate, _faultOf, _options, _time) = (provider, root, authenticate, faultOf, options, time);
        _http = handler is null ? new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) : new HttpClient(handler, disposeHandler: false);
        _http.Timeout = Timeout.InfiniteTimeSpan;
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("QTrain", typeof(RestApi).Assembly.GetName().Version?.ToString(3) ?? "0"));
        // Waits are not results: they may differ from process to process, so that many do not come back at once.
        _jitter = new RandomStream((ulong)Environment.ProcessId, (ulong)TimeProvider.System.GetTimestamp());
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Reads something, and what it means: an answer that cannot be read is asked for again.</summary>
    public Task<T> ReadAsync<T>(string path, Func<RestReply, T> meaning, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, RestEffect.Repeatable, meaning, null, cancellation);

    /// <summary>Reads something of a job.</summary>
    /// <exception cref="UnknownJobException">The service has no such job.</exception>
    public Task<T> ReadAsync<T>(string path, string backend, JobId job, Func<RestReply, T> meaning, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, path, null, RestEffect.Repeatable, meaning, reply => reply.Status == HttpStatusCode.NotFound ? new UnknownJobException(backend, job) : null, cancellation);

    /// <summary>Sends a request.</summary>
    /// <param name="method">How.</param>
    /// <param name="path">Where, relative to the root, or absolute.</param>
    /// <param name="body">A body; JSON where it is a string, and anything else as it is.</param>
    /// <param name="effect">Whether it may be repeated.</param>
    /// <param name="meaning">What the answer means; it may throw a <see cref="JsonException"/>.</param>
    /// <param name="otherFault">What else the answer may say that is no fault of the service.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="BackendFaultException">It did not go as it should.</exception>
    public async Task<T> SendAsync<T>(
        HttpMethod method, string path, Func<HttpContent>? body, RestEffect effect, Func<RestReply, T> meaning, Func<RestReply, QuantumException?>? otherFault, CancellationToken cancellation)
    {
        var (uri, refused) = (new Uri(_root, path), false);
        var name = $"{method} {uri.AbsolutePath}";
        for (var attempt = 1; ; attempt++)
        {
            BackendFaultException fault;
            try
            {
                var reply = await OnceAsync(method, uri, name, body, refused, cancellation);
                if (reply.Status == HttpStatusCode.Unauthorized && !refused)
                {
                    // A key that was changed: read anew, once. A request that was refused did nothing.
                    (refused, attempt) = (true, attempt - 1);
                    continue;
                }
                if (otherFault?.Invoke(reply) is { } other) throw other;
                if ((_faultOf(reply, effect) ?? UsualFault(reply, effect)) is not { } found) return meaning(reply);
                fault = found;
            }
            catch (HttpRequestException e)
            {
                var left = e.HttpRequestError is not (HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError);
                fault = new BackendFaultException(
                    BackendFaultKind.Unavailable, left && effect == RestEffect.Once, $"{_provider} could not be reached ({name}): {Reason(e)}.", inner: e);
            }
            catch (JsonException e)
            {
                fault = new BackendFaultException(BackendFaultKind.Malformed, effect == RestEffect.Once, $"{_provider} answered {name} with something that its protocol does not know: {e.Message}.", inner: e);
            }
            catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                fault = new BackendFaultException(
                    BackendFaultKind.Unavailable, effect == RestEffect.Once, $"{_provider} did not answer {name} within {_options.Timeout.TotalSeconds:0.#} s.", inner: e);
            }
            if (effect == RestEffect.Once || !fault.IsTransient || attempt >= _options.Attempts || fault.RetryAfter > _options.LongestDelay) throw fault;
            await Task.Delay(fault.RetryAfter ?? Backoff(attempt), _time, cancellation);
        }
    }

    /// <summary>JSON as a body.</summary>
    public static Func<HttpContent> Json(string text) => () => new StringContent(text, Encoding.UTF8, "application/json");

    private async Task<RestReply> OnceAsync(HttpMethod method, Uri uri, string name, Func<HttpContent>? body, bool refused, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, uri) { Content = body?.Invoke() };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        await _authenticate(request, refused, cancellation);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(_options.Timeout);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        try
        {
            return new RestReply(name, response.StatusCode, response.Headers, await response.Content.ReadAsByteArrayAsync(timeout.Token));
        }
        catch (HttpIOException e)
        {
            throw new HttpRequestException(e.HttpRequestError, e.Message, e);
        }
    }

    private BackendFaultException? UsualFault(RestReply reply, RestEffect effect)
    {
        if (reply.IsSuccess) return null;
        var once = effect == RestEffect.Once;
        var status = (int)reply.Status;
        var (kind, mayHave) = status switch
        {
            401 => (BackendFaultKind.Unauthenticated, false),
            402 => (BackendFaultKind.QuotaExhausted, false),
            403 => (BackendFaultKind.Forbidden, false),
            408 or (>= 500 and < 600 and not 501) => (BackendFaultKind.Unavailable, once),
            410 => (BackendFaultKind.Retired, false),
            429 => (BackendFaultKind.RateLimited, false),
            _ => (BackendFaultKind.Refused, false),
        };
        return new BackendFaultException(kind, mayHave, $"{_provider} answered {reply.Request} with {status}: {reply.Excerpt}", reply.RetryAfter(_time.GetUtcNow()));
    }

    private TimeSpan Backoff(int attempt)
    {
        double jitter;
        lock (_lock) jitter = 0.75 + 0.5 * _jitter.NextDouble();
        var delay = _options.FirstDelay * Math.Pow(2, Math.Min(attempt - 1, 20)) * jitter;
        return delay < _options.LongestDelay ? delay : _options.LongestDelay;
    }

    private static string Reason(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name is not known here",
        HttpRequestError.ConnectionError => "nobody listens there",
        HttpRequestError.SecureConnectionError => "no secure connection could be made",
        HttpRequestError.ResponseEnded => "the connection ended before the answer did",
        _ => e.Message.TrimEnd('.'),
    };
}
