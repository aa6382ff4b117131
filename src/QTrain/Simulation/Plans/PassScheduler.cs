using System.Numerics;

namespace QTrain.Simulation.Plans;

/// <summary>How large the tiles are in which a plan works. Constants, so that a plan never depends on the machine.</summary>
/// <param name="TileQubits">Qubits inside a tile: 2^13 amplitudes of 16 bytes are 128 KiB, and with those of the next tile, which are asked for
/// meanwhile, half the second cache of most cores.</param>
/// <param name="RowQubits">The lowest qubits, which every tile holds: it is loaded and stored in rows of at least 2^RowQubits amplitudes.</param>
/// <param name="InnerQubits">Steps on the lowest qubits of a tile go through it in portions of so many qubits, which the first cache holds.</param>
internal readonly record struct TileShape(int TileQubits, int RowQubits, int InnerQubits)
{
    private static readonly TileShape OfDoubles = new(13, 6, 10);

    // As many bytes of everything.
    private static readonly TileShape OfSingles = new(14, 7, 11);

    public static TileShape Of(Precision precision) => precision == Precision.Single ? OfSingles : OfDoubles;
}

/// <summary>What is done in one sweep over the memory: operations that mix only the qubits of a tile.</summary>
/// <param name="Tile">The qubits of the tile as a mask. Empty: the one operation mixes more qubits than a tile has.</param>
/// <param name="Operations">In an order that the circuit allows.</param>
internal sealed record Pass(ulong Tile, List<PlanOperation> Operations);

/// <summary>Divides a circuit into passes.</summary>
/// <remarks>
/// A pass begins with the row qubits and takes in the qubits that the next operations mix, as long as the tile has room; operations that wait
/// for none of those left behind are done too. A rotation deeper in the circuit than one left behind waits, though it could be done: taking
/// it early would spread a layer over many sweeps and break its rotations into small groups.
/// </remarks>
internal static class PassScheduler
{
    public static List<Pass> Divide(int qubits, List<PlanOperation> operations, TileShape shape)
    {
        SetDepths(qubits, operations);
        var passes = new List<Pass>();
        if (qubits <= shape.TileQubits)
        {
            passes.Add(new Pass((1UL << qubits) - 1, operations));
            return passes;
        }
        var lowest = (1UL << shape.TileQubits) - 1;
        var rows = (1UL << shape.RowQubits) - 1;
        var taker = new PassTaker(operations, shape.TileQubits);
        while (!taker.IsEmpty)
        {
            var (done, local) = taker.Take(rows);
            // A gate on many qubits takes the place of row qubits.
            if (done.Count == 0) (done, local) = taker.Take(7);
            // Even so it mixes more than a tile: one sweep over the state for itself.
            passes.Add(done.Count == 0 ? new Pass(0, [taker.TakeFirst()]) : new Pass(TileOf(local, lowest, qubits, shape), done));
        }
        return passes;
    }

    /// <summary>The lowest qubits where they suffice, for such a tile is one piece of memory; else the lowest that are free make rows longer.</summary>
    private static ulong TileOf(ulong local, ulong lowest, int qubits, TileShape shape)
    {
        if ((local & ~lowest) == 0) local = lowest;
        for (var qubit = 0; qubit < qubits && BitOperations.PopCount(local) < shape.TileQubits; qubit++) local |= 1UL << qubit;
        return local;
    }

    private static void SetDepths(int qubits, List<PlanOperation> operations)
    {
        // The deepest operation that mixes a qubit, and the deepest that touches it.
        Span<int> mixed = stackalloc int[qubits], touched = stackalloc int[qubits];
        mixed.Clear();
        touched.Clear();
        foreach (var operation in operations)
        {
            var depth = 0;
            for (var set = operation.Mixed; set != 0; set &= set - 1) depth = Math.Max(depth, touched[BitOperations.TrailingZeroCount(set)]);
            for (var set = operation.Signed; set != 0; set &= set - 1) depth = Math.Max(depth, mixed[BitOperations.TrailingZeroCount(set)]);
            if (operation.Kind == PlanOperationKind.Turn || (operation.Kind == PlanOperationKind.Other && operation.Mixed != 0)) depth++;
            operation.Depth = depth;
            for (var set = operation.Mixed; set != 0; set &= set - 1)
            {
                var qubit = BitOperations.TrailingZeroCount(set);
                mixed[qubit] = touched[qubit] = Math.Max(touched[qubit], depth);
            }
            for (var set = operation.Signed; set != 0; set &= set - 1)
            {
                var qubit = BitOperations.TrailingZeroCount(set);
                touched[qubit] = Math.Max(touched[qubit], depth);
            }
        }
    }
}
