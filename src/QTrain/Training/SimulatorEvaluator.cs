using QTrain.Gradients;
using QTrain.Numerics;
using QTrain.Shots;
using QTrain.Simulation;
using QTrain.Simulation.Batches;

namespace QTrain.Training;

/// <summary>Answers questions on the local state-vector simulator: exactly, or with shots as a device would. Answers complete before the call
/// returns.</summary>
/// <remarks>Not to be asked from two threads at once: it owns the states it works on. The randomness of a question's shots comes from the
/// seed and the question's path alone.</remarks>
public sealed class SimulatorEvaluator : IEvaluator, IDisposable
{
    private readonly TrainingProblem _problem;
    private readonly GradientMethod _method;
    private readonly int? _shots;
    private readonly CompiledCircuit _circuit;
    private readonly StateVector _state;
    private readonly SimulationOptions _options;
    private readonly ShotEstimator? _estimator;
    private readonly RandomStream _random;
    private AdjointSweep? _adjoint;
    private (ShiftRule Rule, CompiledCircuit Circuit)? _shift;
    private BatchedExpectations? _energies, _shiftedEnergies;

    /// <summary>An evaluator of the problem, shots, gradient method and seed of a plan.</summary>
    /// <param name="plan">What is trained. Its precision is that of the states.</param>
    /// <param name="options">Threads.</param>
    /// <exception cref="QuantumException">Circuit and observable do not fit, or the gradient method does not go with shots.</exception>
    public SimulatorEvaluator(TrainingPlan plan, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _problem = plan.Problem;
        var (ansatz, observable) = (_problem.Ansatz, _problem.Observable);
        if (observable.QubitCount != ansatz.QubitCount)
            throw new QuantumException(
                $"The observable acts on {observable.QubitCount} qubits but the circuit has {ansatz.QubitCount}: they must agree.");
        observable.RequireHermitian();
        if (plan.Optimizer.NeedsGradient) NotDifferentiableException.ThrowUnlessUnitary(ansatz);
        if (!ansatz.IsUnitary)
            throw new QuantumException("The circuit measures, resets or asks a condition: leave that out, the observable says what is measured at the end.");
        if (plan.Shots < 1) throw new QuantumException($"{plan.Shots} shots cannot be measured: ask for at least 1 for every circuit, or leave shots out for exact values.");
        if (plan.Shots is not null && (plan.Gradient is GradientMethod.Adjoint or GradientMethod.Difference))
            throw new QuantumException(
                $"Gradients by {(plan.Gradient == GradientMethod.Adjoint ? "the adjoint method need the exact state" : "differences drown in the noise of shots")}, but "
                + $"{plan.Shots} shots were asked for. Use the shift rule (or leave the method out), or leave the shots out.");
        _method = plan.Gradient != GradientMethod.Auto ? plan.Gradient
            : plan.Shots is null ? GradientMethod.Adjoint : GradientMethod.Shift;
        _shots = plan.Shots;
        _random = RandomPurpose.Shots.Stream(plan.Seed);
        _options = (options ?? SimulationOptions.Default) with { Precision = plan.Precision };
        _circuit = CompiledCircuit.From(ansatz);
        if (_shots is not null) _estimator = new ShotEstimator(ansatz, observable, _options);
        _state = StateVector.Zero(ansatz.QubitCount, _options);
        Identity = EvaluatorIdentity.Of(plan, _method);
    }

    /// <inheritdoc/>
    public int Dimension => _circuit.ParameterCount;

    /// <inheritdoc/>
    public string Identity { get; }

