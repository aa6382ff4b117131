using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>A step being put together: turns of some qubits, then moves that flip these qubits, kept as one linear map of address bits. One draft
/// serves one step after the other.</summary>
internal sealed class RadixDraft
{
    private readonly ulong _lanes;
    private readonly AffineAngle?[] _angles = new AffineAngle?[64];
    private readonly ulong[] _map = new ulong[64];
    private readonly int[] _bits = new int[RadixStep.MostBits];
    private ulong _group, _turned, _mapped, _flipped;
    private int _count;

    /// <param name="lanes">The qubits inside the register.</param>
    public RadixDraft(ulong lanes)
    {
        _lanes = lanes;
        for (var qubit = 0; qubit < _map.Length; qubit++) _map[qubit] = 1UL << qubit;
    }

    /// <summary>The qubits outside the register, at most <see cref="RadixStep.MostBits"/>.</summary>
    public ReadOnlySpan<int> Bits => _bits.AsSpan(0, _count);

    public bool IsEmpty => (_turned | _mapped | _flipped) == 0;

    /// <summary>Begins the next step.</summary>
    /// <param name="bits">The first qubits outside the register.</param>
    public void Begin(ulong bits)
    {
        for (; _turned != 0; _turned &= _turned - 1) _angles[BitOperations.TrailingZeroCount(_turned)] = null;
        for (; _mapped != 0; _mapped &= _mapped - 1) _map[BitOperations.TrailingZeroCount(_mapped)] = _mapped & (0 - _mapped);
        (_group, _flipped, _count) = (bits, 0, 0);
        for (; bits != 0; bits &= bits - 1) _bits[_count++] = BitOperations.TrailingZeroCount(bits);
    }

    public AffineAngle? AngleOf(int qubit) => _angles[qubit];

    public void Turn(int qubit, AffineAngle angle)
    {
        _angles[qubit] = angle;
        _turned |= 1UL << qubit;
    }

    /// <summary>Takes in a move, where the kernels can do what comes out.</summary>
    public bool TryMove(int control, int target)
    {
        var joins = ((_group | _lanes) >> target & 1) == 0;
        if (joins)
        {
            // A qubit that is not turned may still join.
            if (_count == RadixStep.MostBits) return false;
            _bits[_count++] = target;
            _group |= 1UL << target;
        }
        var (before, flippedBefore) = (_map[target], _flipped);
        if (control < 0)
        {
            _flipped ^= 1UL << target;
        }
        else
        {
            var isInside = ((_group | _lanes) >> control & 1) != 0;
            _map[target] = before ^ (isInside ? _map[control] : 1UL << control);
            if (isInside) _flipped ^= (_flipped >> control & 1) << target;
        }
        if (IsPossible())
        {
            if (_map[target] == 1UL << target) _mapped &= ~(1UL << target);
            else _mapped |= 1UL << target;
            return true;
        }
        _map[target] = before;
        _flipped = flippedBefore;
        if (joins)
        {
            _count--;
            _group &= ~(1UL << target);
        }
        return false;
    }

