using QTrain.Training;

namespace QTrain.Operations.Runs;

public sealed partial class Journal
{
    private readonly Queue<TrainingStep> _made = [];
    private StepCursor? _recordedSteps;
    private bool _pastRecordedSteps;

    /// <summary>Tells the history of a step. A step that is recorded already must come out the same again, which is seen when the next question
    /// is asked or the journal is flushed; a new one is written with the records.</summary>
    public void Note(TrainingStep step) => _made.Enqueue(step);

    /// <exception cref="JournalMismatchException">A step is recorded and was another.</exception>
    internal async ValueTask SettleStepsAsync()
    {
        while (_made.TryDequeue(out var step))
        {
            var record = StepRecord.Of(0, step, _time.GetUtcNow());
            if (!_pastRecordedSteps)
            {
                _recordedSteps ??= new StepCursor(_store, Run, 0);
                if (await _recordedSteps.MoveToAsync(step.Index, CancellationToken.None) is { } recorded)
                {
                    if (recorded.Digest != record.Digest) throw Mismatch(recorded, record);
                    continue;
                }
                _pastRecordedSteps = true;
            }
            NotePending();
            _pendingSteps.Add(record);
        }
    }

    private JournalMismatchException Mismatch(StepRecord recorded, StepRecord made) => new(
        Run, recorded.Index, $"step {recorded.Index} with the loss {recorded.Loss:R}", $"for one with the loss {made.Loss:R}",
        "All answers were the recorded ones, so the optimizer or its arithmetic has changed.");
}
