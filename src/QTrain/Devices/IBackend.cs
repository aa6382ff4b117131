namespace QTrain.Devices;

/// <summary>Something that runs circuits as jobs: a simulator, a device twin or hardware.</summary>
/// <remarks>A cancellation token stops waiting; it never cancels a job. That is <see cref="CancelAsync"/>, on the user's word. Where the provider cannot be
/// reached, or answers something else than the protocol says, a <see cref="BackendFaultException"/> tells whether the request may have had its effect.</remarks>
public interface IBackend
{
    /// <summary>What it can do, and on what terms.</summary>
    BackendProfile Profile { get; }

    /// <summary>Whether it takes jobs now, and how many wait.</summary>
    Task<BackendStatus> StatusAsync(CancellationToken cancellation);

    /// <summary>The calibration in force, as the provider reports it; null where there is none, as of an ideal simulator.</summary>
    Task<Calibration?> CalibrationAsync(CancellationToken cancellation);

    /// <summary>What a batch would cost, and how long it would wait. Nothing is submitted.</summary>
    /// <exception cref="BatchRefusedException">The batch cannot run here.</exception>
    Task<CostEstimate> EstimateAsync(CircuitBatch batch, CancellationToken cancellation);

    /// <summary>Submits a batch once: the same key never makes a second paid job where the provider can tell (<see cref="BackendProfile.Safety"/>).</summary>
    /// <exception cref="BatchRefusedException">The batch cannot run here; nothing was submitted.</exception>
    /// <exception cref="IdempotencyConflictException">The key was used for another batch.</exception>
    Task<JobReceipt> SubmitAsync(CircuitBatch batch, IdempotencyKey key, CancellationToken cancellation);

    /// <summary>The job that was submitted with a key; null when none is to be seen, which right after a submission need not mean that there is none
    /// (<see cref="BackendProfile.VisibilityWindow"/>).</summary>
    /// <exception cref="QuantumException">The provider cannot find jobs by a key.</exception>
    Task<JobReceipt?> FindAsync(IdempotencyKey key, CancellationToken cancellation);

    /// <summary>How a job stands.</summary>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    Task<JobStatus> PollAsync(JobId job, CancellationToken cancellation);

    /// <summary>What a job has measured so far: whole when it has ended, else the circuits that are done.</summary>
    /// <param name="job">The job.</param>
    /// <param name="batch">What was submitted: what the provider says is read by it, and checked against it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="ResultMismatchException">The results are not those of the batch.</exception>
    Task<JobResults> ResultsAsync(JobId job, CircuitBatch batch, CancellationToken cancellation);

    /// <summary>Cancels a job; nothing when it has ended.</summary>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    Task CancelAsync(JobId job, CancellationToken cancellation);
}
