using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Optimizers;
using QTrain.Training;

namespace QTrain.Operations.Tests.Runs;

public sealed class A_marked_run : IDisposable
{
    // 51 answers before the first step, then two a step; marks after steps 10, 20, 30.
    private static readonly TrainingPlan Plan = TestTraining.Plan(optimizer: new Spsa(), iterations: 40);

    private readonly TemporaryStore _folder = new();
    private readonly Store _store;
    private readonly RunEngine _engine;
    private readonly List<TrainingStep> _steps = [];
    private Watched? _watched;

    public A_marked_run()
    {
        _store = _folder.Open();
        _engine = new RunEngine(_store);
    }

    [Theory]
    [InlineData(9, 71)]     // before the first mark: from the beginning
    [InlineData(26, 12)]    // six steps after the mark at 20
    [InlineData(30, 20)]    // the mark at 30 is made when step 31 begins
    public async Task goes_on_from_its_last_mark_and_comes_to_the_same_end(int interruptedAt, int replayed)
    {
        var run = await InterruptAsync(interruptedAt);
        _steps.Clear();
        var resumed = await AdvanceAsync(run);

        resumed.Status.ShouldBe(RunStatus.Completed);
        resumed.Replayed.ShouldBe(replayed);
        ShouldBeWhole(resumed, await Trainer.TrainAsync(Plan));
        _watched!.Asked.Count.ShouldBe(2 * (40 - interruptedAt));
        (await _store.Runs.StepsAsync(run).Select(s => s.Index).ToListAsync()).ShouldBe(Enumerable.Range(0, 41));
    }

    [Theory]
    [InlineData("UPDATE journal SET answer = cast(substr(answer, 1, 80) || x'00FF' || substr(answer, 83) AS blob) WHERE lane = 3")]
    [InlineData("UPDATE journal SET answer = x'01' WHERE lane = 3")]
    public async Task goes_through_all_that_is_recorded_when_its_mark_does_not_fit(string damage)
    {
        var run = await InterruptAsync(26);
        _folder.Sql(damage);
        var resumed = await AdvanceAsync(run);

        resumed.Replayed.ShouldBe(53 + 2 * 26);
        ShouldBeWhole(resumed, await Trainer.TrainAsync(Plan));
    }

    [Fact]
    public async Task goes_through_all_that_is_recorded_when_asked_to_and_keeps_its_marks_once()
    {
        var run = await InterruptAsync(26);
        var resumed = await _engine.AdvanceAsync(run, (_, _) => Plan, new AdvanceOptions { MarkEvery = 10, ResumeFromMark = false });

        resumed.Replayed.ShouldBe(53 + 2 * 26);
        ShouldBeWhole(resumed, await Trainer.TrainAsync(Plan));
        _folder.Sql("SELECT count(*) FROM journal WHERE lane = 3").ShouldBe(3);
    }

    [Fact]
    public async Task is_stopped_from_the_beginning_when_its_code_asks_something_else()
    {
        var run = await InterruptAsync(26);
        var other = Plan with { Optimizer = new Spsa { Perturbation = 0.2 } };
        // Not gone on with from the mark as if nothing had happened.
        (await Should.ThrowAsync<JournalMismatchException>(() => _engine.AdvanceAsync(run, (_, _) => other))).Sequence.ShouldBe(2);
    }

    [Fact]
    public async Task is_replayed_from_the_beginning_or_from_its_last_mark()
    {
        var run = await InterruptAsync(40);
        await AdvanceAsync(run);
        var whole = await _engine.ReplayAsync(run, (_, _) => Plan);
        (whole.IsIdentical, whole.FromStep, whole.Compared, whole.StepsEqual).ShouldBe((true, null, 53 + 80, 41));
        var rest = await _engine.ReplayAsync(run, (_, _) => Plan, fromMark: true);
        (rest.IsIdentical, rest.FromStep, rest.Compared, rest.StepsEqual).ShouldBe((true, 30, 20, 10));
        rest.ReplayedHash.ShouldBe(whole.ReplayedHash);

        (await Should.ThrowAsync<QuantumException>(() => _engine.ReplayAsync(run, (_, _) => Plan with { Seed = 8 }, fromMark: true))).Message
            .ShouldBe($"Run {run} cannot be replayed from its mark: the mark after step 30 is of another problem, start, seed, optimizer, version of an algorithm "
                + "or stopping rule. Replay it from the beginning, which checks everything.");
        _folder.Sql("DELETE FROM journal WHERE lane = 3");
        (await Should.ThrowAsync<QuantumException>(() => _engine.ReplayAsync(run, (_, _) => Plan, fromMark: true))).Message
            .ShouldBe($"Run {run} has no mark: it is too short, or its optimizer makes none. Replay it from the beginning.");
    }

