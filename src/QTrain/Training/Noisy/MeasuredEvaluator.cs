using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Noise;
using QTrain.Shots;
using QTrain.Simulation;
using QTrain.Simulation.Density;

namespace QTrain.Training.Noisy;

/// <summary>Answers questions from measured circuits, as hardware does: what differs is who measures them. Every circuit is compiled once and bound to
/// each point.</summary>
public abstract class MeasuredEvaluator : IEvaluator
{
    /// <summary>The most qubits of a circuit that runs as a density matrix when shots are taken; larger ones run as trajectories.</summary>
    public const int MostDensityQubits = 10;

    private readonly double _scale;
    private readonly ShiftRule _rule;
    private readonly GradientMethod _method;
    private readonly Lazy<NoisyShift> _shift;

    private protected MeasuredEvaluator(TrainingPlan plan, SimulationOptions? options)
    {
        var noise = plan.Noise ?? throw new ArgumentException("The plan has no noise.", nameof(plan));
        if (plan.Precision != Precision.Double) throw new QuantumException("Noise is simulated in double precision: leave single precision out.");
        if (plan.Shots < 1) throw new QuantumException($"{plan.Shots} shots cannot be measured: ask for at least 1 for every circuit, or leave shots out for exact values.");
        if (plan.Gradient == GradientMethod.Adjoint)
            throw new QuantumException("Gradients by the adjoint method need a pure state, which noise does not leave. Use the shift rule (or leave the method out).");
        if (plan is { Gradient: GradientMethod.Difference, Shots: not null })
            throw new QuantumException("Gradients by differences drown in the noise of shots. Use the shift rule (or leave the method out), or leave the shots out.");
        (_scale, Options) = (plan.Problem.LossScale, options ?? SimulationOptions.Default);
        _method = plan.Gradient == GradientMethod.Difference ? GradientMethod.Difference : GradientMethod.Shift;
        _rule = new ShiftRule(plan.Problem.Ansatz);
        Measured = new MeasuredCircuits(_rule.Circuit, plan.Problem.Observable);
        Circuits = [.. Measured.Circuits.Select(noise.Prepare)];
        _shift = new Lazy<NoisyShift>(() => new NoisyShift(_rule.Circuit.Parameters, [.. Circuits.Select(c => c.Circuit)]));
        Identity = EvaluatorIdentity.OfNoisy(plan, noise, Circuits, _method);
    }

    /// <summary>The circuits as the device runs them, with their noise: one for every group of terms measured together.</summary>
    public ImmutableArray<NoisyCircuit> Circuits { get; }

    /// <summary>How many energies a question for a gradient takes, the one at the point itself among them.</summary>
    public int EnergiesPerGradient => 1 + (_method == GradientMethod.Shift ? _shift.Value.EnergyCount : 4 * Dimension);

    /// <inheritdoc/>
    public int Dimension => _rule.ParameterCount;

    /// <inheritdoc/>
    public string Identity { get; private protected init; }

    private protected MeasuredCircuits Measured { get; }

    private protected SimulationOptions Options { get; }

    /// <inheritdoc/>
    public async ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var answers = new Answer[questions.Count];
        for (var k = 0; k < answers.Length; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            answers[k] = await AnswerAsync(questions[k], cancellation);
        }
        return answers;
    }

    /// <summary>How the device departs from an ideal one at a point: exactly, whatever the shots of the training are.</summary>
    /// <exception cref="QuantumException">The circuits are too large for density matrices.</exception>
    public DeviceDelta DeltaAt(ReadOnlySpan<double> point)
    {
        var angles = _rule.AnglesAt(point);
        var (ideal, noisy) = (new IReadOnlyDictionary<ulong, double>[Circuits.Length], new IReadOnlyDictionary<ulong, double>[Circuits.Length]);
        for (var k = 0; k < Circuits.Length; k++)
        {
            ideal[k] = Simulator.Probabilities(CompiledCircuit.From(Measured.Circuits[k]), angles, Options);
            noisy[k] = NoisySimulator.Probabilities(DensityOf(Circuits[k]), angles, Options);
        }
        return new DeviceDelta
        {
            IdealLoss = _scale * Measured.Expectation(ideal),
            NoisyLoss = _scale * Measured.Expectation(noisy),
            TotalVariation = [.. ideal.Zip(noisy, OutcomeDistance.TotalVariation)],
            Hellinger = [.. ideal.Zip(noisy, OutcomeDistance.Hellinger)],
        };
    }

    /// <summary>The energies of one question, at points over the parameters of <see cref="Circuits"/>.</summary>
    private protected abstract ValueTask<Estimate[]> EnergiesAsync(QuestionPath path, IReadOnlyList<double[]> points, CancellationToken cancellation);

    private protected static DensityProgram DensityOf(NoisyCircuit circuit) => circuit.Circuit.QubitCount <= DensityMatrix.MaxQubits
        ? DensityProgram.From(circuit)
        : throw new QuantumException(
            $"The circuit uses {circuit.Circuit.QubitCount} qubits of the device: exact values need its density matrix, and {DensityMatrix.MaxQubits} qubits fit here. Ask for shots, which run as trajectories.");

    private async ValueTask<Answer> AnswerAsync(Question question, CancellationToken cancellation)
    {
        var (point, isGradient) = (question.Point, question.Kind == QuestionKind.Gradient);
        var points = new List<double[]> { _rule.AnglesAt(point) };
        if (isGradient && _method == GradientMethod.Shift) points.AddRange(_shift.Value.Points(points[0]));
        else if (isGradient)
            // The first time to learn where it asks.
            FiniteDifference.Central(at =>
            {
                points.Add(_rule.AnglesAt(at));
                return 0;
            }, point);
        var energies = await EnergiesAsync(question.Path, points, cancellation);
        double[]? gradient = null;
        if (isGradient && _method == GradientMethod.Shift) gradient = _rule.Chain(_shift.Value.Gradient([.. energies.Skip(1).Select(e => e.Value)]));
        else if (isGradient)
        {
            var next = 1;
            gradient = FiniteDifference.Central(_ => energies[next++].Value, point);
        }
        for (var k = 0; k < gradient?.Length; k++) gradient[k] *= _scale;
        return new Answer(_scale * energies[0].Value, Math.Abs(_scale) * energies[0].StandardError, gradient, energies.Length, energies.Sum(e => e.Shots));
    }
}
