using QTrain.Circuits;

namespace QTrain.Gradients;

/// <summary>A circuit has no derivative by its parameters because it measures, resets or asks a condition on the way.</summary>
public sealed class NotDifferentiableException(Circuit circuit, int operation)
    : QuantumException(
        $"The circuit cannot be differentiated: operation {operation}, '{circuit.Operations[operation]}', measures, resets or depends on a "
        + "measured bit. Take a unitary circuit: leave final measurements out, the observable measures.")
{
    /// <summary>Index of the first operation that stands in the way.</summary>
    public int Operation { get; } = operation;

    internal static void ThrowUnlessUnitary(Circuit circuit)
    {
        for (var k = 0; k < circuit.Operations.Length; k++)
            if (circuit.Operations[k] is Measure or Reset || circuit.Operations[k].Condition is not null)
                throw new NotDifferentiableException(circuit, k);
    }
}
