using System.Runtime.InteropServices;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>Memory of one thread for the tile it works on. Kept as long as the thread.</summary>
internal sealed unsafe class TileScratch
{
    [ThreadStatic]
    private static TileScratch? _ofThread;

    private byte[] _memory = [];
    private byte* _tile;
    private byte[] _tables = [];
    private readonly Dictionary<KernelTable, GateSweeps> _sweeps = [];

    public static TileScratch OfThread => _ofThread ??= new TileScratch();

    /// <summary>A gathered tile, aligned to a page.</summary>
    public byte* Tile(int bytes)
    {
        if (_memory.Length < bytes + 4096)
        {
            _memory = GC.AllocateUninitializedArray<byte>(bytes + 4096, pinned: true);
            _tile = (byte*)(((nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) + 4095) & ~(nuint)4095);
        }
        return _tile;
    }

    /// <summary>Tables of phases, aligned to a cache line.</summary>
    public byte* Tables(int bytes)
    {
        if (_tables.Length < bytes + 64) _tables = GC.AllocateUninitializedArray<byte>(bytes + 64, pinned: true);
        return (byte*)(((nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_tables, 0) + 63) & ~(nuint)63);
    }

    /// <summary>Gates by themselves, on the amplitudes of a tile.</summary>
    public GateSweeps Sweeps(KernelTable kernels, void* tile, int qubits)
    {
        if (!_sweeps.TryGetValue(kernels, out var sweeps)) _sweeps.Add(kernels, sweeps = new GateSweeps(kernels));
        sweeps.Pointer = tile;
        sweeps.QubitCount = qubits;
        return sweeps;
    }
}
