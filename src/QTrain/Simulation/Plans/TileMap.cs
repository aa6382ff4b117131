using System.Numerics;

namespace QTrain.Simulation.Plans;

/// <summary>Which bit of an address inside a tile stands for which qubit.</summary>
internal sealed class TileMap
{
    private readonly int[] _qubits;
    private readonly int[] _positions = new int[64];

    /// <param name="qubits">In order of the bits of an address.</param>
    public TileMap(int[] qubits)
    {
        _qubits = qubits;
        Array.Fill(_positions, -1);
        for (var k = 0; k < qubits.Length; k++) _positions[qubits[k]] = k;
    }

    public int QubitCount => _qubits.Length;

    public int QubitAt(int position) => _qubits[position];

    /// <summary>The bit that stands for a qubit; −1 where it is outside the tile.</summary>
    public int PositionOf(int qubit) => _positions[qubit];

    /// <summary>A mask of qubits as bits of the tile's addresses, and those qubits that are outside it, under their own numbers.</summary>
    public (ulong Inside, ulong Outside) Split(ulong mask)
    {
        ulong inside = 0, outside = 0;
        for (; mask != 0; mask &= mask - 1)
        {
            var position = _positions[BitOperations.TrailingZeroCount(mask)];
            if (position >= 0) inside |= 1UL << position;
            else outside |= mask & (0 - mask);
        }
        return (inside, outside);
    }
}
