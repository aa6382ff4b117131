using System.Numerics;
using System.Runtime.InteropServices;
using QTrain.Numerics.Dense;

namespace QTrain.Simulation.MatrixProduct;

// Gates on one site, on two neighbours, on several brought together, and sums of products over any distance.
public sealed partial class MatrixProductState
{
    private double[] _row = [];

    /// <summary>Applies a gate to qubits wherever they are.</summary>
    internal void Apply(ChainGate gate)
    {
        switch (gate.Kind)
        {
            case ChainGateKind.Phase:
                Shape(_sites[_centre], 1, _sites[_centre].Length);
                Multiply(_sites[_centre].RealParts, _sites[_centre].ImaginaryParts, gate.Factor);
                return;
            case ChainGateKind.Swap:
                var (a, b) = (gate.Qubits[0], gate.Qubits[1]);
                (_siteOf[a], _siteOf[b]) = (_siteOf[b], _siteOf[a]);
                (_qubitAt[_siteOf[a]], _qubitAt[_siteOf[b]]) = (a, b);
                return;
            case ChainGateKind.Sum:
                ApplySum(gate);
                return;
            default:
                if (gate.Qubits.Length == 1) ApplyToSite(_siteOf[gate.Qubits[0]], gate.Matrix);
                else if (gate.Qubits.Length == 2) ApplyToQubits(gate.Qubits[0], gate.Qubits[1], gate.Matrix);
                else ApplyDense(gate);
                return;
        }
    }

    /// <summary>A unitary on one qubit leaves every tensor an isometry: no bond changes.</summary>
    private void ApplyToSite(int site, Complex[] matrix)
    {
        var (left, right) = (LeftBond(site), RightBond(site));
        var tensor = _sites[site];
        for (var l = 0; l < left; l++) Mix(tensor.Real, tensor.Imaginary, 2 * l * right, right, right, 2, matrix);
    }

    private void ApplyToQubits(int first, int second, Complex[] matrix)
    {
        var site = Meet(_siteOf[first], _siteOf[second]);
        ApplyToPair(site, _siteOf[first] == site ? matrix : Exchanged(matrix));
    }

    /// <summary>Applies a matrix to neighbours, the left one its lowest bit, and splits their common tensor again.</summary>
    private void ApplyToPair(int site, Complex[] matrix)
    {
        // A sweep goes on in its direction: the centre leaves on the other side than it came from.
        var goRight = _centre <= site;
        MoveCentre(goRight ? site : site + 1);
        var (left, middle, right) = (LeftBond(site), RightBond(site), RightBond(site + 1));
        Shape(_sites[site], left * 2, middle);
        Shape(_sites[site + 1], middle, 2 * right);
        ComplexProduct.Multiply(_sites[site], false, _sites[site + 1], false, _theta, _dense);
        // Entries (left, first qubit, second qubit, right): the matrix's low bit, the first qubit, has the larger stride.
        for (var l = 0; l < left; l++) MixPair(_theta.Real, _theta.Imaginary, 4 * l * right, right, matrix);
        Shape(_theta, left * 2, 2 * right);
        var kept = Truncate(_theta, adjoint: !goRight, out var scale);
        if (goRight)
        {
            _svd.VectorsTo(_sites[site], kept, asRows: false);
            ComplexProduct.Multiply(_sites[site], true, _theta, false, _sites[site + 1], _dense);
        }
        else
        {
            _svd.VectorsTo(_sites[site + 1], kept, asRows: true);
            ComplexProduct.Multiply(_theta, false, _sites[site + 1], true, _sites[site], _dense);
        }
        _centre = goRight ? site + 1 : site;
        _bonds[site + 1] = kept;
        if (scale != 1) _sites[_centre].Scale(scale);
    }

    private static Complex[] Exchanged(Complex[] matrix)
    {
        var result = new Complex[16];
        for (var row = 0; row < 4; row++)
            for (var column = 0; column < 4; column++) result[Flip(row) * 4 + Flip(column)] = matrix[row * 4 + column];
        return result;

        static int Flip(int bits) => (bits & 1) << 1 | bits >> 1;
    }

