using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Simulation;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Devices;

/// <summary>A device made of data: a calibration gives its qubits, couplings, native gates and noise; prices, a queue and a drift process are added. It
/// behaves as hardware does, jobs and waiting included, on a clock that is given.</summary>
/// <remarks>Everything follows from the calibration, the options, the keys and the times of the calls: the same seed, keys and clock give the same jobs, waits
/// and counts. A job's state is worked out from the clock when it is asked for; nothing runs in the background. Its circuits are simulated when
/// their results are first asked for.</remarks>
public sealed class DeviceTwin : IBackend
{
    // Drift between two of these moments is not followed: noise models are made anew for each.
    private static readonly TimeSpan DriftStep = TimeSpan.FromMinutes(10);

    private const int DefaultMaxShots = 100_000, DefaultMaxCircuits = 300;

    private readonly TwinOptions _options;
    private readonly TimeProvider _time;
    private readonly Calibration _snapshot;
    private readonly Lock _lock = new();
    private readonly List<Job> _jobs = [];
    private readonly Dictionary<DateTimeOffset, DeviceNoise> _noise = [];
    private readonly Dictionary<DateTimeOffset, Calibration> _reported = [];

    /// <summary>A twin of a device.</summary>
    /// <param name="calibration">Its snapshot.</param>
    /// <param name="options">What it is made of beside.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <exception cref="QuantumException">An option cannot be.</exception>
    public DeviceTwin(Calibration calibration, TwinOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        _options = options ?? new TwinOptions();
        if (_options.FailureRate is not (>= 0 and <= 1)) throw new QuantumException($"A failure rate of {_options.FailureRate:R} cannot be: it is 0 to 1.");
        if (_options.Drift.CorrelationTime <= TimeSpan.Zero) throw new QuantumException("The correlation time of a drift must be positive.");
        if (_options.Drift.RecalibrationPeriod > TimeSpan.Zero && _options.Drift.RecalibrationDuration >= _options.Drift.RecalibrationPeriod)
            throw new QuantumException($"A recalibration of {_options.Drift.RecalibrationDuration} every {_options.Drift.RecalibrationPeriod} leaves no time for jobs.");
        _time = time ?? TimeProvider.System;
        _snapshot = calibration;
        Epoch = _options.Epoch ?? _time.GetUtcNow();
        // What cannot be is told now, not by the first job.
        _noise[Epoch] = DeviceNoise.From(calibration, _options.Noise);
        Profile = new BackendProfile
        {
            Name = _options.Name ?? calibration.Device + "-twin",
            Provider = "twin",
            QubitCount = calibration.Qubits.Length,
            NativeGates = calibration.NativeGates,
            Couplings = calibration.Couplings,
            IsFullyConnected = calibration.IsFullyConnected,
            MinShots = Math.Max(1, calibration.Limits?.MinShots ?? 1),
            MaxShots = calibration.Limits?.MaxShots ?? DefaultMaxShots,
            MaxCircuits = calibration.Limits?.MaxCircuits ?? DefaultMaxCircuits,
            Prices = _options.Prices ?? calibration.Prices,
            Safety = _options.Safety,
            VisibilityWindow = _options.Safety == SubmissionSafety.Findable ? _options.VisibilityWindow : TimeSpan.Zero,
        };
    }

    /// <inheritdoc/>
    public BackendProfile Profile { get; }

    /// <summary>When the device is as its snapshot.</summary>
    public DateTimeOffset Epoch { get; }

    /// <summary>What the calibration has no answer to, in sentences for people.</summary>
    public ImmutableArray<string> Warnings => _noise[Epoch].Warnings;

