using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.Stabilizer;

/// <summary>A stabilizer state of up to thousands of qubits: what Clifford gates, measurements and resets make of |0…0⟩.</summary>
/// <remarks>Aaronson &amp; Gottesman 2004, arXiv:quant-ph/0406196; kept as Gidney 2021, arXiv:2103.02202, does: 4n² bits for n qubits. A gate takes
/// O(n), a measurement O(n) where it is certain and O(n²) where it is random. Global phases are not kept.</remarks>
public sealed class StabilizerState
{
    private readonly Tableau _tableau;

    private StabilizerState(Tableau tableau) => _tableau = tableau;

    /// <summary>The state |0…0⟩.</summary>
    /// <exception cref="QuantumException">It does not fit into memory.</exception>
    public static StabilizerState Zero(int qubits)
    {
        if (qubits < 1) throw new QuantumException($"A state of {qubits} qubits cannot be: it needs at least 1.");
        FrameSampler.DemandTableau(qubits);
        return new StabilizerState(new Tableau(qubits));
    }

    /// <summary>The final state of a unitary Clifford circuit started in |0…0⟩.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <exception cref="NotCliffordException">An operation is no Clifford gate at these values.</exception>
    public static StabilizerState Of(Circuit circuit, ReadOnlySpan<double> at = default)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var state = Zero(circuit.QubitCount);
        state.Apply(circuit, at);
        return state;
    }

    /// <summary>How many qubits.</summary>
    public int QubitCount => _tableau.QubitCount;

    /// <summary>Applies a unitary Clifford circuit.</summary>
    /// <param name="circuit">The circuit, on as many qubits.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    public void Apply(Circuit circuit, ReadOnlySpan<double> at = default)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (circuit.QubitCount != QubitCount) throw new QuantumException($"A circuit of {circuit.QubitCount} qubits cannot be applied to a state of {QubitCount}: they must be as many.");
        if (!circuit.IsUnitary) throw new QuantumException("The circuit measures, resets or asks a condition: run it with StabilizerSimulator, which keeps its classical bits.");
        foreach (var step in CliffordCircuit.Of(circuit, at).Steps) Apply(_tableau, step);
    }

    /// <summary>Measures a qubit in the computational basis; the state collapses.</summary>
    public bool Measure(int qubit, ref RandomStream random)
    {
        CheckQubit(qubit);
        return _tableau.Measure(SparsePauli.Single('Z', qubit), (random.NextUInt64() & 1) != 0);
    }

    /// <summary>⟨P⟩, exactly: −1, 0 or +1.</summary>
    public int Expectation(PauliString pauli)
    {
        if (pauli.MinimumQubits > QubitCount) throw new QubitOutOfRangeException(pauli.MinimumQubits - 1, QubitCount);
        var letters = ImmutableArray.CreateBuilder<(int, bool, bool)>();
        for (var q = 0; q < pauli.MinimumQubits; q++)
            if (pauli[q] != 'I') letters.Add((q, (pauli.X >> q & 1) != 0, (pauli.Z >> q & 1) != 0));
        return _tableau.Expectation(new SparsePauli(letters.ToImmutable(), false));
    }

    /// <summary>⟨P⟩, exactly, of a string as wide as the state: letters with qubit 0 rightmost, with a sign or none, as <see cref="Generators"/> writes them.</summary>
    public int Expectation(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        var letters = label.AsSpan().TrimStart("+-");
        if (label.Length - letters.Length > 1 || letters.Length != QubitCount || letters.ContainsAnyExcept("IXYZ"))
            throw new QuantumException($"'{(label.Length > 80 ? label[..80] + "…" : label)}' is no Pauli label of this state: write {QubitCount} letters I, X, Y, Z with qubit 0 rightmost, and a sign before them or none.");
        var found = ImmutableArray.CreateBuilder<(int, bool, bool)>();
        for (var q = 0; q < QubitCount; q++)
            if (letters[^(q + 1)] is var letter and not 'I') found.Add((q, letter != 'Z', letter != 'X'));
        return _tableau.Expectation(new SparsePauli(found.ToImmutable(), label[0] == '-'));
    }

    /// <summary>⟨O⟩ of an observable on as many qubits or fewer, exactly up to the rounding of the sum.</summary>
    public double Expectation(PauliSum observable)
    {
        ArgumentNullException.ThrowIfNull(observable);
        if (!observable.IsHermitian) throw new NotHermitianException(observable.Terms.First(t => t.Coefficient.Imaginary != 0));
        if (observable.QubitCount > QubitCount) throw new QuantumException($"The observable acts on {observable.QubitCount} qubits, but the state has {QubitCount}.");
        var sum = 0.0;
        foreach (var (pauli, coefficient) in observable.Terms) sum += coefficient.Real * Expectation(pauli);
        return sum;
    }

    /// <summary>Generators of the stabilizer group, U·Z_k·U† for each qubit k, U being the Clifford that made the state; signs first, qubit 0 rightmost.</summary>
    public ImmutableArray<string> Generators() => [.. Enumerable.Range(0, QubitCount).Select(k => Label(_tableau.Stabilizer(k)))];

    /// <summary>The one set of generators that every preparation of the state shares: in reduced row echelon form over X of qubit 0, 1, … and then Z.</summary>
    public ImmutableArray<string> CanonicalGenerators()
    {
        var words = PauliRows.WordsFor(QubitCount);
        var rows = new (ulong[] Bits, bool IsNegative)[QubitCount];
        for (var k = 0; k < QubitCount; k++)
        {
            var pauli = _tableau.Stabilizer(k);
            rows[k] = (new ulong[2 * words], pauli.IsNegative);
            foreach (var (q, x, z) in pauli.Letters)
            {
                if (x) rows[k].Bits[q >> 6] |= 1UL << q;
                if (z) rows[k].Bits[words + (q >> 6)] |= 1UL << q;
            }
        }
        var rank = 0;
        for (var column = 0; column < 2 * QubitCount; column++)
        {
            var (word, bit) = column < QubitCount ? (column >> 6, column) : (words + (column - QubitCount >> 6), column - QubitCount);
            var pivot = Array.FindIndex(rows, rank, r => (r.Bits[word] >> bit & 1) != 0);
            if (pivot < 0) continue;
            (rows[rank], rows[pivot]) = (rows[pivot], rows[rank]);
            for (var other = 0; other < rows.Length; other++)
            {
                if (other == rank || (rows[other].Bits[word] >> bit & 1) == 0) continue;
                // Generators commute, so their product has a sign and no i.
                var power = PauliRows.Multiply(ref rows[other].Bits[0], ref rows[rank].Bits[0], words);
                rows[other].IsNegative ^= rows[rank].IsNegative ^ (power & 3) == 2;
            }
            rank++;
        }
        return [.. rows.Select(r => Label(r.Bits, words, r.IsNegative))];
    }

    /// <summary>How many bits of a measurement of all qubits are random; the others are parities of them.</summary>
    public int RandomBits => _tableau.RandomBits();

    /// <summary>The qubits whose measurement has a certain outcome, and the outcome.</summary>
    public ImmutableSortedDictionary<int, bool> CertainOutcomes() =>
        Enumerable.Range(0, QubitCount).Select(q => (q, value: _tableau.Certain(q))).Where(c => c.value is not null).ToImmutableSortedDictionary(c => c.q, c => c.value!.Value);

    internal static void Apply(Tableau tableau, CliffordStep step)
    {
        if (step.Map is { IsPauli: true }) tableau.Apply(step.AsPauli());
        else if (step.Map is { } map) tableau.Apply(map, step.Qubits.AsSpan());
        else tableau.Rotate(step.Rotation, step.QuarterTurns);
    }

    private string Label(SparsePauli pauli)
    {
        var letters = new char[QubitCount + 1];
        letters.AsSpan().Fill('I');
        letters[0] = pauli.IsNegative ? '-' : '+';
        foreach (var (q, x, z) in pauli.Letters) letters[QubitCount - q] = x ? z ? 'Y' : 'X' : 'Z';
        return new string(letters);
    }

    private string Label(ulong[] bits, int words, bool isNegative)
    {
        var letters = ImmutableArray.CreateBuilder<(int, bool, bool)>();
        for (var q = 0; q < QubitCount; q++)
            if (((bits[q >> 6] >> q & 1) != 0, (bits[words + (q >> 6)] >> q & 1) != 0) is var (x, z) && (x || z)) letters.Add((q, x, z));
        return Label(new SparsePauli(letters.ToImmutable(), isNegative));
    }

    private void CheckQubit(int qubit)
    {
        if ((uint)qubit >= (uint)QubitCount) throw new QubitOutOfRangeException(qubit, QubitCount);
    }
}
