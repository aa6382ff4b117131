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
    private readonly RadixStep _template;
    private readonly ulong[] _outerMasks;
    private readonly nuint[] _outerFlips;
    private readonly int[][]? _permutations;
    private readonly int _blendLanes;
    private readonly bool _hasLanes, _hasMoves;

    public RadixTileStep(PlanKernels kernels, RadixDraft draft, TileMap tile)
    {
        _kernels = kernels;
        // This puts the bits into the order that the kernels need.
        var map = draft.Solve(kernels.LaneBits);
        Bits = [.. draft.Bits];
        _angles = [.. draft.Bits.Select(draft.AngleOf)];
        _laneAngles = [.. Enumerable.Range(0, kernels.LaneBits).Select(b => b < tile.QubitCount ? draft.AngleOf(tile.QubitAt(b)) : null)];
        var template = default(RadixStep);
        template.Fixed = (nuint)(kernels.Lanes - 1);
        HighestBit = -1;
        var strides = new nuint[RadixStep.MostBits];
        for (var k = 0; k < Bits.Length; k++)
        {
            strides[k] = Sweep.OffsetOf(1UL << tile.PositionOf(Bits[k]));
            template.Fixed |= strides[k];
            HighestBit = Math.Max(HighestBit, tile.PositionOf(Bits[k]));
        }
        (template.Stride0, template.Stride1, template.Stride2) = (strides[0], strides[1], strides[2]);
        (_blendLanes, _permutations) = (map.BlendLanes, map.Permutations);
        template.Blends = map.BlendLanes != 0;
        template.Permutes = map.Permutations is not null;
        for (var lane = 0; lane < _laneAngles.Length; lane++)
            if (_laneAngles[lane] is not null) template.LaneTurns |= 1 << lane;
        for (var vector = 0; vector < 1 << Bits.Length; vector++)
        {
            nuint offset = 0;
            for (var k = 0; k < Bits.Length; k++)
                if ((map.Destinations[vector] >> k & 1) != 0) offset |= strides[k];
            template.Out[vector] = offset;
            _hasMoves |= map.Destinations[vector] != vector;
        }
        var outerMasks = new List<ulong>();
        var outerFlips = new List<nuint>();
        for (var k = 0; k < Bits.Length; k++)
        {
            var (inside, outside) = tile.Split(map.Controls[k]);
            if (inside != 0)
            {
                template.ControlMask[template.ControlCount] = Sweep.OffsetOf(inside);
                template.ControlFlip[template.ControlCount++] = strides[k];
            }
            if (outside != 0)
            {
                outerMasks.Add(outside);
                outerFlips.Add(strides[k]);
            }
            _hasMoves |= (inside | outside) != 0;
        }
        (_outerMasks, _outerFlips) = ([.. outerMasks], [.. outerFlips]);
        _hasLanes = template.LaneTurns != 0 || template.Blends || template.Permutes;
        _template = template;
    }

    public int[] Bits { get; }

    /// <summary>Whether a later step of the circuit takes over a scale.</summary>
    public bool MayDefer { get; set; }

    public override int HighestBit { get; }

    public override int Bytes => (int)LaneStart + (_hasLanes ? RadixStep.LaneRows * _kernels.Lanes * _kernels.ElementBytes : 0);

    private static nuint LaneStart => ((nuint)sizeof(BoundStep) + 63) & ~(nuint)63;

    public override void Initialize(byte* memory)
    {
        var bound = (BoundStep*)memory;
        bound->Step = _template;
        if (!_hasLanes) return;
        bound->Step.Lanes = memory + LaneStart;
        if (_permutations is not null)
            for (var vector = 0; vector < _permutations.Length; vector++)
            {
                var inverse = new int[_permutations[vector].Length];
                for (var lane = 0; lane < inverse.Length; lane++) inverse[_permutations[vector][lane]] = lane;
                fixed (int* sources = _permutations[vector], back = inverse)
                {
                    _kernels.WritePermutation(Row(bound, RadixStep.PermutationRow + vector), sources);
                    _kernels.WritePermutation(Row(bound, RadixStep.InverseRow + vector), back);
                }
            }
        _kernels.WriteMask(Row(bound, RadixStep.BlendRow), _blendLanes);
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

    public override void Run(byte* memory, TileScratch scratch, byte* tile, ulong outer, nuint start, int qubits)
    {
        var bound = (BoundStep*)memory;
        ((delegate*<RadixStep*, void*, nuint, nint, nuint, void>)bound->Kernel)(&bound->Step, tile, start, CountFor(qubits), FlipOf(outer));
    }

    public override int SlopeCount => RadixStep.Slopes;

    public override bool IsMoved => _angles.Concat(_laneAngles).Any(a => a is { Indices.Length: > 0 });

    public override void BindBack(byte* memory, ref DeferredScale scale)
    {
        // The sums are taken when the turns are undone.
        var bound = (BoundStep*)memory;
        scale.Value *= bound->Product;
        bound->Weight = scale.Value * scale.Value;
    }

    public override void RunBack(
        byte* memory, TileScratch scratch, byte* ket, byte* bra, ulong outer, nuint start, int qubits, double* slopes)
    {
        var bound = (BoundStep*)memory;
        ((delegate*<RadixStep*, void*, void*, nuint, nint, nuint, double*, void>)bound->Back)(
            &bound->Step, ket, bra, start, CountFor(qubits), FlipOf(outer), slopes);
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

    private nuint FlipOf(ulong outer)
    {
        nuint flip = 0;
        for (var k = 0; k < _outerMasks.Length; k++)
            if ((BitOperations.PopCount(outer & _outerMasks[k]) & 1) != 0) flip ^= _outerFlips[k];
        return flip;
    }

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

    private struct BoundStep
    {
        public nint Kernel, Back;

        /// <summary>The cosines that were left for later, and what makes slopes of the sums.</summary>
        public double Product, Weight;

        public RadixStep Step;
    }
}
