using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Shots;
using QTrain.Simulation;
using QTrain.Simulation.Batches;

namespace QTrain.Gradients;

/// <summary>Derivatives of ⟨ψ(θ)|O|ψ(θ)⟩ by the parameters of a circuit.</summary>
public static class Gradient
{
    /// <summary>The gradient of ⟨ψ(θ)|O|ψ(θ)⟩ by one forward and one backward sweep.</summary>
    /// <param name="circuit">A unitary circuit with P parameters.</param>
    /// <param name="observable">What is measured.</param>
    /// <param name="at">Parameter values in radians; length P.</param>
    /// <param name="options">Threads and so on; no result depends on it.</param>
    /// <returns>∂⟨O⟩/∂θₖ for k = 0…P−1, in the unit of <paramref name="observable"/> per radian. Exact up to rounding.</returns>
    /// <exception cref="NotHermitianException">A coefficient of the observable is not real.</exception>
    /// <exception cref="NotDifferentiableException">The circuit measures, resets or asks a condition.</exception>
    /// <remarks>Time O(gates·2ⁿ), memory two states. Jones &amp; Gacon 2020, arXiv:2009.02823.</remarks>
    public static double[] Adjoint(Circuit circuit, PauliSum observable, ReadOnlySpan<double> at, SimulationOptions? options = null) =>
        Adjoint(circuit, observable, at, out _, options);

    /// <inheritdoc cref="Adjoint(Circuit, PauliSum, ReadOnlySpan{double}, SimulationOptions)"/>
    /// <param name="circuit">A unitary circuit with P parameters.</param>
    /// <param name="observable">What is measured.</param>
    /// <param name="at">Parameter values in radians; length P.</param>
    /// <param name="options">Threads and so on; no result depends on it.</param>
    /// <param name="expectation">⟨O⟩ itself, which costs nothing more.</param>
    public static double[] Adjoint(Circuit circuit, PauliSum observable, ReadOnlySpan<double> at, out double expectation, SimulationOptions? options = null)
    {
        Check(circuit, observable);
        using var state = StateVector.Zero(circuit.QubitCount, options);
        using var sweep = new AdjointSweep(CompiledCircuit.From(circuit), observable, state);
        var gradient = new double[circuit.Parameters.Length];
        expectation = sweep.Evaluate(at, gradient);
        return gradient;
    }

    /// <summary>The gradients of ⟨ψ(θ)|O|ψ(θ)⟩ at many points θ at once, as for a mini-batch of data points: sooner than one after another where the circuit
    /// is small.</summary>
    /// <param name="circuit">A unitary circuit with P parameters.</param>
    /// <param name="observable">What is measured.</param>
    /// <param name="points">Parameter values in radians, P for each point. Parameters that encode data are parameters like any other.</param>
    /// <param name="expectations">⟨O⟩ at each point, which costs nothing more.</param>
    /// <param name="options">Threads and so on; no result depends on it.</param>
    /// <returns>For each point ∂⟨O⟩/∂θₖ, k = 0…P−1. A gradient depends on its own point alone, to the bit, whatever the others are; it agrees with
    /// <see cref="Adjoint(Circuit, PauliSum, ReadOnlySpan{double}, SimulationOptions)"/> up to rounding.</returns>
    /// <exception cref="NotHermitianException">A coefficient of the observable is not real.</exception>
    /// <exception cref="NotDifferentiableException">The circuit measures, resets or asks a condition.</exception>
    /// <remarks>Up to 12 qubits the points go in batches, one lane of a register each; larger circuits one by one, several threads at a time. Two states
    /// for each point that is worked on.</remarks>
    public static double[][] AdjointBatch(
        Circuit circuit, PauliSum observable, IReadOnlyList<double[]> points, out double[] expectations, SimulationOptions? options = null)
    {
        Check(circuit, observable);
        var compiled = CompiledCircuit.From(circuit);
        using var energies = new BatchedExpectations(compiled, observable, options);
        var listed = ListedPoints.Checked(points, compiled);
        expectations = new double[points.Count];
        var gradients = new double[points.Count * compiled.ParameterCount];
        energies.Differentiate(listed, expectations, gradients);
        var rows = new double[points.Count][];
        for (var k = 0; k < rows.Length; k++) rows[k] = gradients.AsSpan(k * compiled.ParameterCount, compiled.ParameterCount).ToArray();
        return rows;
    }