    /// <inheritdoc/>
    public ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var answers = new Answer[questions.Count];
        AnswerTogether(questions, answers, cancellation);
        for (var k = 0; k < answers.Length; k++)
        {
            if (answers[k] is not null) continue;
            cancellation.ThrowIfCancellationRequested();
            var question = questions[k];
            var path = question.Path;
            var random = _random.Child((ulong)path.Member).Child((ulong)path.Step).Child((ulong)path.Slot);
            answers[k] = question.Kind == QuestionKind.Gradient
                ? GradientOf(question.Point, random, cancellation)
                : AnswerOf(Energy(_circuit, question.Point, random.Child(0)));
        }
        return new(answers);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _adjoint?.Dispose();
        _energies?.Dispose();
        _shiftedEnergies?.Dispose();
    }

    /// <summary>Answers those that a batch answers sooner. Whether one does belongs to the question, and no member of a batch knows of the others: a run
    /// that was stopped between two of them gets the same answers when it goes on.</summary>
    private void AnswerTogether(IReadOnlyList<Question> questions, Answer[] answers, CancellationToken cancellation)
    {
        if (_shots is not null) return;
        List<int>? together = null;
        for (var k = 0; k < answers.Length; k++)
        {
            if (questions[k] is not { Kind: QuestionKind.Loss, AskedTogether: > 1 } || !Energies.PaysFor(questions[k].AskedTogether)) continue;
            _circuit.CheckPoint(questions[k].Point);
            (together ??= []).Add(k);
        }
        if (together is null) return;
        var values = new double[together.Count];
        Energies.Evaluate(new ListedPoints([.. together.Select(k => questions[k].Point)]), values, cancellation);
        for (var k = 0; k < values.Length; k++) answers[together[k]] = AnswerOf(new Estimate(values[k], 0, 0));
    }

    private BatchedExpectations Energies => _energies ??= new BatchedExpectations(_circuit, _problem.Observable, _options);

    private Answer GradientOf(double[] point, RandomStream random, CancellationToken cancellation)
    {
        switch (_method)
        {
            case GradientMethod.Shift:
                return ShiftOf(point, random, cancellation);
            case GradientMethod.Difference:
                var energy = Energy(_circuit, point, random);
                var differences = FiniteDifference.Central(Energies, point, cancellation: cancellation);
                return AnswerOf(energy, differences, 4 * point.Length);
            default:
                _adjoint ??= new AdjointSweep(_circuit, _problem.Observable, _state);
                var gradient = new double[point.Length];
                return AnswerOf(new Estimate(_adjoint.Evaluate(point, gradient, cancellation), 0, 0), gradient);
        }
    }

    private Answer ShiftOf(double[] point, RandomStream random, CancellationToken cancellation)
    {
        if (_shift is not var (rule, circuit))
        {
            rule = new ShiftRule(_problem.Ansatz);
            circuit = CompiledCircuit.From(rule.Circuit);
            _shift = (rule, circuit);
        }
        var energy = Energy(_circuit, point, random.Child(0));
        if (_shots is null)
        {
            _shiftedEnergies ??= new BatchedExpectations(circuit, _problem.Observable, _options);
            return AnswerOf(energy, rule.Gradient(point, _shiftedEnergies, cancellation), rule.EnergyCount);
        }
        var shots = energy.Shots;
        var (gradient, _) = rule.Gradient(point, (angles, k) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var shifted = Energy(circuit, angles, random.Child((ulong)k + 1));
            shots += shifted.Shots;
            return (shifted.Value, shifted.StandardError);
        });
        return AnswerOf(energy with { Shots = shots }, gradient, rule.EnergyCount);
    }

    private Answer AnswerOf(Estimate energy, double[]? gradient = null, int furtherEvaluations = 0)
    {
        var scale = _problem.LossScale;
        for (var k = 0; k < gradient?.Length; k++) gradient[k] *= scale;
        return new Answer(scale * energy.Value, Math.Abs(scale) * energy.StandardError, gradient, 1 + furtherEvaluations, energy.Shots);
    }

    private Estimate Energy(CompiledCircuit circuit, double[] at, RandomStream random)
    {
        _state.SetZero();
        _state.Apply(circuit, at);
        return _shots is { } shots
            ? _estimator!.Measure(_state, shots, random)
            : new Estimate(_state.Expectation(_problem.Observable), 0, 0);
    }
}
