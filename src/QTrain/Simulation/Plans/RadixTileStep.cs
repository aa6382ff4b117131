using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>Rotations about Y of a few qubits at once, and a linear map of addresses after them. See <see cref="RadixStep"/>.</summary>
internal sealed unsafe class RadixTileStep : TileStep
{
    private readonly PlanKernels _kernels;
    private readonly AffineAngle?[] _angles;
    private readonly AffineAngle?[] _laneAngles;
    private readonly RadixMap _map;
    private readonly TileMap _tile;
    private readonly bool _hasLanes;
    private readonly RowVisits _rows;
    private RadixStep _template;
    private Flips _outer;
    private bool _hasMoves, _loads, _stores;

    public RadixTileStep(PlanKernels kernels, RadixDraft draft, TileMap tile)
    {
        _kernels = kernels;
        _tile = tile;
        // This puts the bits into the order that the kernels need.
        _map = draft.Solve(kernels.LaneBits);
        Bits = draft.Bits.ToArray();
        _angles = new AffineAngle?[Bits.Length];
        HighestBit = -1;
        _template.Fixed = (nuint)(kernels.Lanes - 1);
        for (var k = 0; k < Bits.Length; k++)
        {
            _angles[k] = draft.AngleOf(Bits[k]);
            IsMoved |= _angles[k] is { Indices.Length: > 0 };
            var position = tile.PositionOf(Bits[k]);
            HighestBit = Math.Max(HighestBit, position);
            _template.Fixed |= (nuint)TileMap.TileStride(position);
        }
        _laneAngles = new AffineAngle?[kernels.LaneBits];
        for (var lane = 0; lane < Math.Min(_laneAngles.Length, tile.QubitCount); lane++)
        {
            if (draft.AngleOf(tile.QubitAt(lane)) is not { } angle) continue;
            _laneAngles[lane] = angle;
            _template.LaneTurns |= 1 << lane;
            IsMoved |= angle.Indices.Length > 0;
        }
        _rows = new RowVisits(tile, _template.Fixed, kernels.ElementBytes);
        _template.Blends = _map.BlendLanes != 0;
        _template.Permutes = _map.Permutes;
        _hasLanes = _template.LaneTurns != 0 || _template.Blends || _template.Permutes;
        _hasMoves = _map.HasMoves;
        SetStrides();
    }

    public int[] Bits { get; }

    /// <summary>Whether a later step of the circuit takes over a scale.</summary>
    public bool MayDefer { get; set; }

    /// <summary>Whether it is the step that asks for the next tile of a pass over tiles of one piece, and on the way back.</summary>
    public bool FetchesNextTile { get; set; }

    public bool FetchesNextTileBack { get; set; }

    public override bool CanReachRows(TileMap tile) => tile.RowQubits >= _kernels.LaneBits;

    public override void ReachRows(TileMap tile, bool loads, bool stores)
    {
        (_loads, _stores) = (loads, stores);
        // Only the kernels with moves store at other strides than they load.
        _hasMoves = true;
        SetStrides();
    }

    private void SetStrides()
    {
        var loads = stackalloc nuint[RadixStep.MostBits];
        Span<nuint> stores = stackalloc nuint[RadixStep.MostBits];
        for (var k = 0; k < Bits.Length; k++)
        {
            var position = _tile.PositionOf(Bits[k]);
            loads[k] = (nuint)(_loads ? _tile.HomeStride(position) : TileMap.TileStride(position));
            stores[k] = (nuint)(_stores ? _tile.HomeStride(position) : TileMap.TileStride(position));
        }
        (_template.Stride0, _template.Stride1, _template.Stride2) = (loads[0], loads[1], loads[2]);
        for (var vector = 0; vector < 1 << Bits.Length; vector++)
        {
            _template.Out[vector] = 0;
            for (var k = 0; k < Bits.Length; k++)
                if ((_map.Destinations[vector] >> k & 1) != 0) _template.Out[vector] |= stores[k];
        }
        // Bits with the same controls flip together.
        _template.ControlCount = 0;
        _outer.Count = 0;
        for (var k = 0; k < Bits.Length; k++)
        {
            var (inside, outside) = _tile.Split(_map.Controls[k]);
            if (outside != 0) _outer.Add(outside, stores[k]);
            if (inside == 0) continue;
            var mask = Sweep.OffsetOf(inside);
            var at = 0;
            while (at < _template.ControlCount && _template.ControlMask[at] != mask) at++;
            if (at == _template.ControlCount)
            {
                (_template.ControlMask[at], _template.ControlFlip[at]) = (mask, 0);
                _template.ControlCount++;
            }
            _template.ControlFlip[at] |= stores[k];
        }
    }

