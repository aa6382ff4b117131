namespace QTrain.Emulators;

/// <summary>The time of an emulated world: it runs as fast as it is told, and can be put forward.</summary>
/// <param name="start">The time it begins at; null: now.</param>
/// <param name="speed">How many of its seconds pass in one of ours; 0: it stands until it is put forward.</param>
public sealed class EmulatorClock(DateTimeOffset? start = null, double speed = 1) : TimeProvider
{
    private readonly DateTimeOffset _start = start ?? System.GetUtcNow();
    private readonly long _began = System.GetTimestamp();
    private readonly Lock _lock = new();
    private TimeSpan _ahead;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _start + System.GetElapsedTime(_began) * speed + _ahead;
    }

    /// <summary>Puts the clock forward.</summary>
    /// <exception cref="QuantumException">The time is negative.</exception>
    public void Advance(TimeSpan time)
    {
        if (time < TimeSpan.Zero) throw new QuantumException($"A clock cannot go back by {-time}: give 0 or more.");
        lock (_lock) _ahead += time;
    }
}
