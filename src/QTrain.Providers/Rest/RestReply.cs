using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace QTrain.Providers.Rest;

/// <summary>What a request may do when it is sent twice.</summary>
internal enum RestEffect
{
    /// <summary>It changes nothing, or the same as before: it may be repeated.</summary>
    Repeatable,

    /// <summary>It may do something again: it is sent once.</summary>
    Once,
}

/// <summary>An answer, read to its end.</summary>
internal sealed record RestReply(string Request, HttpStatusCode Status, HttpResponseHeaders Headers, byte[] Content)
{
    /// <summary>The body as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Content);

    /// <summary>Whether the request went well.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>When to try again, as the provider tells.</summary>
    public TimeSpan? RetryAfter(DateTimeOffset now) => Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    /// <summary>The body as JSON.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public JsonNodeView Json()
    {
        using var document = JsonDocument.Parse(Content);
        return new JsonNodeView(document.RootElement.Clone(), "$");
    }

    /// <summary>The body's beginning in one line, for messages.</summary>
    public string Excerpt
    {
        get
        {
            var line = string.Join(' ', Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return line.Length <= 200 ? line : line[..200] + "…";
        }
    }
}
