using QTrain.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation;

// Measuring all at once at the end: sorted random numbers walk once along the cumulative probabilities.
public sealed unsafe partial class StateVector
{
    private const int ShotsAtOnce = 1 << 20;

    /// <summary>Measures qubits in the computational basis, so many times on so many copies of the state.</summary>
    /// <param name="shots">How many times.</param>
    /// <param name="seed">The same seed gives the same counts, on any number of threads.</param>
    /// <param name="qubits">What is measured, the first listed being the lowest bit of an outcome; all qubits when left out.</param>
    public Counts Sample(long shots, ulong seed, params ReadOnlySpan<int> qubits) => Sample(shots, new RandomStream(seed), qubits);

    /// <summary>Measures qubits in the computational basis, so many times on so many copies of the state.</summary>
    /// <param name="shots">How many times.</param>
    /// <param name="random">The same stream gives the same counts, on any number of threads.</param>
    /// <param name="qubits">What is measured, the first listed being the lowest bit of an outcome; all qubits when left out.</param>
    public Counts Sample(long shots, RandomStream random, params ReadOnlySpan<int> qubits)
    {
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        CheckQubits(qubits);
        var bits = qubits.IsEmpty ? QubitCount : qubits.Length;
        var tiles = new double[Tiles.CountFor(PaddedQubits)];
        var total = TileWeights(tiles);
        if (!(total > 0 && double.IsFinite(total)))
            throw new QuantumException($"The state cannot be measured: its norm squared is {total}, where 1 is expected.");
        var counts = new Counts(bits, []);
        var numbers = new double[Math.Min(shots, ShotsAtOnce)];
        for (long done = 0; done < shots; done += ShotsAtOnce)
        {
            var now = numbers.AsSpan(0, (int)Math.Min(ShotsAtOnce, shots - done));
            SortedUniforms(now, ref random);
            var found = Walk(now, tiles, total, qubits);
            counts = counts.Count == 0 ? new Counts(bits, found) : counts.Add(new Counts(bits, found));
        }
        return counts;
    }

    private double TileWeights(double[] tiles)
    {
        var sums = Sums();
        fixed (double* start = sums)
        {
            var reduction = new Reduction { Bra = Pointer, Sums = start, TileBlocks = Tiles.BlocksFor(PaddedQubits) };
            Control(&reduction, 0, 0, z: 0);
            RunTiles(_kernels.Norm, &reduction);
        }
        var total = 0.0;
        for (var tile = 0; tile < tiles.Length; tile++)
        {
            tiles[tile] = sums[2 * tile];
            total += tiles[tile];
        }
        return total;
    }

    /// <summary>Independent uniform numbers in ascending order: partial sums of exponential ones are as good as sorting.</summary>
    private static void SortedUniforms(Span<double> numbers, ref RandomStream random)
    {
        var sum = 0.0;
        foreach (ref var number in numbers)
        {
            sum -= Math.Log(1 - random.NextDouble());
            number = sum;
        }
        var whole = sum - Math.Log(1 - random.NextDouble());
        foreach (ref var number in numbers) number /= whole;
    }

    private List<OutcomeCount> Walk(ReadOnlySpan<double> numbers, double[] tiles, double total, ReadOnlySpan<int> qubits)
    {
        var found = new List<OutcomeCount>();
        var memory = Pointer;
        var tileLength = Math.Min(Length, 1L << Tiles.Qubits);
        // Rounding must never carry a shot beyond the last tile, or the last amplitude of a tile, that has any weight.
        var lastTile = Array.FindLastIndex(tiles, w => w > 0);
        var (tile, before) = (0, 0.0);
        var (index, within, possible) = (0L, 0.0, -1L);
        foreach (var number in numbers)
        {
            var target = number * total;
            while (tile < lastTile && target >= before + tiles[tile])
            {
                before += tiles[tile++];
                (index, within, possible) = (tile * tileLength, 0.0, -1L);
            }
            var end = (tile + 1) * tileLength;
            for (; index < end; index++)
            {
                var place = memory + Sweep.OffsetOf((ulong)index);
                var weight = place[0] * place[0] + place[8] * place[8];
                if (weight == 0) continue;
                possible = index;
                if (before + within + weight > target) break;
                within += weight;
            }
            var outcome = qubits.IsEmpty ? (ulong)possible : Extract((ulong)possible, qubits);
            if (found.Count > 0 && found[^1].Outcome == outcome) found[^1] = new OutcomeCount(outcome, found[^1].Count + 1);
            else found.Add(new OutcomeCount(outcome, 1));
        }
        GC.KeepAlive(this);
        return found;
    }
}
