using QTrain.Circuits;
using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Gradients;

/// <summary>Second derivatives of ⟨ψ(θ)|O|ψ(θ)⟩.</summary>
public static class Hessian
{
    /// <summary>∂²⟨O⟩/∂θᵢ∂θⱼ, a row at a time: each is the derivative of a whole adjoint sweep along one parameter.</summary>
    /// <param name="circuit">A unitary circuit with P parameters.</param>
    /// <param name="observable">What is measured.</param>
    /// <param name="at">Parameter values in radians; length P.</param>
    /// <returns>P×P, symmetric, in the order of the circuit's parameters; exact up to rounding.</returns>
    /// <exception cref="NotDifferentiableException">The circuit measures, resets or asks a condition.</exception>
    /// <remarks>Time O(P·gates·2ⁿ), memory four states: Pearlmutter's Hessian-vector product (1994, "Fast exact multiplication by the
    /// Hessian", Neural Comput. 6, 147) applied to the adjoint method of arXiv:2009.02823.</remarks>
    public static double[,] Of(Circuit circuit, PauliSum observable, ReadOnlySpan<double> at)
    {
        var compiled = CompiledCircuit.From(circuit);
        var parameters = compiled.ParameterCount;
        using var sweep = new SecondOrderSweep(compiled, observable);
        var hessian = new double[parameters, parameters];
        var (direction, row) = (new double[parameters], new double[parameters]);
        for (var i = 0; i < parameters; i++)
        {
            direction[i] = 1;
            sweep.Evaluate(at, direction, row);
            direction[i] = 0;
            for (var j = 0; j < parameters; j++) hessian[i, j] = row[j];
        }
        for (var i = 0; i < parameters; i++)
            for (var j = 0; j < i; j++) hessian[i, j] = hessian[j, i] = (hessian[i, j] + hessian[j, i]) / 2;
        return hessian;
    }
}
