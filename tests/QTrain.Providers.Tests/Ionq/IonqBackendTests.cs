using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Emulators.Faults;
using QTrain.Emulators.Ionq;
using QTrain.Noise;
using QTrain.Providers.Ionq;
using QTrain.Simulation.Density;

namespace QTrain.Providers.Tests.Ionq;

public sealed class The_adapter_of_Ionq
{
    [Theory, InlineData(IonqVersion.V04), InlineData(IonqVersion.V03)]
    public async Task measures_what_the_twin_measures_in_our_order_of_bits(IonqVersion version)
    {
        await using var world = IonqWorld.Make();
        using var backend = await world.ConnectAsync(version: version);
        const long shots = 20_000;
        var batch = new CircuitBatch([IonqWorld.Bell, Circuit.Build(3, c => c.Gate("gpi", [2], 0.3).Measure(2, 0)), IonqWorld.Bell], shots);
        var receipt = await backend.SubmitAsync(batch, new("a"), default);
        receipt.SubmittedAt.ShouldBe(IonqWorld.Noon);
        world.Clock.Advance(TimeSpan.FromHours(2));
        var results = await backend.ResultsAsync(receipt.Job, batch, default);
        results.IsWhole.ShouldBeTrue();
        // X on qubit 1 of a Bell pair, read into exchanged bits: 01 and 10.
        var expected = NoisySimulator.Probabilities(DensityProgram.From(DeviceNoise.From((await backend.CalibrationAsync(default))!).ApplyTo(IonqWorld.Bell)));
        foreach (var (outcome, probability) in expected)
            ((double)results.Circuits[0]!.Counts.Of(outcome) / shots).ShouldBe(probability, 5 * Math.Sqrt(probability / shots) + 1e-4);
        expected[1].ShouldBeGreaterThan(0.45);
        results.Circuits[1]!.Counts.BitCount.ShouldBe(1);
        results.Circuits[1]!.Counts.Of(1).ShouldBeGreaterThan((long)(0.98 * shots));
        results.Circuits[2]!.Counts.ShouldNotBe(results.Circuits[0]!.Counts, "shots of another circuit are others");
    }

