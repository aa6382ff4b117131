using QTrain.Simulation;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Simulation;

public sealed class The_state_vector
{
    /// <summary>Rounding of a few dozen products of numbers of size one.</summary>
    private const double Rounding = 1e-13;

    [Fact]
    public void is_the_product_of_the_matrices_of_any_circuit() => Law.ForAll(Any.UnitaryCircuit(maxQubits: 6, maxOperations: 24), bound =>
    {
        using var state = StateVector.Zero(bound.Circuit.QubitCount);
        state.Apply(bound.Circuit, bound.At);
        state.ShouldBe(NaiveState.Of(bound.Circuit, bound.At), Rounding);
    }, tests: 300);
}
