using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Running;

/// <summary>A line of the program that no circuit holds, among the operations while a program is written: a pragma, a calibration, a box.</summary>
internal sealed record KeptText(string Text) : Operation
{
    public override string Name => "kept";

    public override ImmutableArray<int> Qubits => [];

    internal override Operation Map(Func<int, int> qubit, Func<Angle, Angle> angle) => this;
}

/// <summary>Keeps a line where it stands.</summary>
internal sealed class KeepStep(Span span, string text) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        if (machine.KeepsText && branches[0].GateDepth == 0) machine.Add(branches[0], new KeptText(text), Span);
    }
}

/// <summary>A statement with annotations: kept before what the statement becomes, where it becomes anything.</summary>
internal sealed class AnnotatedStep(Span span, ImmutableArray<string> annotations, Step statement) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        if (!machine.KeepsText || branches[0].GateDepth > 0)
        {
            statement.Run(machine, branches);
            return;
        }
        var branch = branches[0];
        var start = branch.Operations.Count;
        statement.Run(machine, branches);
        if (branch.Operations.Count > start) branch.Operations.Insert(start, new KeptText(string.Join('\n', annotations)));
    }
}
