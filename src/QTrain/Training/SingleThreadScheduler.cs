using System.Collections.Concurrent;

namespace QTrain.Training;

/// <summary>One thread that runs everything posted to it, in order of posting: a synchronization context with a pump. Optimizers run on one, so
/// what follows an await runs where it was awaited, and straight-line code stays straight-line however answers arrive.</summary>
public sealed class SingleThreadScheduler : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Work, object? State)> _queue = [];
    private readonly Thread _thread;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">The thread's name, for debuggers.</param>
    public SingleThreadScheduler(string name = "QTrain optimizer")
    {
        _thread = new Thread(Pump) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> on a thread of its own, with everything it awaits resuming there, and ends the thread with it.</summary>
    public static async Task<T> RunAsync<T>(Func<ValueTask<T>> work)
    {
        using var scheduler = new SingleThreadScheduler();
        return await scheduler.InvokeAsync(work).ConfigureAwait(false);
    }

    /// <summary>Runs <paramref name="work"/> on the thread, with everything it awaits resuming there.</summary>
    public Task<T> InvokeAsync<T>(Func<ValueTask<T>> work)
    {
        // Whoever awaits the result must not continue on the pump's thread: it might dispose the pump from there.
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ => Start(work, done), null);
        return done.Task;
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            _queue.Add((d, state));
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            // A late answer to a training that has ended: nobody waits for it any more.
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Current == this)
        {
            d(state);
            return;
        }
        using var done = new ManualResetEventSlim();
        Exception? failure = null;
        Post(_ =>
        {
            try
            {
                d(state);
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                done.Set();
            }
        }, null);
        done.Wait();
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs what is queued, then ends the thread.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        if (Thread.CurrentThread == _thread) return;
        _thread.Join();
        _queue.Dispose();
    }

    // The exception travels in the task.
    private static async void Start<T>(Func<ValueTask<T>> work, TaskCompletionSource<T> done)
    {
        try
        {
            done.SetResult(await work());
        }
        catch (OperationCanceledException e)
        {
            done.SetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    private void Pump()
    {
        SetSynchronizationContext(this);
        foreach (var (work, state) in _queue.GetConsumingEnumerable()) work(state);
    }
}
