using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.Density;

/// <summary>How many coefficients a map has, and from which entry of its matrix each is taken when parameters are bound.</summary>
/// <param name="Start">Where they begin.</param>
/// <param name="Entries">Entry of the transfer matrix by coefficient; −1 is the number 1.</param>
/// <param name="Map">The map; null for a rotation.</param>
/// <param name="Turn">The rotation; null for a map.</param>
internal sealed record CoefficientPlan(int Start, int[] Entries, TransferMap? Map, PauliTurn? Turn)
{
    public bool IsConstant => Map?.IsConstant ?? Turn!.Angle.Indices.Length == 0;

    /// <summary>Powers of i inside the register: for each of a rotation's tables and lanes.</summary>
    public byte[] Powers { get; init; } = [];
}

/// <summary>Makes the kernels' descriptors of maps at given places of a tile.</summary>
internal sealed unsafe class TileOpBuilder(LaneWidth width)
{
    private readonly List<TileOp> _ops = [];
    private readonly List<int> _table = [];
    private readonly List<int> _tableStarts = [];
    private readonly List<CoefficientPlan> _plans = [];
    private readonly int _lanes = (int)width;
    private readonly DensityKernelTable _kernels = DensityKernelTable.For(width);
    private int _coefficients;

    public int Count => _ops.Count;

    /// <summary>The operations, pointing into <see cref="Table"/>, which must not move.</summary>
    public TileOp[] Ops { get; private set; } = [];

    public int[] Table { get; private set; } = [];

    public CoefficientPlan[] Plans => [.. _plans];

    public int CoefficientCount => _coefficients;

    /// <summary>No operation is added after this.</summary>
    public void Finish()
    {
        Table = Pinned([.. _table]);
        Ops = Pinned([.. _ops]);
        for (var k = 0; k < _ops.Count; k++) Ops[k].Table = (int*)Unsafe.AsPointer(ref Table[0]) + _tableStarts[k];
    }

    /// <summary>Adds an operation whose qubits lie at <paramref name="places"/>, in the order of its own, in a tile of so many qubits.</summary>
    public void Add(DensityOperation operation, int[] places, int tileQubits)
    {
        if (operation is PauliTurn turn) AddTurn(turn, places, tileQubits);
        else AddMap((TransferMap)operation, places, tileQubits);
    }

    private void AddMap(TransferMap map, int[] places, int tileQubits)
    {
        var bits = places.Aggregate(0UL, static (m, p) => m | 3UL << (2 * p));
        var lanes = (ulong)_lanes - 1;
        var inside = bits & lanes;
        var op = new TileOp
        {
            Fixed = (nuint)(bits | lanes),
            Count = (nint)1 << (2 * tileQubits - BitOperations.PopCount(bits | lanes)),
        };
        if (places.Length == 1 && inside == 0 && map.KeepsRow[0])
        {
            op.Step = (nuint)1 << (2 * places[0]);
            op.Kernel = map.Pattern[4] || map.Pattern[8] || map.Pattern[12] ? _kernels.Shifting : _kernels.Unital;
            Append(op, map, [.. Enumerable.Range(0, 16)], []);
        }
        else if (places.Length == 1 && inside == bits)
        {
            op.LaneFlip = 1 << (2 * places[0]);
            op.Kernel = _kernels.Lanes;
            Append(op, map, [.. Enumerable.Range(0, 4 * _lanes).Select(k =>
            {
                var component = k % _lanes >> (2 * places[0]) & 3;
                return component * 4 + (component ^ k / _lanes);
            })], []);
        }
        else if (inside == 0 && TryExchanges(map, places, out var entries, out var table))
        {
            op.Rows = table.Length / 4;
            op.Kernel = _kernels.Pairs;
            Append(op, map, entries, table);
        }
        else AddSparse(op, map, places, (int)inside);
    }

    /// <summary>The rows as pairs of moves, an even number of them: components that change places, and two at a time those that stay.</summary>
    private static bool TryExchanges(TransferMap map, int[] places, out int[] entries, out int[] table)
    {
        var (found, moves) = (new List<int>(), new List<int>());
        (entries, table) = ([], []);
        if (!map.IsMonomial || !map.KeepsRow[0] || map.QubitList.Length > 2) return false;
        var singles = new List<int>();
        for (var row = 0; row < map.Size; row++)
        {
            var column = Array.IndexOf(map.Pattern, true, row * map.Size, map.Size) - row * map.Size;
            if (!map.Pattern[column * map.Size + row]) return false;
            if (column == row && !map.KeepsRow[row]) singles.Add(row);
            if (column > row) Pair(row, column, column, row);
        }
        if (singles.Count % 2 == 1) singles.Add(0);
        for (var k = 0; k < singles.Count; k += 2) Pair(singles[k], singles[k], singles[k + 1], singles[k + 1]);
        if (moves.Count / 4 % 2 == 1) Pair(0, 0, 0, 0);
        (entries, table) = ([.. found], [.. moves]);
        return true;

        void Pair(int row0, int column0, int row1, int column1)
        {
            moves.AddRange([Spread(column0, places), Spread(column1, places), Spread(row0, places), Spread(row1, places)]);
            found.AddRange([Entry(row0, column0), Entry(row1, column1)]);
        }

        int Entry(int row, int column) => row == column && map.KeepsRow[row] ? -1 : row * map.Size + column;
    }

