using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>The steps of one sweep over memory, tile by tile.</summary>
internal sealed unsafe class PassPlan
{
    // A smaller state is in a cache whose rows come fast enough by themselves.
    private const int LargestNearState = 4 << 20;

    private const int HalfPage = 2048;

    private readonly int _innerQubits, _elementBytes;
    private readonly int _tableBytes;
    private readonly KernelTable? _kernels;
    private readonly bool _gathers, _scatters;
    private readonly Segment[] _segments;

    public PassPlan(TileMap tile, TileStep[] steps, int innerQubits, int elementBytes, KernelTable kernels)
    {
        Tile = tile;
        Steps = steps;
        _elementBytes = elementBytes;
        RadixTileStep? firstTurns = null, lastTurns = null;
        foreach (var step in steps)
        {
            _tableBytes = Math.Max(_tableBytes, step.TableBytes);
            if (step is OtherTileStep) _kernels = kernels;
            if (step is not RadixTileStep turns) continue;
            firstTurns ??= turns;
            lastTurns = turns;
        }
        _innerQubits = Math.Min(innerQubits, tile.QubitCount);
        // Rows are brought together and put back by the steps that do something with them, where they can.
        var (loads, stores) = (!tile.IsOnePiece && steps[0].CanReachRows(tile), !tile.IsOnePiece && steps[^1].CanReachRows(tile));
        if (steps.Length == 1 && loads) steps[0].ReachRows(tile, loads: true, stores: true);
        else
        {
            if (loads) steps[0].ReachRows(tile, loads: true, stores: false);
            if (stores) steps[^1].ReachRows(tile, loads: false, stores: true);
        }
        // Rows are asked for by the step that loads them; the next tile of one piece by the last rotations, while the cache still has room for both.
        if (tile.IsOnePiece && firstTurns is not null) lastTurns!.FetchesNextTile = firstTurns.FetchesNextTileBack = true;
        (_gathers, _scatters) = (!tile.IsOnePiece && !loads, !tile.IsOnePiece && !stores);
        _segments = Segments();
        foreach (var step in steps)
        {
            step.FirstSlope = SlopeCount;
            SlopeCount += step.SlopeCount;
        }
    }

    public PassPlan(Instruction whole) => (Tile, Steps, Whole, _segments) = (new TileMap(0, 0), [], whole, []);

    public TileMap Tile { get; }

    public TileStep[] Steps { get; }

    /// <summary>Instead of steps: an instruction that mixes more qubits than a tile has.</summary>
    public Instruction? Whole { get; }

    /// <summary>Numbers that a tile adds up on the way back.</summary>
    public int SlopeCount { get; }

    /// <summary>Does the steps to the tiles of a state in which some amplitude may differ from zero.</summary>
    /// <param name="state">Its amplitudes.</param>
    /// <param name="qubits">Of the state.</param>
    /// <param name="known">What is known of them.</param>
    /// <param name="memory">What an evaluation bound.</param>
    /// <param name="parts">Threads.</param>
    public void Run(byte* state, int qubits, KnownQubits known, byte* memory, int parts)
    {
        var job = new Job { State = state, Memory = memory, OuterMask = ((1UL << qubits) - 1) & ~(Tile.Mask | known.Mask), OuterValue = known.Value & ~Tile.Mask };
        Share(job, parts);
    }

    /// <summary>Undoes the steps from the last down to number <paramref name="first"/> on |ψ⟩ and |λ⟩, and writes <see cref="SlopeCount"/>
    /// numbers a tile.</summary>
    public void RunBack(byte* ket, byte* bra, int qubits, byte* memory, int parts, int first, double* slopes) =>
        Share(
            new Job { State = ket, Bra = bra, Memory = memory, Slopes = slopes, First = first, OuterMask = ((1UL << qubits) - 1) & ~Tile.Mask },
            parts);

    /// <summary>Runs of steps on the lowest qubits go through a tile in portions.</summary>
    private Segment[] Segments()
    {
        var segments = new Segment[Steps.Length];
        var count = 0;
        for (var k = 0; k < Steps.Length;)
        {
            var end = k;
            while (end < Steps.Length && _innerQubits < Tile.QubitCount && Steps[end].HighestBit < _innerQubits) end++;
            // One step by itself gains nothing from going through in portions.
            if (end - k >= 2)
            {
                for (var inner = k; inner < end; inner++) Steps[inner].IsInner = true;
                segments[count++] = new Segment(k, end, IsInner: true);
            }
            else segments[count++] = new Segment(k, end = k + 1, IsInner: false);
            k = end;
        }
        return segments[..count];
    }

    private void Share(Job job, int parts)
    {
        Reserve(job.Bra is null ? 1 : 2);
        var self = this;
        job.Pass = Unsafe.AsPointer(ref self);
        job.Tiles = (nint)1 << BitOperations.PopCount(job.OuterMask);
        parts = (int)Math.Min(parts, job.Tiles);
        if (parts == 1) RunPart(&job, 0, 1);
        else WorkerTeam.Shared.Run(&RunPart, &job, parts);
        GC.KeepAlive(self);
    }

