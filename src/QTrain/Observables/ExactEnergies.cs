using System.Collections.Immutable;
using System.Numerics;
using QTrain.Numerics;
using QTrain.Simulation;

namespace QTrain.Observables;

/// <summary>The lowest eigenvalues of an observable, without approximation beyond rounding.</summary>
public static class ExactEnergies
{
    /// <summary>The most qubits of an observable whose terms share an eigenbasis of bit strings, which is searched string by string.</summary>
    public const int MaxDiagonalQubits = 36;

    /// <summary>The most qubits of any other observable, where vectors of 2ⁿ numbers are kept.</summary>
    public const int MaxQubits = 26;

    /// <summary>Up to here the matrix is written out and diagonalized whole: 256 rows.</summary>
    private const int DenseQubits = 8;

    /// <summary>Up to here it is, when so many energies are wanted that nothing else pays.</summary>
    private const int LargestDenseQubits = 11;

    /// <summary>The <paramref name="count"/> lowest energies, ascending, each as often as it is degenerate.</summary>
    /// <param name="observable">A Hermitian observable.</param>
    /// <param name="count">How many, 1 to 2ⁿ.</param>
    /// <param name="seed">Of the random start of iterative searches; moves results by rounding only.</param>
    /// <param name="options">Threads; the result does not depend on their number.</param>
    /// <param name="cancellation">Stops a long search.</param>
    /// <returns>Energies in the unit of the observable; the error is below 1e-10 of the sum of the coefficients' magnitudes.</returns>
    /// <exception cref="NotHermitianException">A coefficient is not real.</exception>
    /// <exception cref="QuantumException">There are fewer energies than asked for, or the search would not fit the memory.</exception>
    /// <remarks>Qubits that no term touches only multiply the degeneracy. Terms that commute qubit by qubit are searched as bit strings; up to
    /// 8 qubits the dense matrix is diagonalized; beyond, a block Lanczos search with a second, independent random block as a check.</remarks>
    public static double[] Lowest(
        PauliSum observable, int count, ulong seed = 0, SimulationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(observable);
        observable.RequireHermitian();
        var qubits = observable.QubitCount;
        if (count < 1) throw new QuantumException($"{count} energies cannot be given: ask for at least 1.");
        if (qubits < 31 && count > 1 << qubits)
            throw new QuantumException($"{count} energies were asked for, but an observable on {qubits} {(qubits == 1 ? "qubit" : "qubits")} has 2^{qubits} = {1 << qubits}.");
        // The constant only shifts; left out of the search it costs no digits.
        var constant = observable[PauliString.Identity].Real;
        var terms = observable.Terms.Where(t => t.Pauli != PauliString.Identity && t.Coefficient != 0).ToImmutableArray();
        // The search squares numbers of this size.
        if (terms.Sum(t => Math.Abs(t.Coefficient.Real)) is > 1e150 and var size)
            throw new QuantumException($"The coefficients add up to {size:R}: exact energies are searched up to 1e150. Scale the observable down.");
        var support = terms.Aggregate(0UL, (mask, t) => mask | t.Pauli.Support);
        var idle = qubits - BitOperations.PopCount(support);
        var distinct = idle >= 31 ? 1 : (int)Math.Min(int.MaxValue, (count + (1L << idle) - 1) >> idle);
        options?.RequireDouble("Exact energies");
        var energies = terms.IsEmpty ? [0.0] : Search(Compress(terms, support), distinct, seed, options, cancellation);
        var lowest = new double[count];
        for (var k = 0; k < count; k++) lowest[k] = constant + energies[idle >= 31 ? 0 : k >> idle];
        return lowest;
    }

    private static double[] Search(PauliSum observable, int count, ulong seed, SimulationOptions? options, CancellationToken cancellation)
    {
        if (MeasurementGroups.QubitWise(observable).Length == 1) return LowestBitStrings(observable, count, cancellation);
        var qubits = observable.QubitCount;
        var largest = count > (1 << qubits) / 8 ? LargestDenseQubits : DenseQubits;
        if (qubits <= largest) return HermitianEigen.Values(observable.Matrix())[..count];
        if (qubits > MaxQubits)
            throw new QuantumException($"The energies of an observable on {qubits} qubits are out of reach: at most {MaxQubits} are allowed, {MaxDiagonalQubits} when it is diagonal.");
        var symmetric = new PauliOperator(observable);
        var (size, wanted) = (symmetric.Size, symmetric.IsReal ? count : 2 * count);
        if (wanted > BlockLanczos.MaxCount(size))
            throw new QuantumException(
                $"{count} energies of an observable on {qubits} qubits are too many: at most {BlockLanczos.MaxCount(size) / (symmetric.IsReal ? 1 : 2)} are allowed.");
        var (needed, available) = (BlockLanczos.Memory(wanted, size), SimulationMemory.AvailableBytes);
        if (needed > available)
            throw new QuantumException(
                $"{count} energies of an observable on {qubits} qubits need {SimulationMemory.Text(needed)}, but this process has {SimulationMemory.Text(available)}: ask for fewer energies or use a larger machine.");
        var parallel = new ParallelOptions
        {
            // Sharing small vectors between threads costs more than it saves.
            MaxDegreeOfParallelism = size < 1 << 13 ? 1 : options is { Threads: > 0 } ? options.Threads : Environment.ProcessorCount,
            CancellationToken = cancellation,
        };
        var energies = BlockLanczos.Lowest(symmetric, wanted, observable.OneNorm, seed, parallel);
        return symmetric.IsReal ? energies : HermitianEigen.Halve(energies);
    }

    /// <summary>Terms in one local basis: each bit string of that basis is an eigenstate.</summary>
    private static double[] LowestBitStrings(PauliSum observable, int count, CancellationToken cancellation)
    {
        var qubits = observable.QubitCount;
        if (qubits > MaxDiagonalQubits)
            throw new QuantumException($"An observable on {qubits} qubits has too many bit strings to search: at most {MaxDiagonalQubits} qubits are allowed.");
        var signs = new Signs([.. observable.Terms.Select(t => (t.Pauli.Support, t.Coefficient.Real))]);
        var block = new double[1 << Math.Min(qubits, 16)];
        // The largest of the lowest so far stands first, ready to be replaced.
        var lowest = new PriorityQueue<double, double>(Comparer<double>.Create((a, b) => b.CompareTo(a)));
        for (var start = 0UL; start < 1UL << qubits; start += (ulong)block.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            signs.Fill(start, block);
            foreach (var energy in block)
            {
                if (lowest.Count < count) lowest.Enqueue(energy, energy);
                else if (energy < lowest.Peek()) lowest.EnqueueDequeue(energy, energy);
            }
        }
        var energies = lowest.UnorderedItems.Select(e => e.Element).ToArray();
        Array.Sort(energies);
        return energies;
    }

    /// <summary>The terms on the qubits of <paramref name="support"/> alone, renumbered from 0.</summary>
    private static PauliSum Compress(ImmutableArray<PauliTerm> terms, ulong support)
    {
        return new PauliSum(BitOperations.PopCount(support),
            terms.Select(t => t with { Pauli = new PauliString(Gather(t.Pauli.X), Gather(t.Pauli.Z)) }));

        ulong Gather(ulong mask)
        {
            var (gathered, at) = (0UL, 0);
            for (var q = 0; q < 64; q++)
                if ((support >> q & 1) != 0) gathered |= (mask >> q & 1) << at++;
            return gathered;
        }
    }
}
