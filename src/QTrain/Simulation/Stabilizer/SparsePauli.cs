using System.Collections.Immutable;
using QTrain.Observables;

namespace QTrain.Simulation.Stabilizer;

/// <summary>A signed Pauli string on any qubits, as its letters: X₁Z₇₀₀.</summary>
internal readonly record struct SparsePauli(ImmutableArray<(int Qubit, bool X, bool Z)> Letters, bool IsNegative)
{
    /// <summary>The product of letters in the order of a stim target list.</summary>
    public static SparsePauli Of(ImmutableArray<StimTarget> targets) => Of(targets, out _);

    /// <summary>The product of letters in the order of a stim target list, and whether it is Hermitian: X0*Z0 is not, having a phase i.</summary>
    public static SparsePauli Of(ImmutableArray<StimTarget> targets, out bool isHermitian)
    {
        var letters = new SortedDictionary<int, PauliString>();
        var power = 0;
        foreach (var target in targets)
        {
            var (product, turns) = PauliString.Multiply(letters.GetValueOrDefault(target.Number), PauliString.Single(target.Letter, 0));
            letters[target.Number] = product;
            power += turns + (target.IsInverted ? 2 : 0);
        }
        isHermitian = (power & 1) == 0;
        return new SparsePauli(
            [.. letters.Where(l => l.Value != PauliString.Identity).Select(l => (l.Key, l.Value.X != 0, l.Value.Z != 0))], (power & 3) == 2);
    }

    /// <summary>One letter.</summary>
    public static SparsePauli Single(char letter, int qubit, bool isNegative = false) => new([(qubit, letter != 'Z', letter != 'X')], isNegative);

    /// <summary>A string over local qubits placed on others.</summary>
    public static SparsePauli Placed(SignedPauli pauli, ReadOnlySpan<int> qubits)
    {
        var letters = ImmutableArray.CreateBuilder<(int, bool, bool)>();
        for (var k = 0; k < qubits.Length; k++)
        {
            var (x, z) = ((pauli.Pauli.X >> k & 1) != 0, (pauli.Pauli.Z >> k & 1) != 0);
            if (x || z) letters.Add((qubits[k], x, z));
        }
        return new SparsePauli(letters.ToImmutable(), pauli.IsNegative);
    }
}
