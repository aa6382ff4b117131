using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Shots;
using QTrain.Simulation;

namespace QTrain.Training.Noisy;

/// <summary>Answers questions by jobs on a <see cref="DeviceTwin"/>, through the interface that hardware has.</summary>
/// <remarks>Not to be asked from two threads at once. The twin's clock runs by itself: nobody waits for it.</remarks>
public sealed class TwinEvaluator : MeasuredEvaluator
{
    private const int Attempts = 5;

    private readonly DeviceNoiseSource _device;
    private readonly TwinTraining _training;
    private readonly TwinOptions _options;
    private readonly ImmutableArray<Circuit> _compiled;
    private readonly int _shots;

    /// <summary>An evaluator of a plan that has a twin.</summary>
    /// <param name="plan">What is trained, with a <see cref="DeviceNoiseSource"/>, <see cref="TrainingPlan.Twin"/> and shots.</param>
    /// <param name="options">Threads.</param>
    /// <exception cref="QuantumException">There are no shots, or the circuit cannot run there.</exception>
    public TwinEvaluator(TrainingPlan plan, SimulationOptions? options = null)
        : base(plan ?? throw new ArgumentNullException(nameof(plan)), options)
    {
        _training = plan.Twin ?? throw new ArgumentException("The plan has no twin.", nameof(plan));
        _device = plan.Noise as DeviceNoiseSource ?? throw new QuantumException("A twin is made of a calibration: name a device.");
        _shots = plan.Shots ?? throw new QuantumException("A twin measures as hardware does, with shots: say how many for every circuit.");
        _compiled = [.. Measured.Circuits.Select(c => _device.Compile(c).Circuit)];
        _options = _training.Options with
        {
            Seed = plan.Seed, Epoch = _device.Calibration.TakenAt ?? DateTimeOffset.UnixEpoch, Noise = _device.Options, Threads = Options.Threads,
        };
        Identity += "\n" + IdentityOf(_training);
    }

    private protected override async ValueTask<Estimate[]> EnergiesAsync(QuestionPath path, IReadOnlyList<double[]> points, CancellationToken cancellation)
    {
        // A twin of its own for every question: what it does must not depend on which questions this session has asked before.
        var clock = new TwinClock(_options.Epoch!.Value + path.Step * _training.Pace);
        var twin = new DeviceTwin(_device.Calibration, _options, clock);
        var circuits = points.SelectMany(p => _compiled.Select(c => c.Bind(p))).ToArray();
        var counts = new List<Counts>(circuits.Length);
        foreach (var (part, batch) in circuits.Chunk(twin.Profile.MaxCircuits).Index())
            counts.AddRange(await RunAsync(twin, clock, new CircuitBatch(batch, _shots), string.Create(CultureInfo.InvariantCulture, $"{path}/{part}"), cancellation));
        var groups = _compiled.Length;
        return [.. points.Select((_, k) => Measured.Estimate(counts.GetRange(k * groups, groups)))];
    }

    [SuppressMessage("Performance", "CA1859", Justification = "the interface of hardware is what is trained on")]
    private static async Task<IEnumerable<Counts>> RunAsync(IBackend twin, TwinClock clock, CircuitBatch batch, string key, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var job = (await twin.SubmitAsync(batch, new IdempotencyKey($"{key}/{attempt}"), cancellation)).Job;
            var step = TimeSpan.FromSeconds(1);
            JobStatus status;
            while (!(status = await twin.PollAsync(job, cancellation)).IsFinal)
            {
                clock.AdvanceTo(status.ExpectedStart is { } start && start > clock.GetUtcNow() ? start : clock.GetUtcNow() + step);
                step *= 2;
            }
            if (status.State == JobState.Completed) return (await twin.ResultsAsync(job, batch, cancellation)).Circuits.Select(c => c!.Counts);
            if (attempt == Attempts) throw new QuantumException($"Job {job} on {twin.Profile.Name} failed for the {attempt}th time: {status.Reason}.");
        }
    }

    // Everything that decides when a circuit runs, and as what the device is met.
    private static string IdentityOf(TwinTraining training)
    {
        var (drift, queue) = (training.Options.Drift, training.Options.Queue);
        return string.Create(CultureInfo.InvariantCulture,
            $"""
            twin pace {training.Pace:c} queue {queue.MedianWait:c} {queue.Spread:R} overhead {training.Options.JobOverhead:c} failures {training.Options.FailureRate:R}
            drift {drift.RelaxationSpread:R} {drift.ErrorSpread:R} {drift.ReadoutSpread:R} {drift.CorrelationTime:c} {drift.ErrorGrowthPerDay:R} calibrated every {drift.RecalibrationPeriod:c} for {drift.RecalibrationDuration:c}
            """).ReplaceLineEndings("\n");
    }

    private sealed class TwinClock(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now;

        public override DateTimeOffset GetUtcNow() => _now;

        public void AdvanceTo(DateTimeOffset time) => _now = time;
    }
}
