using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Shots;

/// <summary>Measures ⟨ψ(θ)|O|ψ(θ)⟩ as a device would: for every group of terms that commute qubit by qubit, the circuit is run with a change of
/// basis, its outcomes are counted, and the terms' values are averaged over the counts. Compiled once, measured many times.</summary>
/// <remarks>Safe to use from several threads at once. Results do not depend on the number of threads.</remarks>
public sealed class ShotEstimator
{
    private readonly CompiledCircuit _ansatz;
    private readonly CompiledCircuit?[] _basisChanges;
    private readonly double _constant;
    private readonly SimulationOptions? _options;

    /// <summary>Prepares the measurement of <paramref name="observable"/> in the state that <paramref name="ansatz"/> makes.</summary>
    /// <param name="ansatz">A unitary circuit.</param>
    /// <param name="observable">A Hermitian observable on as many qubits.</param>
    /// <param name="options">Threads of the simulation.</param>
    /// <exception cref="NotHermitianException">A coefficient of the observable is not real.</exception>
    /// <exception cref="QuantumException">The circuit measures or resets, or has another number of qubits than the observable.</exception>
    public ShotEstimator(Circuit ansatz, PauliSum observable, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ansatz);
        ArgumentNullException.ThrowIfNull(observable);
        MeasuredCircuits.Check(ansatz, observable);
        Groups = MeasurementGroups.QubitWise(observable);
        _ansatz = CompiledCircuit.From(ansatz);
        _basisChanges = [.. Groups.Select(g => g.IsDiagonal ? null : CompiledCircuit.From(g.BasisChange(ansatz.QubitCount)))];
        _constant = observable[PauliString.Identity].Real;
        _options = options;
    }

    /// <summary>The groups, one measured circuit each.</summary>
    public ImmutableArray<MeasurementGroup> Groups { get; }

    /// <summary>How many circuits one measurement runs.</summary>
    public int CircuitCount => Groups.Length;

    /// <summary>Measures the observable.</summary>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <param name="shots">Shots for every measured circuit, at least 1.</param>
    /// <param name="random">The randomness; each group takes a child stream of its own.</param>
    /// <returns>The estimate, unbiased; its shots are the total over all circuits. The identity's coefficient is added exactly.</returns>
    public Estimate Measure(ReadOnlySpan<double> at, int shots, RandomStream random)
    {
        if (at.Length != _ansatz.ParameterCount)
            throw new ArgumentException($"The circuit has {_ansatz.ParameterCount} parameters, but {at.Length} values were given.", nameof(at));
        if (Groups.IsEmpty && shots >= 1) return new Estimate(_constant, 0, 0);
        using var state = StateVector.Zero(_ansatz.QubitCount, _options);
        state.Apply(_ansatz, at);
        return Measure(state, shots, random);
    }

    /// <summary>Measures the observable in a state that is already prepared; the state is left as it is.</summary>
    internal Estimate Measure(StateVector prepared, int shots, RandomStream random)
    {
        if (shots < 1) throw new QuantumException($"{shots} shots cannot be measured: ask for at least 1 for every circuit.");
        var (value, variance) = (_constant, 0.0);
        StateVector? rotated = null;
        try
        {
            for (var k = 0; k < Groups.Length; k++)
            {
                var measured = prepared;
                if (_basisChanges[k] is { } change)
                {
                    rotated ??= StateVector.Zero(prepared.QubitCount, _options);
                    rotated.CopyFrom(prepared);
                    rotated.Apply(change);
                    measured = rotated;
                }
                var (mean, varianceOfMean) = MeasuredCircuits.Average(Groups[k], measured.Sample(shots, random.Child((ulong)k)));
                value += mean;
                variance += varianceOfMean;
            }
        }
        finally
        {
            rotated?.Dispose();
        }
        return new Estimate(value, Math.Sqrt(variance), (long)Groups.Length * shots);
    }
}
