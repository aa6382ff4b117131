using QTrain.Circuits;
using QTrain.Devices;

namespace QTrain.TestSupport;

/// <summary>What every backend promises; a backend is one small class that inherits this.</summary>
public abstract class BackendConformance
{
    /// <summary>A backend of its own for each test, with a queue in which jobs wait.</summary>
    protected abstract IBackend Make();

    /// <summary>A circuit of at least one measurement that it can run.</summary>
    protected abstract Circuit Native { get; }

    protected abstract DateTimeOffset Now { get; }

    /// <summary>Lets time pass.</summary>
    protected abstract void Wait(TimeSpan time);

    private CircuitBatch Batch(int circuits = 2, long shots = 50) => new(Enumerable.Repeat(Native, circuits), shots);

    private static async Task<JobStatus> AtEndAsync(IBackend backend, JobId job, Action<TimeSpan> wait)
    {
        for (var k = 0; k < 1000; k++)
        {
            var status = await backend.PollAsync(job, default);
            if (status.IsFinal) return status;
            wait(TimeSpan.FromMinutes(1));
        }
        throw new TimeoutException("The job did not end.");
    }

    [Fact]
    public async Task runs_every_circuit_of_a_batch_as_often_as_asked()
    {
        var backend = Make();
        var receipt = await backend.SubmitAsync(Batch(), new("run"), default);
        receipt.SubmittedAt.ShouldBe(Now);
        (await backend.PollAsync(receipt.Job, default)).State.ShouldBe(JobState.Queued);
        (await AtEndAsync(backend, receipt.Job, Wait)).State.ShouldBe(JobState.Completed);
        var results = await backend.ResultsAsync(receipt.Job, Batch(), default);
        results.IsWhole.ShouldBeTrue();
        results.Circuits.Select(c => (c!.Counts.Total, c.Counts.BitCount)).ShouldBe([(50, Native.BitCount), (50, Native.BitCount)]);
        var calibration = await backend.CalibrationAsync(default);
        results.Circuits.ShouldAllBe(c => c!.CalibrationId == calibration!.ContentId);
        (await backend.ResultsAsync(receipt.Job, Batch(), default)).ShouldBe(results, "asked again, the same");
    }

    [Fact]
    public async Task gives_no_results_for_another_batch()
    {
        var backend = Make();
        var receipt = await backend.SubmitAsync(Batch(), new("mine"), default);
        (await AtEndAsync(backend, receipt.Job, Wait)).State.ShouldBe(JobState.Completed);
        await Should.ThrowAsync<ResultMismatchException>(() => backend.ResultsAsync(receipt.Job, Batch(3), default));
        await Should.ThrowAsync<ResultMismatchException>(() => backend.ResultsAsync(receipt.Job, Batch(2, 51), default));
    }

    [Fact]
    public async Task costs_no_more_than_it_says_before()
    {
        var backend = Make();
        var estimate = await backend.EstimateAsync(Batch(), default);
        var receipt = await backend.SubmitAsync(Batch(), new("price"), default);
        await AtEndAsync(backend, receipt.Job, Wait);
        var results = await backend.ResultsAsync(receipt.Job, Batch(), default);
        if (estimate.WorstCase is not { } most) return;
        results.Cost!.Value.Currency.ShouldBe(most.Currency);
        results.Cost.Value.Amount.ShouldBeLessThanOrEqualTo(most.Amount);
        results.CostBasis.ShouldNotBe(CostBasis.Unknown);
    }

    [Fact]
    public async Task has_no_results_before_it_ran()
    {
        var backend = Make();
        var receipt = await backend.SubmitAsync(Batch(), new("early"), default);
        var results = await backend.ResultsAsync(receipt.Job, Batch(), default);
        results.IsWhole.ShouldBeFalse();
        results.Circuits.ShouldBe([null, null]);
    }

    [Fact]
    public async Task takes_a_key_once_where_it_says_so()
    {
        var backend = Make();
        if (backend.Profile.Safety != SubmissionSafety.Idempotent) return;
        var first = await backend.SubmitAsync(Batch(), new("once"), default);
        Wait(TimeSpan.FromSeconds(5));
        (await backend.SubmitAsync(Batch(), new("once"), default)).ShouldBe(first);
        (await backend.FindAsync(new("once"), default)).ShouldBe(first);
        (await backend.FindAsync(new("never"), default)).ShouldBeNull();
        (await Should.ThrowAsync<IdempotencyConflictException>(() => backend.SubmitAsync(Batch(3), new("once"), default))).Job.ShouldBe(first.Job);
    }

    [Fact]
    public async Task never_begins_a_job_that_was_cancelled_in_time()
    {
        var backend = Make();
        var receipt = await backend.SubmitAsync(Batch(), new("stop"), default);
        await backend.CancelAsync(receipt.Job, default);
        (await AtEndAsync(backend, receipt.Job, Wait)).State.ShouldBe(JobState.Cancelled);
        await backend.CancelAsync(receipt.Job, default);
        (await backend.ResultsAsync(receipt.Job, Batch(), default)).Circuits.ShouldAllBe(c => c == null);
    }

    [Fact]
    public async Task does_not_cancel_a_job_when_waiting_is_given_up()
    {
        var backend = Make();
        var receipt = await backend.SubmitAsync(Batch(), new("wait"), default);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => backend.PollAsync(receipt.Job, stop.Token));
        (await AtEndAsync(backend, receipt.Job, Wait)).State.ShouldBe(JobState.Completed);
    }

    [Fact]
    public async Task refuses_jobs_beyond_its_limits_and_jobs_it_does_not_know()
    {
        var backend = Make();
        await Should.ThrowAsync<BatchRefusedException>(() => backend.SubmitAsync(Batch(1, backend.Profile.MaxShots + 1), new("many"), default));
        await Should.ThrowAsync<BatchRefusedException>(() => backend.SubmitAsync(Batch(backend.Profile.MaxCircuits + 1, 1), new("wide"), default));
        await Should.ThrowAsync<BatchRefusedException>(() => backend.EstimateAsync(Batch(1, backend.Profile.MaxShots + 1), default));
        if (backend.Profile.Safety != SubmissionSafety.Unfindable) (await backend.FindAsync(new("many"), default)).ShouldBeNull("nothing was submitted");
        (await Should.ThrowAsync<UnknownJobException>(() => backend.PollAsync(new JobId("nobody"), default))).Message.ShouldContain("has no job 'nobody'");
        await Should.ThrowAsync<UnknownJobException>(() => backend.ResultsAsync(new JobId("nobody"), Batch(), default));
        await Should.ThrowAsync<UnknownJobException>(() => backend.CancelAsync(new JobId("nobody"), default));
    }

    [Fact]
    public void refuses_batches_and_keys_that_cannot_be()
    {
        Should.Throw<QuantumException>(() => new CircuitBatch([], 1)).Message.ShouldContain("at least one circuit");
        Should.Throw<QuantumException>(() => new CircuitBatch([Native], 0)).Message.ShouldContain("give 1 or more");
        Should.Throw<QuantumException>(() => new CircuitBatch([Circuit.Build(1, c => c.Rx(Parameter.Named("θ"), 0).Measure(0, 0))], 1)).Message.ShouldContain("open parameter 'θ'");
        Should.Throw<QuantumException>(() => new IdempotencyKey("")).Message.ShouldContain("1 to 64 characters");
    }
}
