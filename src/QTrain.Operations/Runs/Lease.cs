using QTrain.Operations.Storage;

namespace QTrain.Operations.Runs;

/// <summary>A lease while it is held: renewed in the background every third of its duration, given back when disposed.</summary>
public sealed class Lease : IAsyncDisposable
{
    private readonly IRunStore _store;
    private readonly TimeSpan _duration;
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _timer;
    private int _renewing;

    private Lease(IRunStore store, LeaseGrant grant, TimeSpan duration, TimeProvider time)
    {
        (_store, Grant, _duration) = (store, grant, duration);
        _timer = time.CreateTimer(_ => Renew(), null, duration / 3, duration / 3);
    }

    /// <summary>The right to write.</summary>
    public LeaseGrant Grant { get; }

    /// <summary>Cancelled when another owner took over.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes the lease of a run for this process.</summary>
    /// <exception cref="RunIsBusyException">Another process holds it.</exception>
    public static async ValueTask<Lease> AcquireAsync(IRunStore store, RunId run, TimeSpan duration, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.FromMilliseconds(30));
        return new Lease(store, await store.AcquireAsync(run, LeaseOwner.ThisProcess, duration, cancellation), duration, time);
    }

    /// <summary>Gives the lease back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        if (!_lost.IsCancellationRequested) await _store.ReleaseAsync(Grant, CancellationToken.None);
        _lost.Dispose();
    }

    // async void: a timer waits for nobody, so nothing may escape.
    private async void Renew()
    {
        if (Interlocked.Exchange(ref _renewing, 1) != 0) return;
        try
        {
            if (await _store.RenewAsync(Grant, _duration, CancellationToken.None) is not null) return;
            // Now, not on some other thread: every write from here on would be refused.
#pragma warning disable CA1849, MA0042
            _lost.Cancel();
#pragma warning restore CA1849, MA0042
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            // A store that is busy or away now may be back at the next turn; until then the fence protects the run.
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }
}
