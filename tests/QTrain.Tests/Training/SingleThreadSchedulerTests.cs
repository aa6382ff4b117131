using QTrain.Training;

namespace QTrain.Tests.Training;

public sealed class The_single_thread_scheduler
{
    [Fact]
    public async Task resumes_every_await_on_its_thread()
    {
        var threads = await SingleThreadScheduler.RunAsync(async () =>
        {
            var seen = new List<int> { Environment.CurrentManagedThreadId };
            for (var k = 0; k < 5; k++)
            {
                await Task.Run(() => { });
                seen.Add(Environment.CurrentManagedThreadId);
                await Task.Delay(1);
                seen.Add(Environment.CurrentManagedThreadId);
            }
            return seen;
        });
        threads.Count.ShouldBe(11);
        threads.Distinct().Count().ShouldBe(1);
        threads[0].ShouldNotBe(Environment.CurrentManagedThreadId);
    }

    [Fact]
    public async Task runs_what_is_posted_in_order()
    {
        using var scheduler = new SingleThreadScheduler();
        var seen = new List<int>();
        for (var k = 0; k < 100; k++) scheduler.Post(value => seen.Add((int)value!), k);
        await scheduler.InvokeAsync(() => new ValueTask<int>(0));
        seen.ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public async Task hands_failures_and_cancellations_to_whoever_waits()
    {
        (await Should.ThrowAsync<QuantumException>(() => SingleThreadScheduler.RunAsync<int>(() => throw new QuantumException("no")))).Message.ShouldBe("no");
        await Should.ThrowAsync<OperationCanceledException>(() => SingleThreadScheduler.RunAsync<int>(async () =>
        {
            await Task.Delay(Timeout.Infinite, new CancellationToken(canceled: true));
            return 1;
        }));
    }

    [Fact]
    public void sends_and_waits_from_any_thread_its_own_included()
    {
        using var scheduler = new SingleThreadScheduler();
        var inner = 0;
        scheduler.Send(_ => scheduler.Send(_ => inner = Environment.CurrentManagedThreadId, null), null);
        inner.ShouldNotBe(0);
        inner.ShouldNotBe(Environment.CurrentManagedThreadId);
        Should.Throw<QuantumException>(() => scheduler.Send(_ => throw new QuantumException("no"), null));
    }

    [Fact]
    public void forgets_what_comes_after_its_end()
    {
        var scheduler = new SingleThreadScheduler();
        scheduler.Dispose();
        Should.NotThrow(() => scheduler.Post(_ => { }, null));
    }
}
