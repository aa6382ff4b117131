using System.Collections.Immutable;

namespace QTrain.Devices;

/// <summary>A snapshot of a device as its provider reported it, in one schema for all providers: units are seconds, hertz and probabilities, every value
/// has its own time where the source gives one, and what is not reported is null. A value: equal snapshots are equal.</summary>
public sealed partial class Calibration : IEquatable<Calibration>
{
    private readonly Dictionary<string, GateCalibration> _gates;
    private readonly ImmutableArray<ImmutableArray<int>> _neighbours;
    private string? _id;

    /// <summary>A snapshot.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="qubits">What is known of each qubit, by number.</param>
    /// <param name="gates">What is known of gates, in any order; kept by name and qubits.</param>
    /// <param name="couplings">The pairs that two-qubit gates can join, in any order; null: every pair.</param>
    /// <param name="nativeGates">Names of the gates that the device performs itself.</param>
    /// <exception cref="QuantumException">A qubit does not exist, a gate is listed twice, or a number cannot be.</exception>
    public Calibration(
        string device, IEnumerable<QubitCalibration> qubits, IEnumerable<GateCalibration> gates, IEnumerable<QubitPair>? couplings, IEnumerable<string> nativeGates)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(device);
        ArgumentNullException.ThrowIfNull(gates);
        ArgumentNullException.ThrowIfNull(nativeGates);
        Device = device;
        Qubits = [.. qubits];
        if (Qubits.IsEmpty) throw new QuantumException($"A calibration of '{device}' without a qubit cannot be: at least 1 is needed.");
        Gates = [.. gates.OrderBy(g => g.Gate, StringComparer.Ordinal).ThenBy(g => g.Qubits, OrderOfQubits)];
        IsFullyConnected = couplings is null;
        Couplings = [.. (couplings ?? []).Select(p => QubitPair.Of(p.First, p.Second)).Distinct().Order(Comparer<QubitPair>.Create((a, b) => (a.First, a.Second).CompareTo((b.First, b.Second))))];
        NativeGates = [.. nativeGates.Distinct().Order(StringComparer.Ordinal)];
        _gates = new(Gates.Length, StringComparer.Ordinal);
        foreach (var gate in Gates)
        {
            foreach (var q in gate.Qubits)
                if ((uint)q >= (uint)Qubits.Length) throw new QuantumException($"'{gate}' is calibrated on qubit {q}, but '{device}' has qubits 0 to {Qubits.Length - 1}.");
            if (!_gates.TryAdd(KeyOf(gate.Gate, gate.Qubits.AsSpan()), gate)) throw new QuantumException($"'{gate}' is calibrated twice in one snapshot of '{device}': keep one.");
            foreach (var (name, value) in gate.Values) Check($"the {name} of {gate}", name, value);
        }
        for (var q = 0; q < Qubits.Length; q++)
            foreach (var (name, value) in Qubits[q].Values) Check($"the {name} of qubit {q}", name, value);
        var neighbours = Enumerable.Range(0, Qubits.Length).Select(_ => new SortedSet<int>()).ToArray();
        foreach (var (a, b) in Couplings)
        {
            if (a < 0 || b >= Qubits.Length || a == b) throw new QuantumException($"'{device}' cannot couple qubits {a} and {b}: it has qubits 0 to {Qubits.Length - 1}, and a pair has two.");
            neighbours[a].Add(b);
            neighbours[b].Add(a);
        }
        _neighbours = IsFullyConnected
            ? [.. Qubits.Select((_, q) => Enumerable.Range(0, Qubits.Length).Where(o => o != q).ToImmutableArray())]
            : [.. neighbours.Select(n => n.ToImmutableArray())];
    }

    /// <summary>The device's name.</summary>
    public string Device { get; }

    /// <summary>Who runs it, such as <c>ibm</c>; empty where the source does not say.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The provider's version of the device; null where the source gives none.</summary>
    public string? Version { get; init; }

    /// <summary>When the snapshot was taken, in UTC; null where the source does not say.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>The form the snapshot was read from, such as <c>IBM properties</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>What is known of each qubit, by number.</summary>
    public ImmutableArray<QubitCalibration> Qubits { get; }

    /// <summary>Values that the source gives once for all qubits; they stand in where a qubit has none of its own.</summary>
    public QubitCalibration? EveryQubit { get; init; }

    /// <summary>What is known of gates, by name and qubits.</summary>
    public ImmutableArray<GateCalibration> Gates { get; }

    /// <summary>Names of the gates that the device performs itself, in order.</summary>
    public ImmutableArray<string> NativeGates { get; }

    /// <summary>The pairs that two-qubit gates can join, in order; none where <see cref="IsFullyConnected"/>.</summary>
    public ImmutableArray<QubitPair> Couplings { get; }

    /// <summary>Whether every pair can be joined.</summary>
    public bool IsFullyConnected { get; }

    /// <summary>What the device accepts in one job; null where the source says nothing.</summary>
    public DeviceLimits? Limits { get; init; }

    /// <summary>What a job costs; null where the source says nothing.</summary>
    public Prices? Prices { get; init; }

    /// <summary>What reading the source left out or had to settle, in sentences for people. No part of the identity.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The SHA-256, in hexadecimal digits, of the snapshot in one canonical form: the same numbers have the same identity in whatever order
    /// and spelling a file gave them.</summary>
    public string ContentId => _id ??= CalibrationJson.ContentId(this);

    /// <summary>The qubits coupled to one, in order.</summary>
    /// <exception cref="QubitOutOfRangeException">There is no such qubit.</exception>
    public ImmutableArray<int> Neighbours(int qubit) => (uint)qubit < (uint)Qubits.Length ? _neighbours[qubit] : throw new QubitOutOfRangeException(qubit, Qubits.Length);

    /// <summary>Whether two-qubit gates can join two qubits.</summary>
    public bool IsCoupled(int a, int b) => a != b && (uint)a < (uint)Qubits.Length && (uint)b < (uint)Qubits.Length && (IsFullyConnected || _neighbours[a].BinarySearch(b) >= 0);

    /// <summary>A quantity of a qubit: its own, else the one given for all qubits, else null.</summary>
    public CalibratedValue? Of(int qubit, Func<QubitCalibration, CalibratedValue?> quantity)
    {
        ArgumentNullException.ThrowIfNull(quantity);
        if ((uint)qubit >= (uint)Qubits.Length) throw new QubitOutOfRangeException(qubit, Qubits.Length);
        return quantity(Qubits[qubit]) ?? (EveryQubit is { } every ? quantity(every) : null);
    }

    /// <summary>What is known of a gate on qubits in this order; else of the gate wherever it acts; else null.</summary>
    public GateCalibration? Find(string gate, params ReadOnlySpan<int> qubits) =>
        _gates.GetValueOrDefault(KeyOf(gate, qubits)) ?? _gates.GetValueOrDefault(KeyOf(gate, []));

    /// <summary>Gates of so many qubits that act on one of the device's couplings or qubits, measurements and resets left out.</summary>
    public IEnumerable<GateCalibration> GatesOn(int qubits) => Gates.Where(g => g.Qubits.Length == qubits && !IsNoGate(g.Gate));

    /// <inheritdoc/>
    public bool Equals(Calibration? other) => other is not null && ContentId == other.ContentId && Notes.AsSpan().SequenceEqual(other.Notes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Calibration);

    /// <inheritdoc/>
    public override int GetHashCode() => ContentId.GetHashCode(StringComparison.Ordinal);

    /// <summary>The snapshot in a line.</summary>
    public override string ToString() => $"{Device}, {Qubits.Length} qubits, {(TakenAt is { } at ? at.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture) + " UTC" : "undated")}, {ContentId[..12]}";

    /// <summary>Measurements, resets and delays have calibrated values too, but are no gates.</summary>
    internal static bool IsNoGate(string name) => name.StartsWith("measure", StringComparison.Ordinal) || name is "reset" or "delay" or "barrier";

    /// <summary>The snapshot with some parts exchanged and the rest as it is.</summary>
    internal Calibration With(
        IEnumerable<QubitCalibration>? qubits = null, IEnumerable<GateCalibration>? gates = null, QubitCalibration? everyQubit = null, DateTimeOffset? takenAt = null,
        string? device = null, ImmutableArray<string>? notes = null) =>
        new(device ?? Device, qubits ?? Qubits, gates ?? Gates, IsFullyConnected ? null : Couplings, NativeGates)
        {
            Provider = Provider,
            Version = Version,
            TakenAt = takenAt ?? TakenAt,
            Source = Source,
            EveryQubit = everyQubit ?? EveryQubit,
            Limits = Limits,
            Prices = Prices,
            Notes = notes ?? Notes,
        };

    private static string KeyOf(string gate, ReadOnlySpan<int> qubits) => qubits.Length switch
    {
        0 => gate,
        1 => $"{gate} {qubits[0]}",
        2 => $"{gate} {qubits[0]} {qubits[1]}",
        _ => $"{gate} {string.Join(' ', qubits.ToArray())}",
    };

    internal static readonly Comparer<ImmutableArray<int>> OrderOfQubits = Comparer<ImmutableArray<int>>.Create((a, b) => a.AsSpan().SequenceCompareTo(b.AsSpan()));

    private static void Check(string what, string name, CalibratedValue? value)
    {
        if (value is { } given && Problem(name, given) is { } problem) throw new QuantumException($"{char.ToUpperInvariant(what[0])}{what[1..]} is {given.Value:R}: {problem}");
    }

    /// <summary>Why a quantity cannot be; null when it can.</summary>
    internal static string? Problem(string name, CalibratedValue value)
    {
        if (value.Unit != QubitCalibration.UnitOf(name)) return $"it must be in {QubitCalibration.UnitOf(name).ToString().ToLowerInvariant()}, not {value.Unit.ToString().ToLowerInvariant()}.";
        if (!double.IsFinite(value.Value)) return "it must be a finite number.";
        if (value.Uncertainty is { } uncertainty && !(uncertainty >= 0 && double.IsFinite(uncertainty))) return "its uncertainty must not be negative.";
        return name switch
        {
            "t1" or "t2" => value.Value > 0 ? null : "a time of relaxation is positive.",
            "duration" or "readoutDuration" => value.Value >= 0 ? null : "a duration is not negative.",
            "frequency" => value.Value >= 0 ? null : "a frequency is not negative.",
            "anharmonicity" => null,
            _ => value.Value is >= 0 and <= 1 ? null : "probabilities and infidelities are 0 to 1.",
        };
    }
}
