using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>The weight of every leaf, 64 amplitudes, of a tile.</summary>
internal static unsafe class LeafKernels<T, TElement>
    where T : unmanaged, ILanes<T>
    where TElement : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights(void* state, int blocks, double* leaves)
    {
        var tile = (TElement*)state;
        var lanes = stackalloc double[8];
        var size = Math.Min(SamplingKernels.LeafBlocks, blocks);
        for (var leaf = 0; leaf < SamplingKernels.LeavesOf(blocks); leaf++, tile += 16 * size)
        {
            for (var lane = 0; lane < 8; lane += T.Count)
            {
                // Real and imaginary parts add to sums of their own: neither waits for the other.
                T real = T.Broadcast(0), imaginary = real;
                for (var block = 0; block < size; block++)
                {
                    var a = ComplexLanes<T>.Load(tile + 16 * block + lane);
                    real = T.MultiplyAdd(a.Real, a.Real, real);
                    imaginary = T.MultiplyAdd(a.Imaginary, a.Imaginary, imaginary);
                }
                T.Store(real + imaginary, lanes + lane);
            }
            leaves[leaf] = Tiles.Sum(lanes);
        }
    }
}

/// <summary>Drawing outcomes from one tile: which leaf, then which amplitude of the leaf.</summary>
internal static unsafe class SamplingKernels
{
    /// <summary>Blocks of a leaf.</summary>
    public const int LeafBlocks = 8;

    // So many that no step of them is short, and so few that all lie in the first-level cache.
    private const int AtOnce = 256;

    /// <summary>Amplitudes of a leaf.</summary>
    public const int LeafLength = 8 * LeafBlocks;

    /// <summary>Leaves of a whole tile.</summary>
    public const int MostLeaves = Tiles.Blocks / LeafBlocks;

    /// <summary>The running sums of all leaves, and the last of each eight of them.</summary>
    public const int SumsRoom = MostLeaves * (LeafLength + 8);

    /// <summary>Counts, and a bit for each that is not zero.</summary>
    public const int CountsRoom = MostLeaves * (LeafLength + 1);

    /// <summary>How many leaves a tile of so many blocks has.</summary>
    public static int LeavesOf(int blocks) => Math.Max(1, blocks / LeafBlocks);

    /// <summary>Adds so many outcomes to the counts of a tile.</summary>
    /// <param name="state">The amplitudes of the tile.</param>
    /// <param name="blocks">How many blocks it has.</param>
    /// <param name="leaves">The weights of its leaves; overwritten.</param>
    /// <param name="shots">How many outcomes.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="sums">Room for <see cref="SumsRoom"/> numbers.</param>
    /// <param name="counts">4,096 counts, and behind them a bit for each that is not zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Draw<TElement>(void* state, int blocks, double* leaves, long shots, ref RandomStream random, double* sums, long* counts)
        where TElement : unmanaged
    {
        ulong summed = 0;
        var seen = (ulong*)(counts + MostLeaves * LeafLength);
        var eighths = sums + MostLeaves * LeafLength;
        double* targets = stackalloc double[AtOnce], starts = stackalloc double[MostLeaves], leafEighths = stackalloc double[8];
        var leafOf = stackalloc byte[AtOnce];
        starts[0] = 0;
        for (var leaf = 1; leaf < MostLeaves; leaf++)
        {
            starts[leaf] = leaves[leaf - 1];
            leaves[leaf] = leaf < LeavesOf(blocks) ? leaves[leaf - 1] + leaves[leaf] : leaves[leaf - 1];
        }
        WriteEighths(leaves, leafEighths);
        var total = leaves[MostLeaves - 1];
        for (long done = 0; done < shots; done += AtOnce)
        {
            // One step for many shots, then the next step: a search waits for itself only, and several go on at once.
            var now = (int)Math.Min(AtOnce, shots - done);
            random.Fill(new Span<ulong>(targets, now));
            for (var k = 0; k < now; k++) targets[k] = (long)(((ulong*)targets)[k] >> 11) * (1.0 / (1UL << 53)) * total;
            ulong hit = 0;
            for (var k = 0; k < now; k++)
            {
                var leaf = Above(leaves, leafEighths, targets[k]);
                leafOf[k] = (byte)leaf;
                targets[k] -= starts[leaf];
                hit |= 1UL << (int)leaf;
            }
            // Only leaves that receive shots are looked into, each once, and in the order of memory.
            for (var missing = hit & ~summed; missing != 0; missing &= missing - 1)
            {
                nint leaf = BitOperations.TrailingZeroCount(missing);
                Accumulate((TElement*)state + 16 * LeafBlocks * leaf, Math.Min(LeafBlocks, blocks), sums + LeafLength * leaf);
                WriteEighths(sums + LeafLength * leaf, eighths + 8 * leaf);
            }
            summed |= hit;
            for (var k = 0; k < now; k++)
            {
                var first = LeafLength * (nint)leafOf[k];
                var at = Above(sums + first, eighths + 8 * leafOf[k], targets[k]);
                counts[first + at]++;
                seen[leafOf[k]] |= 1UL << (int)at;
            }
        }
    }