    [Fact]
    public async Task is_told_another_step_after_its_mark()
    {
        var run = await InterruptAsync(26);
        // The answers stand, so the step can only differ where it is computed.
        _folder.Sql("DELETE FROM step_blocks");
        await _store.Runs.AppendAsync(
            await _store.Runs.AcquireAsync(run, LeaseOwner.ThisProcess, TimeSpan.FromSeconds(10), default), new JournalPage(),
            [new StepRecord(0, 21, -1, 0, -1, null, 1, 1, default, 7)], default, JournalDurability.Free, default);
        _folder.Sql("UPDATE leases SET owner = NULL");
        (await Should.ThrowAsync<JournalMismatchException>(() => AdvanceAsync(run))).Message.ShouldContain("the journal has step 21 with the loss -1,");
    }

    [Fact]
    public async Task has_a_clock_that_goes_on_from_there()
    {
        var time = new ManualTime();
        using var store = Store.Open(_folder.Folder, time);
        var engine = new RunEngine(store);
        var plan = Plan with { Stopping = new StoppingRules { MaxTime = TimeSpan.FromSeconds(200.5) } };
        var run = await engine.CreateAsync("timed", "{}", new Dictionary<string, RunInput>(), seed: 7);
        using var stop = new CancellationTokenSource();
        await engine.AdvanceAsync(run.Id, (_, _) => plan, Ticking(s => { if (s.Index == 26) stop.Cancel(); }), stop.Token);
        var outcome = await engine.AdvanceAsync(run.Id, (_, _) => plan, Ticking(_ => { }));

        (outcome.Result!.Training.StopReason, outcome.Result.Training.Iterations).ShouldBe((StopReason.Time, 74));
        var report = await engine.ReplayAsync(run.Id, (_, _) => plan, fromMark: true);
        (report.IsIdentical, report.FromStep).ShouldBe((true, 70));
        (await engine.ReplayAsync(run.Id, (_, _) => plan)).IsIdentical.ShouldBeTrue();

        // A second a question: 53 with step 0, two a step.
        AdvanceOptions Ticking(Action<TrainingStep> onStep) => new()
        {
            OnStep = onStep,
            MarkEvery = 10,
            LeaseDuration = TimeSpan.FromDays(10),
            Evaluator = (p, o) => new Watched(new SimulatorEvaluator(p, o), _ => time.Advance(TimeSpan.FromSeconds(1))),
        };
    }

    public void Dispose() => _folder.Dispose();

    private static void ShouldBeWhole(RunOutcome outcome, TrainingResult whole)
    {
        var training = outcome.Result!.Training;
        training.TrajectoryHash.ShouldBe(whole.TrajectoryHash);
        training.FinalParameters.ShouldBe(whole.FinalParameters);
        training.BestParameters.ShouldBe(whole.BestParameters);
        (training.Evaluations, training.Shots, training.InitialLoss).ShouldBe((whole.Evaluations, whole.Shots, whole.InitialLoss));
    }

    private async Task<RunId> InterruptAsync(int step)
    {
        var run = await _engine.CreateAsync("marked", "{}", new Dictionary<string, RunInput>(), seed: 7);
        using var stop = new CancellationTokenSource();
        await AdvanceAsync(run.Id, s => { if (s.Index == step && step < 40) stop.Cancel(); }, stop.Token);
        return run.Id;
    }

    private Task<RunOutcome> AdvanceAsync(RunId run, Action<TrainingStep>? onStep = null, CancellationToken cancellation = default) =>
        _engine.AdvanceAsync(run, (_, _) => Plan, new AdvanceOptions
        {
            MarkEvery = 10,
            // Few at a time, so that marks and what they follow lie in several transactions.
            GroupCommit = new GroupCommit(Entries: 7, Milliseconds: 1),
            OnStep = s =>
            {
                _steps.Add(s);
                onStep?.Invoke(s);
            },
            Evaluator = (p, o) => _watched = new Watched(new SimulatorEvaluator(p, o)),
        }, cancellation);
}

public sealed class A_run_of_an_ensemble : IDisposable
{
    private static readonly TrainingPlan Plan = TestTraining.Plan(optimizer: new Spsa(), iterations: 30) with
    {
        FurtherStarts = [[1.1, 0.2, -0.3, 0.4, 0.9, 0.6, 0.7, -0.8], [0.5, 0.5, 0.5, 0.5, -0.5, -0.5, -0.5, -0.5]],
    };

    private readonly TemporaryStore _folder = new();
    private readonly Store _store;
    private readonly RunEngine _engine;

