using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Shots;

/// <summary>The circuits that measure an observable as a device does, and what their outcomes say of it: for every group of terms that commute qubit by
/// qubit, the circuit, a change of basis, and the measurement of the group's qubits into the bits of the same numbers.</summary>
public sealed class MeasuredCircuits
{
    /// <summary>The circuits that measure <paramref name="observable"/> in the state that <paramref name="ansatz"/> makes.</summary>
    /// <param name="ansatz">A unitary circuit.</param>
    /// <param name="observable">A Hermitian observable on as many qubits.</param>
    /// <exception cref="NotHermitianException">A coefficient of the observable is not real.</exception>
    /// <exception cref="QuantumException">The circuit measures or resets, or has another number of qubits than the observable.</exception>
    public MeasuredCircuits(Circuit ansatz, PauliSum observable)
    {
        ArgumentNullException.ThrowIfNull(ansatz);
        ArgumentNullException.ThrowIfNull(observable);
        Check(ansatz, observable);
        Groups = MeasurementGroups.QubitWise(observable);
        Circuits = [.. Groups.Select(g => Measured(ansatz, g))];
        Constant = observable[PauliString.Identity].Real;
    }

    /// <summary>The groups, one circuit each.</summary>
    public ImmutableArray<MeasurementGroup> Groups { get; }

    /// <summary>The circuits, one for each group, over the parameters of the ansatz in their order.</summary>
    public ImmutableArray<Circuit> Circuits { get; }

    /// <summary>The observable's value from exact probabilities.</summary>
    /// <param name="probabilities">For every circuit, the probability of each value of its bits; adding up to 1.</param>
    public double Expectation(IReadOnlyList<IReadOnlyDictionary<ulong, double>> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        RequireAll(probabilities.Count);
        var value = Constant;
        for (var k = 0; k < Groups.Length; k++)
            foreach (var (outcome, probability) in probabilities[k]) value += probability * EnergyOf(Groups[k], outcome);
        return value;
    }

    /// <summary>The observable's value from counted outcomes.</summary>
    /// <param name="counts">For every circuit, the counts of the values of its bits; at least one shot each.</param>
    /// <returns>The estimate, unbiased where the readings are; its shots are the total over all circuits. The identity's coefficient is added exactly.</returns>
    public Estimate Estimate(IReadOnlyList<Counts> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        RequireAll(counts.Count);
        var (value, variance, shots) = (Constant, 0.0, 0L);
        for (var k = 0; k < Groups.Length; k++)
        {
            var (mean, varianceOfMean) = Average(Groups[k], counts[k]);
            value += mean;
            variance += varianceOfMean;
            shots += counts[k].Total;
        }
        return new Estimate(value, Math.Sqrt(variance), shots);
    }

    /// <summary>The coefficient of the identity, which no circuit measures.</summary>
    internal double Constant { get; }

    /// <summary>What is asked of a circuit's bits: products of bits, each counted ±1, with coefficients.</summary>
    internal IEnumerable<(ulong Bits, double Coefficient)> AskedOf(int circuit) => Groups[circuit].Terms.Select(t => (t.Pauli.Support, t.Coefficient.Real));

    internal static void Check(Circuit ansatz, PauliSum observable)
    {
        if (ansatz.QubitCount != observable.QubitCount)
            throw new QuantumException(
                $"The circuit has {ansatz.QubitCount} qubits and the observable {observable.QubitCount}: they must be equal. Extend the smaller, an observable with ExtendTo.");
        if (!ansatz.IsUnitary)
            throw new QuantumException("The circuit measures, resets or asks a condition: leave that out, the observable says what is measured at the end.");
    }

    /// <summary>The mean of a group's energy over counted outcomes, and the unbiased estimate of that mean's variance.</summary>
    internal static (double Mean, double Variance) Average(MeasurementGroup group, Counts counts)
    {
        // Deviations from the first value rather than plain sums: shots that all agree then have exactly no variance.
        var origin = EnergyOf(group, counts[0].Outcome);
        var (first, second) = (0.0, 0.0);
        foreach (var (outcome, count) in counts)
        {
            var deviation = EnergyOf(group, outcome) - origin;
            first += count * deviation;
            second += count * deviation * deviation;
        }
        double shots = counts.Total;
        var mean = first / shots;
        if (counts.Total > 1) return (origin + mean, Math.Max(0, (second / shots - mean * mean) / (shots - 1)));
        // A single shot shows no spread; the largest there can be is that of a value between ±Σ|c|.
        var bound = group.Terms.Sum(t => Math.Abs(t.Coefficient.Real));
        return (origin, bound * bound);
    }

    private static Circuit Measured(Circuit ansatz, MeasurementGroup group)
    {
        var measures = Enumerable.Range(0, ansatz.QubitCount).Where(q => group.Basis[q] != 'I').Select(q => (Operation)new Measure(q, q));
        return new Circuit(ansatz.QubitCount, [.. ansatz.Operations, .. group.BasisChange(ansatz.QubitCount).Operations, .. measures], ansatz.QubitCount, ansatz.Parameters);
    }

    private static double EnergyOf(MeasurementGroup group, ulong outcome)
    {
        var energy = 0.0;
        foreach (var (pauli, coefficient) in group.Terms)
            energy += (BitOperations.PopCount(pauli.Support & outcome) & 1) == 0 ? coefficient.Real : -coefficient.Real;
        return energy;
    }

    private void RequireAll(int given)
    {
        if (given != Groups.Length) throw new QuantumException($"The observable is measured by {Groups.Length} circuits, but the outcomes of {given} were given.");
    }
}
