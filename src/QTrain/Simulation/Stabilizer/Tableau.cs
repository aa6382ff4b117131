using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QTrain.Simulation.Stabilizer;

/// <summary>A stabilizer state U|0…0⟩, kept as what U† makes of X and Z of each qubit: U†·P·U, a row of bits each.</summary>
/// <remarks>
/// The inverse tableau (Gidney 2021, arXiv:2103.02202, after Aaronson &amp; Gottesman 2004, arXiv:quant-ph/0406196): a gate acts on the rows of
/// its qubits alone, and an outcome is certain exactly where the row of what is measured holds no X, its sign being the outcome: n/64 words
/// are looked at, not n²/64. Where the outcome m is random, the row R = U†·P·U anticommutes with Z of some input p, and
/// (1 + (−1)ᵐR)/√2 |0⟩ = V|0⟩ with the Clifford V = (1 + (−1)ᵐR·Z_p)/√2. So a collapse is a rotation by one Pauli string: rows that
/// anticommute with it are multiplied by (−1)ᵐR·Z_p.
/// </remarks>
internal sealed class Tableau
{
    private readonly int _words;            // of one half of a row; a multiple of four
    private readonly ulong[] _rows;         // X of qubit 0, 1, …, then Z; each its x words, then its z words
    private readonly bool[] _negative;
    private readonly ulong[] _product;
    private ulong[] _newRows = [];
    private int _productPower;              // the product of rows is i^power times the literal string

    /// <summary>The state |0…0⟩.</summary>
    public Tableau(int qubits)
    {
        QubitCount = qubits;
        _words = PauliRows.WordsFor(qubits);
        _rows = new ulong[2L * qubits * 2 * _words];
        _negative = new bool[2 * qubits];
        _product = new ulong[2 * _words];
        for (var q = 0; q < qubits; q++)
        {
            X(q)[q >> 6] |= 1UL << q;
            Z(q)[_words + (q >> 6)] |= 1UL << q;
        }
    }

    private Tableau(Tableau other)
    {
        (QubitCount, _words) = (other.QubitCount, other._words);
        _rows = (ulong[])other._rows.Clone();
        _negative = (bool[])other._negative.Clone();
        _product = new ulong[2 * _words];
    }

    public int QubitCount { get; }

    /// <summary>Bytes of a tableau of so many qubits.</summary>
    public static long BytesFor(int qubits) => 2L * qubits * 2 * PauliRows.WordsFor(qubits) * sizeof(ulong);

    public Tableau Copy() => new(this);

    private Span<ulong> Row(int row) => _rows.AsSpan(checked((int)((long)row * 2 * _words)), 2 * _words);

    private Span<ulong> X(int qubit) => Row(qubit);

    private Span<ulong> Z(int qubit) => Row(QubitCount + qubit);

    /// <summary>Applies a gate to qubits, the first being the gate's lowest.</summary>
    public void Apply(CliffordMap map, ReadOnlySpan<int> qubits)
    {
        Debug.Assert(map.QubitCount == qubits.Length);
        // Of U†·G†·P·G·U the middle is a string over the gate's qubits, whose rows are multiplied. All are before any is replaced.
        var inverse = map.Inverse();
        var width = 2 * _words;
        if (_newRows.Length < 2 * qubits.Length * width) Array.Resize(ref _newRows, 2 * qubits.Length * width);
        Span<bool> signs = stackalloc bool[2 * qubits.Length];
        for (var k = 0; k < 2 * qubits.Length; k++)
        {
            Product(k < qubits.Length ? inverse.OfX(k) : inverse.OfZ(k - qubits.Length), qubits);
            _product.CopyTo(_newRows, k * width);
            signs[k] = _productPower == 2;
        }
        for (var k = 0; k < 2 * qubits.Length; k++)
        {
            var row = k < qubits.Length ? qubits[k] : QubitCount + qubits[k - qubits.Length];
            _newRows.AsSpan(k * width, width).CopyTo(Row(row));
            _negative[row] = signs[k];
        }
    }

    /// <summary>Applies a Pauli string: signs change where it anticommutes.</summary>
    public void Apply(SparsePauli pauli)
    {
        foreach (var (qubit, x, z) in pauli.Letters)
        {
            _negative[qubit] ^= z;
            _negative[QubitCount + qubit] ^= x;
        }
    }

    /// <summary>Applies exp(−iθP/2), θ being so many quarter turns, to any string P.</summary>
    public void Rotate(SparsePauli pauli, int quarterTurns)
    {
        var turns = (quarterTurns + (pauli.IsNegative && (quarterTurns & 1) != 0 ? 2 : 0)) & 3;
        if (turns == 0) return;
        if (turns == 2)
        {
            Apply(pauli);
            return;
        }
        Product(pauli with { IsNegative = false });
        var (string_, negative) = ((ulong[])_product.Clone(), _productPower == 2);
        // G†·Q·G = Q·e^(−iθP) for an anticommuting Q: Q·(−iP) after a quarter turn.
        var power = (turns == 1 ? 3 : 1) + (negative ? 2 : 0);
        foreach (var (qubit, x, z) in pauli.Letters)
        {
            if (z) MultiplyRow(qubit, string_, power);
            if (x) MultiplyRow(QubitCount + qubit, string_, power);
        }
    }

    /// <summary>What a measurement of a Pauli string would give: +1 or −1 where it is certain, 0 where both are as likely.</summary>
    public int Expectation(SparsePauli pauli)
    {
        Product(pauli);
        return _product.AsSpan(0, _words).ContainsAnyExcept(0UL) ? 0 : _productPower == 2 ? -1 : 1;
    }

