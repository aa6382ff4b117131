using System.CommandLine;
using System.CommandLine.Completions;
using QTrain.Cli.Devices;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;
using QTrain.Operations.Specs;
using QTrain.Operations.Storage;

namespace QTrain.Cli.Runs;

/// <summary>Opens stores and finds runs by what people type.</summary>
internal static class RunStores
{
    public static Argument<string> Run() => Completed(new Argument<string>("run") { Description = "The run: its identity or the beginning of it, its name, or last.", HelpName = "RUN" });

    public static Argument<string[]> Runs(int least) => Completed(new Argument<string[]>("runs")
    {
        Description = "The runs: identities or beginnings of them, names, or last.",
        HelpName = "RUN",
        Arity = new ArgumentArity(least, 100),
    });

    /// <summary>A store that must be there already: asking about runs makes no folders.</summary>
    /// <exception cref="StoreException">It is not.</exception>
    public static Store OpenExisting(string folder) => FindExisting(folder)
        ?? throw new QuantumException($"There are no runs in '{folder}': {(Directory.Exists(folder) ? "nothing has been trained there" : "the folder does not exist")}. Train something (qtrain train SPEC), or name another with --store FOLDER.");

    /// <summary>The store of a folder; null when there is none. Looking makes none.</summary>
    public static Store? FindExisting(string folder) =>
        File.Exists(folder) ? throw new UsageException($"--store {folder}: this is a file, and a store is a folder.")
        : Store.Exists(folder) ? Store.Open(folder) : null;

    /// <summary>The run a person means.</summary>
    public static ValueTask<RunRecord> FindAsync(this Store store, string given, CancellationToken cancellation) =>
        given == "last" ? LatestAsync(store, cancellation) : store.Runs.ResolveAsync(given, cancellation);

    private static async ValueTask<RunRecord> LatestAsync(Store store, CancellationToken cancellation) =>
        await store.Runs.ListAsync(RunFilter.All with { Limit = 1 }, cancellation) is [var latest]
            ? latest : throw new QuantumException($"There are no runs in '{store.Folder}' any more. Train something (qtrain train SPEC), or name another store with --store FOLDER.");

    /// <summary>The best parameters of earlier runs, from a store that is opened when a spec asks for them.</summary>
    private static EarlierRun EarlierRuns(string folder) => given =>
    {
        using var store = OpenExisting(folder);
        var run = store.FindAsync(given, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var result = RunResult.Of(run) ?? throw new QuantumException($"Run {run.Id} has no parameters yet: it has not made a step.");
        return result.ParameterNames.Zip(result.Training.BestParameters).ToDictionary(p => p.First, p => p.Second);
    };

    /// <summary>What a spec may name beside files: earlier runs, and devices whose calibrations were imported.</summary>
    public static SpecReferences References(string folder) => new()
    {
        Run = EarlierRuns(folder),
        Device = given => DeviceCatalog.FindAsync(given, folder, CancellationToken.None).AsTask().GetAwaiter().GetResult().Calibration,
    };

    /// <summary>Makes the plan of a recorded run.</summary>
    public static PlanFactory Plans { get; } = (run, inputs) => SpecCompiler.ToPlan(run.SpecJson, inputs);

    private static TArgument Completed<TArgument>(TArgument argument) where TArgument : Argument
    {
        argument.CompletionSources.Add(context =>
        {
            var folder = context.ParseResult.CommandResult.Command.Options.OfType<Option<string>>().FirstOrDefault(o => o.Name == "--store") is { } option
                ? context.ParseResult.GetValue(option) ?? Store.DefaultFolder : Store.DefaultFolder;
            if (!Store.Exists(folder)) return [];
            using var store = Store.Open(folder);
            var runs = store.Runs.ListAsync(RunFilter.All with { Limit = 50 }, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return [new CompletionItem("last"), .. runs.Select(r => new CompletionItem(r.Id.Value, detail: r.Name))];
        });
        return argument;
    }
}
