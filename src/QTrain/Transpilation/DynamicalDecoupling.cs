using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>Fills the time in which qubits wait with pulses that are nothing together.</summary>
/// <remarks>Slow drifts of a qubit's phase cancel between the pulses. Viola, Knill &amp; Lloyd 1999, arXiv:quant-ph/9809071; Maudsley 1986 for XY4. A qubit
/// that nothing has happened to yet stays in |0⟩ and gets none, and neither does one after its measurement.</remarks>
internal static class DynamicalDecoupling
{
    /// <summary>The circuit with pulses in every wait that is at least twice as long as they are.</summary>
    /// <remarks>A circuit holds no times: the pulses stand in order, and whoever plays them spreads them evenly over the wait, as
    /// <see cref="Schedule"/> says when the wait is.</remarks>
    public static Circuit Insert(Circuit circuit, Schedule schedule, Target target, Decoupling sequence)
    {
        var free = new double[circuit.QubitCount];
        Array.Fill(free, double.NaN);
        var operations = new List<(double Time, int Order, Operation Operation)>();
        for (var k = 0; k < schedule.Operations.Length; k++)
        {
            var (operation, start, duration) = schedule.Operations[k];
            foreach (var qubit in operation.Qubits)
            {
                if (operation is Circuits.Barrier) continue;
                if (!double.IsNaN(free[qubit]) && operation is not Reset) Fill(qubit, free[qubit], start, k);
                free[qubit] = operation is Measure or Reset ? double.NaN : start + duration;
            }
            operations.Add((start, k, operation));
        }
        return new Circuit(circuit.QubitCount, operations.OrderBy(o => o.Order).Select(o => o.Operation), circuit.BitCount, circuit.Parameters);

        void Fill(int qubit, double from, double to, int before)
        {
            var pulses = Pulses(target, qubit, sequence);
            var total = pulses.Sum(p => p.Sum(g => target.Find(g)?.DurationSeconds ?? 0));
            if (to - from < 2 * total || total <= 0) return;
            foreach (var pulse in pulses)
                foreach (var gate in pulse) operations.Add((from, before, gate));
        }
    }

    private static List<List<GateOperation>> Pulses(Target target, int qubit, Decoupling sequence)
    {
        var basis = OneQubitBasis.Of(target, qubit);
        var (x, y) = (Pulse(Axis.OfX), Pulse(Axis.OfY));
        return sequence == Decoupling.Xy4 ? [x, y, x, y] : [x, x];

        List<GateOperation> Pulse(Axis axis)
        {
            var run = new OneQubitRun();
            run.Add(Turn.About(axis, Math.PI));
            var gates = new List<GateOperation>();
            basis.Play(run.ToPulses(), keepPhase: false, (name, angles) => gates.Add(new GateOperation(Gates.Named(name), [qubit], angles)));
            return gates;
        }
    }
}
