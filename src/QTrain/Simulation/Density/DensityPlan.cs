using System.Collections.Immutable;
using System.Numerics;
using QTrain.Numerics;

namespace QTrain.Simulation.Density;

/// <summary>Some operations of a plan that are done to one tile after another while it is in the cache.</summary>
/// <param name="Qubits">The qubits of a tile in ascending order: its place p holds qubit <c>Qubits[p]</c>.</param>
/// <param name="Groups">Operations done together to parts of the tile.</param>
/// <param name="Dense">An operation that is done to the matrix as a whole instead; null mostly.</param>
internal sealed record DensityPass(int[] Qubits, DensityGroup[] Groups, DenseStep? Dense)
{
    /// <summary>Whether a tile lies together in the state, so that nothing is gathered.</summary>
    public bool IsContiguous { get; } = Qubits.Length == 0 || Qubits[^1] == Qubits.Length - 1;

    /// <summary>The bits of an index that lie inside a tile.</summary>
    public nuint Held { get; } = (nuint)Qubits.Aggregate(0UL, static (m, q) => m | 3UL << (2 * q));
}

/// <summary>Operations First ≤ k &lt; End, done to each part of a tile that has so many qubits.</summary>
internal readonly record struct DensityGroup(int First, int End, int Qubits);

/// <summary>
/// The passes over a density matrix that do a sequence of operations. A tile of seven qubits (16,384 numbers) stays in the second-level cache while
/// many operations are done to it; within it, those on its lowest five qubits are done to 8 KiB at a time. The lowest three qubits
/// are in every tile, so that tiles are gathered in rows of 512 bytes.
/// </summary>
/// <remarks>The sizes are constants, and the choice of passes depends on the operations alone.</remarks>
internal sealed class DensityPlan
{
    public const int TileQubits = 7;
    public const int RowQubits = 3;
    private const int PartQubits = 5;

    /// <summary>How many operations ahead are looked at for one pass.</summary>
    private const int Lookahead = 2000;

    private readonly TileOpBuilder _ops;
    private readonly double[] _constants;
    private readonly CoefficientPlan[] _bound;
    private readonly int _largestMatrix;

    public DensityPlan(int qubits, ImmutableArray<DensityOperation> operations, LaneWidth width)
    {
        QubitCount = qubits;
        Width = width;
        _ops = new TileOpBuilder(width);
        var passes = ImmutableArray.CreateBuilder<DensityPass>();
        var rest = new List<DensityOperation>(operations);
        while (rest.Count > 0) passes.Add(NextPass(rest));
        Passes = passes.ToImmutable();
        _ops.Finish();
        var plans = _ops.Plans;
        _largestMatrix = plans.Max(p => p.Map?.Size * p.Map?.Size) ?? 0;
        _constants = new double[_ops.CoefficientCount];
        var (matrix, scratch) = (new double[_largestMatrix], new double[_largestMatrix]);
        foreach (var plan in plans)
            if (plan.IsConstant) Bind(plan, default, _constants, matrix, scratch, (int)width);
        _bound = [.. plans.Where(p => !p.IsConstant)];
    }

    public int QubitCount { get; }

    public LaneWidth Width { get; }

    public ImmutableArray<DensityPass> Passes { get; }

    public TileOp[] Ops => _ops.Ops;

    /// <summary>Room for the coefficients of one run, constants filled in.</summary>
    public DensityBinding NewBinding() => new(_constants, _largestMatrix);

    /// <summary>Fills in what parameters move.</summary>
    public void Bind(ReadOnlySpan<double> at, DensityBinding binding)
    {
        foreach (var plan in _bound) Bind(plan, at, binding.Coefficients, binding.Matrix, binding.Scratch, (int)Width);
    }

    private static void Bind(CoefficientPlan plan, ReadOnlySpan<double> at, double[] coefficients, double[] matrix, double[] scratch, int lanes)
    {
        var target = coefficients.AsSpan(plan.Start);
        if (plan.Turn is { } turn)
        {
            var (sin, cos) = Math.SinCos(turn.Angle.At(at));
            for (var k = 0; k < plan.Powers.Length; k++)
            {
                var place = 2 * lanes * (k / lanes) + k % lanes;
                (target[place], target[place + lanes]) = plan.Powers[k] switch { 1 => (cos, sin), 3 => (cos, -sin), _ => (1.0, 0.0) };
            }
            return;
        }
        plan.Map!.Evaluate(at, matrix, scratch);
        for (var k = 0; k < plan.Entries.Length; k++) target[k] = plan.Entries[k] < 0 ? 1 : matrix[plan.Entries[k]];
    }

