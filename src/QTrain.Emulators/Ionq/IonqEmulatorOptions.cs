using QTrain.Devices;

namespace QTrain.Emulators.Ionq;

/// <summary>What an emulated IonQ is made of.</summary>
public sealed record IonqEmulatorOptions
{
    /// <summary>The device: <c>qpu.forte-1</c> or <c>qpu.aria-1</c>.</summary>
    public string Device { get; init; } = "qpu.forte-1";

    /// <summary>What is known of it; null: values as the provider publishes for devices of the family.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>The seed of everything that is drawn.</summary>
    public ulong Seed { get; init; }

    /// <summary>How long jobs wait for others.</summary>
    public QueueModel Queue { get; init; } = QueueModel.Empty;

    /// <summary>How the device moves away from its calibration.</summary>
    public DriftProcess Drift { get; init; } = DriftProcess.None;

    /// <summary>USD for a gate of one qubit in a shot.</summary>
    public decimal OneQubitGatePrice { get; init; } = 0.00022m;

    /// <summary>USD for a gate of two qubits in a shot.</summary>
    public decimal TwoQubitGatePrice { get; init; } = 0.000975m;

    /// <summary>USD that a circuit costs at least.</summary>
    public decimal LeastPrice { get; init; } = 97.5m;

    /// <summary>USD that may be spent; jobs beyond fail with QuotaExhaustedError. Null: any amount.</summary>
    public decimal? Quota { get; init; }

    /// <summary>How long a new job is missing in the list of jobs.</summary>
    public TimeSpan VisibilityWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many requests an account may make in a minute; null: any number.</summary>
    public int? RequestsPerMinute { get; init; }
}
