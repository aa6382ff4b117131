using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Gradients;

/// <summary>Adjoint differentiation of one circuit and observable at many points. Works on a state that is lent to it and on one of its own.</summary>
/// <remarks>Jones &amp; Gacon 2020, arXiv:2009.02823: with |ψₖ⟩ the state after k instructions and ⟨λₖ| the observable's image pulled back
/// to there, ∂⟨O⟩/∂aₖ = 2 Re⟨λₖ|∂Uₖ Uₖ†|ψₖ⟩. The way back goes through the same passes as the way forward, both states at once.</remarks>
internal sealed class AdjointSweep : IDisposable
{
    /// <summary>Raised when the arithmetic changes.</summary>
    public const int Version = 2;

    private readonly CompiledCircuit _circuit;
    private readonly PauliSum _observable;
    private readonly StateVector _ket, _bra;
    private readonly Func<double> _image;

    /// <param name="circuit">A unitary circuit.</param>
    /// <param name="observable">What is measured.</param>
    /// <param name="workspace">A state that is overwritten; it stays the caller's.</param>
    public AdjointSweep(CompiledCircuit circuit, PauliSum observable, StateVector workspace)
    {
        Gradient.Check(circuit.Circuit, observable);
        _circuit = circuit;
        _observable = observable;
        _ket = workspace;
        _bra = StateVector.Zero(circuit.QubitCount, workspace.Options);
        _image = () =>
        {
            StateVector.SetToImage(_bra, _observable, _ket);
            return _ket.InnerProduct(_bra).Real;
        };
    }

    /// <summary>Writes the gradient and returns ⟨O⟩.</summary>
    public double Evaluate(ReadOnlySpan<double> at, Span<double> gradient, CancellationToken cancellation = default)
    {
        Gradient.CheckPoint(_circuit.ParameterCount, at);
        return _circuit.PlanFor(_ket.Options.Width, _ket.Precision).Differentiate(_ket, _bra, at, gradient, _image, cancellation);
    }

    public void Dispose() => _bra.Dispose();
}
