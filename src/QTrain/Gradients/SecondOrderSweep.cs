using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Gradients;

/// <summary>The derivative of the adjoint sweep along a direction of the parameters: the Hessian times that direction.</summary>
/// <remarks>Beside |ψₖ⟩ and |λₖ⟩ go their derivatives along the direction. An instruction U moved at a rate r by the direction has
/// ∂(U|ψ⟩) = U|∂ψ⟩ + r·f·G·U|ψ⟩; backwards, ∂(U†|λ⟩) = U†(|∂λ⟩ − r·f·G|λ⟩), for f is imaginary and G Hermitian and commutes with U.</remarks>
internal sealed class SecondOrderSweep : IDisposable
{
    private readonly CompiledCircuit _circuit;
    private readonly PauliSum _observable;
    private readonly StateVector _ket, _bra, _ketMoved, _braMoved;

    public SecondOrderSweep(CompiledCircuit circuit, PauliSum observable)
    {
        Gradient.Check(circuit.Circuit, observable);
        _circuit = circuit;
        _observable = observable;
        _ket = StateVector.Zero(circuit.QubitCount);
        _bra = StateVector.Zero(circuit.QubitCount);
        _ketMoved = StateVector.Zero(circuit.QubitCount);
        _braMoved = StateVector.Zero(circuit.QubitCount);
    }

    /// <summary>Writes H·direction.</summary>
    public void Evaluate(ReadOnlySpan<double> at, ReadOnlySpan<double> direction, Span<double> product)
    {
        Gradient.CheckPoint(_circuit.ParameterCount, at);
        product.Clear();
        _ket.SetZero();
        StateVector.SetToImage(_ketMoved, PauliSum.Zero(_circuit.QubitCount), _ket);
        foreach (var instruction in _circuit.Instructions)
        {
            var value = instruction.Angle.At(at);
            _ket.Apply(instruction, value, inverse: false);
            _ketMoved.Apply(instruction, value, inverse: false);
            if (instruction.Angle.RateAlong(direction) is not 0.0 and var rate)
                StateVector.AddGeneratorImage(_ketMoved, rate * instruction.Factor, instruction, _ket);
        }
        StateVector.SetToImage(_bra, _observable, _ket);
        StateVector.SetToImage(_braMoved, _observable, _ketMoved);
        for (var k = _circuit.Instructions.Length - 1; k >= 0; k--)
        {
            var instruction = _circuit.Instructions[k];
            if (instruction.IsMoved)
            {
                var slope = instruction.SlopeOf(
                    StateVector.InnerProductWith(instruction, _braMoved, _ket) + StateVector.InnerProductWith(instruction, _bra, _ketMoved));
                instruction.Angle.AddTo(product, slope);
                if (instruction.Angle.RateAlong(direction) is not 0.0 and var rate)
                {
                    StateVector.AddGeneratorImage(_ketMoved, -rate * instruction.Factor, instruction, _ket);
                    StateVector.AddGeneratorImage(_braMoved, -rate * instruction.Factor, instruction, _bra);
                }
            }
            var value = instruction.Angle.At(at);
            _ket.Apply(instruction, value, inverse: true);
            _bra.Apply(instruction, value, inverse: true);
            _ketMoved.Apply(instruction, value, inverse: true);
            _braMoved.Apply(instruction, value, inverse: true);
        }
    }

    public void Dispose()
    {
        _ket.Dispose();
        _bra.Dispose();
        _ketMoved.Dispose();
        _braMoved.Dispose();
    }
}
