using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Optimizers;
using QTrain.Simulation;
using QTrain.Training;

namespace QTrain.Operations.Tests.Runs;

public sealed class A_run : IDisposable
{
    private static readonly TrainingPlan Plan = TestTraining.Plan();

    private readonly TemporaryStore _folder = new();
    private readonly Store _store;
    private readonly RunEngine _engine;
    private readonly List<Watched> _evaluators = [];

    public A_run()
    {
        _store = _folder.Open();
        _engine = new RunEngine(_store, "this machine");
    }

    [Fact]
    public async Task ends_as_the_library_alone_does()
    {
        var run = await NewRunAsync();
        var outcome = await AdvanceAsync(run);
        var alone = await Trainer.TrainAsync(Plan);

        outcome.Status.ShouldBe(RunStatus.Completed);
        outcome.Result!.Training.TrajectoryHash.ShouldBe(alone.TrajectoryHash);
        outcome.Result.ParameterNames.Length.ShouldBe(8);
        (outcome.Replayed, outcome.Computed).ShouldBe((0, 81));
        var recorded = await _store.Runs.GetAsync(run.Id);
        RunResult.Of(recorded)!.Training.BestParameters.ShouldBe(alone.BestParameters);
        recorded.EvaluatorIdentity.ShouldStartWith("circuit ");
        recorded.Owner.ShouldBeNull();
        (await _store.Runs.StepsAsync(run.Id).ToListAsync()).Count.ShouldBe(41);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    public async Task is_resumed_where_it_was_interrupted_and_comes_to_the_same_end(int step)
    {
        var run = await NewRunAsync();
        using var stop = new CancellationTokenSource();
        var interrupted = await AdvanceAsync(run, s => { if (s.Index == step) stop.Cancel(); }, cancellation: stop.Token);

        interrupted.Status.ShouldBe(RunStatus.Interrupted);
        interrupted.Result!.Training.StopReason.ShouldBe(StopReason.Interrupted);
        interrupted.Run.JournalLength.ShouldBe(1 + 2 * step);
        var resumed = await AdvanceAsync(run);
        resumed.Status.ShouldBe(RunStatus.Completed);
        (resumed.Replayed, resumed.Computed).ShouldBe((1 + 2 * step, 80 - 2 * step));
        resumed.Result!.Training.TrajectoryHash.ShouldBe((await Trainer.TrainAsync(Plan)).TrajectoryHash);
        _evaluators[1].Asked.Count.ShouldBe(80 - 2 * step);
    }

    [Fact]
    public async Task that_is_completed_is_not_worked_on_again()
    {
        var run = await NewRunAsync();
        await AdvanceAsync(run);
        var again = await AdvanceAsync(run);
        again.Status.ShouldBe(RunStatus.Completed);
        again.Result!.Training.Iterations.ShouldBe(40);
        _evaluators.Count.ShouldBe(1);
    }

    [Fact]
    public async Task stops_by_time_as_it_did_the_first_time()
    {
        // The clock of the first session decides; the second reads its decisions.
        var time = new ManualTime();
        using var store = Store.Open(_folder.Folder, time);
        var engine = new RunEngine(store, "this machine");
        var plan = Plan with { Stopping = new StoppingRules { MaxTime = TimeSpan.FromSeconds(20.5) } };
        var run = await engine.CreateAsync("timed", "{}", new Dictionary<string, RunInput>(), seed: 7);
        using var stop = new CancellationTokenSource();
        await engine.AdvanceAsync(run.Id, (_, _) => plan, Ticking(s => { if (s.Index == 8) stop.Cancel(); }), stop.Token);
        time.Advance(TimeSpan.FromDays(1));
        var outcome = await engine.AdvanceAsync(run.Id, (_, _) => plan, Ticking(_ => { }));

        outcome.Result!.Training.StopReason.ShouldBe(StopReason.Time);
        outcome.Result.Training.Iterations.ShouldBe(10);
        (await engine.ReplayAsync(run.Id, (_, _) => plan)).IsIdentical.ShouldBeTrue();

        // Every question takes a second: one at the start and two a step make 21 at step 10.
        AdvanceOptions Ticking(Action<TrainingStep> onStep) => new()
        {
            OnStep = onStep,
            LeaseDuration = TimeSpan.FromDays(10),
            Evaluator = (p, o) => new Watched(new SimulatorEvaluator(p, o), _ => time.Advance(TimeSpan.FromSeconds(1))),
        };
    }

    [Fact]
    public async Task that_fails_says_why_and_can_be_tried_again()
    {
        var run = await NewRunAsync();
        var failed = await _engine.AdvanceAsync(run.Id, (_, _) => Plan, new AdvanceOptions
        {
            Evaluator = (p, o) => new Watched(new SimulatorEvaluator(p, o), q => { if (q.Path.Step == 5) throw new QuantumException("No such thing."); }),
        });
        (failed.Status, failed.Run.Failure, failed.Run.JournalLength).ShouldBe((RunStatus.Failed, "No such thing.", 9));
        var mended = await AdvanceAsync(run);
        (mended.Status, mended.Run.Failure).ShouldBe((RunStatus.Completed, null));
    }

    [Fact]
    public async Task whose_code_breaks_stays_resumable()
    {
        var run = await NewRunAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => AdvanceAsync(run, s => { if (s.Index == 3) throw new InvalidOperationException(); }));
        var left = await _store.Runs.GetAsync(run.Id);
        (left.Status, left.JournalLength, left.Owner).ShouldBe((RunStatus.Interrupted, 7, null));
        (await AdvanceAsync(run)).Status.ShouldBe(RunStatus.Completed);
    }

