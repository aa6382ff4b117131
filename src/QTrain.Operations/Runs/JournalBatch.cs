using System.Runtime.InteropServices;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>What a session has appended and not yet written. The thread of the training only puts things down here; what it costs to make
/// them a transaction is paid where they are written.</summary>
internal sealed class JournalBatch
{
    // As much as a processor keeps close, and so that questions of a thousand parameters do not gather by the gigabyte.
    private const long MostBytes = 1 << 18;

    private readonly List<StepRecord> _steps = [];
    private long _began;
    private DateTimeOffset _beganAt;
    private int _timed;

    public JournalPage Entries { get; } = new();

    /// <summary>The steps. Those added since the last <see cref="TellTime"/> have no time yet.</summary>
    public IReadOnlyList<StepRecord> Steps => _steps;

    public bool IsEmpty => Entries.Count + _steps.Count == 0;

    /// <summary>Whether there is enough for a write, or for so many.</summary>
    public bool IsFull(GroupCommit group, int times = 1) =>
        Entries.Count >= times * (long)group.Entries || _steps.Count >= times * (long)group.Entries || Entries.Size >= times * MostBytes;

    public void Begin(TimeProvider time) => (_began, _beganAt) = (time.GetTimestamp(), time.GetUtcNow());

    public void Add(int member, TrainingStep step) => _steps.Add(StepRecord.Of(member, step, default));

    /// <summary>Gives the steps added since the last time their time: one reading of the clock serves a step and the question after it.</summary>
    /// <returns>How long ago the first of the batch came.</returns>
    public TimeSpan TellTime(TimeProvider time)
    {
        var age = time.GetElapsedTime(_began);
        var steps = CollectionsMarshal.AsSpan(_steps);
        for (; _timed < steps.Length; _timed++) steps[_timed] = steps[_timed] with { At = _beganAt + age };
        return age;
    }

    /// <summary>Removes all and keeps the memory.</summary>
    public void Clear()
    {
        Entries.Clear();
        _steps.Clear();
        _timed = 0;
    }
}
