using System.Collections.Immutable;
using System.Globalization;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Shots;
using QTrain.Simulation;

namespace QTrain.Training.Noisy;

/// <summary>Has circuits measured.</summary>
/// <param name="path">The question they are for.</param>
/// <param name="part">Which part of its circuits.</param>
/// <param name="batch">The circuits.</param>
/// <param name="cancellation">Stops waiting.</param>
/// <returns>What each gave.</returns>
public delegate Task<IReadOnlyList<Counts>> MeasureCircuits(QuestionPath path, int part, CircuitBatch batch, CancellationToken cancellation);

/// <summary>Answers questions by having circuits measured on hardware: all circuits of a question go out together, in as few jobs as it takes.</summary>
public sealed class BackendEvaluator : MeasuredEvaluator
{
    private readonly ImmutableArray<Circuit> _compiled;
    private readonly MeasureCircuits _measure;
    private readonly int _shots, _mostCircuits;

    /// <summary>An evaluator of a plan whose noise is that of the device, for which circuits are compiled.</summary>
    /// <param name="plan">What is trained, with a <see cref="DeviceNoiseSource"/> and shots.</param>
    /// <param name="profile">The hardware.</param>
    /// <param name="measure">Who measures.</param>
    /// <param name="options">Threads, for the distance to an ideal device.</param>
    /// <exception cref="QuantumException">There are no shots, or the circuit cannot run there.</exception>
    public BackendEvaluator(TrainingPlan plan, BackendProfile profile, MeasureCircuits measure, SimulationOptions? options = null)
        : base(plan ?? throw new ArgumentNullException(nameof(plan)), options)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(measure);
        var device = plan.Noise as DeviceNoiseSource ?? throw new QuantumException("Circuits are compiled for hardware by its calibration: name a device.");
        _shots = plan.Shots ?? throw new QuantumException("Hardware measures with shots: say how many for every circuit.");
        _compiled = [.. Measured.Circuits.Select(c => device.Compile(c).Circuit)];
        (_measure, _mostCircuits) = (measure, profile.MaxCircuits);
        Identity += string.Create(CultureInfo.InvariantCulture, $"\nhardware {profile.Provider} {profile.Name}");
    }

    private protected override async ValueTask<Estimate[]> EnergiesAsync(QuestionPath path, IReadOnlyList<double[]> points, CancellationToken cancellation)
    {
        var circuits = points.SelectMany(p => _compiled.Select(c => c.Bind(p))).ToArray();
        var counts = new List<Counts>(circuits.Length);
        foreach (var (part, batch) in circuits.Chunk(_mostCircuits).Index()) counts.AddRange(await _measure(path, part, new CircuitBatch(batch, _shots), cancellation));
        return [.. points.Select((_, k) => Measured.Estimate(counts.GetRange(k * _compiled.Length, _compiled.Length)))];
    }
}
