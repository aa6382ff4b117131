using System.Diagnostics;
using System.Runtime.InteropServices;

namespace QTrain.Cli.Terminal;

/// <summary>Ctrl-C, or SIGTERM from whoever runs this process: once asks the work to stop at the next safe point, twice ends the process.</summary>
internal sealed class StopSignals : IDisposable
{
    // timeout(1) and other supervisors signal the process and its group: what comes twice at once is one word.
    private static readonly TimeSpan OneWord = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _registrations;
    private long _first;

    /// <param name="whenAsked">Told of the first signal.</param>
    /// <param name="cancellation">Asks the work to stop too.</param>
    public StopSignals(Action whenAsked, CancellationToken cancellation)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s => PosixSignalRegistration.Create(s, signal =>
        {
            signal.Cancel = true;
            if (Interlocked.CompareExchange(ref _first, Stopwatch.GetTimestamp(), 0) is not 0 and var first)
            {
                if (Stopwatch.GetElapsedTime(first) >= OneWord) Environment.Exit(ExitCode.Interrupted);
                return;
            }
            whenAsked();
            _stop.Cancel();
        }))];
    }

    /// <summary>Lets SIGINT through also where it is ignored. To be called before the console is touched: .NET looks only once.</summary>
    /// <remarks>A script's shell starts background jobs with SIGINT ignored, which .NET respects; but a run can always be resumed, so that
    /// stopping it on the user's word does no harm, and not stopping does. SIGHUP stays ignored where nohup says so.</remarks>
    public static void HeedInterrupt()
    {
        const int sigint = 2;
        if (!OperatingSystem.IsWindows()) _ = Signal(sigint, IntPtr.Zero);
    }

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr Signal(int signal, IntPtr handler);

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }
}
