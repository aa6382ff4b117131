using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.Density;

// What is read off a density matrix, and the way to and from the matrix written out.
public sealed unsafe partial class DensityMatrix
{
    /// <summary>The largest number of qubits for which <see cref="ToMatrix"/> writes 2ⁿ×2ⁿ numbers out.</summary>
    public const int MaxMatrixQubits = 12;

    /// <summary>Tr ρ: 1 for a state; the probability of what was measured for a branch.</summary>
    public double Trace
    {
        get
        {
            var trace = Pointer[0];
            GC.KeepAlive(this);
            return trace;
        }
    }

    /// <summary>Tr(ρ²): 1 for a pure state, 2⁻ⁿ for the maximally mixed one.</summary>
    public double Purity => Dot(Pointer, Pointer, Length) / (1L << QubitCount);

    /// <summary>Tr(ρO): one number read for every term.</summary>
    /// <exception cref="NotHermitianException">A coefficient is not real.</exception>
    public double Expectation(PauliSum observable)
    {
        ArgumentNullException.ThrowIfNull(observable);
        if (observable.QubitCount > QubitCount)
            throw new QuantumException($"An observable on {observable.QubitCount} qubits cannot be measured on a density matrix of {QubitCount}.");
        observable.RequireHermitian();
        var sum = 0.0;
        foreach (var (pauli, coefficient) in observable.Terms) sum += coefficient.Real * this[pauli];
        return sum;
    }

    /// <summary>Tr(ρP).</summary>
    public double this[PauliString pauli]
    {
        get
        {
            if (pauli.MinimumQubits > QubitCount) throw new QubitOutOfRangeException(pauli.MinimumQubits - 1, QubitCount);
            var value = Pointer[Spread((uint)pauli.X) | Spread((uint)pauli.Z) << 1];
            GC.KeepAlive(this);
            return value;
        }
    }

    /// <summary>The probability of every outcome of measuring qubits.</summary>
    /// <param name="qubits">What is measured, the first listed being the lowest bit of an outcome; all qubits when left out.</param>
    /// <returns>2ᵏ probabilities of k qubits; rounding may leave tiny negative ones.</returns>
    public double[] Probabilities(params ReadOnlySpan<int> qubits)
    {
        CheckQubits(qubits);
        int[] measured = qubits.IsEmpty ? [.. Enumerable.Range(0, QubitCount)] : qubits.ToArray();
        var result = new double[1 << measured.Length];
        for (var z = 0; z < result.Length; z++)
        {
            nuint index = 0;
            for (var k = 0; k < measured.Length; k++)
                if ((z >> k & 1) != 0) index |= (nuint)2 << (2 * measured[k]);
            result[z] = Pointer[index] / result.Length;
        }
        for (var half = 1; half < result.Length; half *= 2)
            for (var start = 0; start < result.Length; start += 2 * half)
                for (var k = start; k < start + half; k++)
                    (result[k], result[k + half]) = (result[k] + result[k + half], result[k] - result[k + half]);
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>Measures qubits in the computational basis, so many times on so many copies of the state.</summary>
    /// <param name="shots">How many times.</param>
    /// <param name="seed">The same seed gives the same counts.</param>
    /// <param name="qubits">What is measured, the first listed being the lowest bit of an outcome; all qubits when left out.</param>
    public Counts Sample(long shots, ulong seed, params ReadOnlySpan<int> qubits) =>
        OutcomeSampling.Draw(Probabilities(qubits), qubits.IsEmpty ? QubitCount : qubits.Length, shots, new RandomStream(seed));

    /// <summary>⟨ψ|ρ|ψ⟩, the fidelity with a pure state.</summary>
    public double Fidelity(StateVector state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var pure = FromState(state, Options);
        return Overlap(pure);
    }

    /// <summary>Tr(ρσ).</summary>
    public double Overlap(DensityMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.QubitCount != QubitCount)
            throw new QuantumException($"The density matrices have {QubitCount} and {other.QubitCount} qubits: they must have as many.");
        var overlap = Dot(Pointer, other.Pointer, Length) / (1L << QubitCount);
        GC.KeepAlive(other);
        return overlap;
    }

