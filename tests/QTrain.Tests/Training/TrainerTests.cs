using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using QTrain.Numerics;
using QTrain.Optimizers;
using QTrain.Training;

namespace QTrain.Tests.Training;

public sealed class The_trainer
{
    private static readonly GradientDescent Descent = new() { LearningRate = 0.1 };

    private static Task<TrainingResult> Train(
        FunctionEvaluator evaluator, StoppingRules rules, Optimizer? optimizer = null, Action<TrainingStep>? onStep = null, IRunClock? clock = null,
        CancellationToken cancellation = default) =>
        Trainer.TrainAsync(
            Plans.Of(optimizer ?? Descent, new double[evaluator.Dimension], rules), evaluator, clock ?? new CountingClock(TimeSpan.Zero), onStep, cancellation);

    [Fact]
    public async Task numbers_questions_by_step_and_slot_in_the_order_of_asking()
    {
        var evaluator = FunctionEvaluator.Quadratic(2);
        await Train(evaluator, new StoppingRules { MaxIterations = 3 }, new Asking(0, 2, 3, 1));
        evaluator.Asked.Select(q => q.Path.ToString()).ShouldBe(["0/0/0", "0/1/0", "0/1/1", "0/2/0", "0/2/1", "0/2/2", "0/3/0"]);
    }

    [Fact]
    public async Task makes_step_0_of_the_start()
    {
        var steps = new List<TrainingStep>();
        var result = await Train(FunctionEvaluator.Quadratic(2), new StoppingRules { MaxIterations = 2 }, onStep: steps.Add);
        steps.Select(s => s.Index).ShouldBe([0, 1, 2]);
        steps[0].Parameters.ShouldBe([0, 0]);
        steps[0].Loss.ShouldBe(3);
        steps[2].Evaluations.ShouldBe(3);
        (result.InitialLoss, result.Iterations, result.StopReason).ShouldBe((3, 2, StopReason.Iterations));
    }

