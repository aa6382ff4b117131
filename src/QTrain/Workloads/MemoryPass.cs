using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using QTrain.Numerics;
using QTrain.Simulation;

namespace QTrain.Workloads;

/// <summary>The unit that workloads are compared in: one in-place read-modify-write sweep over a state's memory.</summary>
internal sealed unsafe class MemoryPass : IDisposable
{
    private const int DoublesAtOnce = 32;

    private readonly AmplitudeBuffer _buffer;
    private readonly nint _doubles;
    private readonly int _parts;

    /// <param name="qubits">A state of so many qubits.</param>
    /// <param name="options">Its precision, and threads; a small state is swept by one, as simulators do it.</param>
    public MemoryPass(int qubits, SimulationOptions options)
    {
        Bytes = SimulationMemory.BytesFor(Math.Max(5, qubits), options.Precision);
        _doubles = (nint)(Bytes / sizeof(double));
        _parts = qubits < 14 ? 1 : options.Parts;
        _buffer = AmplitudeBuffer.Rent(Math.Max(5, qubits), options.Precision);
        for (nint k = 0; k < _doubles; k++) _buffer.Pointer[k] = 1;
    }

    /// <summary>The memory swept. A pass reads and writes it once: it moves twice as much.</summary>
    public long Bytes { get; }

    /// <summary>Sweeps once.</summary>
    public void Run()
    {
        var job = new Job { Start = _buffer.Pointer, Count = _doubles / DoublesAtOnce };
        if (_parts == 1) Sweep(&job, 0, 1);
        else WorkerTeam.Shared.Run(&Sweep, &job, _parts);
        GC.KeepAlive(_buffer);
    }

    public void Dispose() => _buffer.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sweep(void* context, int part, int parts)
    {
        var job = (Job*)context;
        var at = job->Start + (nint)(job->Count * (Int128)part / parts) * DoublesAtOnce;
        var end = job->Start + (nint)(job->Count * (Int128)(part + 1) / parts) * DoublesAtOnce;
        // Changes the sign, so that numbers neither grow nor fade however often it is swept.
        var factor = Vector256.Create(-1.0);
        for (; at < end; at += DoublesAtOnce)
        {
            var (a, b, c, d) = (Vector256.Load(at), Vector256.Load(at + 4), Vector256.Load(at + 8), Vector256.Load(at + 12));
            (a * factor).Store(at);
            (b * factor).Store(at + 4);
            (c * factor).Store(at + 8);
            (d * factor).Store(at + 12);
            (a, b, c, d) = (Vector256.Load(at + 16), Vector256.Load(at + 20), Vector256.Load(at + 24), Vector256.Load(at + 28));
            (a * factor).Store(at + 16);
            (b * factor).Store(at + 20);
            (c * factor).Store(at + 24);
            (d * factor).Store(at + 28);
        }
    }

    private struct Job
    {
        public double* Start;
        public nint Count;
    }
}
