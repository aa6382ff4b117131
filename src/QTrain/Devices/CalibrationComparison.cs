using System.Collections.Immutable;

namespace QTrain.Devices;

/// <summary>A value of one snapshot and of another.</summary>
/// <param name="Quantity">As in the schema: <c>t1</c>, <c>error</c>, …</param>
/// <param name="Gate">The gate whose value it is; null for a qubit's.</param>
/// <param name="Qubits">The qubits; none for a value of the whole device.</param>
/// <param name="Before">The first snapshot's value; null where it has none.</param>
/// <param name="After">The second's.</param>
internal sealed record CalibrationChange(string Quantity, string? Gate, ImmutableArray<int> Qubits, CalibratedValue? Before, CalibratedValue? After)
{
    /// <summary>How many times as bad it became: errors by their ratio, times of relaxation by its inverse; null where it cannot be said.</summary>
    public double? Worsening => Before is { } b && After is { } a ? Quantity switch
    {
        "t1" or "t2" => b.Value / a.Value,
        "frequency" or "anharmonicity" or "duration" or "readoutDuration" => null,
        _ => b.Value > 0 ? a.Value / b.Value : a.Value > 0 ? double.PositiveInfinity : 1,
    } : null;

    public bool IsError => Quantity is "error" or "readoutError" or "oneGivenZero" or "zeroGivenOne";

    /// <summary>What changed: <c>cx 0-1 error</c>, <c>qubit 3 t1</c>.</summary>
    public string Subject => (Gate, Qubits.IsEmpty) switch
    {
        (null, true) => $"every qubit {Quantity}",
        (null, false) => $"qubit {Qubits[0]} {Quantity}",
        (_, true) => $"{Gate} {Quantity}",
        _ => $"{Gate} {string.Join('-', Qubits)} {Quantity}",
    };
}

/// <summary>What changed from one snapshot to another: errors first, the worst change first; then times; then the rest.</summary>
internal sealed class CalibrationComparison
{
    public CalibrationComparison(Calibration before, Calibration after)
    {
        Before = before;
        After = after;
        var changes = new List<CalibrationChange>();
        var same = 0;
        foreach (var (qubit, one, other) in Enumerable.Range(0, Math.Max(before.Qubits.Length, after.Qubits.Length)).Select(q => (q, before.Qubits.ElementAtOrDefault(q), after.Qubits.ElementAtOrDefault(q))))
            Add(null, [qubit], one?.Values, other?.Values);
        Add(null, [], before.EveryQubit?.Values, after.EveryQubit?.Values);
        var keys = before.Gates.Concat(after.Gates).Select(g => (g.Gate, Qubits: g.Qubits)).DistinctBy(k => $"{k.Gate} {string.Join(' ', k.Qubits)}").ToList();
        var switched = ImmutableArray.CreateBuilder<(string, bool)>();
        foreach (var (gate, qubits) in keys)
        {
            var (one, other) = (Exact(before, gate, qubits), Exact(after, gate, qubits));
            Add(gate, qubits, one?.Values, other?.Values);
            if (one is not null && other is not null && one.IsEnabled != other.IsEnabled) switched.Add((other.ToString(), other.IsEnabled));
        }
        for (var q = 0; q < Math.Min(before.Qubits.Length, after.Qubits.Length); q++)
            if (before.Qubits[q].IsEnabled != after.Qubits[q].IsEnabled) switched.Add(($"qubit {q}", after.Qubits[q].IsEnabled));
        Switched = switched.ToImmutable();
        Unchanged = same;
        Changes = [.. changes.OrderBy(c => c.IsError ? 0 : c.Worsening is not null ? 1 : 2).ThenByDescending(c => c.Worsening ?? (c.After is null ? double.PositiveInfinity : 0))];

        void Add(string? gate, ImmutableArray<int> qubits, IEnumerable<(string Name, CalibratedValue? Value)>? one, IEnumerable<(string Name, CalibratedValue? Value)>? other)
        {
            var (a, b) = ((one ?? []).ToDictionary(v => v.Name, v => v.Value), (other ?? []).ToDictionary(v => v.Name, v => v.Value));
            foreach (var name in a.Keys.Union(b.Keys))
            {
                var (was, became) = (a.GetValueOrDefault(name), b.GetValueOrDefault(name));
                if (was is null && became is null) continue;
                // A value that was measured again and came out the same has not changed.
                if (was?.Value == became?.Value) same++;
                else changes.Add(new CalibrationChange(name, gate, qubits, was, became));
            }
        }
    }

    public Calibration Before { get; }

    public Calibration After { get; }

    public ImmutableArray<CalibrationChange> Changes { get; }

    /// <summary>Gates and qubits that were enabled or disabled, with what they are now.</summary>
    public ImmutableArray<(string What, bool IsEnabled)> Switched { get; }

    /// <summary>How many values are the same in both.</summary>
    public int Unchanged { get; }

    private static GateCalibration? Exact(Calibration calibration, string gate, ImmutableArray<int> qubits) =>
        calibration.Find(gate, qubits.AsSpan()) is { } found && found.Qubits.Length == qubits.Length ? found : null;
}
