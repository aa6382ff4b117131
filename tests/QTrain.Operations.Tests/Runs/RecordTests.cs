using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using QTrain.Operations.Runs;
using QTrain.Training;

namespace QTrain.Operations.Tests.Runs;

public sealed class A_run_id
{
    [Fact]
    public void tells_the_day_and_sorts_by_time()
    {
        var time = new ManualTime();
        var ids = new List<RunId>();
        for (var k = 0; k < 1000; k++, time.Advance(TimeSpan.FromSeconds(61.7))) ids.Add(RunId.New(time, random: 31 * k % 32768));

        ids[0].Value.ShouldBe("20261122-ahg0000");
        ids.ShouldBe(ids.Order());
        ids.Distinct().Count().ShouldBe(1000);
        ids.ShouldAllBe(id => RunId.Parse(id.Value) == id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20261122")]
    [InlineData("20261122-ahg000")]
    [InlineData("20261122_ahg0000")]
    [InlineData("2026112x-ahg0000")]
    [InlineData("20261122-ahg000l")]
    [InlineData(null)]
    public void is_not_every_text(string? text) => RunId.TryParse(text, out _).ShouldBeFalse();
}

public sealed class A_recorded_answer
{
    [Fact]
    public void keeps_every_bit()
    {
        var number = Gen.OneOf(
            ArbMap.Default.GeneratorFor<double>(),
            Gen.Elements(0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue));
        var answers =
            from loss in number
            from error in number
            from gradient in Gen.OneOf(Gen.Constant((double[]?)null), number.ArrayOf().Select(g => (double[]?)g))
            from evaluations in Gen.Choose(0, int.MaxValue)
            from shots in Gen.Choose(0, int.MaxValue)
            from failure in Gen.Elements(null, "", "the device has 5 qubits, ψ needs 6")
            select new Answer(loss, error, gradient, evaluations, shots * 4_000_000_000L) { Failure = failure };
        Prop.ForAll(answers.ToArbitrary(), answer =>
        {
            var bytes = new ArrayBufferWriter<byte>();
            AnswerCodec.Write(answer, bytes);
            var read = AnswerCodec.Read(bytes.WrittenSpan);
            return Bits(read.Loss) == Bits(answer.Loss) && Bits(read.StandardError) == Bits(answer.StandardError)
                && (read.Evaluations, read.Shots, read.Failure) == (answer.Evaluations, answer.Shots, answer.Failure)
                && (read.Gradient is null) == (answer.Gradient is null)
                && (read.Gradient ?? []).Select(Bits).SequenceEqual((answer.Gradient ?? []).Select(Bits));
        }).QuickCheckThrowOnFailure();

        static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);
    }

    [Fact]
    public void has_the_form_that_stores_hold()
    {
        var bytes = new ArrayBufferWriter<byte>();
        AnswerCodec.Write(new Answer(-1.0, 0.5, [2.0], 3, 300), bytes);
        Convert.ToHexStringLower(bytes.WrittenSpan).ShouldBe("13" + "000000000000f0bf" + "000000000000e03f" + "03" + "ac02" + "01" + "0000000000000040");
    }

    [Fact]
    public void of_an_unknown_form_is_refused() =>
        Should.Throw<FormatException>(() => AnswerCodec.Read([0x20, 0])).Message.ShouldContain("begins with 0x20");
}

public sealed class The_hash_of_a_question
{
    private const string Identity = "circuit 1";
    private static readonly Question Question = new(new QuestionPath(0, 3, 1), QuestionKind.Loss, [0.5, -1.25]);

    [Fact]
    public void is_the_one_that_stores_hold() =>
        // openssl mac -macopt hexkey:$(first 16 bytes of sha256("circuit 1")) -macopt size:16 SIPHASH over 0, 3, 1, 0 as int32 and 0.5, −1.25, all little-endian
        Hash(Identity, Question).ShouldBe("921567fbac0d4c26416875b8c48bf518");

    [Fact]
    public void is_told_of_the_first_schema_too()
    {
        // sha256(sha256("circuit 1") ‖ 0, 3, 1 as int32 ‖ 0 ‖ 0.5, −1.25), all little-endian
        var recorded = Convert.FromHexString("1b9c30ab189f533b963106ff7269ab5f7864187786ec4649e0134e6aaa18e94e");
        using var hasher = new QuestionHasher(Identity);
        hasher.Matches(recorded, Question).ShouldBeTrue();
        hasher.Matches(recorded, Question with { Kind = QuestionKind.Gradient }).ShouldBeFalse();
        hasher.Matches(recorded.AsSpan(0, 16), Question).ShouldBeFalse();
    }