    /// <summary>The state of some of the qubits, whatever the others do.</summary>
    /// <param name="qubits">What is kept: the first listed is qubit 0 of the result.</param>
    public DensityMatrix PartialTrace(params ReadOnlySpan<int> qubits)
    {
        CheckQubits(qubits);
        if (qubits.IsEmpty) throw new QuantumException("A state of no qubits cannot be: list the qubits to keep.");
        var result = new DensityMatrix(qubits.Length, Options);
        for (long index = 0; index < result.Length; index++)
        {
            nuint source = 0;
            for (var k = 0; k < qubits.Length; k++) source |= (nuint)(index >> (2 * k) & 3) << (2 * qubits[k]);
            result.Pointer[index] = Pointer[source];
        }
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>The matrix written out, 2ⁿ×2ⁿ, qubit 0 lowest.</summary>
    /// <exception cref="QuantumException">There are more than <see cref="MaxMatrixQubits"/> qubits.</exception>
    public Complex[,] ToMatrix()
    {
        if (QubitCount > MaxMatrixQubits)
            throw new QuantumException($"The matrix of {QubitCount} qubits is too large to write out: at most {MaxMatrixQubits} are allowed. Read expectations or trace qubits out.");
        var size = 1 << QubitCount;
        var matrix = new Complex[size, size];
        var line = new Complex[size];
        for (var x = 0; x < size; x++)
        {
            // ρ[c ⊕ x, c] = 2⁻ⁿ Σ_z r(x, z)·i^|x∧z|·(−1)^(z·c).
            for (var z = 0; z < size; z++) line[z] = Pointer[Spread((uint)x) | Spread((uint)z) << 1] * PowerOfI(x & z) / size;
            Walsh(line);
            for (var c = 0; c < size; c++) matrix[c ^ x, c] = line[c];
        }
        GC.KeepAlive(this);
        return matrix;
    }

    /// <summary>Sets the coefficients from the entries of a Hermitian matrix.</summary>
    private void Fill(Func<int, int, Complex> entry)
    {
        var size = 1 << QubitCount;
        var line = new Complex[size];
        for (var x = 0; x < size; x++)
        {
            // r(x, z) = Σ_c ρ[c, c ⊕ x]·i^|x∧z|·(−1)^(z·c).
            for (var c = 0; c < size; c++) line[c] = entry(c, c ^ x);
            Walsh(line);
            for (var z = 0; z < size; z++) Pointer[Spread((uint)x) | Spread((uint)z) << 1] = (line[z] * PowerOfI(x & z)).Real;
        }
        GC.KeepAlive(this);
    }

    /// <summary>UρU† for an instruction on many qubits: on the columns of the matrix, and on those of its adjoint.</summary>
    private void Apply(DenseStep step, ReadOnlySpan<double> at)
    {
        var (matrix, size) = (ToMatrix(), 1 << QubitCount);
        var angle = step.Instruction.Angle.At(at);
        var column = new Complex[size];
        for (var side = 0; side < 2; side++)
        {
            var result = new Complex[size, size];
            for (var c = 0; c < size; c++)
            {
                for (var r = 0; r < size; r++) column[r] = matrix[r, c];
                using var state = StateVector.FromAmplitudes(column, Options with { Threads = 1 });
                state.Apply(step.Instruction, angle, step.IsInverse);
                var image = state.ToArray();
                for (var r = 0; r < size; r++) result[c, r] = Complex.Conjugate(image[r]);
            }
            matrix = result;
        }
        Fill((row, col) => matrix[row, col]);
    }

    private void CheckQubits(ReadOnlySpan<int> qubits)
    {
        var seen = 0UL;
        foreach (var qubit in qubits)
        {
            if ((uint)qubit >= (uint)QubitCount) throw new QubitOutOfRangeException(qubit, QubitCount);
            if ((seen >> qubit & 1) != 0) throw new QuantumException($"Qubit {qubit} is listed twice: qubits must differ.");
            seen |= 1UL << qubit;
        }
    }

    private static Complex PowerOfI(int both) => (BitOperations.PopCount((uint)both) & 3) switch
    {
        0 => 1,
        1 => Complex.ImaginaryOne,
        2 => -1,
        _ => -Complex.ImaginaryOne,
    };

    private static void Walsh(Complex[] values)
    {
        for (var half = 1; half < values.Length; half *= 2)
            for (var start = 0; start < values.Length; start += 2 * half)
                for (var k = start; k < start + half; k++)
                    (values[k], values[k + half]) = (values[k] + values[k + half], values[k] - values[k + half]);
    }

    /// <summary>Bit q moved to bit 2q.</summary>
    private static nuint Spread(uint bits)
    {
        ulong x = bits;
        x = (x | x << 16) & 0x0000FFFF0000FFFF;
        x = (x | x << 8) & 0x00FF00FF00FF00FF;
        x = (x | x << 4) & 0x0F0F0F0F0F0F0F0F;
        x = (x | x << 2) & 0x3333333333333333;
        x = (x | x << 1) & 0x5555555555555555;
        return (nuint)x;
    }

    /// <summary>Σ a·b in a fixed shape: eight accumulators in blocks of 4,096, blocks in order.</summary>
    /// <summary>Makes the coefficients those of a sum of products of Z, which is what readings ask of a state.</summary>
    internal void SetReadings(IEnumerable<(ulong Z, double Coefficient)> terms)
    {
        NativeMemory.Clear(Pointer, (nuint)Length * sizeof(double));
        foreach (var (z, coefficient) in terms) Pointer[Spread((uint)z) << 1] += coefficient;
        GC.KeepAlive(this);
    }

    /// <summary>Σ a(P)·b(P), in one order whatever the machine.</summary>
    internal double Dot(DensityMatrix other)
    {
        var dot = Dot(Pointer, other.Pointer, Length);
        GC.KeepAlive(this);
        GC.KeepAlive(other);
        return dot;
    }

    private static double Dot(double* a, double* b, long length)
    {
        const int block = 4096;
        var sums = stackalloc double[8];
        var total = 0.0;
        for (long start = 0; start < length; start += block)
        {
            for (var k = 0; k < 8; k++) sums[k] = 0;
            var end = Math.Min(length, start + block);
            for (var i = start; i < end; i++) sums[i & 7] = Math.FusedMultiplyAdd(a[i], b[i], sums[i & 7]);
            total += sums[0] + sums[1] + (sums[2] + sums[3]) + (sums[4] + sums[5] + (sums[6] + sums[7]));
        }
        return total;
    }
}
