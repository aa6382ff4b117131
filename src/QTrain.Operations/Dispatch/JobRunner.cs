using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Simulation;
using QTrain.Training;

namespace QTrain.Operations.Dispatch;

/// <summary>Has circuits of a run measured on hardware so that no shot is paid for twice and no paid shot is lost, whatever dies when.</summary>
/// <remarks>
/// A submission is written down, with its key and the most it can cost, before its request leaves. A request whose answer was lost is settled by what the provider
/// can do: sent again with the same key where that makes no second job; looked for, after as long as a new job may stay unseen, and only then sent again; or left to a
/// person. What a job gave is written down before it is used. Circuits and shots that are missing, and they alone, are asked for again.
/// </remarks>
public sealed class JobRunner
{
    private readonly IBackend _backend;
    private readonly Store _store;
    private readonly LeaseGrant _lease;
    private readonly TimeSpan _leaseDuration;
    private readonly DispatchOptions _options;
    private readonly TimeProvider _time;
    private readonly TimeProvider _waits;

    /// <summary>A runner for a run that this process owns.</summary>
    /// <param name="backend">The hardware.</param>
    /// <param name="store">Where submissions are written down.</param>
    /// <param name="lease">The right to work on the run.</param>
    /// <param name="leaseDuration">How long the lease is renewed for before a request leaves; longer than a request may take.</param>
    /// <param name="options">How work is sent.</param>
    /// <param name="waits">The clock that waits go by; the store's when null.</param>
    public JobRunner(IBackend backend, Store store, LeaseGrant lease, TimeSpan leaseDuration, DispatchOptions? options = null, TimeProvider? waits = null)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(store);
        (_backend, _store, _lease, _leaseDuration, _options, _time) = (backend, store, lease, leaseDuration, options ?? new DispatchOptions(), store.Time);
        _waits = waits ?? store.Time;
    }

    /// <summary>Measures circuits, or tells what was measured of them before.</summary>
    /// <param name="path">The question they are for.</param>
    /// <param name="part">Which part of its circuits.</param>
    /// <param name="batch">The circuits.</param>
    /// <param name="cancellation">Stops waiting; jobs go on, and are found again.</param>
    /// <returns>What each circuit gave, all shots together.</returns>
    /// <exception cref="RunPausedException">Something has to be decided, paid or waited for by a person.</exception>
    /// <exception cref="LeaseLostException">Another works on the run.</exception>
    public async Task<IReadOnlyList<Counts>> RunAsync(QuestionPath path, int part, CircuitBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var gathered = new Gathered(batch, _options);
        var number = 0;
        foreach (var known in await _store.Submissions.OfAsync(_lease.Run, path, part, cancellation))
        {
            number = known.Number + 1;
            gathered.Take(known.IsOpen ? await FinishAsync(known, BatchOf(batch, known.Circuits, known.Shots), cancellation) : known);
        }
        while (gathered.Missing() is { } missing)
        {
            if (number >= _options.MostSubmissions)
                throw new RunPausedException($"{_backend.Profile.Name} did not measure all of question {path} in {number} submissions{(gathered.LastReason is { } last ? $", the last because {last}" : "")}. More than that are not sent: raise {nameof(DispatchOptions.MostSubmissions)} to go on.");
            var (circuits, shots) = missing;
            var submission = await IntendAsync(path, part, number++, BatchOf(batch, circuits, shots), circuits, cancellation);
            gathered.Take(await FinishAsync(submission, BatchOf(batch, circuits, shots), cancellation, isNew: true));
        }
        return gathered.Counts;
    }

    private static CircuitBatch BatchOf(CircuitBatch whole, ImmutableArray<int> circuits, long shots) =>
        circuits.Length == whole.Circuits.Length && shots == whole.Shots ? whole : new CircuitBatch(circuits.Select(c => whole.Circuits[c]), shots);

    /// <summary>Writes down that a batch will be sent, with what it can cost held from the budget.</summary>
    private async Task<Submission> IntendAsync(QuestionPath path, int part, int number, CircuitBatch batch, ImmutableArray<int> circuits, CancellationToken cancellation)
    {
        var estimate = await PatientlyAsync(() => _backend.EstimateAsync(batch, cancellation), "estimate a job", cancellation);
        if (estimate.WorstCase is null && !_options.AcceptsUnboundedCost)
            throw new RunPausedException($"{_backend.Profile.Name} does not tell what this job can cost at most: nothing was sent. Set a rate for it, or accept jobs without a bound by name.");
        var held = (await _store.Submissions.ListAsync(_lease.Run, cancellation)).Select(s => s.Held).OfType<Money>().ToList();
        if (_options.Budget is { } budget && estimate.WorstCase is { } most)
        {
            if (held.Append(most).FirstOrDefault(m => m.Currency != budget.Currency) is { Currency: { } other })
                throw new RunPausedException($"The budget is in {budget.Currency}, and {_backend.Profile.Name} counts in {other}: nothing was sent. Give the budget in {other}.");
            var spent = held.Sum(m => m.Amount);
            if (spent + most.Amount > budget.Amount)
                throw new RunPausedException($"The next job on {_backend.Profile.Name} can cost {most}, and of the budget of {budget} {new Money(budget.Amount - spent, budget.Currency)} are left: nothing was sent. Raise the budget to go on.");
        }
        var now = _time.GetUtcNow();
        var submission = new Submission
        {
            Key = KeyOf(path, part, number), Run = _lease.Run, Path = path, Part = part, Number = number, Backend = _backend.Profile.Name, Digest = batch.Digest, Circuits = circuits, Shots = batch.Shots,
            State = SubmissionState.Intended, Reserved = estimate.WorstCase, Basis = estimate.Basis, IntendedAt = now, SentAt = now,
        };
        await WriteAsync(submission);
        return submission;
    }

    // The same question has the same key in every session, and no two runs share one.
    private string KeyOf(QuestionPath path, int part, int number) => "qtrain-" + Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_lease.Run} {path} {part} {number}"))))[..40];

    private async Task<Submission> FinishAsync(Submission submission, CircuitBatch batch, CancellationToken cancellation, bool isNew = false)
    {
        if (submission.Digest != batch.Digest)
            throw new RunPausedException($"Submission {submission.Key} was of other circuits than the code asks now: reconcile it with {nameof(ISubmissionStore)}.{nameof(ISubmissionStore.DecideAsync)}.");
        if (submission.State == SubmissionState.Intended) submission = isNew ? await SendAsync(submission, batch, cancellation) : await SettleAsync(submission, batch, cancellation);
        if (submission.State == SubmissionState.NeedsDecision) throw NeedsDecision(submission);
        return submission.State == SubmissionState.Submitted ? await WaitAsync(submission, batch, cancellation) : submission;
    }

    /// <summary>Sends a request that is written down.</summary>
    /// <param name="submission">The submission.</param>
    /// <param name="batch">Its circuits.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <param name="lost">How many answers to it were lost before in this session.</param>
    private async Task<Submission> SendAsync(Submission submission, CircuitBatch batch, CancellationToken cancellation, int lost = 0)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Tell($"{submission.Path}: sending {batch.Circuits.Length} circuits × {batch.Shots} shots to {_backend.Profile.Name}{(submission.Reserved is { } most ? $", at most {most}" : "")}");
                var receipt = await SubmitAsync(submission, batch);
                return await WriteAsync(submission with { State = SubmissionState.Submitted, Job = receipt.Job.Value, SubmittedAt = receipt.SubmittedAt });
            }
            catch (BackendFaultException fault) when (fault.MayHaveTakenEffect)
            {
                Tell($"{submission.Path}: the answer to a submission was lost: {fault.Message}");
                // It may have taken effect as late as now, and is unseen for a while from then on.
                submission = await WriteAsync(submission with { SentAt = _time.GetUtcNow() });
                if (lost + 1 >= _options.Attempts) throw Paused(fault);
                return await SettleAsync(submission, batch, cancellation, isEnded: true, lost + 1);
            }
            catch (BackendFaultException fault) when (fault.IsTransient && attempt < _options.Attempts)
            {
                await DelayAsync(fault.RetryAfter, attempt, cancellation);
                submission = await WriteAsync(submission with { SentAt = _time.GetUtcNow() });
            }
            catch (BackendFaultException fault)
            {
                // Surely nothing was made: what was held is free again.
                await WriteAsync(submission with { State = SubmissionState.Lost, FinishedAt = _time.GetUtcNow(), Reason = fault.Message });
                throw Paused(fault);
            }
            catch (QuantumException refusal) when (refusal is BatchRefusedException or IdempotencyConflictException)
            {
                await WriteAsync(submission with { State = SubmissionState.Lost, FinishedAt = _time.GetUtcNow(), Reason = refusal.Message });
                throw;
            }
        }
    }

    private TimeSpan Deadline => _leaseDuration * 0.8;

    /// <summary>Sends the request, with a deadline before the lease's end. Whoever was stopped past the lease sends nothing.</summary>
    private async Task<JobReceipt> SubmitAsync(Submission submission, CircuitBatch batch)
    {
        if (await _store.Runs.RenewAsync(_lease, _leaseDuration, CancellationToken.None) is null) throw new LeaseLostException(_lease.Run, _lease.Fence);
        // Not given up when somebody wants to stop: a request that is on its way comes to its end, or to its deadline.
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            return await _backend.SubmitAsync(batch, new IdempotencyKey(submission.Key), deadline.Token);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested)
        {
            throw new BackendFaultException(BackendFaultKind.Unavailable, true, $"{_backend.Profile.Name} did not answer a submission before the lease's end.", inner: e);
        }
    }

    /// <summary>Finds out what became of a request whose answer was lost.</summary>
    /// <param name="submission">The submission.</param>
    /// <param name="batch">Its circuits.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <param name="isEnded">Whether the request is known to have ended by the time it is noted to have left last; else it may have gone on until its deadline.</param>
    /// <param name="lost">How many answers to it were lost in this session.</param>
    private async Task<Submission> SettleAsync(Submission submission, CircuitBatch batch, CancellationToken cancellation, bool isEnded = false, int lost = 0)
    {
        switch (_backend.Profile.Safety)
        {
            case SubmissionSafety.Idempotent:
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        var again = await SubmitAsync(submission, batch);
                        return await WriteAsync(submission with { State = SubmissionState.Submitted, Job = again.Job.Value, SubmittedAt = again.SubmittedAt });
                    }
                    catch (BackendFaultException fault) when ((fault.IsTransient || fault.MayHaveTakenEffect) && attempt < _options.Attempts)
                    {
                        await DelayAsync(fault.RetryAfter, attempt, cancellation);
                    }
                    catch (BackendFaultException fault)
                    {
                        throw Paused(fault);
                    }
                }
            case SubmissionSafety.Findable:
                if (await FindAsync(submission, cancellation) is { } found) return found;
                var unseen = submission.SentAt + (isEnded ? TimeSpan.Zero : Deadline) + _backend.Profile.VisibilityWindow - _time.GetUtcNow();
                if (unseen > TimeSpan.Zero)
                {
                    Tell($"{submission.Path}: waiting {unseen.TotalSeconds:0} s until a job that may have been made can be seen");
                    await WaitForAsync(unseen, cancellation);
                    if (await FindAsync(submission, cancellation) is { } late) return late;
                }
                return await SendAsync(await WriteAsync(submission with { SentAt = _time.GetUtcNow() }), batch, cancellation, lost);
            default:
                submission = await WriteAsync(submission with
                {
                    State = SubmissionState.NeedsDecision,
                    Reason = $"the answer to the submission of {submission.SentAt:yyyy-MM-dd HH:mm:ss} UTC was lost, and {_backend.Profile.Name} cannot tell whether there is a job",
                });
                throw NeedsDecision(submission);
        }
    }

    private async Task<Submission?> FindAsync(Submission submission, CancellationToken cancellation)
    {
        var receipt = await PatientlyAsync(() => _backend.FindAsync(new IdempotencyKey(submission.Key), cancellation), "look for a job", cancellation);
        if (receipt is null) return null;
        Tell($"{submission.Path}: found job {receipt.Job}, which was made though its answer was lost");
        return await WriteAsync(submission with { State = SubmissionState.Submitted, Job = receipt.Job.Value, SubmittedAt = receipt.SubmittedAt });
    }

    /// <summary>Waits for a job's end and writes down what it gave.</summary>
    private async Task<Submission> WaitAsync(Submission submission, CircuitBatch batch, CancellationToken cancellation)
    {
        var (job, began, delay) = (new JobId(submission.Job!), _time.GetUtcNow(), _options.FirstDelay);
        JobStatus status;
        while (true)
        {
            try
            {
                status = await PatientlyAsync(() => _backend.PollAsync(job, cancellation), "ask for a job", cancellation);
            }
            catch (UnknownJobException e)
            {
                throw Vanished(job, e);
            }
            if (status.IsFinal) break;
            if (_time.GetUtcNow() - began > _options.LongestWait)
                throw new RunPausedException($"Job {job} on {_backend.Profile.Name} is {status.ProviderState ?? status.State.ToString().ToLowerInvariant()} since {submission.SubmittedAt:yyyy-MM-dd HH:mm} UTC. It goes on; resuming the run waits on.");
            await WaitForAsync(status.PollAfter ?? delay, cancellation);
            if (delay < _options.LongestDelay) delay *= 1.5;
        }
        JobResults results;
        try
        {
            results = await PatientlyAsync(() => _backend.ResultsAsync(job, batch, cancellation), "read results", cancellation);
        }
        catch (UnknownJobException e)
        {
            throw Vanished(job, e);
        }
        catch (ResultMismatchException mismatch)
        {
            throw new RunPausedException($"{mismatch.Message} They are not used, and the job is not sent again.", mismatch);
        }
        var measured = results.Circuits.Select((r, k) => (Result: r, Circuit: submission.Circuits[k])).Where(r => r.Result is { Counts.Total: > 0 })
            .Select(r => new MeasuredCircuit(r.Circuit, r.Result!.Counts, r.Result.CalibrationId, r.Result.StartedAt, r.Result.Duration)).ToImmutableArray();
        Tell($"{submission.Path}: job {job} {status.State.ToString().ToLowerInvariant()}{(results.Cost is { } cost ? $", {cost}" : "")}");
        return await WriteAsync(submission with
        {
            State = status.State switch { JobState.Completed => SubmissionState.Completed, JobState.Cancelled => SubmissionState.Cancelled, _ => SubmissionState.Failed },
            Cost = results.Cost ?? (measured.IsEmpty && status.State != JobState.Completed ? submission.Reserved is { } held ? held with { Amount = 0 } : null : submission.Reserved),
            Basis = results.Cost is null ? submission.Basis : results.CostBasis,
            FinishedAt = _time.GetUtcNow(), QueueTime = results.QueueTime, Reason = status.Reason, Results = measured,
        });
    }

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> ask, string what, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (BackendFaultException fault) when (fault.IsTransient && attempt < _options.Attempts)
            {
                Tell($"could not {what}, trying again: {fault.Message}");
                await DelayAsync(fault.RetryAfter, attempt, cancellation);
            }
            catch (BackendFaultException fault)
            {
                throw Paused(fault);
            }
        }
    }

    private Task DelayAsync(TimeSpan? asked, int attempt, CancellationToken cancellation)
    {
        if (asked > _options.LongestWait)
            throw new RunPausedException($"{_backend.Profile.Name} wants to be asked again in {asked.Value.TotalHours:0.#} hours. Resuming the run goes on then.");
        var delay = _options.FirstDelay * Math.Pow(2, Math.Min(attempt - 1, 20));
        return WaitForAsync(asked ?? (delay < _options.LongestDelay ? delay : _options.LongestDelay), cancellation);
    }

    private Task WaitForAsync(TimeSpan time, CancellationToken cancellation) => Task.Delay(time, _waits, cancellation);

    // What is learnt is written down even when somebody wants to stop.
    private async Task<Submission> WriteAsync(Submission submission)
    {
        await _store.Submissions.WriteAsync(_lease, submission, CancellationToken.None);
        return submission;
    }

    private void Tell(string what) => _options.OnEvent?.Invoke(what);

    private RunPausedException Vanished(JobId job, Exception e) => new($"{_backend.Profile.Name} does not know job {job} any more, whose results have not been read: reconcile it with {nameof(ISubmissionStore)}.{nameof(ISubmissionStore.DecideAsync)}.", e);

    private static RunPausedException Paused(BackendFaultException fault) => new($"{fault.Message} The run is paused; resuming it goes on once that is mended.", fault);

    private static RunPausedException NeedsDecision(Submission submission) =>
        new($"Submission {submission.Key} needs a decision: {submission.Reason}. Look there, then reconcile it with {nameof(ISubmissionStore)}.{nameof(ISubmissionStore.DecideAsync)}: submitted, with its job, or lost. Until then {submission.Reserved?.ToString() ?? "its cost"} stays reserved.");
}