    private void MixPair(double[] real, double[] imaginary, int start, int right, Complex[] matrix)
    {
        Span<Complex> reordered = stackalloc Complex[16];
        // Row k of the tensor is (first, second) = (k / 2, k mod 2), of the matrix the other way round.
        for (var row = 0; row < 4; row++)
            for (var column = 0; column < 4; column++)
                reordered[((row & 1) << 1 | row >> 1) * 4 + ((column & 1) << 1 | column >> 1)] = matrix[row * 4 + column];
        Mix(real, imaginary, start, right, right, 4, reordered);
    }

    /// <summary>Multiplies rows of entries, <paramref name="stride"/> apart, with a square matrix.</summary>
    private void Mix(double[] real, double[] imaginary, int start, int stride, int length, int size, ReadOnlySpan<Complex> matrix)
    {
        var span = size * length;
        if (_row.Length < 2 * span) _row = GC.AllocateUninitializedArray<double>((int)BitOperations.RoundUpToPowerOf2((uint)(2 * span)));
        for (var k = 0; k < size; k++)
        {
            real.AsSpan(start + k * stride, length).CopyTo(_row.AsSpan(k * length));
            imaginary.AsSpan(start + k * stride, length).CopyTo(_row.AsSpan(span + k * length));
        }
        for (var row = 0; row < size; row++)
        {
            var toReal = real.AsSpan(start + row * stride, length);
            var toImaginary = imaginary.AsSpan(start + row * stride, length);
            toReal.Clear();
            toImaginary.Clear();
            for (var k = 0; k < size; k++)
                AddScaled(toReal, toImaginary, matrix[row * size + k], _row.AsSpan(k * length, length), _row.AsSpan(span + k * length, length));
        }
    }

    /// <summary>A sum of products of one-qubit matrices is a matrix product operator with a bond for each term, the identity where a term has no
    /// matrix. Its sites become as many times larger, and a sweep there and back makes them as small as they can be.</summary>
    private void ApplySum(ChainGate gate)
    {
        int first = QubitCount, last = 0;
        foreach (var qubit in gate.Qubits) (first, last) = (Math.Min(first, _siteOf[qubit]), Math.Max(last, _siteOf[qubit]));
        // Outside the operator's sites all tensors must be isometries towards it.
        if (_centre < first) MoveCentre(first);
        else if (_centre > last) MoveCentre(last);
        var terms = gate.Terms.Length;
        for (var site = first; site <= last; site++)
        {
            var at = Array.IndexOf(gate.Qubits, _qubitAt[site]);
            var tensor = _sites[site];
            var (left, right) = (LeftBond(site), RightBond(site));
            var (tallLeft, wideRight) = (site == first ? left : terms * left, site == last ? right : terms * right);
            _theta.Resize(tallLeft * 2, wideRight);
            _theta.Clear();
            for (var term = 0; term < terms; term++)
            {
                var (row, column) = (site == first ? 0 : term * left, site == last ? 0 : term * right);
                var factor = at < 0 ? null : gate.Terms[term].Factors[at];
                var coefficient = site == first ? gate.Terms[term].Coefficient : 1;
                for (var l = 0; l < left; l++)
                    for (var to = 0; to < 2; to++)
                        for (var from = 0; from < 2; from++)
                        {
                            var entry = factor is null ? (to == from ? coefficient : 0) : coefficient * factor[2 * to + from];
                            var place = ((row + l) * 2 + to) * wideRight + column;
                            var source = (2 * l + from) * right;
                            AddScaled(_theta.Real.AsSpan(place, right), _theta.Imaginary.AsSpan(place, right), entry,
                                tensor.Real.AsSpan(source, right), tensor.Imaginary.AsSpan(source, right));
                        }
            }
            (_sites[site], _theta) = (_theta, tensor);
        }
        for (var site = first; site < last; site++) _bonds[site + 1] *= terms;
        _centre = first;
        MoveCentre(last);
        while (_centre > first) CutLeft();
    }

