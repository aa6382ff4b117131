using System.Diagnostics;
using Microsoft.Data.Sqlite;
using QTrain.Operations.Runs;
using SQLitePCL;

namespace QTrain.Operations.Storage.Sqlite;

/// <summary>A SQLite file in WAL mode: one connection that writes and one that reads, so that reading never waits for a commit.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int BusyTimeoutMilliseconds = 30_000;

    private readonly string _path;
    private readonly Connection _writer, _reader;

    static SqliteDatabase() => Batteries_V2.Init();

    public SqliteDatabase(string path, IReadOnlyList<Migration>? migrations = null, TimeProvider? time = null)
    {
        _path = path;
        Connection? writer = null;
        try
        {
            writer = new Connection(path);
            UseWriteAheadLog(writer);
            Migration.Run(writer, path, migrations ?? Migration.All, time ?? TimeProvider.System);
            _reader = new Connection(path);
            _reader.Execute("PRAGMA query_only = 1");
            _writer = writer;
        }
        catch (SqliteException e)
        {
            writer?.Dispose();
            throw Failure(e);
        }
        catch
        {
            writer?.Dispose();
            throw;
        }
    }

    // SQLite does not wait for the lock that turns a new file into a WAL file, whatever the busy timeout says: two processes that
    // first open a store together would find it "locked" at once. A file that is one already needs no lock.
    private static void UseWriteAheadLog(Connection writer)
    {
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                // Every checkpoint waits for the disk twice, so a log of 16 MiB is let grow before one.
                writer.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000");
                return;
            }
            catch (SqliteException e) when (
                (e.SqliteErrorCode & 0xFF) == raw.SQLITE_BUSY && Stopwatch.GetElapsedTime(since).TotalMilliseconds < BusyTimeoutMilliseconds)
            {
                Thread.Sleep(5);
            }
        }
    }

    /// <summary>Runs some statements as one transaction, alone among all processes.</summary>
    public T Write<T>(Func<Connection, T> act, JournalDurability durability = JournalDurability.Free)
    {
        lock (_writer)
        {
            var paid = durability == JournalDurability.Paid;
            try
            {
                if (paid) _writer.Execute("PRAGMA synchronous = FULL");
                try
                {
                    return _writer.InTransaction(act);
                }
                finally
                {
                    if (paid) _writer.Execute("PRAGMA synchronous = NORMAL");
                }
            }
            catch (SqliteException e)
            {
                throw Failure(e);
            }
            catch (SqliteRunStore.RecordedAlreadyException e)
            {
                throw new StoreException(_path, $"refused a second record of the same thing: {e.Message}. Nothing was written; this is a fault of QTrain, please report it.", e);
            }
        }
    }

    /// <summary>Runs statements that change nothing, on one snapshot.</summary>
    public T Read<T>(Func<Connection, T> act)
    {
        lock (_reader)
        {
            try
            {
                return _reader.InTransaction(act, "BEGIN");
            }
            catch (SqliteException e)
            {
                throw Failure(e);
            }
            catch (FormatException e)
            {
                throw new StoreException(_path, $"is damaged: {e.Message}. Restore it from a backup, or train the run's spec again.", e);
            }
        }
    }

    public void Dispose()
    {
        lock (_reader) _reader.Dispose();
        lock (_writer) _writer.Dispose();
    }

    private StoreException Failure(SqliteException e) => new(_path, (e.SqliteErrorCode & 0xFF) switch       // the rest of an extended code says which kind of it
    {
        raw.SQLITE_NOTADB => "is not a SQLite database: give another folder with --store FOLDER, or move that file away.",
        raw.SQLITE_CANTOPEN => "cannot be opened: see that the folder exists and may be written to.",
        raw.SQLITE_READONLY => "may not be written to, which also looking at runs needs: change its permissions, copy it, or use another with --store FOLDER.",
        raw.SQLITE_FULL => "is full: make room on the disk, then resume the run.",
        raw.SQLITE_CORRUPT => $"is damaged ({e.Message}): restore it from a backup, or save what `sqlite3 FILE .recover` can read.",
        raw.SQLITE_BUSY => $"was locked by another process for {BusyTimeoutMilliseconds / 1000} s: try again, or see "
            + "whether one was stopped while it wrote (kill -CONT lets it go on, kill -KILL lets it go).",
        _ => $"failed: {e.Message}",
    }, e);

    /// <summary>A connection with its prepared statements.</summary>
    internal sealed class Connection : IDisposable
    {
        private readonly sqlite3 _handle;
        private readonly Dictionary<string, SqliteStatement> _statements = [];

        public Connection(string path)
        {
            // Whoever uses a connection holds its lock, so SQLite need not take one of its own at every call.
            var code = raw.sqlite3_open_v2(path, out _handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
            try
            {
                Check(code);
                Check(raw.sqlite3_extended_result_codes(_handle, 1));
                Check(raw.sqlite3_busy_timeout(_handle, BusyTimeoutMilliseconds));
                Execute("PRAGMA foreign_keys = 1");
            }
            catch
            {
                _handle.Dispose();
                throw;
            }
        }

        /// <summary>The prepared statement of a text, made when first used, ready to be bound.</summary>
        public SqliteStatement this[string sql]
        {
            get
            {
                if (!_statements.TryGetValue(sql, out var statement)) _statements.Add(sql, statement = new SqliteStatement(_handle, sql));
                statement.Reset();
                return statement;
            }
        }

        /// <summary>Runs a script.</summary>
        public void Execute(string script) => Check(raw.sqlite3_exec(_handle, script));

        public T InTransaction<T>(Func<Connection, T> act, string begin = "BEGIN IMMEDIATE")
        {
            this[begin].Run();
            try
            {
                var result = act(this);
                this["COMMIT"].Run();
                return result;
            }
            catch
            {
                foreach (var statement in _statements.Values) statement.Reset();
                // Some errors have rolled back already.
                if (raw.sqlite3_get_autocommit(_handle) == 0) this["ROLLBACK"].Run();
                throw;
            }
        }

        public void Dispose()
        {
            foreach (var statement in _statements.Values) statement.Dispose();
            _handle.Dispose();
        }

        private void Check(int code)
        {
            if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, _handle);
        }
    }
}
