using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using QTrain.Devices;
using QTrain.Emulators.Faults;

namespace QTrain.Emulators.Http;

/// <summary>An emulated provider on a port of this machine.</summary>
/// <remarks>It listens on the loopback address alone. What is not the provider's lies under <c>/_emulator</c>: the clock, faults, the bill and the requests that came.</remarks>
public sealed class EmulatorServer : IAsyncDisposable
{
    private const int RequestsKept = 10_000;
    private static readonly TimeSpan LongestHang = TimeSpan.FromMinutes(10);

    private readonly ProviderEmulator _provider;
    private readonly HttpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _lock = new();
    private readonly Queue<string> _requests = new();
    private readonly Task _loop;

    private EmulatorServer(ProviderEmulator provider, HttpListener listener, Uri root)
    {
        (_provider, _listener, Root) = (provider, listener, root);
        _loop = LoopAsync();
    }

    /// <summary>Where it is, ending with a slash.</summary>
    public Uri Root { get; }

    /// <summary>The requests that came, the latest last.</summary>
    public ImmutableArray<string> Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    /// <summary>Starts a server.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="port">The port; 0: a free one.</param>
    /// <exception cref="QuantumException">The port is taken.</exception>
    public static EmulatorServer Start(ProviderEmulator provider, int port = 0)
    {
        ArgumentNullException.ThrowIfNull(provider);
        for (var attempt = 1; ; attempt++)
        {
            var at = port == 0 ? FreePort() : port;
            var root = new Uri($"http://127.0.0.1:{at}/");
            var listener = new HttpListener { IgnoreWriteExceptions = true };
            listener.Prefixes.Add(root.ToString());
            listener.Prefixes.Add($"http://localhost:{at}/");
            try
            {
                listener.Start();
                return new EmulatorServer(provider, listener, root);
            }
            // Between finding a free port and listening on it another may take it.
            catch (HttpListenerException) when (port == 0 && attempt < 20)
            {
                listener.Close();
            }
            catch (HttpListenerException e)
            {
                listener.Close();
                throw new QuantumException($"Port {at} of 127.0.0.1 cannot be listened on: {e.Message} Take another, or 0 for a free one.", e);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Close();
        await _loop;
        _stop.Dispose();
        _one.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task LoopAsync()
    {
        var running = new HashSet<Task>();
        while (!_stop.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                break;
            }
            running.RemoveWhere(t => t.IsCompleted);
            running.Add(Task.Run(() => ServeAsync(context)));
        }
        await Task.WhenAll(running);
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body, _stop.Token);
            var raw = context.Request.RawUrl ?? "/";
            var question = raw.IndexOf('?', StringComparison.Ordinal);
            var request = new EmulatorRequest(context.Request.HttpMethod, question < 0 ? raw : raw[..question], context.Request.QueryString, context.Request.Headers, body.ToArray());
            if (request.Segments is ["_emulator", ..])
            {
                await WriteAsync(context, await AdministerAsync(request));
                return;
            }
            lock (_lock)
            {
                _requests.Enqueue($"{request.Method} {raw}");
                if (_requests.Count > RequestsKept) _requests.Dequeue();
            }
            await ServeAsync(context, request, _provider.Faults.For(request));
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // Whoever asked is gone, or we are.
            context.Response.Abort();
        }
    }

    private async Task ServeAsync(HttpListenerContext context, EmulatorRequest request, HttpFault? fault)
    {
        if (fault is { Delay: { } delay }) await Task.Delay(delay, _stop.Token);
        switch (fault?.Kind)
        {
            case HttpFaultKind.Drop:
                Cut(context);
                return;
            case HttpFaultKind.TimeoutBefore:
                await HangAsync(context, fault);
                return;
            case HttpFaultKind.Status:
                var refused = _provider.Error(fault.Status, "injected fault");
                await WriteAsync(context, fault.RetryAfterSeconds is { } after ? refused.With("Retry-After", after.ToString(CultureInfo.InvariantCulture)) : refused);
                return;
        }
        var reply = await HandleAsync(request);
        switch (fault?.Kind)
        {
            case HttpFaultKind.TimeoutAfter:
                await HangAsync(context, fault);
                break;
            case HttpFaultKind.DropAfter:
                Cut(context);
                break;
            case HttpFaultKind.Malformed:
                await WriteAsync(context, reply with { Content = "<html>Bad gateway"u8.ToArray() });
                break;
            case HttpFaultKind.Truncated:
                context.Response.StatusCode = reply.Status;
                context.Response.ContentType = reply.ContentType;
                context.Response.ContentLength64 = reply.Content.Length + 10;
                await context.Response.OutputStream.WriteAsync(reply.Content.AsMemory(0, reply.Content.Length / 2), _stop.Token);
                await context.Response.OutputStream.FlushAsync(_stop.Token);
                context.Response.Abort();
                break;
            default:
                await WriteAsync(context, reply);
                break;
        }
    }

