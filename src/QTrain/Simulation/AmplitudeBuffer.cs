using System.Diagnostics.CodeAnalysis;
using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace QTrain.Simulation;

/// <summary>Native memory for the amplitudes of one state, aligned to a cache line and kept for the next state of its size.</summary>
/// <remarks>Not cleared when rented. The finalizer only returns what nobody disposed of.</remarks>
internal sealed unsafe class AmplitudeBuffer : CriticalFinalizerObject, IDisposable
{
    // Above this, touching fresh pages costs little beside any use of them, and holding on would starve others.
    private const long LargestKept = 64L << 20;
    private const long MostKept = 256L << 20;

    private static readonly Lock Gate = new();
    private static readonly Stack<nint>[] Kept = [.. Enumerable.Range(0, 64).Select(_ => new Stack<nint>())];
    private const int Page = 4096, Colours = 4;

    private static long _kept;
    private static long _inUse;
    private static int _colour;

    private readonly long _bytes;

    private AmplitudeBuffer(double* pointer, long bytes)
    {
        Pointer = pointer;
        _bytes = bytes;
    }

    [SuppressMessage("Design", "MA0055:Do not use finalizer", Justification = "it owns native memory, and a handle would add a call to every use")]
    ~AmplitudeBuffer() => Return();

    /// <summary>Null once disposed.</summary>
    public double* Pointer { get; private set; }

    /// <summary>Bytes that living states hold.</summary>
    public static long BytesInUse => Interlocked.Read(ref _inUse);

    /// <summary>Memory for a state of so many qubits, doubles or singles.</summary>
    /// <exception cref="NotEnoughMemoryException">It does not fit.</exception>
    public static AmplitudeBuffer Rent(int qubits, Precision precision = Precision.Double)
    {
        SimulationMemory.Demand(qubits, states: 1, precision);
        var bytes = SimulationMemory.BytesFor(qubits, precision);
        double* pointer = null;
        lock (Gate)
        {
            if (Kept[SimulationMemory.QubitsIn(bytes)].TryPop(out var kept))
            {
                _kept -= bytes;
                pointer = (double*)kept;
            }
        }
        if (pointer is null)
        {
            try
            {
                pointer = (double*)Allocate(bytes);
            }
            catch (OutOfMemoryException)
            {
                throw new NotEnoughMemoryException(qubits, states: 1, precision);
            }
        }
        Interlocked.Add(ref _inUse, bytes);
        return new AmplitudeBuffer(pointer, bytes);
    }

    private static byte* Allocate(long bytes)
    {
        if (bytes < Page) return (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 128);
        // Rows a multiple of a page apart fall on one set of the first cache, whose eight ways hold the eight rows of one state. Whoever works on
        // two states at once, as a gradient does, needs them on different sets.
        var colour = Interlocked.Increment(ref _colour) & (Colours - 1);
        return (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + Page), Page) + colour * (Page / Colours);
    }

    private static void Free(void* pointer, long bytes) =>
        NativeMemory.AlignedFree(bytes < Page ? pointer : (void*)((nuint)pointer & ~(nuint)(Page - 1)));

    public void Dispose()
    {
        Return();
        GC.SuppressFinalize(this);
    }

    private void Return()
    {
        var pointer = Pointer;
        if (pointer is null) return;
        Pointer = null;
        Interlocked.Add(ref _inUse, -_bytes);
        lock (Gate)
        {
            if (_bytes <= LargestKept && _kept + _bytes <= MostKept)
            {
                Kept[SimulationMemory.QubitsIn(_bytes)].Push((nint)pointer);
                _kept += _bytes;
                return;
            }
        }
        Free(pointer, _bytes);
    }
}
