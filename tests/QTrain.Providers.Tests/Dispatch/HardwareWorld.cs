using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Emulators;
using QTrain.Emulators.Ionq;
using QTrain.Observables;
using QTrain.Operations.Dispatch;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Optimizers;
using QTrain.Providers.Tests.Ionq;
using QTrain.Training;

namespace QTrain.Providers.Tests.Dispatch;

/// <summary>A store, an emulated IonQ and a small training, all on one clock that waits put forward.</summary>
internal sealed class HardwareWorld : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qtrain-hardware").FullName;

    private HardwareWorld(IonqWorld ionq)
    {
        Ionq = ionq;
        Waits = new WaitingClock(ionq.Clock);
        Store = Store.Open(_folder, ionq.Clock);
        Engine = new RunEngine(Store, "test");
    }

    public IonqWorld Ionq { get; }

    public TimeProvider Waits { get; }

    public Store Store { get; }

    public RunEngine Engine { get; }

    public List<string> Events { get; } = [];

    public static HardwareWorld Make(IonqEmulatorOptions? options = null) =>
        new(IonqWorld.Make(options ?? new IonqEmulatorOptions { Seed = 3, LeastPrice = 0.5m, Queue = new QueueModel(TimeSpan.FromMinutes(5), 0) }));

    public async Task<RunId> CreateAsync() => (await Engine.CreateAsync("on hardware", "{}", new Dictionary<string, RunInput>(), 7)).Id;

    public async Task<RunOutcome> AdvanceAsync(RunId run, IBackend backend, DispatchOptions? options = null)
    {
        var calibration = (await backend.CalibrationAsync(default))!;
        return await Engine.AdvanceAsync(run, (_, _) => Plan(calibration), new AdvanceOptions
        {
            Hardware = new HardwareOptions(backend, (options ?? new DispatchOptions()) with { FirstDelay = TimeSpan.FromSeconds(1), OnEvent = Events.Add }) { Waits = Waits },
        });
    }

    /// <summary>Two qubits, two parameters, two groups; a gradient takes as many circuits as its shifts.</summary>
    public static TrainingPlan Plan(Calibration calibration) => new()
    {
        Problem = new TrainingProblem(
            "small", Circuit.Build(2, c => c.Ry(new Parameter("a"), 0).Cx(0, 1).Ry(new Parameter("b"), 1)), PauliSum.Parse("1 ZZ + 0.5 XI + 0.25 IX"), [0.4, -0.3]),
        Optimizer = new GradientDescent { LearningRate = 0.3 },
        Stopping = new StoppingRules { MaxIterations = 2 },
        Shots = 200,
        Noise = new DeviceNoiseSource(calibration),
        Seed = 7,
    };

    public async ValueTask DisposeAsync()
    {
        Store.Dispose();
        await Ionq.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Every submission that was billed is in the ledger with the same amount, and each key was billed once.</summary>
    public async Task ShouldAgreeToTheCentAsync(RunId run)
    {
        var ledger = await Store.Submissions.ListAsync(run, default);
        var bill = Ionq.Emulator.Bill.Lines;
        bill.Select(l => l.Key).ShouldBeUnique();
        ledger.Where(s => s.Cost is { Amount: > 0 }).Select(s => (s.Key, s.Cost!.Value.Amount)).OrderBy(s => s.Key).ShouldBe(bill.Select(l => (l.Key!, l.Cost.Amount)).OrderBy(l => l.Item1));
        foreach (var submission in ledger.Where(s => s.Cost is { Amount: > 0 })) submission.Basis.ShouldBe(CostBasis.Billed);
    }

    /// <summary>Whoever waits puts the clock forward instead.</summary>
    private sealed class WaitingClock(EmulatorClock clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero) clock.Advance(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}

/// <summary>A backend whose caller dies at one of its calls: before the call, or after it and before anything is made of it.</summary>
internal sealed class MortalBackend(IBackend inner, int diesAt) : IBackend
{
    /// <summary>How many moments there were to die at.</summary>
    public int Moments { get; private set; }

    public BackendProfile Profile => inner.Profile;

    public Task<BackendStatus> StatusAsync(CancellationToken cancellation) => inner.StatusAsync(cancellation);

    public Task<Calibration?> CalibrationAsync(CancellationToken cancellation) => inner.CalibrationAsync(cancellation);

    public Task<CostEstimate> EstimateAsync(CircuitBatch batch, CancellationToken cancellation) => Around(() => inner.EstimateAsync(batch, cancellation));

    public Task<JobReceipt> SubmitAsync(CircuitBatch batch, IdempotencyKey key, CancellationToken cancellation) => Around(() => inner.SubmitAsync(batch, key, cancellation));

    public Task<JobReceipt?> FindAsync(IdempotencyKey key, CancellationToken cancellation) => Around(() => inner.FindAsync(key, cancellation));

    public Task<JobStatus> PollAsync(JobId job, CancellationToken cancellation) => Around(() => inner.PollAsync(job, cancellation));

    public Task<JobResults> ResultsAsync(JobId job, CircuitBatch batch, CancellationToken cancellation) => Around(() => inner.ResultsAsync(job, batch, cancellation));

    public Task CancelAsync(JobId job, CancellationToken cancellation) => inner.CancelAsync(job, cancellation);

    private async Task<T> Around<T>(Func<Task<T>> call)
    {
        Die();
        var result = await call();
        Die();
        return result;
    }

    private void Die()
    {
        if (Moments++ == diesAt) throw new DeathException();
    }
}

/// <summary>What stands for the death of the process: nothing handles it.</summary>
#pragma warning disable CA1032, RCS1194 // It is thrown in one place.
internal sealed class DeathException : Exception;
#pragma warning restore CA1032, RCS1194
