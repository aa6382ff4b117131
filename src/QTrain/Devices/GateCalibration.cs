using System.Collections.Immutable;

namespace QTrain.Devices;

/// <summary>What is known of a gate on given qubits. A value that was not reported is null, and never guessed.</summary>
public sealed record GateCalibration
{
    /// <summary>The gate's name, as circuits use it where there is such a gate.</summary>
    public required string Gate { get; init; }

    /// <summary>The qubits, in the gate's order; none: the value holds for the gate wherever it acts, because the source gives one for the whole device.</summary>
    public ImmutableArray<int> Qubits { get; init; } = [];

    /// <summary>Whether the gate may be used here.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>The average gate infidelity 1 − F.</summary>
    public CalibratedValue? Error { get; init; }

    /// <summary>How long it takes, in seconds; 0 for a gate done in software, such as <c>rz</c> by a change of frame.</summary>
    public CalibratedValue? Duration { get; init; }

    /// <summary>Every quantity with its name, in the order of the schema.</summary>
    internal IEnumerable<(string Name, CalibratedValue? Value)> Values => [("error", Error), ("duration", Duration)];

    /// <inheritdoc/>
    public bool Equals(GateCalibration? other) => other is not null && Gate == other.Gate && Qubits.AsSpan().SequenceEqual(other.Qubits.AsSpan())
        && IsEnabled == other.IsEnabled && Error == other.Error && Duration == other.Duration;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Gate, Qubits.Length, Qubits.IsEmpty ? -1 : Qubits[0], Error, Duration);

    /// <summary>The gate as <c>cx 0-1</c>.</summary>
    public override string ToString() => Qubits.IsEmpty ? Gate : $"{Gate} {string.Join('-', Qubits)}";
}

/// <summary>Two qubits that a gate can join, the lower first.</summary>
/// <param name="First">The lower number.</param>
/// <param name="Second">The higher number.</param>
public readonly record struct QubitPair(int First, int Second)
{
    /// <summary>The pair of two qubits in either order.</summary>
    public static QubitPair Of(int a, int b) => a < b ? new(a, b) : new(b, a);

    /// <summary>The pair as <c>0-1</c>.</summary>
    public override string ToString() => $"{First}-{Second}";
}

/// <summary>What a device accepts in one job; null where the source does not say.</summary>
/// <param name="MinShots">The fewest shots of a circuit.</param>
/// <param name="MaxShots">The most shots of a circuit.</param>
/// <param name="MaxCircuits">The most circuits of a job.</param>
/// <param name="RepetitionDelaySeconds">How long a device waits between two shots, in seconds.</param>
public sealed record DeviceLimits(long? MinShots = null, long? MaxShots = null, int? MaxCircuits = null, double? RepetitionDelaySeconds = null);

/// <summary>What a provider asks for; a part that is null is not known, which is not the same as nothing.</summary>
/// <param name="PerJob">For each job.</param>
/// <param name="PerCircuit">For each circuit of a job.</param>
/// <param name="PerShot">For each shot of each circuit.</param>
/// <param name="PerSecond">For each second of the device's work.</param>
/// <param name="Currency">Such as <c>USD</c>.</param>
public sealed record Prices(decimal? PerJob = null, decimal? PerCircuit = null, decimal? PerShot = null, decimal? PerSecond = null, string Currency = "USD")
{
    /// <summary>The price of a job.</summary>
    public Money Of(int circuits, long shots, TimeSpan work) => new(
        (PerJob ?? 0) + circuits * (PerCircuit ?? 0) + circuits * shots * (PerShot ?? 0) + (decimal)work.TotalSeconds * (PerSecond ?? 0), Currency);
}

/// <summary>An amount of money.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Currency">Of what, such as <c>USD</c>.</param>
public readonly record struct Money(decimal Amount, string Currency)
{
    /// <summary>The amount as <c>12.30 USD</c>.</summary>
    public override string ToString() => $"{Amount.ToString("0.00##", System.Globalization.CultureInfo.InvariantCulture)} {Currency}";
}
