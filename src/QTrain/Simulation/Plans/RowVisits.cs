using System.Numerics;

namespace QTrain.Simulation.Plans;

/// <summary>The order in which a step visits the rows of a tile: one that it does not mix with others after the other, each with all that it mixes
/// it with.</summary>
/// <param name="tile">The tile.</param>
/// <param name="mixed">The bits of an offset in the tile that no visit counts through: qubits that are mixed, lanes.</param>
/// <param name="elementBytes">Of a number.</param>
internal readonly unsafe struct RowVisits(TileMap tile, nuint mixed, int elementBytes)
{
    private readonly int _rowBits = (int)(mixed >> (tile.RowQubits + 1));

    /// <summary>How many visits a row takes.</summary>
    public nint Count { get; } = (nint)1 << (tile.RowQubits + 1 - BitOperations.PopCount(mixed & (((nuint)2 << tile.RowQubits) - 1)));

    /// <summary>The row that begins at an offset of the tile.</summary>
    public int First(nuint start) => (int)(start >> (tile.RowQubits + 1));

    /// <summary>The next one among <paramref name="qubits"/> qubits from an offset on; −1 at the end.</summary>
    public int Next(int row, nuint start, int qubits)
    {
        row = ((row | _rowBits) + 1) & ~_rowBits;
        return row < (int)((start + ((nuint)2 << qubits)) >> (tile.RowQubits + 1)) ? row : -1;
    }

    /// <summary>Where a row begins in a tile of one piece, and how many bytes farther it is in the state.</summary>
    public (nuint At, nint Home) PlaceOf(int row)
    {
        var at = (nuint)row << (tile.RowQubits + 1);
        return (at, (tile.Rows[row] - (nint)at) * elementBytes);
    }

    /// <summary>From a row to that which is visited next, in numbers; in the end to the next tile's first. 0: nothing is to be asked for.</summary>
    public nint ToNext(int row, ref TileVisit visit, nuint start, int qubits)
    {
        if (!visit.FetchesRows) return 0;
        var next = Next(row, start, qubits);
        return next >= 0 ? tile.Rows[next] - tile.Rows[row] : visit.ToNext + tile.Rows[0] - tile.Rows[row];
    }
}
