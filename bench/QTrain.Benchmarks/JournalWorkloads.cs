using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using QTrain.Circuits;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Optimizers;
using QTrain.Simulation;
using QTrain.Training;
using QTrain.Workloads;

namespace QTrain.Benchmarks;

/// <summary>What durability costs: how long a million recorded answers take to go through, and which share of a training is journaling.
/// Processor time beside wall time, so that work beside the training counts too. Share: two equal trainings, one recorded, take turns of some
/// milliseconds, and the median over the pairs of turns is told, so that other work on the machine falls on both.</summary>
internal static class JournalWorkloads
{
    private const int Answers = 1_000_000;
    private const int Turns = 200;

    private sealed record Training(string Name, int Qubits, int? Shots, Optimizer Optimizer, int Turn)
    {
        public Func<TrainingPlan, SimulationOptions, IEvaluator> Evaluator { get; init; } = static (plan, options) => new SimulatorEvaluator(plan, options);
    }

    private static readonly Training[] Trainings =
    [
        new("4 qubits, exact, Adam", 4, null, new Adam(), 1000),
        new("4 qubits, 1000 shots, SPSA", 4, 1000, new Spsa(), 100),
        new("8 qubits, exact, Adam", 8, null, new Adam(), 250),
        new("8 qubits, 1000 shots, SPSA", 8, 1000, new Spsa(), 80),
        new("12 qubits, exact, Adam", 12, null, new Adam(), 20),
        new("12 qubits, 1000 shots, SPSA", 12, 1000, new Spsa(), 20),
        // The trainer and the journal alone.
        new("12 parameters, no circuit", 4, null, new Adam(), 5000) { Evaluator = static (p, _) => new Cosines(p.Problem.Start.Length) },
    ];

    /// <summary><c>journal</c>: both tables; <c>journal replay</c>: the first; <c>journal share [n …]</c>: the second, or some of its rows;
    /// <c>journal alone|recorded n STEPS</c>: one training, for counting instructions from outside.</summary>
    public static async Task PrintAsync(string[] args)
    {
        switch (args)
        {
            case ["alone" or "recorded", var row, var steps]:
                var plan = Plan(Trainings[int.Parse(row, CultureInfo.InvariantCulture)], int.Parse(steps, CultureInfo.InvariantCulture));
                var evaluator = Trainings[int.Parse(row, CultureInfo.InvariantCulture)].Evaluator;
                if (args[0] == "alone") await AloneAsync(plan, evaluator, _ => { });
                else await WithRunAsync((engine, run) => RecordedAsync(engine, run, plan, evaluator, _ => { }));
                return;
            case [] or ["replay"]:
                Console.WriteLine($"{"a million answers",-34}{"record",12}{"replay",12}{"from mark",12}   processor");
                await ReplayAsync("one gradient of 16 a step", new GradientDescent { LearningRate = 0.01 }, Answers);
                await ReplayAsync("two losses a step (SPSA)", new Spsa(), Answers / 2);
                break;
        }
        if (args is ["replay"]) return;
        var rows = args is ["share", .. var given] && given.Length > 0
            ? given.Select(g => Trainings[int.Parse(g, CultureInfo.InvariantCulture)]) : Trainings;
        Console.WriteLine($"\n{"a training",-28}{"alone",9}{"journal",9}{"share",8}{"quarter to quarter",21}   {"on its thread",15}{"beside it",17}   microseconds a step: wall; processor");
        foreach (var one in rows) await ShareAsync(one);
    }

