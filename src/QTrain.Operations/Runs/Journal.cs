using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using QTrain.Operations.Storage;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>How a journal gathers free records before it writes them as one transaction.</summary>
/// <param name="Entries">About so many. While the write before is still on its way, eight times as many may wait.</param>
/// <param name="Milliseconds">At most for so long while work goes on.</param>
public sealed record GroupCommit(int Entries = 4096, int Milliseconds = 100);

/// <summary>The journal of a run for the session that works on it: what was asked and what came back. It answers what it knows; what it does not
/// know is answered elsewhere and appended. Used from one thread at a time, as optimizers run.</summary>
public sealed partial class Journal : IAsyncDisposable
{
    private readonly IRunStore _store;
    private readonly LeaseGrant _lease;
    private readonly TimeProvider _time;
    private readonly Dictionary<(JournalLane, int), JournalCursor> _cursors = [];
    private readonly TimeSpan _workedBefore;
    private long? _liveSince;

    /// <summary>Opens the journal of a run.</summary>
    /// <param name="store">Where it is kept.</param>
    /// <param name="lease">The right to append.</param>
    /// <param name="worked">Working time of earlier sessions.</param>
    /// <param name="time">Where time comes from.</param>
    /// <param name="group">How free records are gathered.</param>
    public Journal(IRunStore store, LeaseGrant lease, TimeSpan worked, TimeProvider time, GroupCommit? group = null)
    {
        ArgumentNullException.ThrowIfNull(lease);
        (_store, _lease, _workedBefore, _time, _group) = (store, lease, worked, time, group ?? new GroupCommit());
        _tick = time == TimeProvider.System ? 1 : 1000.0 / time.TimestampFrequency;
        _mostAge = (long)(_group.Milliseconds / _tick);
    }

    /// <summary>The run.</summary>
    public RunId Run => _lease.Run;

    /// <summary>Records that were found, in this session.</summary>
    public long Found { get; private set; }

    /// <summary>Records that were appended, in this session.</summary>
    public long Appended { get; private set; }

    /// <summary>Working time over all sessions. Going through what is recorded already does not count.</summary>
    public TimeSpan Worked => _liveSince is { } since ? _workedBefore + _time.GetElapsedTime(since) : _workedBefore;

    /// <summary>Looks for the record at a path; null when there is none. The cursor stands on it until the next look in its lane and member.</summary>
    internal async ValueTask<JournalCursor?> FindAsync(JournalLane lane, QuestionPath path, CancellationToken cancellation)
    {
        var cursor = CursorOf(lane, path.Member);
        // An earlier path may be one that this session has appended itself.
        if (cursor.Furthest is { } furthest && path <= furthest) await FlushAsync(JournalDurability.Free, cancellation);
        return await cursor.MoveToAsync(path, cancellation) ? cursor : null;
    }

    /// <summary>Reads the records of a lane and member front to back.</summary>
    internal JournalCursor CursorOf(JournalLane lane, int member)
    {
        if (!_cursors.TryGetValue((lane, member), out var cursor)) _cursors.Add((lane, member), cursor = new JournalCursor(_store, Run, lane, member, StartOf(member)));
        return cursor;
    }

    /// <summary>Says that from here on the session works on what was not recorded: the working time runs.</summary>
    internal void BeginWork() => _liveSince ??= _time.GetTimestamp();

    /// <summary>Makes a decision once: made now and recorded, or as it is recorded. For anything that can change what a run does and is not
    /// a function of its spec, seed and answers: a price, the length of a queue, a policy.</summary>
    /// <param name="path">Where in the run.</param>
    /// <param name="name">What is decided; several may be decided at a path.</param>
    /// <param name="decide">Makes the decision.</param>
    /// <param name="json">How it is written.</param>
    /// <param name="durability">Whether it must be on the disk before it is used.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async ValueTask<T> DecideAsync<T>(
        QuestionPath path, string name, Func<CancellationToken, ValueTask<T>> decide, JsonTypeInfo<T> json,
        JournalDurability durability = JournalDurability.Free, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(decide);
        await FlushAsync(JournalDurability.Free, cancellation);
        var recorded = new JournalPage();
        if (await _store.ReadAtAsync(Run, JournalLane.Decisions, path, name, recorded, cancellation))
        {
            Found++;
            return JsonSerializer.Deserialize(recorded[0].Answer, json)!;
        }
        BeginWork();
        var decision = JsonSerializer.SerializeToUtf8Bytes(await decide(cancellation), json);
        await AppendAsync(
            new JournalEntry
            {
                Lane = JournalLane.Decisions,
                Path = path,
                Name = name,
                Question = SHA256.HashData(Encoding.UTF8.GetBytes(name)),
                Answer = decision,
            }, durability);
        // As it will be read again, so that both times are the same.
        return JsonSerializer.Deserialize(decision, json)!;
    }

    internal void CountFound() => Found++;

    /// <summary>Lets go of what it holds, when what is being written is written; what was not flushed may not be.</summary>
    public async ValueTask DisposeAsync() =>
        // How it went was told to whoever flushed.
        await _handedOver.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
