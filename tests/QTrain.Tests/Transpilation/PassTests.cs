using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Tests.Reference;
using QTrain.Transpilation;

namespace QTrain.Tests.Transpilation;

public sealed class A_pass_of_the_compiler
{
    [Fact]
    public void unrolls_to_the_same_unitary() => Keeps((steps, _) => steps);

    [Fact]
    public void merges_pairs_into_the_same_unitary() => Keeps(PairBlocks.Merge);

    [Fact]
    public void folds_rotations_into_the_same_unitary() => Keeps(RotationFolding.Fold);

    [Fact]
    public void folds_rotations_of_merged_pairs() => Keeps((steps, qubits) => PairBlocks.Merge(RotationFolding.Fold(PairBlocks.Merge(steps, qubits), qubits), qubits));

    private static void Keeps(Func<List<Step>, int, List<Step>> pass) => Law.ForAll(Any.UnitaryCircuit(maxQubits: 5, maxOperations: 10), c =>
    {
        var steps = pass(Unroller.Unroll(c.Circuit), c.Circuit.QubitCount);
        var (expected, actual) = (NaiveState.Unitary(c.Circuit, c.At), NaiveState.Unitary(Steps.ToCircuit(steps, c.Circuit), c.At));
        System.Numerics.Complex overlap = 0;
        var size = expected.GetLength(0);
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++) overlap += System.Numerics.Complex.Conjugate(expected[row, column]) * actual[row, column];
        (overlap.Magnitude / size).ShouldBe(1, 1e-12);
    }, tests: 150);
}
