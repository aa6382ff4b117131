using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QTrain.Observables;

namespace QTrain.Numerics;

/// <summary>A Hermitian Pauli sum as a real symmetric operator on plain vectors, made to be applied very often.</summary>
/// <remarks>Terms that flip the same qubits are one generalized diagonal: y[j] += w(j)·v[j ⊕ x]. A sum without an odd number of Y in any
/// term is real. Otherwise vectors hold a plane of real and a plane of imaginary parts, A + iB acts as [[A, −B], [B, A]], and every
/// eigenvalue appears twice.</remarks>
internal sealed class PauliOperator
{
    private const int BlockRows = 4096;

    /// <summary>Weights up to this much are written out once; beyond, they are made again for every application.</summary>
    private const long TableBudget = 512L << 20;

    private readonly Flip[] _flips;
    private readonly int _rows;
    private readonly int _block;

    public PauliOperator(PauliSum sum)
    {
        _rows = 1 << sum.QubitCount;
        _block = Math.Min(BlockRows, _rows);
        _flips = [.. sum.Terms.Where(t => t.Coefficient.Real != 0).GroupBy(t => t.Pauli.X).OrderBy(g => g.Key).Select(g => new Flip(g.Key, [.. g]))];
        IsReal = _flips.All(f => f.Imaginary.IsEmpty);
        var needed = _flips.Sum(f => (f.Real.NeedsTable ? 8L : 0) + (f.Imaginary.NeedsTable ? 8L : 0)) * _rows;
        if (needed > TableBudget) return;
        foreach (var flip in _flips)
        {
            flip.Real.WriteTable(_rows, _block);
            flip.Imaginary.WriteTable(_rows, _block);
        }
    }

    /// <summary>Whether vectors have one real plane; otherwise a second one of imaginary parts.</summary>
    public bool IsReal { get; }

    /// <summary>The length of a vector.</summary>
    public int Size => IsReal ? _rows : 2 * _rows;

    /// <summary>targets[c] = operator · sources[c], for several vectors at once.</summary>
    public void Apply(ReadOnlySpan<double[]> sources, ReadOnlySpan<double[]> targets, ParallelOptions parallel)
    {
        var (from, to) = (sources.ToArray(), targets.ToArray());
        Parallel.For(0, _rows / _block, parallel, block => ApplyBlock(from, to, block * _block));
    }

    private void ApplyBlock(double[][] sources, double[][] targets, int start)
    {
        Span<double> buffer = stackalloc double[BlockRows];
        buffer = buffer[.._block];
        foreach (var target in targets)
            for (var plane = start; plane < target.Length; plane += _rows) target.AsSpan(plane, _block).Clear();
        foreach (var flip in _flips)
        {
            var origin = start ^ (int)flip.X & ~(_block - 1);
            var low = (int)flip.X & (_block - 1);
            if (!flip.Real.IsEmpty)
            {
                var weights = flip.Real.Block(start, buffer);
                for (var c = 0; c < sources.Length; c++)
                    for (var plane = 0; plane < Size; plane += _rows)
                        AddFlipped(targets[c].AsSpan(plane + start, _block), weights, sources[c].AsSpan(plane + origin, _block), low);
            }
            if (!flip.Imaginary.IsEmpty)
            {
                var weights = flip.Imaginary.Block(start, buffer);
                for (var c = 0; c < sources.Length; c++)
                {
                    AddFlipped(targets[c].AsSpan(_rows + start, _block), weights, sources[c].AsSpan(origin, _block), low);
                    SubtractFlipped(targets[c].AsSpan(start, _block), weights, sources[c].AsSpan(_rows + origin, _block), low);
                }
            }
        }
    }

    private static void AddFlipped(Span<double> target, ReadOnlySpan<double> weights, ReadOnlySpan<double> source, int flip) =>
        AddFlipped(target, 1, weights, source, flip);

    private static void SubtractFlipped(Span<double> target, ReadOnlySpan<double> weights, ReadOnlySpan<double> source, int flip) =>
        AddFlipped(target, -1, weights, source, flip);

