using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Simulation.Stabilizer;

namespace QTrain.Tests.Simulation.Stabilizer;

public sealed class The_frame_sampler
{
    [Theory]
    [InlineData("repetition_d3_r3")]
    [InlineData("surface_rotated_x_d3_r2")]
    public void fires_each_detector_with_its_exact_probability(string name)
    {
        const long shots = 400_000;
        var file = new StabilizerFile(name);
        var sampler = FrameSampler.Compile(file.Circuit);
        sampler.DetectorsAreCertain.ShouldBeTrue();
        sampler.MeasurementCount.ShouldBe(file.Known.GetProperty("num_measurements").GetInt32());
        var samples = sampler.SampleDetectors(shots, seed: 1);
        var exact = file.DetectorProbabilities;
        samples.Detectors.BitCount.ShouldBe(exact.Length);
        // Five standard deviations each: one of 24 is beyond them with probability 10⁻⁵ by chance; the seed is fixed.
        for (var d = 0; d < exact.Length; d++) ShouldBeNear(samples.Detectors.CountOf(d), exact[d], shots, 5);
        // The file's rate is itself a sample, of a quarter as many shots: the difference has √5 times our standard deviation.
        ShouldBeNear(samples.Observables.CountOf(0), file.Known.GetProperty("observable_flip_rate_sampled").GetDouble(), shots, 5 * Math.Sqrt(5));
    }

    [Fact]
    public void gives_the_same_samples_on_any_number_of_threads_and_at_every_width()
    {
        var sampler = FrameSampler.Compile(SurfaceCode.RotatedMemory(3, 3, CircuitNoise.Uniform(0.01)));
        var (detectors, records) = (sampler.SampleDetectors(5000, seed: 7), sampler.SampleMeasurements(5000, seed: 7));
        foreach (var options in new[]
        {
            new SimulationOptions { Threads = 1 }, new SimulationOptions { Threads = 2 }, new SimulationOptions { Threads = 3 },
            new SimulationOptions { Width = LaneWidth.Scalar }, new SimulationOptions { Width = LaneWidth.Vector256 }, new SimulationOptions { Width = LaneWidth.Vector512 },
        })
        {
            var again = sampler.SampleDetectors(5000, seed: 7, options);
            ShouldBeSame(again.Detectors, detectors.Detectors);
            ShouldBeSame(again.Observables, detectors.Observables);
            ShouldBeSame(sampler.SampleMeasurements(5000, seed: 7, options), records);
        }
        Bits(sampler.SampleMeasurements(5000, seed: 8)).ShouldNotBe(Bits(records));
    }

    [Fact]
    public void flips_detectors_as_its_own_measurements_say()
    {
        // Detectors of a sampled record, put together by hand, fire as often as sampled detectors do.
        const long shots = 100_000;
        var file = new StabilizerFile("repetition_d3_r3");
        var records = FrameSampler.Compile(file.Circuit).SampleMeasurements(shots, seed: 2);
        var exact = file.DetectorProbabilities;
        int[][] parities = [[0], [1], [0, 2], [1, 3], [2, 4], [3, 5], [7, 6, 4], [8, 7, 5]];
        for (var d = 0; d < parities.Length; d++)
        {
            var fired = 0L;
            for (var shot = 0L; shot < shots; shot++)
                if (parities[d].Count(m => records[shot, m]) % 2 != 0) fired++;
            ShouldBeNear(fired, exact[d], shots, 5);
        }
    }

    [Fact]
    public void counts_only_the_shots_asked_for()
    {
        var sampler = FrameSampler.Compile(StimCircuit.Parse("X 0\nM 0 !0\nX_ERROR(1) 0\nM 0\nDETECTOR rec[-1]\nDETECTOR"));
        foreach (var shots in new long[] { 0, 1, 63, 64, 65, 1000, 1024, 1025, 3000 })
        {
            var records = sampler.SampleMeasurements(shots, seed: 0);
            (records.ShotCount, records.CountOf(0), records.CountOf(1), records.CountOf(2)).ShouldBe((shots, shots, 0, 0));
            var detectors = sampler.SampleDetectors(shots, seed: 0).Detectors;
            (detectors.CountOf(0), detectors.CountOf(1)).ShouldBe((shots, 0));
        }
        sampler.SampleMeasurements(2, seed: 0).ToBits(1).ShouldBe("001");
        sampler.SampleMeasurements(20, seed: 0).ToCounts().ShouldBe(new Counts(3, [new(1, 20)]));
    }

