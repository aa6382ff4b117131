using QTrain.Formats;
using QTrain.Optimizers;
using QTrain.Problems;
using QTrain.Tests.Training;
using QTrain.Training;

namespace QTrain.Tests.Optimizers;

internal static class Minimizing
{
    public static async Task<(TrainingResult Result, List<TrainingStep> Steps)> Run(
        Optimizer optimizer, FunctionEvaluator evaluator, double[] start, StoppingRules? rules = null, ulong seed = 1)
    {
        var steps = new List<TrainingStep>();
        var result = await Trainer.TrainAsync(Plans.Of(optimizer, start, rules, seed), evaluator, new SystemRunClock(), steps.Add);
        return (result, steps);
    }
}

public sealed class Every_optimizer
{
    public static TheoryData<string> Names => [.. OptimizerTable.All.Select(r => r.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task finds_the_minimum_of_a_quadratic(string name)
    {
        var (result, _) = await Minimizing.Run(
            OptimizerTable.Create(name), FunctionEvaluator.Quadratic(3), [0, 0, 0], new StoppingRules { MaxIterations = 500 });
        result.FinalParameters.ShouldBe([1, 1, 1], 2e-2);
        result.FinalLoss.ShouldBeLessThan(2e-2 * result.InitialLoss);       // SPSA's is a mean over its probes, c²/2·tr H above
    }

    [Theory, MemberData(nameof(Names))]
    public async Task begins_with_the_start_and_leaves_it_as_it_was(string name)
    {
        double[] start = [0.3, 0.4];
        var (result, steps) = await Minimizing.Run(
            OptimizerTable.Create(name), FunctionEvaluator.Quadratic(2), start, new StoppingRules { MaxIterations = 5 });
        steps[0].Parameters.ShouldBe([0.3, 0.4]);
        steps[0].Loss.ShouldBe(0.7 * 0.7 + 2 * 0.6 * 0.6, 1e-15);
        start.ShouldBe([0.3, 0.4]);
        result.InitialLoss.ShouldBe(steps[0].Loss);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task asks_the_same_questions_when_it_gets_the_same_answers(string name)
    {
        async Task<List<Question>> Asked()
        {
            var evaluator = FunctionEvaluator.Quadratic(3);
            await Minimizing.Run(OptimizerTable.Create(name), evaluator, [0, 0.1, 3], new StoppingRules { MaxIterations = 20 }, seed: 7);
            return evaluator.Asked;
        }

        var (first, second) = (await Asked(), await Asked());
        second.Select(q => (q.Path, q.Kind)).ShouldBe(first.Select(q => (q.Path, q.Kind)));
        second.SelectMany(q => q.Point).Select(BitConverter.DoubleToInt64Bits)
            .ShouldBe(first.SelectMany(q => q.Point).Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task does_not_write_to_a_point_it_has_asked_about_or_yielded(string name)
    {
        var copies = new List<(double[] Kept, double[] Copy)>();
        var quadratic = FunctionEvaluator.Quadratic(2);
        var evaluator = new FunctionEvaluator(2, q =>
        {
            copies.Add((q.Point, [.. q.Point]));
            return quadratic.AnswerAsync([q], default).AsTask().GetAwaiter().GetResult()[0];
        });
        var plan = Plans.Of(OptimizerTable.Create(name), [0, 3], new StoppingRules { MaxIterations = 30 });
        await Trainer.TrainAsync(plan, evaluator, new SystemRunClock(), s => copies.Add((s.Parameters, [.. s.Parameters])));
        copies.ShouldAllBe(c => c.Kept.SequenceEqual(c.Copy));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task stops_as_diverged_when_the_start_has_no_loss(string name)
    {
        var evaluator = new FunctionEvaluator(2, _ => new Answer(double.NaN, Gradient: [double.NaN, double.NaN]));
        var (result, _) = await Minimizing.Run(OptimizerTable.Create(name), evaluator, [0, 0]);
        result.StopReason.ShouldBe(StopReason.Divergence);
        result.Evaluations.ShouldBe(1);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task survives_losses_that_turn_into_no_number_or_says_that_it_diverged(string name)
    {
        var quadratic = FunctionEvaluator.Quadratic(2);
        var evaluator = new FunctionEvaluator(2, q =>
            Math.Abs(q.Point[0]) > 0.5
                ? new Answer(double.NaN, Gradient: [double.NaN, double.NaN])
                : quadratic.AnswerAsync([q], default).AsTask().GetAwaiter().GetResult()[0]);
        var (result, _) = await Minimizing.Run(OptimizerTable.Create(name), evaluator, [0, 0], new StoppingRules { MaxIterations = 200 });
        result.BestLoss.ShouldBeLessThanOrEqualTo(result.InitialLoss);
        Math.Abs(result.BestParameters[0]).ShouldBeLessThanOrEqualTo(0.5 + 0.21);       // SPSA's iterate stands between its probes
    }

    [Theory, MemberData(nameof(Names))]
    public async Task trains_a_circuit(string name)
    {
        var plan = Plans.Ising(4, 2, OptimizerTable.Create(name), new StoppingRules { MaxIterations = 300 });
        var result = await Trainer.TrainAsync(plan);
        // Two layers on four qubits come to −4.7353; the ground state is at −4.7588. SPSA's loss is a mean over its probes.
        result.BestLoss.ShouldBeInRange(-4.7587704832, name == "spsa" ? -4.6 : -4.69);
        result.InitialLoss.ShouldBeGreaterThan(-4.5);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task manages_without_any_parameter(string name)
    {
        var evaluator = new FunctionEvaluator(0, _ => new Answer(3, Gradient: []));
        var (result, _) = await Minimizing.Run(OptimizerTable.Create(name), evaluator, [], new StoppingRules { MaxIterations = 3 });
        result.FinalLoss.ShouldBe(3);
    }
}

public sealed class Gradient_descent
{
    [Fact]
    public async Task moves_against_the_gradient_by_its_rate()
    {
        var (_, steps) = await Minimizing.Run(
            new GradientDescent { LearningRate = 0.05 }, FunctionEvaluator.Quadratic(2), [0, 0], new StoppingRules { MaxIterations = 1 });
        steps[1].Parameters.ShouldBe([0.1, 0.2], 1e-16);
        steps[0].GradientNorm!.Value.ShouldBe(Math.Sqrt(4 + 16), 1e-15);
    }
}

public sealed class Adam_optimizer
{
    [Fact]
    public async Task takes_the_first_steps_of_the_papers_algorithm()
    {
        double[] gradients = [2, -1, 0.5];
        var evaluator = new FunctionEvaluator(1, q => new Answer(0, Gradient: [gradients[q.Path.Step]]));
        var (_, steps) = await Minimizing.Run(
            new Adam { LearningRate = 0.1, Beta1 = 0.8, Beta2 = 0.9, Epsilon = 1e-3 }, evaluator, [1], new StoppingRules { MaxIterations = 2 });
        // By hand: m̂ = m/(1 − 0.8ᵗ), v̂ = v/(1 − 0.9ᵗ), θ ← θ − 0.1·m̂/(√v̂ + 0.001).
        // t = 1: m = 0.4, v = 0.4, m̂ = 2, v̂ = 4; t = 2: m = 0.12, v = 0.46, m̂ = 0.12/0.36, v̂ = 0.46/0.19.
        var first = 1 - 0.1 * 2 / 2.001;
        var second = first - 0.1 * (0.12 / 0.36) / (Math.Sqrt(0.46 / 0.19) + 0.001);
        steps[1].Parameters[0].ShouldBe(first, 1e-15);
        steps[2].Parameters[0].ShouldBe(second, 1e-15);
    }

    [Fact]
    public async Task moves_every_parameter_by_its_rate_at_first_whatever_the_scale()
    {
        var evaluator = new FunctionEvaluator(2, _ => new Answer(0, Gradient: [1e-3, -1e5]));
        var (_, steps) = await Minimizing.Run(new Adam { LearningRate = 0.1 }, evaluator, [0, 0], new StoppingRules { MaxIterations = 1 });
        steps[1].Parameters.ShouldBe([-0.1, 0.1], 1e-5);
    }
}

public sealed class L_BFGS
{
    [Fact]
    public async Task finds_the_bottom_of_Rosenbrocks_valley()
    {
        var (result, _) = await Minimizing.Run(new Lbfgs(), FunctionEvaluator.Rosenbrock(), [-1.2, 1]);
        result.StopReason.ShouldBe(StopReason.Tolerance);
        result.FinalParameters.ShouldBe([1, 1], 1e-8);
        result.Evaluations.ShouldBeLessThan(80);
    }

    [Fact]
    public async Task ends_when_the_gradient_vanishes()
    {
        var (result, steps) = await Minimizing.Run(new Lbfgs(), FunctionEvaluator.Quadratic(5), new double[5]);
        result.StopReason.ShouldBe(StopReason.Tolerance);
        steps[^1].GradientNorm!.Value.ShouldBeLessThanOrEqualTo(1e-8);
        steps[^2].GradientNorm!.Value.ShouldBeGreaterThan(1e-8);
    }

    [Fact]
    public async Task ends_when_nothing_lowers_the_loss_any_more()
    {
        // The gradient lies: it promises a decrease that never comes.
        var evaluator = new FunctionEvaluator(1, _ => new Answer(1, Gradient: [1]));
        var (result, _) = await Minimizing.Run(new Lbfgs(), evaluator, [0]);
        result.StopReason.ShouldBe(StopReason.Tolerance);
        result.FinalLoss.ShouldBe(1);
        result.Evaluations.ShouldBeLessThan(100);
    }

    [Fact]
    public async Task never_raises_the_loss()
    {
        var (_, steps) = await Minimizing.Run(new Lbfgs(), FunctionEvaluator.Rosenbrock(), [-1.2, 1]);
        for (var k = 1; k < steps.Count; k++) steps[k].Loss.ShouldBeLessThanOrEqualTo(steps[k - 1].Loss + 1e-14);
    }

    [Fact]
    public async Task follows_the_gradient_to_its_end_where_the_loss_has_no_digits_left()
    {
        // LiH ends 1e-14 of its loss before its gradient does: stopping there left 1e-6 of it.
        var molecule = PauliJson.Read(File.ReadAllText(TestData.Path("hamiltonians", "lih_sto3g_1.45A.json")), "LiH");
        var steps = new List<TrainingStep>();

        await foreach (var step in Trainer.StepsAsync(new TrainingPlan { Problem = Uccsd.For(molecule).ToProblem(), Optimizer = new Lbfgs() })) steps.Add(step);

        steps[^1].GradientNorm.ShouldNotBeNull().ShouldBeLessThan(1e-7);
    }

    [Fact]
    public async Task backs_off_from_where_there_is_no_loss()
    {
        // −log x + x is no number for x ≤ 0, where the first trial lands.
        var evaluator = new FunctionEvaluator(1, q => new Answer(q.Point[0] - Math.Log(q.Point[0]), Gradient: [1 - 1 / q.Point[0]]));
        var (result, _) = await Minimizing.Run(new Lbfgs { InitialStep = 100 }, evaluator, [8]);
        result.FinalParameters.ShouldBe([1], 1e-7);
        result.StopReason.ShouldBe(StopReason.Tolerance);
    }

    [Theory]
    [InlineData("h2_sto3g_0.7414A", 10), InlineData("h2_sto3g_2.0A", 20), InlineData("lih_sto3g_1.45A_active_2e2o", 10)]
    public async Task reaches_the_energy_of_a_small_molecule_to_ten_digits_in_a_few_evaluations(string name, int evaluations)
    {
        var molecule = PauliJson.Read(File.ReadAllText(TestData.Path("hamiltonians", name + ".json")), name);
        // Coupled cluster with singles and doubles is exact for two electrons.
        var result = await Trainer.TrainAsync(new TrainingPlan { Problem = Uccsd.For(molecule).ToProblem(), Optimizer = new Lbfgs() });
        result.StopReason.ShouldBe(StopReason.Tolerance);
        result.FinalLoss.ShouldBe(molecule.GroundEnergyOfElectronCount ?? molecule.GroundEnergy!.Value, 1e-10);
        result.Evaluations.ShouldBeLessThanOrEqualTo(evaluations);
    }

    [Fact]
    public async Task finishes_a_hard_chain_to_the_last_digits_of_its_gradient()
    {
        var plan = Plans.Ising(4, 4, new Lbfgs(), new StoppingRules { MaxIterations = 1000 });
        var result = await Trainer.TrainAsync(plan);
        result.StopReason.ShouldBe(StopReason.Tolerance);
        result.FinalLoss.ShouldBe(-4.758770, 1e-6);
    }
}

public sealed class The_adaptive_Nelder_Mead_simplex
{
    [Fact]
    public async Task finds_the_bottom_of_Rosenbrocks_valley()
    {
        var (result, _) = await Minimizing.Run(new NelderMead(), FunctionEvaluator.Rosenbrock(), [-1.2, 1], new StoppingRules { MaxIterations = 500 });
        result.StopReason.ShouldBe(StopReason.Tolerance);
        result.FinalParameters.ShouldBe([1, 1], 1e-4);
    }

    [Fact]
    public async Task builds_its_first_simplex_in_one_batch()
    {
        var evaluator = FunctionEvaluator.Quadratic(3);
        await Minimizing.Run(new NelderMead { InitialStep = 0.25 }, evaluator, [0, 0, 0], new StoppingRules { MaxIterations = 1 });
        evaluator.Asked.Select(q => q.Path.Step).ShouldBe([0, 1, 1, 1]);
        evaluator.Asked.Skip(1).SelectMany(q => q.Point).ShouldBe([0.25, 0, 0, 0, 0.25, 0, 0, 0, 0.25]);
    }

    [Fact]
    public async Task is_not_taken_for_converged_when_an_iteration_does_not_beat_the_best_vertex()
    {
        var (result, steps) = await Minimizing.Run(
            new NelderMead(), FunctionEvaluator.Rosenbrock(), [-1.2, 1], new StoppingRules { MaxIterations = 500, LossTolerance = 1e-12 });
        steps.Zip(steps.Skip(1)).ShouldContain(pair => pair.First.Loss.Equals(pair.Second.Loss));
        result.FinalLoss.ShouldBeLessThan(1e-6);
    }

    [Fact]
    public async Task works_for_a_single_parameter()
    {
        var (result, _) = await Minimizing.Run(new NelderMead(), FunctionEvaluator.Quadratic(1), [7]);
        result.FinalParameters.ShouldBe([1], 1e-4);
    }
}

public sealed class Simultaneous_perturbation
{
    private static FunctionEvaluator NoisyQuadratic(double noise) => new(4, q =>
    {
        var random = new QTrain.Numerics.RandomStream(5).Child((ulong)q.Path.Step).Child((ulong)q.Path.Slot);
        return new Answer(q.Point.Select((x, k) => (k + 1) * (x - 1) * (x - 1)).Sum() + noise * random.NextGaussian(), noise, Shots: 10);
    });

    [Fact]
    public async Task finds_a_minimum_through_noise()
    {
        var (result, _) = await Minimizing.Run(new Spsa(), NoisyQuadratic(0.1), new double[4], new StoppingRules { MaxIterations = 400 });
        result.FinalParameters.ShouldBe([1, 1, 1, 1], 0.15);
    }

    [Fact]
    public async Task asks_two_losses_a_step_in_one_batch_after_the_calibration()
    {
        var evaluator = NoisyQuadratic(0);
        await Minimizing.Run(new Spsa { CalibrationDirections = 3 }, evaluator, new double[4], new StoppingRules { MaxIterations = 4 });
        evaluator.Asked.CountBy(q => q.Path.Step).Select(s => s.Value).ShouldBe([1, 6 + 2 + 2, 2, 2, 2]);
    }

    [Fact]
    public async Task reports_the_mean_of_the_two_losses_around_a_point()
    {
        var evaluator = NoisyQuadratic(0.5);
        var (_, steps) = await Minimizing.Run(new Spsa { LearningRate = 0.1 }, evaluator, new double[4], new StoppingRules { MaxIterations = 2 });
        var probes = evaluator.Asked.Where(q => q.Path.Step == 2).Select(q => q.Point).ToArray();
        probes[0].Zip(probes[1], (a, b) => (a + b) / 2).Zip(steps[2].Parameters).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-15);
        steps[2].StandardError.ShouldBe(0.5 / Math.Sqrt(2), 1e-15);
        // cₖ = 0.1/3^0.101 on the third pair of losses, of which the first pair belongs to the start.
        Math.Abs(probes[0][0] - steps[2].Parameters[0]).ShouldBe(0.1 / Math.Pow(3, 0.101), 1e-15);
    }

    [Fact]
    public async Task reports_the_loss_at_the_point_itself_when_asked_to()
    {
        var evaluator = NoisyQuadratic(0);
        var (_, steps) = await Minimizing.Run(new Spsa { LossesAtPoint = 2 }, evaluator, new double[4], new StoppingRules { MaxIterations = 20 });
        steps.Skip(1).ShouldAllBe(s => Math.Abs(s.Loss - s.Parameters.Select((x, k) => (k + 1) * (x - 1) * (x - 1)).Sum()) < 1e-12);
        evaluator.Asked.CountBy(q => q.Path.Step).Skip(2).ShouldAllBe(s => s.Value == 4);

        var (_, biased) = await Minimizing.Run(new Spsa(), NoisyQuadratic(0), new double[4], new StoppingRules { MaxIterations = 20 });
        biased.Select(s => s.Parameters[0]).ShouldBe(steps.Select(s => s.Parameters[0]), "the reported loss moves nothing");
    }

    [Fact]
    public async Task calibrates_its_first_step_to_the_length_asked_for_whatever_the_unit_of_the_loss()
    {
        foreach (var unit in new[] { 1e-6, 1, 1e6 })
        {
            // On a slope along one axis every direction finds the same slope, so calibration is exact.
            var evaluator = new FunctionEvaluator(2, q => new Answer(unit * q.Point[0]));
            var (_, steps) = await Minimizing.Run(new Spsa { FirstStep = 0.3 }, evaluator, [0, 0], new StoppingRules { MaxIterations = 1 });
            steps[1].Parameters[0].ShouldBe(-0.3, 1e-9);
        }
    }

    [Fact]
    public async Task follows_the_gain_sequence_of_Spall()
    {
        var evaluator = new FunctionEvaluator(1, q => new Answer(q.Point[0]));
        var (_, steps) = await Minimizing.Run(
            new Spsa { LearningRate = 2, Stability = 3, Alpha = 0.7 }, evaluator, [0], new StoppingRules { MaxIterations = 2 });
        steps[1].Parameters[0].ShouldBe(-2 / Math.Pow(4, 0.7), 1e-12);
        (steps[2].Parameters[0] - steps[1].Parameters[0]).ShouldBe(-2 / Math.Pow(5, 0.7), 1e-12);
    }

    [Fact]
    public async Task takes_its_directions_from_the_seed()
    {
        async Task<string> Hash(ulong seed) => (await Minimizing.Run(new Spsa(), NoisyQuadratic(0), new double[4], seed: seed)).Result.TrajectoryHash;
        (await Hash(1)).ShouldBe(await Hash(1));
        (await Hash(1)).ShouldNotBe(await Hash(2));
    }

    [Fact]
    public async Task trains_a_circuit_from_shots()
    {
        var plan = Plans.Ising(3, 2, new Spsa(), new StoppingRules { MaxIterations = 150 }) with { Shots = 200, Seed = 11 };
        var result = await Trainer.TrainAsync(plan);
        // The chain's ground state is at −3.4940; two groups of 200 shots know an energy to about 0.1.
        result.FinalLoss.ShouldBeInRange(-3.8, -3.1);
        result.Shots.ShouldBe(result.Evaluations * 2 * 200);
    }
}
