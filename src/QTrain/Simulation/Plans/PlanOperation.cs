using System.Numerics;

namespace QTrain.Simulation.Plans;

internal enum PlanOperationKind
{
    /// <summary>exp(−i·angle·Y/2) on one qubit: a real rotation of pairs of amplitudes.</summary>
    Turn,

    /// <summary>exp(−i·angle·Z/2) on the parity of the qubits of a mask; a global phase where the mask is empty.</summary>
    Twist,

    /// <summary>Flips one qubit, always or where another is 1: a linear map of addresses.</summary>
    Move,

    /// <summary>Anything else, as one instruction by the kernel that it would have alone.</summary>
    Other,
}

/// <summary>What a plan is made of. Every instruction is lowered to few kinds, so that neighbours can be merged by what they do and not by
/// how their gates are called.</summary>
internal sealed class PlanOperation
{
    public required PlanOperationKind Kind { get; init; }

    /// <summary>The qubits on which it is not diagonal.</summary>
    public required ulong Mixed { get; init; }

    /// <summary>The qubits on which it is diagonal.</summary>
    public ulong Signed { get; init; }

    /// <summary>The parity mask of a twist.</summary>
    public ulong Mask { get; init; }

    public AffineAngle Angle { get; init; } = AffineAngle.Zero;

    /// <summary>The qubit that a turn turns or a move flips.</summary>
    public int Target { get; init; }

    /// <summary>The qubit that controls a move; −1: it flips always.</summary>
    public int Control { get; init; } = -1;

    /// <summary>Of <see cref="PlanOperationKind.Other"/>.</summary>
    public Instruction? Instruction { get; init; }

    /// <summary>Also of <see cref="PlanOperationKind.Other"/>: rotations merged into one.</summary>
    public SubspaceRotation? Subspace { get; init; }

    /// <summary>Also of <see cref="PlanOperationKind.Other"/>: a constant unitary of two qubits.</summary>
    public PairRotation? Pair { get; init; }

    /// <summary>How many rotations lie on the longest way to here, this one included.</summary>
    public int Depth { get; set; }

    public static PlanOperation Turn(int qubit, AffineAngle angle) => new()
    {
        Kind = PlanOperationKind.Turn,
        Target = qubit,
        Mixed = 1UL << qubit,
        Angle = angle,
    };

    public static PlanOperation Twist(ulong mask, AffineAngle angle) => new()
    {
        Kind = PlanOperationKind.Twist,
        Mixed = 0,
        Signed = mask,
        Mask = mask,
        Angle = angle,
    };

    public static PlanOperation Move(int control, int target) => new()
    {
        Kind = PlanOperationKind.Move,
        Control = control,
        Target = target,
        Mixed = 1UL << target,
        Signed = control < 0 ? 0 : 1UL << control,
    };

    public static PlanOperation Other(SubspaceRotation rotation) => new()
    {
        Kind = PlanOperationKind.Other,
        Subspace = rotation,
        Mixed = rotation.Pauli.X,
        Signed = (rotation.Pauli.Z | rotation.Mask) & ~rotation.Pauli.X,
    };

    public static PlanOperation Other(PairRotation rotation) => new()
    {
        Kind = PlanOperationKind.Other,
        Pair = rotation,
        Mixed = 1UL << rotation.Low | 1UL << rotation.High,
    };

    public static PlanOperation Other(Instruction instruction)
    {
        ulong targets = 0;
        foreach (var target in instruction.Targets) targets |= 1UL << target;
        var (mixed, signed) = instruction.Kind switch
        {
            InstructionKind.Phase => (0UL, 0UL),
            InstructionKind.PauliRotation => (instruction.Pauli.X, instruction.Pauli.Z & ~instruction.Pauli.X),
            _ => (targets, 0UL),
        };
        return new PlanOperation
        {
            Kind = PlanOperationKind.Other,
            Instruction = instruction,
            Mixed = mixed,
            Signed = signed | instruction.ControlMask,
        };
    }

    /// <summary>Whether this one must wait for another that was not done: they share a qubit on which not both are diagonal.</summary>
    public bool MustWaitFor(ulong mixed, ulong signed) => (Mixed & (mixed | signed)) != 0 || (Signed & mixed) != 0;
}
