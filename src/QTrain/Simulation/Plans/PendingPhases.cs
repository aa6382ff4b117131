namespace QTrain.Simulation.Plans;

/// <summary>exp(−i·angle/2·(−1)^{mask·i}), the angle a sum.</summary>
internal readonly record struct PhaseTerm(ulong Mask, AffineAngle[] Angles)
{
    /// <summary>Whether a parameter moves it.</summary>
    public bool IsMoved
    {
        get
        {
            foreach (var angle in Angles)
                if (angle.Indices.Length > 0) return true;
            return false;
        }
    }
}

/// <summary>Phases that were asked for and not yet applied. They commute with one another and wait until something would not commute with
/// them; moves of addresses pass by, changing their masks.</summary>
internal sealed class PendingPhases
{
    private ulong[] _masks = new ulong[64];
    private AffineAngle[] _angles = new AffineAngle[64];
    private int[] _order = new int[64], _merged = new int[64];
    private int _count;

    /// <summary>Qubits that some phase depends on.</summary>
    public ulong Signed { get; private set; }

    public bool IsEmpty => _count == 0;

    public void Add(ulong mask, AffineAngle angle)
    {
        if (_count == _masks.Length)
        {
            Array.Resize(ref _masks, 2 * _count);
            Array.Resize(ref _angles, 2 * _count);
            (_order, _merged) = (new int[2 * _count], new int[2 * _count]);
        }
        (_masks[_count], _angles[_count]) = (mask, angle);
        _count++;
        Signed |= mask;
    }

    /// <summary>From before a move to after it.</summary>
    public void Pass(int control, int target)
    {
        if ((Signed >> target & 1) == 0) return;
        Signed = 0;
        for (var k = 0; k < _count; k++)
        {
            if ((_masks[k] >> target & 1) != 0)
            {
                if (control < 0) _angles[k] = _angles[k].Times(-1);
                else _masks[k] ^= 1UL << control;
            }
            Signed |= _masks[k];
        }
    }

    /// <summary>All of them, those of one mask together, by rising masks.</summary>
    public PhaseTerm[] Take()
    {
        Sort();
        var groups = 0;
        for (var k = 0; k < _count; k++)
            if (IsFirst(k)) groups++;
        var taken = new PhaseTerm[groups];
        for (var (k, group) = (0, 0); k < _count; group++)
        {
            var end = k + 1;
            while (end < _count && !IsFirst(end)) end++;
            var angles = new AffineAngle[end - k];
            for (var j = 0; j < angles.Length; j++) angles[j] = _angles[_order[k + j]];
            taken[group] = new PhaseTerm(_masks[_order[k]], angles);
            k = end;
        }
        _count = 0;
        Signed = 0;
        return taken;

        bool IsFirst(int k) => k == 0 || _masks[_order[k]] != _masks[_order[k - 1]];
    }

    /// <summary>Orders by mask; what has the same stays in the order in which it came. A sort of the library would have to be compiled for this
    /// alone, which takes longer than the sorting.</summary>
    private void Sort()
    {
        for (var k = 0; k < _count; k++) _order[k] = k;
        for (var width = 1; width < _count; width *= 2)
        {
            for (var start = 0; start < _count; start += 2 * width)
            {
                var (left, right) = (start, Math.Min(start + width, _count));
                var (leftEnd, rightEnd) = (right, Math.Min(start + 2 * width, _count));
                for (var to = start; to < rightEnd; to++)
                    _merged[to] = left < leftEnd && (right == rightEnd || _masks[_order[left]] <= _masks[_order[right]]) ? _order[left++] : _order[right++];
            }
            (_order, _merged) = (_merged, _order);
        }
    }
}
