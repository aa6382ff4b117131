using System.Diagnostics;
using System.Numerics;

namespace QTrain.Simulation.Batches;

/// <summary>Where the amplitude of each basis state is: a linear map of addresses. Moves (x, cx, swap) change the map and never the memory.</summary>
/// <remarks>The state i is at block ⊕ₖ iₖ·Basis[k] ⊕ Origin. In a batch no qubit lies inside a register, so all maps cost the same.</remarks>
internal sealed class BatchFrame
{
    private readonly ulong[] _basis;
    private ulong _origin;

    public BatchFrame(int qubits) => _basis = [.. Enumerable.Range(0, qubits).Select(q => 1UL << q)];

    private BatchFrame(ulong[] basis, ulong origin) => (_basis, _origin) = (basis, origin);

    public int QubitCount => _basis.Length;

    public BatchFrame Clone() => new((ulong[])_basis.Clone(), _origin);

    /// <summary>Flips a qubit, always (−1) or where another is 1.</summary>
    public void Move(int control, int target)
    {
        if (control < 0) _origin ^= _basis[target];
        else _basis[control] ^= _basis[target];
    }

    /// <summary>The block of a basis state.</summary>
    public ulong AddressOf(ulong state) => _origin ^ FlipOf(state);

    /// <summary>How the block changes when some qubits are flipped.</summary>
    public ulong FlipOf(ulong qubits)
    {
        ulong flip = 0;
        for (var set = qubits; set != 0; set &= set - 1) flip ^= _basis[BitOperations.TrailingZeroCount(set)];
        return flip;
    }

    /// <summary>The same places by other coordinates: coordinate k flips the qubits <paramref name="flips"/>[k].</summary>
    public BatchFrame In(ulong[] flips) => new([.. flips.Select(FlipOf)], _origin);

    /// <summary>Coordinates in which the given parities, which must be independent, are one bit each, in their order; others make them complete.</summary>
    public static ulong[] Dual(ReadOnlySpan<ulong> parities, int qubits)
    {
        // Rows of a matrix with full rank, and beside it what inverts it (Gauss–Jordan over GF(2)).
        var rows = new List<ulong>();
        var reduced = new List<ulong>();
        foreach (var parity in parities)
        {
            var isIndependent = TryAdd(reduced, parity);
            Debug.Assert(isIndependent);
            rows.Add(parity);
        }
        for (var q = 0; q < qubits; q++)
            if (TryAdd(reduced, 1UL << q)) rows.Add(1UL << q);
        var left = rows.ToArray();
        var right = new ulong[qubits];
        for (var k = 0; k < qubits; k++) right[k] = 1UL << k;
        for (var column = 0; column < qubits; column++)
        {
            var pivot = Array.FindIndex(left, column, r => (r >> column & 1) != 0);
            (left[column], left[pivot]) = (left[pivot], left[column]);
            (right[column], right[pivot]) = (right[pivot], right[column]);
            for (var k = 0; k < qubits; k++)
            {
                if (k == column || (left[k] >> column & 1) == 0) continue;
                left[k] ^= left[column];
                right[k] ^= right[column];
            }
        }
        // Row q of the inverse tells which coordinates qubit q is the sum of; its columns are the coordinates' flips.
        var flips = new ulong[qubits];
        for (var q = 0; q < qubits; q++)
            for (var k = 0; k < qubits; k++)
                if ((right[q] >> k & 1) != 0) flips[k] |= 1UL << q;
        return flips;
    }

    /// <summary>Whether no parity is the sum of others.</summary>
    public static bool AreIndependent(IEnumerable<ulong> parities)
    {
        var reduced = new List<ulong>();
        return parities.All(p => TryAdd(reduced, p));
    }

    /// <summary>Whether a parity is not the sum of others; if so, it joins them, less those that have its highest bits.</summary>
    private static bool TryAdd(List<ulong> reduced, ulong parity)
    {
        foreach (var known in reduced) parity = Math.Min(parity, parity ^ known);
        if (parity == 0) return false;
        reduced.Add(parity);
        return true;
    }
}
