using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QTrain.Observables;

namespace QTrain.Simulation.Batches;

/// <summary>The terms of a Hermitian observable for batches: those that flip the same qubits are one sum Σ w(i)·ψᵢ*ψᵢ⊕ₓ, over one state of each
/// pair, with the weights of all of them written out in the order in which pairs are visited.</summary>
internal sealed unsafe class BatchObservable
{
    // Beyond, reading weights costs more than a batch saves.
    private const long MostWeightBytes = 16L << 20;

    private static readonly ConditionalWeakTable<PauliSum, BatchObservable?[]> Cache = [];

    private BatchObservable(PauliSum observable, int qubits)
    {
        var items = new List<Item>();
        foreach (var group in observable.Terms.GroupBy(t => t.Pauli.X).OrderBy(g => g.Key))
        {
            var pivot = group.Key == 0 ? 0 : 1UL << BitOperations.Log2(group.Key);
            var free = Enumerable.Range(0, qubits).Where(q => (pivot >> q & 1) == 0).ToArray();
            // Pᵢ = (−i)^y·(−1)^(z·i) in row i, y the number of Ys: real where y is even.
            foreach (var isImaginary in new[] { false, true })
            {
                var terms = group.Where(t => (t.Pauli.CountY & 1) != 0 == isImaginary && t.Coefficient.Real != 0).ToArray();
                if (terms.Length == 0) continue;
                // The two of a pair are conjugates, hence 2; of an odd number of Ys it is the imaginary part of ψ*ψ′ that counts.
                var values = terms.Select(t => (t.Pauli.Z, Value: (group.Key == 0 ? 1 : 2) * ((t.Pauli.CountY & 2) == 0 ? 1 : -1) * t.Coefficient.Real)).ToArray();
                if (Array.TrueForAll(values, v => v.Z == 0))
                {
                    if (group.Key == 0) Constant += values.Sum(v => v.Value);
                    else items.Add(new Item(group.Key, pivot, isImaginary, null, values.Sum(v => v.Value)));
                    continue;
                }
                var weights = GC.AllocateArray<double>(1 << free.Length, pinned: true);
                ulong state = 0;
                for (var k = 0; ; )
                {
                    foreach (var (z, value) in values) weights[k] += (BitOperations.PopCount(z & state) & 1) == 0 ? value : -value;
                    if (++k == weights.Length) break;
                    state ^= 1UL << free[BitOperations.TrailingZeroCount(k)];
                }
                items.Add(new Item(group.Key, pivot, isImaginary, weights, 0));
            }
        }
        Items = [.. items];
    }

    /// <summary>The part that every state has.</summary>
    public double Constant { get; }

    public Item[] Items { get; }

    /// <summary>The arrangement for a memory of so many qubits; null where the weights would be too many.</summary>
    public static BatchObservable? For(PauliSum observable, int qubits)
    {
        if (WeightBytes(observable, qubits) > MostWeightBytes) return null;
        var known = Cache.GetValue(observable, static _ => new BatchObservable?[BatchPlan.MostQubits + 1]);
        return known[qubits] ??= new BatchObservable(observable, qubits);
    }

    private static long WeightBytes(PauliSum observable, int qubits) =>
        (long)observable.Terms.Where(t => t.Pauli.Z != 0).DistinctBy(t => (t.Pauli.X, t.Pauli.CountY & 1)).Count() * sizeof(double) << qubits;

    /// <summary>Terms that flip the same qubits and have the same phase.</summary>
    /// <param name="Flipped">The qubits.</param>
    /// <param name="Pivot">The one that is 0 in the visited state of a pair.</param>
    /// <param name="IsImaginary">Whether the weights belong to the imaginary part.</param>
    /// <param name="Weights">In the order of visits, pinned; null: all are <paramref name="Weight"/>.</param>
    /// <param name="Weight">Of all pairs.</param>
    internal sealed record Item(ulong Flipped, ulong Pivot, bool IsImaginary, double[]? Weights, double Weight);

    /// <summary>An observable's items with the places of a plan.</summary>
    internal sealed class Placed
    {
        private readonly Item[] _items;
        private readonly VisitedBlocks[] _visited;
        private readonly nuint[] _flips;
        private readonly double _constant;
        private readonly ulong _flipped;

        public Placed(BatchObservable observable, BatchPlan plan)
        {
            (_items, _constant) = (observable.Items, observable.Constant);
            _visited = [.. _items.Select(i => new VisitedBlocks(plan.Frame, i.Pivot, 0, plan.Kernels.BlockBytes))];
            _flips = [.. _items.Select(i => (nuint)plan.Frame.FlipOf(i.Flipped) * (nuint)plan.Kernels.BlockBytes)];
            foreach (var item in _items) _flipped |= item.Flipped;
        }

        /// <summary>Whether phases on some qubits change nothing.</summary>
        public bool CommutesWith(ulong signed) => (_flipped & signed) == 0;

        /// <summary>Writes the expectation of each member; the state's scale is applied to it.</summary>
        public void Expectations(BatchKernels kernels, BatchMemory* memory, double* values)
        {
            for (var lane = 0; lane < kernels.Lanes; lane++) values[lane] = 0;
            for (var k = 0; k < _items.Length; k++)
            {
                var job = JobOf(k, memory);
                job.Sum = values;
                kernels.Expectation(&job);
            }
            kernels.Scale(values, memory->Scale);
            for (var lane = 0; lane < kernels.Lanes; lane++) values[lane] += _constant;
        }

        /// <summary>Writes O|ψ⟩.</summary>
        public void Image(BatchKernels kernels, BatchMemory* memory, nuint blocks)
        {
            kernels.BeginImage(memory->State, memory->Bra, blocks, _constant);
            for (var k = 0; k < _items.Length; k++)
            {
                var job = JobOf(k, memory);
                job.Image = memory->Bra;
                kernels.AddImage(&job);
            }
        }

        private ExpectationJob JobOf(int k, BatchMemory* memory) => new()
        {
            State = memory->State,
            Visits = _visited[k].Visits,
            Flip = _flips[k],
            Weights = _items[k].Weights is { } weights ? (double*)Marshal.UnsafeAddrOfPinnedArrayElement(weights, 0) : null,
            Weight = _items[k].Weight,
            IsImaginary = _items[k].IsImaginary,
        };
    }
}
