using System.Numerics;
using QTrain.Circuits;

namespace QTrain.Tests;

public sealed class Every_gate_of_the_table
{
    public static TheoryData<string> Names => [.. Gates.All.Select(g => g.Name)];

    [Theory, MemberData(nameof(Names))]
    public void has_a_unitary_matrix(string name)
    {
        var gate = Gates.Named(name);
        var matrix = gate.Matrix([.. Enumerable.Range(1, gate.AngleCount).Select(k => 0.37 * k)]);
        Should.NotThrow(() => Gate.Unitary(matrix));
    }
}
