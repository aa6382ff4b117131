using System.Numerics;

namespace QTrain.Simulation.Plans;

/// <summary>Takes the operations of one pass after the other from a circuit. What is left behind is near its front, and a scan ends where everything is
/// blocked, so that long circuits cost no more a gate than short ones.</summary>
internal sealed class PassTaker
{
    private readonly PlanOperation[] _operations;

    // The shallowest rotation or move from here to the end, where no scan has been yet.
    private readonly int[] _shallowest;
    private readonly bool[] _isTaken;
    private readonly ulong _touched;
    private readonly int _room;
    private int _head, _seen;

    /// <param name="operations">In order, with their depths.</param>
    /// <param name="room">Qubits of a tile.</param>
    public PassTaker(List<PlanOperation> operations, int room)
    {
        _operations = operations.ToArray();
        _shallowest = new int[_operations.Length + 1];
        _isTaken = new bool[_operations.Length];
        _room = room;
        _shallowest[^1] = int.MaxValue;
        for (var k = _operations.Length - 1; k >= 0; k--)
        {
            _shallowest[k] = IsBound(_operations[k]) ? Math.Min(_operations[k].Depth, _shallowest[k + 1]) : _shallowest[k + 1];
            _touched |= _operations[k].Mixed | _operations[k].Signed;
        }
    }

    public bool IsEmpty => _head == _operations.Length;

    /// <summary>What a pass can do that mixes some qubits and as many others as there is room for, and which those are. Nothing is taken where it
    /// could do nothing.</summary>
    public (List<PlanOperation> Done, ulong Local) Take(ulong local)
    {
        var scan = Scan(local, int.MaxValue);
        if (scan.Shallowest != int.MaxValue)
        {
            // The level at which something was left behind is worth beginning only where nothing came before it.
            var most = Math.Max(_operations[_head].Depth, scan.Shallowest - 1);
            if (scan.Deepest > most) scan = Scan(local, most);
        }
        return (TakeMarked(scan), scan.Local);
    }

    public PlanOperation TakeFirst() => _operations[_head++];

    private ScanResult Scan(ulong tile, int deepest)
    {
        ulong mixed = 0, signed = 0;
        var (shallowest, deepestTaken, count) = (int.MaxValue, -1, 0);
        var at = _head;
        for (; at < _operations.Length; at++)
        {
            if (mixed == _touched && at >= _seen)
            {
                shallowest = Math.Min(shallowest, _shallowest[at]);
                break;
            }
            var operation = _operations[at];
            var isBound = IsBound(operation);
            _isTaken[at] = !(isBound && operation.Depth > Math.Min(shallowest, deepest)) && !operation.MustWaitFor(mixed, signed)
                && BitOperations.PopCount(tile | operation.Mixed) <= _room;
            if (_isTaken[at])
            {
                tile |= operation.Mixed;
                if (isBound) deepestTaken = Math.Max(deepestTaken, operation.Depth);
                count++;
                continue;
            }
            mixed |= operation.Mixed;
            signed |= operation.Signed;
            if (isBound) shallowest = Math.Min(shallowest, operation.Depth);
        }
        return new ScanResult(tile, shallowest, deepestTaken, count, at);
    }

    private List<PlanOperation> TakeMarked(ScanResult scan)
    {
        var done = new List<PlanOperation>(scan.Count);
        if (scan.Count == 0) return done;
        for (var k = _head; k < scan.End; k++)
            if (_isTaken[k]) done.Add(_operations[k]);
        // What is left moves up to what was not looked at.
        var to = scan.End;
        for (var k = scan.End - 1; k >= _head; k--)
            if (!_isTaken[k]) _operations[--to] = _operations[k];
        _head = to;
        _seen = Math.Max(_seen, scan.End);
        return done;
    }

    /// <summary>Rotations and moves keep to their level: they are done by threes. Other gates go by themselves whenever they can.</summary>
    private static bool IsBound(PlanOperation operation) => operation.Kind is PlanOperationKind.Turn or PlanOperationKind.Move;

    /// <param name="Local">Qubits of the tile.</param>
    /// <param name="Shallowest">The lowest level at which something was left behind.</param>
    /// <param name="Deepest">The deepest level at which something was taken.</param>
    /// <param name="Count">How many were taken.</param>
    /// <param name="End">Behind the last that was looked at.</param>
    private readonly record struct ScanResult(ulong Local, int Shallowest, int Deepest, int Count, int End);
}