    /// <summary>Writes down what was counted and clears the counts.</summary>
    /// <returns>How many different outcomes there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Collect(long* counts, ulong first, OutcomeCount* results)
    {
        var found = 0;
        var seen = (ulong*)(counts + MostLeaves * LeafLength);
        for (var leaf = 0; leaf < MostLeaves; leaf++, first += LeafLength, counts += LeafLength)
        {
            for (var set = seen[leaf]; set != 0; set &= set - 1)
            {
                var k = BitOperations.TrailingZeroCount(set);
                results[found++] = new OutcomeCount(first + (ulong)k, counts[k]);
                counts[k] = 0;
            }
            seen[leaf] = 0;
        }
        return found;
    }

    /// <summary>The first of 64 ascending sums that is above a number; the last that rises where rounding leaves none.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="eighths">The last of each eight of them.</param>
    /// <param name="target">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Above(double* sums, double* eighths, double target)
    {
        // Eight are compared at once, twice: no branches, which random numbers would make unpredictable, and only two loads wait for each other.
        var eighth = CountBelow(eighths, target);
        if (eighth < 8) return 8 * eighth + CountBelow(sums + 8 * eighth, target);
        nint at = LeafLength - 1;
        while (at > 0 && sums[at] == sums[at - 1]) at--;
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint CountBelow(double* sums, double target)
    {
        var all = Vector256.Create(target);
        var lower = Vector256.LessThanOrEqual(Vector256.Load(sums), all).ExtractMostSignificantBits();
        var upper = Vector256.LessThanOrEqual(Vector256.Load(sums + 4), all).ExtractMostSignificantBits();
        return BitOperations.PopCount(lower | upper << 4);
    }

    private static void WriteEighths(double* sums, double* eighths)
    {
        for (var k = 0; k < 8; k++) eighths[k] = sums[8 * k + 7];
    }

    /// <summary>The running sums of |amplitude|² over a leaf, in four chains that do not wait for one another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate<TElement>(TElement* leaf, int blocks, double* sums) where TElement : unmanaged
    {
        const int chain = LeafLength / 4;
        for (var block = 0; block < LeafBlocks; block++)
            for (var lane = 0; lane < 8; lane += Lanes4.Count)
            {
                var square = Lanes4.Broadcast(0);
                if (block < blocks)
                {
                    var amplitude = ComplexLanes<Lanes4>.Load(leaf + 16 * block + lane);
                    square = amplitude.Real * amplitude.Real + amplitude.Imaginary * amplitude.Imaginary;
                }
                Lanes4.Store(square, sums + 8 * block + lane);
            }
        double a = 0, b = 0, c = 0, d = 0;
        for (var k = 0; k < chain; k++)
        {
            sums[k] = a += sums[k];
            sums[chain + k] = b += sums[chain + k];
            sums[2 * chain + k] = c += sums[2 * chain + k];
            sums[3 * chain + k] = d += sums[3 * chain + k];
        }
        (b, c) = (a + b, a + b + c);
        var (second, third, fourth) = (Vector256.Create(a), Vector256.Create(b), Vector256.Create(c));
        for (var k = 0; k < chain; k += Vector256<double>.Count)
        {
            (Vector256.Load(sums + chain + k) + second).Store(sums + chain + k);
            (Vector256.Load(sums + 2 * chain + k) + third).Store(sums + 2 * chain + k);
            (Vector256.Load(sums + 3 * chain + k) + fourth).Store(sums + 3 * chain + k);
        }
    }
}
