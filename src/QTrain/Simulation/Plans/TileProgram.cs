using System.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>Orders the operations of a pass into steps: rotations by threes, moves into the step before them, phases as late as they can be.</summary>
internal sealed class TileProgram
{
    private readonly PlanKernels _kernels;
    private readonly KernelTable _table;
    private readonly TileMap _tile;
    private readonly TileShape _shape;
    private readonly PendingPhases _pending;
    private readonly ulong _lanes;
    private readonly WaitingOperations _rest;
    private readonly List<TileStep> _steps = [];
    private readonly List<PlanOperation> _ready = [];
    private readonly RadixDraft _draft;
    private bool _isDrafting;

    private TileProgram(List<PlanOperation> operations, TileMap tile, PlanKernels kernels, KernelTable table, TileShape shape, PendingPhases pending)
    {
        _kernels = kernels;
        _table = table;
        _tile = tile;
        _shape = shape;
        _pending = pending;
        _rest = new WaitingOperations(operations);
        for (var k = 0; k < Math.Min(kernels.LaneBits, _tile.QubitCount); k++) _lanes |= 1UL << _tile.QubitAt(k);
        _draft = new RadixDraft(_lanes);
    }

    /// <summary>The steps of a pass; phases that need not be applied yet stay with <paramref name="pending"/>.</summary>
    public static List<TileStep> Build(List<PlanOperation> operations, TileMap tile, PlanKernels kernels, KernelTable table, TileShape shape, PendingPhases pending)
    {
        var program = new TileProgram(operations, tile, kernels, table, shape, pending);
        program.Build();
        return program._steps;
    }

    /// <summary>Phases wait with the others; moves that fit go into the draft. What must be a step of its own is only remembered.</summary>
    public bool TryTake(PlanOperation operation)
    {
        if (operation.Kind == PlanOperationKind.Twist)
        {
            _pending.Add(operation.Mask, operation.Angle);
            return true;
        }
        if (operation.Kind == PlanOperationKind.Move && _isDrafting && _draft.TryMove(operation.Control, operation.Target))
        {
            _pending.Pass(operation.Control, operation.Target);
            return true;
        }
        _ready.Add(operation);
        return false;
    }

    private void Build()
    {
        while (true)
        {
            _ready.Clear();
            _rest.Offer(this);
            if (_rest.IsEmpty) break;
            // Level by level: a deeper rotation would break the group of its own level.
            var depth = int.MaxValue;
            foreach (var operation in _ready) depth = Math.Min(depth, operation.Depth);
            ulong turned = 0;
            PlanOperation? move = null, other = null;
            foreach (var operation in _ready)
            {
                if (operation.Depth != depth) continue;
                if (operation.Kind == PlanOperationKind.Turn) turned |= operation.Mixed;
                else if (operation.Kind == PlanOperationKind.Move) move ??= operation;
                else other ??= operation;
            }
            if (turned != 0)
            {
                if ((turned & _pending.Signed) != 0) ApplyPhases();
                else AddTurns(turned, depth);
            }
            else if (move is not null)
            {
                // Those that become possible with the first one join by themselves.
                AddMove(move);
            }
            else if ((other!.Mixed & _pending.Signed) != 0)
            {
                ApplyPhases();
            }
            else
            {
                Close();
                _rest.Remove(other);
                _steps.Add(other switch
                {
                    { Pair: { } pair } => new PairTileStep(_kernels, pair, _tile),
                    { Subspace: { } rotation } => new SubspaceTileStep(_table, rotation, _tile),
                    _ => new OtherTileStep(_table, other.Instruction!, _tile),
                });
            }
        }
        Close();
    }

    private void ApplyPhases()
    {
        Close();
        _steps.Add(new DiagonalTileStep(_kernels, _pending.Take(), _tile, _shape.InnerQubits));
    }

    private void AddTurns(ulong turned, int depth)
    {
        // The lowest that are outside the register, and all inside it.
        var outside = turned & ~_lanes;
        while (BitOperations.PopCount(outside) > RadixStep.MostBits) outside &= ~(1UL << BitOperations.Log2(outside));
        Open(outside);
        foreach (var turn in _ready)
        {
            if (turn.Kind != PlanOperationKind.Turn || turn.Depth != depth || (turn.Mixed & (outside | _lanes)) == 0) continue;
            _draft.Turn(turn.Target, turn.Angle);
            _rest.Remove(turn);
        }
    }

    private void AddMove(PlanOperation move)
    {
        ulong first = 0;
        foreach (var operation in _ready)
        {
            if (operation.Kind != PlanOperationKind.Move || operation.Depth != move.Depth || (operation.Mixed & _lanes) != 0) continue;
            first = operation.Mixed;
            break;
        }
        Open(first);
        _rest.Remove(move);
        _pending.Pass(move.Control, move.Target);
        if (_draft.TryMove(move.Control, move.Target)) return;
        // A move into the register controlled from outside it, or between lanes and vectors in an unusual way, has a kernel of its own.
        Close();
        _steps.Add(new OtherTileStep(_table, FlipOf(move), _tile));
    }

    private void Open(ulong bits)
    {
        Close();
        _draft.Begin(bits);
        _isDrafting = true;
    }

    private void Close()
    {
        if (_isDrafting && !_draft.IsEmpty) _steps.Add(new RadixTileStep(_kernels, _draft, _tile));
        _isDrafting = false;
    }

    private static Instruction FlipOf(PlanOperation move) => new()
    {
        Kind = InstructionKind.Matrix,
        Operation = 0,
        Targets = [move.Target],
        Matrix = [0, 1, 1, 0],
        ControlMask = move.Control < 0 ? 0 : 1UL << move.Control,
        ControlValue = move.Control < 0 ? 0 : 1UL << move.Control,
    };
}
