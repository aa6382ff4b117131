using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Simulation.Kernels;

namespace QTrain.Tests.Simulation;

public sealed unsafe class The_sampling_kernel
{
    /// <summary>Squares that are whole numbers add up exactly in any order, so the search that goes through one after the other must agree to the shot.</summary>
    [Theory]
    [InlineData(Precision.Double, 512, 0.4)]
    [InlineData(Precision.Double, 512, 0.001)]
    [InlineData(Precision.Double, 16, 0.5)]
    [InlineData(Precision.Double, 1, 0.5)]
    [InlineData(Precision.Single, 512, 0.4)]
    [InlineData(Precision.Single, 4, 0.5)]
    public void draws_what_a_search_one_by_one_draws(Precision precision, int blocks, double occupied)
    {
        foreach (var width in LaneWidths.All)
            foreach (var shots in new[] { 1, 15, 257, 5000 })
            {
                var random = new RandomStream((ulong)shots);
                var state = new double[16 * blocks];
                for (var k = 0; k < state.Length; k++) state[k] = random.NextDouble() < occupied ? random.NextBelow(4) : 0;
                state[3] = 1;
                // So that the second half of the stream's last block is left over.
                var stream = new RandomStream(7, (ulong)shots);
                stream.NextUInt64();
                var expected = Reference(state, shots, stream);
                Drawn(state, precision, width, shots, stream).ShouldBe(expected, $"{width}, {shots} shots");
            }
    }

    private static long[] Reference(double[] state, int shots, RandomStream random)
    {
        var weights = new double[state.Length / 2];
        for (var k = 0; k < weights.Length; k++)
        {
            var (re, im) = (state[16 * (k / 8) + k % 8], state[16 * (k / 8) + 8 + k % 8]);
            weights[k] = re * re + im * im;
        }
        var counts = new long[weights.Length];
        var total = weights.Sum();
        for (var shot = 0; shot < shots; shot++)
        {
            var (target, at) = (random.NextDouble() * total, 0);
            for (; at < weights.Length - 1 && target >= weights[at]; at++) target -= weights[at];
            counts[at]++;
        }
        return counts;
    }

    private static long[] Drawn(double[] state, Precision precision, LaneWidth width, int shots, RandomStream random)
    {
        var kernels = KernelTable.For(width, precision);
        var blocks = state.Length / 16;
        var memory = new byte[state.Length * precision.ElementBytes()];
        var (leaves, sums, counts) = (new double[SamplingKernels.MostLeaves], new double[SamplingKernels.SumsRoom], new long[SamplingKernels.CountsRoom]);
        var found = new OutcomeCount[shots];
        var drawn = new long[state.Length / 2];
        fixed (byte* m = memory)
        fixed (double* l = leaves, s = sums)
        fixed (long* c = counts)
        fixed (OutcomeCount* f = found)
        {
            for (var k = 0; k < state.Length; k++)
            {
                if (precision == Precision.Single) ((float*)m)[k] = (float)state[k];
                else ((double*)m)[k] = state[k];
            }
            kernels.LeafWeights(m, blocks, l);
            kernels.Draw(m, blocks, l, shots, ref random, s, c);
            var count = SamplingKernels.Collect(c, 100, f);
            for (var k = 0; k < count; k++) drawn[(int)found[k].Outcome - 100] = found[k].Count;
        }
        counts.ShouldAllBe(k => k == 0);
        return drawn;
    }
}