    /// <summary>Brings the qubits together, applies a dense matrix to their common tensor and splits it from left to right.</summary>
    private void ApplyDense(ChainGate gate)
    {
        var count = gate.Qubits.Length;
        var sites = gate.Qubits.Select(q => _siteOf[q]).Order().ToArray();
        // Around the middle one, which stays: the sum of the ways is smallest.
        var middle = count / 2;
        for (var k = middle - 1; k >= 0; k--)
            for (var site = sites[k]; site < sites[middle] - (middle - k); site++) SwapSites(site);
        for (var k = middle + 1; k < count; k++)
            for (var site = sites[k]; site > sites[middle] + (k - middle); site--) SwapSites(site - 1);
        var first = sites[middle] - middle;
        MoveCentre(first);
        _theta.CopyFrom(_sites[first]);
        for (var k = 1; k < count; k++)
        {
            Shape(_theta, _theta.Length / LeftBond(first + k), LeftBond(first + k));
            Shape(_sites[first + k], LeftBond(first + k), 2 * RightBond(first + k));
            ComplexProduct.Multiply(_theta, false, _sites[first + k], false, _other, _dense);
            (_theta, _other) = (_other, _theta);
        }
        // The tensor's rows count the leftmost site highest, the matrix the first listed qubit lowest.
        var size = 1 << count;
        var reordered = new Complex[size * size];
        var place = new int[size];
        for (var local = 0; local < size; local++)
            for (var k = 0; k < count; k++)
                if ((local >> k & 1) != 0) place[local] |= 1 << (count - 1 - (_siteOf[gate.Qubits[k]] - first));
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++) reordered[place[row] * size + place[column]] = gate.Matrix[row * size + column];
        var (left, right) = (LeftBond(first), RightBond(first + count - 1));
        for (var l = 0; l < left; l++) Mix(_theta.Real, _theta.Imaginary, l * size * right, right, right, size, reordered);
        for (var k = 0; k < count - 1; k++)
        {
            var site = first + k;
            Shape(_theta, LeftBond(site) * 2, _theta.Length / (LeftBond(site) * 2));
            var kept = Truncate(_theta, adjoint: false, out var scale);
            _svd.VectorsTo(_sites[site], kept, asRows: false);
            ComplexProduct.Multiply(_sites[site], true, _theta, false, _other, _dense);
            (_theta, _other) = (_other, _theta);
            if (scale != 1) _theta.Scale(scale);
            _bonds[site + 1] = kept;
        }
        (_sites[first + count - 1], _theta) = (_theta, _sites[first + count - 1]);
        _centre = first + count - 1;
    }

    /// <summary>target += factor · source.</summary>
    private static void AddScaled(Span<double> targetReal, Span<double> targetImaginary, Complex factor, ReadOnlySpan<double> sourceReal, ReadOnlySpan<double> sourceImaginary)
    {
        var (fr, fi) = (factor.Real, factor.Imaginary);
        if (fr == 0 && fi == 0) return;
        var k = 0;
        var width = Vector<double>.Count;
        if (targetReal.Length >= width)
        {
            Vector<double> vr = new(fr), vi = new(fi);
            ref var tr = ref MemoryMarshal.GetReference(targetReal);
            ref var ti = ref MemoryMarshal.GetReference(targetImaginary);
            ref var sr = ref MemoryMarshal.GetReference(sourceReal);
            ref var si = ref MemoryMarshal.GetReference(sourceImaginary);
            for (; k <= targetReal.Length - width; k += width)
            {
                var at = (nuint)k;
                var (x, y) = (Vector.LoadUnsafe(ref sr, at), Vector.LoadUnsafe(ref si, at));
                Vector.FusedMultiplyAdd(-vi, y, Vector.FusedMultiplyAdd(vr, x, Vector.LoadUnsafe(ref tr, at))).StoreUnsafe(ref tr, at);
                Vector.FusedMultiplyAdd(vi, x, Vector.FusedMultiplyAdd(vr, y, Vector.LoadUnsafe(ref ti, at))).StoreUnsafe(ref ti, at);
            }
        }
        for (; k < targetReal.Length; k++)
        {
            var (x, y) = (sourceReal[k], sourceImaginary[k]);
            targetReal[k] = Math.FusedMultiplyAdd(-fi, y, Math.FusedMultiplyAdd(fr, x, targetReal[k]));
            targetImaginary[k] = Math.FusedMultiplyAdd(fi, x, Math.FusedMultiplyAdd(fr, y, targetImaginary[k]));
        }
    }

    private static void Multiply(Span<double> real, Span<double> imaginary, Complex factor)
    {
        for (var k = 0; k < real.Length; k++)
        {
            var product = factor * new Complex(real[k], imaginary[k]);
            (real[k], imaginary[k]) = (product.Real, product.Imaginary);
        }
    }
}
