using QTrain.Circuits;
using QTrain.Observables;
using QTrain.Optimizers;
using QTrain.Training;

namespace QTrain.Tests.Training;

/// <summary>Answers from a function, for tests of optimizers and of the trainer.</summary>
internal sealed class FunctionEvaluator(int dimension, Func<Question, Answer> answer) : IEvaluator
{
    public List<Question> Asked { get; } = [];

    /// <summary>When set, every answer arrives later and on another thread.</summary>
    public bool Delayed { get; init; }

    public int Dimension => dimension;

    public string Identity => "function";

    public async ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Delayed) await Task.Delay(1, cancellation).ConfigureAwait(false);
        Asked.AddRange(questions);
        return [.. questions.Select(answer)];
    }

    /// <summary>Σ k·(xₖ − 1)², k from 1.</summary>
    public static FunctionEvaluator Quadratic(int dimension, bool delayed = false) => new(dimension, q =>
    {
        var (loss, gradient) = (0.0, new double[dimension]);
        for (var k = 0; k < dimension; k++)
        {
            var away = q.Point[k] - 1;
            loss += (k + 1) * away * away;
            gradient[k] = 2 * (k + 1) * away;
        }
        return new Answer(loss, Gradient: q.Kind == QuestionKind.Gradient ? gradient : null);
    })
    {
        Delayed = delayed,
    };

    public static FunctionEvaluator Rosenbrock() => new(2, q =>
    {
        var (x, y) = (q.Point[0], q.Point[1]);
        return new Answer(
            (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x),
            Gradient: [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]);
    });
}

/// <summary>Says that so much time has passed since the last reading.</summary>
internal sealed class CountingClock(TimeSpan perReading) : IRunClock
{
    public List<QuestionPath> Read { get; } = [];

    public ValueTask<TimeSpan> ElapsedAsync(QuestionPath path, CancellationToken cancellation)
    {
        Read.Add(path);
        return new(Read.Count * perReading);
    }
}

internal static class Plans
{
    /// <summary>A plan whose circuit has as many parameters as the landscape; only its start and rules matter there.</summary>
    public static TrainingPlan Of(Optimizer optimizer, double[] start, StoppingRules? rules = null, ulong seed = 1) => new()
    {
        Problem = new TrainingProblem(
            "test",
            Circuit.Build(1, c => { foreach (var parameter in Parameter.Vector("x", start.Length)) c.Rx(parameter, 0); }),
            new PauliSum(1, [new PauliTerm(PauliString.Single('Z', 0), 1)]),
            [.. start]),
        Optimizer = optimizer,
        Stopping = rules ?? new StoppingRules { MaxIterations = 100 },
        Seed = seed,
    };

    /// <summary>−Σ ZZ − Σ X on an open chain, from a layered ansatz.</summary>
    public static TrainingPlan Ising(int qubits, int layers, Optimizer optimizer, StoppingRules? rules = null)
    {
        var theta = Parameter.Vector("θ", 2 * layers);
        var ansatz = Circuit.Build(qubits, c =>
        {
            for (var q = 0; q < qubits; q++) c.H(q);
            for (var layer = 0; layer < layers; layer++)
            {
                for (var q = 0; q + 1 < qubits; q++) c.Rzz(theta[2 * layer], q, q + 1);
                for (var q = 0; q < qubits; q++) c.Rx(theta[2 * layer + 1], q);
            }
        });
        var terms = Enumerable.Range(0, qubits - 1).Select(q => new PauliTerm(new PauliString(0, 3UL << q), -1))
            .Concat(Enumerable.Range(0, qubits).Select(q => new PauliTerm(new PauliString(1UL << q, 0), -1)));
        return new TrainingPlan
        {
            Problem = new TrainingProblem("ising", ansatz, new PauliSum(qubits, terms), [.. Enumerable.Repeat(0.1, 2 * layers)]),
            Optimizer = optimizer,
            Stopping = rules ?? new StoppingRules { MaxIterations = 100 },
        };
    }
}
