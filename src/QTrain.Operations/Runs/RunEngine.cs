using System.Collections.Immutable;
using QTrain.Devices;
using QTrain.Operations.Artifacts;
using QTrain.Operations.Dispatch;
using QTrain.Operations.Storage;
using QTrain.Simulation;
using QTrain.Training;
using QTrain.Training.Noisy;

namespace QTrain.Operations.Runs;

/// <summary>Makes the plan of a run from what is recorded of it: the same record and inputs give the same plan.</summary>
/// <param name="run">The run, with its spec.</param>
/// <param name="inputs">The files it was created with, by name, checked.</param>
public delegate TrainingPlan PlanFactory(RunRecord run, IReadOnlyDictionary<string, byte[]> inputs);

/// <summary>A file a run is created with.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="MediaType">What it is.</param>
public readonly record struct RunInput(ReadOnlyMemory<byte> Content, string MediaType = "application/octet-stream");

/// <summary>How a run is worked on. Nothing here changes what comes out by a bit.</summary>
public sealed record AdvanceOptions
{
    /// <summary>How the simulator uses the machine.</summary>
    public SimulationOptions Simulation { get; init; } = SimulationOptions.Default;

    /// <summary>Told of every step, also of those that are only gone through again.</summary>
    public Action<TrainingStep>? OnStep { get; init; }

    /// <summary>How long a lease holds without renewal: the time another process waits when this one hangs. Raise it where processes are stopped for long.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How free answers are gathered before they are written.</summary>
    public GroupCommit GroupCommit { get; init; } = new();

    /// <summary>Makes what answers the questions of a plan; the local simulator by default. Disposed when it can be.</summary>
    public Func<TrainingPlan, SimulationOptions, IEvaluator> Evaluator { get; init; } = Evaluators.For;

    /// <summary>The hardware that measures; null: what the plan says is simulated here.</summary>
    public HardwareOptions? Hardware { get; init; }

    /// <summary>How sure an answer must be before it is used.</summary>
    public JournalDurability Durability { get; init; } = JournalDurability.Free;

    /// <summary>After how many steps each an optimizer that can marks where it stands, so that a resumed run goes on from there without going through what is
    /// recorded before; null: never. Lower it where a step takes the optimizer itself long.</summary>
    public int? MarkEvery { get; init; } = 1000;

    /// <summary>Whether a run that is resumed goes on from its last mark. A mark that does not fit is passed over, and all that is recorded is gone through.</summary>
    public bool ResumeFromMark { get; init; } = true;
}

/// <summary>Hardware that a run is measured on.</summary>
/// <param name="Backend">The hardware.</param>
/// <param name="Dispatch">How work is sent.</param>
public sealed record HardwareOptions(IBackend Backend, DispatchOptions? Dispatch = null)
{
    /// <summary>The clock that waits go by; the store's when null.</summary>
    public TimeProvider? Waits { get; init; }
}

/// <summary>How far a run came.</summary>
/// <param name="Run">The run as it is recorded now.</param>
/// <param name="Result">How it ended or how far it came; null when it had not made a step.</param>
/// <param name="Replayed">Answers that were recorded before and were gone through again.</param>
/// <param name="Computed">Records that were added.</param>
public sealed record RunOutcome(RunRecord Run, RunResult? Result, long Replayed, long Computed)
{
    /// <summary>Where the run stands.</summary>
    public RunStatus Status => Run.Status;
}

/// <summary>Creates runs and moves them forward: any process may, one at a time, and as often as it takes.</summary>
/// <param name="store">Where they are kept.</param>
/// <param name="fingerprint">What decides the bits of results on this machine; as found when null.</param>
public sealed partial class RunEngine(Store store, string? fingerprint = null)
{
    private static readonly TimeSpan ShortestHardwareLease = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = store.Time;