    private static async Task ReplayAsync(string name, Optimizer optimizer, int steps)
    {
        var plan = Plan(1, null, optimizer, steps, parameters: 16);
        var options = new AdvanceOptions { Evaluator = static (p, _) => new Cosines(p.Problem.Start.Length) };
        await WithRunAsync(async (engine, run) =>
        {
            using var stop = new CancellationTokenSource();
            var record = await MeasureAsync(() => engine.AdvanceAsync(
                run, (_, _) => plan, options with { OnStep = s => { if (s.Index == steps - 1) stop.Cancel(); } }, stop.Token));
            // All that is recorded and no more: stopped again at once where it ended.
            var replay = await MeasureAsync(() => AgainAsync(options with { ResumeFromMark = false }));
            var resume = await MeasureAsync(() => AgainAsync(options));
            Console.WriteLine($"{name,-34}{record.Wall,10:F2} s{replay.Wall,10:F2} s{resume.Wall,10:F3} s   {record.Processor:F1} s, {replay.Processor:F1} s, {resume.Processor:F1} s");

            async Task AgainAsync(AdvanceOptions again)
            {
                using var stopAgain = new CancellationTokenSource();
                await engine.AdvanceAsync(
                    run, (_, _) => plan, again with { OnStep = s => { if (s.Index == steps - 1) stopAgain.Cancel(); } }, stopAgain.Token);
            }
        });
    }

