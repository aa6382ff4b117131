using System.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>Phases that were asked for and not yet applied. They commute with one another and wait until something would not commute with
/// them; moves of addresses pass by, changing their masks.</summary>
internal sealed class PendingPhases
{
    private readonly List<(ulong Mask, AffineAngle Angle)> _terms = [];

    /// <summary>Qubits that some phase depends on.</summary>
    public ulong Signed { get; private set; }

    public bool IsEmpty => _terms.Count == 0;

    public void Add(ulong mask, AffineAngle angle)
    {
        _terms.Add((mask, angle));
        Signed |= mask;
    }

    /// <summary>From before a move to after it.</summary>
    public void Pass(int control, int target)
    {
        if ((Signed >> target & 1) == 0) return;
        Signed = 0;
        for (var k = 0; k < _terms.Count; k++)
        {
            var (mask, angle) = _terms[k];
            if ((mask >> target & 1) != 0) _terms[k] = control < 0 ? (mask, angle.Times(-1)) : (mask ^ 1UL << control, angle);
            Signed |= _terms[k].Mask;
        }
    }

    /// <summary>All of them, those of one mask together.</summary>
    public IEnumerable<(ulong Mask, AffineAngle[] Angles)> Take()
    {
        var taken = _terms.GroupBy(t => t.Mask).OrderBy(g => g.Key).Select(g => (g.Key, g.Select(t => t.Angle).ToArray())).ToList();
        _terms.Clear();
        Signed = 0;
        return taken;
    }
}

/// <summary>Orders the operations of a pass into steps: rotations by threes, moves into the step before them, phases as late as they can be.</summary>
internal sealed class TileProgram
{
    private readonly PlanKernels _kernels;
    private readonly KernelTable _table;
    private readonly TileMap _tile;
    private readonly TileShape _shape;
    private readonly PendingPhases _pending;
    private readonly ulong _lanes;
    private readonly List<PlanOperation> _rest;
    private readonly List<TileStep> _steps = [];
    private readonly List<PlanOperation> _ready = [];
    private RadixDraft? _draft;

    private TileProgram(List<PlanOperation> operations, TileMap tile, PlanKernels kernels, KernelTable table, TileShape shape, PendingPhases pending)
    {
        _kernels = kernels;
        _table = table;
        _tile = tile;
        _shape = shape;
        _pending = pending;
        _rest = [.. operations];
        for (var k = 0; k < Math.Min(kernels.LaneBits, _tile.QubitCount); k++) _lanes |= 1UL << _tile.QubitAt(k);
    }

    /// <summary>The steps of a pass; phases that need not be applied yet stay with <paramref name="pending"/>.</summary>
    public static List<TileStep> Build(List<PlanOperation> operations, TileMap tile, PlanKernels kernels, KernelTable table, TileShape shape, PendingPhases pending)
    {
        var program = new TileProgram(operations, tile, kernels, table, shape, pending);
        program.Build();
        return program._steps;
    }

    private void Build()
    {
        while (true)
        {
            TakeWhatIsFree();
            if (_rest.Count == 0) break;
            // Level by level: a deeper rotation would break the group of its own level.
            var depth = _ready.Min(o => o.Depth);
            var turns = _ready.Where(o => o.Kind == PlanOperationKind.Turn && o.Depth == depth).ToList();
            if (turns.Count > 0)
            {
                if (turns.Exists(o => (o.Mixed & _pending.Signed) != 0)) ApplyPhases();
                else AddTurns(turns);
                continue;
            }
            var moves = _ready.Where(o => o.Kind == PlanOperationKind.Move && o.Depth == depth).ToList();
            if (moves.Count > 0)
            {
                AddMoves(moves);
                continue;
            }
            var other = _ready.First(o => o.Depth == depth);
            if ((other.Mixed & _pending.Signed) != 0)
            {
                ApplyPhases();
                continue;
            }
            Close();
            _rest.Remove(other);
            _steps.Add(other switch
            {
                { Pair: { } pair } => new PairTileStep(_kernels, pair, _tile),
                { Subspace: { } rotation } => new SubspaceTileStep(_table, rotation, _tile),
                _ => new OtherTileStep(_table, other.Instruction!, _tile),
            });
        }
        Close();
    }

    /// <summary>Phases wait with the others; moves that fit go into the draft.</summary>
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
                _pending.Add(operation.Mask, operation.Angle);
                continue;
            }
            if (isReady && operation.Kind == PlanOperationKind.Move && _draft is not null && _draft.TryMove(operation.Control, operation.Target))
            {
                _pending.Pass(operation.Control, operation.Target);
                continue;
            }
            if (isReady) _ready.Add(operation);
            mixed |= operation.Mixed;
            signed |= operation.Signed;
            _rest[kept++] = operation;
        }
        _rest.RemoveRange(kept, _rest.Count - kept);
    }

    private void ApplyPhases()
    {
        Close();
        _steps.Add(new DiagonalTileStep(_kernels, _pending.Take(), _tile, _shape.InnerQubits));
    }

    private void AddTurns(List<PlanOperation> turns)
    {
        var inside = turns.Where(o => (o.Mixed & _lanes) != 0).DistinctBy(o => o.Target).ToList();
        var outside = turns.Where(o => (o.Mixed & _lanes) == 0).Select(o => o.Target).Distinct().Order().Take(RadixStep.MostBits).ToList();
        Open(outside);
        foreach (var turn in inside.Concat(turns.Where(o => outside.Contains(o.Target)).DistinctBy(o => o.Target)))
        {
            _draft!.Turn(turn.Target, turn.Angle);
            _rest.Remove(turn);
        }
    }

    private void AddMoves(List<PlanOperation> moves)
    {
        // Those that become possible with the first one join by themselves.
        var move = moves[0];
        Open(moves.Select(o => o.Target).Where(t => (_lanes >> t & 1) == 0).Take(1));
        _rest.Remove(move);
        _pending.Pass(move.Control, move.Target);
        if (_draft!.TryMove(move.Control, move.Target)) return;
        // A move into the register controlled from outside it, or between lanes and vectors in an unusual way, has a kernel of its own.
        Close();
        _steps.Add(new OtherTileStep(_table, FlipOf(move), _tile));
    }

    private void Open(IEnumerable<int> bits)
    {
        Close();
        _draft = new RadixDraft([.. bits], _lanes);
    }

    private void Close()
    {
        if (_draft is { IsEmpty: false } draft) _steps.Add(new RadixTileStep(_kernels, draft, _tile));
        _draft = null;
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