    /// <summary>target[j] += sign·weights[j]·source[j ⊕ flip].</summary>
    private static void AddFlipped(Span<double> target, double sign, ReadOnlySpan<double> weights, ReadOnlySpan<double> source, int flip)
    {
        if (target.Length < 4)
        {
            for (var j = 0; j < target.Length; j++) target[j] += sign * weights[j] * source[j ^ flip];
            return;
        }
        // Fours of neighbours move together: the flip's upper bits choose the four, its lowest two permute within.
        var (within, between) = (flip & 3, flip >> 2);
        var order = Vector256.Create(0L ^ within, 1L ^ within, 2L ^ within, 3L ^ within);
        var signs = Vector256.Create(sign);
        var t = MemoryMarshal.Cast<double, Vector256<double>>(target);
        var w = MemoryMarshal.Cast<double, Vector256<double>>(weights);
        var s = MemoryMarshal.Cast<double, Vector256<double>>(source);
        for (var k = 0; k < t.Length; k++)
        {
            var from = s[k ^ between];
            if (within != 0) from = Vector256.Shuffle(from, order);
            t[k] += signs * w[k] * from;
        }
    }

    /// <summary>All terms that flip the same qubits.</summary>
    private sealed class Flip
    {
        public Flip(ulong x, PauliTerm[] terms)
        {
            X = x;
            // ⟨j|P|j ⊕ x⟩ = (−i)^(number of Y) · (−1)^(z·j).
            Real = new Signs([.. terms.Where(t => int.IsEvenInteger(t.Pauli.CountY)).Select(t => (t.Pauli.Z, t.Pauli.CountY % 4 == 0 ? t.Coefficient.Real : -t.Coefficient.Real))]);
            Imaginary = new Signs([.. terms.Where(t => int.IsOddInteger(t.Pauli.CountY)).Select(t => (t.Pauli.Z, t.Pauli.CountY % 4 == 3 ? t.Coefficient.Real : -t.Coefficient.Real))]);
        }

        public ulong X { get; }

        public Signs Real { get; }

        public Signs Imaginary { get; }
    }
}

/// <summary>The function w(j) = Σ aₖ(−1)^(zₖ·j) of a basis state j: a diagonal of Z strings.</summary>
internal sealed class Signs((ulong Z, double Weight)[] terms)
{
    private double[]? _table;

    public bool IsEmpty => terms.Length == 0;

    public bool NeedsTable => !IsEmpty && !IsConstant;

    private bool IsConstant => terms.Length == 1 && terms[0].Z == 0;

    public void WriteTable(int rows, int block)
    {
        if (!NeedsTable) return;
        var table = new double[rows];
        for (var start = 0; start < rows; start += block) Fill((ulong)start, table.AsSpan(start, block));
        _table = table;
    }

    /// <summary>w(start + k) for k below the buffer's length, a power of two that divides start.</summary>
    public ReadOnlySpan<double> Block(int start, Span<double> buffer)
    {
        if (_table is not null) return _table.AsSpan(start, buffer.Length);
        if (IsConstant) buffer.Fill(terms[0].Weight);
        else Fill((ulong)start, buffer);
        return buffer;
    }

    /// <summary>As <see cref="Block"/>: a Walsh–Hadamard transform sums all terms at once.</summary>
    public void Fill(ulong start, Span<double> block)
    {
        block.Clear();
        var mask = (ulong)block.Length - 1;
        foreach (var (z, weight) in terms) block[(int)(z & mask)] += (BitOperations.PopCount(z & start) & 1) == 0 ? weight : -weight;
        for (var half = 1; half < block.Length; half *= 2)
            for (var pair = 0; pair < block.Length; pair += 2 * half)
                Butterfly(block.Slice(pair, half), block.Slice(pair + half, half));
    }

    private static void Butterfly(Span<double> first, Span<double> second)
    {
        var (width, i) = (Vector<double>.Count, 0);
        for (; i <= first.Length - width; i += width)
        {
            var (a, b) = (new Vector<double>(first[i..]), new Vector<double>(second[i..]));
            (a + b).CopyTo(first[i..]);
            (a - b).CopyTo(second[i..]);
        }
        for (; i < first.Length; i++) (first[i], second[i]) = (first[i] + second[i], first[i] - second[i]);
    }
}
