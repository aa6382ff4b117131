using System.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>A step being put together: turns of some qubits, then moves that flip these qubits, kept as one linear map of address bits.</summary>
/// <param name="bits">The qubits outside the register, at most <see cref="RadixStep.MostBits"/>.</param>
/// <param name="lanes">The qubits inside the register.</param>
internal sealed class RadixDraft(List<int> bits, ulong lanes)
{
    private readonly Dictionary<int, AffineAngle> _angles = [];
    private readonly Dictionary<int, ulong> _map = [];
    private ulong _group = Mask(bits);
    private ulong _flipped;

    public List<int> Bits { get; } = bits;

    public bool IsEmpty => _angles.Count == 0 && _map.Count == 0 && _flipped == 0;

    public AffineAngle? AngleOf(int qubit) => _angles.GetValueOrDefault(qubit);

    public void Turn(int qubit, AffineAngle angle) => _angles.Add(qubit, angle);

    /// <summary>Takes in a move, where the kernels can do what comes out.</summary>
    public bool TryMove(int control, int target)
    {
        if (((_group | lanes) >> target & 1) == 0)
        {
            // A qubit that is not turned may still join.
            if (Bits.Count == RadixStep.MostBits) return false;
            Bits.Add(target);
            _group |= 1UL << target;
        }
        var (before, flippedBefore) = (MapOf(target), _flipped);
        if (control < 0)
        {
            _flipped ^= 1UL << target;
        }
        else
        {
            var isInside = ((_group | lanes) >> control & 1) != 0;
            _map[target] = before ^ (isInside ? MapOf(control) : 1UL << control);
            if (isInside) _flipped ^= (_flipped >> control & 1) << target;
        }
        if (IsPossible()) return true;
        _map[target] = before;
        _flipped = flippedBefore;
        return false;
    }

    /// <summary>The map in the form of the kernels: first lanes exchanged between vectors that differ in the first bit, then lanes permuted in
    /// each vector, then whole vectors stored elsewhere.</summary>
    public RadixMap Solve(int laneBits)
    {
        var laneCount = 1 << laneBits;
        var blend = BlendLanes(out var pivot);
        // The kernels blend along the first bit.
        if (pivot > 0) (Bits[0], Bits[pivot]) = (Bits[pivot], Bits[0]);
        var vectors = 1 << Bits.Count;
        var destinations = new int[vectors];
        var permutations = new int[vectors][];
        var permutes = false;
        var laneQubits = new List<int>();
        for (var set = lanes; set != 0; set &= set - 1) laneQubits.Add(BitOperations.TrailingZeroCount(set));
        for (var vector = 0; vector < vectors; vector++)
        {
            for (var k = 0; k < Bits.Count; k++)
                if ((BitOperations.PopCount(MapOf(Bits[k]) & Scatter(vector)) & 1) != (int)(_flipped >> Bits[k] & 1)) destinations[vector] |= 1 << k;
            permutations[vector] = [.. Enumerable.Range(0, laneCount)];
            for (var lane = 0; lane < 1 << laneQubits.Count; lane++)
            {
                // After blending, this lane of this vector holds what came from here.
                var isBlended = blend != 0 && (BitOperations.PopCount(blend & LaneAddress(lane)) & 1) != 0;
                var source = Scatter(isBlended ? vector ^ 1 : vector) | LaneAddress(lane);
                var to = 0;
                for (var k = 0; k < laneQubits.Count; k++)
                    if ((BitOperations.PopCount(MapOf(laneQubits[k]) & source) & 1) != (int)(_flipped >> laneQubits[k] & 1)) to |= 1 << k;
                permutations[vector][to] = lane;
            }
            permutes |= permutations[vector].Where((source, lane) => source != lane).Any();
        }
        var blendLanes = 0;
        if (blend != 0)
            for (var lane = 0; lane < laneCount; lane++)
                if ((BitOperations.PopCount(blend & LaneAddress(lane)) & 1) != 0) blendLanes |= 1 << lane;
        return new RadixMap(destinations, permutes ? permutations : null, blendLanes, [.. Bits.Select(b => MapOf(b) & ~(_group | lanes))]);

        ulong Scatter(int vector)
        {
            ulong address = 0;
            for (var k = 0; k < Bits.Count; k++)
                if ((vector >> k & 1) != 0) address |= 1UL << Bits[k];
            return address;
        }

        ulong LaneAddress(int lane)
        {
            ulong address = 0;
            for (var k = 0; k < laneQubits.Count; k++)
                if ((lane >> k & 1) != 0) address |= 1UL << laneQubits[k];
            return address;
        }
    }

    private static ulong Mask(List<int> qubits)
    {
        ulong mask = 0;
        foreach (var qubit in qubits) mask |= 1UL << qubit;
        return mask;
    }

    private ulong MapOf(int qubit) => _map.TryGetValue(qubit, out var mask) ? mask : 1UL << qubit;

    private bool IsPossible()
    {
        for (var set = lanes; set != 0; set &= set - 1)
            if ((MapOf(BitOperations.TrailingZeroCount(set)) & ~(_group | lanes)) != 0) return false;
        var blend = BlendLanes(out var pivot);
        return blend == 0 || pivot >= 0;
    }

    /// <summary>The parity of lanes that flips bits outside the register, and the one bit of the input that it flips to the same effect; −1
    /// where one bit is not enough, or there are several parities.</summary>
    private ulong BlendLanes(out int pivot)
    {
        pivot = -1;
        ulong blend = 0;
        foreach (var bit in Bits)
        {
            var mask = MapOf(bit) & lanes;
            if (mask == 0) continue;
            if (blend != 0 && mask != blend) return mask;
            blend = mask;
        }
        if (blend == 0) return 0;
        for (var k = 0; k < Bits.Count; k++)
        {
            var isPivot = true;
            foreach (var bit in Bits) isPivot &= (MapOf(bit) >> Bits[k] & 1) == ((MapOf(bit) & lanes) != 0 ? 1UL : 0);
            if (isPivot) pivot = k;
        }
        return blend;
    }
}

/// <summary>A linear map as kernels do it.</summary>
/// <param name="Destinations">Where each vector goes, as bits in order of the draft's.</param>
/// <param name="Permutations">For each vector the lane that comes to each lane; null where all stay.</param>
/// <param name="BlendLanes">Lanes that change places between vectors which differ in the first bit.</param>
/// <param name="Controls">For each bit the qubits outside the group whose parity flips it.</param>
internal sealed record RadixMap(int[] Destinations, int[][]? Permutations, int BlendLanes, ulong[] Controls);