    private async Task<EmulatorReply> HandleAsync(EmulatorRequest request)
    {
        await _one.WaitAsync(_stop.Token);
        try
        {
            return await _provider.HandleAsync(request, _stop.Token);
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return _provider.Error(400, e.Message);
        }
        catch (QuantumException e)
        {
            return _provider.Error(400, e.Message);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task HangAsync(HttpListenerContext context, HttpFault fault)
    {
        await Task.Delay(fault.Hang ?? LongestHang, _stop.Token);
        Cut(context);
    }

    /// <summary>Ends the connection before the answer's end.</summary>
    private static void Cut(HttpListenerContext context)
    {
        // Aborted as it is, a response goes out whole and empty; one that lacks a byte of what it promises does not.
        context.Response.ContentLength64 = 1;
        context.Response.Abort();
    }

    private async Task WriteAsync(HttpListenerContext context, EmulatorReply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers) response.Headers[name] = value;
        if (reply.Content.Length > 0) response.ContentType = reply.ContentType;
        response.ContentLength64 = reply.Content.Length;
        if (context.Request.HttpMethod != "HEAD") await response.OutputStream.WriteAsync(reply.Content, _stop.Token);
        response.Close();
    }

    private async Task<EmulatorReply> AdministerAsync(EmulatorRequest request)
    {
        try
        {
            switch (request.Method, request.Segments[1..])
            {
                case ("GET", ["bill"]):
                    await _one.WaitAsync(_stop.Token);
                    try
                    {
                        await _provider.SettleAsync(_stop.Token);
                    }
                    finally
                    {
                        _one.Release();
                    }
                    return EmulatorReply.Json(200, new JsonObject
                    {
                        ["total"] = _provider.Bill.Total,
                        ["lines"] = new JsonArray([.. _provider.Bill.Lines.Select(l => (JsonNode)new JsonObject
                        {
                            ["job"] = l.Job, ["key"] = l.Key, ["amount"] = l.Cost.Amount, ["currency"] = l.Cost.Currency, ["at"] = l.At.ToString("O", CultureInfo.InvariantCulture),
                            ["circuits"] = l.Circuits, ["shots"] = l.Shots,
                        })]),
                    });
                case ("GET", ["clock"]):
                    return EmulatorReply.Json(200, new JsonObject { ["now"] = _provider.Clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) });
                case ("POST", ["clock"]):
                    if (_provider.Clock is not EmulatorClock clock) return Refused(409, "this clock is another's: it cannot be put forward here.");
                    clock.Advance(TimeSpan.FromSeconds((double)(request.Json?["advance"] ?? throw new FormatException("give {\"advance\": seconds}"))));
                    return EmulatorReply.Json(200, new JsonObject { ["now"] = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) });
                case ("GET", ["requests"]):
                    return EmulatorReply.Json(200, new JsonArray([.. Requests.Select(r => (JsonNode?)r)]));
                case ("POST", ["faults"]):
                    return EmulatorReply.Json(200, new JsonObject { ["faults"] = _provider.Faults.Add(request.Json as JsonObject ?? throw new FormatException("give a fault as a JSON object")) });
                case ("DELETE", ["faults"]):
                    _provider.Faults.Clear();
                    return EmulatorReply.Empty(204);
                case ("POST", ["keys"]):
                    _provider.Keys = [.. (request.Json as JsonArray ?? throw new FormatException("give the keys that are accepted as a list of texts")).Select(k => (string)k!)];
                    return EmulatorReply.Empty(204);
                case ("POST", ["world", ..]):
                    await _one.WaitAsync(_stop.Token);
                    try
                    {
                        return _provider.Change(request.Segments[2..], request.Json as JsonObject ?? []) ?? Refused(404, "the world has no such event.");
                    }
                    finally
                    {
                        _one.Release();
                    }
                default:
                    return Refused(404, "there are GET bill, clock, requests; POST clock, faults, keys, world/…; DELETE faults.");
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or QuantumException)
        {
            return Refused(400, e.Message);
        }

        static EmulatorReply Refused(int status, string message) => EmulatorReply.Json(status, new JsonObject { ["error"] = message });
    }
}
