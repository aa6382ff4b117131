using System.Numerics;
using QTrain.Observables;

namespace QTrain.Noise;

/// <summary>Maps of Pauli strings on a few qubits. Strings are numbered with two bits a qubit, the X mask's below the Z mask's:
/// I = 0, X = 1, Z = 2, Y = 3; multiplying strings is then exclusive or.</summary>
internal static class PauliTransfer
{
    /// <summary>R[i·4ᵏ + j] = Tr(Pᵢ Σ K Pⱼ K†)/2ᵏ.</summary>
    public static double[] Of(IReadOnlyList<Complex[,]> kraus, int qubits)
    {
        var result = new double[1 << (4 * qubits)];
        Write(kraus, qubits, result);
        return result;
    }

    /// <summary>The transfer matrix of one operator; of a unitary, its rotation of the Pauli strings.</summary>
    public static double[] Of(Complex[,] operation, int qubits) => Of([operation], qubits);

    private static void Write(IReadOnlyList<Complex[,]> kraus, int qubits, Span<double> result)
    {
        var (size, strings) = (1 << qubits, 1 << (2 * qubits));
        var (image, line) = (new Complex[size, size], new Complex[size]);
        for (var j = 0; j < strings; j++)
        {
            var pauli = StringOf(j, qubits);
            Array.Clear(image);
            foreach (var k in kraus)
                for (var column = 0; column < size; column++)
                {
                    // Pⱼ|c⟩ = phase·|c ⊕ x⟩, so K Pⱼ K† = Σ_c phase(c) · K|c ⊕ x⟩⟨c|K†.
                    var phase = pauli.PhaseOn((ulong)column);
                    var flipped = column ^ (int)pauli.X;
                    for (var a = 0; a < size; a++)
                    {
                        var left = phase * k[a, flipped];
                        if (left == Complex.Zero) continue;
                        for (var b = 0; b < size; b++) image[a, b] += left * Complex.Conjugate(k[b, column]);
                    }
                }
            for (var x = 0; x < size; x++)
            {
                // Tr(Pᵢ·image) = Σ_c phase(c)·image[c, c ⊕ x]; the signs of all z at once are a Walsh–Hadamard transform.
                for (var c = 0; c < size; c++) line[c] = image[c, c ^ x];
                for (var half = 1; half < size; half *= 2)
                    for (var c = 0; c < size; c++)
                        if ((c & half) == 0) (line[c], line[c | half]) = (line[c] + line[c | half], line[c] - line[c | half]);
                for (var z = 0; z < size; z++)
                {
                    var power = BitOperations.PopCount((uint)(x & z)) & 3;
                    var trace = power switch { 0 => line[z].Real, 1 => -line[z].Imaginary, 2 => -line[z].Real, _ => line[z].Imaginary };
                    result[NumberOf(x, z, qubits) * strings + j] = trace / size;
                }
            }
        }
    }

    /// <summary>The string of a number.</summary>
    public static PauliString StringOf(int number, int qubits)
    {
        ulong x = 0, z = 0;
        for (var q = 0; q < qubits; q++)
        {
            x |= (ulong)(number >> (2 * q) & 1) << q;
            z |= (ulong)(number >> (2 * q + 1) & 1) << q;
        }
        return new PauliString(x, z);
    }

    private static int NumberOf(int x, int z, int qubits)
    {
        var number = 0;
        for (var q = 0; q < qubits; q++) number |= ((x >> q & 1) | (z >> q & 1) << 1) << (2 * q);
        return number;
    }

    /// <summary>The number of the string whose letters, in the order I, X, Y, Z and the first qubit fastest, have a number.</summary>
    public static int FromLetters(int letters)
    {
        // Y and Z change places: 2 ↔ 3 wherever the upper bit is set.
        const int upper = unchecked((int)0xAAAAAAAA);
        return letters ^ (letters & upper) >>> 1;
    }

    /// <summary>Whether the strings of two numbers anticommute.</summary>
    public static bool Anticommute(int first, int second)
    {
        const int lower = 0x55555555;
        var crossed = (first & second >>> 1 & lower) ^ (first >>> 1 & second & lower);
        return (BitOperations.PopCount((uint)crossed) & 1) != 0;
    }

    /// <summary>The matrix of a string.</summary>
    public static Complex[,] MatrixOf(PauliString pauli, int qubits)
    {
        var matrix = new Complex[1 << qubits, 1 << qubits];
        for (var column = 0; column < 1 << qubits; column++) matrix[column ^ (int)pauli.X, column] = pauli.PhaseOn((ulong)column);
        return matrix;
    }
}
