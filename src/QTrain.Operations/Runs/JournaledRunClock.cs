using System.Buffers.Binary;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>The working time of a run over all its sessions. Every reading is recorded, so a rule that depends on time decides the same on
/// every replay; time in which nobody worked on the run does not count.</summary>
public sealed class JournaledRunClock(Journal journal) : IRunClock
{
    /// <inheritdoc/>
    public async ValueTask<TimeSpan> ElapsedAsync(QuestionPath path, CancellationToken cancellation)
    {
        if (await journal.FindAsync(JournalLane.Clock, path, cancellation) is { } recorded)
        {
            journal.CountFound();
            return Read(recorded.Current);
        }
        journal.BeginWork();
        var reading = journal.Worked;
        await RecordAsync(path, reading);
        return reading;
    }

    internal static TimeSpan Read(in JournalEntry entry) => new(BinaryPrimitives.ReadInt64LittleEndian(entry.Answer));

    private ValueTask RecordAsync(QuestionPath path, TimeSpan reading)
    {
        Span<byte> ticks = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(ticks, reading.Ticks);
        return journal.AppendAsync(new JournalEntry { Lane = JournalLane.Clock, Path = path, Name = "", Answer = ticks }, JournalDurability.Free);
    }
}
