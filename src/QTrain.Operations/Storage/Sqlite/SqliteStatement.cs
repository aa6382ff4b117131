using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace QTrain.Operations.Storage.Sqlite;

/// <summary>A prepared statement on SQLite's own interface: numbers and spans go in and out without objects, which a million records notice.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v2(database, sql, out _statement));
    }

    public void Reset()
    {
        // An error of the last run is reported again here; it was thrown then.
        _ = raw.sqlite3_reset(_statement);
        _bound = 0;
    }

    public SqliteStatement Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_bound, value));
        return this;
    }

    public SqliteStatement BindOptional(long? value)
    {
        if (value is { } number) return Bind(number);
        Check(raw.sqlite3_bind_null(_statement, ++_bound));
        return this;
    }

    public SqliteStatement Bind(double? value)
    {
        // SQLite has no number that is not one.
        Check(value is { } number && !double.IsNaN(number)
            ? raw.sqlite3_bind_double(_statement, ++_bound, number)
            : raw.sqlite3_bind_null(_statement, ++_bound));
        return this;
    }

    public SqliteStatement Bind(string? value)
    {
        Check(value is null ? raw.sqlite3_bind_null(_statement, ++_bound) : raw.sqlite3_bind_text(_statement, ++_bound, value));
        return this;
    }

    public SqliteStatement Bind(ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, ++_bound, 0) : raw.sqlite3_bind_blob(_statement, ++_bound, value));
        return this;
    }

    /// <summary>Whether there is a row, the next one.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code != raw.SQLITE_DONE) Check(code);
        return false;
    }

    /// <summary>Runs it to its end; ready to be bound again.</summary>
    public void Run()
    {
        while (Step()) { }
        Reset();
    }

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public double Double(int column) => IsNull(column) ? double.NaN : raw.sqlite3_column_double(_statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public string? TextOrNull(int column) => IsNull(column) ? null : raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string Text(int column) => TextOrNull(column) ?? "";

    /// <summary>The bytes of a column, valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, _database);
    }
}
