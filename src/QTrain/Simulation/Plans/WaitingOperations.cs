namespace QTrain.Simulation.Plans;

/// <summary>Operations in the order of a circuit while they are taken out one after the other, most of them near the front. Looking for those that
/// can be next costs as much as there are before everything is blocked, however long the circuit is.</summary>
internal sealed class WaitingOperations
{
    private readonly PlanOperation?[] _operations;
    private readonly ulong _touched;
    private PlanOperation[] _kept = new PlanOperation[64];
    private int _head;

    public WaitingOperations(List<PlanOperation> operations)
    {
        _operations = new PlanOperation?[operations.Count];
        operations.CopyTo(_operations!);
        foreach (var operation in operations) _touched |= operation.Mixed | operation.Signed;
    }

    public bool IsEmpty => _head == _operations.Length;

    /// <summary>Offers each operation that needs wait for none before it to <paramref name="program"/>; those that it takes are gone, those that it
    /// does not and those that wait stay.</summary>
    public void Offer(TileProgram program)
    {
        ulong mixed = 0, signed = 0;
        var (at, kept) = (_head, 0);
        for (; at < _operations.Length && (mixed != _touched || kept == 0); at++)
        {
            if (_operations[at] is not { } operation) continue;
            if (!operation.MustWaitFor(mixed, signed) && program.TryTake(operation)) continue;
            mixed |= operation.Mixed;
            signed |= operation.Signed;
            if (kept == _kept.Length) Array.Resize(ref _kept, 2 * kept);
            _kept[kept++] = operation;
        }
        _head = at - kept;
        Array.Copy(_kept, 0, _operations, _head, kept);
    }

    /// <summary>Takes out one that was offered before.</summary>
    public void Remove(PlanOperation operation)
    {
        var at = _head;
        while (_operations[at] != operation) at++;
        _operations[at] = null;
        while (_head < _operations.Length && _operations[_head] is null) _head++;
    }
}