    /// <summary>Takes the operations of one pass out of the list: of several sets of qubits, the one that does most.</summary>
    private DensityPass NextPass(List<DensityOperation> rest)
    {
        if (rest[0] is DenseStep dense)
        {
            rest.RemoveAt(0);
            return new DensityPass([], [], dense);
        }
        var size = Math.Min(TileQubits, QubitCount);
        if (BitOperations.PopCount(rest[0].Qubits | LowQubits(size)) > size)
        {
            // Only a rotation about a long string: it visits the whole state.
            var first = _ops.Count;
            _ops.Add(rest[0], DensityLowering.Bits(rest[0].Qubits), QubitCount);
            rest.RemoveAt(0);
            return new DensityPass([], [new DensityGroup(first, first + 1, QubitCount)], null);
        }
        var best = (1UL << size) - 1;
        var most = Take(rest, best, null);
        for (var (seed, blocked) = (0, 0UL); seed < rest.Count && seed < Lookahead; seed++)
        {
            if (blocked == (1UL << QubitCount) - 1) break;
            var isReady = (rest[seed].Qubits & blocked) == 0;
            blocked |= rest[seed].Qubits;
            if (!isReady || BitOperations.PopCount(rest[seed].Qubits | LowQubits(size)) > size) continue;
            var qubits = Grown(rest, rest[seed].Qubits | LowQubits(size), size);
            var cost = Take(rest, qubits, null);
            if (cost > most) (best, most) = (qubits, cost);
        }
        var taken = new List<DensityOperation>();
        Take(rest, best, taken);
        rest.RemoveAll(new HashSet<DensityOperation>(taken).Contains);
        return PassOf(taken, DensityLowering.Bits(best));
    }

    private static ulong LowQubits(int tile) => (1UL << Math.Min(RowQubits, tile)) - 1;

    /// <summary>The operations, in order, that touch only these qubits and wait for none that does not.</summary>
    private static double Take(List<DensityOperation> operations, ulong qubits, List<DensityOperation>? into)
    {
        var (blocked, cost) = (0UL, 0.0);
        for (var k = 0; k < operations.Count && k < Lookahead && (blocked & qubits) != qubits; k++)
        {
            var operation = operations[k];
            if ((operation.Qubits & ~qubits) != 0 || (operation.Qubits & blocked) != 0 || operation is DenseStep) blocked |= operation.Qubits;
            else
            {
                cost += operation.Cost;
                into?.Add(operation);
            }
        }
        return cost;
    }

    /// <summary>A set of qubits grown by those of the next operations that can be done with it, as long as there is room.</summary>
    private static ulong Grown(List<DensityOperation> operations, ulong qubits, int size)
    {
        var blocked = 0UL;
        for (var k = 0; k < operations.Count && k < Lookahead && (blocked & qubits) != qubits; k++)
        {
            var operation = operations[k];
            var union = qubits | operation.Qubits;
            // An operation on no qubit of the set would claim room that its neighbours need.
            if ((operation.Qubits & blocked) == 0 && operation is not DenseStep && BitOperations.PopCount(union) <= size
                && ((operation.Qubits & qubits) != 0 || BitOperations.PopCount(qubits) + 1 < size)) qubits = union;
            else blocked |= operation.Qubits;
        }
        while (BitOperations.PopCount(qubits) < size) qubits |= ~qubits & (qubits + 1);
        return qubits;
    }

    private DensityPass PassOf(List<DensityOperation> operations, int[] qubits)
    {
        var groups = new List<DensityGroup>();
        var part = Math.Min(PartQubits, qubits.Length);
        var rest = operations;
        // By turns: all that can be done on the low part of the tile, then all that can be done on the others.
        for (var isLow = true; rest.Count > 0; isLow = !isLow)
        {
            var (first, later, blocked) = (_ops.Count, new List<DensityOperation>(), 0UL);
            foreach (var operation in rest)
            {
                int[] places = [.. DensityLowering.Bits(operation.Qubits).Select(q => Array.IndexOf(qubits, q))];
                if ((places[^1] < part) != isLow || (operation.Qubits & blocked) != 0)
                {
                    blocked |= operation.Qubits;
                    later.Add(operation);
                }
                else _ops.Add(operation, places, isLow ? part : qubits.Length);
            }
            if (_ops.Count > first) groups.Add(new DensityGroup(first, _ops.Count, isLow ? part : qubits.Length));
            rest = later;
        }
        return new DensityPass(qubits, [.. groups], null);
    }
}

/// <summary>The coefficients of one run, and room to compute them.</summary>
internal sealed class DensityBinding
{
    public DensityBinding(double[] constants, int largestMatrix)
    {
        Coefficients = GC.AllocateUninitializedArray<double>(constants.Length + 8, pinned: true);
        constants.CopyTo(Coefficients.AsSpan());
        Matrix = new double[largestMatrix];
        Scratch = new double[largestMatrix];
    }

    public double[] Coefficients { get; }

    public double[] Matrix { get; }

    public double[] Scratch { get; }
}
