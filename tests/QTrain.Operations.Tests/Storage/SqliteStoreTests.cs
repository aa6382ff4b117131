using Microsoft.Data.Sqlite;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Operations.Storage.Sqlite;
using QTrain.Optimizers;
using QTrain.TestSupport;
using QTrain.Training;

namespace QTrain.Operations.Tests.Storage;

public sealed class A_store_in_SQLite : RunStoreConformance, IDisposable
{
    private readonly TemporaryStore _folder = new();

    public A_store_in_SQLite() => Store = _folder.Open(Time).Runs;

    protected override IRunStore Store { get; }

    public void Dispose() => _folder.Dispose();
}

public sealed class A_SQLite_file : IDisposable
{
    private readonly TemporaryStore _folder = new();

    [Fact]
    public void of_a_newer_version_is_refused_and_left_alone()
    {
        _folder.Open().Dispose();
        _folder.Sql("INSERT INTO schema_versions VALUES (7, 'future', 0)");

        var refusal = Should.Throw<StoreTooNewException>(() => Store.Open(_folder.Folder));

        (refusal.Version, refusal.Known).ShouldBe((7, Migration.All[^1].Version));
        refusal.Message.ShouldBe($"The store {_folder.Database} has schema version 7, but this QTrain knows versions up to {refusal.Known}: "
            + "use the newer QTrain that wrote it, or another store with --store FOLDER. Nothing was changed.");
        _folder.Sql("SELECT max(version) FROM schema_versions").ShouldBe(7);
    }

    [Fact]
    public void of_an_older_version_is_brought_up_with_what_it_holds()
    {
        var path = Path.Combine(_folder.Folder, "old.db");
        Migration[] first = [new(1, "one", "CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('kept')")];
        new SqliteDatabase(path, first).Dispose();

        using var upgraded = new SqliteDatabase(path, [.. first, new Migration(2, "two", "ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 3")]);

        upgraded.Read(c =>
        {
            var select = c["SELECT name, size FROM things"];
            select.Step().ShouldBeTrue();
            return (select.Text(0), select.Int64(1));
        }).ShouldBe(("kept", 3));
    }

    [Fact]
    public async Task of_the_first_schema_is_brought_up_and_its_run_goes_on()
    {
        // Interrupted after step 20 of 40, by the version before blocks: 53 answers to calibrate and begin, two a step.
        File.Copy(TestData.Path("stores", "schema2", "qtrain.db"), _folder.Database);
        var store = _folder.Open();
        _folder.Sql("SELECT max(version) FROM schema_versions").ShouldBe(Migration.All[^1].Version);
        var run = await store.Runs.ResolveAsync("first schema");
        run.JournalLength.ShouldBe(93);
        (await store.Runs.StepsAsync(run.Id).CountAsync()).ShouldBe(21);
        var plan = TestTraining.Plan(iterations: 40, optimizer: new Spsa());
        // By the identity that was recorded: what the estimator calls itself today is not what is tested here.
        var options = new AdvanceOptions { Evaluator = (p, o) => new Renamed(new SimulatorEvaluator(p, o), run.EvaluatorIdentity!) };

        (await new RunEngine(store).ReplayAsync(run.Id, (_, _) => plan, options)).StepsEqual.ShouldBe(21);
        var outcome = await new RunEngine(store).AdvanceAsync(run.Id, (_, _) => plan, options);

        (outcome.Status, outcome.Replayed, outcome.Computed).ShouldBe((RunStatus.Completed, 93, 40));
        (await store.Runs.StepsAsync(run.Id).Select(s => s.Index).ToListAsync()).ShouldBe(Enumerable.Range(0, 41));
        _folder.Sql("SELECT count(*) FROM journal").ShouldBe(93);
        _folder.Sql("SELECT count(*) FROM journal_blocks").ShouldBeGreaterThan(0);
        (await new RunEngine(store).ReplayAsync(run.Id, (_, _) => plan, options)).StepsEqual.ShouldBe(41);
    }

