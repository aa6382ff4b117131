using System.Text;
using System.Text.Json;

namespace QTrain.Cli.Tests;

/// <summary>The keys of every JSON document, in order. A line that changes or goes is a breach of contract; QTRAIN_APPROVE=1 accepts additions.</summary>
public sealed class The_JSON_contract : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task is_the_approved_one()
    {
        var h2 = TestData.Path("hamiltonians", "h2_fcidump.json");
        var circuit = TestData.Path("gradients", "circuit_a.json");
        string[] evaluation = ["--circuit", circuit, "--observable", circuit, "--parameters", circuit];
        var spec = Path.Combine(CommandLine.Samples, "h2.yaml");
        var text = new StringBuilder();
        await AddAsync("expect", ["expect", .. evaluation]);
        await AddAsync("gradient", ["gradient", .. evaluation]);
        await AddAsync("exact", ["exact", "--observable", h2]);
        await AddAsync("sample", ["sample", "--circuit", circuit, "--parameters", circuit]);
        await AddAsync("check (a spec)", ["check", spec, "--device", "manila"]);
        await AddAsync("convert", ["convert", h2, Path.Combine(_line.Folder, "h2.txt"), "--to", "openfermion"]);
        await AddAsync("draw", ["draw", circuit, "--svg", Path.Combine(_line.Folder, "c.svg")]);
        await AddAsync("bench", ["bench", "hea", "--qubits", "4", "--threads", "1", "--repeat", "1"]);
        await AddAsync("train --dry-run", ["train", spec, "--dry-run"]);
        await AddAsync("train", ["train", spec, "--store", _line.Store]);
        await AddAsync("runs resume", ["runs", "resume", "last", "--store", _line.Store]);
        await AddAsync("runs list", ["runs", "list", "--store", _line.Store]);
        await AddAsync("runs show", ["runs", "show", "last", "--store", _line.Store]);
        await AddAsync("runs compare", ["runs", "compare", "last", "last", "--store", _line.Store]);
        await AddAsync("runs replay", ["runs", "replay", "last", "--store", _line.Store]);
        await AddAsync("plot", ["plot", "last", "-o", Path.Combine(_line.Folder, "x.svg"), "--store", _line.Store]);
        await AddAsync("runs fork", ["runs", "fork", "last", "--create-only", "--store", _line.Store]);
        await AddAsync("runs export", ["runs", "export", "last", "-o", Path.Combine(_line.Folder, "x.json"), "--store", _line.Store]);
        await AddAsync("devices list", ["devices", "list", "--store", _line.Store]);
        await AddAsync("devices import", ["devices", "import", TestData.Path("calibration", "ibm", "props_lima.json"), "--store", _line.Store]);
        await AddAsync("devices show", ["devices", "show", "lima", "--store", _line.Store]);
        await AddAsync("devices history", ["devices", "history", "lima", "--store", _line.Store]);
        await AddAsync("devices compare", ["devices", "compare", "lagos", "nairobi", "--store", _line.Store]);
        await AddAsync("runs delete", ["runs", "delete", "last", "--store", _line.Store]);

        var approved = Path.GetFullPath(Path.Combine(TestData.Root, "..", "QTrain.Cli.Tests", "Contracts.approved.txt"));
        if (Environment.GetEnvironmentVariable("QTRAIN_APPROVE") is { Length: > 0 }) File.WriteAllText(approved, text.ToString());
        text.ToString().ShouldBe(File.ReadAllText(approved));

        async Task AddAsync(string title, string[] arguments)
        {
            var outcome = await CommandLine.RunAsync([.. arguments, "--output", "json"]);
            outcome.Status.ShouldBe(0, title + ": " + outcome.Error);
            text.Append(title).Append('\n');
            foreach (var line in Keys(outcome.Json, "")) text.Append("  ").Append(line).Append('\n');
        }
    }

    // The keys of input files and parameters are the user's; those of a spec are in its own table.
    private static IEnumerable<string> Keys(JsonElement element, string path)
    {
        if (path is ".bestParameters" or ".gradient" or ".counts" or ".inputs" or ".spec" or ".gateCounts") return [path[1..] + ": {…}"];
        return element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Keys(p.Value, $"{path}.{p.Name}")),
            JsonValueKind.Array when element.GetArrayLength() > 0 => Keys(element[0], path + "[]"),
            JsonValueKind.Null => [path[1..] + ": null here"],
            _ => [$"{path[1..]}: {Kind(element.ValueKind)}"],
        };
    }

    private static string Kind(JsonValueKind kind) => kind is JsonValueKind.True or JsonValueKind.False ? "boolean" : kind.ToString().ToLowerInvariant();
}
