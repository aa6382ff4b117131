using System.Runtime.CompilerServices;
using QTrain.Numerics;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Optimizers;
using QTrain.Training;

namespace QTrain.Operations.Tests.Runs;

public sealed class A_run_with_several_questions_on_their_way : IDisposable
{
    private static readonly TrainingPlan Plan = TestTraining.Plan(qubits: 2, shots: 20, iterations: 24, optimizer: new ThreeAtOnce());

    private readonly TemporaryStore _folder = new();
    private readonly Store _store;
    private readonly RunEngine _engine;

    public A_run_with_several_questions_on_their_way()
    {
        _store = _folder.Open();
        _engine = new RunEngine(_store);
    }

    [Fact]
    public async Task hands_answers_over_as_they_come_and_replays_that_order()
    {
        var run = await NewRunAsync();
        var order = new List<QuestionPath>();
        var outcome = await _engine.AdvanceAsync(run, (_, _) => WatchedPlan(order), Options(new Finishing(1)));

        outcome.Status.ShouldBe(RunStatus.Completed);
        order.SequenceEqual(order.Order()).ShouldBeFalse("some question was overtaken");
        order.ShouldBeUnique();
        var again = new List<QuestionPath>();
        var report = await _engine.ReplayAsync(run, (_, _) => WatchedPlan(again), Options(new Finishing(99)));
        (report.IsIdentical, report.Compared).ShouldBe((true, 1 + order.Count));
        again.ShouldBe(order);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task that_is_abandoned_at_every_point_hands_over_the_recorded_order_and_asks_nothing_paid_again(bool whileAsking)
    {
        var run = await NewRunAsync();
        var handedOver = new List<QuestionPath>();
        RunOutcome? outcome = null;
        // Each session dies a little later than the one before, counted from where that died: in the middle of asking, or right after an answer was handed over.
        for (var session = 0; outcome is null; session++)
        {
            session.ShouldBeLessThan(200);
            var answered = await AnsweredAsync(run);
            var order = new List<QuestionPath>();
            var evaluator = new Finishing(session, diesAtQuestion: whileAsking ? 2 + session % 3 : null);
            var limit = handedOver.Count + 1 + session % 2;
            try
            {
                outcome = await _engine.AdvanceAsync(run, (_, _) => WatchedPlan(order, () =>
                {
                    if (!whileAsking && order.Count == limit) throw new InvalidOperationException("died");
                }), Options(evaluator));
            }
            catch (InvalidOperationException e) when (e.Message == "died")
            {
                // Abandoned.
            }
            order.Take(handedOver.Count).ShouldBe(handedOver, "what was handed over is handed over again, in that order");
            evaluator.Asked.Intersect(answered).ShouldBeEmpty();
            handedOver = order;
        }

        outcome.Status.ShouldBe(RunStatus.Completed);
        handedOver.Count.ShouldBe(24);
        handedOver.ShouldBeUnique();
        var report = await _engine.ReplayAsync(run, (_, _) => Plan, Options(new Finishing(7)));
        (report.IsIdentical, report.StepsEqual).ShouldBe((true, 25));
    }

    [Fact]
    public async Task keeps_what_came_and_was_not_waited_for()
    {
        var run = await NewRunAsync();
        using var stop = new CancellationTokenSource();
        var order = new List<QuestionPath>();
        var evaluator = new Finishing(3);
        await _engine.AdvanceAsync(run, (_, _) => WatchedPlan(order, () =>
        {
            if (order.Count != 4) return;
            // The other two come while nobody waits for them.
            Task.WaitAll(evaluator.Waits);
            stop.Cancel();
        }), Options(evaluator), stop.Token);
        (await AnsweredAsync(run)).Count.ShouldBeGreaterThan(1 + 4);

        var rest = new Finishing(4);
        var answered = await AnsweredAsync(run);
        (await _engine.AdvanceAsync(run, (_, _) => Plan, Options(rest))).Status.ShouldBe(RunStatus.Completed);
        rest.Asked.Intersect(answered).ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    private async Task<RunId> NewRunAsync() => (await _engine.CreateAsync("concurrent", "{}", new Dictionary<string, RunInput>(), seed: 7)).Id;

    private async Task<HashSet<QuestionPath>> AnsweredAsync(RunId run)
    {
        var page = new JournalPage();
        await _store.Runs.ReadAsync(run, JournalLane.Answers, null, null, 10_000, page, default);
        return [.. Enumerable.Range(0, page.Count).Select(k => page.PathOf(k))];
    }

    private static TrainingPlan WatchedPlan(List<QuestionPath> order, Action? then = null) => Plan with
    {
        Optimizer = new ThreeAtOnce
        {
            OnCompleted = path =>
            {
                order.Add(path);
                then?.Invoke();
            },
        },
    };

    private static AdvanceOptions Options(Finishing evaluator) => new() { Evaluator = (_, _) => evaluator, Durability = JournalDurability.Paid };

    /// <summary>Answers every question by a function of its point, after a random while.</summary>
    private sealed class Finishing(int seed, int? diesAtQuestion = null) : IEvaluator
    {
        private RandomStream _random = new((ulong)seed);

        public List<QuestionPath> Asked { get; } = [];

        public List<Task> Waits { get; } = [];

        public int Dimension => 4;

        public string Identity => "finishing";

        public async ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation)
        {
            var question = questions.ShouldHaveSingleItem();
            Asked.Add(question.Path);
            if (Asked.Count == diesAtQuestion) throw new InvalidOperationException("died");
            Waits.Add(Task.Delay((int)_random.NextBelow(8), cancellation));
            await Waits[^1];
            return [new Answer(question.Point.Sum(Math.Cos), 0.1, Shots: 20)];
        }
    }
}

/// <summary>Keeps three questions on their way and goes from the point of whichever is answered: another order is another trajectory.</summary>
internal sealed record ThreeAtOnce : Optimizer
{
    public Action<QuestionPath>? OnCompleted { get; init; }

    public override string Name => "three-at-once";

    public override bool NeedsGradient => false;

    public override async IAsyncEnumerable<Iterate> MinimizeAsync(
        IObjective objective, double[] start, RandomStream random, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var at = (double[])start.Clone();
        var first = await objective.LossAsync(at, cancellation);
        yield return new Iterate(at, first.Loss, first.StandardError);
        var points = new Dictionary<QuestionPath, double[]>();
        while (true)
        {
            while (objective.InFlight < 3)
            {
                double[] near = [.. at.Select(x => x + 0.1 * random.NextGaussian())];
                points.Add(await objective.BeginAsync(QuestionKind.Loss, near, cancellation), near);
            }
            var (path, answer) = await objective.NextCompletedAsync(cancellation);
            OnCompleted?.Invoke(path);
            points.Remove(path, out var point);
            at = point!;
            yield return new Iterate(at, answer.Loss, answer.StandardError);
        }
    }
}
