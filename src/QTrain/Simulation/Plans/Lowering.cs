using System.Numerics;
using QTrain.Numerics;

namespace QTrain.Simulation.Plans;

/// <summary>Instructions brought to the few kinds of <see cref="PlanOperationKind"/>.</summary>
internal static class Lowering
{
    // A phase on k qubits is 2ᵏ parities; beyond this it stays what it is.
    private const int MostPhaseQubits = 3;

    /// <param name="instructions">Of a unitary circuit.</param>
    /// <param name="mostMixed">A rotation that flips more qubits stays an instruction.</param>
    /// <param name="fusesPairs">Whether dense gates on two qubits become a <see cref="PairRotation"/>; else they stay instructions.</param>
    public static List<PlanOperation> Lower(ReadOnlySpan<Instruction> instructions, int mostMixed, bool fusesPairs = false)
    {
        var into = new List<PlanOperation>(2 * instructions.Length);
        var merged = new List<SubspaceRotation>();
        var pairs = !fusesPairs ? null : PairFusion.For(instructions, into, instruction => Lower(instruction, into), mostMixed);
        for (var k = 0; k < instructions.Length;)
        {
            var count = BitOperations.PopCount(instructions[k].Pauli.X | 7) <= mostMixed ? PauliFusion.Merge(instructions[k..], merged) : 0;
            foreach (var rotation in merged)
            {
                pairs?.End(rotation.Pauli.X | rotation.Pauli.Z | rotation.Mask);
                into.Add(PlanOperation.Other(rotation));
            }
            merged.Clear();
            if (count == 0 && pairs?.TryTake(instructions[k]) != true) Lower(instructions[k], into);
            k += Math.Max(1, count);
        }
        pairs?.End(ulong.MaxValue);
        TakeGlobalPhasesToTheFront(into);
        return into;
    }

    /// <summary>They wait for nothing, and nobody need look for them farther back.</summary>
    private static void TakeGlobalPhasesToTheFront(List<PlanOperation> operations)
    {
        var count = 0;
        foreach (var operation in operations)
            if (IsGlobal(operation)) count++;
        if (count == 0) return;
        var ordered = operations.ToArray();
        var (front, back) = (0, count);
        foreach (var operation in ordered) operations[IsGlobal(operation) ? front++ : back++] = operation;

        static bool IsGlobal(PlanOperation operation) => (operation.Mixed | operation.Signed) == 0;
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
        var targets = new int[BitOperations.PopCount(flipped)];
        for (var (k, set) = (0, flipped); set != 0; k++, set &= set - 1) targets[k] = BitOperations.TrailingZeroCount(set);
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

    /// <summary>Any unitary of one qubit.</summary>
    internal static void LowerOneQubit(int qubit, Complex[] matrix, List<PlanOperation> into)
    {
        var angles = EulerAngles.Of(matrix);
        var mask = 1UL << qubit;
        if (angles.Before != 0) into.Add(PlanOperation.Twist(mask, Constant(angles.Before)));
        if (angles.Turn != 0) into.Add(PlanOperation.Turn(qubit, Constant(angles.Turn)));
        if (angles.After != 0) into.Add(PlanOperation.Twist(mask, Constant(angles.After)));
        if (angles.Global != 0) into.Add(PlanOperation.Twist(0, Constant(-2 * angles.Global)));
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
