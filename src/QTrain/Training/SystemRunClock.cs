namespace QTrain.Training;

/// <summary>Time since the clock was made: for trainings that are not recorded.</summary>
/// <param name="time">Where time comes from; the system's by default.</param>
public sealed class SystemRunClock(TimeProvider? time = null) : IRunClock
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly long _start = (time ?? TimeProvider.System).GetTimestamp();

    /// <inheritdoc/>
    public ValueTask<TimeSpan> ElapsedAsync(QuestionPath path, CancellationToken cancellation) => new(_time.GetElapsedTime(_start));
}
