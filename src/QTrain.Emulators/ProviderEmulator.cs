using System.Collections.Immutable;
using System.Text.Json.Nodes;
using QTrain.Emulators.Faults;
using QTrain.Emulators.Http;

namespace QTrain.Emulators;

/// <summary>A provider's service, emulated: what it answers to each request.</summary>
public abstract class ProviderEmulator
{
    /// <summary>An emulated provider.</summary>
    /// <param name="clock">The time of its world.</param>
    protected ProviderEmulator(TimeProvider clock) => Clock = clock;

    /// <summary>The time of its world.</summary>
    public TimeProvider Clock { get; }

    /// <summary>What it billed.</summary>
    public Bill Bill { get; } = new();

    /// <summary>What goes wrong.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>The keys it accepts.</summary>
    public ImmutableArray<string> Keys { get; set; } = ["test-key"];

    /// <summary>Answers a request. Called for one at a time.</summary>
    protected internal abstract Task<EmulatorReply> HandleAsync(EmulatorRequest request, CancellationToken cancellation);

    /// <summary>Bills what has ended since it was asked last.</summary>
    protected internal abstract Task SettleAsync(CancellationToken cancellation);

    /// <summary>A refusal in the provider's own form.</summary>
    protected internal abstract EmulatorReply Error(int status, string message);

    /// <summary>Something that happens in the world, such as a recalibration; null where there is no such event.</summary>
    protected internal abstract EmulatorReply? Change(ImmutableArray<string> what, JsonObject options);
}
