using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Gradients;
using QTrain.Noise;
using QTrain.Observables;
using QTrain.Optimizers;
using QTrain.Shots;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Tests.Reference;
using QTrain.Training;
using QTrain.Training.Noisy;

namespace QTrain.Tests.Training;

public sealed class A_noisy_evaluator
{
    private static readonly NoiseModel Noise = NoiseModel.None
        .AfterOneQubitGates(Channel.AmplitudeDamping(0.02))
        .AfterTwoQubitGates(Channel.Depolarizing(0.03))
        .WithReadout(0, new ReadoutError(0.02, 0.05))
        .WithReadout(1, new ReadoutError(0.01, 0.03));

    [Fact]
    public async Task measures_what_a_hand_calculation_says()
    {
        // cos θ on |0⟩ after RY, depolarized by p, read with asymmetric errors: z → (1 − p01 − p10)·z·(1 − 4p/3 as DESIGN has it) + p01 − p10.
        const double angle = 0.7;
        var channel = Channel.Depolarizing(0.1);
        var model = NoiseModel.None.AfterOneQubitGates(channel).WithReadout(0, new ReadoutError(OneGivenZero: 0.04, ZeroGivenOne: 0.1));
        using var density = DensityMatrix.Zero(1);
        density.Apply(channel, 0);
        var kept = density.Expectation(PauliSum.Parse("Z"));
        var plan = Plan(Circuit.Build(1, c => c.Ry(new Parameter("t"), 0)), PauliSum.Parse("2 Z + 0.5 I"), model);

        var answer = await Ask(plan, QuestionKind.Loss, angle);

        answer.Loss.ShouldBe(2 * ((1 - 0.14) * kept * Math.Cos(angle) + 0.1 - 0.04) + 0.5, 1e-12);
        answer.StandardError.ShouldBe(0);
    }

    [Fact]
    public void without_noise_is_the_ideal_simulator() => Law.ForAll(Any.TrainableCircuit(maxQubits: 4), trainable =>
    {
        if (trainable.At.Length == 0) return;
        var noisy = Ask(Plan(trainable.Circuit, trainable.Observable, NoiseModel.None), QuestionKind.Loss, trainable.At).Result;
        var ideal = Ask(Plan(trainable.Circuit, trainable.Observable, null), QuestionKind.Loss, trainable.At).Result;
        noisy.Loss.ShouldBe(ideal.Loss, 1e-10);
    });

    [Fact]
    public void has_the_gradient_of_what_it_measures() => Law.ForAll(Any.TrainableCircuit(maxQubits: 3, maxOperations: 8), trainable =>
    {
        if (trainable.At.Length == 0) return;
        var plan = Plan(trainable.Circuit, trainable.Observable, Noise);
        var answer = Ask(plan, QuestionKind.Gradient, trainable.At).Result;
        var evaluator = new NoisyEvaluator(plan);
        var differences = FiniteDifference.Central(at => Ask(evaluator, QuestionKind.Loss, at).Result.Loss, trainable.At);
        for (var k = 0; k < differences.Length; k++) answer.Gradient![k].ShouldBe(differences[k], 1e-7);
    }, tests: 25);

    [Fact]
    public async Task knows_what_needs_no_measurement()
    {
        var plan = Plan(Circuit.Build(1, c => c.Ry(new Parameter("t"), 0)), PauliSum.Parse("0.5 I"), Noise);
        var answer = await Ask(plan, QuestionKind.Gradient, 0.3);
        (answer.Loss, answer.Gradient!.Single(), answer.Evaluations).ShouldBe((0.5, 0, 1));
    }

