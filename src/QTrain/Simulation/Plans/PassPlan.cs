using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>The steps of one sweep over memory, tile by tile.</summary>
internal sealed unsafe class PassPlan
{
    private readonly int _innerQubits, _elementBytes, _rowBytes;
    private readonly ulong _tileMask;
    private readonly int _tableBytes;
    private readonly KernelTable? _kernels;
    private readonly bool _isContiguous;
    private readonly nint[] _rows;
    private readonly (int First, int End, bool IsInner)[] _segments;

    public PassPlan(int[] tile, TileStep[] steps, int innerQubits, int elementBytes, KernelTable kernels, Instruction? whole)
    {
        Tile = tile;
        Steps = steps;
        Whole = whole;
        _elementBytes = elementBytes;
        _tableBytes = steps.Length == 0 ? 0 : steps.Max(s => s.TableBytes);
        if (steps.Any(s => s is OtherTileStep)) _kernels = kernels;
        _innerQubits = Math.Min(innerQubits, tile.Length);
        foreach (var qubit in tile) _tileMask |= 1UL << qubit;
        var together = 0;
        while (together < tile.Length && tile[together] == together) together++;
        _isContiguous = together == tile.Length;
        _rowBytes = 2 * elementBytes << together;
        _rows = _isContiguous ? [] : [.. Enumerable.Range(0, 1 << (tile.Length - together)).Select(row =>
        {
            nint offset = 0;
            for (var k = together; k < tile.Length; k++)
                if ((row >> (k - together) & 1) != 0) offset += (nint)(2 * elementBytes) << tile[k];
            return offset;
        })];
        var segments = new List<(int First, int End, bool IsInner)>();
        for (var k = 0; k < steps.Length;)
        {
            var end = k;
            while (end < steps.Length && _innerQubits < tile.Length && steps[end].HighestBit < _innerQubits) end++;
            // One step by itself gains nothing from going through in portions.
            if (end - k >= 2)
            {
                for (var inner = k; inner < end; inner++) steps[inner].IsInner = true;
                segments.Add((k, end, true));
            }
            else segments.Add((k, end = k + 1, false));
            k = end;
        }
        _segments = [.. segments];
        foreach (var step in steps)
        {
            step.FirstSlope = SlopeCount;
            SlopeCount += step.SlopeCount;
        }
    }

    public int[] Tile { get; }

    public TileStep[] Steps { get; }

    /// <summary>Instead of steps: an instruction that mixes more qubits than a tile has.</summary>
    public Instruction? Whole { get; }

    /// <summary>Numbers that a tile adds up on the way back.</summary>
    public int SlopeCount { get; }

    /// <summary>Does the steps to every tile of a state.</summary>
    public void Run(byte* state, int qubits, byte* memory, int parts) =>
        Share(new Job { State = state, Memory = memory, Tiles = (nint)1 << (qubits - Tile.Length) }, parts);

    /// <summary>Undoes the steps from the last down to number <paramref name="first"/> on |ψ⟩ and |λ⟩, and writes <see cref="SlopeCount"/>
    /// numbers a tile.</summary>
    public void RunBack(byte* ket, byte* bra, int qubits, byte* memory, int parts, int first, double* slopes) =>
        Share(
            new Job { State = ket, Bra = bra, Memory = memory, Slopes = slopes, First = first, Tiles = (nint)1 << (qubits - Tile.Length) },
            parts);

    private void Share(Job job, int parts)
    {
        Reserve(job.Bra is null ? 1 : 2);
        var self = this;
        job.Pass = Unsafe.AsPointer(ref self);
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
        var (first, end) = (WorkerTeam.Share(job->Tiles, part, parts), WorkerTeam.Share(job->Tiles, part + 1, parts));
        if (job->Bra is null) pass.RunTiles(job, first, end);
        else pass.RunTilesBack(job, first, end);
    }

