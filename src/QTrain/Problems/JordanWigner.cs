using System.Collections.Immutable;
using System.Numerics;
using QTrain.Observables;

namespace QTrain.Problems;

/// <summary>An operator that creates or annihilates a fermion.</summary>
/// <param name="Mode">The mode it acts on, from 0.</param>
/// <param name="Creates">Whether it creates: a†.</param>
internal readonly record struct LadderOperator(int Mode, bool Creates);

/// <summary>Jordan and Wigner's map of fermions to qubits: mode k is qubit k, aₖ = Z₀…Zₖ₋₁ (Xₖ + iYₖ)/2. Z. Phys. 47, 631 (1928).</summary>
internal static class JordanWigner
{
    // 2⁸ strings: no Hamiltonian of nature has products of more than four pairs.
    private const int MaxProduct = 8;

    /// <summary>The sum of products of ladder operators, each with a coefficient; the first operator of a product stands leftmost.</summary>
    public static PauliSum Map(int modes, IEnumerable<(Complex Coefficient, ImmutableArray<LadderOperator> Product)> terms) => new(modes, terms.SelectMany(Strings));

    private static List<PauliTerm> Strings((Complex Coefficient, ImmutableArray<LadderOperator> Product) term)
    {
        if (term.Product.Length > MaxProduct) throw new QuantumException($"A product of {term.Product.Length} ladder operators is too long: at most {MaxProduct} are allowed.");
        var strings = new List<PauliTerm> { new(PauliString.Identity, term.Coefficient) };
        foreach (var (mode, creates) in term.Product)
        {
            var bit = 1UL << mode;
            var (x, y) = (new PauliString(bit, bit - 1), new PauliString(bit, bit | (bit - 1)));
            var half = new Complex(0, creates ? -0.5 : 0.5);
            strings = [.. strings.SelectMany(s => (PauliTerm[])[Product(s, x, 0.5), Product(s, y, half)])];
        }
        return strings;
    }

    private static PauliTerm Product(PauliTerm left, PauliString right, Complex factor)
    {
        var (pauli, power) = PauliString.Multiply(left.Pauli, right);
        var value = left.Coefficient * factor;
        return new PauliTerm(pauli, power switch
        {
            0 => value,
            1 => new Complex(-value.Imaginary, value.Real),
            2 => -value,
            _ => new Complex(value.Imaginary, -value.Real),
        });
    }
}
