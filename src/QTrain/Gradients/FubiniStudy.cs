using QTrain.Circuits;
using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Gradients;

/// <summary>The geometry of the states that a circuit reaches.</summary>
public static class FubiniStudy
{
    /// <summary>The Fubini–Study metric gᵢⱼ = Re(⟨∂ᵢψ|∂ⱼψ⟩ − ⟨∂ᵢψ|ψ⟩⟨ψ|∂ⱼψ⟩): a quarter of the quantum Fisher information.</summary>
    /// <param name="circuit">A unitary circuit with P parameters.</param>
    /// <param name="at">Parameter values in radians; length P.</param>
    /// <returns>P×P, symmetric and positive semidefinite up to rounding; in the order of the circuit's parameters.</returns>
    /// <exception cref="NotDifferentiableException">The circuit measures, resets or asks a condition.</exception>
    /// <remarks>Time O(P·gates·2ⁿ), memory P + 1 states. Provost &amp; Vallee 1980, Commun. Math. Phys. 76, 289; for training: Stokes, Izaac,
    /// Killoran &amp; Carleo 2020, arXiv:1909.02108.</remarks>
    public static double[,] Metric(Circuit circuit, ReadOnlySpan<double> at)
    {
        NotDifferentiableException.ThrowUnlessUnitary(circuit);
        Gradient.CheckPoint(circuit.Parameters.Length, at);
        var compiled = CompiledCircuit.From(circuit);
        var parameters = compiled.ParameterCount;
        using var state = StateVector.Zero(circuit.QubitCount);
        // ∂ᵢ|ψ⟩, carried along; null until a parameter has moved anything.
        var derivatives = new StateVector?[parameters];
        try
        {
            foreach (var instruction in compiled.Instructions)
            {
                var value = instruction.Angle.At(at);
                state.Apply(instruction, value, inverse: false);
                foreach (var derivative in derivatives) derivative?.Apply(instruction, value, inverse: false);
                if (!instruction.IsMoved) continue;
                var angle = instruction.Angle;
                for (var t = 0; t < angle.Indices.Length; t++)
                    StateVector.AddGeneratorImage(
                        derivatives[angle.Indices[t]] ??= NothingBeside(state), angle.Coefficients[t] * instruction.Factor, instruction, state);
            }
            var metric = new double[parameters, parameters];
            var overlaps = derivatives.Select(d => d is null ? 0 : state.InnerProduct(d)).ToArray();
            for (var i = 0; i < parameters; i++)
                for (var j = i; j < parameters; j++)
                {
                    if (derivatives[i] is not { } left || derivatives[j] is not { } right) continue;
                    metric[i, j] = metric[j, i] = left.InnerProduct(right).Real
                        - overlaps[i].Real * overlaps[j].Real - overlaps[i].Imaginary * overlaps[j].Imaginary;
                }
            return metric;
        }
        finally
        {
            foreach (var derivative in derivatives) derivative?.Dispose();
        }
    }

    private static StateVector NothingBeside(StateVector state)
    {
        var nothing = StateVector.Zero(state.QubitCount);
        StateVector.SetToImage(nothing, PauliSum.Zero(state.QubitCount), state);
        return nothing;
    }
}
