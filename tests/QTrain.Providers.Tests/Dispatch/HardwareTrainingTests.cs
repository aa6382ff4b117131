using QTrain.Devices;
using QTrain.Emulators.Faults;
using QTrain.Emulators.Ionq;
using QTrain.Operations.Dispatch;
using QTrain.Operations.Runs;
using QTrain.Providers.Ionq;
using QTrain.Providers.Tests.Ionq;
using QTrain.Training;
using QTrain.Training.Noisy;

namespace QTrain.Providers.Tests.Dispatch;

public sealed class A_training_on_hardware
{
    [Theory, InlineData(IonqVersion.V04), InlineData(IonqVersion.V03)]
    public async Task ends_where_the_twin_ends_and_pays_what_was_billed(IonqVersion version)
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync(version: version);
        var run = await world.CreateAsync();
        var outcome = await world.AdvanceAsync(run, backend);
        outcome.Status.ShouldBe(RunStatus.Completed, outcome.Run.Failure);
        var training = outcome.Result!.Training;
        // At the parameters where it ended, the same as the noise says for infinitely many shots: five standard errors.
        var exact = new NoisyEvaluator(HardwareWorld.Plan((await backend.CalibrationAsync(default))!) with { Shots = null });
        var answer = (await exact.AnswerAsync([new Question(default, QuestionKind.Loss, [.. training.FinalParameters])], default))[0];
        training.FinalLoss.ShouldBe(answer.Loss, 5 * 1.4 / Math.Sqrt(200));
        outcome.Result.Device!.Device.ShouldBe("qpu.forte-1");
        await world.ShouldAgreeToTheCentAsync(run);
        var all = await world.Store.Submissions.ListAsync(run, default);
        all.Count.ShouldBe(3, "a question is one job: at the start and after each of two steps");
        all.ShouldAllBe(s => s.State == SubmissionState.Completed && s.Job != null && s.QueueTime == TimeSpan.FromMinutes(5) && s.Results.All(r => r.CalibrationId != null));
        // Gone through again, nothing is sent.
        (await world.AdvanceAsync(run, backend)).Status.ShouldBe(RunStatus.Completed);
        world.Ionq.Emulator.Bill.Lines.Count.ShouldBe(3);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task pays_each_job_once_and_ends_the_same_wherever_it_dies()
    {
        int moments;
        double expected;
        decimal total;
        await using (var world = HardwareWorld.Make())
        {
            using var backend = await world.Ionq.ConnectAsync();
            var immortal = new MortalBackend(backend, -1);
            var run = await world.CreateAsync();
            expected = (await world.AdvanceAsync(run, immortal)).Result!.Training.FinalLoss;
            (moments, total) = (immortal.Moments, world.Ionq.Emulator.Bill.Total);
        }
        moments.ShouldBeGreaterThan(20);
        for (var diesAt = 0; diesAt < moments; diesAt++)
        {
            await using var world = HardwareWorld.Make();
            using var backend = await world.Ionq.ConnectAsync();
            var run = await world.CreateAsync();
            await Should.ThrowAsync<DeathException>(() => world.AdvanceAsync(run, new MortalBackend(backend, diesAt)));
            // And once more soon after, as a process does that is started on a bad machine.
            var again = new MortalBackend(backend, 3);
            await Should.ThrowAsync<DeathException>(() => world.AdvanceAsync(run, again));
            var outcome = await world.AdvanceAsync(run, backend);
            outcome.Status.ShouldBe(RunStatus.Completed, $"died at {diesAt}");
            outcome.Result!.Training.FinalLoss.ShouldBe(expected, $"died at {diesAt}");
            world.Ionq.Emulator.Bill.Total.ShouldBe(total, $"died at {diesAt}");
            await world.ShouldAgreeToTheCentAsync(run);
        }
    }

    public static TheoryData<HttpFaultKind, string> HttpFaults
    {
        get
        {
            var all = new TheoryData<HttpFaultKind, string>();
            foreach (var kind in Enum.GetValues<HttpFaultKind>())
                foreach (var place in new[] { "POST .*/jobs$", "GET .*/jobs/estimate$", "GET .*/jobs/[^/]*$", "GET .*/results/", "GET .*/cost$", "GET .*/characterizations$" }) all.Add(kind, place);
            return all;
        }
    }