    [Fact]
    public async Task whose_plan_changed_is_stopped_and_can_be_forked()
    {
        var run = await NewRunAsync();
        await InterruptAsync(run, step: 10);
        var longer = Plan with { Optimizer = new TwoSided { Width = 0.2 } };

        var mismatch = await Should.ThrowAsync<JournalMismatchException>(() => _engine.AdvanceAsync(run.Id, (_, _) => longer));
        mismatch.Sequence.ShouldBe(2);
        (await _store.Runs.GetAsync(run.Id)).Status.ShouldBe(RunStatus.Interrupted);

        var fork = await _engine.ForkAsync(run.Id);
        fork.Parent.ShouldBe(run.Id);
        var outcome = await AdvanceAsync(fork, plan: longer);
        outcome.Status.ShouldBe(RunStatus.Completed);
        outcome.Result!.Training.TrajectoryHash.ShouldBe((await Trainer.TrainAsync(longer)).TrajectoryHash);
        // Only the start is the same question.
        _evaluators[^1].Asked.Count.ShouldBe(80);
        (await AdvanceAsync(run)).Status.ShouldBe(RunStatus.Completed);
    }

    [Fact]
    public async Task that_is_forked_to_go_on_for_longer_computes_only_what_is_new()
    {
        var run = await NewRunAsync();
        await AdvanceAsync(run);
        var longer = Plan with { Stopping = new StoppingRules { MaxIterations = 50 } };
        var fork = await _engine.ForkAsync(run.Id, name: "longer", tags: ["again"]);

        var outcome = await AdvanceAsync(fork, plan: longer);

        outcome.Result!.Training.TrajectoryHash.ShouldBe((await Trainer.TrainAsync(longer)).TrajectoryHash);
        _evaluators[^1].Asked.Count.ShouldBe(20);
        outcome.Run.JournalLength.ShouldBe(101);
        (await _engine.ReplayAsync(fork.Id, (_, _) => longer)).IsIdentical.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task is_replayed_to_the_bit_on_any_number_of_threads(int threads)
    {
        // Smaller states are left to one thread whatever is asked for.
        var plan = TestTraining.Plan(qubits: 15, shots: 200, iterations: 10, optimizer: new Spsa { CalibrationDirections = 2 });
        var run = await NewRunAsync();
        await _engine.AdvanceAsync(run.Id, (_, _) => plan);

        var report = await _engine.ReplayAsync(run.Id, (_, _) => plan, new AdvanceOptions { Simulation = new SimulationOptions { Threads = threads } });

        report.IsIdentical.ShouldBeTrue();
        report.Compared.ShouldBe((await _store.Runs.GetAsync(run.Id)).JournalLength);
        report.StepsEqual.ShouldBe(11);
        report.ReplayedHash.ShouldBe(report.RecordedHash);
    }

    [Fact]
    public async Task that_was_interrupted_is_replayed_as_far_as_it_came()
    {
        var run = await NewRunAsync();
        await InterruptAsync(run, step: 10);
        var report = await _engine.ReplayAsync(run.Id, (_, _) => Plan);
        (report.IsIdentical, report.Compared, report.StepsEqual).ShouldBe((true, 21, 11));
    }

    [Fact]
    public async Task shows_in_a_replay_which_recorded_answers_differ()
    {
        var run = await NewRunAsync();
        // Paid for they are written step by step, and so few at once lie in rows, which SQL can change.
        await _engine.AdvanceAsync(run.Id, (_, _) => Plan, new AdvanceOptions { Durability = JournalDurability.Paid });
        // The last bit of one loss, and a large change of another.
        _folder.Sql("UPDATE journal SET answer = cast(x'11' || x'010000000000f0bf' || substr(answer, 10) AS blob) WHERE step = 3 AND slot = 0");
        _folder.Sql("UPDATE journal SET answer = cast(x'11' || x'0000000000005940' || substr(answer, 10) AS blob) WHERE step = 40 AND slot = 1");

        var report = await _engine.ReplayAsync(run.Id, (_, _) => Plan);

        report.IsIdentical.ShouldBeFalse();
        report.First!.Path.ShouldBe(new QuestionPath(0, 3, 0));
        report.First.What.ShouldBe("loss");
        report.Departure!.ShouldContain("is another than was recorded");
    }

    [Fact]
    public async Task is_marked_when_it_moves_to_another_machine()
    {
        var run = await NewRunAsync();
        await InterruptAsync(run, step: 4);
        await AdvanceAsync(run, engine: new RunEngine(_store, "another machine"));
        var record = await _store.Runs.GetAsync(run.Id);
        record.Fingerprints.Select(f => (f.Fingerprint, f.JournalLength)).ShouldBe([("this machine", 0), ("another machine", 9)]);
        record.Fingerprint.ShouldBe("another machine");
    }

    [Fact]
    public async Task is_made_from_the_inputs_it_was_created_with()
    {
        var run = await _engine.CreateAsync(
            "inputs", "{}", new Dictionary<string, RunInput> { ["../H.json"] = new("original"u8.ToArray(), "application/json") }, 7, ["b", "a", "b"]);
        run.Tags.ShouldBe(["a", "b"]);
        string? seen = null;
        await _engine.AdvanceAsync(run.Id, (r, inputs) =>
        {
            seen = System.Text.Encoding.UTF8.GetString(inputs["../H.json"]);
            return Plan;
        });
        seen.ShouldBe("original");

        File.WriteAllText(_store.Artifacts.PathOf(run.Inputs["../H.json"]), "changed!");
        (await Should.ThrowAsync<QTrain.Operations.Artifacts.ArtifactCorruptedException>(() => _engine.ReplayAsync(run.Id, (_, _) => Plan)))
            .Hash.ShouldBe(run.Inputs["../H.json"]);
    }

    [Fact]
    public async Task records_a_permanent_failure_and_does_not_ask_again()
    {
        var run = await NewRunAsync();
        var asked = 0;
        var options = new AdvanceOptions
        {
            Evaluator = (plan, _) => new Formula(plan.Problem.Start.Length, q =>
            {
                asked++;
                return q.Path.Step == 3 ? Answer.Failed("the device was retired.") : new Answer(1.0 / (1 + q.Path.Step));
            }),
        };
        for (var time = 0; time < 2; time++)
        {
            var outcome = await _engine.AdvanceAsync(run.Id, (_, _) => Plan, options);
            outcome.Status.ShouldBe(RunStatus.Failed);
            outcome.Run.Failure.ShouldBe("Question 0/3/0 can never be answered: the device was retired.");
            asked.ShouldBe(7, "one at the start, two a step");
        }
    }

    [Fact]
    public async Task leaves_when_another_takes_its_lease()
    {
        var run = await NewRunAsync();
        await Should.ThrowAsync<LeaseLostException>(() => AdvanceAsync(run, s =>
        {
            if (s.Index == 5) _folder.Sql("UPDATE leases SET fence = fence + 1");
        }));
        var left = await _store.Runs.GetAsync(run.Id);
        left.ResultJson.ShouldBeNull();
        left.JournalLength.ShouldBeLessThan(12);
    }

    [Fact]
    public async Task leaves_at_once_when_its_renewal_finds_the_lease_gone()
    {
        var time = new ManualTime();
        using var store = Store.Open(_folder.Folder, time);
        var run = await NewRunAsync();
        var steps = 0;
        await Should.ThrowAsync<LeaseLostException>(() => new RunEngine(store, "this machine").AdvanceAsync(run.Id, (_, _) => Plan, new AdvanceOptions
        {
            OnStep = s =>
            {
                steps = s.Index;
                if (s.Index != 5) return;
                _folder.Sql("UPDATE leases SET fence = fence + 1");
                time.FireTimers();
            },
        }));
        steps.ShouldBe(5);
    }

    public void Dispose() => _folder.Dispose();

    private Task<RunRecord> NewRunAsync() => _engine.CreateAsync("tfim", "{}", new Dictionary<string, RunInput>(), seed: 7);

    private async Task InterruptAsync(RunRecord run, int step)
    {
        using var stop = new CancellationTokenSource();
        await AdvanceAsync(run, s => { if (s.Index == step) stop.Cancel(); }, cancellation: stop.Token);
    }

    private Task<RunOutcome> AdvanceAsync(
        RunRecord run, Action<TrainingStep>? onStep = null, TrainingPlan? plan = null, RunEngine? engine = null, CancellationToken cancellation = default) =>
        (engine ?? _engine).AdvanceAsync(run.Id, (_, _) => plan ?? Plan, new AdvanceOptions
        {
            OnStep = onStep,
            Evaluator = (p, o) =>
            {
                var watched = new Watched(new SimulatorEvaluator(p, o));
                _evaluators.Add(watched);
                return watched;
            },
        }, cancellation);
}
