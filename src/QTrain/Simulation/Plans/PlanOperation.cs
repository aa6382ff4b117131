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

/// <summary>Instructions brought to the few kinds of <see cref="PlanOperationKind"/>.</summary>
internal static class Lowering
{
    // A phase on k qubits is 2ᵏ parities; beyond this it stays what it is.
    private const int MostPhaseQubits = 3;

    public static List<PlanOperation> Lower(ReadOnlySpan<Instruction> instructions, int mostMixed)
    {
        var into = new List<PlanOperation>(2 * instructions.Length);
        var merged = new List<SubspaceRotation>();
        for (var k = 0; k < instructions.Length;)
        {
            // A rotation that flips more than a tile holds stays an instruction.
            var count = BitOperations.PopCount(instructions[k].Pauli.X | 7) <= mostMixed ? PauliFusion.Merge(instructions[k..], merged) : 0;
            foreach (var rotation in merged) into.Add(PlanOperation.Other(rotation));
            merged.Clear();
            if (count == 0) Lower(instructions[k], into);
            k += Math.Max(1, count);
        }
        return into;
    }

    private static void Lower(Instruction instruction, List<PlanOperation> into)
    {
        switch (instruction.Kind)
        {
            case InstructionKind.PauliRotation when instruction.Pauli.X == 0 && BitOperations.PopCount(instruction.ControlMask) < MostPhaseQubits:
                // The projector on the controls is a product of (1 ± Z)/2, so its product with a parity is a sum of parities.
                Expand(instruction.ControlMask, instruction.ControlValue, instruction.Pauli.Z, instruction.Angle, 1, into);
                break;
            case InstructionKind.PauliRotation when instruction.ControlMask == 0 && BitOperations.IsPow2(instruction.Pauli.X)
                && (instruction.Pauli.Z & ~instruction.Pauli.X) == 0:
                var qubit = BitOperations.Log2(instruction.Pauli.X);
                // X = S†·Y·S.
                if (instruction.Pauli.Z == 0) into.Add(PlanOperation.Twist(instruction.Pauli.X, Constant(Math.PI / 2)));
                into.Add(PlanOperation.Turn(qubit, instruction.Angle));
                if (instruction.Pauli.Z == 0) into.Add(PlanOperation.Twist(instruction.Pauli.X, Constant(-Math.PI / 2)));
                break;
            case InstructionKind.Phase when BitOperations.PopCount(instruction.ControlMask) <= MostPhaseQubits:
                Expand(instruction.ControlMask, instruction.ControlValue, 0, instruction.Angle, -2, into);
                break;
            case InstructionKind.Matrix:
                LowerMatrix(instruction, into);
                break;
            default:
                into.Add(PlanOperation.Other(instruction));
                break;
        }
    }

    private static void LowerMatrix(Instruction instruction, List<PlanOperation> into)
    {
        var plan = instruction.Plan;
        var controls = BitOperations.PopCount(instruction.ControlMask);
        switch (plan.Shape)
        {
            case GateShape.Nothing:
                return;
            case GateShape.Diagonal:
                var target = 1UL << instruction.Targets[0];
                if (instruction.Matrix[0] != Complex.One) LowerPhase(instruction, target, 0, instruction.Matrix[0].Phase, into);
                if (instruction.Matrix[3] != Complex.One) LowerPhase(instruction, target, target, instruction.Matrix[3].Phase, into);
                return;
            case GateShape.Exchange:
                var flipped = plan.From ^ plan.To;
                var mask = instruction.ControlMask | plan.Fixed;
                var value = instruction.ControlValue | plan.FixedValue;
                if (BitOperations.IsPow2(flipped) && BitOperations.PopCount(mask) <= 1)
                {
                    var flip = BitOperations.Log2(flipped);
                    into.Add(PlanOperation.Move(mask == 0 ? -1 : BitOperations.Log2(mask), flip));
                    if (mask != value) into.Add(PlanOperation.Move(-1, flip));
                    return;
                }
                into.Add(PlanOperation.Other(Exchange(instruction, plan)));
                return;
            case GateShape.Real or GateShape.General when controls == 0:
                LowerOneQubit(instruction.Targets[0], instruction.Matrix, into);
                return;
            default:
                break;
        }
        into.Add(PlanOperation.Other(instruction));
    }

