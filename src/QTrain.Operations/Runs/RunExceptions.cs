namespace QTrain.Operations.Runs;

/// <summary>No run, or more than one, goes by what was given.</summary>
public sealed class RunNotFoundException : QuantumException
{
    /// <summary>No run goes by it.</summary>
    public RunNotFoundException(string given)
        : base($"No run goes by '{given}'. `qtrain runs list` shows the runs of this store; --store FOLDER opens another.") => Given = given;

    /// <summary>Several runs go by it.</summary>
    public RunNotFoundException(string given, IReadOnlyList<RunId> candidates)
        : base($"'{given}' could be {string.Join(", ", candidates.Take(5))}{(candidates.Count > 5 ? " and more" : "")}: give more letters.")
    {
        Given = given;
        Candidates = candidates;
    }

    /// <summary>What was given.</summary>
    public string Given { get; }

    /// <summary>The runs it could be.</summary>
    public IReadOnlyList<RunId> Candidates { get; } = [];
}

/// <summary>Another process works on the run.</summary>
public sealed class RunIsBusyException(RunId run, LeaseOwner owner, DateTimeOffset until)
    : QuantumException($"Run {run} is worked on by {owner}, whose lease holds until {until:HH:mm:ss} UTC and is renewed while it works. "
        + "Wait for it, stop it, or, if it is stuck, try again after that time.")
{
    /// <summary>The run.</summary>
    public RunId Run { get; } = run;

    /// <summary>Who works on it.</summary>
    public LeaseOwner Owner { get; } = owner;

    /// <summary>Until when the lease holds if it is not renewed.</summary>
    public DateTimeOffset Until { get; } = until;
}

/// <summary>This process no longer owns the run: it was stopped for longer than its lease, and another took over. Nothing was written.</summary>
public sealed class LeaseLostException(RunId run, long fence)
    : QuantumException($"Run {run} was taken over by another process while this one did not renew its lease (number {fence}), as after a long stop. "
        + "This process has written nothing since and leaves the run to the other; `qtrain runs show` tells how it goes on.")
{
    /// <summary>The run.</summary>
    public RunId Run { get; } = run;

    /// <summary>The fencing number that is no longer valid.</summary>
    public long Fence { get; } = fence;
}

/// <summary>A run cannot go on by itself: something has to be decided, paid, mended or waited for. It stays as it is and can be resumed.</summary>
public sealed class RunPausedException : QuantumException
{
    /// <summary>Paused, with what has to be done.</summary>
    public RunPausedException(string message) : base(message) { }

    /// <summary>Paused, with what has to be done and what it was found by.</summary>
    public RunPausedException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>The code asks another question than the one the journal has an answer to.</summary>
public sealed class JournalMismatchException : QuantumException
{
    /// <summary>A recorded question differs from the one asked.</summary>
    /// <param name="run">The run.</param>
    /// <param name="sequence">The number of the record in the journal.</param>
    /// <param name="recorded">What the journal has.</param>
    /// <param name="asked">What the code asks.</param>
    /// <param name="reason">What can be told about why.</param>
    public JournalMismatchException(RunId run, long sequence, string recorded, string asked, string reason)
        : base($"Question {sequence} of run {run}: the journal has {recorded}, the code asks {asked}. {reason} "
            + $"Resume with the version and files it was begun with, or go on with these by `qtrain runs fork {run}`, which reuses the answers that still fit.")
    {
        Run = run;
        Sequence = sequence;
    }

    /// <summary>The run.</summary>
    public RunId Run { get; }

    /// <summary>The number of the record in the journal.</summary>
    public long Sequence { get; }
}
