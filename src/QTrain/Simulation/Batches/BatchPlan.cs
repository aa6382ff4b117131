using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;
using QTrain.Simulation.Plans;

namespace QTrain.Simulation.Batches;

/// <summary>A unitary circuit as steps on a batch: as many members as a register has lanes, each with parameters of its own. Made once, bound to
/// parameters again and again.</summary>
/// <remarks>
/// Instructions are lowered as for an <see cref="ExecutionPlan"/>. Since no qubit lies inside a register no step shuffles, and moves cost nothing:
/// they change the <see cref="BatchFrame"/> in which all later steps find their amplitudes. Every member's arithmetic is the same whoever the other
/// members are, so an answer does not depend on the company it was asked in.
/// </remarks>
internal sealed class BatchPlan
{
    /// <summary>The most qubits. Beyond, a batch no longer fits into the second cache of a core.</summary>
    public const int MostQubits = 12;

    private static readonly ConditionalWeakTable<CompiledCircuit, BatchPlan?[]> Cache = [];

    private readonly int _blockBytes;
    private readonly BatchFrame _frame;
    private readonly PendingPhases _pending = new();
    private readonly List<PlanOperation> _rest;
    private readonly List<PlanOperation> _ready = [];
    private readonly List<BatchStep> _steps = [];
    private int _turns;

    private BatchPlan(CompiledCircuit circuit, LaneWidth width)
    {
        // Three qubits at least, whether the circuit has them or not.
        QubitCount = Math.Max(3, circuit.QubitCount);
        Kernels = BatchKernels.For(width);
        _blockBytes = Kernels.BlockBytes;
        _frame = new BatchFrame(QubitCount);
        _rest = [.. Lowering.Lower(circuit.Instructions.AsSpan(), QubitCount).SelectMany(Relabelled)];
        // One tile holds everything; what is wanted are the depths.
        PassScheduler.Divide(QubitCount, _rest, new TileShape(QubitCount, 3, QubitCount));
        Build();
        Steps = [.. _steps];
        Frame = _frame;
        Bytes = (nuint)_blockBytes << QubitCount;
        SettleOnTheWayBack();
        FirstMoved = Array.FindIndex(Steps, s => s.IsMoved);
    }

    /// <summary>Qubits of the memory.</summary>
    public int QubitCount { get; }

    public BatchKernels Kernels { get; }

    public BatchAngles Angles { get; } = new();

    public BatchStep[] Steps { get; }

    /// <summary>Phases that nothing after them turned: an observable that they commute with need not wait for them.</summary>
    public BatchPhaseTableStep? LastPhases { get; private set; }

    /// <summary>The qubits that the last phases depend on.</summary>
    public ulong LastPhasesSigned { get; private set; }

    /// <summary>Where basis states are at the end.</summary>
    public BatchFrame Frame { get; }

    /// <summary>Of a batch's state.</summary>
    public nuint Bytes { get; }

    /// <summary>Nothing before this step need be undone; −1: no parameter moves any.</summary>
    public int FirstMoved { get; }

    /// <summary>The plan of a circuit for one width; made when first asked for.</summary>
    public static BatchPlan For(CompiledCircuit circuit, LaneWidth width)
    {
        var plans = Cache.GetValue(circuit, static _ => new BatchPlan?[(int)LaneWidth.Vector512 + 1]);
        ref var plan = ref plans[(int)width];
        if (Volatile.Read(ref plan) is { } made) return made;
        Interlocked.CompareExchange(ref plan, new BatchPlan(circuit, width), null);
        return plan;
    }

    /// <summary>A swap, alone or with flips, is moves.</summary>
    private static IEnumerable<PlanOperation> Relabelled(PlanOperation operation)
    {
        if (operation is { Kind: PlanOperationKind.Other, Instruction: { Kind: InstructionKind.Matrix, ControlMask: 0, Plan: { Shape: GateShape.Exchange, Fixed: 0 } plan } }
            && BitOperations.PopCount(plan.From ^ plan.To) == 2)
        {
            var (low, high) = (BitOperations.TrailingZeroCount(plan.From ^ plan.To), BitOperations.Log2(plan.From ^ plan.To));
            var isAligned = BitOperations.PopCount(plan.From) != 1;
            if (isAligned) yield return PlanOperation.Move(-1, low);
            yield return PlanOperation.Move(low, high);
            yield return PlanOperation.Move(high, low);
            yield return PlanOperation.Move(low, high);
            if (isAligned) yield return PlanOperation.Move(-1, low);
        }
        else yield return operation;
    }

