using System.Diagnostics;
using System.Globalization;

namespace QTrain.Operations.Runs;

/// <summary>A process that holds a lease, described so that others on the same machine can tell whether it still lives.</summary>
/// <param name="Host">The machine's name.</param>
/// <param name="Boot">Which boot of the machine, where it can be read; together with the host it names a set of process ids.</param>
/// <param name="ProcessSpace">Which namespace the process id belongs to (containers have their own), where it can be read.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Started">When the process started: process ids are used again.</param>
public sealed record LeaseOwner(string Host, string Boot, string ProcessSpace, int ProcessId, string Started)
{
    /// <summary>This process.</summary>
    public static LeaseOwner ThisProcess { get; } = new(
        Environment.MachineName, ReadBoot(), ReadProcessSpace(), Environment.ProcessId, StartOf(Environment.ProcessId) ?? "");

    /// <summary>Whether the owner is known to be gone: it ran on this machine in this boot, and no such process lives any more. A stopped
    /// process lives: it can wake up. When in doubt, false, and the lease must run out.</summary>
    public bool IsProvablyDead()
    {
        if (Boot.Length == 0 || Started.Length == 0 || (Host, Boot, ProcessSpace) != (ThisProcess.Host, ThisProcess.Boot, ThisProcess.ProcessSpace))
            return false;
        return StartOf(ProcessId) != Started;
    }

    /// <summary>The owner for people: <c>process 4711 on lab-3</c>.</summary>
    public override string ToString() => $"process {ProcessId} on {Host}";

    /// <summary>The start of a living process, null when there is none.</summary>
    private static string? StartOf(int processId)
    {
        // On Linux as the kernel tells it: Process.StartTime is computed from the clock and moves with it.
        if (OperatingSystem.IsLinux())
        {
            try
            {
                var stat = File.ReadAllText($"/proc/{processId}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                // A zombie has ended; only its parent has not noticed.
                return fields[0] is "Z" or "X" ? null : fields[19];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime().ToString("s", CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string ReadBoot()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string ReadProcessSpace()
    {
        try
        {
            return OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget ?? "" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

/// <summary>A lease that was granted: the right to write to a run, as long as no later one is granted.</summary>
/// <param name="Run">The run.</param>
/// <param name="Fence">The fencing number: raised by every grant, checked in the transaction of every write.</param>
/// <param name="Expires">Until when nobody else is granted one, unless the owner is provably dead. Renewing moves it.</param>
public sealed record LeaseGrant(RunId Run, long Fence, DateTimeOffset Expires);