    private static async Task ShareAsync(Training training)
    {
        var plan = Plan(training, Turns * training.Turn);
        var turns = new TakingTurns(training.Turn, plan.Stopping.MaxIterations!.Value);
        await WithRunAsync(async (engine, run) => await Task.WhenAll(
            Task.Run(() => AloneAsync(plan, training.Evaluator, s => turns.OnStep(0, s.Index))),
            Task.Run(() => RecordedAsync(engine, run, plan, training.Evaluator, s => turns.OnStep(1, s.Index)))));
        var (alone, recorded) = (turns.Of(0), turns.Of(1));
        var unit = 1e6 / training.Turn;
        var more = Quantiles(recorded.Zip(alone, (r, a) => (r.Wall - a.Wall) / a.Wall));
        var thread = Quantiles(recorded.Zip(alone, (r, a) => (r.Processor - a.Processor) / a.Processor));
        var (wall, processor) = (Quantiles(alone.Select(a => a.Wall)).Middle, Quantiles(alone.Select(a => a.Processor)).Middle);
        // What neither thread used, the writer did, and what the runtime does beside: collecting, compiling.
        var beside = turns.Beside / (Turns / 2) / processor;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{training.Name,-28}{wall * unit,9:F2}{more.Middle * wall * unit,9:F2}{more.Middle,8:P1}{$"{more.Low:P1} to {more.High:P1}",21}   "
            + $"{$"{thread.Middle * processor * unit:F2} = {thread.Middle:P1}",15}{$"{beside * processor * unit:F2} = {beside:P1}",17}"));
    }

    private static (double Low, double Middle, double High) Quantiles(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 4], sorted[sorted.Length / 2], sorted[sorted.Length * 3 / 4]);
    }

    private static async Task AloneAsync(TrainingPlan plan, Func<TrainingPlan, SimulationOptions, IEvaluator> make, Action<TrainingStep> onStep)
    {
        var evaluator = make(plan, new SimulationOptions { Threads = 1 });
        using var owned = evaluator as IDisposable;
        await Trainer.TrainAsync(plan, evaluator, new SystemRunClock(), onStep);
    }

    private static Task<RunOutcome> RecordedAsync(
        RunEngine engine, RunId run, TrainingPlan plan, Func<TrainingPlan, SimulationOptions, IEvaluator> make, Action<TrainingStep> onStep) =>
        engine.AdvanceAsync(run, (_, _) => plan, new AdvanceOptions { Simulation = new SimulationOptions { Threads = 1 }, OnStep = onStep, Evaluator = make });

    private static TrainingPlan Plan(Training training, int steps) => Plan(training.Qubits, training.Shots, training.Optimizer, steps, 3 * training.Qubits);

    /// <summary>Lets two trainings work in turns of so many steps, and measures each turn. The first half warms up.</summary>
    private sealed class TakingTurns(int steps, int last)
    {
        private readonly SemaphoreSlim[] _turn = [new(1), new(0)];
        private readonly List<(double Wall, double Processor)>[] _measured = [[], []];
        private readonly (long Wall, double Processor)[] _began = new (long, double)[2];
        private double _processAtHalf, _besideAtEnd;

        public List<(double Wall, double Processor)> Of(int side) => _measured[side][^(Turns / 2)..];

        public double Beside => _besideAtEnd - _measured.Sum(m => m[^(Turns / 2)..].Sum(t => t.Processor));

        public void OnStep(int side, int index)
        {
            if (index % steps != 0) return;
            if (index > 0)
            {
                var ended = Clock();
                _measured[side].Add((Stopwatch.GetElapsedTime(_began[side].Wall, ended.Wall).TotalSeconds, ended.Processor - _began[side].Processor));
                if (side == 1 && index == last / 2) _processAtHalf = Environment.CpuUsage.TotalTime.TotalSeconds;
                if (side == 1 && index == last) _besideAtEnd = Environment.CpuUsage.TotalTime.TotalSeconds - _processAtHalf;
                _turn[1 - side].Release();
                if (index == last) return;
            }
            _turn[side].Wait();
            _began[side] = Clock();
        }

        private static (long Wall, double Processor) Clock()
        {
            const int threadClock = 3;
            _ = clock_gettime(threadClock, out var time);
            return (Stopwatch.GetTimestamp(), time.Seconds + 1e-9 * time.Nanoseconds);
        }

        private readonly record struct TimeSpec(long Seconds, long Nanoseconds);

#pragma warning disable IDE1006, SYSLIB1054, CA5392 // the C library's own name
        [DllImport("libc")]
        private static extern int clock_gettime(int clock, out TimeSpec time);
#pragma warning restore IDE1006, SYSLIB1054, CA5392
    }

    private static TrainingPlan Plan(int qubits, int? shots, Optimizer optimizer, int steps, int parameters)
    {
        var angles = Parameter.Vector("t", parameters);
        var ansatz = Circuit.Build(qubits, c =>
        {
            for (var k = 0; k < parameters; k++)
            {
                c.Ry(angles[k], k % qubits);
                if (qubits > 1 && k % qubits == qubits - 1)
                    for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1);
            }
        });
        return new TrainingPlan
        {
            Problem = new TrainingProblem("bench", ansatz, WorkloadCircuits.IsingChain(qubits), [.. angles.Select((_, k) => 0.1 * k + 0.3)]),
            Optimizer = optimizer,
            Shots = shots,
            Stopping = new StoppingRules { MaxIterations = steps },
        };
    }

    private static async Task WithRunAsync(Func<RunEngine, RunId, Task> act)
    {
        var folder = Directory.CreateTempSubdirectory("qtrain-bench-").FullName;
        try
        {
            using var store = Store.Open(folder);
            var engine = new RunEngine(store);
            var run = await engine.CreateAsync("bench", "{}", new Dictionary<string, RunInput>(), seed: 1);
            await act(engine, run.Id);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double Wall, double Processor)> MeasureAsync(Func<Task> act)
    {
        var (before, wall) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        await act();
        return (wall.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    /// <summary>Σ cos θ and its gradient: an evaluator that costs next to nothing, so that the journal is what is measured.</summary>
    private sealed class Cosines(int dimension) : IEvaluator
    {
        public int Dimension => dimension;

        public string Identity => "cosines";

        public ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation)
        {
            var answers = new Answer[questions.Count];
            for (var k = 0; k < answers.Length; k++)
            {
                var point = questions[k].Point;
                answers[k] = questions[k].Kind == QuestionKind.Loss
                    ? new Answer(point.Sum(Math.Cos), 0.01, Shots: 1000)
                    : new Answer(point.Sum(Math.Cos), Gradient: [.. point.Select(t => -Math.Sin(t))]);
            }
            return new(answers);
        }
    }
}
