using System.Diagnostics;
using QTrain.Circuits;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Optimizers;
using QTrain.Simulation;
using QTrain.Training;
using QTrain.Workloads;

namespace QTrain.Benchmarks;

/// <summary>What durability costs: how long a million recorded answers take to go through, and which share of a training is journaling.
/// Processor time beside wall time, so that a machine with other work still tells something.</summary>
internal static class JournalWorkloads
{
    private const int Answers = 1_000_000;

    public static async Task PrintAsync()
    {
        Console.WriteLine($"{"a million answers",-34}{"record",12}{"replay",12}   wall, processor");
        await ReplayAsync("one gradient of 16 a step", new GradientDescent { LearningRate = 0.01 }, Answers);
        await ReplayAsync("two losses a step (SPSA)", new Spsa(), Answers / 2);
        Console.WriteLine();
        Console.WriteLine($"{"a training",-34}{"alone",12}{"recorded",12}   microseconds a step; best of five, wall time");
        await ShareAsync("4 qubits, exact, Adam", 4, null, new Adam(), 20_000);
        await ShareAsync("4 qubits, 1000 shots, SPSA", 4, 1000, new Spsa(), 10_000);
        await ShareAsync("8 qubits, exact, Adam", 8, null, new Adam(), 20_000);
        await ShareAsync("12 qubits, exact, Adam", 12, null, new Adam(), 2_000);
        await ShareAsync("12 qubits, 1000 shots, SPSA", 12, 1000, new Spsa(), 1_000);
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
            var replay = await MeasureAsync(() => engine.AdvanceAsync(run, (_, _) => plan, options));
            Console.WriteLine($"{name,-34}{record.Wall,10:F2} s{replay.Wall,10:F2} s   {record.Wall:F1} s, {record.Processor:F1} s; {replay.Wall:F1} s, {replay.Processor:F1} s");
        });
    }

    private static async Task ShareAsync(string name, int qubits, int? shots, Optimizer optimizer, int steps)
    {
        var plan = Plan(qubits, shots, optimizer, steps, parameters: 3 * qubits);
        var simulation = new SimulationOptions { Threads = 1 };
        var (alone, recorded) = (double.PositiveInfinity, double.PositiveInfinity);
        // Interleaved, so that both see the same other work of the machine.
        for (var round = 0; round < 5; round++)
        {
            alone = Math.Min(alone, (await MeasureAsync(AloneAsync)).Wall);
            await WithRunAsync(async (engine, run) => recorded = Math.Min(recorded, (await MeasureAsync(
                () => engine.AdvanceAsync(run, (_, _) => plan, new AdvanceOptions { Simulation = simulation }))).Wall));
        }
        Console.WriteLine($"{name,-34}{alone / steps * 1e6,12:F1}{recorded / steps * 1e6,12:F1}   {(recorded - alone) / recorded:P1}");

        async Task AloneAsync()
        {
            using var evaluator = new SimulatorEvaluator(plan, simulation);
            await Trainer.TrainAsync(plan, evaluator, new SystemRunClock());
        }
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
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var wall = Stopwatch.StartNew();
        await act();
        process.Refresh();
        return (wall.Elapsed.TotalSeconds, (process.TotalProcessorTime - before).TotalSeconds);
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
