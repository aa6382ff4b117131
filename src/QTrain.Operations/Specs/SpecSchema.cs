using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QTrain.Operations.Specs;

/// <summary>The JSON Schema of a spec, so that editors complete and check it while it is typed.</summary>
public static class SpecSchema
{
    /// <summary>The schema, draft 07 (what YAML language servers read).</summary>
    public static string ToJson()
    {
        var root = Section(SpecKeys.Root);
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "QTrain spec",
            ["description"] = SpecKeys.Root.About,
        };
        foreach (var (name, value) in root.ToArray())
        {
            root.Remove(name);
            schema.Add(name, value);
        }
        schema["required"] = new JsonArray("problem");
        return schema.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static JsonObject Schema(SpecKey key)
    {
        var schema = key.Kind switch
        {
            SpecKind.Integer => Bounded(new JsonObject { ["type"] = "integer" }, key),
            SpecKind.Number => Bounded(new JsonObject { ["type"] = "number" }, key),
            SpecKind.Duration => AnyOf(
                Bounded(new JsonObject { ["type"] = "number" }, key),
                new JsonObject { ["type"] = "string", ["pattern"] = @"^(\d+(\.\d+)?\s*(d|h|min|m|s|ms)\s*)+$" }),
            SpecKind.Flag => new JsonObject { ["type"] = "boolean" },
            SpecKind.Choice => OneNameOf(key),
            SpecKind.Choices => AnyOf(new JsonObject { ["type"] = "array", ["items"] = OneNameOf(key) }, OneNameOf(key)),
            SpecKind.Texts => AnyOf(new JsonObject { ["type"] = "array", ["items"] = Text() }, Text()),
            SpecKind.Values => AnyOf(
                new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "number" } },
                new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "number" } }),
            SpecKind.Edges => new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "number" }, ["minItems"] = 2, ["maxItems"] = 3 },
            },
            SpecKind.Section => SectionOrShorthand(key),
            // A bit string may be written without quotes, which is a number to a YAML reader.
            SpecKind.Text => new JsonObject { ["type"] = new JsonArray("string", "number") },
            _ => Text(),
        };
        if (key.MayBeNone) schema = AnyOf(schema, new JsonObject { ["enum"] = new JsonArray(null, "none") });
        schema["description"] = Description(key);
        if (Literal(key) is { } standard) schema["default"] = standard;
        return schema;
    }

    private static JsonObject SectionOrShorthand(SpecKey key)
    {
        var forms = new List<JsonObject>();
        if (key.Shorthand is { } scalar) forms.Add(Schema(key.Find(scalar)!));
        if (key.ListShorthand is { } list) forms.Add(Schema(key.Find(list)!));
        if (key.Discriminator is not { } by) forms.Add(Section(key));
        else
            // One form for each type, so that an editor offers the options of the chosen one only.
            foreach (var type in key.Find(by)!.Allowed)
            {
                var form = Section(key with { Keys = [.. key.Keys.Where(k => k.BelongsTo(type.Name))] });
                form["properties"]![by] = new JsonObject { ["const"] = type.Name, ["description"] = type.About };
                form["title"] = type.Name;
                forms.Add(form);
            }
        return forms.Count == 1 ? forms[0] : AnyOf([.. forms]);
    }

    private static JsonObject Section(SpecKey section) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(section.Keys.Select(k => KeyValuePair.Create(k.Name, (JsonNode?)Schema(k)))),
    };

    private static JsonObject Bounded(JsonObject schema, SpecKey key)
    {
        // Bounds beyond 2⁵³ cannot be written exactly and help no editor.
        if (key.Minimum is { } low && Math.Abs(low) < 1L << 53) schema[key.AboveMinimum ? "exclusiveMinimum" : "minimum"] = low;
        if (key.Maximum is { } high && Math.Abs(high) < 1L << 53) schema[key.BelowMaximum ? "exclusiveMaximum" : "maximum"] = high;
        return schema;
    }

    private static JsonObject OneNameOf(SpecKey key) => new() { ["enum"] = new JsonArray([.. key.Allowed.Select(a => JsonValue.Create(a.Name))]) };

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject AnyOf(params JsonObject[] forms) => new() { ["anyOf"] = new JsonArray([.. forms]) };

    private static string Description(SpecKey key) =>
        key.About
        + (key.Kind == SpecKind.Choice ? " " + string.Join("; ", key.Allowed.Select(a => $"{a.Name}: {a.About}")) + "." : "")
        + (key.DefaultNote is { } note ? $" Default: {note}." : "");

    private static JsonNode? Literal(SpecKey key) => key.Default switch
    {
        null => null,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        ['[', .. var inside, ']'] => new JsonArray([.. inside.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(i => JsonValue.Create(i))]),
        "true" or "false" => key.Default == "true",
        var text => text,
    };
}
