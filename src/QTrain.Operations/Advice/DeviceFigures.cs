using QTrain.Circuits;
using QTrain.Devices;

namespace QTrain.Operations.Advice;

/// <summary>A device in a few numbers, each the median of what it reports; null where it reports nothing.</summary>
internal sealed class DeviceFigures(Calibration device)
{
    public double? T1 { get; } = OfQubits(device, q => q.T1);

    public double? T2 { get; } = OfQubits(device, q => q.T2);

    public double? ReadoutDuration { get; } = OfQubits(device, q => q.ReadoutDuration);

    /// <summary>The probability of a wrong reading, averaged over both states.</summary>
    public double? ReadoutError { get; } = Median(device.Qubits.Where(q => q.IsEnabled).Append(device.EveryQubit).Where(q => q is not null)
        .Select(q => q!.OneGivenZero is { } up && q.ZeroGivenOne is { } down ? (up.Value + down.Value) / 2 : q.ReadoutError?.Value));

    public double? OneQubitError { get; } = OfGates(device, 1, g => g.Error);

    public double? TwoQubitError { get; } = OfGates(device, 2, g => g.Error);

    public double? OneQubitDuration { get; } = OfGates(device, 1, g => g.Duration);

    public double? TwoQubitDuration { get; } = OfGates(device, 2, g => g.Duration);

    /// <summary>How long a circuit takes when every gate begins as soon as its qubits are free, without readout and without swaps for the device's couplings.</summary>
    public double? DurationOf(Circuit circuit)
    {
        if (TwoQubitDuration is not { } two) return null;
        var free = new double[circuit.QubitCount];
        foreach (var operation in circuit.Operations)
        {
            if (operation.Qubits.IsEmpty) continue;
            var entanglers = Entanglers(operation);
            var takes = operation is Measure or Reset ? ReadoutDuration ?? 0 : entanglers > 0 ? entanglers * two : IsTurned(operation) ? OneQubitDuration ?? 0 : 0;
            var end = operation.Qubits.Max(q => free[q]) + takes;
            foreach (var q in operation.Qubits) free[q] = end;
        }
        return free.Max();
    }

    /// <summary>How many native two-qubit gates an operation takes: one for cx and its like, two for what is controlled or turned, three at most; a Pauli rotation
    /// of k letters 2(k − 1); about six for every further qubit.</summary>
    public static int Entanglers(Operation operation)
    {
        var qubits = operation is GateOperation or GlobalPhase ? operation.Qubits.Length : 0;
        return qubits switch
        {
            < 2 => 0,
            _ when operation is GateOperation { Gate: { Pauli: not null } } => 2 * (qubits - 1),
            2 => operation.Name switch
            {
                "cx" or "cz" or "cy" or "ch" or "ecr" or "ms" or "x" or "z" or "y" => 1,
                "swap" => 3,
                _ when operation is GateOperation { Gate: { IsNamed: false } } => 3,
                _ => 2,
            },
            _ => 6 * (qubits - 2),
        };
    }

    /// <summary>The probability that no gate and no reading goes wrong, where the device says how often they do.</summary>
    public double? SuccessOf(Circuit circuit)
    {
        if (TwoQubitError is not { } two) return null;
        var (entanglers, turns) = (circuit.Operations.Sum(o => (long)Entanglers(o)), circuit.Operations.LongCount(o => Entanglers(o) == 0 && IsTurned(o)));
        return Math.Pow(1 - two, entanglers) * Math.Pow(1 - (OneQubitError ?? 0), turns) * Math.Pow(1 - (ReadoutError ?? 0), circuit.QubitCount);
    }

    // Turns about Z are a change of frame and take no time.
    private static bool IsTurned(Operation operation) => operation is GateOperation { Name: not ("rz" or "p" or "z" or "s" or "sdg" or "t" or "tdg" or "id" or "u1") };

    private static double? OfQubits(Calibration device, Func<QubitCalibration, CalibratedValue?> quantity) =>
        Median(device.Qubits.Where(q => q.IsEnabled).Select(q => quantity(q)?.Value)) ?? (device.EveryQubit is { } every ? quantity(every)?.Value : null);

    private static double? OfGates(Calibration device, int qubits, Func<GateCalibration, CalibratedValue?> quantity) => Median(device.Gates
        .Where(g => g.IsEnabled && (g.Qubits.IsEmpty ? Gates.Find(g.Gate)?.QubitCount ?? 0 : g.Qubits.Length) == qubits && g.Gate is not ("measure" or "reset" or "delay"))
        .Select(g => quantity(g)?.Value).Where(v => v is not 0 || qubits > 1));

    private static double? Median(IEnumerable<double?> values)
    {
        double[] known = [.. values.Where(v => v is not null).Select(v => v!.Value).Order()];
        return known.Length == 0 ? null : known.Length % 2 == 1 ? known[known.Length / 2] : (known[known.Length / 2 - 1] + known[known.Length / 2]) / 2;
    }
}