    [Fact]
    public async Task measures_with_shots_what_it_says_within_its_error()
    {
        const int shots = 400;
        var circuit = Circuit.Build(2, c => c.Ry(new Parameter("a"), 0).Cx(0, 1).Crx(new Parameter("b"), 0, 1));
        var observable = PauliSum.Parse("1 XX + 0.5 ZZ - 0.7 IZ");
        var exact = await Ask(Plan(circuit, observable, Noise), QuestionKind.Gradient, 0.4, 1.1);
        var (sum, squares, slopes, error) = (0.0, 0.0, 0.0, 0.0);
        const int repeats = 60;
        for (ulong seed = 0; seed < repeats; seed++)
        {
            var answer = await Ask(Plan(circuit, observable, Noise) with { Shots = shots, Seed = seed }, QuestionKind.Gradient, 0.4, 1.1);
            answer.Shots.ShouldBe(2L * shots * answer.Evaluations);
            sum += answer.Loss;
            squares += answer.Loss * answer.Loss;
            slopes += answer.Gradient![1];
            error += answer.StandardError / repeats;
        }
        var mean = sum / repeats;
        mean.ShouldBe(exact.Loss, 5 * error / Math.Sqrt(repeats));
        Math.Sqrt(squares / repeats - mean * mean).ShouldBe(error, 0.35 * error);
        (slopes / repeats).ShouldBe(exact.Gradient![1], 5 * error / Math.Sqrt(repeats));
    }