    /// <summary>Measures a Pauli string.</summary>
    /// <param name="pauli">The string.</param>
    /// <param name="ifRandom">The outcome, where both are as likely.</param>
    /// <returns>The outcome: false for +1, true for −1.</returns>
    public bool Measure(SparsePauli pauli, bool ifRandom) => Measure(pauli, ifRandom, out _);

    /// <summary>Measures a Pauli string, and says whether the outcome was random.</summary>
    public bool Measure(SparsePauli pauli, bool ifRandom, out bool isRandom)
    {
        Product(pauli);
        var word = _product.AsSpan(0, _words).IndexOfAnyExcept(0UL);
        isRandom = word >= 0;
        if (!isRandom) return _productPower == 2;
        var bit = _product[word] & (~_product[word] + 1);
        // R·Z_p: X·Z = i³Y and Y·Z = iX on the pivot, elsewhere R itself.
        var power = _productPower + ((_product[_words + word] & bit) == 0 ? 3 : 1) + (ifRandom ? 2 : 0);
        _product[_words + word] ^= bit;
        for (var row = 0; row < 2 * QubitCount; row++)
            if (PauliRows.Anticommute(ref Start(row), ref _product[0], _words)) MultiplyRow(row, _product, power);
        return ifRandom;
    }

    /// <summary>Puts a qubit into the state that a letter leaves alone.</summary>
    public void Reset(int qubit, char basis, bool ifRandom)
    {
        if (Measure(SparsePauli.Single(basis, qubit), ifRandom)) Apply(SparsePauli.Single(basis == 'X' ? 'Z' : 'X', qubit));
    }

    /// <summary>The value that a measurement of a qubit would give for certain; null where it is random.</summary>
    public bool? Certain(int qubit) => Z(qubit)[.._words].ContainsAnyExcept(0UL) ? null : _negative[QubitCount + qubit];

    /// <summary>U·Z_k·U†, the k-th stabilizer generator, as letters.</summary>
    public SparsePauli Stabilizer(int input)
    {
        // It holds an X on q where it anticommutes with Z_q, that is, where Z_k anticommutes with the row U†·Z_q·U.
        var letters = System.Collections.Immutable.ImmutableArray.CreateBuilder<(int, bool, bool)>();
        for (var q = 0; q < QubitCount; q++)
        {
            var (x, z) = ((Z(q)[input >> 6] >> input & 1) != 0, (X(q)[input >> 6] >> input & 1) != 0);
            if (x || z) letters.Add((q, x, z));
        }
        var pauli = new SparsePauli(letters.ToImmutable(), false);
        Product(pauli);
        return pauli with { IsNegative = _productPower == 2 };
    }

    /// <summary>How many bits of a measurement of all qubits are random: the rank of the x halves of the rows of Z.</summary>
    public int RandomBits()
    {
        var rows = new ulong[QubitCount][];
        for (var q = 0; q < QubitCount; q++) rows[q] = Z(q)[.._words].ToArray();
        var rank = 0;
        for (var bit = 0; bit < QubitCount; bit++)
        {
            var pivot = Array.FindIndex(rows, rank, r => (r[bit >> 6] >> bit & 1) != 0);
            if (pivot < 0) continue;
            (rows[rank], rows[pivot]) = (rows[pivot], rows[rank]);
            for (var other = rank + 1; other < rows.Length; other++)
                if ((rows[other][bit >> 6] >> bit & 1) != 0)
                    for (var w = 0; w < _words; w++) rows[other][w] ^= rows[rank][w];
            rank++;
        }
        return rank;
    }

    /// <summary>U†·P·U into the scratch row.</summary>
    private void Product(SparsePauli pauli)
    {
        Array.Clear(_product);
        var power = pauli.IsNegative ? 2 : 0;
        foreach (var (qubit, x, z) in pauli.Letters)
        {
            if (x && z) power++;            // Y = iXZ
            if (x) power += MultiplyProduct(qubit);
            if (z) power += MultiplyProduct(QubitCount + qubit);
        }
        _productPower = power & 3;
        Debug.Assert((power & 1) == 0, "the image of a Hermitian operator is Hermitian");
    }

    /// <summary>U†·P·U of a string over some qubits, into the scratch row.</summary>
    private void Product(SignedPauli pauli, ReadOnlySpan<int> qubits)
    {
        Array.Clear(_product);
        var power = (pauli.IsNegative ? 2 : 0) + pauli.Pauli.CountY;
        for (var k = 0; k < qubits.Length; k++)
        {
            if ((pauli.Pauli.X >> k & 1) != 0) power += MultiplyProduct(qubits[k]);
            if ((pauli.Pauli.Z >> k & 1) != 0) power += MultiplyProduct(QubitCount + qubits[k]);
        }
        _productPower = power & 3;
        Debug.Assert((power & 1) == 0, "the image of a Hermitian operator is Hermitian");
    }

    private int MultiplyProduct(int row) => PauliRows.Multiply(ref _product[0], ref Start(row), _words) + (_negative[row] ? 2 : 0);

    private void MultiplyRow(int row, ulong[] by, int power)
    {
        power += PauliRows.Multiply(ref Start(row), ref by[0], _words) + (_negative[row] ? 2 : 0);
        Debug.Assert((power & 1) == 0, "rows stay Hermitian");
        _negative[row] = (power & 3) == 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong Start(int row) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_rows), (nint)row * 2 * _words);
}