    private static void LowerPhase(Instruction instruction, ulong target, ulong value, double phase, List<PlanOperation> into) => Lower(new Instruction
    {
        Kind = InstructionKind.Phase,
        Operation = instruction.Operation,
        ControlMask = instruction.ControlMask | target,
        ControlValue = instruction.ControlValue | value,
        Angle = Constant(phase),
    }, into);

    /// <summary>The same exchange with what its matrix only asks for as controls, which may be outside a tile.</summary>
    private static Instruction Exchange(Instruction instruction, GatePlan plan)
    {
        var flipped = plan.From ^ plan.To;
        int[] targets = [.. Enumerable.Range(0, 64).Where(q => (flipped >> q & 1) != 0)];
        var size = 1 << targets.Length;
        var (from, to) = (Local(plan.From), Local(plan.To));
        var matrix = new Complex[size * size];
        for (var k = 0; k < size; k++) matrix[(k == from ? to : k == to ? from : k) * size + k] = 1;
        return instruction with
        {
            Targets = targets,
            Matrix = matrix,
            ControlMask = instruction.ControlMask | plan.Fixed,
            ControlValue = instruction.ControlValue | plan.FixedValue,
            Plan = null!,
        };

        int Local(ulong pattern)
        {
            var local = 0;
            for (var k = 0; k < targets.Length; k++) local |= (int)(pattern >> targets[k] & 1) << k;
            return local;
        }
    }

    /// <summary>U = e^{iα}·Rz(a)·Ry(b)·Rz(c).</summary>
    private static void LowerOneQubit(int qubit, Complex[] matrix, List<PlanOperation> into)
    {
        var angle = 2 * Math.Atan2(matrix[2].Magnitude, matrix[0].Magnitude);
        // Where an entry vanishes only the sum or the difference of the outer angles counts.
        var (hasDiagonal, hasOther) = (matrix[0].Magnitude > 1e-8, matrix[2].Magnitude > 1e-8);
        var sum = hasDiagonal ? matrix[3].Phase - matrix[0].Phase : 0;
        var difference = hasOther ? matrix[2].Phase - (-matrix[1]).Phase : 0;
        var global = hasDiagonal ? matrix[0].Phase + sum / 2 : matrix[2].Phase - difference / 2;
        // Half a sum of phases is known up to π: the first entry off the diagonal decides.
        if (hasDiagonal && hasOther && Math.Cos(global + difference / 2 - matrix[2].Phase) < 0) difference += 2 * Math.PI;
        var (after, before) = ((sum + difference) / 2, (sum - difference) / 2);
        var mask = 1UL << qubit;
        if (before != 0) into.Add(PlanOperation.Twist(mask, Constant(before)));
        into.Add(PlanOperation.Turn(qubit, Constant(angle)));
        if (after != 0) into.Add(PlanOperation.Twist(mask, Constant(after)));
        if (global != 0) into.Add(PlanOperation.Twist(0, Constant(-2 * global)));
    }

    /// <summary>exp(−i·factor·angle·Z_z·Π/2), with Π the projector on the controls, as a product of parities.</summary>
    private static void Expand(ulong controls, ulong value, ulong z, AffineAngle angle, double factor, List<PlanOperation> into)
    {
        var scale = factor / (1L << BitOperations.PopCount(controls));
        for (var subset = controls; ; subset = (subset - 1) & controls)
        {
            var sign = (BitOperations.PopCount(subset & value) & 1) == 0 ? scale : -scale;
            into.Add(PlanOperation.Twist(subset ^ z, angle.Times(sign)));
            if (subset == 0) return;
        }
    }

    private static AffineAngle Constant(double angle) => new([], [], angle);
}
