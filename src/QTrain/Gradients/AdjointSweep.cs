using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Gradients;

/// <summary>Adjoint differentiation of one circuit and observable at many points. Works on a state that is lent to it and on one of its own.</summary>
/// <remarks>Jones &amp; Gacon 2020, arXiv:2009.02823: with |ψₖ⟩ the state after k instructions and ⟨λₖ| the observable's image pulled back
/// to there, ∂⟨O⟩/∂aₖ = 2 Re⟨λₖ|∂Uₖ Uₖ†|ψₖ⟩, and one instruction back costs two gate applications.</remarks>
internal sealed class AdjointSweep : IDisposable
{
    /// <summary>Raised when the arithmetic changes.</summary>
    public const int Version = 1;

    private readonly CompiledCircuit _circuit;
    private readonly PauliSum _observable;
    private readonly StateVector _ket, _bra;
    private readonly int _firstMoved;

    /// <param name="circuit">A unitary circuit.</param>
    /// <param name="observable">What is measured.</param>
    /// <param name="workspace">A state that is overwritten; it stays the caller's.</param>
    /// <param name="options">Threads.</param>
    public AdjointSweep(CompiledCircuit circuit, PauliSum observable, StateVector workspace, SimulationOptions? options = null)
    {
        Gradient.Check(circuit.Circuit, observable);
        _circuit = circuit;
        _observable = observable;
        _ket = workspace;
        _bra = StateVector.Zero(circuit.QubitCount, options);
        _firstMoved = circuit.Instructions.Length;
        for (var k = circuit.Instructions.Length - 1; k >= 0; k--)
            if (circuit.Instructions[k].IsMoved) _firstMoved = k;
    }

    /// <summary>Writes the gradient and returns ⟨O⟩.</summary>
    public double Evaluate(ReadOnlySpan<double> at, Span<double> gradient, CancellationToken cancellation = default)
    {
        Gradient.CheckPoint(_circuit.ParameterCount, at);
        _ket.SetZero();
        _ket.Apply(_circuit, at);
        StateVector.SetToImage(_bra, _observable, _ket);
        var expectation = _ket.InnerProduct(_bra).Real;
        gradient.Clear();
        for (var k = _circuit.Instructions.Length - 1; k >= _firstMoved; k--)
        {
            cancellation.ThrowIfCancellationRequested();
            var instruction = _circuit.Instructions[k];
            var angle = instruction.Angle;
            if (instruction.IsMoved)
            {
                var slope = instruction.SlopeOf(StateVector.InnerProductWith(instruction, _bra, _ket));
                for (var t = 0; t < angle.Indices.Length; t++) gradient[angle.Indices[t]] += angle.Coefficients[t] * slope;
            }
            if (k == _firstMoved) break;
            var value = angle.At(at);
            _ket.Apply(instruction, value, inverse: true);
            _bra.Apply(instruction, value, inverse: true);
        }
        return expectation;
    }

    public void Dispose() => _bra.Dispose();
}
