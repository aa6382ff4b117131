using QTrain.Training;

namespace QTrain.Operations.Runs;

public sealed partial class Journal
{
    private readonly Queue<(int Member, TrainingStep? Step, TrainingMark? Mark)> _made = [];
    private readonly Dictionary<int, StepCursor> _recordedSteps = [];
    private int? _memberPastRecorded;

    /// <summary>Tells the history of a step. A step that is recorded already must come out the same again, which is seen when the next question
    /// is asked or the journal is flushed; a new one is written with the records.</summary>
    /// <param name="step">The step; not to be changed after.</param>
    /// <param name="member">Which member of an ensemble made it; 0 where there is one.</param>
    public void Note(TrainingStep step, int member = 0)
    {
        if (_memberPastRecorded == member && _made.Count == 0) Append(member, step);
        else _made.Enqueue((member, step, null));
    }

    /// <exception cref="JournalMismatchException">A step is recorded and was another.</exception>
    internal ValueTask SettleStepsAsync() => _made.Count == 0 ? default : SettleAsync();

    private async ValueTask SettleAsync()
    {
        while (_made.TryDequeue(out var made) && made is var (member, step, mark))
        {
            if (mark is not null)
            {
                Append(member, mark);
                continue;
            }
            if (!_recordedSteps.TryGetValue(member, out var recordedSteps))
                _recordedSteps.Add(member, recordedSteps = new StepCursor(_store, Run, member, StartOf(member)));
            if (await recordedSteps.MoveToAsync(step!.Index, CancellationToken.None) is { } recorded)
            {
                if (!recorded.IsOf(step)) throw Mismatch(recorded, step);
                continue;
            }
            _memberPastRecorded = member;
            Append(member, step);
        }
    }

    private void Append(int member, TrainingStep step)
    {
        BeginWork();
        MakeRoom();
        _draft.Add(member, step);
        _unwritten.Steps++;
    }

    private JournalMismatchException Mismatch(StepRecord recorded, TrainingStep made) => new(
        Run, recorded.Index, $"step {recorded.Index} with the loss {recorded.Loss:R}", $"for one with the loss {made.Loss:R}",
        "All answers were the recorded ones, so the optimizer or its arithmetic has changed.");
}
