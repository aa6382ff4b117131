using System.Numerics;
using System.Runtime.Intrinsics;

namespace QTrain.Simulation.Stabilizer;

/// <summary>Pauli strings as rows of words: the x bits, then the z bits, as many words each, a multiple of four.</summary>
internal static class PauliRows
{
    /// <summary>Words of one half of a row over so many qubits.</summary>
    public static int WordsFor(int qubits) => (qubits + 255) / 256 * 4;

    /// <summary>left ← left·right as literal strings; returns the power of i in front.</summary>
    /// <remarks>On each qubit where the letters anticommute the product has a phase i or i³. Both bits of the sum of the exponents are carried in
    /// every bit place at once: <c>ones</c> the lower, <c>twos</c> the upper.</remarks>
    public static int Multiply(ref ulong left, ref ulong right, int words)
    {
        var (ones, twos) = (Vector256<ulong>.Zero, Vector256<ulong>.Zero);
        for (nuint k = 0; k < (nuint)words; k += 4)
        {
            var (x1, z1) = (Vector256.LoadUnsafe(ref left, k), Vector256.LoadUnsafe(ref left, k + (nuint)words));
            var (x2, z2) = (Vector256.LoadUnsafe(ref right, k), Vector256.LoadUnsafe(ref right, k + (nuint)words));
            var (x, z, crossed) = (x1 ^ x2, z1 ^ z2, x1 & z2);
            var anticommutes = crossed ^ (z1 & x2);
            var three = anticommutes & (crossed ^ x ^ z);       // XZ, YX, ZY give −i; ZX, XY, YZ give i
            twos ^= three ^ (ones & anticommutes);
            ones ^= anticommutes;
            x.StoreUnsafe(ref left, k);
            z.StoreUnsafe(ref left, k + (nuint)words);
        }
        return Count(ones) + 2 * Count(twos);
    }

    /// <summary>Whether two strings anticommute.</summary>
    public static bool Anticommute(ref ulong left, ref ulong right, int words)
    {
        var sum = Vector256<ulong>.Zero;
        for (nuint k = 0; k < (nuint)words; k += 4)
            sum ^= (Vector256.LoadUnsafe(ref left, k) & Vector256.LoadUnsafe(ref right, k + (nuint)words))
                ^ (Vector256.LoadUnsafe(ref left, k + (nuint)words) & Vector256.LoadUnsafe(ref right, k));
        return (Count(sum) & 1) != 0;
    }

    private static int Count(Vector256<ulong> bits) =>
        BitOperations.PopCount(bits[0]) + BitOperations.PopCount(bits[1]) + BitOperations.PopCount(bits[2]) + BitOperations.PopCount(bits[3]);
}