    public override int HighestBit { get; }

    public override int Bytes => (int)LaneStart + (_hasLanes ? RadixStep.LaneRows * _kernels.Lanes * _kernels.ElementBytes : 0);

    private static nuint LaneStart => ((nuint)sizeof(BoundStep) + 63) & ~(nuint)63;

    public override void Initialize(byte* memory)
    {
        var bound = (BoundStep*)memory;
        bound->Step = _template;
        if (!_hasLanes) return;
        bound->Step.Lanes = memory + LaneStart;
        var sources = stackalloc int[8];
        var back = stackalloc int[8];
        for (var vector = 0; _map.Permutes && vector < 1 << Bits.Length; vector++)
        {
            for (var lane = 0; lane < _kernels.Lanes; lane++)
            {
                sources[lane] = _map.Permutations[8 * vector + lane];
                back[sources[lane]] = lane;
            }
            _kernels.WritePermutation(Row(bound, RadixStep.PermutationRow + vector), sources);
            _kernels.WritePermutation(Row(bound, RadixStep.InverseRow + vector), back);
        }
        _kernels.WriteMask(Row(bound, RadixStep.BlendRow), _map.BlendLanes);
    }

    [SkipLocalsInit]
    public override void Bind(byte* memory, ReadOnlySpan<double> at, ref DeferredScale scale)
    {
        var bound = (BoundStep*)memory;
        Span<double> sines = stackalloc double[2 * RadixStep.MostBits + 2];
        Span<double> laneSines = stackalloc double[6];
        var product = 1.0;
        for (var k = 0; k < _angles.Length; k++)
        {
            (sines[2 * k + 1], sines[2 * k]) = _angles[k] is { } angle ? Math.SinCos(angle.At(at) / 2) : (0, 1);
            product *= sines[2 * k];
        }
        for (var lane = 0; lane < _laneAngles.Length; lane++)
        {
            (laneSines[2 * lane + 1], laneSines[2 * lane]) = _laneAngles[lane] is { } angle ? Math.SinCos(angle.At(at) / 2) : (0, 1);
            product *= laneSines[2 * lane];
        }
        var isTangent = MayDefer && scale.CanDefer(product);
        if (isTangent) scale.Value *= product;
        bound->Product = isTangent ? product : 1;
        bound->Kernel = (nint)_kernels.Radix(_angles.Length, isTangent, _hasLanes, _hasMoves);
        bound->Back = (nint)_kernels.RadixBack(_angles.Length, isTangent, _hasLanes, _hasMoves);
        for (var k = 0; k < _angles.Length; k++)
        {
            bound->Step.Turns[2 * k] = sines[2 * k];
            bound->Step.Turns[2 * k + 1] = isTangent ? sines[2 * k + 1] / sines[2 * k] : sines[2 * k + 1];
        }
        for (var lane = 0; lane < _laneAngles.Length; lane++)
        {
            if (_laneAngles[lane] is null) continue;
            var (cos, sin) = (laneSines[2 * lane], laneSines[2 * lane + 1]);
            if (isTangent) sin /= cos;
            for (var k = 0; k < _kernels.Lanes; k++)
            {
                Write(Row(bound, 2 * lane), k, isTangent ? 1 : cos);
                Write(Row(bound, 2 * lane + 1), k, (k >> lane & 1) == 0 ? -sin : sin);
            }
        }
    }

    public override void Run(ref TileVisit visit, nuint start, int qubits)
    {
        var bound = (BoundStep*)(visit.Memory + Offset);
        var kernel = (delegate*<RadixStep*, void*, void*, nuint, nint, nuint, nint, void>)bound->Kernel;
        var flip = _outer.Of(visit.Outer);
        if (!_loads && !_stores)
        {
            kernel(&bound->Step, visit.Ket, visit.Ket, start, CountFor(qubits), flip, FetchesNextTile ? visit.ToNext : 0);
            return;
        }
        for (var row = _rows.First(start); row >= 0; row = _rows.Next(row, start, qubits))
        {
            var (at, home) = _rows.PlaceOf(row);
            var ahead = _loads ? _rows.ToNext(row, ref visit, start, qubits) : 0;
            kernel(&bound->Step, _loads ? visit.KetHome + home : visit.Ket, _stores ? visit.KetHome + home : visit.Ket, at, _rows.Count, flip, ahead);
        }
    }

