using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Observables;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation;

/// <summary>
/// A Pauli sum arranged for passes over a state: terms that flip the same qubits share one pass. With x the flipped qubits,
/// <c>(O|ψ⟩)ᵢ = Σₓ dₓ(i)·ψ(i⊕x)</c>, and dₓ is a sum of signs, <c>Σ c·(−1)^(z·i)</c>, one for each mask z.
/// </summary>
/// <remarks>
/// The part of a mask inside a block of eight amplitudes is written out as a row of eight numbers; masks that agree outside the block share
/// a row. Over a part of the state dₓ is a Walsh–Hadamard transform of its rows, which costs a few additions a number however many terms
/// there are: 631 terms of LiH cost what a few dozen would. In which order the state is visited is <see cref="ObservablePlan"/>'s matter.
/// </remarks>
internal sealed class CompiledObservable
{
    private static readonly ConditionalWeakTable<PauliSum, CompiledObservable> Cache = [];
    private static readonly ConditionalWeakTable<PauliSum, CompiledObservable> HermitianCache = [];

    private readonly Lock _lock = new();
    private ObservablePlan? _plan;

    private CompiledObservable(PauliSum observable, bool hermitianPart)
    {
        QubitCount = observable.QubitCount;
        var groups = new List<ObservableGroup>();
        var masks = new List<RowMask>();
        var signs = new List<ulong>();
        var rows = new List<double[]>();
        foreach (var group in observable.Terms.GroupBy(t => t.Pauli.X))
        {
            var real = new Dictionary<ulong, double[]>();
            var imaginary = new Dictionary<ulong, double[]>();
            foreach (var (pauli, coefficient) in group)
            {
                // Pᵢ = (−i)^y·(−1)^(z·i) in row i, y the number of Ys.
                var factor = (hermitianPart ? coefficient.Real : coefficient) * ((pauli.CountY & 3) switch
                {
                    0 => Complex.One,
                    1 => -Complex.ImaginaryOne,
                    2 => -Complex.One,
                    _ => Complex.ImaginaryOne,
                });
                Add(real, pauli.Z, factor.Real);
                Add(imaginary, pauli.Z, factor.Imaginary);
            }
            var firstReal = rows.Count;
            Append(real);
            var firstImaginary = rows.Count;
            Append(imaginary);
            if (rows.Count == firstReal) continue;
            groups.Add(new ObservableGroup
            {
                X = group.Key,
                TileFlip = (nuint)(group.Key >> Tiles.Qubits),
                BlockFlip = (int)(group.Key >> 3) & (Tiles.Blocks - 1),
                LaneFlip = (int)(group.Key & 7),
                FirstReal = firstReal,
                RealCount = firstImaginary - firstReal,
                FirstImaginary = firstImaginary,
                ImaginaryCount = rows.Count - firstImaginary,
            });
        }
        Groups = Pinned(groups.ToArray());
        Masks = Pinned(masks.ToArray());
        Signs = [.. signs];
        Rows = Pinned(rows.SelectMany(r => r).ToArray());

        void Append(Dictionary<ulong, double[]> found)
        {
            foreach (var (mask, row) in found.OrderBy(f => f.Key))
            {
                masks.Add(new RowMask { Block = (uint)(mask & (Tiles.Blocks - 1)), Outside = (nuint)(mask >> (Tiles.Qubits - 3) << Tiles.Qubits) });
                signs.Add(mask << 3);
                rows.Add(row);
            }
        }
    }

    /// <summary>The smallest number of qubits a state must have.</summary>
    public int QubitCount { get; }

    public ObservableGroup[] Groups { get; }

    public RowMask[] Masks { get; }

    /// <summary>The qubits at or above 3 that sign a row.</summary>
    public ulong[] Signs { get; }

    /// <summary>Eight numbers a mask.</summary>
    public double[] Rows { get; }

    /// <summary>The arrangement of a sum, made once.</summary>
    public static CompiledObservable For(PauliSum observable) =>
        Cache.TryGetValue(observable, out var known) ? known : Cache.GetValue(observable, static o => new CompiledObservable(o, hermitianPart: false));

    /// <summary>The arrangement of (O + O†)/2, which has the real part of O's expectation.</summary>
    public static CompiledObservable HermitianPartOf(PauliSum observable)
    {
        if (HermitianCache.TryGetValue(observable, out var known)) return known;
        return HermitianCache.GetValue(observable, static o => o.IsHermitian ? For(o) : new CompiledObservable(o, hermitianPart: true));
    }

    /// <summary>How the terms meet a state of so many qubits; made once, and kept for the size last asked for.</summary>
    public ObservablePlan PlanFor(int qubits, KernelTable kernels)
    {
        if (_plan is { } known && known.QubitCount == qubits) return known;
        lock (_lock)
        {
            if (_plan is null || _plan.QubitCount != qubits) _plan = new ObservablePlan(this, qubits, kernels);
            return _plan;
        }
    }

    private static void Add(Dictionary<ulong, double[]> rows, ulong z, double value)
    {
        if (value == 0) return;
        if (!rows.TryGetValue(z >> 3, out var row)) rows.Add(z >> 3, row = new double[8]);
        for (var lane = 0; lane < 8; lane++)
            row[lane] += (BitOperations.PopCount((uint)lane & (uint)(z & 7)) & 1) == 0 ? value : -value;
    }

    private static TItem[] Pinned<TItem>(TItem[] items)
    {
        var pinned = GC.AllocateArray<TItem>(items.Length, pinned: true);
        items.CopyTo(pinned, 0);
        return pinned;
    }
}