    /// <summary>How many energies a parameter-shift gradient of a circuit takes, not counting that of the point itself.</summary>
    public static int ShiftEnergyCount(Circuit circuit) => new ShiftRule(circuit).EnergyCount;

    /// <summary>The gradient of ⟨ψ(θ)|O|ψ(θ)⟩ by parameter-shift rules: exact differences of energies that a device could measure.</summary>
    /// <param name="circuit">A unitary circuit with P parameters.</param>
    /// <param name="observable">What is measured.</param>
    /// <param name="at">Parameter values in radians; length P.</param>
    /// <param name="options">Threads and so on; no result depends on it.</param>
    /// <returns>∂⟨O⟩/∂θₖ for k = 0…P−1. Exact up to rounding.</returns>
    /// <exception cref="NotHermitianException">A coefficient of the observable is not real.</exception>
    /// <exception cref="NotDifferentiableException">The circuit measures, resets or asks a condition.</exception>
    /// <remarks>Two energies for every rotation or phase that a parameter moves, four for a controlled rotation.
    /// Schuld, Bergholm, Gogolin, Izaac &amp; Killoran 2019, arXiv:1811.11184; Anselmetti, Wierichs, Gogolin &amp; Parrish 2021, arXiv:2104.05695.</remarks>
    public static double[] Shift(Circuit circuit, PauliSum observable, ReadOnlySpan<double> at, SimulationOptions? options = null)
    {
        Check(circuit, observable);
        var rule = new ShiftRule(circuit);
        using var energies = new BatchedExpectations(CompiledCircuit.From(rule.Circuit), observable, options);
        return rule.Gradient(at, energies);
    }

    /// <summary>The gradient of ⟨ψ(θ)|O|ψ(θ)⟩ by parameter-shift rules, every energy measured with shots as a device would.</summary>
    /// <param name="circuit">A unitary circuit with P parameters.</param>
    /// <param name="observable">What is measured.</param>
    /// <param name="at">Parameter values in radians; length P.</param>
    /// <param name="shots">Shots for every measured circuit, at least 1.</param>
    /// <param name="random">The randomness; each energy takes a child stream of its own.</param>
    /// <returns>∂⟨O⟩/∂θₖ for k = 0…P−1, unbiased, each with its standard error and the shots of the energies it is made of.</returns>
    /// <exception cref="NotHermitianException">A coefficient of the observable is not real.</exception>
    /// <exception cref="NotDifferentiableException">The circuit measures, resets or asks a condition.</exception>
    /// <remarks>Where an angle depends on two parameters its energies serve both, so their errors are correlated and their shots are counted for both.</remarks>
    public static Estimate[] Shift(Circuit circuit, PauliSum observable, ReadOnlySpan<double> at, int shots, RandomStream random)
    {
        Check(circuit, observable);
        var rule = new ShiftRule(circuit);
        var estimator = new ShotEstimator(rule.Circuit, observable);
        var (gradient, errors) = rule.Gradient(at, (angles, k) =>
        {
            var energy = estimator.Measure(angles, shots, random.Child((ulong)k));
            return (energy.Value, energy.StandardError);
        });
        return [.. gradient.Select((value, k) => new Estimate(value, errors[k], (long)rule.EnergiesFor(k) * estimator.CircuitCount * shots))];
    }

    /// <summary>The entry of every method here: what was given fits together and has a derivative.</summary>
    internal static void Check(Circuit circuit, PauliSum observable)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(observable);
        NotDifferentiableException.ThrowUnlessUnitary(circuit);
        observable.RequireHermitian();
        if (observable.QubitCount != circuit.QubitCount)
            throw new QuantumException($"The observable acts on {observable.QubitCount} qubits but the circuit has {circuit.QubitCount}: they must agree.");
    }

    internal static void CheckPoint(int parameters, ReadOnlySpan<double> at)
    {
        if (at.Length != parameters)
            throw new ArgumentException($"The circuit has {parameters} parameters but {at.Length} values were given.", nameof(at));
    }
}