    private void RunTilesBack(Job* job, nint first, nint end)
    {
        var scratch = TileScratch.OfThread;
        var tileBytes = 2 * _elementBytes << Tile.Length;
        var buffer = _isContiguous ? null : scratch.Tile(2 * tileBytes);
        var outer = Deposit((ulong)first, ~_tileMask);
        for (var tile = first; tile < end; tile++)
        {
            var place = (nint)(2 * _elementBytes) * (nint)outer;
            var (ket, bra) = ((nint)(job->State + place), (nint)(job->Bra + place));
            if (!_isContiguous)
            {
                Gather((byte*)ket, buffer);
                Gather((byte*)bra, buffer + tileBytes);
                (ket, bra) = ((nint)buffer, (nint)(buffer + tileBytes));
            }
            RunStepsBack(job, scratch, (byte*)ket, (byte*)bra, outer, job->Slopes + tile * SlopeCount);
            if (!_isContiguous)
            {
                Scatter(buffer, job->State + place);
                Scatter(buffer + tileBytes, job->Bra + place);
            }
            outer = ((outer | _tileMask) + 1) & ~_tileMask;
        }
    }

    private void RunStepsBack(Job* job, TileScratch scratch, byte* ket, byte* bra, ulong outer, double* slopes)
    {
        for (var k = 0; k < SlopeCount; k++) slopes[k] = 0;
        for (var s = _segments.Length - 1; s >= 0; s--)
        {
            var (first, end, isInner) = _segments[s];
            first = Math.Max(first, job->First);
            var qubits = isInner ? _innerQubits : Tile.Length;
            for (nuint start = 0; start < (nuint)2 << Tile.Length; start += (nuint)2 << qubits)
                for (var k = end - 1; k >= first; k--)
                    Steps[k].RunBack(job->Memory + Steps[k].Offset, scratch, ket, bra, outer, start, qubits, slopes + Steps[k].FirstSlope);
        }
    }

    private void Gather(byte* place, byte* target)
    {
        foreach (var row in _rows)
        {
            Unsafe.CopyBlockUnaligned(target, place + row, (uint)_rowBytes);
            target += _rowBytes;
        }
    }

    private void Scatter(byte* source, byte* place)
    {
        foreach (var row in _rows)
        {
            Unsafe.CopyBlockUnaligned(place + row, source, (uint)_rowBytes);
            source += _rowBytes;
        }
    }

    // Whether the caller does a part is chance, so its memory is made ready before: an evaluation then allocates the first time or never.
    private void Reserve(int tiles)
    {
        var scratch = TileScratch.OfThread;
        scratch.Tables(_tableBytes);
        if (!_isContiguous) scratch.Tile(tiles * (2 * _elementBytes << Tile.Length));
        if (_kernels is not null) scratch.Sweeps(_kernels, null, Tile.Length);
    }

    private void RunTiles(Job* job, nint first, nint end)
    {
        var scratch = TileScratch.OfThread;
        var tileBytes = 2 * _elementBytes << Tile.Length;
        var buffer = _isContiguous ? null : scratch.Tile(tileBytes);
        var outer = Deposit((ulong)first, ~_tileMask);
        for (var tile = first; tile < end; tile++)
        {
            var place = job->State + (nint)(2 * _elementBytes) * (nint)outer;
            if (_isContiguous)
            {
                RunSteps(job->Memory, scratch, place, outer);
            }
            else
            {
                Gather(place, buffer);
                RunSteps(job->Memory, scratch, buffer, outer);
                Scatter(buffer, place);
            }
            outer = ((outer | _tileMask) + 1) & ~_tileMask;
        }
    }

    private void RunSteps(byte* memory, TileScratch scratch, byte* tile, ulong outer)
    {
        foreach (var (first, end, isInner) in _segments)
        {
            if (!isInner)
            {
                for (var k = first; k < end; k++) Steps[k].Run(memory + Steps[k].Offset, scratch, tile, outer, 0, Tile.Length);
                continue;
            }
            for (nuint start = 0; start < (nuint)2 << Tile.Length; start += (nuint)2 << _innerQubits)
                for (var k = first; k < end; k++) Steps[k].Run(memory + Steps[k].Offset, scratch, tile, outer, start, _innerQubits);
        }
    }

    private static ulong Deposit(ulong index, ulong mask)
    {
        ulong result = 0;
        for (; index != 0; index >>= 1, mask &= mask - 1)
            if ((index & 1) != 0) result |= mask & (0 - mask);
        return result;
    }

    private struct Job
    {
        public void* Pass;
        public byte* State, Bra;
        public double* Slopes;
        public int First;
        public byte* Memory;
        public nint Tiles;
    }
}
