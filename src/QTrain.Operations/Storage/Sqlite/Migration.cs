using System.Reflection;

namespace QTrain.Operations.Storage.Sqlite;

/// <summary>A numbered step of the schema. Each runs once, in a transaction of its own, whichever process comes first.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>The migrations of this assembly: <c>Storage/Sqlite/Migrations/0001_….sql</c>, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = Load();

    /// <summary>Brings a database to the version of the last migration.</summary>
    /// <exception cref="StoreTooNewException">It is past that.</exception>
    public static void Run(SqliteDatabase.Connection connection, string path, IReadOnlyList<Migration> migrations, TimeProvider time)
    {
        var known = migrations[^1].Version;
        // The common case takes no lock.
        if (VersionOf(connection, path, known) == known) return;
        foreach (var migration in migrations)
        {
            connection.InTransaction(c =>
            {
                // Asked again inside the transaction: another process may have been faster.
                if (VersionOf(c, path, known) >= migration.Version) return false;
                c.Execute(migration.Sql);
                c.Execute("CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied INTEGER NOT NULL) STRICT");
                c["INSERT INTO schema_versions VALUES (?, ?, ?)"].Bind(migration.Version).Bind(migration.Name).Bind(time.GetUtcNow().ToUnixTimeMilliseconds()).Run();
                return true;
            });
        }
    }

    private static int VersionOf(SqliteDatabase.Connection connection, string path, int known)
    {
        var exists = connection["SELECT count(*) FROM sqlite_schema WHERE name = 'schema_versions'"];
        exists.Step();
        var migrated = exists.Int64(0) > 0;
        exists.Reset();
        if (!migrated) return 0;
        var latest = connection["SELECT coalesce(max(version), 0) FROM schema_versions"];
        latest.Step();
        var version = (int)latest.Int64(0);
        latest.Reset();
        return version <= known ? version : throw new StoreTooNewException(path, version, known);
    }

    private static List<Migration> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        const string folder = ".Storage.Sqlite.Migrations.";
        var migrations = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql")).Order(StringComparer.Ordinal))
        {
            var name = resource[(resource.IndexOf(folder) + folder.Length)..^".sql".Length];
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            migrations.Add(new Migration(int.Parse(name[..4]), name[5..], reader.ReadToEnd()));
        }
        return migrations;
    }
}