    private void Build()
    {
        while (true)
        {
            TakeWhatIsFree();
            if (_rest.Count == 0) break;
            // Level by level, so that rotations come in groups.
            var depth = _ready.Min(o => o.Depth);
            var turns = _ready.Where(o => o.Kind == PlanOperationKind.Turn && o.Depth == depth).DistinctBy(o => o.Target).ToList();
            if (turns.Count > 0)
            {
                if (turns.Exists(o => (o.Mixed & _pending.Signed) != 0)) ApplyPhases();
                else AddTurns(turns[..Math.Min(turns.Count, BatchTurnStep.MostBits)]);
                continue;
            }
            var other = _ready.First(o => o.Depth == depth);
            if ((other.Mixed & _pending.Signed) != 0)
            {
                ApplyPhases();
                continue;
            }
            _rest.Remove(other);
            _steps.Add(other.Subspace is { } rotation ? StepOf(rotation) : StepOf(other.Instruction!));
        }
        if (_pending.IsEmpty) return;
        LastPhasesSigned = _pending.Signed;
        LastPhases = TakePhases();
    }

    /// <summary>Phases wait with the others, moves are done by looking elsewhere.</summary>
    private void TakeWhatIsFree()
    {
        ulong mixed = 0, signed = 0;
        _ready.Clear();
        var kept = 0;
        for (var k = 0; k < _rest.Count; k++)
        {
            var operation = _rest[k];
            var isReady = !operation.MustWaitFor(mixed, signed);
            if (isReady && operation.Kind == PlanOperationKind.Twist)
            {
                // A phase of all states is nothing that can be noticed.
                if (operation.Mask != 0) _pending.Add(operation.Mask, operation.Angle);
                continue;
            }
            if (isReady && operation.Kind == PlanOperationKind.Move)
            {
                _pending.Pass(operation.Control, operation.Target);
                _frame.Move(operation.Control, operation.Target);
                continue;
            }
            if (isReady) _ready.Add(operation);
            mixed |= operation.Mixed;
            signed |= operation.Signed;
            _rest[kept++] = operation;
        }
        _rest.RemoveRange(kept, _rest.Count - kept);
    }

    private void AddTurns(List<PlanOperation> turns)
    {
        var settles = _turns + turns.Count > BatchTurnStep.MostTurns;
        _turns = (settles ? 0 : _turns) + turns.Count;
        _steps.Add(new BatchTurnStep(_frame, [.. turns.Select(t => t.Target)], [.. turns.Select(t => Angles.Add(t.Angle))], settles, _blockBytes));
        foreach (var turn in turns) _rest.Remove(turn);
    }

    /// <summary>The scale that the way forward leaves is still there on the way back, where other steps apply it.</summary>
    private void SettleOnTheWayBack()
    {
        var turns = LastPhases is null ? _turns : 0;
        for (var k = Steps.Length - 1; k >= 0; k--)
        {
            if (Steps[k] is BatchPhaseTableStep) turns = 0;
            if (Steps[k] is not BatchTurnStep step) continue;
            step.SettlesBack = turns + step.Turns > BatchTurnStep.MostTurns;
            turns = (step.SettlesBack ? 0 : turns) + step.Turns;
        }
    }

    private void ApplyPhases()
    {
        _turns = 0;
        _steps.Add(TakePhases());
    }

    private BatchPhaseTableStep TakePhases() => new(_frame, [.. _pending.Take().Select(t => (t.Mask, Angles.Add(t.Angles)))], _blockBytes);

    private BatchPauliStep StepOf(SubspaceRotation rotation) =>
        new(_frame, rotation.Pauli.X, rotation.Pauli.Z, rotation.Mask, rotation.Value, Angles.Add(rotation.Angle), _blockBytes);

    private BatchStep StepOf(Instruction instruction)
    {
        var (mask, value) = (instruction.ControlMask, instruction.ControlValue);
        switch (instruction.Kind)
        {
            case InstructionKind.PauliRotation:
                var (x, z) = (instruction.Pauli.X, instruction.Pauli.Z);
                var pivot = x == 0 ? 0 : 1UL << BitOperations.Log2(x);
                return new BatchPauliStep(_frame, x, z, mask | pivot, value, Angles.Add(instruction.Angle), _blockBytes);
            case InstructionKind.Phase:
                return new BatchPauliStep(_frame, 0, 0, mask, value, Angles.Add(instruction.Angle.Times(2)), _blockBytes, isPhase: true);
            default:
                var plan = instruction.Plan;
                return plan.Shape == GateShape.Exchange
                    ? new BatchExchangeStep(_frame, plan.From, plan.To, mask | plan.Fixed, value | plan.FixedValue, _blockBytes)
                    : new BatchMatrixStep(_frame, instruction.Targets, instruction.Matrix, mask, value, _blockBytes);
        }
    }
}
