using Microsoft.Data.Sqlite;
using QTrain.Operations.Runs;

namespace QTrain.Operations.Storage.Sqlite;

/// <summary>A SQLite file in WAL mode: one connection that writes and one that reads, so that reading never waits for a commit.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int BusyTimeoutMilliseconds = 30_000;

    private readonly string _path;
    private readonly Connection _writer, _reader;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    public SqliteDatabase(string path, IReadOnlyList<Migration>? migrations = null, TimeProvider? time = null)
    {
        _path = path;
        Connection? writer = null;
        try
        {
            writer = new Connection(path);
            writer.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
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
        }
    }

    public void Dispose()
    {
        lock (_reader) _reader.Dispose();
        lock (_writer) _writer.Dispose();
    }

    private StoreException Failure(SqliteException e) => new(_path, e.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_NOTADB => "is not a SQLite database: give another folder with --store FOLDER, or move that file away.",
        SQLitePCL.raw.SQLITE_CANTOPEN => "cannot be opened: see that the folder exists and may be written to.",
        SQLitePCL.raw.SQLITE_READONLY => "may not be written to: change its permissions, or use another with --store FOLDER.",
        SQLitePCL.raw.SQLITE_FULL => "is full: make room on the disk, then resume the run.",
        SQLitePCL.raw.SQLITE_CORRUPT => $"is damaged ({e.Message}): restore it from a backup, or save what `sqlite3 FILE .recover` can read.",
        SQLitePCL.raw.SQLITE_BUSY => $"was locked by another process for {BusyTimeoutMilliseconds / 1000} s: try again, or see "
            + "whether one was stopped while it wrote (kill -CONT lets it go on, kill -KILL lets it go).",
        _ => $"failed: {e.Message}",
    }, e);

    /// <summary>A connection with its prepared statements.</summary>
    internal sealed class Connection : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly Dictionary<string, SqliteStatement> _statements = [];

        public Connection(string path)
        {
            _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, ForeignKeys = true }.ConnectionString);
            try
            {
                _connection.Open();
                SQLitePCL.raw.sqlite3_busy_timeout(_connection.Handle!, BusyTimeoutMilliseconds);
            }
            catch
            {
                _connection.Dispose();
                throw;
            }
        }

        /// <summary>The prepared statement of a text, made when first used, ready to be bound.</summary>
        public SqliteStatement this[string sql]
        {
            get
            {
                if (!_statements.TryGetValue(sql, out var statement)) _statements.Add(sql, statement = new SqliteStatement(_connection.Handle!, sql));
                statement.Reset();
                return statement;
            }
        }

        /// <summary>Runs a script.</summary>
        public void Execute(string script)
        {
            using var command = _connection.CreateCommand();
            // The text is a constant or a migration of this assembly.
#pragma warning disable CA2100
            command.CommandText = script;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

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
                if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0) this["ROLLBACK"].Run();
                throw;
            }
        }

        public void Dispose()
        {
            foreach (var statement in _statements.Values) statement.Dispose();
            _connection.Dispose();
        }
    }
}
