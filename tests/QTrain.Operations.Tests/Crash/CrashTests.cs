using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using QTrain.Numerics;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Training;

namespace QTrain.Operations.Tests.Crash;

public sealed class A_run_of_a_process_that_dies_or_sleeps : IDisposable
{
    private const int Kill = 9, Continue = 18, Stop = 19;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly TemporaryStore _folder = new();
    private readonly Store _store;
    private readonly RunEngine _engine;
    private readonly List<Process> _processes = [];

    public A_run_of_a_process_that_dies_or_sleeps()
    {
        _store = _folder.Open();
        _engine = new RunEngine(_store);
    }

    [Fact]
    public async Task comes_to_the_same_end_however_often_it_is_killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are those of Linux");
        var undisturbed = await Trainer.TrainAsync(CrashHost.Plan);
        var run = await NewRunAsync();
        var random = new RandomStream(20261122);
        var records = undisturbed.Evaluations;

        var killed = 0;
        for (long target = 0; (target += 1 + random.NextBelow(60)) < records - 20; killed++)
        {
            var process = Start(run, leaseMilliseconds: 60_000);
            await UntilAsync(async () => process.HasExited || (await GetAsync(run)).JournalLength >= target);
            // Killed at any moment, not only right after a commit.
            Thread.Sleep((int)random.NextBelow(15));
            Signal(process, Kill);
            await process.WaitForExitAsync();
            // Its lease holds for a minute more, but its owner is gone.
            (await GetAsync(run)).Status.ShouldBe(RunStatus.Interrupted);
        }
        killed.ShouldBeGreaterThan(10);

