namespace QTrain.Simulation.Batches;

/// <summary>The angles of a batched circuit. Each has a slot: those that a parameter moves from 0 up, constants from −1 down, so that an
/// evaluation computes one contiguous half.</summary>
internal sealed class BatchAngles
{
    private readonly List<AffineAngle> _moved = [];
    private readonly List<double> _constants = [];
    private readonly Dictionary<double, int> _known = [];

    /// <summary>How many a parameter moves.</summary>
    public int MovedCount => _moved.Count;

    public int ConstantCount => _constants.Count;

    public AffineAngle MovedAt(int slot) => _moved[slot];

    /// <summary>Half of the k-th constant, whose slot is −1 − k.</summary>
    public double HalfConstantAt(int k) => _constants[k] / 2;

    /// <summary>The slot of an angle.</summary>
    public int Add(AffineAngle angle)
    {
        if (angle.Indices.Length > 0)
        {
            _moved.Add(angle);
            return _moved.Count - 1;
        }
        if (!_known.TryGetValue(angle.Constant, out var slot))
        {
            _constants.Add(angle.Constant);
            _known.Add(angle.Constant, slot = -_constants.Count);
        }
        return slot;
    }

    /// <summary>The slot of a sum.</summary>
    public int Add(AffineAngle[] angles)
    {
        if (angles.Length == 1) return Add(angles[0]);
        var terms = new SortedDictionary<int, double>();
        var constant = 0.0;
        foreach (var angle in angles)
        {
            constant += angle.Constant;
            for (var t = 0; t < angle.Indices.Length; t++) terms[angle.Indices[t]] = terms.GetValueOrDefault(angle.Indices[t]) + angle.Coefficients[t];
        }
        return Add(new AffineAngle([.. terms.Keys], [.. terms.Values], constant));
    }
}
