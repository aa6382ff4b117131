using System.Buffers;
using System.Numerics;
using QTrain.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation;

// Measuring all at once at the end: shots divide down a tree of tiles by binomial numbers, then each tile draws its own.
public sealed unsafe partial class StateVector
{
    /// <summary>Measures qubits in the computational basis, so many times on so many copies of the state.</summary>
    /// <param name="shots">How many times.</param>
    /// <param name="seed">The same seed gives the same counts, on any number of threads.</param>
    /// <param name="qubits">What is measured, the first listed being the lowest bit of an outcome; all qubits when left out.</param>
    public Counts Sample(long shots, ulong seed, params ReadOnlySpan<int> qubits) => Sample(shots, new RandomStream(seed), qubits);

    /// <summary>Measures qubits in the computational basis, so many times on so many copies of the state.</summary>
    /// <param name="shots">How many times.</param>
    /// <param name="random">The same stream gives the same counts, on any number of threads.</param>
    /// <param name="qubits">What is measured, the first listed being the lowest bit of an outcome; all qubits when left out.</param>
    /// <remarks>Every node of the tree and every tile has a stream of its own, so that who draws does not matter. Time O(2ⁿ + shots).</remarks>
    public Counts Sample(long shots, RandomStream random, params ReadOnlySpan<int> qubits)
    {
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        CheckQubits(qubits);
        var bits = qubits.IsEmpty ? QubitCount : qubits.Length;
        var count = (int)Tiles.CountFor(PaddedQubits);
        var tileLength = (int)Math.Min(Length, 1L << Tiles.Qubits);
        // A tree in an array: the root is 1, below k are 2k and 2k + 1, the tiles begin at their number.
        var (weights, taken) = (new double[2 * count], new long[2 * count]);
        OutcomeCount[] found;
        // The stream may have been used already: what it gives next, not where it began, is the key.
        var key = new RandomStream(random.NextUInt64(), random.NextUInt64());
        var leaves = ArrayPool<double>.Shared.Rent(count * SamplingKernels.MostLeaves);
        fixed (double* w = weights, l = leaves)
        fixed (long* t = taken)
        {
            var job = new SamplingJob
            {
                Weights = _kernels.LeafWeights,
                Draw = _kernels.Draw,
                State = (byte*)Pointer,
                TileBytes = (nint)Tiles.Numbers * _kernels.ElementBytes,
                Tiles = count,
                TileBlocks = Tiles.BlocksFor(PaddedQubits),
                TileLength = tileLength,
                Tree = w,
                Leaves = l,
                Shots = t,
                Key = key,
            };
            RunSampling(&WeighPart, &job);
            for (var node = count - 1; node > 0; node--) w[node] = w[2 * node] + w[2 * node + 1];
            if (!(w[1] > 0 && double.IsFinite(w[1])))
                throw new QuantumException($"The state cannot be measured: its norm squared is {w[1]}, where 1 is expected.");
            t[1] = shots;
            for (var node = 1; node < count; node++) Divide(w, t, node, key);
            // Each tile writes where there is room for all it can find.
            var offsets = new long[count + 1];
            for (var tile = 0; tile < count; tile++) offsets[tile + 1] = offsets[tile] + Math.Min(t[count + tile], tileLength);
            var room = ArrayPool<OutcomeCount>.Shared.Rent(checked((int)offsets[count]));
            fixed (OutcomeCount* results = room)
            fixed (long* starts = offsets)
            {
                job.Results = results;
                job.Offsets = starts;
                RunSampling(&DrawPart, &job);
            }
            // What a tile found took the place of the shots it had.
            var length = 0L;
            for (var tile = 0; tile < count; tile++) length += t[count + tile];
            found = GC.AllocateUninitializedArray<OutcomeCount>((int)length);
            for (var (tile, to) = (0, 0); tile < count; to += (int)t[count + tile], tile++)
                room.AsSpan((int)offsets[tile], (int)t[count + tile]).CopyTo(found.AsSpan(to));
            ArrayPool<OutcomeCount>.Shared.Return(room);
        }
        ArrayPool<double>.Shared.Return(leaves);
        if (qubits.IsEmpty || (qubits.Length == QubitCount && IsInOrder(qubits))) return Counts.FromSorted(bits, shots, found);
        for (var k = 0; k < found.Length; k++) found[k] = new OutcomeCount(Extract(found[k].Outcome, qubits), found[k].Count);
        return new Counts(bits, found);
    }

    private static void Divide(double* weights, long* shots, int node, RandomStream key)
    {
        var (left, right) = (weights[2 * node], weights[2 * node + 1]);
        var stream = key.Child((ulong)node);
        var ofRight = Binomial.Draw(shots[node], right, left, ref stream);
        (shots[2 * node], shots[2 * node + 1]) = (shots[node] - ofRight, ofRight);
    }

    private void RunSampling(delegate*<void*, int, int, void> body, SamplingJob* job)
    {
        var parts = PartsFor(job->Tiles);
        if (parts == 1) body(job, 0, 1);
        else WorkerTeam.Shared.Run(body, job, parts);
        GC.KeepAlive(this);
    }

    private static void WeighPart(void* context, int part, int parts)
    {
        var job = (SamplingJob*)context;
        for (var tile = (int)Share(job->Tiles, part, parts); tile < Share(job->Tiles, part + 1, parts); tile++)
        {
            var leaves = job->Leaves + tile * (nint)SamplingKernels.MostLeaves;
            job->Weights(job->State + tile * job->TileBytes, job->TileBlocks, leaves);
            var sum = 0.0;
            for (var leaf = 0; leaf < SamplingKernels.LeavesOf(job->TileBlocks); leaf++) sum += leaves[leaf];
            job->Tree[job->Tiles + tile] = sum;
        }
    }

    private static void DrawPart(void* context, int part, int parts)
    {
        var job = (SamplingJob*)context;
        fixed (double* space = Scratch())
        {
            var counts = (long*)(space + SamplingKernels.SumsRoom);
            new Span<long>(counts, SamplingKernels.CountsRoom).Clear();
            for (var tile = (int)Share(job->Tiles, part, parts); tile < Share(job->Tiles, part + 1, parts); tile++)
            {
                ref var shots = ref job->Shots[job->Tiles + tile];
                if (shots == 0) continue;
                var state = job->State + tile * job->TileBytes;
                var random = job->Key.Child((ulong)(job->Tiles + tile));
                job->Draw(state, job->TileBlocks, job->Leaves + tile * (nint)SamplingKernels.MostLeaves, shots, ref random, space, counts);
                shots = SamplingKernels.Collect(counts, (ulong)tile * (ulong)job->TileLength, job->Results + job->Offsets[tile]);
            }
        }
    }

    private struct SamplingJob
    {
        public delegate*<void*, int, double*, void> Weights;
        public delegate*<void*, int, double*, long, ref RandomStream, double*, long*, void> Draw;
        public byte* State;
        public nint TileBytes;
        public int Tiles, TileBlocks, TileLength;
        public double* Tree, Leaves;
        public long* Shots, Offsets;
        public OutcomeCount* Results;
        public RandomStream Key;
    }
}
