using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Observables;
using QTrain.Optimizers;
using QTrain.Simulation;
using QTrain.Training;

namespace QTrain.Tests.Training;

public sealed class The_simulators_evaluator
{
    private static readonly TrainingPlan Ising = Plans.Ising(3, 2, new GradientDescent());
    private static readonly double[] Point = [0.1, -0.2, 0.3, 0.4];

    private static Answer Ask(TrainingPlan plan, QuestionKind kind, QuestionPath path = default)
    {
        using var evaluator = new SimulatorEvaluator(plan);
        return Answers(evaluator, [new Question(path, kind, Point)])[0];
    }

    private static Answer[] Answers(SimulatorEvaluator evaluator, Question[] questions)
    {
        var answers = evaluator.AnswerAsync(questions, default);
        answers.IsCompleted.ShouldBeTrue();
        return answers.AsTask().GetAwaiter().GetResult();
    }

    [Theory]
    [InlineData(GradientMethod.Auto, 1), InlineData(GradientMethod.Adjoint, 1)]
    [InlineData(GradientMethod.Shift, 1 + 2 * 10), InlineData(GradientMethod.Difference, 1 + 4 * 4)]
    public void has_the_same_exact_gradient_by_every_method_and_says_what_it_cost(GradientMethod method, int evaluations)
    {
        var answer = Ask(Ising with { Gradient = method }, QuestionKind.Gradient);
        answer.Gradient!.ShouldBe(Gradient.Adjoint(Ising.Problem.Ansatz, Ising.Problem.Observable, Point, out var energy), 1e-9);
        answer.Loss.ShouldBe(energy, 1e-14);
        (answer.Evaluations, answer.Shots, answer.StandardError).ShouldBe((evaluations, 0, 0));
    }

    [Fact]
    public void scales_the_loss_the_gradient_and_the_error()
    {
        var scaled = Ising with { Problem = Ising.Problem with { LossScale = -2 }, Shots = 10, Seed = 3 };
        var (one, other) = (Ask(Ising with { Shots = 10, Seed = 3 }, QuestionKind.Gradient), Ask(scaled, QuestionKind.Gradient));
        other.Loss.ShouldBe(-2 * one.Loss);
        other.StandardError.ShouldBe(2 * one.StandardError);
        other.Gradient!.ShouldBe(one.Gradient!.Select(g => -2 * g));
    }

    [Fact]
    public void measures_a_loss_that_is_within_five_standard_errors_of_the_exact_one()
    {
        var measured = Ask(Ising with { Shots = 4000, Seed = 1 }, QuestionKind.Loss);
        var exact = Ask(Ising, QuestionKind.Loss);
        measured.StandardError.ShouldBeInRange(0.005, 0.1);
        Math.Abs(measured.Loss - exact.Loss).ShouldBeLessThan(5 * measured.StandardError);
        measured.Shots.ShouldBe(2 * 4000);      // ZZ and X are measured in two groups
    }

    [Fact]
    public void measures_a_gradient_by_shifts()
    {
        var measured = Ask(Ising with { Shots = 4000, Seed = 1 }, QuestionKind.Gradient);
        // Five standard errors of a sum of five shifted pairs, each energy within 0.03.
        measured.Gradient!.ShouldBe(Ask(Ising, QuestionKind.Gradient).Gradient!, 5 * 0.03 * Math.Sqrt(10) / 2);
        (measured.Evaluations, measured.Shots).ShouldBe((21, 21 * 2 * 4000));
    }

    [Fact]
    public void draws_shots_from_the_seed_and_the_path_alone()
    {
        var plan = Ising with { Shots = 100, Seed = 5 };
        var answer = Ask(plan, QuestionKind.Loss, new QuestionPath(0, 3, 1));
        Ask(plan, QuestionKind.Loss, new QuestionPath(0, 3, 1)).ShouldBe(answer);
        Ask(plan, QuestionKind.Loss, new QuestionPath(0, 3, 2)).Loss.ShouldNotBe(answer.Loss);
        Ask(plan, QuestionKind.Loss, new QuestionPath(0, 4, 1)).Loss.ShouldNotBe(answer.Loss);
        Ask(plan, QuestionKind.Loss, new QuestionPath(1, 3, 1)).Loss.ShouldNotBe(answer.Loss);
        Ask(plan with { Seed = 6 }, QuestionKind.Loss, new QuestionPath(0, 3, 1)).Loss.ShouldNotBe(answer.Loss);
    }