    private void AddSparse(TileOp op, TransferMap map, int[] places, int inside)
    {
        var all = places.Aggregate(0, static (m, p) => m | 3 << (2 * p));
        int[] registers = [.. Subsets(all & ~inside)], flips = [.. Subsets(inside)];
        var slots = new OrderedDictionary<(int Register, int Flip), int>();
        var (rows, entries) = (new List<(int Offset, List<int> Slots)>(), new List<int>());
        foreach (var register in registers)
        {
            if (flips.All(lane => map.KeepsRow[Gather(register | lane, places)])) continue;
            var used = new List<int>();
            foreach (var from in registers)
                foreach (var flip in flips)
                    if (flips.Any(lane => map.Pattern[Entry(register, from, flip, lane)])) Use(from, flip);
            if (used.Count == 0) Use(register, 0);      // a row of zeros
            rows.Add((register, used));

            void Use(int from, int flip)
            {
                if (!slots.TryGetValue((from, flip), out var slot)) slots.Add((from, flip), slot = slots.Count);
                used.Add(slot);
                for (var lane = 0; lane < _lanes; lane++) entries.Add(Entry(register, from, flip, lane & inside));
            }
        }
        var table = new List<int>();
        foreach (var (register, flip) in slots.Keys)
        {
            table.AddRange([register, flip]);
            op.Flips |= 1 << flip;
        }
        foreach (var (offset, used) in rows) table.AddRange([offset, used.Count, .. used]);
        op.Slots = slots.Count;
        op.Rows = rows.Count;
        op.Kernel = _kernels.General;
        Append(op, map, [.. entries], table);

        int Entry(int register, int from, int flip, int lane) =>
            Gather(register | lane, places) * map.Size + Gather(from | lane ^ flip, places);
    }

    private void AddTurn(PauliTurn turn, int[] places, int tileQubits)
    {
        var pauli = turn.Pauli;
        int[] qubits = DensityLowering.Bits(pauli.Support);
        var tables = width == LaneWidth.Vector512 ? 8 : 4;
        ulong index = 0, x = 0, y = 0, z = 0;
        for (var k = 0; k < places.Length; k++)
        {
            var (flips, signs) = (pauli.X >> qubits[k] & 1, pauli.Z >> qubits[k] & 1);
            index |= (flips | signs << 1) << (2 * places[k]);
            var bit = 1UL << (2 * places[k]);
            if (flips != 0 && signs != 0) y |= bit;
            else if (flips != 0) x |= bit;
            else z |= bit;
        }
        var lanes = (ulong)_lanes - 1;
        var outside = index & ~lanes;
        var fix = lanes | (outside == 0 ? 0 : 1UL << BitOperations.Log2(outside));
        var op = new TileOp
        {
            Kernel = _kernels.Rotation,
            Fixed = (nuint)fix,
            Count = (nint)1 << (2 * tileQubits - BitOperations.PopCount(fix)),
            Pauli = (nuint)index,
            X = (nuint)x,
            Y = (nuint)y,
            Z = (nuint)z,
            LaneFlip = (int)index & (_lanes - 1),
        };
        // Inside the register: k of QP = iᵏT over the qubits with a bit there; a ninth table bit is the Z bit of the qubit cut in two.
        var powers = new byte[tables * _lanes];
        var touched = width switch { LaneWidth.Vector512 => 2, LaneWidth.Vector256 => 1, _ => 0 };
        for (var k = 0; k < powers.Length; k++)
        {
            var (lane, table) = (k % _lanes, k / _lanes);
            var bits = lane | (table & 4) << 1;
            var power = table & 3;
            for (var q = 0; q < touched; q++)
            {
                var (mine, theirs) = (PauliTransfer.StringOf(bits >> (2 * q) & 3, 1), PauliTransfer.StringOf((int)(index >> (2 * q)) & 3, 1));
                power += PauliString.Multiply(mine, theirs).PowerOfI;
            }
            powers[k] = (byte)(power & 3);
        }
        _ops.Add(op with { Coefficients = _coefficients });
        _tableStarts.Add(_table.Count);
        _plans.Add(new CoefficientPlan(_coefficients, [], null, turn) { Powers = powers });
        _coefficients += 2 * tables * _lanes;
    }

    private void Append(TileOp op, TransferMap map, int[] entries, IReadOnlyCollection<int> table)
    {
        _ops.Add(op with { Coefficients = _coefficients });
        _tableStarts.Add(_table.Count);
        _table.AddRange(table);
        _plans.Add(new CoefficientPlan(_coefficients, entries, map, null));
        _coefficients += entries.Length;
    }

    private static int Spread(int code, int[] places)
    {
        var bits = 0;
        for (var k = 0; k < places.Length; k++) bits |= (code >> (2 * k) & 3) << (2 * places[k]);
        return bits;
    }

    private static int Gather(int bits, int[] places)
    {
        var code = 0;
        for (var k = 0; k < places.Length; k++) code |= (bits >> (2 * places[k]) & 3) << (2 * k);
        return code;
    }

    private static IEnumerable<int> Subsets(int mask)
    {
        var subset = 0;
        do
        {
            yield return subset;
            subset = (subset - mask) & mask;
        }
        while (subset != 0);
    }

    private static T[] Pinned<T>(T[] values) where T : unmanaged
    {
        var pinned = GC.AllocateUninitializedArray<T>(Math.Max(1, values.Length), pinned: true);
        values.CopyTo(pinned.AsSpan());
        return pinned;
    }
}
