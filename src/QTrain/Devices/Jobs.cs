using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using QTrain.Circuits;
using QTrain.Simulation;

namespace QTrain.Devices;

/// <summary>The name of a submission, made by whoever submits, so that it is not made twice.</summary>
/// <param name="Value">1 to 64 characters.</param>
public readonly record struct IdempotencyKey(string Value)
{
    /// <summary>1 to 64 characters.</summary>
    public string Value { get; } = Value is { Length: >= 1 and <= 64 } ? Value
        : throw new QuantumException($"An idempotency key has 1 to 64 characters, but {Value?.Length ?? 0} were given.");

    /// <summary>The first 64 bits of its SHA-256.</summary>
    internal ulong Number => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Value)));

    /// <summary>The key.</summary>
    public override string ToString() => Value;
}

/// <summary>A job's name, given by the backend.</summary>
public readonly record struct JobId(string Value)
{
    /// <summary>The name.</summary>
    public override string ToString() => Value;
}

/// <summary>Circuits that are run as one job, each as often. A value.</summary>
public sealed class CircuitBatch : IEquatable<CircuitBatch>
{
    private string? _digest;

    /// <summary>A batch of circuits without open parameters, on the backend's own qubits.</summary>
    /// <exception cref="QuantumException">There is no circuit, a parameter has no value, or the number of shots cannot be.</exception>
    public CircuitBatch(IEnumerable<Circuit> circuits, long shots)
    {
        ArgumentNullException.ThrowIfNull(circuits);
        Circuits = [.. circuits];
        Shots = shots;
        if (Circuits.IsEmpty) throw new QuantumException("A batch needs at least one circuit.");
        if (shots < 1) throw new QuantumException($"{shots} shots cannot be taken: give 1 or more.");
        for (var k = 0; k < Circuits.Length; k++)
            if (Circuits[k].Parameters is [var open, ..]) throw new QuantumException($"Circuit {k} of the batch has the open parameter '{open}': bind it first, circuit.Bind(…).");
    }

    /// <summary>The circuits.</summary>
    public ImmutableArray<Circuit> Circuits { get; }

    /// <summary>How often each is run.</summary>
    public long Shots { get; }

    /// <summary>The SHA-256 of circuits and shots, in hexadecimal digits: what a submission is compared by.</summary>
    public string Digest => _digest ??= Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', Circuits.Select(c => Formats.CircuitJson.Write(c)).Append(Shots.ToString(System.Globalization.CultureInfo.InvariantCulture))))));

    /// <summary>The first 64 bits of the digest: a seed for whatever is drawn of this batch.</summary>
    public ulong Seed => BinaryPrimitives.ReadUInt64LittleEndian(Convert.FromHexString(Digest));

    /// <inheritdoc/>
    public bool Equals(CircuitBatch? other) => other is not null && Shots == other.Shots && Circuits.SequenceEqual(other.Circuits);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CircuitBatch);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Circuits.Length, Shots);
}

/// <summary>How a job stands.</summary>
public enum JobState
{
    /// <summary>It waits.</summary>
    Queued,

    /// <summary>It is worked on.</summary>
    Running,

    /// <summary>Every circuit was run.</summary>
    Completed,

    /// <summary>It ended without; <see cref="JobStatus.Reason"/> says why.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>The provider says something that this version does not know: it is waited for like any state that is not an end.</summary>
    Unknown,
}

/// <summary>That a job was taken.</summary>
/// <param name="Job">Its name.</param>
/// <param name="Key">The key it was submitted with.</param>
/// <param name="SubmittedAt">When.</param>
public sealed record JobReceipt(JobId Job, IdempotencyKey Key, DateTimeOffset SubmittedAt);

/// <summary>How a job stands.</summary>
/// <param name="Job">Its name.</param>
/// <param name="State">How it stands.</param>
/// <param name="QueuePosition">How many are before it; null when it does not wait, or that is not known.</param>
/// <param name="ExpectedStart">When it should begin, as far as can be told; null when it does not wait.</param>
/// <param name="Reason">Why it failed; null when it did not.</param>
public sealed record JobStatus(JobId Job, JobState State, int? QueuePosition = null, DateTimeOffset? ExpectedStart = null, string? Reason = null)
{
    /// <summary>When asking again is worth while, as the provider tells; null: it does not.</summary>
    public TimeSpan? PollAfter { get; init; }

    /// <summary>The provider's own word for the state; null where there is none.</summary>
    public string? ProviderState { get; init; }

    /// <summary>Whether a job that failed may end otherwise when it is submitted anew.</summary>
    public bool IsWorthRepeating { get; init; }

    /// <summary>Whether nothing will change any more.</summary>
    public bool IsFinal => State is JobState.Completed or JobState.Failed or JobState.Cancelled;
}

/// <summary>What one circuit gave.</summary>
/// <param name="Counts">Outcomes of the classical register and how often.</param>
/// <param name="StartedAt">When its first shot was taken.</param>
/// <param name="Duration">How long all its shots took.</param>
/// <param name="CalibrationId">The calibration in force, as the backend reports it; null where it has none.</param>
public sealed record CircuitResult(Counts Counts, DateTimeOffset StartedAt, TimeSpan Duration, string? CalibrationId);

/// <summary>What a job gave so far.</summary>
/// <param name="Job">Its name.</param>
/// <param name="Circuits">One for each circuit of the batch; null for those that are not done, or never will be.</param>
/// <param name="IsWhole">Whether every circuit is there.</param>
/// <param name="QueueTime">How long it waited.</param>
/// <param name="Cost">What it cost so far; null where prices are not known.</param>
public sealed record JobResults(JobId Job, ImmutableArray<CircuitResult?> Circuits, bool IsWhole, TimeSpan QueueTime, Money? Cost)
{
    /// <summary>Where the cost is from.</summary>
    public CostBasis CostBasis { get; init; }

    /// <inheritdoc/>
    public bool Equals(JobResults? other) => other is not null && Job == other.Job && Circuits.SequenceEqual(other.Circuits) && IsWhole == other.IsWhole && QueueTime == other.QueueTime && Cost == other.Cost
        && CostBasis == other.CostBasis;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Job, Circuits.Length, IsWhole, QueueTime, Cost);
}

/// <summary>A batch cannot run on a backend. Nothing was submitted.</summary>
public sealed class BatchRefusedException(string backend, int circuit, string reason) : QuantumException($"{backend} cannot run circuit {circuit}: {reason}")
{
    /// <summary>The backend.</summary>
    public string Backend { get; } = backend;

    /// <summary>The circuit's number in the batch.</summary>
    public int Circuit { get; } = circuit;
}

/// <summary>A key was used for another batch before.</summary>
public sealed class IdempotencyConflictException(IdempotencyKey key, JobId job)
    : QuantumException($"Key '{key}' was used for another batch, job {job}: a key belongs to one submission. Take a new key for a new batch.")
{
    /// <summary>The key.</summary>
    public IdempotencyKey Key { get; } = key;

    /// <summary>The job it belongs to.</summary>
    public JobId Job { get; } = job;
}

/// <summary>There is no such job.</summary>
public sealed class UnknownJobException(string backend, JobId job) : QuantumException($"{backend} has no job '{job}'.")
{
    /// <summary>The job that was asked for.</summary>
    public JobId Job { get; } = job;
}