    [Fact]
    public void differs_for_all_that_matters() =>
        new[]
        {
            Hash(Identity, Question),
            Hash("circuit 2", Question),
            Hash(Identity, Question with { Path = new QuestionPath(1, 3, 1) }),
            Hash(Identity, Question with { Path = new QuestionPath(0, 4, 1) }),
            Hash(Identity, Question with { Path = new QuestionPath(0, 3, 0) }),
            Hash(Identity, Question with { Kind = QuestionKind.Gradient }),
            Hash(Identity, Question with { Point = [0.5, -1.2500000000000002] }),
            Hash(Identity, Question with { Point = [0.5, -1.25, 0.0] }),
            Hash(Identity, Question with { Point = [0.5, -1.25, -0.0] }),
        }.Distinct().Count().ShouldBe(9);

    [Fact]
    public void is_of_the_whole_point_however_long()
    {
        var point = new double[1000];
        var before = Hash(Identity, Question with { Point = point });
        Hash(Identity, Question with { Point = [.. point[..999], 1e-300] }).ShouldNotBe(before);
    }

    private static string Hash(string identity, Question question)
    {
        using var hasher = new QuestionHasher(identity);
        return Convert.ToHexStringLower(hasher.Of(question));
    }
}

public sealed class A_lease_owner
{
    [Fact]
    public void that_is_this_process_is_not_dead() => LeaseOwner.ThisProcess.IsProvablyDead().ShouldBeFalse();

    [Fact]
    public void on_another_machine_boot_or_container_is_never_provably_dead()
    {
        var gone = LeaseOwner.ThisProcess with { ProcessId = int.MaxValue };
        (gone with { Host = "elsewhere" }).IsProvablyDead().ShouldBeFalse();
        (gone with { Boot = "earlier" }).IsProvablyDead().ShouldBeFalse();
        (gone with { ProcessSpace = "pid:[1]" }).IsProvablyDead().ShouldBeFalse();
    }

    [Fact]
    public void whose_process_is_gone_or_another_is_dead()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere the boot cannot be read, and nothing can be proved");
        (LeaseOwner.ThisProcess with { ProcessId = int.MaxValue }).IsProvablyDead().ShouldBeTrue();
        (LeaseOwner.ThisProcess with { Started = "1" }).IsProvablyDead().ShouldBeTrue();
    }
}

public sealed class A_run_record
{
    [Fact]
    public void equals_another_of_the_same_facts()
    {
        var run = TemporaryStore.NewRun() with { Tags = ["a"] };
        (run with { Tags = ["a"] }).ShouldBe(run);
        (run with { Tags = ["b"] }).ShouldNotBe(run);
        (run with { Name = "other" }).ShouldNotBe(run);
    }

    [Fact]
    public void has_a_result_that_keeps_every_bit_as_JSON()
    {
        var result = new RunResult
        {
            Training = new TrainingResult
            {
                StopReason = StopReason.Divergence,
                InitialLoss = 0.1 + 0.2,
                FinalLoss = double.NaN,
                FinalParameters = [Math.PI, -0.0],
                BestLoss = double.NegativeInfinity,
                BestParameters = [double.Epsilon, 1.0 / 3],
                Iterations = 1,
                Evaluations = long.MaxValue,
                Shots = 7,
                TrajectoryHash = "ab",
            },
            ParameterNames = ["θ0", "θ1"],
            Seconds = 1.5,
        };
        var read = RunResult.FromJson(result.ToJson());
        read.Training.FinalParameters.Select(BitConverter.DoubleToInt64Bits).ShouldBe(result.Training.FinalParameters.Select(BitConverter.DoubleToInt64Bits));
        read.Training.BestParameters.ShouldBe(result.Training.BestParameters);
        (read with { Training = result.Training }).ShouldBe(result);
        (read.Training with { FinalParameters = result.Training.FinalParameters, BestParameters = result.Training.BestParameters }).ShouldBe(result.Training);
    }
}
