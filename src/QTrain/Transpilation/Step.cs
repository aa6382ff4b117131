using System.Collections.Immutable;
using QTrain.Circuits;

namespace QTrain.Transpilation;

internal enum StepKind : byte
{
    /// <summary>A fixed rotation of one qubit.</summary>
    Turn,

    /// <summary>exp(−iθZ/2).</summary>
    Phase,

    /// <summary>exp(i(x·XX + y·YY + z·ZZ)).</summary>
    Joint,
    Measure,
    Reset,
    Barrier,
}

/// <summary>One thing of a circuit while it is compiled. Everything unitary is one of three: fixed turns, phases about Z, and the joint rotations that
/// the canonical decomposition leaves of any two-qubit gate. Angles of phases and joint rotations may hold parameters. Global phases are dropped.</summary>
internal sealed record Step(StepKind Kind, int First, int Second = -1)
{
    public Turn Turn { get; init; }

    /// <summary>Of a phase.</summary>
    public Angle Angle { get; init; }

    /// <summary>Of a joint rotation.</summary>
    public Joint Joint { get; init; }

    /// <summary>Where a measurement goes.</summary>
    public int Bit { get; init; }

    /// <summary>The qubits of a barrier or a delay.</summary>
    public ImmutableArray<int> Fence { get; init; } = [];

    /// <summary>Of a delay, which is a barrier that takes time.</summary>
    public Duration? Wait { get; init; }

    public Condition? Condition { get; init; }

    /// <summary>Whether it is unitary and always happens: the steps that passes move and merge.</summary>
    public bool IsPlain => Condition is null && Kind <= StepKind.Joint;

    /// <summary>Every qubit it acts on.</summary>
    public ImmutableArray<int> Qubits => Kind switch
    {
        StepKind.Barrier => Fence,
        StepKind.Joint => [First, Second],
        _ => [First],
    };

    public static Step OfTurn(int qubit, Turn turn) => new(StepKind.Turn, qubit) { Turn = turn };

    public static Step OfPhase(int qubit, Angle angle) =>
        angle.IsConstant ? OfTurn(qubit, Turn.AboutZ(angle.Constant)) : new Step(StepKind.Phase, qubit) { Angle = angle };

    public static Step OfJoint(int first, int second, Joint joint) => new(StepKind.Joint, first, second) { Joint = joint };

    public Step On(ReadOnlySpan<int> places)
    {
        if (Kind != StepKind.Barrier) return this with { First = places[First], Second = Second < 0 ? -1 : places[Second] };
        var fence = ImmutableArray.CreateBuilder<int>(Fence.Length);
        foreach (var qubit in Fence) fence.Add(places[qubit]);
        return this with { Fence = fence.MoveToImmutable() };
    }
}