    public A_run_of_an_ensemble()
    {
        _store = _folder.Open();
        _engine = new RunEngine(_store);
    }

    [Theory]
    [InlineData(0, 12, 1000)]
    [InlineData(1, 0, 1000)]
    [InlineData(1, 17, 10)]
    [InlineData(2, 29, 5)]
    public async Task goes_on_in_the_member_that_was_interrupted_and_keeps_every_history(int member, int step, int markEvery)
    {
        var alone = new List<TrainingResult>();
        using (var evaluator = new SimulatorEvaluator(Plan))
            for (var m = 0; m < Plan.Members; m++) alone.Add(await Trainer.TrainAsync(Plan, evaluator, new SystemRunClock(), new TrainerOptions { Member = m }));
        var run = (await _engine.CreateAsync("ensemble", "{}", new Dictionary<string, RunInput>(), seed: 7)).Id;
        using var stop = new CancellationTokenSource();
        var begun = 0;
        var interrupted = await AdvanceAsync(s =>
        {
            if (s.Index == 0) begun++;
            if (begun == member + 1 && s.Index == step) stop.Cancel();
        }, stop.Token);
        interrupted.Status.ShouldBe(RunStatus.Interrupted);
        begun.ShouldBe(member + 1);
        var outcome = await AdvanceAsync(_ => { });

        outcome.Status.ShouldBe(RunStatus.Completed);
        outcome.Result!.Members.Select(m => m.TrajectoryHash).ShouldBe(alone.Select(m => m.TrajectoryHash));
        outcome.Result.Training.BestLoss.ShouldBe(alone.Min(m => m.BestLoss));
        RunResult.Of(await _store.Runs.GetAsync(run))!.Members.Length.ShouldBe(3);
        (await _store.Runs.AllStepsAsync(run).Select(s => (s.Member, s.Index)).ToListAsync())
            .ShouldBe(from m in Enumerable.Range(0, 3) from k in Enumerable.Range(0, 31) select (m, k));

        var replay = await _engine.ReplayAsync(run, (_, _) => Plan);
        (replay.IsIdentical, replay.Compared, replay.StepsEqual).ShouldBe((true, 3 * 113, 93));
        replay.ReplayedHash.ShouldBe(string.Join(' ', alone.Select(m => m.TrajectoryHash)));

        Task<RunOutcome> AdvanceAsync(Action<TrainingStep> onStep, CancellationToken cancellation = default) =>
            _engine.AdvanceAsync(run, (_, _) => Plan, new AdvanceOptions { OnStep = onStep, MarkEvery = markEvery }, cancellation);
    }

    [Fact]
    public async Task shows_in_a_replay_that_another_member_than_the_first_differs()
    {
        var run = (await _engine.CreateAsync("ensemble", "{}", new Dictionary<string, RunInput>(), seed: 7)).Id;
        await _engine.AdvanceAsync(run, (_, _) => Plan, new AdvanceOptions { Durability = JournalDurability.Paid });
        _folder.Sql("UPDATE journal SET answer = cast(x'11' || x'010000000000f0bf' || substr(answer, 10) AS blob) WHERE member = 2 AND step = 30 AND slot = 1");

        var report = await _engine.ReplayAsync(run, (_, _) => Plan);
        report.IsIdentical.ShouldBeFalse();
        report.First!.Path.ShouldBe(new QuestionPath(2, 30, 1));
    }

    [Fact]
    public async Task is_exported_with_every_member()
    {
        var run = (await _engine.CreateAsync("ensemble", "{}", new Dictionary<string, RunInput>(), seed: 7)).Id;
        await _engine.AdvanceAsync(run, (_, _) => Plan, new AdvanceOptions { MarkEvery = 20 });
        var folder = Path.Combine(_folder.Folder, "export");
        await RunExport.WriteAsync(_store, run, folder);

        var history = File.ReadAllLines(Path.Combine(folder, "history.csv"));
        history[0].ShouldStartWith("member,step,loss,");
        history[1..].Select(l => l[..l.IndexOf(',')]).ShouldBe(Enumerable.Range(0, 93).Select(k => $"{k / 31}"));
        var journal = File.ReadAllLines(Path.Combine(folder, "journal.jsonl"));
        journal.Count(l => l.Contains("\"path\":\"2/", StringComparison.Ordinal) && l.Contains("\"kind\":\"loss\"", StringComparison.Ordinal)).ShouldBe(113);
        journal.Count(l => l.Contains("\"kind\":\"mark\"", StringComparison.Ordinal)).ShouldBe(3);
    }

    public void Dispose() => _folder.Dispose();
}
