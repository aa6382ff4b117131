using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Operations.Specs;
using QTrain.Simulation;
using QTrain.Workloads;

namespace QTrain.Cli.Bench;

/// <summary><c>qtrain bench</c>: what this machine gives.</summary>
internal static class BenchCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var names = new Argument<string[]>("workload")
        {
            Description = $"What is timed: {Join(Workload.All.Where(w => w.IsStandard))}; all of these when none is named. Other circuits: {Join(Workload.All.Where(w => !w.IsStandard))}.",
            HelpName = "WORKLOAD",
            Arity = ArgumentArity.ZeroOrMore,
        };
        names.CompletionSources.Add([.. Workload.All.Select(w => w.Name)]);
        var qubits = Whole("--qubits", "How many qubits, instead of the usual sizes of each workload. May be given often.", 1, 9999);
        var threads = Whole("--threads", "How many threads; one and all processors when left out. May be given often.", 1, 1024);
        var precision = SharedOptions.Precision();
        var repeat = Whole("--repeat", "How often each is timed; when left out for about two seconds, and at least 5 times.", 1, 1_000_000);
        return new Command("bench",
            "Times the simulator on this machine: circuits already compiled, new parameters each time, nothing cached. A pass is one sweep over " +
            "the state's memory, timed in between.") { names, qubits, threads, precision, repeat }
            .Does(terminal,
            [
                ("qtrain bench", "every standard workload at its usual sizes"),
                ("qtrain bench hea gradient --qubits 16 --threads 1", "two of them at one size"),
                ("qtrain bench qaoa --output json", "for a script"),
            ],
            (parse, result, cancellation) =>
            {
                var workloads = Chosen(parse.GetValue(names) ?? [], parse.GetValue(precision), result);
                var sizes = parse.GetValue(qubits) ?? [];
                foreach (var workload in workloads)
                    foreach (var size in sizes) Check(workload, size);
                int[] counts = parse.GetValue(threads) is { Length: > 0 } given ? given : [1, Environment.ProcessorCount];
                int? repetitions = parse.GetValue(repeat) is { Length: > 0 } times ? times[^1] : null;
                using var signals = new StopSignals(() => { }, cancellation);
                var timings = new List<WorkloadTiming>();
                try
                {
                    foreach (var workload in workloads)
                        foreach (var size in sizes.Length > 0 ? sizes : [.. workload.Sizes])
                            foreach (var count in counts.Distinct())
                            {
                                signals.Token.ThrowIfCancellationRequested();
                                terminal.Error.WriteLine($"{workload.Name}, {Show.Count(size, "qubit")}, {Show.Count(count, "thread")} …");
                                timings.Add(WorkloadTimer.Time(workload, size, count, repetitions, signals.Token, parse.GetValue(precision)));
                            }
                }
                catch (OperationCanceledException)
                {
                    // What was timed is still true.
                    if (timings.Count > 0) Write(result, timings);
                    throw;
                }
                Write(result, timings);
                return Task.FromResult(ExitCode.Success);
            });
    }

    private static Workload[] Chosen(string[] names, Precision precision, ResultWriter result)
    {
        if (names.Length > 0)
        {
            Workload[] named = [.. names.Distinct().Select(Named)];
            if (precision == Precision.Single && named.FirstOrDefault(w => !w.IsOfStates) is { } other)
                throw new UsageException($"--precision single: {other.Name} does not run on state vectors, and only they can be of single precision. These do: {Join(Workload.All.Where(w => w.IsOfStates))}.");
            return named;
        }
        if (!Workload.NotYetBuilt.IsEmpty) result.Terminal.Error.WriteLine($"Not built yet, and so left out: {string.Join(", ", Workload.NotYetBuilt)}.");
        var standard = Workload.All.Where(w => w.IsStandard).ToArray();
        if (precision == Precision.Double) return standard;
        result.Terminal.Error.WriteLine($"Of double precision only, and so left out: {Join(standard.Where(w => !w.IsOfStates))}.");
        return [.. standard.Where(w => w.IsOfStates)];
    }

    private static Workload Named(string name)
    {
        if (Workload.All.FirstOrDefault(w => w.Name == name) is { } found) return found;
        if (Workload.NotYetBuilt.Contains(name)) throw new UsageException($"'{name}' is not built yet. Workloads are: {Join(Workload.All)}.");
        throw new UsageException($"'{name}' is not a workload.{Suggestion.DidYouMean(name, Workload.All.Select(w => w.Name))} Workloads are: {Join(Workload.All)}.");
    }

    private static void Check(Workload workload, int qubits)
    {
        if (qubits < workload.LeastQubits) throw new UsageException($"--qubits {qubits}: {workload.Name} needs at least {workload.LeastQubits} qubits.");
        if (qubits > workload.MostQubits) throw new UsageException($"--qubits {qubits}: {workload.Name} takes at most {workload.MostQubits} qubits.");
        if (workload.Takes?.Invoke(qubits) == false) throw new UsageException($"--qubits {qubits}: {workload.Name} exists only on {workload.TakesOnly}.");
    }

    private static void Write(ResultWriter result, List<WorkloadTiming> timings) => result.Write(
        () => new JsonArray([.. timings.Select(Json)]),
        text =>
        {
            text.WriteLine($"{NumericsFingerprint.Current with { Precision = timings[0].Precision }}; {Show.Count(Environment.ProcessorCount, "processor")}");
            text.WriteLine();
            var table = new TextTable("workload", ">qubits", ">threads", ">best ms", ">median ms", ">passes", ">gates/s", ">GB/s", ">pass GB/s", ">goal ms", ">public ms", "whose");
            foreach (var timing in timings)
            {
                var figure = PublicFigure.Of(timing);
                table.Row(
                    timing.Workload, timing.Qubits.ToString(), timing.Threads.ToString(), Digits(timing.BestMs), Digits(timing.MedianMs), Digits(timing.Passes),
                    Digits(timing.GatesPerSecond), Digits(timing.GigabytesPerSecond), Digits(timing.PassGigabytesPerSecond),
                    Digits(figure?.GoalMs), Digits(figure?.BestMs), figure?.Whose ?? "");
            }
            table.Write(text, result.Terminal);
            text.WriteLine();
            text.WriteLine(result.Terminal.Dim("passes: the median over one in-place sweep of the state's memory, timed in between; pass GB/s: what such a sweep moves"));
            text.WriteLine(result.Terminal.Dim("GB/s: what a simulator that sweeps memory once a gate would have to move to be as fast"));
            if (timings.Any(t => PublicFigure.Of(t) is not null))
                text.WriteLine(result.Terminal.Dim($"goal, and the best public simulator: measured on {PublicFigure.Machine}"));
        });

    private static JsonNode Json(WorkloadTiming timing)
    {
        var figure = PublicFigure.Of(timing);
        return new JsonObject
        {
            ["workload"] = timing.Workload,
            ["qubits"] = timing.Qubits,
            ["threads"] = timing.Threads,
            ["precision"] = timing.Precision,
            ["medianMs"] = ResultWriter.Number(timing.MedianMs),
            ["passes"] = ResultWriter.Number(timing.Passes),
            ["bestMs"] = ResultWriter.Number(timing.BestMs),
            ["passMs"] = ResultWriter.Number(timing.PassMs),
            ["passGigabytesPerSecond"] = ResultWriter.Number(timing.PassGigabytesPerSecond),
            ["repetitions"] = timing.Repetitions,
            ["gates"] = timing.Gates,
            ["gatesPerSecond"] = ResultWriter.Number(timing.GatesPerSecond),
            ["gigabytesPerSecond"] = ResultWriter.Number(timing.GigabytesPerSecond),
            ["goalMs"] = ResultWriter.Number(figure?.GoalMs),
            ["publicMs"] = ResultWriter.Number(figure?.BestMs),
            ["publicSimulator"] = figure?.Whose,
        };
    }

    private static Option<int[]> Whole(string name, string description, int least, int most)
    {
        var option = new Option<int[]>(name) { Description = description, HelpName = "N", AllowMultipleArgumentsPerToken = false };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
                    result.AddError($"{name} {token.Value}: it must be a whole number from {least} to {most}.");
        });
        return option;
    }

    private static string Join(IEnumerable<Workload> workloads) => string.Join(", ", workloads.Select(w => w.Name));

    // Three digits that count, however large.
    private static string Digits(double? value) => value switch
    {
        null => "",
        >= 1e6 or < 1e-3 => value.Value.ToString("0.00e+0", CultureInfo.InvariantCulture),
        >= 1000 => value.Value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.Value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