        var last = Start(run, leaseMilliseconds: 60_000);
        await last.WaitForExitAsync(new CancellationTokenSource(Deadline).Token);
        last.ExitCode.ShouldBe(0);
        await ShouldEqualAsync(run, undisturbed);
    }

    [Fact]
    public async Task is_taken_over_when_it_sleeps_past_its_lease_and_it_writes_nothing_when_it_wakes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are those of Linux");
        var undisturbed = await Trainer.TrainAsync(CrashHost.Plan);
        var run = await NewRunAsync();
        var sleeper = Start(run, leaseMilliseconds: 400);
        await UntilAsync(async () => (await GetAsync(run)).JournalLength >= 20);
        await StopAsync(sleeper);

        var options = CrashHost.Options(leaseMilliseconds: 60_000) with { OnStep = WakeTheSleeper };
        RunOutcome? outcome = null;
        await UntilAsync(async () =>
        {
            try
            {
                outcome = await _engine.AdvanceAsync(run, (_, _) => CrashHost.Plan, options);
                return true;
            }
            catch (RunIsBusyException busy)
            {
                // A stopped process lives, so its lease must run out first.
                busy.Owner.ProcessId.ShouldBe(sleeper.Id);
                return false;
            }
        });

        sleeper.ExitCode.ShouldBe(1);
        (await sleeper.StandardError.ReadToEndAsync()).ShouldContain("was taken over by another process");
        outcome!.Status.ShouldBe(RunStatus.Completed);
        await ShouldEqualAsync(run, undisturbed);

        void WakeTheSleeper(TrainingStep step)
        {
            if (step.Index != 200) return;
            Signal(sleeper, Continue);
            sleeper.WaitForExit(Deadline).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task is_not_taken_from_a_process_that_only_sleeps()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are those of Linux");
        var run = await NewRunAsync();
        var sleeper = Start(run, leaseMilliseconds: 300_000);
        await UntilAsync(async () => (await GetAsync(run)).JournalLength >= 20);
        await StopAsync(sleeper);

        (await GetAsync(run)).Status.ShouldBe(RunStatus.Running);
        (await Should.ThrowAsync<RunIsBusyException>(() => _engine.AdvanceAsync(run, (_, _) => CrashHost.Plan))).Owner.ProcessId.ShouldBe(sleeper.Id);
    }

    [Fact]
    public async Task that_was_finished_by_another_stays_finished_when_the_first_wakes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are those of Linux");
        var run = await NewRunAsync();
        var sleeper = Start(run, leaseMilliseconds: 400);
        await UntilAsync(async () => (await GetAsync(run)).JournalLength >= 20);
        await StopAsync(sleeper);
        await UntilAsync(async () => (await GetAsync(run)).Status == RunStatus.Interrupted);
        await _engine.AdvanceAsync(run, (_, _) => CrashHost.Plan, new AdvanceOptions { MarkEvery = CrashHost.MarkEvery });
        var finished = await GetAsync(run);

        Signal(sleeper, Continue);
        await sleeper.WaitForExitAsync(new CancellationTokenSource(Deadline).Token);

        sleeper.ExitCode.ShouldBe(1);
        (await GetAsync(run)).ShouldBe(finished);
    }

    [Fact]
    public async Task is_refused_to_a_second_process_while_the_first_works()
    {
        var run = await NewRunAsync();
        var first = Start(run, leaseMilliseconds: 60_000);
        await UntilAsync(async () => (await GetAsync(run)).Status == RunStatus.Running);

        var busy = await Should.ThrowAsync<RunIsBusyException>(() => _engine.AdvanceAsync(run, (_, _) => CrashHost.Plan));
        busy.Owner.ProcessId.ShouldBe(first.Id);
        busy.Message.ShouldContain($"is worked on by process {first.Id} on {Environment.MachineName}");
        var second = Start(run, leaseMilliseconds: 60_000);
        await second.WaitForExitAsync(new CancellationTokenSource(Deadline).Token);
        second.ExitCode.ShouldBe(1);
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _folder.Dispose();
    }

    private async Task ShouldEqualAsync(RunId id, TrainingResult undisturbed)
    {
        var run = await GetAsync(id);
        run.Status.ShouldBe(RunStatus.Completed);
        RunResult.Of(run)!.Training.TrajectoryHash.ShouldBe(undisturbed.TrajectoryHash);
        // Every question once, numbered without a gap.
        var (records, marks) = (new JournalPage(), new JournalPage());
        await _store.Runs.ReadAsync(id, JournalLane.Answers, member: null, after: null, 10_000, records, default);
        await _store.Runs.ReadAsync(id, JournalLane.Marks, member: null, after: null, 10_000, marks, default);
        (records.Count, marks.Count).ShouldBe(((int)undisturbed.Evaluations, CrashHost.Marks));
        run.JournalLength.ShouldBe(records.Count + marks.Count);
        Enumerable.Range(0, records.Count).Select(k => records[k].Sequence).Concat(Enumerable.Range(0, marks.Count).Select(k => marks[k].Sequence))
            .Order().ShouldBe(Enumerable.Range(1, records.Count + marks.Count).Select(k => (long)k));
        (await _store.Runs.ReadStepsAsync(id, 0, -1, 1000, default)).Select(s => s.Index).ShouldBe(Enumerable.Range(0, 301));
    }

    private async Task<RunId> NewRunAsync() => (await _engine.CreateAsync("crash", "{}", new Dictionary<string, RunInput>(), seed: 11)).Id;

    private ValueTask<RunRecord> GetAsync(RunId run) => _store.Runs.GetAsync(run);

    private Process Start(RunId run, int leaseMilliseconds)
    {
        var process = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "QTrain.Operations.Tests"),
            [CrashHost.Verb, _folder.Folder, run.Value, leaseMilliseconds.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        _processes.Add(process);
        return process;
    }

    // A process that is stopped inside a transaction holds SQLite's lock, and everybody waits for it; that is another matter.
    private async Task StopAsync(Process process)
    {
        await UntilAsync(() =>
        {
            Signal(process, Stop);
            using var connection = new SqliteConnection($"Data Source={_folder.Database};Pooling=False;Default Timeout=1");
            connection.Open();
            try
            {
                using var begin = connection.BeginTransaction(deferred: false);
                return Task.FromResult(true);
            }
            catch (SqliteException)
            {
                Signal(process, Continue);
                return Task.FromResult(false);
            }
        });
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > Deadline) throw new TimeoutException("What the test waits for did not happen.");
            await Task.Delay(3);
        }
    }

    private static void Signal(Process process, int signal)
    {
        if (kill(process.Id, signal) != 0 && !process.HasExited) throw new InvalidOperationException($"kill({process.Id}, {signal}) failed.");
    }

#pragma warning disable IDE1006, SYSLIB1054, CA5392 // the C library's own name
    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
#pragma warning restore IDE1006, SYSLIB1054, CA5392
}
