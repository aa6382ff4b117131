using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Runs;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;

namespace QTrain.Cli.Plots;

/// <summary><c>qtrain plot</c>: loss curves of runs as SVG.</summary>
internal static class PlotCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var (runs, folder) = (RunStores.Runs(1), SharedOptions.Store());
        var file = new Option<string?>("--file", "-o") { Description = "Where to write it; standard output when left out.", HelpName = "FILE.svg" };
        var title = new Option<string?>("--title") { Description = "The heading; the name of the run when left out.", HelpName = "TEXT" };
        return new Command("plot", "The loss curve of a run, or of several in one picture, as SVG.") { runs, file, title, folder }
            .Does(terminal, [("qtrain plot last -o loss.svg", "the latest run"), ("qtrain plot bk3x bk4y -o both.svg --title \"Adam and L-BFGS\"", "two runs")],
            async (parse, result, cancellation) =>
            {
                using var store = RunStores.OpenExisting(parse.GetValue(folder)!);
                var (series, results, names) = (new List<LossSeries>(), new List<RunResult?>(), new List<string>());
                foreach (var given in parse.GetValue(runs)!)
                {
                    var record = await store.FindAsync(given, cancellation);
                    var steps = await ShowCommand.StepsAsync(store, record, cancellation);
                    names.Add(record.Name);
                    // A curve for every member of an ensemble.
                    var members = steps.GroupBy(s => s.Member).ToArray();
                    foreach (var member in members.DefaultIfEmpty())
                    {
                        var name = members.Length > 1 ? $"{record.Name} ({record.Id}) {member!.Key}" : $"{record.Name} ({record.Id})";
                        series.Add(new LossSeries(name, [.. (member ?? Enumerable.Empty<StepRecord>()).Select(s => new LossPoint(s.Index, s.Loss, s.StandardError))]));
                    }
                    results.Add(RunResult.Of(record));
                }
                // One unit and one exact value only where all runs agree.
                var units = results.Select(r => r?.Unit ?? "").Distinct().ToArray();
                var optima = results.Select(r => r?.KnownOptimum).Distinct().ToArray();
                var svg = LossCurve.ToSvg(series, new LossCurveOptions
                {
                    Title = parse.GetValue(title) ?? (names.Distinct().Count() == 1 ? names[0] : ""),
                    LossName = units is ["hartree"] ? "Energy" : "Loss",
                    Unit = units is [var unit] ? unit : "",
                    KnownOptimum = optima is [var optimum] ? optimum : null,
                });
                if (parse.GetValue(file) is not { } path)
                {
                    result.Write(() => new JsonObject { ["svg"] = svg }, text => text.Write(svg));
                    return ExitCode.Success;
                }
                await ResultFile.WriteAsync(path, svg, cancellation);
                result.Write(() => new JsonObject { ["file"] = path }, text => text.WriteLine($"Wrote {path}."));
                return ExitCode.Success;
            });
    }
}
