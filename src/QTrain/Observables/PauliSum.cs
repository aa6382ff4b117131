using System.Collections.Immutable;
using System.Numerics;

namespace QTrain.Observables;

/// <summary>One term of a <see cref="PauliSum"/>.</summary>
/// <param name="Pauli">The string.</param>
/// <param name="Coefficient">Its coefficient; real in an observable.</param>
public readonly record struct PauliTerm(PauliString Pauli, Complex Coefficient);

/// <summary>Σ cₖPₖ on a fixed number of qubits: a value. Terms of one string are added up and keep the order of first mention.</summary>
public sealed class PauliSum : IEquatable<PauliSum>
{
    /// <summary>The sum of <paramref name="terms"/> on <paramref name="qubits"/> qubits.</summary>
    /// <exception cref="QuantumException">A term acts on a qubit that does not exist.</exception>
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

    /// <inheritdoc/>
    public bool Equals(PauliSum? other) => other is not null && QubitCount == other.QubitCount && Terms.SequenceEqual(other.Terms);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PauliSum);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(QubitCount);
        foreach (var term in Terms) hash.Add(term);
        return hash.ToHashCode();
    }

    /// <summary>The sum as <c>0.5·XIZ + …</c>.</summary>
    public override string ToString() => string.Join(" + ", Terms.Select(t =>
        $"{(t.Coefficient.Imaginary == 0 ? t.Coefficient.Real.ToString("R") : t.Coefficient.ToString())}·{t.Pauli.ToLabel(QubitCount)}"));
}
