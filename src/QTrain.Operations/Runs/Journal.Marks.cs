using QTrain.Training;

namespace QTrain.Operations.Runs;

public sealed partial class Journal
{
    private readonly Dictionary<int, int> _marked = [];
    private readonly Dictionary<int, int> _starts = [];

    /// <summary>The last mark of a member; null when there is none.</summary>
    public async ValueTask<TrainingMark?> LastMarkAsync(int member = 0, CancellationToken cancellation = default)
    {
        var mark = await LastMarkAsync(_store, Run, member, cancellation);
        if (mark is not null) _marked[member] = mark.Step;
        return mark;
    }

    internal static async ValueTask<TrainingMark?> LastMarkAsync(Storage.IRunStore store, RunId run, int member, CancellationToken cancellation)
    {
        var page = new JournalPage();
        return await store.ReadLastAsync(run, JournalLane.Marks, member, page, cancellation)
            ? new TrainingMark(page[0].Path.Step, page[0].Answer.ToArray()) : null;
    }

    /// <summary>Passes over what is recorded of a member up to a step: the training goes on from a mark there. To be said before the member asks.</summary>
    internal void StartAfter(int member, int step) => _starts[member] = step;

    /// <summary>Keeps a mark, written with the records; one that comes by again is kept already. It lies in the same transaction as the answers and steps
    /// before it, or in a later one.</summary>
    public void Mark(TrainingMark mark, int member = 0)
    {
        ArgumentNullException.ThrowIfNull(mark);
        if (_made.Count == 0) Append(member, mark);
        else _made.Enqueue((member, null, mark));
    }

    private int StartOf(int member) => _starts.GetValueOrDefault(member, -1);

    private void Append(int member, TrainingMark mark)
    {
        if (_marked.TryGetValue(member, out var last) && mark.Step <= last) return;
        _marked[member] = mark.Step;
        // Also while the record is gone through, which is no work.
        MakeRoom();
        Add(new JournalEntry { Lane = JournalLane.Marks, Path = new QuestionPath(member, mark.Step, 0), Name = "", Answer = mark.Bytes.Span });
        Appended++;
    }
}
