using System.Text.Json.Nodes;
using QTrain.Operations.Specs;

namespace QTrain.Operations.Tests.Specs;

public sealed class The_table_of_keys
{
    [Fact]
    public void explains_every_key() =>
        SpecKeys.All().ShouldAllBe(k => k.Key.About.Length > 3 && (k.Key.About.EndsWith('.') || k.Key.About.EndsWith('`')));

    [Fact]
    public void has_defaults_that_it_allows() =>
        SpecKeys.All().Where(k => k.Key.Default is not null).ShouldAllBe(k => Reads(k.Path, k.Key));

    [Fact]
    public void names_every_key_once_for_each_type()
    {
        foreach (var section in SpecKeys.All().Select(k => k.Key).Append(SpecKeys.Root).Where(k => k.Kind == SpecKind.Section))
            foreach (var type in section.Discriminator is { } by ? section.Find(by)!.Allowed.Select(a => a.Name) : [""])
                section.Keys.Where(k => k.BelongsTo(type)).Select(k => k.Name).ShouldBeUnique();
    }

    private static bool Reads(string path, SpecKey key)
    {
        var section = new SpecKey("", SpecKind.Section, "") { Keys = [key] };
        return SpecChecker.Check(SpecYaml.Read("x", $"{key.Name}: {key.Default}"), section).Entries.Length == 1 && path.Length > 0;
    }
}

public sealed class The_schema
{
    private static readonly JsonNode Schema = JsonNode.Parse(SpecSchema.ToJson())!;

    [Fact]
    public void allows_the_keys_of_the_table_and_no_others()
    {
        Schema["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
        Schema["properties"]!.AsObject().Select(p => p.Key).ShouldBe(SpecKeys.Root.Keys.Select(k => k.Name));
        Schema["required"]!.AsArray().Select(r => r!.GetValue<string>()).ShouldBe(["problem"]);
    }

    [Fact]
    public void offers_each_optimizer_its_own_options()
    {
        var forms = Schema["properties"]!["optimizer"]!["anyOf"]!.AsArray();
        var adam = forms.Single(f => f!["title"]?.GetValue<string>() == "adam")!;
        adam["properties"]!.AsObject().Select(p => p.Key).ShouldBe(["name", "learning-rate", "beta1", "beta2", "epsilon"]);
    }

    [Fact]
    public void describes_every_property() => Described(Schema["properties"]!.AsObject());

    private static void Described(JsonObject properties)
    {
        foreach (var (name, schema) in properties)
        {
            schema!["description"].ShouldNotBeNull(name);
            foreach (var form in schema["anyOf"]?.AsArray() ?? []) if (form!["properties"] is JsonObject inner) Described(inner);
            if (schema["properties"] is JsonObject own) Described(own);
        }
    }
}

public sealed class The_spec_of_init
{
    [Fact]
    public void runs_as_it_is() =>
        SpecFile.Parse(SpecTemplate.Text(), "qtrain.yaml", TestData.Root).Spec.Ansatz.ShouldBe(new QaoaSpec(2));

    [Fact]
    public void shows_every_key()
    {
        var lines = SpecTemplate.Text().Split('\n').Select(l => l.TrimStart(' ', '#')).ToArray();
        foreach (var (_, key) in SpecKeys.All()) lines.ShouldContain(l => l.StartsWith(key.Name + ":", StringComparison.Ordinal), key.Name);
    }

    [Fact]
    public void shows_values_that_are_allowed()
    {
        // Each commented line on its own must read: an example that is refused teaches the wrong thing.
        foreach (var (_, key) in SpecKeys.All().Where(k => k.Key.Kind != SpecKind.Section))
        {
            var shown = key.Default ?? key.Example;
            if (shown is null) continue;
            var section = new SpecKey("", SpecKind.Section, "") { Keys = [key] };
            Should.NotThrow(() => SpecChecker.Check(SpecYaml.Read("x", $"{key.Name}: {shown}"), section), $"{key.Name}: {shown}");
        }
    }
}

public sealed class The_guide_to_specs
{
    private const string Begin = "<!-- keys: generated from the table of keys; QTRAIN_APPROVE=1 writes it anew -->\n", End = "<!-- /keys -->";

    [Fact]
    public void is_that_of_the_table()
    {
        var path = Path.GetFullPath(Path.Combine(TestData.Root, "..", "..", "docs", "guide", "spec.md"));
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var expected = text[..begin] + "\n" + SpecGuide.Text() + text[end..];
        if (Environment.GetEnvironmentVariable("QTRAIN_APPROVE") is { Length: > 0 }) File.WriteAllText(path, expected);
        else text.ShouldBe(expected);
    }
}
