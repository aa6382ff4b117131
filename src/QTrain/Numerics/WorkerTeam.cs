using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QTrain.Numerics;

/// <summary>Threads that carry out the parts of one job together: fork, work, join. One team per process, made when first needed.</summary>
/// <remarks>
/// Thread pools wake in tens of microseconds, a gate on 16 qubits lasts ten. So a worker that has nothing to do first spins, briefly, and
/// only then sleeps: endless spinning collapses as soon as another process wants the core. When the team is busy with the job of another
/// thread, the caller does all parts by itself. Which thread does a part never changes a result: parts write to places of their own.
/// </remarks>
internal sealed unsafe class WorkerTeam
{
    // The word that parts are claimed from: job number, how many parts, the next part. One word, so that a worker that comes late can
    // never claim from a job that is over.
    private const int PartBits = 16;
    private const long PartMask = (1 << PartBits) - 1;

    private static readonly Lazy<WorkerTeam> Lazy = new(() => new WorkerTeam(Environment.ProcessorCount - 1));
    private static readonly long SpinTicks = Stopwatch.Frequency / 50_000; // 20 µs

    private readonly object _bed = new();
    private readonly object _joined = new();
    private readonly int _workers;
    private Words _words;
    private int _sleepers;
    private int _callerSleeps;
    private delegate*<void*, int, int, void> _body;
    private void* _context;

    private WorkerTeam(int workers)
    {
        _workers = workers;
        for (var k = 0; k < workers; k++)
            new Thread(Work) { IsBackground = true, Name = $"QTrain worker {k}" }.Start();
    }

    /// <summary>The team of the process.</summary>
    public static WorkerTeam Shared => Lazy.Value;

    /// <summary>The largest number of parts a job can have.</summary>
    public const int MaxParts = (int)PartMask - 1;

    /// <summary>Calls <paramref name="body"/>(context, part, parts) once for every part, and returns when all are done.</summary>
    public void Run(delegate*<void*, int, int, void> body, void* context, int parts)
    {
        Debug.Assert(parts is > 0 and <= MaxParts);
        if (parts == 1 || _workers == 0 || Interlocked.CompareExchange(ref _words.Busy, 1, 0) != 0)
        {
            for (var part = 0; part < parts; part++) body(context, part, parts);
            return;
        }
        _body = body;
        _context = context;
        Volatile.Write(ref _words.Unfinished, parts);
        var job = (_words.Claim >>> (2 * PartBits)) + 1;
        Interlocked.Exchange(ref _words.Claim, job << (2 * PartBits) | (long)parts << PartBits);
        if (Volatile.Read(ref _sleepers) > 0)
            lock (_bed) Monitor.PulseAll(_bed);
        DoParts();
        Join();
        Volatile.Write(ref _words.Busy, 0);
    }

    /// <summary>Where part <paramref name="part"/> of <paramref name="parts"/> begins among <paramref name="count"/> things.</summary>
    public static nint Share(nint count, int part, int parts) => (nint)(count * (Int128)part / parts);

    private void DoParts()
    {
        while (true)
        {
            var claim = Volatile.Read(ref _words.Claim);
            var (parts, part) = ((int)(claim >>> PartBits & PartMask), (int)(claim & PartMask));
            if (part >= parts) return;
            if (Interlocked.CompareExchange(ref _words.Claim, claim + 1, claim) != claim) continue;
            // The part is ours, so the job cannot end and these fields cannot change before it is done.
            _body(_context, part, parts);
            if (Interlocked.Decrement(ref _words.Unfinished) == 0 && Volatile.Read(ref _callerSleeps) != 0)
                lock (_joined) Monitor.PulseAll(_joined);
        }
    }

    private void Join()
    {
        var end = Stopwatch.GetTimestamp() + SpinTicks;
        while (Volatile.Read(ref _words.Unfinished) != 0)
        {
            if (Stopwatch.GetTimestamp() < end)
            {
                Thread.SpinWait(4);
                continue;
            }
            lock (_joined)
            {
                Interlocked.Exchange(ref _callerSleeps, 1);
                while (Volatile.Read(ref _words.Unfinished) != 0) Monitor.Wait(_joined);
                Interlocked.Exchange(ref _callerSleeps, 0);
            }
        }
    }

    private void Work()
    {
        long seen = 0;
        while (true)
        {
            var end = Stopwatch.GetTimestamp() + SpinTicks;
            while (Volatile.Read(ref _words.Claim) >>> (2 * PartBits) == seen)
            {
                if (Stopwatch.GetTimestamp() < end)
                {
                    Thread.SpinWait(4);
                    continue;
                }
                lock (_bed)
                {
                    // Counted before looking once more: whoever forks after that look sees a sleeper and wakes it.
                    Interlocked.Increment(ref _sleepers);
                    while (Volatile.Read(ref _words.Claim) >>> (2 * PartBits) == seen) Monitor.Wait(_bed);
                    Interlocked.Decrement(ref _sleepers);
                }
            }
            seen = Volatile.Read(ref _words.Claim) >>> (2 * PartBits);
            DoParts();
        }
    }

    // Each word on cache lines of its own: spinning on one must not slow down writing another.
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Words
    {
        [FieldOffset(128)] public long Claim;
        [FieldOffset(256)] public int Unfinished;
        [FieldOffset(384)] public int Busy;
    }
}
