using System.Collections.Immutable;
using System.Numerics;

namespace QTrain.Observables;

/// <summary>One term of a <see cref="PauliSum"/>.</summary>
/// <param name="Pauli">The string.</param>
/// <param name="Coefficient">Its coefficient; real in an observable.</param>
public readonly record struct PauliTerm(PauliString Pauli, Complex Coefficient);

/// <summary>Σ cₖPₖ on a fixed number of qubits: a value. Terms of one string are added up and keep the order of first mention.</summary>
/// <remarks>Two sums are equal when they are the same operator with the same coefficients, in whatever order.</remarks>
public sealed partial class PauliSum : IEquatable<PauliSum>
{
    /// <summary>The largest number of qubits for which <see cref="Matrix"/> is written out: 4,096 × 4,096 numbers, 256 MiB.</summary>
    public const int MaxMatrixQubits = 12;

    /// <summary>The sum of <paramref name="terms"/> on <paramref name="qubits"/> qubits.</summary>
    /// <exception cref="QuantumException">A term acts on a qubit that does not exist, or its coefficient is not a finite number.</exception>
    public PauliSum(int qubits, IEnumerable<PauliTerm> terms)
    {
        if (qubits is < 1 or > PauliString.MaxQubits)
            throw new QuantumException($"An observable on {qubits} qubits cannot be: it needs 1 to {PauliString.MaxQubits}.");
        QubitCount = qubits;
        var order = new Dictionary<PauliString, int>();
        var sums = ImmutableArray.CreateBuilder<PauliTerm>();
        foreach (var term in terms)
        {
            if (term.Pauli.MinimumQubits > qubits) throw new QubitOutOfRangeException(term.Pauli.MinimumQubits - 1, qubits);
            if (!Complex.IsFinite(term.Coefficient))
                throw new QuantumException($"The coefficient of {term.Pauli.ToLabel(qubits)} is {PauliSumText.Write(term.Coefficient)}: coefficients must be finite.");
            if (order.TryGetValue(term.Pauli, out var at)) sums[at] = sums[at] with { Coefficient = sums[at].Coefficient + term.Coefficient };
            else
            {
                order.Add(term.Pauli, sums.Count);
                sums.Add(term);
            }
        }
        Terms = sums.ToImmutable();
    }

    /// <summary>How many qubits the sum is defined on.</summary>
    public int QubitCount { get; }

    /// <summary>The terms, each string once.</summary>
    public ImmutableArray<PauliTerm> Terms { get; }

    /// <summary>Whether every coefficient is real, so that the sum can be measured.</summary>
    public bool IsHermitian => Terms.All(t => t.Coefficient.Imaginary == 0);

    /// <summary>Whether the sum is diagonal in the computational basis: no term flips a qubit.</summary>
    public bool IsDiagonal => Terms.All(t => t.Pauli.X == 0);

    /// <summary>Σ |cₖ|, a bound of the operator's norm.</summary>
    public double OneNorm => Terms.Sum(t => Complex.Abs(t.Coefficient));

    /// <summary>The coefficient of a string; 0 where the sum does not mention it.</summary>
    public Complex this[PauliString pauli]
    {
        get
        {
            foreach (var term in Terms)
                if (term.Pauli == pauli) return term.Coefficient;
            return 0;
        }
    }

    /// <summary>The sum 0 of no terms.</summary>
    public static PauliSum Zero(int qubits) => new(qubits, []);

    /// <summary>The identity.</summary>
    public static PauliSum Identity(int qubits) => new(qubits, [new PauliTerm(PauliString.Identity, 1)]);

    /// <summary>A sum of labels of either form with real coefficients: <c>PauliSum.Of(3, ("XIZ", 0.5), ("Z0", -0.2))</c>.</summary>
    /// <exception cref="QuantumException">A label cannot be read or does not fit the number of qubits.</exception>
    public static PauliSum Of(int qubits, params IEnumerable<(string Label, double Coefficient)> terms) =>
        new(qubits, terms.Select(t => new PauliTerm(PauliString.Parse(t.Label, qubits), t.Coefficient)));

    /// <summary>Reads a sum as people write it: <c>0.5*XIZ - 0.2*Z0 + 1</c>; also OpenFermion's <c>(0.5+0j) [X0 Z2] + …</c>.</summary>
    /// <param name="text">Terms with signs; a coefficient is a number or a complex number in parentheses, and 1 when absent.</param>
    /// <param name="qubits">How many qubits; null: as many as the labels speak of, at least 1.</param>
    /// <exception cref="QuantumException">The text is no sum of Pauli strings; the message says where.</exception>
    public static PauliSum Parse(string text, int? qubits = null) => PauliSumText.Parse(text, qubits);

    /// <summary>⟨b|O|b⟩ of a basis state: the energy of a bit string, to which only the diagonal terms add.</summary>
    /// <param name="basisState">The bits, qubit 0 lowest.</param>
    public Complex ValueAt(ulong basisState)
    {
        Complex sum = 0;
        foreach (var (pauli, coefficient) in Terms)
            if (pauli.X == 0) sum += (BitOperations.PopCount(pauli.Z & basisState) & 1) == 0 ? coefficient : -coefficient;
        return sum;
    }

    /// <summary>The dense matrix, 2ⁿ × 2ⁿ, qubit 0 lowest.</summary>
    /// <exception cref="QuantumException">There are more than <see cref="MaxMatrixQubits"/> qubits.</exception>
    public Complex[,] Matrix()
    {
        if (QubitCount > MaxMatrixQubits)
            throw new QuantumException($"The matrix of an observable on {QubitCount} qubits is too large to write out: at most {MaxMatrixQubits} are allowed.");
        var size = 1 << QubitCount;
        var matrix = new Complex[size, size];
        foreach (var (pauli, coefficient) in Terms)
            for (var column = 0; column < size; column++)
                matrix[column ^ (int)pauli.X, column] += coefficient * pauli.PhaseOn((ulong)column);
        return matrix;
    }

    /// <inheritdoc/>
    public bool Equals(PauliSum? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || QubitCount != other.QubitCount) return false;
        var mine = new Dictionary<PauliString, Complex>();
        foreach (var (pauli, coefficient) in Terms)
            if (coefficient != 0) mine.Add(pauli, coefficient);
        var matched = 0;
        foreach (var (pauli, coefficient) in other.Terms)
        {
            if (coefficient == 0) continue;
            if (!mine.TryGetValue(pauli, out var same) || same != coefficient) return false;
            matched++;
        }
        return matched == mine.Count;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PauliSum);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // Order must not matter, so the terms' hashes are added.
        var sum = QubitCount;
        foreach (var term in Terms)
            if (term.Coefficient != 0) sum += term.GetHashCode();
        return sum;
    }

    /// <summary>The sum as <see cref="Parse"/> reads it, terms in their order: <c>0.5*XIZ - 0.2*IIZ</c>.</summary>
    public override string ToString() => PauliSumText.Write(this);

    /// <summary>Throws unless the sum can be measured.</summary>
    /// <exception cref="NotHermitianException">A coefficient is not real.</exception>
    internal void RequireHermitian()
    {
        foreach (var term in Terms)
            if (term.Coefficient.Imaginary != 0) throw new NotHermitianException(term);
    }
}
