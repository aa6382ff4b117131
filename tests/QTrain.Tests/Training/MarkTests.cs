using System.Runtime.InteropServices;
using System.Security.Cryptography;
using QTrain.Numerics;
using QTrain.Optimizers;
using QTrain.Training;

namespace QTrain.Tests.Training;

public sealed class A_training_that_goes_on_from_a_mark
{
    private static readonly StoppingRules Rules = new() { MaxIterations = 60 };

    public static TheoryData<string> Marking => ["adam", "gradient-descent", "spsa", "spsa asking at the point"];

    [Theory, MemberData(nameof(Marking))]
    public async Task equals_one_from_the_beginning_to_the_bit(string name)
    {
        var plan = PlanOf(name) with { Stopping = Rules };
        var marks = new List<TrainingMark>();
        var whole = await TrainAsync(plan, new TrainerOptions { MarkEvery = 7, OnMark = marks.Add });

        marks.Select(m => m.Step).ShouldBe([7, 14, 21, 28, 35, 42, 49, 56]);
        whole.TrajectoryHash.ShouldBe((await Trainer.TrainAsync(plan)).TrajectoryHash, "marking changes nothing");
        foreach (var mark in marks)
        {
            var steps = new List<TrainingStep>();
            var rest = await TrainAsync(plan, new TrainerOptions { From = mark, OnStep = steps.Add });
            ShouldBeTheSame(rest, whole);
            steps.Select(s => s.Index).ShouldBe(Enumerable.Range(mark.Step + 1, 60 - mark.Step));
        }
    }

    [Theory, MemberData(nameof(Marking))]
    public async Task stops_where_one_from_the_beginning_stops(string name)
    {
        var plan = PlanOf(name);
        foreach (var rules in new[]
        {
            Rules with { PlateauSteps = 9, PlateauTolerance = 0.02 }, Rules with { MaxEvaluations = 101 }, Rules with { DivergenceAbove = 0.05 },
            Rules with { LossTolerance = 2e-3 },
        })
        {
            var marks = new List<TrainingMark>();
            var whole = await TrainAsync(plan with { Stopping = rules }, new TrainerOptions { MarkEvery = 3, OnMark = marks.Add });
            foreach (var mark in marks) ShouldBeTheSame(await TrainAsync(plan with { Stopping = rules }, new TrainerOptions { From = mark }), whole);
        }
    }

    [Fact]
    public async Task marks_the_same_again()
    {
        var plan = PlanOf("adam") with { Stopping = Rules };
        var (first, second) = (new List<TrainingMark>(), new List<TrainingMark>());
        await TrainAsync(plan, new TrainerOptions { MarkEvery = 10, OnMark = first.Add });
        await TrainAsync(plan, new TrainerOptions { MarkEvery = 10, OnMark = second.Add, From = first[1] });
        second.ShouldBe(first[2..]);
    }

    [Fact]
    public async Task is_refused_where_anything_that_matters_is_another()
    {
        var plan = PlanOf("adam") with { Stopping = Rules };
        TrainingMark? mark = null;
        await TrainAsync(plan, new TrainerOptions { MarkEvery = 20, OnMark = m => mark ??= m });

        Misfit(plan).ShouldBeNull();
        foreach (var other in new[]
        {
            plan with { Optimizer = new Adam { LearningRate = 0.01 } }, plan with { Optimizer = new GradientDescent() }, plan with { Seed = 4 },
            plan with { Stopping = Rules with { MaxIterations = 61 } }, plan with { Problem = plan.Problem with { Start = [.. plan.Problem.Start.Select(x => x + 1e-15)] } },
            plan with { Problem = plan.Problem with { LossScale = 2 } },
        })
        {
            Misfit(other).ShouldBe("the mark after step 20 is of another problem, start, seed, optimizer, version of an algorithm or stopping rule");
            (await Should.ThrowAsync<QuantumException>(() => TrainAsync(other, new TrainerOptions { From = mark }))).Message
                .ShouldStartWith("The training cannot go on from there: the mark after step 20 is of another problem");
        }
        var bytes = mark!.Bytes.ToArray();
        bytes[60] ^= 1;
        mark = new TrainingMark(20, bytes);
        Misfit(plan).ShouldBe("the mark after step 20 is damaged");

        string? Misfit(TrainingPlan with)
        {
            using var evaluator = new SimulatorEvaluator(with);
            return mark!.MisfitWith(with, evaluator);
        }
    }

    [Fact]
    public async Task is_made_by_no_optimizer_that_could_not_go_on()
    {
        foreach (var optimizer in new Optimizer[] { new Lbfgs(), new NelderMead() })
            await TrainAsync(PlanOf("adam") with { Optimizer = optimizer, Stopping = Rules }, new TrainerOptions { MarkEvery = 1, OnMark = _ => Assert.Fail("marked") });
    }

    [Fact]
    public async Task of_an_ensemble_is_that_of_its_member()
    {
        var plan = PlanOf("spsa") with { Stopping = Rules, FurtherStarts = [[0.3, 0.1]] };
        TrainingMark? mark = null;
        var second = await TrainAsync(plan, new TrainerOptions { Member = 1, MarkEvery = 30, OnMark = m => mark = m });

        second.TrajectoryHash.ShouldNotBe((await TrainAsync(plan with { Problem = plan.Problem with { Start = plan.FurtherStarts[0] } }, new())).TrajectoryHash,
            "members have their own random directions");
        ShouldBeTheSame(await TrainAsync(plan, new TrainerOptions { Member = 1, From = mark }), second);
        await Should.ThrowAsync<QuantumException>(() => TrainAsync(plan, new TrainerOptions { Member = 0, From = mark }));
    }

    private static TrainingPlan PlanOf(string optimizer) => Plans.Ising(2, 1, optimizer switch
    {
        "adam" => new Adam(),
        "gradient-descent" => new GradientDescent { LearningRate = 0.05 },
        "spsa" => new Spsa(),
        _ => new Spsa { LossesAtPoint = 1 },
    }) with { Shots = optimizer.StartsWith("spsa", StringComparison.Ordinal) ? 50 : null, Seed = 3 };

    private static async Task<TrainingResult> TrainAsync(TrainingPlan plan, TrainerOptions options)
    {
        using var evaluator = new SimulatorEvaluator(plan);
        return await Trainer.TrainAsync(plan, evaluator, new SystemRunClock(), options);
    }

    private static void ShouldBeTheSame(TrainingResult rest, TrainingResult whole)
    {
        rest.TrajectoryHash.ShouldBe(whole.TrajectoryHash);
        rest.FinalParameters.ShouldBe(whole.FinalParameters);
        rest.BestParameters.ShouldBe(whole.BestParameters);
        (rest with { FinalParameters = whole.FinalParameters, BestParameters = whole.BestParameters }).ShouldBe(whole);
    }
}

public sealed class The_hash_of_a_trajectory
{
    [Fact]
    public void is_SHA_256_of_the_numbers_also_when_it_goes_on_from_what_was_written_down()
    {
        var random = new RandomStream(5);
        var (numbers, hash) = (new List<double>(), new TrajectoryHash());
        for (var count = 0; count < 50; count++)
        {
            hash.ToHex().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(numbers)))));
            using var stream = new MemoryStream();
            hash.Write(new BinaryWriter(stream));
            stream.Position = 0;
            var other = new TrajectoryHash(new BinaryReader(stream));
            other.ToHex().ShouldBe(hash.ToHex());
            if (count % 3 == 0) hash = other;
            numbers.Add(random.NextGaussian());
            hash.Add(numbers[^1]);
        }
    }
}
