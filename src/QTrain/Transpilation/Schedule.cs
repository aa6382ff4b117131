using System.Collections.Immutable;
using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>When every operation of a circuit happens on a device.</summary>
public sealed class Schedule
{
    private Schedule(ImmutableArray<ScheduledOperation> operations, double duration) => (Operations, DurationSeconds) = (operations, duration);

    /// <summary>The operations in the circuit's order.</summary>
    public ImmutableArray<ScheduledOperation> Operations { get; }

    /// <summary>How long all of it takes, in seconds.</summary>
    public double DurationSeconds { get; }

    /// <summary>The times of a native circuit, every operation as soon as its qubits and classical bits allow, or as late; null where the device does
    /// not say how long something takes that is more than a phase, and where a delay is in dt.</summary>
    /// <remarks>A reset for which the device gives no time takes that of a readout. Barriers take no time, and nothing moves across them.</remarks>
    public static Schedule? Of(Circuit circuit, Target target, bool isLate)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(target);
        var durations = new double[circuit.Operations.Length];
        for (var k = 0; k < durations.Length; k++)
        {
            if (DurationOf(circuit.Operations[k], target) is not { } seconds) return null;
            durations[k] = seconds;
        }
        var starts = new double[durations.Length];
        var (qubits, bits) = (new double[circuit.QubitCount], new double[circuit.BitCount]);
        for (var step = 0; step < durations.Length; step++)
        {
            // As late as possible is as soon as possible from the end backwards.
            var k = isLate ? durations.Length - 1 - step : step;
            var operation = circuit.Operations[k];
            var start = 0.0;
            foreach (var qubit in operation.Qubits) start = Math.Max(start, qubits[qubit]);
            foreach (var bit in BitsOf(operation)) start = Math.Max(start, bits[bit]);
            starts[k] = start;
            foreach (var qubit in operation.Qubits) qubits[qubit] = start + durations[k];
            foreach (var bit in BitsOf(operation)) bits[bit] = start + durations[k];
        }
        var duration = qubits.Concat(bits).Max();
        if (isLate)
            for (var k = 0; k < starts.Length; k++) starts[k] = Math.Max(0, duration - starts[k] - durations[k]);
        return new Schedule([.. circuit.Operations.Select((o, k) => new ScheduledOperation(o, starts[k], durations[k]))], duration);
    }

    private static IEnumerable<int> BitsOf(Operation operation)
    {
        foreach (var bit in operation.Condition?.Bits ?? []) yield return bit;
        if (operation is Measure measure) yield return measure.Bit;
    }

    /// <summary>How long an operation takes, in seconds; null where nobody says.</summary>
    internal static double? DurationOf(Operation operation, Target target) => operation switch
    {
        GateOperation gate => target.Find(gate)?.DurationSeconds ?? (gate.Gate.Name is "rz" or "p" or "u1" ? 0 : null),
        Measure measure => target.Qubits[measure.Qubit].ReadoutSeconds,
        Reset reset => target.Qubits[reset.Qubit].ReadoutSeconds,
        Delay delay => delay.Duration.InSeconds(),
        _ => 0,
    };
}

/// <summary>An operation and its time.</summary>
/// <param name="Operation">What happens.</param>
/// <param name="StartSeconds">From the start of the circuit.</param>
/// <param name="DurationSeconds">How long it takes.</param>
public sealed record ScheduledOperation(Operation Operation, double StartSeconds, double DurationSeconds);
