using System.Numerics;

namespace QTrain.Observables;

/// <summary>A product of Pauli operators on distinct qubits, such as X₀Z₂, without a coefficient. The identity is <c>default</c>.</summary>
/// <param name="X">Bit q is set when the operator on qubit q flips it: X or Y.</param>
/// <param name="Z">Bit q is set when the operator on qubit q signs it: Z or Y.</param>
/// <remarks>Up to 64 qubits. Y is the bit set in both masks; the string is the literal Hermitian product, with no hidden phase.</remarks>
public readonly partial record struct PauliString(ulong X, ulong Z)
{
    /// <summary>The largest number of qubits a string can speak about.</summary>
    public const int MaxQubits = 64;

    /// <summary>The identity.</summary>
    public static PauliString Identity => default;

    /// <summary>How many qubits the string acts on other than as the identity.</summary>
    public int Weight => BitOperations.PopCount(X | Z);

    /// <summary>The qubits the string acts on, as a mask.</summary>
    public ulong Support => X | Z;

    /// <summary>How many Y the string holds.</summary>
    public int CountY => BitOperations.PopCount(X & Z);

    /// <summary>The smallest number of qubits on which the string exists.</summary>
    public int MinimumQubits => 64 - BitOperations.LeadingZeroCount(X | Z);

    /// <summary>The letter on a qubit: I, X, Y or Z.</summary>
    public char this[int qubit] => "IXZY"[(int)((X >> qubit & 1) | (Z >> qubit & 1) << 1)];

    /// <summary>The string that acts with one letter on one qubit.</summary>
    public static PauliString Single(char letter, int qubit)
    {
        if (qubit is < 0 or >= MaxQubits)
            throw new QuantumException($"Qubit {qubit} is out of range for a Pauli string: qubits are numbered 0 to {MaxQubits - 1}.");
        var bit = 1UL << qubit;
        return letter switch
        {
            'I' => default,
            'X' => new(bit, 0),
            'Y' => new(bit, bit),
            'Z' => new(0, bit),
            _ => throw new QuantumException($"'{letter}' is not a Pauli operator: the letters are I, X, Y and Z."),
        };
    }

    /// <summary>Whether two strings commute as operators.</summary>
    public bool CommutesWith(PauliString other) =>
        (BitOperations.PopCount(X & other.Z) + BitOperations.PopCount(Z & other.X)) % 2 == 0;

    /// <summary>Whether two strings commute qubit by qubit, so that one local basis measures both.</summary>
    public bool CommutesQubitWiseWith(PauliString other)
    {
        var both = Support & other.Support;
        return ((X ^ other.X) & both) == 0 && ((Z ^ other.Z) & both) == 0;
    }

    /// <summary>The product of two strings and its phase, a power of i.</summary>
    /// <returns>The string and k with <c>left·right = i^k · string</c>, k in 0…3.</returns>
    public static (PauliString Product, int PowerOfI) Multiply(PauliString left, PauliString right)
    {
        var product = new PauliString(left.X ^ right.X, left.Z ^ right.Z);
        // P = i^{x·z} X^x Z^z; moving Z^z of the left past X^x of the right gives (−1)^{z·x'}.
        var power = left.CountY + right.CountY - product.CountY + 2 * BitOperations.PopCount(left.Z & right.X);
        return (product, power & 3);
    }

    /// <summary>The factor f with P|b⟩ = f·|b ⊕ x⟩.</summary>
    internal Complex PhaseOn(ulong basis) => ((CountY + 2 * BitOperations.PopCount(Z & basis)) & 3) switch
    {
        0 => 1,
        1 => Complex.ImaginaryOne,
        2 => -1,
        _ => -Complex.ImaginaryOne,
    };

    /// <summary>The label with qubit 0 rightmost, on so many qubits.</summary>
    public string ToLabel(int qubits)
    {
        if (qubits < MinimumQubits)
            throw new ArgumentOutOfRangeException(nameof(qubits), qubits, $"The string needs {MinimumQubits} qubits.");
        var self = this;
        return string.Create(qubits, self, static (span, pauli) =>
        {
            for (var q = 0; q < span.Length; q++) span[span.Length - 1 - q] = pauli[q];
        });
    }

    /// <summary>The label with qubit 0 rightmost, on as many qubits as it needs (at least one).</summary>
    public override string ToString() => ToLabel(Math.Max(1, MinimumQubits));
}
