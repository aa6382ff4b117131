using System.Runtime.InteropServices;

namespace QTrain.Cli.Terminal;

/// <summary>Ctrl-C, or SIGTERM from whoever runs this process: once asks the work to stop at the next safe point, twice ends the process.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    /// <param name="whenAsked">Told of the first signal.</param>
    /// <param name="cancellation">Asks the work to stop too.</param>
    public StopSignals(Action whenAsked, CancellationToken cancellation)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s => PosixSignalRegistration.Create(s, signal =>
        {
            signal.Cancel = true;
            if (Interlocked.Increment(ref _count) > 1) Environment.Exit(ExitCode.Interrupted);
            whenAsked();
            _stop.Cancel();
        }))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }
}