    [Fact]
    public async Task hashes_the_bits_of_every_step()
    {
        var steps = new List<TrainingStep>();
        var result = await Train(FunctionEvaluator.Quadratic(3), new StoppingRules { MaxIterations = 5 }, onStep: steps.Add);
        var bytes = new List<byte>();
        foreach (var value in steps.SelectMany(s => s.Parameters.Append(s.Loss)))
        {
            var bits = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bits, BitConverter.DoubleToInt64Bits(value));
            bytes.AddRange(bits);
        }
        result.TrajectoryHash.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())));
    }

    [Fact]
    public async Task repeats_itself_to_the_bit_whether_answers_come_at_once_or_later()
    {
        var rules = new StoppingRules { MaxIterations = 20 };
        var now = await Train(FunctionEvaluator.Quadratic(3), rules);
        var later = await Train(FunctionEvaluator.Quadratic(3, delayed: true), rules);
        later.TrajectoryHash.ShouldBe(now.TrajectoryHash);
    }

    [Fact]
    public async Task keeps_an_optimizer_on_one_thread_however_answers_arrive()
    {
        var optimizer = new Asking(0, 3, 3, 3);
        await Train(FunctionEvaluator.Quadratic(2, delayed: true), new StoppingRules { MaxIterations = 3 }, optimizer);
        optimizer.Threads.Distinct().Count().ShouldBe(1);
        optimizer.Threads[0].ShouldNotBe(Environment.CurrentManagedThreadId);
    }

    [Theory]
    [InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity)]
    public async Task takes_a_loss_that_is_not_finite_for_divergence_and_never_for_the_best(double loss)
    {
        var evaluator = new FunctionEvaluator(1, q => new Answer(q.Path.Step < 2 ? 5 - q.Path.Step : loss, Gradient: [1]));
        var result = await Train(evaluator, new StoppingRules { MaxIterations = 2 });
        result.StopReason.ShouldBe(StopReason.Divergence);
        (result.BestLoss, result.FinalLoss, result.Iterations).ShouldBe((4, loss, 2));
        result.BestParameters.ShouldBe([-0.1]);
    }

    [Fact]
    public async Task has_no_best_loss_when_no_loss_was_finite()
    {
        var result = await Train(new FunctionEvaluator(1, _ => new Answer(double.NaN, Gradient: [1])), new StoppingRules());
        result.StopReason.ShouldBe(StopReason.Divergence);
        result.BestLoss.ShouldBe(double.NaN);
        result.BestParameters.ShouldBe([0]);
    }

    [Fact]
    public async Task asks_nothing_at_a_point_that_is_not_finite()
    {
        var evaluator = new FunctionEvaluator(1, _ => new Answer(1, Gradient: [double.NaN]));
        var result = await Train(evaluator, new StoppingRules());
        result.StopReason.ShouldBe(StopReason.Divergence);
        evaluator.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task stops_when_the_loss_rises_beyond_bounds()
    {
        var result = await Train(FunctionEvaluator.Quadratic(2), new StoppingRules { DivergenceAbove = 10 }, new GradientDescent { LearningRate = 1 });
        result.StopReason.ShouldBe(StopReason.Divergence);
        result.FinalLoss.ShouldBeGreaterThan(13);
        result.BestLoss.ShouldBe(3);
    }

    [Theory]
    [InlineData(1, 1), InlineData(7, 7), InlineData(8, 7), InlineData(9, 7), InlineData(10, 10)]
    public async Task never_begins_a_batch_that_the_evaluations_do_not_allow(int allowed, int used)
    {
        var evaluator = FunctionEvaluator.Quadratic(2);
        var result = await Train(evaluator, new StoppingRules { MaxEvaluations = allowed }, new Asking(0, 3, 3, 3, 3, 3));
        (result.StopReason, result.Evaluations).ShouldBe((StopReason.Evaluations, used));
        evaluator.Asked.Count.ShouldBe(used);
    }

    [Fact]
    public async Task learns_what_a_gradient_costs_from_the_first()
    {
        var evaluator = new FunctionEvaluator(1, q => new Answer(q.Point[0], Gradient: [1], Evaluations: 5));
        var result = await Train(evaluator, new StoppingRules { MaxEvaluations = 24 });
        (result.StopReason, result.Evaluations).ShouldBe((StopReason.Evaluations, 20));
    }

    [Fact]
    public async Task asks_the_clock_once_a_step_and_only_under_a_time_rule()
    {
        var clock = new CountingClock(TimeSpan.FromSeconds(1));
        var result = await Train(
            FunctionEvaluator.Quadratic(2), new StoppingRules { MaxTime = TimeSpan.FromSeconds(3) }, new Asking(0, 2, 2, 2, 2), clock: clock);
        (result.StopReason, result.Iterations).ShouldBe((StopReason.Time, 2));
        clock.Read.Select(p => p.ToString()).ShouldBe(["0/0/1", "0/1/2", "0/2/2"]);

        var unasked = new CountingClock(TimeSpan.FromDays(1));
        await Train(FunctionEvaluator.Quadratic(2), new StoppingRules { MaxIterations = 3 }, clock: unasked);
        unasked.Read.ShouldBeEmpty();
    }

    [Fact]
    public async Task stops_at_a_small_change_of_the_loss()
    {
        var result = await Train(FunctionEvaluator.Quadratic(2), new StoppingRules { LossTolerance = 1e-6 });
        result.StopReason.ShouldBe(StopReason.Tolerance);
        result.FinalLoss.ShouldBeLessThan(1e-5);
    }

    [Fact]
    public async Task stops_at_a_small_gradient()
    {
        var steps = new List<TrainingStep>();
        var result = await Train(FunctionEvaluator.Quadratic(2), new StoppingRules { GradientTolerance = 1e-4 }, onStep: steps.Add);
        result.StopReason.ShouldBe(StopReason.Tolerance);
        steps[^1].GradientNorm!.Value.ShouldBeLessThanOrEqualTo(1e-4);
        steps[^2].GradientNorm!.Value.ShouldBeGreaterThan(1e-4);
    }

    [Fact]
    public async Task stops_on_a_plateau()
    {
        var evaluator = new FunctionEvaluator(1, q => new Answer(Math.Max(3, 10 - q.Path.Step) + 0.01 * (q.Path.Step % 2), Gradient: [1]));
        var result = await Train(evaluator, new StoppingRules { PlateauSteps = 5, PlateauTolerance = 0.1 });
        (result.StopReason, result.Iterations).ShouldBe((StopReason.Plateau, 12));
    }

    [Fact]
    public async Task calls_an_optimizer_that_ends_by_itself_converged()
    {
        var result = await Train(FunctionEvaluator.Quadratic(2), new StoppingRules(), new Asking(0, 1));
        (result.StopReason, result.Iterations).ShouldBe((StopReason.Tolerance, 1));
    }

    [Fact]
    public async Task returns_what_it_knows_when_cancelled()
    {
        using var source = new CancellationTokenSource();
        var evaluator = FunctionEvaluator.Quadratic(2);
        var result = await Train(evaluator, new StoppingRules(), onStep: s =>
        {
            if (s.Index == 4) source.Cancel();
        }, cancellation: source.Token);
        (result.StopReason, result.Iterations, result.Evaluations).ShouldBe((StopReason.Interrupted, 4, 5));

        var same = await Train(FunctionEvaluator.Quadratic(2), new StoppingRules { MaxIterations = 4 });
        result.TrajectoryHash.ShouldBe(same.TrajectoryHash);
    }

    [Fact]
    public async Task can_be_cancelled_while_it_waits_for_an_answer()
    {
        using var source = new CancellationTokenSource();
        var evaluator = new FunctionEvaluator(1, q =>
        {
            if (q.Path.Step == 3) source.Cancel();
            source.Token.ThrowIfCancellationRequested();
            return new Answer(1.0 / (1 + q.Path.Step), Gradient: [1]);
        })
        {
            Delayed = true,
        };
        var result = await Train(evaluator, new StoppingRules(), cancellation: source.Token);
        (result.StopReason, result.Iterations).ShouldBe((StopReason.Interrupted, 2));
    }

    [Fact]
    public async Task has_nothing_to_tell_when_cancelled_before_the_first_loss() =>
        await Should.ThrowAsync<OperationCanceledException>(() =>
            Train(FunctionEvaluator.Quadratic(2), new StoppingRules(), cancellation: new CancellationToken(canceled: true)));

    [Fact]
    public async Task passes_a_failure_on()
    {
        var failure = new QuantumException("The device is on fire.");
        var evaluator = new FunctionEvaluator(1, q => q.Path.Step < 2 ? new Answer(1, Gradient: [1]) : throw failure);
        (await Should.ThrowAsync<QuantumException>(() => Train(evaluator, new StoppingRules()))).ShouldBeSameAs(failure);
    }

    [Fact]
    public async Task refuses_a_start_of_the_wrong_length()
    {
        var plan = Plans.Of(Descent, [0, 0, 0]);
        (await Should.ThrowAsync<QuantumException>(() => Trainer.TrainAsync(plan, FunctionEvaluator.Quadratic(2), new SystemRunClock()))).Message
            .ShouldBe("The start has 3 values but the circuit has 2 parameters: give one value for each, in their order.");
    }

    [Fact]
    public void refuses_rules_without_sense()
    {
        Should.Throw<QuantumException>(() => new StoppingRules { MaxIterations = -1 }).Message
            .ShouldBe("Stopping rule 'maxIterations' is -1, but it must be at least 0; leave it out to switch it off.");
        Should.Throw<QuantumException>(() => new StoppingRules { LossTolerance = double.NaN });
        Should.Throw<QuantumException>(() => new StoppingRules { PlateauTolerance = -1e-3 });
        Should.Throw<QuantumException>(() => new StoppingRules { PlateauSteps = 0 });
        Should.Throw<QuantumException>(() => new StoppingRules { MaxTime = TimeSpan.FromSeconds(-1) });
        new StoppingRules { MaxIterations = null, MaxTime = null, LossTolerance = 0 }.MaxIterations.ShouldBeNull();
    }

    [Fact]
    public async Task hands_out_steps_as_a_stream()
    {
        var plan = Plans.Of(Descent, [0, 0], new StoppingRules { MaxIterations = 10 });
        var streamed = new List<TrainingStep>();
        await foreach (var step in Trainer.StepsAsync(plan, FunctionEvaluator.Quadratic(2), new SystemRunClock())) streamed.Add(step);
        var told = new List<TrainingStep>();
        await Trainer.TrainAsync(plan, FunctionEvaluator.Quadratic(2), new SystemRunClock(), told.Add);
        streamed.Select(s => (s.Index, s.Loss)).ShouldBe(told.Select(s => (s.Index, s.Loss)));
    }

    [Fact]
    public async Task can_be_left_in_the_middle_of_a_stream()
    {
        var evaluator = FunctionEvaluator.Quadratic(2, delayed: true);
        await foreach (var step in Trainer.StepsAsync(Plans.Of(Descent, [0, 0]), evaluator, new SystemRunClock()))
            if (step.Index == 3) break;
        evaluator.Asked.Count.ShouldBe(4);
    }

    [Fact]
    public async Task trains_on_the_simulator_by_default()
    {
        var result = await Trainer.TrainAsync(Plans.Ising(2, 1, new GradientDescent { LearningRate = 0.1 }));
        result.FinalLoss.ShouldBeLessThan(result.InitialLoss);
        result.FinalLoss.ShouldBe(-Math.Sqrt(5), tolerance: 1e-3);
    }

    /// <summary>Asks a given number of losses in each step, in one batch, and remembers on which thread it was.</summary>
    private sealed record Asking(params int[] PerStep) : Optimizer
    {
        public List<int> Threads { get; } = [];

        public override string Name => "asking";

        public override bool NeedsGradient => false;

        public override async IAsyncEnumerable<Iterate> MinimizeAsync(
            IObjective objective, double[] start, RandomStream random, [EnumeratorCancellation] CancellationToken cancellation)
        {
            Threads.Add(Environment.CurrentManagedThreadId);
            var first = await objective.LossAsync(start, cancellation);
            Threads.Add(Environment.CurrentManagedThreadId);
            yield return new Iterate(start, first.Loss);
            foreach (var count in PerStep.Skip(1))
            {
                var at = (double[])start.Clone();
                at[0] += 0.1;
                var answers = await objective.LossesAsync([.. Enumerable.Repeat(at, count)], cancellation);
                Threads.Add(Environment.CurrentManagedThreadId);
                yield return new Iterate(at, answers[0].Loss);
            }
        }
    }
}