    [Fact]
    public void makes_random_results_random_and_keeps_their_correlations()
    {
        const long shots = 20_000;
        var records = FrameSampler.Compile(StimCircuit.Parse("H 0\nCX 0 1\nM 0 1\nMX 0\nH 2\nM 2")).SampleMeasurements(shots, seed: 3);
        // A fair coin: five standard deviations are 354.
        foreach (var bit in new[] { 0, 2, 3 }) ((double)records.CountOf(bit)).ShouldBe(shots / 2.0, 354);
        for (var shot = 0L; shot < shots; shot++) records[shot, 0].ShouldBe(records[shot, 1]);
    }

    [Fact]
    public void makes_random_detectors_random()
    {
        var sampler = FrameSampler.Compile(StimCircuit.Parse("H 0\nM 0\nDETECTOR rec[-1]\nM 0\nDETECTOR rec[-1]\nDETECTOR rec[-1] rec[-2]"));
        sampler.DetectorsAreCertain.ShouldBeFalse();
        var detectors = sampler.SampleDetectors(20_000, seed: 4).Detectors;
        ((double)detectors.CountOf(0)).ShouldBe(10_000, 354);
        detectors.CountOf(1).ShouldBe(detectors.CountOf(0));
        detectors.CountOf(2).ShouldBe(0);
    }

    [Theory]
    [InlineData("REPEAT 1000000000000 {\n M 0\n}", "1000000000000 targets")]
    [InlineData("REPEAT 1000000000000000000 {\nREPEAT 1000000000000000000 {\n M 0\n}\n}", "targets once its REPEAT blocks are run")]
    public void refuses_what_would_never_end(string text, string message)
    {
        var circuit = StimCircuit.Parse(text);
        Should.Throw<QuantumException>(() => FrameSampler.Compile(circuit)).Message.ShouldContain(message.Replace("1000000000000 t", "2000000000000 t"));
    }

    [Fact]
    public void refuses_more_samples_than_memory_holds() =>
        Should.Throw<QuantumException>(() => FrameSampler.Compile(StimCircuit.Parse("M 0 1 2 3")).SampleMeasurements(long.MaxValue / 8, seed: 0)).Message.ShouldContain("take fewer shots");

    internal static void ShouldBeNear(long count, double probability, long shots, double deviations)
    {
        var sigma = Math.Sqrt(shots * probability * (1 - probability));
        Math.Abs(count - probability * shots).ShouldBeLessThanOrEqualTo(deviations * sigma + 1e-9, $"{count} of {shots} where {probability * shots:F1} ± {sigma:F1} are expected");
    }

    private static void ShouldBeSame(ShotTable actual, ShotTable expected) => Bits(actual).ShouldBe(Bits(expected));

    private static string Bits(ShotTable table) => string.Join('\n', Enumerable.Range(0, (int)table.ShotCount).Select(s => table.ToBits(s)));
}

public sealed class Random_words
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(512)]
    [InlineData(1003)]
    public void filled_in_at_once_are_those_drawn_one_by_one(int count)
    {
        foreach (var before in new[] { 0, 1, 2 })
        {
            var (one, many) = (new RandomStream(0xFEDCBA9876543210, 5).Child(7), new RandomStream(0xFEDCBA9876543210, 5).Child(7));
            for (var k = 0; k < before; k++) one.NextUInt64().ShouldBe(many.NextUInt64());
            var words = new ulong[count];
            many.Fill(words);
            foreach (var word in words) word.ShouldBe(one.NextUInt64());
            many.NextUInt64().ShouldBe(one.NextUInt64());
        }
    }
}
