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
public abstract class MeasuredEvaluator : IEvaluator, IDisposable
{
    /// <summary>The most qubits of a circuit that runs as a density matrix when shots are taken; larger ones run as trajectories.</summary>
    public const int MostDensityQubits = 10;

    /// <summary>The most qubits of a circuit whose exact values and gradients come from a sweep; larger ones need too many matrices at once.</summary>
    private const int MostSweepQubits = 12;

    private readonly double _scale;
    private readonly ShiftRule _rule;
    private readonly Lazy<NoisyShift> _shift;
    private readonly DensityWorkspace? _workspace;
    private readonly DensitySweep[]? _sweeps;

    private protected MeasuredEvaluator(TrainingPlan plan, SimulationOptions? options)
    {
        var noise = plan.Noise ?? throw new ArgumentException("The plan has no noise.", nameof(plan));
        if (plan.Precision != Precision.Double) throw new QuantumException("Noise is simulated in double precision: leave single precision out.");
        if (plan.Shots < 1) throw new QuantumException($"{plan.Shots} shots cannot be measured: ask for at least 1 for every circuit, or leave shots out for exact values.");
        if (plan is { Gradient: GradientMethod.Difference or GradientMethod.Adjoint, Shots: not null })
            throw new QuantumException(
                $"Gradients by {(plan.Gradient == GradientMethod.Adjoint ? "the adjoint method need exact values" : "differences drown in the noise of shots")}, but {plan.Shots} shots were asked for. "
                + "Use the shift rule (or leave the method out), or leave the shots out.");
        (_scale, Options) = (plan.Problem.LossScale, options ?? SimulationOptions.Default);
        _rule = new ShiftRule(plan.Problem.Ansatz);
        Measured = new MeasuredCircuits(_rule.Circuit, plan.Problem.Observable);
        Circuits = [.. Measured.Circuits.Select(noise.Prepare)];
        _shift = new Lazy<NoisyShift>(() => new NoisyShift(_rule.Circuit.Parameters, [.. Circuits.Select(c => c.Circuit)]));
        if (plan.Shots is null && Circuits.All(c => c.Circuit.QubitCount <= MostSweepQubits))
        {
            _workspace = new DensityWorkspace(Options);
            var sweeps = Circuits.Select((c, k) => DensitySweep.For(DensityProgram.From(c), Measured.AskedOf(k), _workspace)).ToArray();
            if (Array.TrueForAll(sweeps, s => s is not null)) _sweeps = sweeps!;
        }
        if (plan.Gradient == GradientMethod.Adjoint && _sweeps is null)
            throw new QuantumException($"The circuits are too large for gradients of density matrices by the adjoint method: at most {MostSweepQubits} qubits are allowed. Use the shift rule (or leave the method out).");
        Method = plan.Gradient != GradientMethod.Auto ? plan.Gradient : _sweeps is null ? GradientMethod.Shift : GradientMethod.Adjoint;
        Identity = EvaluatorIdentity.OfNoisy(plan, noise, Circuits, Method, _sweeps is not null);
    }

    /// <summary>How gradients are computed.</summary>
    public GradientMethod Method { get; }

    /// <summary>The circuits as the device runs them, with their noise: one for every group of terms measured together.</summary>
    public ImmutableArray<NoisyCircuit> Circuits { get; }

    /// <summary>How many energies a question for a gradient takes, the one at the point itself among them.</summary>
    public int EnergiesPerGradient => 1 + Method switch { GradientMethod.Adjoint => 0, GradientMethod.Shift => _shift.Value.EnergyCount, _ => 4 * Dimension };

    /// <summary>How many density matrices are held at once where the values are exact; 2 otherwise.</summary>
    public int MatrixCount => _sweeps is null ? 2 : Math.Max(2, _sweeps.Select(s => s.MatrixCount).DefaultIfEmpty().Max() + _sweeps.Length - 1);

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

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back the memory of states.</summary>
    /// <param name="disposing">Whether the caller asked for it.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        foreach (var sweep in _sweeps ?? []) sweep.Dispose();
        _workspace?.Dispose();
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

    /// <summary>The exact energy at a point over the parameters of <see cref="Circuits"/>, and adds its derivatives; null where the circuits are too large.</summary>
    private protected double? Exact(ReadOnlySpan<double> angles, Span<double> gradient, CancellationToken cancellation)
    {
        if (_sweeps is null) return null;
        var energy = Measured.Constant;
        foreach (var sweep in _sweeps) energy += gradient.IsEmpty ? sweep.Value(angles) : sweep.Evaluate(angles, gradient, cancellation);
        return energy;
    }

    private protected static DensityProgram DensityOf(NoisyCircuit circuit) => circuit.Circuit.QubitCount <= DensityMatrix.MaxQubits
        ? DensityProgram.From(circuit)
        : throw new QuantumException(
            $"The circuit uses {circuit.Circuit.QubitCount} qubits of the device: exact values need its density matrix, and {DensityMatrix.MaxQubits} qubits fit here. Ask for shots, which run as trajectories.");

    private async ValueTask<Answer> AnswerAsync(Question question, CancellationToken cancellation)
    {
        var (point, isGradient) = (question.Point, question.Kind == QuestionKind.Gradient);
        var angles = _rule.AnglesAt(point);
        if (isGradient && Method == GradientMethod.Adjoint)
        {
            var slopes = new double[angles.Length];
            // Without parameters a gradient is asked of nothing.
            var value = Exact(angles, slopes, cancellation)!.Value;
            return Answer(new Estimate(value, 0, 0), _rule.Chain(slopes), 1, 0);
        }
        var points = new List<double[]> { angles };
        if (isGradient && Method == GradientMethod.Shift) points.AddRange(_shift.Value.Points(angles));
        else if (isGradient)
            // The first time to learn where it asks.
            FiniteDifference.Central(at =>
            {
                points.Add(_rule.AnglesAt(at));
                return 0;
            }, point);
        var energies = await EnergiesAsync(question.Path, points, cancellation);
        double[]? gradient = null;
        if (isGradient && Method == GradientMethod.Shift) gradient = _rule.Chain(_shift.Value.Gradient([.. energies.Skip(1).Select(e => e.Value)]));
        else if (isGradient)
        {
            var next = 1;
            gradient = FiniteDifference.Central(_ => energies[next++].Value, point);
        }
        return Answer(energies[0], gradient, energies.Length, energies.Sum(e => e.Shots));
    }

    private Answer Answer(Estimate energy, double[]? gradient, int evaluations, long shots)
    {
        for (var k = 0; k < gradient?.Length; k++) gradient[k] *= _scale;
        return new Answer(_scale * energy.Value, Math.Abs(_scale) * energy.StandardError, gradient, evaluations, shots);
    }
}
