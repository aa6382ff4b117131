using System.Collections.Immutable;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Emulators.Faults;

namespace QTrain.Emulators.Ionq;

/// <summary>A job of the emulated service.</summary>
internal sealed class IonqJobRecord
{
    public required string Id { get; init; }

    public required string Type { get; init; }

    public required string Backend { get; init; }

    public required long Shots { get; init; }

    public required JsonObject Request { get; init; }

    public required ImmutableArray<Circuit> Circuits { get; init; }

    public required ImmutableArray<string?> Names { get; init; }

    /// <summary>How many qubits each circuit was sent with.</summary>
    public required ImmutableArray<int> Widths { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public required CircuitBatch Batch { get; init; }

    /// <summary>Whether it is run by the simulator.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>The jobs of its circuits; none where there is one circuit.</summary>
    public ImmutableArray<string> Children { get; init; } = [];

    public bool IsDryRun { get; init; }

    public JobFault? Fault { get; init; }

    /// <summary>What it costs when all of it is run.</summary>
    public decimal Price { get; init; }

    /// <summary>How it failed before it came to the device; null: it did not.</summary>
    public (string Code, string Message)? Refusal { get; init; }

    public JobReceipt? Receipt { get; set; }

    public bool IsBilled { get; set; }

    public bool IsDeleted { get; set; }

    public bool IsCancelled { get; set; }

    public decimal Billed { get; set; }

    public IReadOnlyDictionary<string, double>?[]? Outcomes { get; set; }
}
