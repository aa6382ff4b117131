using QTrain.Numerics;
using QTrain.Shots;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Simulation.Trajectories;

namespace QTrain.Training.Noisy;

/// <summary>Answers questions as a noisy device would, on the local simulator: every circuit that measures the observable is compiled for the device once,
/// runs with its noise, and is read with its errors. Exactly as density matrices, or with shots.</summary>
/// <remarks>Not to be asked from two threads at once. The randomness of a question's shots comes from the seed and the question's path alone.
/// Exact values are those of infinitely many shots, misreadings included.</remarks>
public sealed class NoisyEvaluator : MeasuredEvaluator
{
    private readonly DensityProgram?[] _density;
    private readonly TrajectoryProgram?[] _trajectories;
    private readonly int? _shots;
    private readonly RandomStream _random;

    /// <summary>An evaluator of a plan that has noise.</summary>
    /// <param name="plan">What is trained, with <see cref="TrainingPlan.Noise"/>.</param>
    /// <param name="options">Threads.</param>
    /// <exception cref="QuantumException">The circuit cannot run there, is too large to simulate, or the gradient method does not go with noise.</exception>
    public NoisyEvaluator(TrainingPlan plan, SimulationOptions? options = null)
        : base(plan ?? throw new ArgumentNullException(nameof(plan)), options)
    {
        _shots = plan.Shots;
        _random = RandomPurpose.Shots.Stream(plan.Seed);
        _density = new DensityProgram[Circuits.Length];
        _trajectories = new TrajectoryProgram[Circuits.Length];
        for (var k = 0; k < Circuits.Length; k++)
        {
            if (_shots is null || Circuits[k].Circuit.QubitCount <= MostDensityQubits) _density[k] = DensityOf(Circuits[k]);
            else _trajectories[k] = TrajectoryProgram.From(Circuits[k]);
        }
    }

    private protected override ValueTask<Estimate[]> EnergiesAsync(QuestionPath path, IReadOnlyList<double[]> points, CancellationToken cancellation)
    {
        var random = _random.Child((ulong)path.Member).Child((ulong)path.Step).Child((ulong)path.Slot);
        var energies = new Estimate[points.Count];
        for (var k = 0; k < energies.Length; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            energies[k] = _shots is null && Exact(points[k], [], cancellation) is { } exact ? new Estimate(exact, 0, 0) : Energy(points[k], random.Child((ulong)k));
        }
        return new(energies);
    }

    private Estimate Energy(double[] angles, RandomStream random)
    {
        if (_shots is not { } shots)
        {
            var exact = new IReadOnlyDictionary<ulong, double>[Circuits.Length];
            for (var k = 0; k < exact.Length; k++) exact[k] = NoisySimulator.Probabilities(_density[k]!, angles, Options);
            return new Estimate(Measured.Expectation(exact), 0, 0);
        }
        var counts = new Counts[Circuits.Length];
        for (var k = 0; k < counts.Length; k++)
        {
            var seed = random.Child((ulong)k).NextUInt64();
            counts[k] = _density[k] is { } density
                ? NoisySimulator.Run(density, angles, shots, seed, Options)
                : TrajectorySimulator.Run(_trajectories[k]!, angles, shots, seed, Options);
        }
        return Measured.Estimate(counts);
    }
}
