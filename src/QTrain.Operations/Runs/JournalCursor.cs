using QTrain.Operations.Storage;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>Reads the records of one lane and member front to back, a page at a time: questions come in the order of their paths, so a million
/// records cost a thousand queries. What was written after a page was read is not seen; whoever holds the lease wrote that itself.</summary>
/// <param name="store">Where the records are.</param>
/// <param name="run">The run.</param>
/// <param name="lane">The lane.</param>
/// <param name="member">The member.</param>
/// <param name="afterStep">Records up to this step are passed over; −1: none.</param>
internal sealed class JournalCursor(IRunStore store, RunId run, JournalLane lane, int member, int afterStep = -1)
{
    private const int PageSize = 1024;

    private readonly JournalPage _page = new();
    private JournalPage? _single;
    private int _at;
    private bool _atEnd, _onSingle;
    private QuestionPath _furthest = new(member, afterStep, afterStep < 0 ? -1 : int.MaxValue);
    private JournalPosition? _last = afterStep < 0 ? null : new JournalPosition(new QuestionPath(member, afterStep, int.MaxValue));

    /// <summary>The furthest path that was looked for.</summary>
    public QuestionPath? Furthest
    {
        get => _furthest.Step < 0 ? null : _furthest;
        private set => _furthest = value!.Value;
    }

    /// <summary>The record found, until the next look.</summary>
    public JournalEntry Current => _onSingle ? _single![0] : _page[_at];

    /// <summary>Moves to the record at a path; false when there is none. Rising paths are fast, an earlier one costs a query.</summary>
    public ValueTask<bool> MoveToAsync(QuestionPath path, CancellationToken cancellation)
    {
        _onSingle = Furthest is { } furthest && path <= furthest;
        if (_onSingle) return ReadAtAsync(path, cancellation);
        Furthest = path;
        return MoveWithinPage(path) is { } found ? new(found) : MoveOnAsync(path, cancellation);
    }

    /// <summary>Whether the record is known to end before a path that was not looked for yet. False says nothing.</summary>
    public bool EndsBefore(QuestionPath path) => _atEnd && _at == _page.Count && path.CompareTo(_furthest) > 0;

    /// <summary>Counts a path that the record ends before as looked for.</summary>
    public void Pass(QuestionPath path) => (_furthest, _onSingle) = (path, false);

    private bool? MoveWithinPage(QuestionPath path)
    {
        for (; _at < _page.Count; _at++)
        {
            var order = _page.PathOf(_at).CompareTo(path);
            if (order >= 0) return order == 0;
        }
        return _atEnd ? false : null;
    }

    private async ValueTask<bool> MoveOnAsync(QuestionPath path, CancellationToken cancellation)
    {
        while (true)
        {
            if (_page.Count > 0) _last = new JournalPosition(_page.PathOf(_page.Count - 1));
            _page.Clear();
            _at = 0;
            await store.ReadAsync(run, lane, member, _last, PageSize, _page, cancellation);
            _atEnd = _page.Count < PageSize;
            if (MoveWithinPage(path) is { } found) return found;
        }
    }

    private ValueTask<bool> ReadAtAsync(QuestionPath path, CancellationToken cancellation)
    {
        (_single ??= new JournalPage()).Clear();
        return store.ReadAtAsync(run, lane, path, "", _single, cancellation);
    }
}

/// <summary>Reads the recorded steps of a member front to back.</summary>
internal sealed class StepCursor(IRunStore store, RunId run, int member, int after = -1)
{
    private const int PageSize = 4096;

    private IReadOnlyList<StepRecord> _page = [];
    private int _at, _last = after;
    private bool _atEnd;

    /// <summary>The record of a step; null when there is none. Indices must rise.</summary>
    public async ValueTask<StepRecord?> MoveToAsync(int index, CancellationToken cancellation)
    {
        while (true)
        {
            for (; _at < _page.Count; _at++)
                if (_page[_at].Index >= index) return _page[_at].Index == index ? _page[_at] : null;
            if (_atEnd) return null;
            _page = await store.ReadStepsAsync(run, member, _last, PageSize, cancellation);
            _at = 0;
            _atEnd = _page.Count < PageSize;
            if (_page.Count > 0) _last = _page[^1].Index;
        }
    }
}