    [Fact]
    public void answers_a_batch_in_asking_order()
    {
        var plan = Ising with { Shots = 100, Seed = 5 };
        using var evaluator = new SimulatorEvaluator(plan);
        Question[] questions =
        [
            .. Enumerable.Range(0, 4).Select(k => new Question(new QuestionPath(0, 1, k), QuestionKind.Loss, [k, 0, 0.1, 1])),
        ];
        var together = Answers(evaluator, questions);
        together.ShouldBe([.. questions.Reverse().Select(q => Answers(evaluator, [q])[0]).Reverse()]);
    }

    [Theory]
    [InlineData(GradientMethod.Adjoint, "Gradients by the adjoint method need the exact state, but 100 shots were asked for.")]
    [InlineData(GradientMethod.Difference, "Gradients by differences drown in the noise of shots, but 100 shots were asked for.")]
    public void refuses_gradients_that_shots_cannot_give(GradientMethod method, string message) =>
        Should.Throw<QuantumException>(() => new SimulatorEvaluator(Ising with { Shots = 100, Gradient = method })).Message
            .ShouldBe(message + " Use the shift rule (or leave the method out), or leave the shots out.");

    [Fact]
    public void refuses_plans_that_cannot_be_measured()
    {
        Should.Throw<QuantumException>(() => new SimulatorEvaluator(Ising with { Shots = 0 }));
        Should.Throw<NotHermitianException>(() => new SimulatorEvaluator(Ising with
        {
            Problem = Ising.Problem with { Observable = new PauliSum(3, [new PauliTerm(default, System.Numerics.Complex.ImaginaryOne)]) },
        }));
        Should.Throw<QuantumException>(() => new SimulatorEvaluator(Ising with
        {
            Problem = Ising.Problem with { Observable = new PauliSum(2, []) },
        })).Message.ShouldBe("The observable acts on 2 qubits but the circuit has 3: they must agree.");
        Should.Throw<NotDifferentiableException>(() => new SimulatorEvaluator(Ising with
        {
            Problem = Ising.Problem with { Ansatz = Circuit.Build(3, c => c.MeasureAll()), Start = [] },
        }));
    }

    [Fact]
    public void has_an_identity_that_tells_what_determines_its_answers()
    {
        string Of(TrainingPlan plan)
        {
            using var evaluator = new SimulatorEvaluator(plan);
            return evaluator.Identity;
        }

        var shots = Ising with { Shots = 100, Seed = 1 };
        var problem = Ising.Problem;
        string[] different =
        [
            Of(Ising), Of(shots), Of(shots with { Seed = 2 }), Of(shots with { Shots = 101 }), Of(Ising with { Gradient = GradientMethod.Shift }),
            Of(Ising with { Problem = problem with { LossScale = 2 } }),
            Of(Ising with { Problem = problem with { Observable = new PauliSum(3, problem.Observable.Terms.Take(4)) } }),
            Of(Ising with { Problem = problem with { Ansatz = new Circuit(3, problem.Ansatz.Operations.Skip(1), parameters: problem.Ansatz.Parameters) } }),
            Of(Ising with { Problem = problem with { Ansatz = new Circuit(3, problem.Ansatz.Operations, parameters: problem.Ansatz.Parameters.Reverse()) } }),
        ];
        different.Distinct().Count().ShouldBe(different.Length);

        Of(Ising with { Seed = 99 }).ShouldBe(Of(Ising), "exact answers do not depend on the seed");
        Of(Ising with { Optimizer = new GradientDescent { LearningRate = 0.3 } }).ShouldBe(Of(Ising));
        Of(Ising with { Problem = problem with { Name = "else", Start = [1, 2, 3, 4] } }).ShouldBe(Of(Ising));
    }