    [Fact]
    public async Task runs_as_trajectories_where_density_matrices_are_too_large()
    {
        const int qubits = NoisyEvaluator.MostDensityQubits + 1;
        var circuit = Circuit.Build(qubits, c =>
        {
            for (var q = 0; q < qubits; q++) c.Ry(new Parameter("a"), q);
            for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1);
        });
        var observable = PauliSum.Parse("ZZIIIIIIIII");
        var plan = Plan(circuit, observable, Noise) with { Shots = 4000 };
        var answer = await Ask(plan, QuestionKind.Loss, 0.3);
        var exact = await Ask(plan with { Shots = null }, QuestionKind.Loss, 0.3);
        answer.Loss.ShouldBe(exact.Loss, 5 * answer.StandardError);
        (await Ask(plan, QuestionKind.Loss, 0.3)).ShouldBe(answer);
    }

    [Fact]
    public void tells_how_far_the_device_is_from_an_ideal_one()
    {
        var circuit = Circuit.Build(1, c => c.Rx(new Parameter("t"), 0));
        var model = NoiseModel.None.WithReadout(0, new ReadoutError(0.1, 0.2));
        var delta = new NoisyEvaluator(Plan(circuit, PauliSum.Parse("Z"), model)).DeltaAt([0]);
        delta.IdealLoss.ShouldBe(1, 1e-12);
        delta.NoisyLoss.ShouldBe(0.8, 1e-12);
        delta.TotalVariation.ShouldBe([0.1], 1e-12);
        delta.Hellinger[0].ShouldBe(Math.Sqrt(1 - Math.Sqrt(0.9)), 1e-12);
    }

    [Fact]
    public void has_another_identity_for_another_noise_and_refuses_what_noise_forbids()
    {
        var circuit = Circuit.Build(1, c => c.Rx(new Parameter("t"), 0));
        var plan = Plan(circuit, PauliSum.Parse("Z"), Noise);
        new NoisyEvaluator(plan).Identity.ShouldNotBe(new NoisyEvaluator(plan with { Noise = new ModelNoise(NoiseModel.None, "none", "noise none") }).Identity);
        new NoisyEvaluator(plan).Identity.ShouldNotBe(new SimulatorEvaluator(plan with { Noise = null }).Identity);
        Should.Throw<QuantumException>(() => new NoisyEvaluator(plan with { Gradient = GradientMethod.Adjoint, Shots = 10 })).Message.ShouldContain("shift rule");
        Should.Throw<QuantumException>(() => new NoisyEvaluator(plan with { Precision = Precision.Single })).Message.ShouldContain("double precision");
        Evaluators.For(plan).ShouldBeOfType<NoisyEvaluator>();
    }

    [Theory]
    [InlineData("manila"), InlineData("kingston")]
    public async Task has_the_gradient_of_what_a_device_measures(string device)
    {
        // crz and cp become several native gates each, whose angles all move with one parameter.
        var circuit = Circuit.Build(2, c =>
        {
            Parameter a = new("a"), b = new("b"), d = new("d");
            c.Ry(a, 0).Rx(0.5 * (Angle)b, 1).Crz(b, 0, 1).H(1).Cp(d, 1, 0).Crx(a, 1, 0);
        });
        var plan = Plan(circuit, PauliSum.Parse("1 XX + 0.5 ZZ - 0.7 IZ + 0.3 YX"), null) with { Noise = new DeviceNoiseSource(BuiltInDevices.Get(device)) };
        double[] at = [0.4, -1.3, 0.8];
        var answer = await Ask(plan, QuestionKind.Gradient, at);
        var evaluator = new NoisyEvaluator(plan);
        evaluator.Method.ShouldBe(GradientMethod.Adjoint);
        answer.Evaluations.ShouldBe(1);
        var differences = FiniteDifference.Central(x => Ask(evaluator, QuestionKind.Loss, x).Result.Loss, at);
        for (var k = 0; k < at.Length; k++) answer.Gradient![k].ShouldBe(differences[k], 1e-7);
        // Measured with shots the rule is another; for infinitely many it must give the same.
        var shifted = await Ask(plan with { Gradient = GradientMethod.Shift }, QuestionKind.Gradient, at);
        shifted.Loss.ShouldBe(answer.Loss, 1e-12);
        for (var k = 0; k < at.Length; k++) answer.Gradient![k].ShouldBe(shifted.Gradient![k], 1e-9);
        evaluator.Circuits.ShouldAllBe(c => c.Circuit.QubitCount <= 3);
        // Noise lowers contrast, and does not do more.
        Math.Abs(answer.Loss - (await Ask(plan with { Noise = null }, QuestionKind.Loss, at)).Loss).ShouldBeInRange(1e-4, 0.3);
    }

    [Fact]
    public async Task on_a_twin_measures_what_the_noise_says_and_what_depends_on_the_place_in_the_run_alone()
    {
        var circuit = Circuit.Build(2, c => c.Ry(new Parameter("a"), 0).Cx(0, 1));
        var noisy = Plan(circuit, PauliSum.Parse("1 XX + 0.5 ZZ"), null) with { Noise = new DeviceNoiseSource(BuiltInDevices.Get("lima")) };
        var twin = noisy with { Shots = 2000, Twin = new TwinTraining { Options = new TwinOptions { Drift = DriftProcess.None } } };
        var exact = await Ask(noisy, QuestionKind.Gradient, 0.6);
        var evaluator = Evaluators.For(twin).ShouldBeOfType<TwinEvaluator>();

        var losses = new List<double>();
        for (var step = 0; step < 30; step++) losses.Add((await At(evaluator, step)).Loss);
        var mean = losses.Average();
        var spread = Math.Sqrt(losses.Sum(l => (l - mean) * (l - mean)) / (losses.Count - 1));
        mean.ShouldBe(exact.Loss, 5 * spread / Math.Sqrt(losses.Count));
        // Shots of different questions are different shots.
        spread.ShouldBe((await At(evaluator, 3)).StandardError, 0.5 * spread);

        (await At(Evaluators.For(twin), 17)).Loss.ShouldBe(losses[17]);
        (await At(evaluator, 17)).Loss.ShouldBe(losses[17]);
        // On another day the device is another.
        var drifting = twin with { Twin = twin.Twin with { Pace = TimeSpan.FromHours(11), Options = new TwinOptions { Drift = DriftProcess.Daily with { ErrorGrowthPerDay = 20 } } }, Shots = 8000 };
        (await At(Evaluators.For(drifting), 2)).Loss.ShouldBeLessThan(exact.Loss - 0.02);

        static async Task<Answer> At(IEvaluator evaluator, int step) =>
            (await evaluator.AnswerAsync([new Question(new QuestionPath(0, step, 0), QuestionKind.Loss, [0.6])], default))[0];
    }

    private static TrainingPlan Plan(Circuit circuit, PauliSum observable, NoiseModel? noise) => new()
    {
        Problem = new TrainingProblem("test", circuit, observable, [.. new double[circuit.Parameters.Length]]),
        Optimizer = new Adam(),
        Noise = noise is null ? null : new ModelNoise(noise, "test", "noise test"),
    };

    private static Task<Answer> Ask(TrainingPlan plan, QuestionKind kind, params double[] at) => Ask(Evaluators.For(plan), kind, at);

    private static async Task<Answer> Ask(IEvaluator evaluator, QuestionKind kind, double[] at) =>
        (await evaluator.AnswerAsync([new Question(new QuestionPath(0, 0, 0), kind, at)], default))[0];
}