    /// <inheritdoc/>
    public Task<BackendStatus> StatusAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var isOnline = _options.Drift.AfterRecalibration(Epoch, now) == now;
            return Task.FromResult(new BackendStatus(isOnline, _jobs.Count(j => j.StateAt(now) == JobState.Queued), isOnline ? "online" : "calibrating"));
        }
    }

    /// <inheritdoc/>
    public Task<Calibration?> CalibrationAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_lock) return Task.FromResult<Calibration?>(ReportedAt(_time.GetUtcNow()));
    }

    /// <summary>When the device was calibrated last, at a moment.</summary>
    public DateTimeOffset CalibratedAt(DateTimeOffset at) => _options.Drift.IsNone || at < Epoch ? Epoch : _options.Drift.LastRecalibration(Epoch, at);

    /// <summary>What the device reported at a moment: how it was when it was calibrated last.</summary>
    public Calibration ReportedCalibration(DateTimeOffset at)
    {
        lock (_lock) return ReportedAt(at);
    }

    /// <summary>The device as it truly is at a moment, which no hardware tells: what the noise of a job is made of.</summary>
    public Calibration TrueCalibration(DateTimeOffset at) => _options.Drift.At(_snapshot, _options.Seed ^ DriftSeed, Epoch, at);

    /// <inheritdoc/>
    public Task<JobReceipt> SubmitAsync(CircuitBatch batch, IdempotencyKey key, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (Profile.Safety == SubmissionSafety.Idempotent && _jobs.Find(j => j.Key == key) is { } known)
                return known.Batch.Equals(batch) ? Task.FromResult(known.Receipt) : throw new IdempotencyConflictException(key, known.Id);
            Check(batch);
            var now = _time.GetUtcNow();
            // By the key, not by how many jobs there were: a submission means the same in whatever session it is made. A second job of one key is another.
            var random = new RandomStream(_options.Seed).Child(1).Child(key.Number).Child((ulong)_jobs.Count(j => j.Key == key));
            var wait = _options.Queue.Draw(random.Child(0));
            var start = now + wait;
            foreach (var job in _jobs)
                if (job.EndsAt > start && job.CancelledAt is null) start = job.EndsAt;
            start = _options.Drift.AfterRecalibration(Epoch, start);
            var circuits = new (DateTimeOffset Start, TimeSpan Duration)[batch.Circuits.Length];
            var at = start + _options.JobOverhead;
            for (var k = 0; k < circuits.Length; k++)
            {
                circuits[k] = (at, DurationOf(batch.Circuits[k], batch.Shots));
                at += circuits[k].Duration;
            }
            var failure = random.Child(1).NextDouble() < _options.FailureRate ? "the device failed while the job ran" : null;
            var made = new Job(new JobId($"{Profile.Name}-{_jobs.Count + 1}"), key, batch, now, start, at, [.. circuits], failure, random.Child(2));
            _jobs.Add(made);
            return Task.FromResult(made.Receipt);
        }
    }

    /// <inheritdoc/>
    public Task<JobReceipt?> FindAsync(IdempotencyKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Profile.Safety == SubmissionSafety.Unfindable) throw new QuantumException($"{Profile.Name} cannot find jobs by a key: a submission whose answer was lost is for a person to settle.");
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            return Task.FromResult(_jobs.Find(j => j.Key == key && j.SubmittedAt + Profile.VisibilityWindow <= now)?.Receipt);
        }
    }

    /// <inheritdoc/>
    public Task<JobStatus> PollAsync(JobId job, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var (found, now) = (JobOf(job), _time.GetUtcNow());
            var state = found.StateAt(now);
            return Task.FromResult(state switch
            {
                JobState.Queued => new JobStatus(job, state, _jobs.Count(j => j.StateAt(now) == JobState.Queued && j.StartsAt < found.StartsAt), found.StartsAt),
                JobState.Failed => new JobStatus(job, state, Reason: found.Failure),
                _ => new JobStatus(job, state),
            });
        }
    }

    /// <inheritdoc/>
    public Task<CostEstimate> EstimateAsync(CircuitBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            Check(batch);
            var cost = Profile.Prices?.Of(batch.Circuits.Length, batch.Shots, _options.JobOverhead + batch.Circuits.Aggregate(TimeSpan.Zero, (sum, c) => sum + DurationOf(c, batch.Shots)));
            return Task.FromResult(new CostEstimate(cost, cost, cost is null ? CostBasis.Unknown : CostBasis.PublishedPrice, _options.Queue.MedianWait));
        }
    }

    /// <inheritdoc/>
    public Task<JobResults> ResultsAsync(JobId job, CircuitBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Job found;
        DateTimeOffset now;
        lock (_lock) (found, now) = (JobOf(job), _time.GetUtcNow());
        if (!found.Batch.Equals(batch)) throw new ResultMismatchException(Profile.Name, job, "it ran other circuits, or as many shots as were not asked for.");
        // A failed job gives nothing; a cancelled one what was done before.
        var until = found.StateAt(now) == JobState.Failed ? DateTimeOffset.MinValue : found.CancelledAt is { } cancelled && cancelled < now ? cancelled : now;
        var results = ImmutableArray.CreateBuilder<CircuitResult?>(found.Batch.Circuits.Length);
        var work = TimeSpan.Zero;
        for (var k = 0; k < found.Batch.Circuits.Length; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (start, duration) = found.Circuits[k];
            var isDone = start + duration <= until;
            if (isDone) work += duration;
            results.Add(isDone ? Measure(found, k) : null);
        }
        var done = results.Count(r => r is not null);
        var cost = Profile.Prices is { } prices && until >= found.StartsAt ? prices.Of(done, found.Batch.Shots, work + _options.JobOverhead) : (Money?)null;
        return Task.FromResult(new JobResults(job, results.ToImmutable(), done == results.Count, found.StartsAt - found.SubmittedAt, cost) { CostBasis = cost is null ? CostBasis.Unknown : CostBasis.PublishedPrice });
    }

    /// <inheritdoc/>
    public Task CancelAsync(JobId job, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var (found, now) = (JobOf(job), _time.GetUtcNow());
            if (found.StateAt(now) is JobState.Queued or JobState.Running) found.CancelledAt = now;
            return Task.CompletedTask;
        }
    }

    private const ulong DriftSeed = 0xD21F7;

    private Job JobOf(JobId id) => _jobs.Find(j => j.Id == id) ?? throw new UnknownJobException(Profile.Name, id);

    private CircuitResult Measure(Job job, int circuit)
    {
        lock (job.Results)
        {
            if (job.Results.TryGetValue(circuit, out var known)) return known;
            var (start, duration) = job.Circuits[circuit];
            DeviceNoise noise;
            string calibration;
            lock (_lock) (noise, calibration) = (NoiseAt(start), ReportedAt(start).ContentId);
            var random = job.Random.Child((ulong)circuit);
            var counts = DeviceRun.Run(noise.ApplyTo(job.Batch.Circuits[circuit]), job.Batch.Shots, random.NextUInt64(), new SimulationOptions { Threads = _options.Threads });
            var result = new CircuitResult(counts, start, duration, calibration);
            job.Results.Add(circuit, result);
            return result;
        }
    }

    private TimeSpan DurationOf(Circuit circuit, long shots) => TimeSpan.FromSeconds((NoiseAt(Epoch).DurationOf(circuit) + (_snapshot.Limits?.RepetitionDelaySeconds ?? 0)) * shots);

    private DeviceNoise NoiseAt(DateTimeOffset at)
    {
        if (_options.Drift.IsNone || at <= Epoch) return _noise[Epoch];
        var step = Epoch + (at - Epoch).Ticks / DriftStep.Ticks * DriftStep;
        if (!_noise.TryGetValue(step, out var noise)) _noise.Add(step, noise = DeviceNoise.From(TrueCalibration(step), _options.Noise));
        return noise;
    }

    private Calibration ReportedAt(DateTimeOffset at)
    {
        if (_options.Drift.IsNone) return _snapshot;
        var when = _options.Drift.LastRecalibration(Epoch, at);
        if (!_reported.TryGetValue(when, out var reported)) _reported.Add(when, reported = TrueCalibration(when));
        return reported;
    }

    private void Check(CircuitBatch batch)
    {
        if (batch.Circuits.Length > Profile.MaxCircuits) throw new BatchRefusedException(Profile.Name, Profile.MaxCircuits, $"a job has at most {Profile.MaxCircuits} circuits, and this batch {batch.Circuits.Length}. Divide it.");
        if (batch.Shots < Profile.MinShots || batch.Shots > Profile.MaxShots)
            throw new BatchRefusedException(Profile.Name, 0, $"{batch.Shots} shots were asked for, and {Profile.MinShots} to {Profile.MaxShots} are allowed.");
        for (var k = 0; k < batch.Circuits.Length; k++)
            if (Objection(batch.Circuits[k]) is { } objection) throw new BatchRefusedException(Profile.Name, k, objection);
    }

    private string? Objection(Circuit circuit)
    {
        if (circuit.QubitCount > Profile.QubitCount) return $"it has {circuit.QubitCount} qubits, and the device {Profile.QubitCount}.";
        if (!circuit.Operations.Any(o => o is Circuits.Measure)) return "it measures nothing, and a device tells only what is measured. Add measurements, such as MeasureAll().";
        if (circuit.BitCount > 64) return $"it measures into {circuit.BitCount} classical bits, and at most 64 can be counted.";
        foreach (var operation in circuit.Operations)
        {
            if (operation is Barrier or GlobalPhase { Controls.IsEmpty: true }) continue;
            foreach (var q in operation.Qubits)
                if (!_snapshot.Qubits[q].IsEnabled) return $"'{operation}' uses qubit {q}, which is disabled.";
            if (operation is Circuits.Measure or Reset or Delay { Duration.Dt: 0 }) continue;
            if (operation is Delay) return $"'{operation}' is in dt, and its calibration does not say how long a dt is. Write the delay in seconds, such as 100ns.";
            if (operation is not GateOperation gate) return $"'{operation}' is nothing a device does.";
            if (gate.Controls.IsEmpty && _snapshot.Allows(gate.Name, gate.Qubits.AsSpan(), out _)) continue;
            var isNative = gate.Controls.IsEmpty && _snapshot.NativeGates.Contains(gate.Name);
            if (isNative && gate.Qubits.Length == 2 && !_snapshot.IsCoupled(gate.Qubits[0], gate.Qubits[1])) return $"'{operation}' joins qubits that are not coupled. Transpile the circuit for this device first.";
            return isNative
                ? $"'{operation}' is native elsewhere, but not in this order or disabled here. Transpile the circuit for this device first."
                : $"'{operation}' is not native: native gates are {string.Join(", ", _snapshot.NativeGates)}. Transpile the circuit for this device first.";
        }
        return null;
    }

    private sealed class Job(
        JobId id, IdempotencyKey key, CircuitBatch batch, DateTimeOffset submittedAt, DateTimeOffset startsAt, DateTimeOffset endsAt,
        ImmutableArray<(DateTimeOffset Start, TimeSpan Duration)> circuits, string? failure, RandomStream random)
    {
        public JobId Id { get; } = id;

        public IdempotencyKey Key { get; } = key;

        public CircuitBatch Batch { get; } = batch;

        public DateTimeOffset SubmittedAt { get; } = submittedAt;

        public DateTimeOffset StartsAt { get; } = startsAt;

        public DateTimeOffset EndsAt { get; } = endsAt;

        public ImmutableArray<(DateTimeOffset Start, TimeSpan Duration)> Circuits { get; } = circuits;

        public string? Failure { get; } = failure;

        public RandomStream Random { get; } = random;

        public DateTimeOffset? CancelledAt { get; set; }

        public Dictionary<int, CircuitResult> Results { get; } = [];

        public JobReceipt Receipt => new(Id, Key, SubmittedAt);

        public JobState StateAt(DateTimeOffset now) => CancelledAt <= now ? JobState.Cancelled
            : now < StartsAt ? JobState.Queued
            : now < EndsAt ? JobState.Running
            : Failure is null ? JobState.Completed : JobState.Failed;
    }
}
