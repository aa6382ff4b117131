using QTrain.Numerics.Dense;

namespace QTrain.Simulation.MatrixProduct;

// Moving the centre, cutting bonds, moving qubits along the chain.
public sealed partial class MatrixProductState
{
    private static readonly System.Numerics.Complex[] SwapMatrix = [1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];

    /// <summary>Brings the centre to a site; the state stays what it is.</summary>
    private void MoveCentre(int site)
    {
        while (_centre < site) StepRight();
        while (_centre > site) StepLeft();
    }

    private void StepRight()
    {
        var site = _centre;
        Shape(_sites[site], LeftBond(site) * 2, RightBond(site));
        _qr.Decompose(_sites[site], adjoint: false, _other, _factor, _dense.Table);
        (_sites[site], _other) = (_other, _sites[site]);
        CarryRight(site);
    }

    private void StepLeft()
    {
        var site = _centre;
        Shape(_sites[site], LeftBond(site), 2 * RightBond(site));
        _qr.Decompose(_sites[site], adjoint: true, _other, _factor, _dense.Table);
        (_sites[site], _other) = (_other, _sites[site]);
        CarryLeft(site);
    }

    /// <summary>Multiplies what is left over of a site, in <see cref="_factor"/>, into its right neighbour, which becomes the centre.</summary>
    private void CarryRight(int site)
    {
        var next = _sites[site + 1];
        Shape(next, RightBond(site), 2 * RightBond(site + 1));
        ComplexProduct.Multiply(_factor, false, next, false, _other, _dense);
        (_sites[site + 1], _other) = (_other, next);
        _bonds[site + 1] = _factor.Rows;
        _centre = site + 1;
    }

    private void CarryLeft(int site)
    {
        var next = _sites[site - 1];
        Shape(next, LeftBond(site - 1) * 2, LeftBond(site));
        ComplexProduct.Multiply(next, false, _factor, false, _other, _dense);
        (_sites[site - 1], _other) = (_other, next);
        _bonds[site] = _factor.Columns;
        _centre = site - 1;
    }

    /// <summary>Cuts the bond right of the centre to what it needs and moves the centre across it. Whether the bond became smaller.</summary>
    private bool CutRight()
    {
        var site = _centre;
        var before = RightBond(site);
        Shape(_sites[site], LeftBond(site) * 2, before);
        var kept = Truncate(_sites[site], adjoint: false, out var scale);
        _svd.VectorsTo(_theta, kept, asRows: false);
        ComplexProduct.Multiply(_theta, true, _sites[site], false, _factor, _dense);
        if (scale != 1) _factor.Scale(scale);
        (_sites[site], _theta) = (_theta, _sites[site]);
        CarryRight(site);
        return kept < before;
    }

    private bool CutLeft()
    {
        var site = _centre;
        var before = LeftBond(site);
        Shape(_sites[site], before, 2 * RightBond(site));
        var kept = Truncate(_sites[site], adjoint: true, out var scale);
        _svd.VectorsTo(_theta, kept, asRows: true);
        ComplexProduct.Multiply(_sites[site], false, _theta, true, _factor, _dense);
        if (scale != 1) _factor.Scale(scale);
        (_sites[site], _theta) = (_theta, _sites[site]);
        CarryLeft(site);
        return kept < before;
    }

    /// <summary>Cuts bonds around the centre for as long as they become smaller, as they do after a measurement. The centre comes back.</summary>
    private void Shrink()
    {
        var home = _centre;
        while (_centre < QubitCount - 1 && CutRight()) { }
        MoveCentre(home);
        while (_centre > 0 && CutLeft()) { }
        MoveCentre(home);
    }

    /// <summary>How many singular values of a centre are kept, and what makes the rest a normalized state again; what is cut off is recorded.</summary>
    private int Truncate(ComplexMatrix matrix, bool adjoint, out double scale)
    {
        var allowed = Math.Max(Options.Truncation, Rounding);
        _svd.Decompose(matrix, adjoint, Math.Max(Rounding, 1e-3 * Options.Truncation), _dense.Table);
        var values = _svd.Values;
        if (values.IsEmpty) throw new ArithmeticException("A matrix product state lost all of its weight: does a gate hold numbers that are not finite?");
        var total = matrix.NormSquared();
        var kept = values.Length;
        var cut = _svd.LeftOut;
        while (kept > 1 && (kept > Options.MaxBond || cut + values[kept - 1] * values[kept - 1] <= allowed * total))
        {
            kept--;
            cut += values[kept] * values[kept];
        }
        var part = Math.Min(1, cut / total);
        // Rounding is nothing that was decided to be cut off.
        if (part > Rounding)
        {
            _discarded += part;
            _logFidelity += Math.Log(1 - part);
            _angle += Math.Asin(Math.Sqrt(part));
        }
        // Also takes away what rounding did to the norm: it never adds up.
        scale = 1 / Math.Sqrt(total - cut);
        _peakBond = Math.Max(_peakBond, kept);
        return kept;
    }

    /// <summary>Exchanges the qubits of a site and its right neighbour, which moves them along the chain.</summary>
    private void SwapSites(int site)
    {
        ApplyToPair(site, SwapMatrix);
        var (left, right) = (_qubitAt[site], _qubitAt[site + 1]);
        (_qubitAt[site], _qubitAt[site + 1]) = (right, left);
        (_siteOf[left], _siteOf[right]) = (site + 1, site);
    }

    /// <summary>Moves two sites' qubits next to each other; they stay where they meet. The left one of the two sites where they do.</summary>
    /// <remarks>All places to meet take the same number of swaps. The bonds that grow are those that a qubit crosses, so the place is taken where
    /// the tensors on the way are the smallest, and of equal ones that nearest to the centre.</remarks>
    private int Meet(int first, int second)
    {
        var (low, high) = (Math.Min(first, second), Math.Max(first, second));
        if (high == low + 1) return low;
        // costs[p]: the left qubit goes to p, the right one to p + 1.
        var costs = new double[high - low];
        double crossed = LeftBond(low), cost = 0;
        for (var bond = low; bond < high - 1; bond++)
        {
            // A swap can make the bond between the two sites at most twice the smaller one beside them.
            crossed = Grown(crossed, RightBond(bond + 1));
            cost += LeftBond(bond) * crossed * RightBond(bond + 1);
            costs[bond + 1 - low] += cost;
        }
        (crossed, cost) = (RightBond(high), 0);
        for (var bond = high - 1; bond > low; bond--)
        {
            crossed = Grown(crossed, LeftBond(bond));
            cost += LeftBond(bond) * crossed * RightBond(bond + 1);
            costs[bond - 1 - low] += cost;
        }
        var best = 0;
        for (var k = 1; k < costs.Length; k++)
            if (costs[k] < costs[best] || costs[k] == costs[best] && Math.Abs(low + k - _centre) < Math.Abs(low + best - _centre)) best = k;
        var place = low + best;
        for (var site = low; site < place; site++) SwapSites(site);
        for (var site = high - 1; site > place; site--) SwapSites(site);
        return place;

        double Grown(double left, double right) => Math.Min(Options.MaxBond, 2 * Math.Min(left, right));
    }

    /// <summary>Brings the qubits into an order along the chain.</summary>
    private void Arrange(ReadOnlySpan<int> qubitAt)
    {
        for (var site = 0; site < QubitCount; site++)
            for (var from = _siteOf[qubitAt[site]]; from > site; from--) SwapSites(from - 1);
    }
}
