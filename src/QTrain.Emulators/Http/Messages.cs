using System.Collections.Immutable;
using System.Collections.Specialized;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QTrain.Emulators.Http;

/// <summary>A request as it came.</summary>
/// <param name="Method">GET, POST …</param>
/// <param name="Path">The path as it was written, percent signs and all, beginning with a slash.</param>
/// <param name="Query">The query's keys and values.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Content">The body.</param>
public sealed record EmulatorRequest(string Method, string Path, NameValueCollection Query, NameValueCollection Headers, byte[] Content)
{
    /// <summary>The parts of the path between slashes, percent signs undone.</summary>
    public ImmutableArray<string> Segments { get; } = [.. Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Content);

    /// <summary>The body as JSON.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public JsonNode? Json => JsonNode.Parse(Content);
}

/// <summary>A reply.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Content">The body.</param>
/// <param name="ContentType">What it is.</param>
public sealed record EmulatorReply(int Status, byte[] Content, string ContentType = "application/json")
{
    /// <summary>Headers beside.</summary>
    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>A reply of JSON.</summary>
    public static EmulatorReply Json(int status, JsonNode? node) => new(status, Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null"));

    /// <summary>A reply without a body.</summary>
    public static EmulatorReply Empty(int status) => new(status, []);

    /// <summary>The same with a header.</summary>
    public EmulatorReply With(string name, string value) => this with { Headers = Headers.Add((name, value)) };
}
