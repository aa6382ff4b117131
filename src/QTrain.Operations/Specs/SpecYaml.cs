using System.Collections.Immutable;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace QTrain.Operations.Specs;

/// <summary>Reads YAML, and the canonical JSON of a stored run, into nodes with places. Only the plain part of YAML is read: what makes
/// one text mean two things or a small file mean a large one (anchors, tags, several documents, duplicate keys) is refused.</summary>
internal sealed class SpecYaml
{
    internal const int MaxCharacters = 1 << 20;
    internal const int MaxDepth = 16;

    private readonly Parser _parser;
    private readonly string _file;
    private readonly bool _placed;

    private SpecYaml(string file, string text, bool placed)
    {
        _file = file;
        _placed = placed;
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>The nodes of a file's text.</summary>
    public static SpecNode Read(string file, string text) => new SpecYaml(file, text, placed: true).Document(text);

    /// <summary>The nodes of a value given on the command line; its only place is the option itself.</summary>
    public static SpecNode ReadValue(string option, string text) => new SpecYaml(option, text, placed: false).Document(text);

    private SpecNode Document(string text)
    {
        if (text.Length > MaxCharacters)
            throw new SpecPlace(_file).Refuse($"{text.Length} characters are too many for a spec: at most {MaxCharacters} are read. Large data belongs into files the spec names.");
        try
        {
            _parser.Consume<StreamStart>();
            if (_parser.Accept<StreamEnd>(out _)) return new SpecScalar(new SpecPlace(_file), "", Quoted: false);
            _parser.Consume<DocumentStart>();
            var node = Node(0);
            _parser.Consume<DocumentEnd>();
            if (!_parser.Accept<StreamEnd>(out _))
                throw Place(_parser.Current!.Start).Refuse("a second document begins here: a spec is one document. Remove the '---' and what follows.");
            return node;
        }
        catch (YamlException fault)
        {
            throw Place(fault.Start).Refuse("this is not YAML: " + Plain(fault));
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException)
        {
            // The scanner trips over some malformed texts in its own way.
            throw new SpecPlace(_file).Refuse("this is not YAML: " + fault.Message);
        }
    }

    private SpecNode Node(int depth)
    {
        if (depth > MaxDepth)
            throw Place(_parser.Current!.Start).Refuse($"nested more than {MaxDepth} levels deep: no spec needs that.");
        var start = _parser.Current!.Start;
        if (_parser.TryConsume<AnchorAlias>(out var alias))
            throw Place(start).Refuse($"the alias '*{alias.Value}' is not read here: write the value out.");
        if (_parser.Current is NodeEvent { Anchor.IsEmpty: false } anchored)
            throw Place(start).Refuse($"the anchor '&{anchored.Anchor}' is not read here: write the value out where it is needed.");
        if (_parser.Current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } tag })
            throw Place(start).Refuse($"the tag '{tag.Value}' is not read here: write the plain value.");

        if (_parser.TryConsume<Scalar>(out var scalar))
            return new SpecScalar(Place(start), scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any));
        if (_parser.TryConsume<SequenceStart>(out _))
        {
            var items = ImmutableArray.CreateBuilder<SpecNode>();
            while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
            return new SpecList(Place(start), items.ToImmutable());
        }
        _parser.Consume<MappingStart>();
        var entries = ImmutableArray.CreateBuilder<SpecEntry>();
        var seen = new Dictionary<string, SpecPlace>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = Place(_parser.Current!.Start);
            if (Node(depth + 1) is not SpecScalar key) throw at.Refuse("a key must be a plain name.");
            if (!seen.TryAdd(key.Text, at))
                throw at.Refuse($"'{key.Text}' is given twice{(seen[key.Text].Line is { } line ? $", first in line {line}" : "")}: keep one.");
            entries.Add(new SpecEntry(key.Text, at, Node(depth + 1)));
        }
        return new SpecMap(Place(start), entries.ToImmutable());
    }

    private SpecPlace Place(Mark mark) => _placed ? new SpecPlace(_file, (int)mark.Line, (int)mark.Column) : new SpecPlace(_file);

    private static string Plain(YamlException fault)
    {
        var message = fault.Message;
        // YamlDotNet's messages may begin with "(Line: 3, Col: 1, Idx: 20) - (…): ", which our place already says.
        var end = message.StartsWith("(Line", StringComparison.Ordinal) ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return end < 0 ? message : message[(end + 3)..];
    }

    /// <summary>The nodes of canonical JSON.</summary>
    public static SpecNode FromJson(string name, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth + 1 });
            return FromJson(new SpecPlace(name), document.RootElement);
        }
        catch (JsonException fault)
        {
            throw new SpecPlace(name).Refuse("this is not the JSON of a spec: " + fault.Message);
        }
    }

    private static SpecNode FromJson(SpecPlace place, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new SpecMap(place, [.. element.EnumerateObject().Select(p => new SpecEntry(p.Name, place, FromJson(place, p.Value)))]),
        JsonValueKind.Array => new SpecList(place, [.. element.EnumerateArray().Select(e => FromJson(place, e))]),
        JsonValueKind.String => new SpecScalar(place, element.GetString()!, Quoted: true),
        _ => new SpecScalar(place, element.GetRawText(), Quoted: false),
    };
}