    [Theory]
    [InlineData("journal_blocks", "records from 0/0/0")]
    [InlineData("step_blocks", "steps from 0 of member 0")]
    public async Task in_which_a_bit_has_flipped_is_said_to_be_damaged(string table, string what)
    {
        var store = _folder.Open();
        var engine = new RunEngine(store);
        var run = await engine.CreateAsync("damaged", "{}", new Dictionary<string, RunInput>(), seed: 7);
        await engine.AdvanceAsync(run.Id, (_, _) => TestTraining.Plan());
        _folder.Sql($"UPDATE {table} SET body = cast(substr(body, 1, 50) || x'55' || substr(body, 52) AS blob)");

        var fault = await Should.ThrowAsync<StoreException>(async () =>
        {
            await store.Runs.ReadAsync(run.Id, JournalLane.Answers, 0, null, 10, new JournalPage(), default);
            await store.Runs.ReadStepsAsync(run.Id, 0, -1, 10, default);
        });
        fault.Message.ShouldStartWith($"The store {_folder.Database} is damaged: what holds the {what}");
        fault.Message.ShouldContain("does not fit its checksum");
    }

    [Fact]
    public void whose_migration_fails_stays_at_the_version_before()
    {
        var path = Path.Combine(_folder.Folder, "old.db");
        Migration[] both = [new(1, "one", "CREATE TABLE things (name TEXT)"), new(2, "two", "CREATE TABLE others (x); SELECT nonsense")];

        Should.Throw<StoreException>(() => new SqliteDatabase(path, both)).Message.ShouldContain("no such column: nonsense");

        using var database = new SqliteDatabase(path, both[..1]);
        database.Read(c =>
        {
            var select = c["SELECT count(*) FROM sqlite_schema WHERE name = 'others'"];
            select.Step();
            return select.Int64(0);
        }).ShouldBe(0);
    }

    // Many times, because a new file is contested for a moment only; opening it once said "locked by another process" at once.
    [Theory, MemberData(nameof(Times))]
    public void is_migrated_once_when_many_open_it_at_once(int time)
    {
        var path = Path.Combine(_folder.Folder, $"busy{time}.db");
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => new SqliteDatabase(path).Dispose());
        using var database = new SqliteDatabase(path);
        database.Read(c =>
        {
            var select = c["SELECT count(*) FROM schema_versions"];
            select.Step();
            return select.Int64(0);
        }).ShouldBe(Migration.All.Count);
    }

    public static TheoryData<int> Times => [.. Enumerable.Range(0, 20)];

    [Fact]
    public void has_migrations_numbered_without_a_gap() =>
        Migration.All.Select(m => m.Version).ShouldBe(Enumerable.Range(1, Migration.All.Count));

    [Fact]
    public void waits_for_the_disk_before_a_paid_write_returns_and_not_for_a_free_one()
    {
        const int normal = 1, full = 2;
        using var database = new SqliteDatabase(Path.Combine(_folder.Folder, "durable.db"));
        database.Write(Synchronous, JournalDurability.Paid).ShouldBe(full);
        database.Write(Synchronous).ShouldBe(normal);

        static long Synchronous(SqliteDatabase.Connection c)
        {
            var select = c["PRAGMA synchronous"];
            select.Step();
            return select.Int64(0);
        }
    }

    [Fact]
    public void that_is_none_is_refused()
    {
        File.WriteAllText(_folder.Database, new string('x', 4096));
        Should.Throw<StoreException>(() => Store.Open(_folder.Folder)).Message
            .ShouldBe($"The store {_folder.Database} is not a SQLite database: give another folder with --store FOLDER, or move that file away.");
    }

    [Fact]
    public void is_left_as_it_was_when_a_transaction_fails()
    {
        using var database = new SqliteDatabase(Path.Combine(_folder.Folder, "rollback.db"));
        Should.Throw<StoreException>(() => database.Write(c =>
        {
            c["INSERT INTO artifacts VALUES ('a', 1, 'x', 0)"].Run();
            c["INSERT INTO artifacts VALUES ('a', 1, 'x', 0)"].Run();
            return true;
        })).InnerException.ShouldBeOfType<SqliteException>();
        database.Write(c =>
        {
            c["INSERT INTO artifacts VALUES ('a', 1, 'x', 0)"].Run();
            return true;
        }).ShouldBeTrue();
    }

    public void Dispose() => _folder.Dispose();
}