    [Theory, MemberData(nameof(HttpFaults))]
    [Trait("Category", "Slow")]
    public async Task ends_right_and_pays_once_through_every_fault_of_the_line(HttpFaultKind kind, string place)
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync(rest: new() { FirstDelay = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromSeconds(0.4) });
        var run = await world.CreateAsync();
        world.Ionq.Emulator.Faults.Add(new HttpFault(kind) { On = place, After = 1, Times = 2, Status = 503, Hang = TimeSpan.FromSeconds(0.6), Delay = kind == HttpFaultKind.Latency ? TimeSpan.FromSeconds(0.2) : null });
        (await world.AdvanceAsync(run, backend)).Status.ShouldBe(RunStatus.Completed, string.Join('\n', world.Events));
        await world.ShouldAgreeToTheCentAsync(run);
        world.Ionq.Emulator.Bill.Lines.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(401, "401"), InlineData(403, "403"), InlineData(400, "400")]
    public async Task pauses_with_the_reason_where_only_a_person_can_help_and_goes_on_after(int status, string said)
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync();
        var run = await world.CreateAsync();
        world.Ionq.Emulator.Faults.Add(new HttpFault(HttpFaultKind.Status) { On = "POST .*/jobs$", Status = status, Times = null });
        var outcome = await world.AdvanceAsync(run, backend);
        outcome.Status.ShouldBe(RunStatus.Paused);
        outcome.Run.Failure.ShouldNotBeNull().ShouldContain(said);
        (await world.Store.Submissions.ListAsync(run, default)).ShouldAllBe(s => s.Held == null, "what was surely not sent holds no money");
        world.Ionq.Emulator.Faults.Clear();
        (await world.AdvanceAsync(run, backend)).Status.ShouldBe(RunStatus.Completed);
        await world.ShouldAgreeToTheCentAsync(run);
    }

    [Fact]
    public async Task sends_again_as_late_as_it_is_told_what_was_refused_for_being_too_much()
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync();
        var run = await world.CreateAsync();
        world.Ionq.Emulator.Faults.Add(new HttpFault(HttpFaultKind.Status) { On = "POST .*/jobs$", Status = 429, RetryAfterSeconds = 600, Times = 3 });
        var began = world.Ionq.Clock.GetUtcNow();
        (await world.AdvanceAsync(run, backend)).Status.ShouldBe(RunStatus.Completed);
        (world.Ionq.Clock.GetUtcNow() - began).ShouldBeGreaterThan(TimeSpan.FromMinutes(30));
        await world.ShouldAgreeToTheCentAsync(run);
        (await world.Store.Submissions.ListAsync(run, default)).Count.ShouldBe(3, "it is one submission, however often it is sent");
    }

    [Fact]
    public async Task pauses_when_a_job_vanished_before_its_results_were_read()
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync();
        var run = await world.CreateAsync();
        world.Ionq.Emulator.Faults.Add(new HttpFault(HttpFaultKind.Status) { On = "GET .*/jobs/[^/]*-[^/]*$", Status = 404, After = 4, Times = null });
        var outcome = await world.AdvanceAsync(run, backend);
        outcome.Status.ShouldBe(RunStatus.Paused);
        outcome.Run.Failure.ShouldNotBeNull().ShouldContain("reconcile");
    }

    [Fact]
    public async Task sends_nothing_once_another_works_on_the_run()
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync();
        var run = await world.CreateAsync();
        var plan = HardwareWorld.Plan((await backend.CalibrationAsync(default))!);
        var owner = LeaseOwner.ThisProcess;
        var stopped = await world.Store.Runs.AcquireAsync(run, owner, TimeSpan.FromSeconds(15), default);
        var runner = new JobRunner(backend, world.Store, stopped, TimeSpan.FromSeconds(60), waits: world.Waits);
        world.Ionq.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.Store.Runs.AcquireAsync(run, owner, TimeSpan.FromSeconds(15), default);
        var evaluator = new BackendEvaluator(plan, backend.Profile, runner.RunAsync);
        await Should.ThrowAsync<LeaseLostException>(async () => await evaluator.AnswerAsync([new Question(default, QuestionKind.Gradient, [0.1, 0.2])], default));
        world.Ionq.Server.Requests.ShouldNotContain(r => r.StartsWith("POST", StringComparison.Ordinal));
        (await world.Store.Submissions.ListAsync(run, default)).ShouldBeEmpty();
    }

    [Theory, InlineData(503), InlineData(403), InlineData(404)]
    public async Task never_sends_again_what_was_made_when_only_the_question_after_it_fails(int status)
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync();
        var batch = new CircuitBatch([IonqWorld.Bell], 10);
        // The adapter asks for the job it has just made; that it gets no answer says nothing of the job.
        world.Ionq.Emulator.Faults.Add(new HttpFault(HttpFaultKind.Status) { On = "GET .*/jobs/[^/]*-[^/]*$", Status = status, Times = null });
        var receipt = await backend.SubmitAsync(batch, new("made"), default);
        world.Ionq.Emulator.Faults.Clear();
        world.Ionq.Clock.Advance(TimeSpan.FromHours(1));
        (await backend.ResultsAsync(receipt.Job, batch, default)).IsWhole.ShouldBeTrue();

        var run = await world.CreateAsync();
        world.Ionq.Emulator.Faults.Add(new HttpFault(HttpFaultKind.Status) { On = "GET .*/jobs/[^/]*-[^/]*$", Status = 503, Times = 20 });
        (await world.AdvanceAsync(run, backend)).Status.ShouldBe(RunStatus.Completed, string.Join('\n', world.Events));
        world.Ionq.Server.Requests.Count(r => r.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(4);
        (await world.Store.Submissions.ListAsync(run, default)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task pauses_when_answer_after_answer_is_lost_and_pays_nothing_for_it()
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync();
        var run = await world.CreateAsync();
        world.Ionq.Emulator.Faults.Add(new HttpFault(HttpFaultKind.Drop) { On = "POST .*/jobs$", Times = null });
        var outcome = await world.AdvanceAsync(run, backend, new DispatchOptions { Attempts = 4 });
        outcome.Status.ShouldBe(RunStatus.Paused);
        outcome.Run.Failure.ShouldNotBeNull().ShouldContain("could not be reached");
        world.Ionq.Server.Requests.Count(r => r.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(4);
        (await world.Store.Submissions.ListAsync(run, default)).ShouldHaveSingleItem().State.ShouldBe(SubmissionState.Intended);
        world.Ionq.Emulator.Faults.Clear();
        (await world.AdvanceAsync(run, backend)).Status.ShouldBe(RunStatus.Completed);
        await world.ShouldAgreeToTheCentAsync(run);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task waits_for_a_job_to_be_seen_from_when_it_may_have_been_made_last(bool dies)
    {
        await using var world = HardwareWorld.Make();
        var twin = new DeviceTwin(BuiltInDevices.Get("manila"), new TwinOptions { Safety = SubmissionSafety.Findable, VisibilityWindow = TimeSpan.FromSeconds(20), Prices = new Prices(PerShot: 0.001m) }, world.Ionq.Clock);
        // The request takes half a minute, longer than a new job is unseen: it was made at the end of that.
        var late = new ForgetfulBackend(twin, () => world.Ionq.Clock.Advance(TimeSpan.FromSeconds(30)), dies);
        var run = await world.CreateAsync();
        if (dies) await Should.ThrowAsync<DeathException>(() => world.AdvanceAsync(run, late));
        (await world.AdvanceAsync(run, late)).Status.ShouldBe(RunStatus.Completed);
        (await world.Store.Submissions.ListAsync(run, default)).Select(s => s.Job).ShouldBe(["ibmq_manila-twin-1", "ibmq_manila-twin-2", "ibmq_manila-twin-3"]);
    }

    [Fact]
    public async Task asks_again_for_what_is_missing_alone()
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync();
        var run = await world.CreateAsync();
        world.Ionq.Emulator.Faults.Add(new JobFault(JobFaultKind.FailPartWay));
        world.Ionq.Emulator.Faults.Add(new JobFault(JobFaultKind.FewerShots));
        world.Ionq.Emulator.Faults.Add(new JobFault(JobFaultKind.Fail));
        (await world.AdvanceAsync(run, backend)).Status.ShouldBe(RunStatus.Completed, string.Join('\n', world.Events));
        await world.ShouldAgreeToTheCentAsync(run);
        var first = await world.Store.Submissions.OfAsync(run, new QuestionPath(0, 0, 0), 0, default);
        var circuits = first[0].Circuits.Length;
        // Half failed; of those that were asked for again a tenth of the shots is missing; that job fails, and is sent anew.
        first.Select(s => (s.Circuits.Length, s.Shots, s.State)).ShouldBe(
        [
            (circuits, 200, SubmissionState.Completed), (circuits / 2, 200, SubmissionState.Completed), (circuits / 2, 20, SubmissionState.Failed), (circuits / 2, 20, SubmissionState.Completed),
        ]);
    }

    [Fact]
    public async Task believes_no_results_of_another_job_and_never_pays_for_them_again()
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync();
        var run = await world.CreateAsync();
        var calibration = (await backend.CalibrationAsync(default))!;
        // Somebody else's job, of as many circuits.
        var others = new BackendEvaluator(HardwareWorld.Plan(calibration), backend.Profile, async (_, _, batch, _) =>
        {
            await backend.SubmitAsync(batch, new("another's"), default);
            throw new DeathException();
        });
        await Should.ThrowAsync<DeathException>(async () => await others.AnswerAsync([new Question(default, QuestionKind.Gradient, [0.1, 0.2])], default));
        world.Ionq.Emulator.Faults.Add(new JobFault(JobFaultKind.OtherResults));
        var outcome = await world.AdvanceAsync(run, backend);
        outcome.Status.ShouldBe(RunStatus.Paused);
        outcome.Run.Failure.ShouldNotBeNull().ShouldContain("none of its circuits");
        (await world.AdvanceAsync(run, backend)).Status.ShouldBe(RunStatus.Paused);
        world.Ionq.Server.Requests.Count(r => r.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Theory, InlineData(JobFaultKind.Stuck), InlineData(JobFaultKind.UnknownState)]
    public async Task waits_no_longer_than_it_is_told_for_a_job_that_never_ends(JobFaultKind kind)
    {
        await using var world = HardwareWorld.Make(new IonqEmulatorOptions { Seed = 3, LeastPrice = 0.5m, Queue = new QueueModel(TimeSpan.FromDays(5), 0) });
        using var backend = await world.Ionq.ConnectAsync();
        var run = await world.CreateAsync();
        world.Ionq.Emulator.Faults.Add(new JobFault(kind));
        var outcome = await world.AdvanceAsync(run, backend, new DispatchOptions { LongestWait = TimeSpan.FromHours(20) });
        outcome.Status.ShouldBe(RunStatus.Paused);
        outcome.Run.Failure.ShouldNotBeNull().ShouldContain(kind == JobFaultKind.Stuck ? "ready" : "reticulating");
        (await world.Store.Submissions.ListAsync(run, default)).ShouldHaveSingleItem().State.ShouldBe(SubmissionState.Submitted);
    }

    [Fact]
    public async Task never_sends_a_job_that_the_budget_might_not_cover()
    {
        await using var world = HardwareWorld.Make();
        using var backend = await world.Ionq.ConnectAsync();
        var run = await world.CreateAsync();
        await world.AdvanceAsync(run, backend);
        var price = world.Ionq.Emulator.Bill.Lines[0].Cost.Amount;

        var poor = await world.CreateAsync();
        var before = world.Ionq.Emulator.Bill.Total;
        var outcome = await world.AdvanceAsync(poor, backend, new DispatchOptions { Budget = new Money(2.5m * price, "USD") });
        outcome.Status.ShouldBe(RunStatus.Paused);
        outcome.Run.Failure.ShouldNotBeNull().ShouldContain("Raise the budget");
        (world.Ionq.Emulator.Bill.Total - before).ShouldBe(2 * price);
        (await world.AdvanceAsync(poor, backend, new DispatchOptions { Budget = new Money(3 * price, "EUR") })).Run.Failure.ShouldNotBeNull().ShouldContain("Give the budget in USD");
        (await world.AdvanceAsync(poor, backend, new DispatchOptions { Budget = new Money(3 * price, "USD") })).Status.ShouldBe(RunStatus.Completed);
    }

    [Theory, InlineData(SubmissionSafety.Idempotent), InlineData(SubmissionSafety.Findable), InlineData(SubmissionSafety.Unfindable)]
    public async Task settles_a_lost_answer_by_what_the_provider_can_do(SubmissionSafety safety)
    {
        await using var world = HardwareWorld.Make();
        var twin = new DeviceTwin(BuiltInDevices.Get("manila"), new TwinOptions { Safety = safety, VisibilityWindow = TimeSpan.FromSeconds(20), Prices = new Prices(PerShot: 0.001m) }, world.Ionq.Clock);
        var run = await world.CreateAsync();
        var forgetful = new ForgetfulBackend(twin);
        var outcome = await world.AdvanceAsync(run, forgetful);
        if (safety == SubmissionSafety.Unfindable)
        {
            outcome.Status.ShouldBe(RunStatus.Paused);
            outcome.Run.Failure.ShouldNotBeNull().ShouldContain("reconcile");
            var open = (await world.Store.Submissions.ListAsync(run, default)).ShouldHaveSingleItem();
            (open.State, open.Held).ShouldBe((SubmissionState.NeedsDecision, open.Reserved));
            (await world.AdvanceAsync(run, forgetful)).Status.ShouldBe(RunStatus.Paused, "nothing is sent while that is open");
            forgetful.Submitted.ShouldBe(1);
            await world.Store.Submissions.DecideAsync(open with { State = SubmissionState.Submitted, Job = "ibmq_manila-twin-1" }, default);
            outcome = await world.AdvanceAsync(run, twin);
        }
        outcome.Status.ShouldBe(RunStatus.Completed);
        var ledger = await world.Store.Submissions.ListAsync(run, default);
        ledger.Select(s => s.Job).ShouldBe(["ibmq_manila-twin-1", "ibmq_manila-twin-2", "ibmq_manila-twin-3"]);
        ledger.ShouldAllBe(s => s.Basis == CostBasis.PublishedPrice && s.Cost == s.Reserved);
    }

    /// <summary>Makes its first job and forgets to say so.</summary>
    private sealed class ForgetfulBackend(IBackend inner, Action? before = null, bool dies = false) : IBackend
    {
        public int Submitted { get; private set; }

        public BackendProfile Profile => inner.Profile;

        public async Task<JobReceipt> SubmitAsync(CircuitBatch batch, IdempotencyKey key, CancellationToken cancellation)
        {
            if (Submitted == 0) before?.Invoke();
            var receipt = await inner.SubmitAsync(batch, key, cancellation);
            if (dies && Submitted++ == 0) throw new DeathException();
            return Submitted++ == 0 ? throw new BackendFaultException(BackendFaultKind.Unavailable, true, "the line broke") : receipt;
        }

        public Task<BackendStatus> StatusAsync(CancellationToken cancellation) => inner.StatusAsync(cancellation);

        public Task<Calibration?> CalibrationAsync(CancellationToken cancellation) => inner.CalibrationAsync(cancellation);

        public Task<CostEstimate> EstimateAsync(CircuitBatch batch, CancellationToken cancellation) => inner.EstimateAsync(batch, cancellation);

        public Task<JobReceipt?> FindAsync(IdempotencyKey key, CancellationToken cancellation) => inner.FindAsync(key, cancellation);

        public Task<JobStatus> PollAsync(JobId job, CancellationToken cancellation) => inner.PollAsync(job, cancellation);

        public Task<JobResults> ResultsAsync(JobId job, CircuitBatch batch, CancellationToken cancellation) => inner.ResultsAsync(job, batch, cancellation);

        public Task CancelAsync(JobId job, CancellationToken cancellation) => inner.CancelAsync(job, cancellation);
    }
}