    /// <summary>The map in the form of the kernels: first lanes exchanged between vectors that differ in the first bit, then lanes permuted in
    /// each vector, then whole vectors stored elsewhere.</summary>
    public RadixMap Solve(int laneBits)
    {
        var map = new RadixMap();
        var laneCount = 1 << laneBits;
        var blend = BlendLanes(out var pivot);
        // The kernels blend along the first bit.
        if (pivot > 0) (_bits[0], _bits[pivot]) = (_bits[pivot], _bits[0]);
        Span<int> laneQubits = stackalloc int[3];
        var laneQubitCount = 0;
        for (var set = _lanes; set != 0; set &= set - 1) laneQubits[laneQubitCount++] = BitOperations.TrailingZeroCount(set);
        Span<ulong> laneAddresses = stackalloc ulong[8];
        laneAddresses.Clear();
        for (var lane = 0; lane < laneCount; lane++)
        {
            for (var k = 0; k < laneQubitCount; k++)
                if ((lane >> k & 1) != 0) laneAddresses[lane] |= 1UL << laneQubits[k];
            if (IsOdd(blend & laneAddresses[lane])) map.BlendLanes |= 1 << lane;
        }
        for (var vector = 0; vector < 1 << _count; vector++)
        {
            ulong own = 0;
            for (var k = 0; k < _count; k++)
                if ((vector >> k & 1) != 0) own |= 1UL << _bits[k];
            for (var k = 0; k < _count; k++)
                if (IsOdd(_map[_bits[k]] & own) != IsFlipped(_bits[k])) map.Destinations[vector] |= 1 << k;
            map.HasMoves |= map.Destinations[vector] != vector;
            for (var lane = 0; lane < laneCount; lane++) map.Permutations[8 * vector + lane] = lane;
            for (var lane = 0; lane < 1 << laneQubitCount; lane++)
            {
                // After blending, this lane of this vector holds what came from here.
                var isBlended = (map.BlendLanes >> lane & 1) != 0;
                var source = (isBlended ? own ^ 1UL << _bits[0] : own) | laneAddresses[lane];
                var to = 0;
                for (var k = 0; k < laneQubitCount; k++)
                    if (IsOdd(_map[laneQubits[k]] & source) != IsFlipped(laneQubits[k])) to |= 1 << k;
                map.Permutations[8 * vector + to] = lane;
                map.Permutes |= to != lane;
            }
        }
        for (var k = 0; k < _count; k++)
        {
            map.Controls[k] = _map[_bits[k]] & ~(_group | _lanes);
            map.HasMoves |= map.Controls[k] != 0;
        }
        return map;
    }

    private static bool IsOdd(ulong set) => (BitOperations.PopCount(set) & 1) != 0;

    private bool IsFlipped(int qubit) => (_flipped >> qubit & 1) != 0;

    private bool IsPossible()
    {
        for (var set = _lanes; set != 0; set &= set - 1)
            if ((_map[BitOperations.TrailingZeroCount(set)] & ~(_group | _lanes)) != 0) return false;
        var blend = BlendLanes(out var pivot);
        return blend == 0 || pivot >= 0;
    }

    /// <summary>The parity of lanes that flips bits outside the register, and the one bit of the input that it flips to the same effect; −1
    /// where one bit is not enough, or there are several parities.</summary>
    private ulong BlendLanes(out int pivot)
    {
        pivot = -1;
        ulong blend = 0;
        for (var k = 0; k < _count; k++)
        {
            var mask = _map[_bits[k]] & _lanes;
            if (mask == 0) continue;
            if (blend != 0 && mask != blend) return mask;
            blend = mask;
        }
        if (blend == 0) return 0;
        for (var k = 0; k < _count; k++)
        {
            var isPivot = true;
            for (var j = 0; j < _count; j++) isPivot &= (_map[_bits[j]] >> _bits[k] & 1) == ((_map[_bits[j]] & _lanes) != 0 ? 1UL : 0);
            if (isPivot) pivot = k;
        }
        return blend;
    }
}

/// <summary>A linear map as kernels do it.</summary>
internal struct RadixMap
{
    /// <summary>Where each vector goes, as bits in order of the draft's.</summary>
    public PerVector Destinations;

    /// <summary>For each vector the lane that comes to each of eight lanes.</summary>
    public PerLane Permutations;

    /// <summary>For each bit the qubits outside the group whose parity flips it.</summary>
    public PerBit Controls;

    /// <summary>Lanes that change places between vectors which differ in the first bit.</summary>
    public int BlendLanes;

    /// <summary>Whether a vector goes elsewhere, and whether a lane does.</summary>
    public bool HasMoves, Permutes;

    [InlineArray(1 << RadixStep.MostBits)]
    internal struct PerVector
    {
        private int _first;
    }

    [InlineArray(8 << RadixStep.MostBits)]
    internal struct PerLane
    {
        private int _first;
    }

    [InlineArray(RadixStep.MostBits)]
    internal struct PerBit
    {
        private ulong _first;
    }
}