    public override int SlopeCount => RadixStep.Slopes;

    public override bool IsMoved { get; }

    public override void BindBack(byte* memory, ref DeferredScale scale)
    {
        // The sums are taken when the turns are undone.
        var bound = (BoundStep*)memory;
        scale.Value *= bound->Product;
        bound->Weight = scale.Value * scale.Value;
    }

    public override void RunBack(ref TileVisit visit, nuint start, int qubits)
    {
        var bound = (BoundStep*)(visit.Memory + Offset);
        var kernel = (delegate*<RadixStep*, BackPlaces*, nuint, nint, nuint, nint, double*, void>)bound->Back;
        var flip = _outer.Of(visit.Outer);
        var slopes = visit.Slopes + FirstSlope;
        var places = new BackPlaces { KetSource = visit.Ket, Ket = visit.Ket, BraSource = visit.Bra, Bra = visit.Bra };
        if (!_loads && !_stores)
        {
            kernel(&bound->Step, &places, start, CountFor(qubits), flip, FetchesNextTileBack ? visit.ToNext : 0, slopes);
            return;
        }
        for (var row = _rows.First(start); row >= 0; row = _rows.Next(row, start, qubits))
        {
            var (at, home) = _rows.PlaceOf(row);
            // What was stored is loaded.
            if (_stores)
            {
                places.KetSource = visit.KetHome + home;
                places.BraSource = visit.BraHome + home;
            }
            if (_loads)
            {
                places.Ket = visit.KetHome + home;
                places.Bra = visit.BraHome + home;
            }
            kernel(&bound->Step, &places, at, _rows.Count, flip, _stores ? _rows.ToNext(row, ref visit, start, qubits) : 0, slopes);
        }
    }

    public override void AddTo(Span<double> gradient, byte* memory, ReadOnlySpan<double> slopes)
    {
        var weight = ((BoundStep*)memory)->Weight;
        for (var k = 0; k < _angles.Length; k++)
            _angles[k]?.AddTo(gradient, weight * slopes[k]);
        for (var lane = 0; lane < _laneAngles.Length; lane++)
            _laneAngles[lane]?.AddTo(gradient, weight * slopes[RadixStep.MostBits + lane]);
    }

    private nint CountFor(int qubits) => (nint)1 << (Math.Max(3, qubits) + 1 - _kernels.LaneBits - Bits.Length);

    /// <summary>What it does, for people who look into a plan.</summary>
    public override string ToString() =>
        $"turn {string.Join(' ', Bits.Select((b, k) => _angles[k] is null ? $"({b})" : $"{b}"))}"
        + (_hasLanes ? $" lanes {Convert.ToString(_template.LaneTurns, 2)}{(_template.Blends ? " blend" : "")}{(_template.Permutes ? " permute" : "")}" : "")
        + (_hasMoves ? " move" : "") + (IsInner ? " (inner)" : "");

    private void* Row(BoundStep* bound, int row) => (byte*)bound->Step.Lanes + row * _kernels.Lanes * _kernels.ElementBytes;

    private void Write(void* row, int lane, double value)
    {
        if (_kernels.ElementBytes == sizeof(float)) ((float*)row)[lane] = (float)value;
        else ((double*)row)[lane] = value;
    }

    /// <summary>Bits that flip together where qubits outside the tile have an odd parity.</summary>
    private struct Flips
    {
        public int Count;
        private fixed ulong _masks[RadixStep.MostBits], _flips[RadixStep.MostBits];

        public void Add(ulong mask, nuint flip)
        {
            var at = 0;
            while (at < Count && _masks[at] != mask) at++;
            if (at == Count) (_masks[Count], _flips[Count], Count) = (mask, 0, Count + 1);
            _flips[at] |= flip;
        }

        public nuint Of(ulong outer)
        {
            ulong flip = 0;
            for (var k = 0; k < Count; k++)
                if ((BitOperations.PopCount(outer & _masks[k]) & 1) != 0) flip ^= _flips[k];
            return (nuint)flip;
        }
    }

    private struct BoundStep
    {
        public nint Kernel, Back;

        /// <summary>The cosines that were left for later, and what makes slopes of the sums.</summary>
        public double Product, Weight;

        public RadixStep Step;
    }
}