    /// <summary>Creates a run.</summary>
    /// <param name="name">For people.</param>
    /// <param name="specJson">The spec as canonical JSON.</param>
    /// <param name="inputs">The files it was read with, by name.</param>
    /// <param name="seed">The seed of every random choice.</param>
    /// <param name="tags">Words to find it by.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<RunRecord> CreateAsync(
        string name, string specJson, IReadOnlyDictionary<string, RunInput> inputs, ulong seed, IReadOnlyCollection<string>? tags = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return await CreateAsync(await NewAsync(name, specJson, inputs, seed, tags ?? [], cancellation), r => store.Runs.CreateAsync(r, cancellation), cancellation);
    }

    /// <summary>Creates a run that goes on from another with a spec of its own: wherever it asks what the other asked, the answer is there.</summary>
    /// <param name="parent">The other run.</param>
    /// <param name="specJson">The spec; the parent's when null.</param>
    /// <param name="inputs">Its files; the parent's when null.</param>
    /// <param name="name">Its name; the parent's when null.</param>
    /// <param name="seed">Its seed; the parent's when null.</param>
    /// <param name="tags">Its tags; the parent's when null.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<RunRecord> ForkAsync(
        RunId parent, string? specJson = null, IReadOnlyDictionary<string, RunInput>? inputs = null, string? name = null, ulong? seed = null,
        IReadOnlyCollection<string>? tags = null, CancellationToken cancellation = default)
    {
        var from = await store.Runs.GetAsync(parent, cancellation);
        var run = await NewAsync(
            name ?? from.Name, specJson ?? from.SpecJson, inputs ?? new Dictionary<string, RunInput>(), seed ?? from.Seed, tags ?? from.Tags, cancellation);
        if (inputs is null) run = run with { Inputs = from.Inputs };
        return await CreateAsync(run, r => store.Runs.ForkAsync(r, parent, cancellation), cancellation);
    }

    /// <summary>Works on a run until it ends or somebody stops it, going through what is recorded first.</summary>
    /// <param name="id">The run.</param>
    /// <param name="planFactory">Makes its plan.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Leaves a run that can be resumed.</param>
    /// <returns>How far it came. A completed run is returned as it is.</returns>
    /// <exception cref="RunIsBusyException">Another process works on it.</exception>
    /// <exception cref="LeaseLostException">This process was stopped for longer than its lease and another took over.</exception>
    /// <exception cref="JournalMismatchException">The code asks something else than what is recorded; the run stays as it is.</exception>
    public async Task<RunOutcome> AdvanceAsync(RunId id, PlanFactory planFactory, AdvanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(planFactory);
        options ??= new AdvanceOptions();
        var run = await store.Runs.GetAsync(id, cancellation);
        if (run.Status == RunStatus.Completed) return new RunOutcome(run, RunResult.Of(run), run.JournalLength, 0);

        // A request to a provider ends before the lease does, and providers may take half a minute to answer.
        if (options.Hardware is not null && options.LeaseDuration < ShortestHardwareLease) options = options with { LeaseDuration = ShortestHardwareLease };
        await using var lease = await Lease.AcquireAsync(store.Runs, id, options.LeaseDuration, _time, cancellation);
        try
        {
            return await WorkAsync(lease, planFactory, options, cancellation);
        }
        catch (Exception e) when (lease.Lost.IsCancellationRequested && e is not LeaseLostException)
        {
            throw new LeaseLostException(id, lease.Grant.Fence);
        }
    }

    /// <summary>Deletes a run with everything recorded of it, and the artifacts that no run needs any more.</summary>
    /// <exception cref="RunIsBusyException">Somebody works on it.</exception>
    public async Task DeleteAsync(RunId id, CancellationToken cancellation = default)
    {
        await store.Runs.DeleteAsync(id, cancellation);
        await store.Artifacts.CollectAsync(cancellation);
    }

    private async Task<RunOutcome> WorkAsync(Lease lease, PlanFactory planFactory, AdvanceOptions options, CancellationToken cancellation)
    {
        var grant = lease.Grant;
        // As it is under the lease: another may have worked on it since.
        var run = await store.Runs.GetAsync(grant.Run, cancellation);
        if (run.Status == RunStatus.Completed) return new RunOutcome(run, RunResult.Of(run), run.JournalLength, 0);
        await store.Runs.UpdateAsync(grant, new RunChange(RunStatus.Running, Failure: ""), cancellation);

        // What was paid for is on the disk before it is used.
        var durability = options.Hardware is null ? options.Durability : JournalDurability.Paid;
        await using var journal = new Journal(store.Runs, grant, run.Worked, _time, options.GroupCommit);
        RunChange change;
        RunResult? result = null;
        try
        {
            var plan = planFactory(run, await InputsAsync(run, cancellation));
            var evaluator = options.Hardware is { } hardware
                ? new BackendEvaluator(plan, hardware.Backend.Profile, new JobRunner(hardware.Backend, store, grant, options.LeaseDuration, hardware.Dispatch, hardware.Waits).RunAsync, options.Simulation)
                : options.Evaluator(plan, options.Simulation);
            using var owned = evaluator as IDisposable;
            var now = FingerprintOf(plan);
            await store.Runs.UpdateAsync(
                grant,
                new RunChange(EvaluatorIdentity: run.EvaluatorIdentity is null ? evaluator.Identity : null, Fingerprint: run.Fingerprint == now ? null : now),
                cancellation);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lease.Lost);
            using var journaling = new JournalingEvaluator(evaluator, journal, durability, run.Parent is not null, run.EvaluatorIdentity);
            var members = new List<TrainingResult>();
            while (members.Count < plan.Members && members.LastOrDefault()?.StopReason != StopReason.Interrupted)
            {
                var mark = await MarkOfAsync(journal, plan, journaling, members.Count, options, stop.Token);
                try
                {
                    members.Add(await Trainer.TrainAsync(
                        plan, journaling, new JournaledRunClock(journal), OptionsOf(members.Count, mark, journal, options), stop.Token));
                }
                catch (OperationCanceledException) when (members.Count > 0 && cancellation.IsCancellationRequested && !lease.Lost.IsCancellationRequested)
                {
                    // A member that had not begun has nothing to tell; those before it have.
                    members[^1] = members[^1] with { StopReason = StopReason.Interrupted };
                }
            }
            lease.Lost.ThrowIfCancellationRequested();
            await journaling.KeepLateAsync();
            await journal.FlushAsync(durability, CancellationToken.None);
            result = new RunResult
            {
                Training = BestOf(members),
                Members = members.Count > 1 ? [.. members] : [],
                ParameterNames = [.. plan.Problem.Ansatz.Parameters.Select(p => p.Name)],
                Seconds = journal.Worked.TotalSeconds,
                Unit = plan.Problem.Unit,
                KnownOptimum = plan.Problem.KnownOptimum,
                Device = OutcomeOf(plan, evaluator, BestOf(members)),
            };
            change = new RunChange(members[^1].StopReason == StopReason.Interrupted ? RunStatus.Interrupted : RunStatus.Completed, result.ToJson());
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && !lease.Lost.IsCancellationRequested)
        {
            await journal.FlushAsync(durability, CancellationToken.None);
            change = new RunChange(RunStatus.Interrupted);
        }
        catch (RunPausedException e)
        {
            await journal.FlushAsync(durability, CancellationToken.None);
            change = new RunChange(RunStatus.Paused, Failure: e.Message);
        }
        catch (QuantumException e) when (e is not (LeaseLostException or JournalMismatchException or StoreException or ArtifactCorruptedException))
        {
            await journal.FlushAsync(durability, CancellationToken.None);
            change = new RunChange(RunStatus.Failed, Failure: e.Message);
        }
        catch (Exception e) when (e is not LeaseLostException && !lease.Lost.IsCancellationRequested)
        {
            // Nothing about the run itself: it can be resumed once that is mended.
            await LeaveInterruptedAsync(journal, grant);
            throw;
        }
        await store.Runs.UpdateAsync(grant, change, CancellationToken.None);
        return new RunOutcome(await store.Runs.GetAsync(grant.Run, CancellationToken.None), result, journal.Found, journal.Appended);
    }

    private static DeviceOutcome? OutcomeOf(TrainingPlan plan, IEvaluator evaluator, TrainingResult training) =>
        evaluator is MeasuredEvaluator noisy && noisy.Circuits.All(c => c.Circuit.QubitCount <= MeasuredEvaluator.MostDensityQubits)
            ? new DeviceOutcome(
                plan.Noise!.Name, (plan.Noise as DeviceNoiseSource)?.Calibration.ContentId ?? "", (plan.Noise as DeviceNoiseSource)?.Calibration.TakenAt,
                noisy.DeltaAt(training.FinalParameters))
            : null;

    // The precision is the plan's, all else the machine's.
    private string FingerprintOf(TrainingPlan plan) => fingerprint ?? NumericsFingerprint.For(plan.Precision).ToString();

    private static async ValueTask<TrainingMark?> MarkOfAsync(
        Journal journal, TrainingPlan plan, IEvaluator evaluator, int member, AdvanceOptions options, CancellationToken cancellation)
    {
        // Looked for whether it is used or not: the journal must know which marks it has, or those gone through again would be kept twice.
        if (await journal.LastMarkAsync(member, cancellation) is not { } mark) return null;
        if (!options.ResumeFromMark || mark.MisfitWith(plan, evaluator, member) is not null) return null;
        journal.StartAfter(member, mark.Step);
        return mark;
    }

    private static TrainerOptions OptionsOf(int member, TrainingMark? mark, Journal journal, AdvanceOptions options) => new()
    {
        Member = member,
        From = mark,
        MarkEvery = options.MarkEvery,
        OnMark = m => journal.Mark(m, member),
        OnStep = step =>
        {
            journal.Note(step, member);
            options.OnStep?.Invoke(step);
        },
    };

    /// <summary>The member with the lowest loss, of several the first; one without a finite loss comes last.</summary>
    private static TrainingResult BestOf(List<TrainingResult> members) =>
        members.MinBy(m => double.IsNaN(m.BestLoss) ? double.PositiveInfinity : m.BestLoss)!;

    private async ValueTask LeaveInterruptedAsync(Journal journal, LeaseGrant grant)
    {
        try
        {
            await journal.FlushAsync();
            await store.Runs.UpdateAsync(grant, new RunChange(RunStatus.Interrupted), CancellationToken.None);
        }
        catch (QuantumException)
        {
            // What went wrong first is what the caller must hear; an owner that is gone shows the run as interrupted anyway.
        }
    }

    private async ValueTask<IReadOnlyDictionary<string, byte[]>> InputsAsync(RunRecord run, CancellationToken cancellation)
    {
        var inputs = new Dictionary<string, byte[]>();
        foreach (var (name, hash) in run.Inputs) inputs.Add(name, await store.Artifacts.ReadAsync(hash, cancellation));
        return inputs;
    }

    private async Task<RunRecord> NewAsync(
        string name, string specJson, IReadOnlyDictionary<string, RunInput> inputs, ulong seed, IReadOnlyCollection<string> tags,
        CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var hashes = ImmutableSortedDictionary.CreateBuilder<string, ArtifactHash>(StringComparer.Ordinal);
        foreach (var (file, input) in inputs) hashes.Add(file, await store.Artifacts.PutAsync(input.Content, input.MediaType, cancellation));
        // To the millisecond, as stores keep it.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
        return new RunRecord
        {
            Id = RunId.New(_time),
            Name = name,
            SpecJson = specJson,
            Inputs = hashes.ToImmutable(),
            Seed = seed,
            Tags = [.. tags.Distinct().Order(StringComparer.Ordinal)],
            Created = now,
            Updated = now,
        };
    }

    private async Task<RunRecord> CreateAsync(RunRecord run, Func<RunRecord, ValueTask> create, CancellationToken cancellation)
    {
        // Two runs of the same twelfth of a second have the same identity once in 32,768 times.
        while (await store.Runs.FindAsync(run.Id, cancellation) is not null) run = run with { Id = RunId.New(_time) };
        await create(run);
        return await store.Runs.GetAsync(run.Id, cancellation);
    }
}