    [Theory]
    [InlineData(3), InlineData(9)]
    public void answers_a_question_of_a_batch_with_the_same_bits_whichever_others_are_still_to_be_answered(int qubits)
    {
        // A run that stopped while a batch was being recorded asks for the rest when it goes on.
        var plan = Plans.Ising(qubits, 2, new GradientDescent());
        Question[] questions = [.. Enumerable.Range(0, 7).Select(k => new Question(new QuestionPath(0, 1, k), QuestionKind.Loss, [0.1 * k, -0.2, 0.3, 0.4]) { AskedTogether = 7 })];
        using var evaluator = new SimulatorEvaluator(plan);
        var all = Answers(evaluator, questions);
        for (var from = 1; from < questions.Length; from++)
        {
            Answers(evaluator, questions[from..]).ShouldBe(all[from..]);
            Answers(evaluator, questions[from..(from + 1)]).ShouldBe(all[from..(from + 1)]);
        }
        for (var k = 0; k < questions.Length; k++)
            Answers(evaluator, [questions[k] with { AskedTogether = 1 }])[0].Loss.ShouldBe(all[k].Loss, 1e-13);
    }

    [Fact]
    public async Task trains_to_the_same_bits_when_the_questions_of_a_batch_reach_it_one_by_one()
    {
        foreach (var optimizer in new Optimizer[] { new Spsa(), new NelderMead() })
            foreach (var qubits in new[] { 4, 9 })
            {
                var plan = Plans.Ising(qubits, 2, optimizer, new StoppingRules { MaxIterations = 12 });
                var together = await Trainer.TrainAsync(plan);
                using var evaluator = new SimulatorEvaluator(plan);
                (await Trainer.TrainAsync(plan, new OneByOne(evaluator), new SystemRunClock())).TrajectoryHash.ShouldBe(together.TrajectoryHash);
            }
    }

    [Fact]
    public async Task counts_in_a_question_those_that_were_asked_with_it()
    {
        var evaluator = FunctionEvaluator.Quadratic(2);
        await Trainer.TrainAsync(Plans.Of(new Spsa { CalibrationDirections = 3 }, [0.5, 0.5], new StoppingRules { MaxIterations = 2 }), evaluator, new SystemRunClock());
        evaluator.Asked.Select(q => q.AskedTogether).ShouldBe([1, 6, 6, 6, 6, 6, 6, 2, 2, 2, 2, 2, 2]);
    }

    /// <summary>Passes a batch on in pieces of one.</summary>
    private sealed class OneByOne(IEvaluator inner) : IEvaluator
    {
        public int Dimension => inner.Dimension;

        public string Identity => inner.Identity;

        public async ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation)
        {
            var answers = new Answer[questions.Count];
            for (var k = 0; k < answers.Length; k++) answers[k] = (await inner.AnswerAsync([questions[k]], cancellation))[0];
            return answers;
        }
    }

    [Fact]
    public void answers_the_same_to_the_bit_on_any_number_of_threads()
    {
        // Fourteen qubits: enough amplitudes for every thread to have a share.
        var plan = Plans.Ising(14, 2, new GradientDescent());
        foreach (var shots in new int?[] { null, 50 })
        {
            var answers = new[] { 1, 2, 3 }.Select(threads =>
            {
                using var evaluator = new SimulatorEvaluator(plan with { Shots = shots }, new SimulationOptions { Threads = threads });
                return Answers(evaluator, [new Question(default, shots is null ? QuestionKind.Gradient : QuestionKind.Loss, Point)])[0];
            }).ToArray();
            answers.ShouldAllBe(a => a.Loss.Equals(answers[0].Loss) && (a.Gradient == null || a.Gradient.SequenceEqual(answers[0].Gradient!)));
        }
    }
}
