using Microsoft.Data.Sqlite;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;

namespace QTrain.Operations.Tests;

/// <summary>A store in a folder of its own that goes away with the test.</summary>
public sealed class TemporaryStore : IDisposable
{
    private readonly List<Store> _opened = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("qtrain-test-").FullName;

    public string Database => Path.Combine(Folder, "qtrain.db");

    public Store Open(TimeProvider? time = null)
    {
        var store = Store.Open(Folder, time);
        _opened.Add(store);
        return store;
    }

    /// <summary>Runs SQL behind the store's back.</summary>
    public long Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of tests
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar() is long number ? number : 0;
    }

    public static RunRecord NewRun(string name = "h2", TimeProvider? time = null) => new()
    {
        Id = RunId.New(time ?? TimeProvider.System),
        Name = name,
        SpecJson = "{}",
        Created = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000),
        Updated = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000),
    };

    public void Dispose()
    {
        foreach (var store in _opened) store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A time that moves when told to; its timers never fire by themselves.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly List<Action> _timers = [];
    private DateTimeOffset _now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public void Advance(TimeSpan by) => _now += by;

    public void FireTimers() => _timers.ForEach(t => t());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timers.Add(() => callback(state));
        return new Never();
    }

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => default;
    }
}