    [Fact]
    public async Task reads_the_simulator_ideal_and_noisy_the_same_whenever_it_is_asked()
    {
        await using var world = IonqWorld.Make();
        var batch = new CircuitBatch([IonqWorld.Bell], 1000);
        foreach (var noise in new[] { null, "aria-1" })
        {
            using var backend = await world.ConnectAsync("simulator", noise: noise);
            var receipt = await backend.SubmitAsync(batch, new("s" + noise), default);
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            var results = await backend.ResultsAsync(receipt.Job, batch, default);
            (await backend.ResultsAsync(receipt.Job, batch, default)).ShouldBe(results);
            var counts = results.Circuits[0]!.Counts;
            counts.Total.ShouldBe(1000);
            (counts.Of("01") + counts.Of("10")).ShouldBeInRange(noise is null ? 1000 : 900, noise is null ? 1000 : 999);
            results.Cost.ShouldBeNull();
            (await backend.CalibrationAsync(default)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task finds_a_job_by_its_key_once_the_service_lists_it()
    {
        await using var world = IonqWorld.Make();
        using var backend = await world.ConnectAsync();
        for (var k = 0; k < 120; k++) await backend.SubmitAsync(new CircuitBatch([IonqWorld.Bell], 1), new($"other {k}"), default);
        var receipt = await backend.SubmitAsync(new CircuitBatch([IonqWorld.Bell], 10), new("mine"), default);
        (await backend.FindAsync(new("mine"), default)).ShouldBeNull("a new job is not listed at once");
        world.Clock.Advance(backend.Profile.VisibilityWindow);
        (await backend.FindAsync(new("mine"), default)).ShouldBe(receipt);
        (await backend.FindAsync(new("other 0"), default)).ShouldNotBeNull("it lies on the third page");
        (await backend.FindAsync(new("nobody's"), default)).ShouldBeNull();
    }

    [Fact]
    public async Task tells_what_was_billed_to_the_cent()
    {
        await using var world = IonqWorld.Make();
        using var backend = await world.ConnectAsync();
        var batch = new CircuitBatch([IonqWorld.Bell, IonqWorld.Bell], 1000);
        var estimate = await backend.EstimateAsync(batch, default);
        var receipt = await backend.SubmitAsync(batch, new("bill"), default);
        world.Clock.Advance(TimeSpan.FromHours(1));
        var results = await backend.ResultsAsync(receipt.Job, batch, default);
        var line = world.Emulator.Bill.Lines.ShouldHaveSingleItem();
        results.Cost.ShouldBe(line.Cost);
        (line.Key, line.Circuits, line.Shots).ShouldBe(("bill", 2, 1000));
        results.CostBasis.ShouldBe(CostBasis.Billed);
        estimate.WorstCase.ShouldBe(line.Cost);
        // Cancelled before it began, a job costs nothing.
        var other = await backend.SubmitAsync(batch, new("cancelled"), default);
        await backend.CancelAsync(other.Job, default);
        (await backend.ResultsAsync(other.Job, batch, default)).Cost?.Amount.ShouldBe(0);
        world.Emulator.Bill.Lines.Count.ShouldBe(1);
    }

    [Fact]
    public async Task heals_when_the_key_was_changed_and_says_when_it_is_wrong()
    {
        await using var world = IonqWorld.Make();
        using var backend = await world.ConnectAsync();
        world.Emulator.Keys = ["new-key"];
        world.Key.Next = "new-key";
        await backend.SubmitAsync(new CircuitBatch([IonqWorld.Bell], 1), new("k"), default);
        world.Key.Refused.ShouldBe(1);
        world.Emulator.Keys = ["yet another"];
        world.Key.Next = null;
        var fault = await Should.ThrowAsync<BackendFaultException>(() => backend.PollAsync(new JobId("x"), default));
        (fault.Kind, fault.MayHaveTakenEffect).ShouldBe((BackendFaultKind.Unauthenticated, false));
        fault.ToString().ShouldNotContain("new-key");
    }

    [Theory]
    [InlineData(HttpFaultKind.Drop), InlineData(HttpFaultKind.DropAfter), InlineData(HttpFaultKind.TimeoutBefore), InlineData(HttpFaultKind.TimeoutAfter), InlineData(HttpFaultKind.Malformed), InlineData(HttpFaultKind.Truncated)]
    public async Task never_sends_a_job_twice_by_itself_and_says_when_it_may_have_been_made(HttpFaultKind kind)
    {
        await using var world = IonqWorld.Make();
        using var backend = await world.ConnectAsync(rest: new() { FirstDelay = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromSeconds(0.5) });
        world.Emulator.Faults.Add(new HttpFault(kind) { On = "POST .*/jobs$", Hang = TimeSpan.FromSeconds(2) });
        var batch = new CircuitBatch([IonqWorld.Bell], 10);
        var fault = await Should.ThrowAsync<BackendFaultException>(() => backend.SubmitAsync(batch, new("once"), default));
        fault.MayHaveTakenEffect.ShouldBeTrue();
        fault.IsTransient.ShouldBeTrue();
        world.Server.Requests.Count(r => r.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(1);
        world.Clock.Advance(backend.Profile.VisibilityWindow);
        var made = kind is not (HttpFaultKind.Drop or HttpFaultKind.TimeoutBefore);
        ((await backend.FindAsync(new("once"), default)) is not null).ShouldBe(made);
    }

    [Theory]
    [InlineData(HttpFaultKind.Drop), InlineData(HttpFaultKind.DropAfter), InlineData(HttpFaultKind.TimeoutAfter), InlineData(HttpFaultKind.Malformed), InlineData(HttpFaultKind.Truncated), InlineData(HttpFaultKind.Status)]
    public async Task asks_again_for_what_changes_nothing(HttpFaultKind kind)
    {
        await using var world = IonqWorld.Make();
        using var backend = await world.ConnectAsync(rest: new() { FirstDelay = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromSeconds(0.5) });
        var batch = new CircuitBatch([IonqWorld.Bell], 10);
        var receipt = await backend.SubmitAsync(batch, new("q"), default);
        world.Clock.Advance(TimeSpan.FromHours(1));
        world.Emulator.Faults.Add(new HttpFault(kind) { On = "GET .*/(jobs|results)/", Times = 3, Hang = TimeSpan.FromSeconds(1) });
        (await backend.PollAsync(receipt.Job, default)).State.ShouldBe(JobState.Completed);
        (await backend.ResultsAsync(receipt.Job, batch, default)).IsWhole.ShouldBeTrue();
    }

    [Fact]
    public async Task waits_as_long_as_the_service_asks_and_tells_when_that_is_too_long()
    {
        await using var world = IonqWorld.Make();
        using var backend = await world.ConnectAsync();
        var batch = new CircuitBatch([IonqWorld.Bell], 10);
        world.Emulator.Faults.Add(new HttpFault(HttpFaultKind.Status) { On = "GET .*/estimate$", Status = 429, RetryAfterSeconds = 0, Times = 2 });
        await backend.EstimateAsync(batch, default);
        // Too many requests were surely not done; whether a submission may be sent again is not the adapter's to say.
        world.Emulator.Faults.Add(new HttpFault(HttpFaultKind.Status) { On = "POST .*/jobs$", Status = 429, RetryAfterSeconds = 3600 });
        var fault = await Should.ThrowAsync<BackendFaultException>(() => backend.SubmitAsync(batch, new("r2"), default));
        (fault.Kind, fault.RetryAfter, fault.MayHaveTakenEffect).ShouldBe((BackendFaultKind.RateLimited, TimeSpan.FromHours(1), false));
    }

    [Theory, InlineData(403, BackendFaultKind.Forbidden), InlineData(400, BackendFaultKind.Refused), InlineData(500, BackendFaultKind.Unavailable)]
    public async Task names_refusals_for_what_they_are(int status, BackendFaultKind kind)
    {
        await using var world = IonqWorld.Make();
        using var backend = await world.ConnectAsync();
        world.Emulator.Faults.Add(new HttpFault(HttpFaultKind.Status) { On = "POST .*/jobs$", Status = status });
        var fault = await Should.ThrowAsync<BackendFaultException>(() => backend.SubmitAsync(new CircuitBatch([IonqWorld.Bell], 10), new("f"), default));
        (fault.Kind, fault.MayHaveTakenEffect).ShouldBe((kind, kind == BackendFaultKind.Unavailable));
        fault.Message.ShouldContain($"with {status}");
    }

    [Fact]
    public async Task waits_for_states_it_does_not_know_and_tells_failures_that_may_pass()
    {
        await using var world = IonqWorld.Make(new IonqEmulatorOptions { Queue = new QueueModel(TimeSpan.FromMinutes(5), 0), LeastPrice = 0 });
        using var backend = await world.ConnectAsync();
        var batch = new CircuitBatch([IonqWorld.Bell], 10);
        world.Emulator.Faults.Add(new JobFault(JobFaultKind.UnknownState));
        var strange = await backend.SubmitAsync(batch, new("strange"), default);
        var status = await backend.PollAsync(strange.Job, default);
        (status.State, status.IsFinal, status.ProviderState).ShouldBe((JobState.Unknown, false, "reticulating"));
        world.Emulator.Faults.Add(new JobFault(JobFaultKind.Fail));
        var failing = await backend.SubmitAsync(batch, new("failing"), default);
        world.Clock.Advance(TimeSpan.FromHours(1));
        status = await backend.PollAsync(failing.Job, default);
        (status.State, status.IsWorthRepeating).ShouldBe((JobState.Failed, true));
        status.Reason.ShouldNotBeNull().ShouldContain("quantum computer");
        (await backend.ResultsAsync(failing.Job, batch, default)).Circuits.ShouldAllBe(c => c == null);
    }

    [Fact]
    public async Task gives_what_was_done_of_a_job_that_failed_part_way_and_believes_no_other_jobs_results()
    {
        await using var world = IonqWorld.Make();
        using var backend = await world.ConnectAsync();
        var batch = new CircuitBatch([IonqWorld.Bell, IonqWorld.Bell, IonqWorld.Bell], 100);
        world.Emulator.Faults.Add(new JobFault(JobFaultKind.FailPartWay));
        var part = await backend.SubmitAsync(batch, new("part"), default);
        world.Clock.Advance(TimeSpan.FromHours(1));
        var results = await backend.ResultsAsync(part.Job, batch, default);
        results.Circuits.Select(c => c is not null).ShouldBe([true, true, false]);
        results.IsWhole.ShouldBeFalse();
        results.Cost.ShouldBe(world.Emulator.Bill.Lines[^1].Cost, "what was not run is not billed");

        world.Emulator.Faults.Add(new JobFault(JobFaultKind.OtherResults));
        var confused = await backend.SubmitAsync(batch, new("confused"), default);
        world.Clock.Advance(TimeSpan.FromHours(1));
        (await Should.ThrowAsync<ResultMismatchException>(() => backend.ResultsAsync(confused.Job, batch, default))).Message.ShouldContain("none of its circuits");

        world.Emulator.Faults.Add(new JobFault(JobFaultKind.FewerShots));
        var fewer = await backend.SubmitAsync(batch, new("fewer"), default);
        world.Clock.Advance(TimeSpan.FromHours(1));
        results = await backend.ResultsAsync(fewer.Job, batch, default);
        (results.IsWhole, results.Circuits[0]!.Counts.Total).ShouldBe((false, 90));
    }

    [Fact]
    public async Task knows_which_calibration_was_in_force_when_a_job_ran()
    {
        await using var world = IonqWorld.Make(new IonqEmulatorOptions { Seed = 1, Drift = DriftProcess.Daily, LeastPrice = 0 });
        using var backend = await world.ConnectAsync();
        var batch = new CircuitBatch([IonqWorld.Bell], 10);
        var first = await backend.CalibrationAsync(default);
        var receipt = await backend.SubmitAsync(batch, new("early"), default);
        world.Clock.Advance(TimeSpan.FromDays(13.3));
        var last = await backend.CalibrationAsync(default);
        last!.ContentId.ShouldNotBe(first!.ContentId);
        (await backend.ResultsAsync(receipt.Job, batch, default)).Circuits[0]!.CalibrationId.ShouldBe(first.ContentId, "of the time it ran, not of the time it was asked; it lies on the second page");
    }
}
