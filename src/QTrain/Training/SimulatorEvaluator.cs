using QTrain.Gradients;
using QTrain.Simulation;

namespace QTrain.Training;

/// <summary>Answers questions on the local state-vector simulator. Answers complete before the call returns.</summary>
/// <remarks>Not to be asked from two threads at once: it owns the states it works on.</remarks>
public sealed class SimulatorEvaluator : IEvaluator, IDisposable
{
    private readonly TrainingProblem _problem;
    private readonly GradientMethod _method;
    private readonly CompiledCircuit _circuit;
    private readonly StateVector _state;
    private readonly SimulationOptions? _options;
    private AdjointSweep? _adjoint;
    private ShiftRule? _shift;
    private CompiledCircuit? _shifted;

    /// <summary>An evaluator of the problem, shots, gradient method and seed of a plan.</summary>
    /// <exception cref="QuantumException">Circuit and observable do not fit, or the gradient method does not go with shots.</exception>
    public SimulatorEvaluator(TrainingPlan plan, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _problem = plan.Problem;
        if (_problem.Observable.QubitCount != _problem.Ansatz.QubitCount)
            throw new QuantumException(
                $"The observable acts on {_problem.Observable.QubitCount} qubits but the circuit has {_problem.Ansatz.QubitCount}: they must agree.");
        _method = plan.Gradient != GradientMethod.Auto ? plan.Gradient
            : plan.Shots is null ? GradientMethod.Adjoint : GradientMethod.Shift;
        if (plan.Optimizer.NeedsGradient) NotDifferentiableException.ThrowUnlessUnitary(_problem.Ansatz);
        _options = options;
        _circuit = CompiledCircuit.From(_problem.Ansatz);
        _state = StateVector.Zero(_problem.Ansatz.QubitCount, options);
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
        for (var k = 0; k < answers.Length; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            answers[k] = questions[k].Kind == QuestionKind.Gradient ? GradientOf(questions[k].Point) : LossOf(questions[k].Point);
        }
        return new(answers);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _adjoint?.Dispose();
    }

    private Answer LossOf(double[] point) => new(_problem.LossScale * Energy(_circuit, point));

    private Answer GradientOf(double[] point)
    {
        var (energy, evaluations) = (0.0, 1);
        double[] gradient;
        switch (_method)
        {
            case GradientMethod.Shift:
                _shift ??= new ShiftRule(_problem.Ansatz);
                _shifted ??= CompiledCircuit.From(_shift.Circuit);
                energy = Energy(_circuit, point);
                gradient = _shift.Gradient(point, (angles, _) => (Energy(_shifted, angles), 0)).Gradient;
                evaluations += _shift.EnergyCount;
                break;
            case GradientMethod.Difference:
                energy = Energy(_circuit, point);
                gradient = FiniteDifference.Central(shifted => Energy(_circuit, shifted), point);
                evaluations += 4 * point.Length;
                break;
            default:
                _adjoint ??= new AdjointSweep(_circuit, _problem.Observable, _options);
                gradient = new double[point.Length];
                energy = _adjoint.Evaluate(point, gradient);
                break;
        }
        for (var k = 0; k < gradient.Length; k++) gradient[k] *= _problem.LossScale;
        return new Answer(_problem.LossScale * energy, Gradient: gradient, Evaluations: evaluations);
    }

    private double Energy(CompiledCircuit circuit, double[] at)
    {
        _state.SetZero();
        _state.Apply(circuit, at);
        return _state.Expectation(_problem.Observable);
    }
}
