using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;

namespace QTrain.Cli.Runs;

internal static class CompareCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var (runs, folder) = (RunStores.Runs(2), SharedOptions.Store());
        return new Command("compare", "Runs side by side: where their specs differ and what came of it.") { runs, folder }
            .Does(terminal, [("qtrain runs compare bk3x7fa bk4y8gb", "two runs by the beginnings of their identities")],
            async (parse, result, cancellation) =>
            {
                using var store = RunStores.OpenExisting(parse.GetValue(folder)!);
                var records = new List<RunRecord>();
                foreach (var given in parse.GetValue(runs)!) records.Add(await store.FindAsync(given, cancellation));
                var differences = Differences(records);
                result.Write(
                    () => new JsonObject
                    {
                        ["runs"] = new JsonArray([.. records.Select(r => RunDocument.Of(r, RunResult.Of(r)))]),
                        ["differences"] = new JsonArray([.. differences.Select(d => new JsonObject
                        {
                            ["key"] = d.Key, ["values"] = new JsonArray([.. d.Values.Select(v => v is null ? null : JsonNode.Parse(v))]),
                        })]),
                        ["sameTrajectory"] = SameTrajectory(records),
                    },
                    text => Write(text, terminal, records, differences));
                return ExitCode.Success;
            });
    }

    private static bool SameTrajectory(IEnumerable<RunRecord> runs) =>
        runs.Select(r => RunResult.Of(r)?.Training.TrajectoryHash).Distinct().ToArray() is [not null];

    private static void Write(TextWriter text, CommandTerminal terminal, IReadOnlyList<RunRecord> runs, IReadOnlyList<(string Key, string?[] Values)> differences)
    {
        var results = runs.Select(RunResult.Of).ToArray();
        var table = new TextTable(["", .. runs.Select(r => ">" + r.Id)]);
        void Row(string what, Func<RunRecord, RunResult?, string> cell) => table.Row([what, .. runs.Zip(results, cell)]);
        Row("name", (r, _) => r.Name);
        Row("status", (r, _) => RunText.Status(terminal, r.Status));
        Row("stopped by", (r, t) => RunDocument.StopReason(r, t) ?? "–");
        Row("initial loss", (_, t) => t is null ? "–" : Show.Loss(t.Training.InitialLoss));
        Row("final loss", (_, t) => t is null ? "–" : Show.Loss(t.Training.FinalLoss, t.Training.FinalStandardError));
        Row("best loss", (_, t) => t is null ? "–" : Show.Loss(t.Training.BestLoss));
        Row("best − exact", (_, t) => t?.KnownOptimum is { } exact ? Show.Difference(t.Training.BestLoss - exact, t.Unit) : "–");
        if (results.Any(t => t?.Device is not null))
        {
            Row("device", (_, t) => t?.Device?.Device ?? "ideal");
            Row("without noise", (_, t) => t?.Device is { } d ? Show.Loss(d.Delta.IdealLoss) : t is null ? "–" : Show.Loss(t.Training.FinalLoss));
            Row("noise adds", (_, t) => t?.Device is { } d ? Show.Difference(d.Delta.NoisyLoss - d.Delta.IdealLoss, t.Unit) : "–");
            Row("total variation", (_, t) => t?.Device is { } d ? $"{d.Delta.TotalVariation.DefaultIfEmpty().Max():F4}" : "–");
            Row("Hellinger distance", (_, t) => t?.Device is { } d ? $"{d.Delta.Hellinger.DefaultIfEmpty().Max():F4}" : "–");
        }
        Row("iterations", (_, t) => t is null ? "–" : Show.Count(t.Training.Iterations));
        Row("evaluations", (_, t) => t is null ? "–" : Show.Count(t.Training.Evaluations));
        Row("shots", (_, t) => t is null ? "–" : Show.Count(t.Training.Shots));
        Row("time", (_, t) => t is null ? "–" : Show.Time(TimeSpan.FromSeconds(t.Seconds)));
        Row("trajectory", (_, t) => t is null ? "–" : t.Training.TrajectoryHash[..12]);
        foreach (var (key, values) in differences.Where(d => d.Key != "name")) table.Row([terminal.Dim(key), .. values.Select(v => v is null ? "–" : Shown(v))]);
        table.Write(text, terminal);
        text.WriteLine();
        text.WriteLine(differences.Count == 0 ? "Their specs are equal." : $"Their specs differ in {differences.Count} {(differences.Count == 1 ? "key" : "keys")}.");
        if (SameTrajectory(runs)) text.WriteLine("Their trajectories are equal to the bit.");
    }

    // A value as a person would write it: texts without quotes and escapes.
    private static string Shown(string json) => JsonNode.Parse(json) switch
    {
        null => "none",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonArray list => $"[{string.Join(", ", list.Select(item => item is null ? "none" : Shown(item.ToJsonString())))}]",
        var other => other.ToJsonString(),
    };

    /// <summary>The keys of the specs, dotted, whose values are not all equal.</summary>
    internal static IReadOnlyList<(string Key, string?[] Values)> Differences(IReadOnlyList<RunRecord> runs)
    {
        var specs = runs.Select(r =>
        {
            var flat = new OrderedDictionary<string, string>();
            using var document = JsonDocument.Parse(r.SpecJson);
            Flatten(document.RootElement, "", flat);
            // A file of the same name may hold something else.
            foreach (var (name, hash) in r.Inputs) flat[$"file {name}"] = JsonSerializer.Serialize(hash.Value[..12]);
            return flat;
        }).ToArray();
        return [.. specs.SelectMany(s => s.Keys).Distinct()
            .Select(key => (key, specs.Select(s => s.GetValueOrDefault(key)).ToArray()))
            .Where(d => d.Item2.Distinct().Count() > 1)];
    }

    private static void Flatten(JsonElement element, string path, OrderedDictionary<string, string> into)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            into[path] = JsonNode.Parse(element.GetRawText())?.ToJsonString() ?? "null";
            return;
        }
        foreach (var property in element.EnumerateObject()) Flatten(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", into);
    }
}
