using System.Runtime.CompilerServices;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Optimizers;
using QTrain.Training;

namespace QTrain.Operations.Tests;

/// <summary>Small trainings.</summary>
internal static class TestTraining
{
    public static PauliSum Tfim(int qubits) => PauliSum.Of(qubits,
        Enumerable.Range(0, qubits).Select(k => (Label(qubits, (k, 'X')), -1.0))
            .Concat(Enumerable.Range(0, qubits - 1).Select(k => (Label(qubits, (k, 'Z'), (k + 1, 'Z')), -1.0))));

    public static TrainingPlan Plan(
        int qubits = 4, int? shots = 64, ulong seed = 7, int iterations = 40, Optimizer? optimizer = null, StoppingRules? stopping = null)
    {
        var angles = Parameter.Vector("θ", 2 * qubits);
        var ansatz = Circuit.Build(qubits, c =>
        {
            for (var q = 0; q < qubits; q++) c.Ry(angles[q], q);
            for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1);
            for (var q = 0; q < qubits; q++) c.Ry(angles[qubits + q], q);
        });
        return new TrainingPlan
        {
            Problem = new TrainingProblem("tfim", ansatz, Tfim(qubits), [.. angles.Select((_, k) => 0.1 * (k + 1))]),
            Optimizer = optimizer ?? new TwoSided(),
            Shots = shots,
            Seed = seed,
            Stopping = stopping ?? new StoppingRules { MaxIterations = iterations },
        };
    }

    private static string Label(int qubits, params (int Qubit, char Letter)[] letters)
    {
        var label = new string('I', qubits).ToCharArray();
        foreach (var (qubit, letter) in letters) label[qubits - 1 - qubit] = letter;
        return new string(label);
    }
}

/// <summary>A random direction a step, asked at both sides in one batch: the shape of SPSA without its gains.</summary>
internal sealed record TwoSided : Optimizer
{
    public double Width { get; init; } = 0.15;

    public override string Name => "two-sided";

    public override bool NeedsGradient => false;

    public override async IAsyncEnumerable<Iterate> MinimizeAsync(
        IObjective objective, double[] start, RandomStream random, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var at = (double[])start.Clone();
        var first = await objective.LossAsync(at, cancellation);
        yield return new Iterate(at, first.Loss, first.StandardError);
        while (true)
        {
            var signs = new double[at.Length];
            for (var k = 0; k < signs.Length; k++) signs[k] = random.NextSign();
            var answers = await objective.LossesAsync([Moved(at, signs, Width), Moved(at, signs, -Width)], cancellation);
            at = Moved(at, signs, -0.05 * (answers[0].Loss - answers[1].Loss) / (2 * Width));
            yield return new Iterate(at, (answers[0].Loss + answers[1].Loss) / 2, answers[0].StandardError);
        }
    }

    private static double[] Moved(double[] at, double[] signs, double by) => [.. at.Zip(signs, (a, s) => a + by * s)];
}

/// <summary>Counts and perhaps delays the questions that reach an evaluator.</summary>
internal sealed class Watched(IEvaluator inner, Action<Question>? before = null) : IEvaluator
{
    public List<Question> Asked { get; } = [];

    public int Dimension => inner.Dimension;

    public string Identity => inner.Identity;

    public ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation)
    {
        foreach (var question in questions)
        {
            before?.Invoke(question);
            Asked.Add(question);
        }
        return inner.AnswerAsync(questions, cancellation);
    }
}

/// <summary>Answers with a function, at once.</summary>
internal sealed class Formula(int dimension, Func<Question, Answer> answer, string identity = "formula") : IEvaluator
{
    public int Dimension => dimension;

    public string Identity => identity;

    public ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation) =>
        new([.. questions.Select(answer)]);
}

/// <summary>An evaluator under another name.</summary>
internal sealed class Renamed(IEvaluator inner, string identity) : IEvaluator
{
    public int Dimension => inner.Dimension;

    public string Identity => identity;

    public ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation) => inner.AnswerAsync(questions, cancellation);
}