    private static void RunPart(void* context, int part, int parts)
    {
        var job = (Job*)context;
        // The caller waits, so the variable on its stack is there, and the collector keeps it up to date.
        var pass = Unsafe.AsRef<PassPlan>(job->Pass);
        pass.RunTiles(job, WorkerTeam.Share(job->Tiles, part, parts), WorkerTeam.Share(job->Tiles, part + 1, parts));
    }

    private void RunTiles(Job* job, nint first, nint end)
    {
        var tileBytes = 2 * _elementBytes << Tile.QubitCount;
        var visit = new TileVisit { Memory = job->Memory, Scratch = TileScratch.OfThread };
        var isBack = job->Bra is not null;
        visit.FetchesRows = job->Tiles * tileBytes > LargestNearState;
        if (!Tile.IsOnePiece)
        {
            // Half a page apart, for the same rows of both are used together: see AmplitudeBuffer.
            visit.Ket = visit.Scratch.Tile(isBack ? 2 * tileBytes + HalfPage : tileBytes);
            visit.Bra = visit.Ket + tileBytes + HalfPage;
        }
        visit.Outer = Deposit((ulong)first, job->OuterMask) | job->OuterValue;
        for (var tile = first; tile < end; tile++)
        {
            var place = (nint)(2 * _elementBytes) * (nint)visit.Outer;
            visit.KetHome = job->State + place;
            visit.BraHome = job->Bra + place;
            var next = (((visit.Outer | ~job->OuterMask) + 1) & job->OuterMask) | job->OuterValue;
            visit.ToNext = tile + 1 < end ? 2 * (nint)(next - visit.Outer) : 0;
            if (Tile.IsOnePiece)
            {
                visit.Ket = visit.KetHome;
                visit.Bra = visit.BraHome;
            }
            if (isBack)
            {
                visit.Slopes = job->Slopes + tile * SlopeCount;
                RunStepsBack(job->First, ref visit);
            }
            else
            {
                RunSteps(ref visit);
            }
            visit.Outer = next;
        }
    }

    private void RunSteps(ref TileVisit visit)
    {
        if (_gathers) Gather(visit.KetHome, visit.Ket);
        foreach (var (first, end, isInner) in _segments)
        {
            var qubits = isInner ? _innerQubits : Tile.QubitCount;
            for (nuint start = 0; start < (nuint)2 << Tile.QubitCount; start += (nuint)2 << qubits)
                for (var k = first; k < end; k++) Steps[k].Run(ref visit, start, qubits);
        }
        if (_scatters) Scatter(visit.Ket, visit.KetHome);
    }

    private void RunStepsBack(int firstStep, ref TileVisit visit)
    {
        new Span<double>(visit.Slopes, SlopeCount).Clear();
        if (_scatters)
        {
            Gather(visit.KetHome, visit.Ket);
            Gather(visit.BraHome, visit.Bra);
        }
        for (var s = _segments.Length - 1; s >= 0; s--)
        {
            var (first, end, isInner) = _segments[s];
            first = Math.Max(first, firstStep);
            var qubits = isInner ? _innerQubits : Tile.QubitCount;
            for (nuint start = 0; start < (nuint)2 << Tile.QubitCount; start += (nuint)2 << qubits)
                for (var k = end - 1; k >= first; k--) Steps[k].RunBack(ref visit, start, qubits);
        }
        // Where steps are left undone nothing comes after them.
        if (!_gathers || firstStep > 0) return;
        Scatter(visit.Ket, visit.KetHome);
        Scatter(visit.Bra, visit.BraHome);
    }

    private void Gather(byte* home, byte* target)
    {
        var bytes = 2 * _elementBytes << Tile.RowQubits;
        for (var row = 0; row < Tile.RowCount; row++)
            Unsafe.CopyBlockUnaligned(target + row * (nint)bytes, home + Tile.Rows[row] * _elementBytes, (uint)bytes);
    }

    private void Scatter(byte* source, byte* home)
    {
        var bytes = 2 * _elementBytes << Tile.RowQubits;
        for (var row = 0; row < Tile.RowCount; row++)
            Unsafe.CopyBlockUnaligned(home + Tile.Rows[row] * _elementBytes, source + row * (nint)bytes, (uint)bytes);
    }

    // Whether the caller does a part is chance, so its memory is made ready before: an evaluation then allocates the first time or never.
    private void Reserve(int tiles)
    {
        var scratch = TileScratch.OfThread;
        scratch.Tables(_tableBytes);
        if (!Tile.IsOnePiece) scratch.Tile(tiles * ((2 * _elementBytes << Tile.QubitCount) + HalfPage));
        if (_kernels is not null) scratch.Sweeps(_kernels, null, Tile.QubitCount);
    }

    private static ulong Deposit(ulong index, ulong mask)
    {
        ulong result = 0;
        for (; index != 0; index >>= 1, mask &= mask - 1)
            if ((index & 1) != 0) result |= mask & (0 - mask);
        return result;
    }

    private readonly record struct Segment(int First, int End, bool IsInner);

    private struct Job
    {
        public void* Pass;
        public byte* State, Bra;
        public double* Slopes;
        public int First;
        public byte* Memory;
        public nint Tiles;

        /// <summary>The qubits outside a tile that number the tiles, and the others that are 1.</summary>
        public ulong OuterMask, OuterValue;
    }
}
