namespace QTrain.Devices;

/// <summary>What went wrong between here and a provider.</summary>
public enum BackendFaultKind
{
    /// <summary>Nobody answers, or the provider says that it cannot serve now: later it may.</summary>
    Unavailable,

    /// <summary>The provider wants fewer requests.</summary>
    RateLimited,

    /// <summary>The credentials are not accepted.</summary>
    Unauthenticated,

    /// <summary>The credentials are known, but this is not allowed to them.</summary>
    Forbidden,

    /// <summary>A quota, a spending limit or an account is used up.</summary>
    QuotaExhausted,

    /// <summary>The provider refuses the request as it is: the same one will always be refused.</summary>
    Refused,

    /// <summary>The device is retired.</summary>
    Retired,

    /// <summary>What came back is not what the protocol says.</summary>
    Malformed,
}

/// <summary>A request to a provider that did not go as it should.</summary>
/// <remarks>Never holds a credential: messages are made of what the provider said and of the request's path.</remarks>
public sealed class BackendFaultException : QuantumException
{
    /// <summary>A fault.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="mayHaveTakenEffect">Whether the request may have had its effect all the same, such as a job that was made though the answer was lost.</param>
    /// <param name="message">For people.</param>
    /// <param name="retryAfter">When to try again, as the provider tells.</param>
    /// <param name="inner">What it was found by.</param>
    public BackendFaultException(BackendFaultKind kind, bool mayHaveTakenEffect, string message, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner!) => (Kind, MayHaveTakenEffect, RetryAfter) = (kind, mayHaveTakenEffect, retryAfter);

    /// <summary>What went wrong.</summary>
    public BackendFaultKind Kind { get; }

    /// <summary>Whether the request may have had its effect all the same.</summary>
    public bool MayHaveTakenEffect { get; }

    /// <summary>When to try again, as the provider tells; null: it does not.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same request may go well later.</summary>
    public bool IsTransient => Kind is BackendFaultKind.Unavailable or BackendFaultKind.RateLimited or BackendFaultKind.Malformed;
}

/// <summary>What a provider gave as a job's results is not what was asked for: it is not believed.</summary>
public sealed class ResultMismatchException(string backend, JobId job, string reason) : QuantumException($"The results of job {job} on {backend} are not those of what was submitted: {reason}")
{
    /// <summary>The job.</summary>
    public JobId Job { get; } = job;
}

/// <summary>A secret that is read when it is used, so that one that was changed heals.</summary>
public interface ICredential
{
    /// <summary>The secret.</summary>
    /// <param name="isRefused">Whether the last one read was refused: whoever keeps it for a while reads it anew.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="QuantumException">There is none.</exception>
    ValueTask<string> ReadAsync(bool isRefused, CancellationToken cancellation);
}
