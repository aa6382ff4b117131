using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Noise;

using QTrain.Simulation.Density;

namespace QTrain.Tests.Devices;

public sealed class A_device_twin : BackendConformance
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ManualClock _clock = new(Noon);

    protected override DateTimeOffset Now => _clock.GetUtcNow();

    protected override IBackend Make() => Twin(new() { Queue = new QueueModel(TimeSpan.FromMinutes(5)), Seed = 3 });

    protected override Circuit Native { get; } = Circuit.Build(2, c => c.X(0).Cx(0, 1).Measure(0, 0).Measure(1, 1));

    protected override void Wait(TimeSpan time) => _clock.Advance(time);

    private DeviceTwin Twin(TwinOptions? options = null, string device = "manila") => new(BuiltInDevices.Get(device), options, _clock);

    private static IdempotencyKey Key(string text = "a") => new(text);

    [Fact]
    public async Task measures_what_its_noise_makes_of_a_circuit()
    {
        var twin = Twin(new() { Seed = 7 });
        var job = await twin.SubmitAsync(new CircuitBatch([Native], 100_000), Key(), default);
        _clock.Advance(TimeSpan.FromHours(1));
        var counts = (await twin.ResultsAsync(job.Job, new CircuitBatch([Native], 100_000), default)).Circuits[0]!.Counts;
        var expected = NoisySimulator.Probabilities(DensityProgram.From(DeviceNoise.From(BuiltInDevices.Get("manila")).ApplyTo(Native)));
        foreach (var (outcome, probability) in expected)
            // Five standard errors: four outcomes at a fixed seed.
            (counts.Of(outcome) / 1e5).ShouldBe(probability, 5 * Math.Sqrt(probability * (1 - probability) / 1e5));
        expected[3].ShouldBeLessThan(0.99, "and that is not ideal");
    }

    [Fact]
    public async Task gives_the_same_jobs_for_the_same_seed_and_clock()
    {
        async Task<(JobStatus, JobResults)> RunAsync(ulong seed)
        {
            var clock = new ManualClock(Noon);
            var twin = new DeviceTwin(BuiltInDevices.Get("nairobi"), new() { Seed = seed, Drift = DriftProcess.Daily, Queue = new QueueModel(TimeSpan.FromHours(1)) }, clock);
            clock.Advance(TimeSpan.FromHours(30));
            var job = await twin.SubmitAsync(new CircuitBatch([Native, Native], 1000), Key(), default);
            var status = await twin.PollAsync(job.Job, default);
            clock.Advance(TimeSpan.FromDays(2));
            return (status, await twin.ResultsAsync(job.Job, new CircuitBatch([Native, Native], 1000), default));
        }

        var first = await RunAsync(1);
        (await RunAsync(1)).ShouldBe(first);
        var other = await RunAsync(2);
        other.Item1.ExpectedStart.ShouldNotBe(first.Item1.ExpectedStart);
        other.Item2.Circuits[0]!.Counts.ShouldNotBe(first.Item2.Circuits[0]!.Counts);
    }

    [Fact]
    public async Task takes_the_time_its_gates_readout_and_pauses_take()
    {
        var device = BuiltInDevices.Get("manila");
        var twin = Twin(new() { JobOverhead = TimeSpan.FromSeconds(3) });
        var job = await twin.SubmitAsync(new CircuitBatch([Native], 1000), Key(), default);
        var shot = device.Find("x", 0)!.Duration!.Value.Value + device.Find("cx", 0, 1)!.Duration!.Value.Value
            + Math.Max(device.Qubits[0].ReadoutDuration!.Value.Value, device.Qubits[1].ReadoutDuration!.Value.Value) + 250e-6;
        _clock.Advance(TimeSpan.FromSeconds(3 + 1000 * shot) - TimeSpan.FromMilliseconds(1));
        (await twin.PollAsync(job.Job, default)).State.ShouldBe(JobState.Running);
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        (await twin.PollAsync(job.Job, default)).State.ShouldBe(JobState.Completed);
    }

    [Fact]
    public async Task gives_the_circuits_that_are_done_while_a_job_runs_or_was_cancelled()
    {
        var twin = Twin(new() { Prices = new Prices(PerJob: 0.3m, PerShot: 0.01m), JobOverhead = TimeSpan.Zero });
        var job = await twin.SubmitAsync(new CircuitBatch([Native, Native, Native], 10_000), Key(), default);
        _clock.Advance(TimeSpan.FromSeconds(4));
        var partial = await twin.ResultsAsync(job.Job, new CircuitBatch([Native, Native, Native], 10_000), default);
        partial.Circuits.Select(c => c is not null).ShouldBe([true, false, false]);
        partial.IsWhole.ShouldBeFalse();
        partial.Cost.ShouldBe(new Money(100.3m, "USD"));
        await twin.CancelAsync(job.Job, default);
        _clock.Advance(TimeSpan.FromHours(1));
        (await twin.PollAsync(job.Job, default)).State.ShouldBe(JobState.Cancelled);
        (await twin.ResultsAsync(job.Job, new CircuitBatch([Native, Native, Native], 10_000), default)).ShouldBe(partial);
    }

    [Fact]
    public async Task fails_as_many_jobs_as_it_is_told_and_says_why()
    {
        var twin = Twin(new() { FailureRate = 0.3, Seed = 5 });
        for (var k = 0; k < 200; k++) await twin.SubmitAsync(new CircuitBatch([Native], 1), Key($"k{k}"), default);
        _clock.Advance(TimeSpan.FromDays(1));
        var states = new List<JobStatus>();
        for (var k = 0; k < 200; k++) states.Add(await twin.PollAsync(new JobId($"ibmq_manila-twin-{k + 1}"), default));
        // 60 are expected; ±26 are four standard deviations.
        states.Count(s => s.State == JobState.Failed).ShouldBeInRange(34, 86);
        states.First(s => s.State == JobState.Failed).Reason.ShouldBe("the device failed while the job ran");
        (await twin.ResultsAsync(states.First(s => s.State == JobState.Failed).Job, new CircuitBatch([Native], 1), default)).Circuits.ShouldAllBe(c => c == null);
    }

    [Fact]
    public async Task can_be_as_unsafe_as_hardware()
    {
        var findable = Twin(new() { Safety = SubmissionSafety.Findable, VisibilityWindow = TimeSpan.FromMinutes(1) });
        var first = await findable.SubmitAsync(new CircuitBatch([Native], 1), Key(), default);
        (await findable.FindAsync(Key(), default)).ShouldBeNull("it is not visible yet");
        (await findable.SubmitAsync(new CircuitBatch([Native], 1), Key(), default)).Job.ShouldNotBe(first.Job, "sent twice is paid twice");
        _clock.Advance(TimeSpan.FromMinutes(1));
        (await findable.FindAsync(Key(), default)).ShouldBe(first);
        (await Should.ThrowAsync<QuantumException>(() => Twin(new() { Safety = SubmissionSafety.Unfindable }).FindAsync(Key(), default))).Message.ShouldContain("for a person to settle");
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "h", "'h 0' is not native: native gates are cx, id, rz, sx, x. Transpile" },
        { "far", "'cx 0, 2' joins qubits that are not coupled" },
        { "wide", "it has 6 qubits, and the device 5" },
        { "blind", "it measures nothing" },
        { "channel", "is nothing a device does" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task refuses_what_a_device_cannot_do(string what, string reason)
    {
        var circuit = what switch
        {
            "h" => Circuit.Build(2, c => c.H(0).Measure(0, 0)),
            "far" => Circuit.Build(3, c => c.Cx(0, 2).Measure(0, 0)),
            "wide" => Circuit.Build(6, c => c.X(5).Measure(5, 0)),
            "blind" => Circuit.Build(2, c => c.X(0)),
            _ => Circuit.Build(1, c => c.Channel(Channel.BitFlip(0.1), 0).Measure(0, 0)),
        };
        var fault = await Should.ThrowAsync<BatchRefusedException>(() => Twin().SubmitAsync(new CircuitBatch([Native, circuit], 10), Key(), default));
        fault.Message.ShouldStartWith("ibmq_manila-twin cannot run circuit 1:");
        fault.Message.ShouldContain(reason);
    }

    [Fact]
    public async Task refuses_disabled_gates_and_gates_in_the_wrong_order()
    {
        var ecr = BuiltInDevices.Get("sherbrooke").Gates.First(g => g is { Gate: "ecr", IsEnabled: true });
        Circuit Of(string gate, int a, int b, int qubits) => Circuit.Build(qubits, c => c.Gate(gate, [a, b]).Measure(a, 0));
        var sherbrooke = Twin(device: "sherbrooke");
        await sherbrooke.SubmitAsync(new CircuitBatch([Of("ecr", ecr.Qubits[0], ecr.Qubits[1], 127)], 1), Key(), default);
        (await Should.ThrowAsync<BatchRefusedException>(() => sherbrooke.SubmitAsync(new CircuitBatch([Of("ecr", ecr.Qubits[1], ecr.Qubits[0], 127)], 1), Key("b"), default)))
            .Message.ShouldContain("not in this order or disabled here");
        var off = BuiltInDevices.Get("torino").Gates.First(g => g is { Gate: "cz", IsEnabled: false });
        (await Should.ThrowAsync<BatchRefusedException>(() => Twin(device: "torino").SubmitAsync(new CircuitBatch([Of("cz", off.Qubits[0], off.Qubits[1], 133)], 1), Key(), default)))
            .Message.ShouldContain("disabled here");
    }

    [Fact]
    public async Task of_a_wide_device_runs_on_the_qubits_that_are_used()
    {
        var twin = Twin(new() { Seed = 1 }, "kingston");
        // A line of 40 coupled qubits somewhere on the device, of which three are used.
        var circuit = Circuit.Build(156, c => c.X(140).Cz(140, 141).Cz(141, 142).Measure(140, 0).Measure(142, 1));
        var job = await twin.SubmitAsync(new CircuitBatch([circuit], 1000), Key(), default);
        _clock.Advance(TimeSpan.FromHours(1));
        var counts = (await twin.ResultsAsync(job.Job, new CircuitBatch([circuit], 1000), default)).Circuits[0]!.Counts;
        counts.Of("01").ShouldBeGreaterThan(900);
    }

    [Fact]
    public async Task reports_what_was_true_at_its_last_recalibration()
    {
        var twin = Twin(new() { Seed = 9, Drift = DriftProcess.Daily });
        var snapshot = BuiltInDevices.Get("manila");
        (await twin.CalibrationAsync(default)).ShouldBe(snapshot, "a device begins as its snapshot");
        _clock.Advance(TimeSpan.FromHours(23));
        (await twin.CalibrationAsync(default)).ShouldBe(snapshot, "it has not been calibrated anew");
        var drifted = twin.TrueCalibration(_clock.GetUtcNow());
        drifted.ShouldNotBe(snapshot);
        var mean = snapshot.Gates.Where(g => g.Error is { Value: > 0 }).Average(g => drifted.Find(g.Gate, g.Qubits.AsSpan())!.Error!.Value.Value / g.Error!.Value.Value);
        mean.ShouldBeInRange(1.15, 1.35, "errors have grown by a quarter of a day's growth, give or take their spread");

        _clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(10));
        (await twin.StatusAsync(default)).ShouldBe(new BackendStatus(false, 0, "calibrating"));
        var job = await twin.SubmitAsync(new CircuitBatch([Native], 10), Key(), default);
        (await twin.PollAsync(job.Job, default)).ExpectedStart.ShouldBe(Noon + TimeSpan.FromHours(24.5), "no job begins during a recalibration");

        _clock.Advance(TimeSpan.FromHours(1));
        var fresh = (await twin.CalibrationAsync(default))!;
        fresh.TakenAt.ShouldBe(Noon + TimeSpan.FromHours(24.5));
        fresh.ShouldBe(twin.TrueCalibration(Noon + TimeSpan.FromHours(24.5)));
        (await twin.ResultsAsync(job.Job, new CircuitBatch([Native], 10), default)).Circuits[0]!.CalibrationId.ShouldBe(fresh.ContentId);
    }

    [Fact]
    public void drifts_by_the_spread_it_is_given_and_can_be_asked_of_any_moment()
    {
        var drift = new DriftProcess { RelaxationSpread = 0.2, ErrorGrowthPerDay = 0, CorrelationTime = TimeSpan.FromHours(1) };
        var twin = Twin(new() { Seed = 4, Drift = drift }, "kingston");
        var snapshot = BuiltInDevices.Get("kingston");
        var logs = new List<double>();
        for (var hour = 10; hour < 40; hour += 3)
        {
            var now = twin.TrueCalibration(Noon + TimeSpan.FromHours(hour + 0.37));
            logs.AddRange(snapshot.Qubits.Zip(now.Qubits).Where(q => q.First.T1 is not null).Select(q => Math.Log(q.Second.T1!.Value.Value / q.First.T1!.Value.Value)));
        }
        // 1550 numbers: the standard deviation is known to 2 %.
        Math.Sqrt(logs.Average(x => x * x)).ShouldBe(0.2, 0.02);
        logs.Average().ShouldBe(0, 0.03);
        var late = twin.TrueCalibration(Noon + TimeSpan.FromDays(300));
        late.ShouldBe(Twin(new() { Seed = 4, Drift = drift }, "kingston").TrueCalibration(Noon + TimeSpan.FromDays(300)));
        late.Qubits.ShouldAllBe(q => q.ReadoutError!.Value.Value <= 0.51);
    }
}
