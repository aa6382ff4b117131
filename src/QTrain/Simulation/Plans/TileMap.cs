using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>Which bit of an address inside a tile stands for which qubit, and where the tile's amplitudes are in the state.</summary>
/// <remarks>A tile of the lowest qubits is one piece of the state. Any other is many rows: the lowest qubits, as far as they follow one
/// another, number the amplitudes inside a row. Offsets count numbers, not bytes, from where the tile begins.</remarks>
internal sealed unsafe class TileMap
{
    private readonly int[] _qubits;
    private readonly sbyte[] _positions = new sbyte[64];
    private readonly nint[] _rows;
    private nint[]? _columns, _homeColumns;
    private int _columnQubits;

    /// <param name="mask">Its qubits, which are the bits of an address in rising order.</param>
    /// <param name="mostRowQubits">Of a row: steps that go through a tile in portions take whole rows.</param>
    public TileMap(ulong mask, int mostRowQubits)
    {
        Mask = mask;
        var qubits = _qubits = new int[BitOperations.PopCount(mask)];
        for (var k = 0; k < qubits.Length; k++, mask &= mask - 1) qubits[k] = BitOperations.TrailingZeroCount(mask);
        for (var k = 0; k < _positions.Length; k++) _positions[k] = -1;
        for (var k = 0; k < qubits.Length; k++) _positions[qubits[k]] = (sbyte)k;
        while (RowQubits < Math.Min(qubits.Length, mostRowQubits) && qubits[RowQubits] == RowQubits) RowQubits++;
        _rows = GC.AllocateArray<nint>(1 << (qubits.Length - RowQubits), pinned: true);
        for (var row = 0; row < _rows.Length; row++)
            for (var k = RowQubits; k < qubits.Length; k++)
                if ((row >> (k - RowQubits) & 1) != 0) _rows[row] |= HomeStride(k);
    }

    public int QubitCount => _qubits.Length;

    /// <summary>The qubits as a mask.</summary>
    public ulong Mask { get; }

    /// <summary>How many of the lowest qubits follow one another: a row has so many.</summary>
    public int RowQubits { get; }

    public int RowCount => _rows.Length;

    /// <summary>Whether the tile is one piece of the state.</summary>
    public bool IsOnePiece => (Mask & (Mask + 1)) == 0;

    /// <summary>Where each row begins in the state. The array does not move; it lives as long as the map.</summary>
    public nint* Rows => (nint*)Marshal.UnsafeAddrOfPinnedArrayElement(_rows, 0);

    /// <summary>Where pieces of 2^<paramref name="qubits"/> amplitudes begin: in the tile when it is one piece, or in the state. Always asked for with
    /// the same number of qubits, and remembered. The array does not move.</summary>
    public nint[] ColumnsOf(int qubits, bool isHome)
    {
        Debug.Assert(_columns is null && _homeColumns is null || _columnQubits == qubits);
        _columnQubits = qubits;
        ref var columns = ref isHome ? ref _homeColumns : ref _columns;
        if (columns is not null) return columns;
        var made = GC.AllocateUninitializedArray<nint>(1 << (_qubits.Length - qubits), pinned: true);
        var (size, shift) = ((nint)Sweep.OffsetOf(1UL << Math.Max(3, qubits)), RowQubits - qubits);
        for (var k = 0; k < made.Length; k++)
            made[k] = isHome ? _rows[k >> shift] + (k & ((1 << shift) - 1)) * size : k * size;
        return columns = made;
    }

    public int QubitAt(int position) => _qubits[position];

    /// <summary>The bit that stands for a qubit; −1 where it is outside the tile.</summary>
    public int PositionOf(int qubit) => _positions[qubit];

    /// <summary>How far apart in the state two amplitudes are that differ in one bit of the tile's address.</summary>
    public nint HomeStride(int position) => (nint)Sweep.OffsetOf(1UL << _qubits[position]);

    /// <summary>How far apart they are in the tile when it is in one piece.</summary>
    public static nint TileStride(int position) => (nint)Sweep.OffsetOf(1UL << position);

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

    /// <summary>Its qubits, for people who look into a plan.</summary>
    public override string ToString() => string.Join(' ', _qubits);
}
