using System.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.Plans;

/// <summary>exp(−i·angle·P/2) on a subspace: pairs (i, i ⊕ x) whose one member has given values in <paramref name="Mask"/>.</summary>
/// <param name="Pauli">P, which flips the qubits x.</param>
/// <param name="Mask">Qubits with a given value in one member of a pair; the other member has those of x flipped.</param>
/// <param name="Value">The values.</param>
/// <param name="Angle">In radians.</param>
internal sealed record SubspaceRotation(PauliString Pauli, ulong Mask, ulong Value, AffineAngle Angle);

/// <summary>Rotations about Pauli strings that flip the same qubits and commute, merged.</summary>
/// <remarks>
/// With P_j = ε_j·P₀·Z(d_j), ε_j = ±1, a product of exp(−iθ_j·P_j/2) is exp(−i·f·P₀/2), where f = Σ ε_j·θ_j·(−1)^(d_j·i) has one value for each set
/// of parities d·i. Where few of these are not zero it is cheaper to turn their pairs alone: the eight strings of a double excitation turn
/// one pair in eight, that of |0011⟩ and |1100⟩, and all others cancel.
/// </remarks>
internal static class PauliFusion
{
    private const int MostParities = 6;

    /// <summary>How many instructions from the first on belong together, and what they come to; 0 where merging would not help.</summary>
    public static int Merge(ReadOnlySpan<Instruction> instructions, List<SubspaceRotation> into)
    {
        var first = instructions[0].Pauli;
        var count = 0;
        while (count < instructions.Length && Fits(instructions[count], first)) count++;
        if (count < 2) return 0;
        var pivot = 1UL << BitOperations.Log2(first.X);
        var basis = new List<ulong>();
        for (var k = 1; k < count; k++) Insert(basis, (instructions[k].Pauli.Z ^ first.Z) & ~pivot);
        if (basis.Count > MostParities) return 0;
        // The member whose highest flipped qubit is 0 stands for the pair, so each parity that is left asks for the value of one qubit.
        ulong asked = 0;
        foreach (var bit in basis)
        {
            if (!BitOperations.IsPow2(bit)) return 0;
            asked |= bit;
        }
        var begin = into.Count;
        for (var value = asked; ; value = (value - 1) & asked)
        {
            var angle = Sum(instructions[..count], first, value);
            if (angle.Indices.Length > 0 || angle.Constant != 0) into.Add(new SubspaceRotation(first, asked | pivot, value, angle));
            if (value == 0) break;
        }
        if (into.Count - begin <= count) return count;
        into.RemoveRange(begin, into.Count - begin);
        return 0;
    }

    /// <summary>What the angles of some strings come to where the qubits they ask for have given values.</summary>
    private static AffineAngle Sum(ReadOnlySpan<Instruction> instructions, PauliString first, ulong value)
    {
        var most = 0;
        foreach (var instruction in instructions) most += instruction.Angle.Indices.Length;
        var (indices, coefficients, terms) = (new int[most], new double[most], 0);
        var constant = 0.0;
        foreach (var instruction in instructions)
        {
            var pauli = instruction.Pauli;
            var isNegative = ((pauli.CountY - first.CountY) & 2) != 0 ^ (BitOperations.PopCount((pauli.Z ^ first.Z) & value) & 1) != 0;
            var angle = instruction.Angle;
            constant += isNegative ? -angle.Constant : angle.Constant;
            for (var t = 0; t < angle.Indices.Length; t++)
            {
                var at = 0;
                while (at < terms && indices[at] < angle.Indices[t]) at++;
                if (at == terms || indices[at] != angle.Indices[t])
                {
                    Array.Copy(indices, at, indices, at + 1, terms - at);
                    Array.Copy(coefficients, at, coefficients, at + 1, terms - at);
                    (indices[at], coefficients[at]) = (angle.Indices[t], 0);
                    terms++;
                }
                coefficients[at] += isNegative ? -angle.Coefficients[t] : angle.Coefficients[t];
            }
        }
        var moved = 0;
        for (var t = 0; t < terms; t++)
        {
            if (coefficients[t] == 0) continue;
            (indices[moved], coefficients[moved]) = (indices[t], coefficients[t]);
            moved++;
        }
        return new AffineAngle(indices[..moved], coefficients[..moved], constant);
    }

    private static bool Fits(Instruction instruction, PauliString first) =>
        instruction is { Kind: InstructionKind.PauliRotation, ControlMask: 0, Condition: null }
        && instruction.Pauli.X == first.X && first.X != 0 && ((instruction.Pauli.CountY ^ first.CountY) & 1) == 0;

    /// <summary>Keeps the basis reduced: the leading bit of a vector is in no other.</summary>
    private static void Insert(List<ulong> basis, ulong vector)
    {
        foreach (var known in basis)
            if ((vector & Leading(known)) != 0) vector ^= known;
        if (vector == 0) return;
        for (var k = 0; k < basis.Count; k++)
            if ((basis[k] & Leading(vector)) != 0) basis[k] ^= vector;
        basis.Add(vector);
    }

    private static ulong Leading(ulong vector) => 1UL << BitOperations.Log2(vector);
}
