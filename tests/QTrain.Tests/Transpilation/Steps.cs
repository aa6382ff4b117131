using System.Numerics;
using QTrain.Circuits;
using QTrain.Transpilation;

namespace QTrain.Tests.Transpilation;

/// <summary>Steps of the compiler as a circuit again, by matrices and Pauli rotations.</summary>
internal static class Steps
{
    public static Circuit ToCircuit(IEnumerable<Step> steps, Circuit like)
    {
        var operations = new List<Operation>();
        foreach (var step in steps)
        {
            switch (step.Kind)
            {
                case StepKind.Turn:
                    var m = step.Turn.ToMatrix();
                    Add(new GateOperation(Gate.Unitary(new Complex[,] { { m[0], m[1] }, { m[2], m[3] } }), [step.First], []), step);
                    break;
                case StepKind.Phase:
                    Add(new GateOperation(Gates.Named("rz"), [step.First], [step.Angle]), step);
                    break;
                case StepKind.Joint:
                    for (var axis = 0; axis < 3; axis++)
                        Add(new GateOperation(Gates.Named(axis switch { 0 => "rxx", 1 => "ryy", _ => "rzz" }), [step.First, step.Second], [-2 * step.Joint[axis]]), step);
                    break;
                case StepKind.Measure:
                    Add(new Measure(step.First, step.Bit), step);
                    break;
                case StepKind.Reset:
                    Add(new Reset(step.First), step);
                    break;
                default:
                    Add(new QTrain.Circuits.Barrier(step.Fence), step);
                    break;
            }
        }
        return new Circuit(like.QubitCount, operations, like.BitCount, like.Parameters);

        void Add(Operation operation, Step step) => operations.Add(operation with { Condition = step.Condition });
    }
}
