using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>Writes the times in which qubits wait into a circuit as delays, with pulses in them that are nothing together where these are wanted.</summary>
/// <remarks>
/// Slow drifts of a qubit's phase cancel between the pulses, which stand evenly in the wait, half a pause at either end: Viola, Knill &amp; Lloyd 1999,
/// arXiv:quant-ph/9809071; Maudsley 1986 for XY4. A qubit that nothing has happened to yet stays in |0⟩ and gets none, and neither does one after its
/// measurement or before its reset. Nothing is filled after a qubit's last operation.
/// </remarks>
internal sealed class Waits
{
    // Times are sums of durations; what is shorter than this is rounding.
    private const double Shortest = 1e-15;

    private readonly Target _target;
    private readonly Decoupling _sequence;
    private readonly List<Operation> _operations = [];
    private readonly List<GateOperation>[]?[] _pulses;

    private Waits(Target target, Decoupling sequence)
    {
        (_target, _sequence) = (target, sequence);
        _pulses = new List<GateOperation>[]?[target.QubitCount];
    }

    /// <summary>The circuit with a delay, or pulses and delays between them, in every wait; pulses where the wait is at least twice as long as they are.</summary>
    public static Circuit Write(Circuit circuit, Schedule schedule, Target target, Decoupling sequence)
    {
        var waits = new Waits(target, sequence);
        var free = new double[circuit.QubitCount];
        // Whether what waits has a phase to lose.
        var isAwake = new bool[circuit.QubitCount];
        foreach (var (operation, start, duration) in schedule.Operations)
        {
            foreach (var qubit in operation.Qubits)
            {
                waits.Fill(qubit, start - free[qubit], isAwake[qubit] && operation is not (Reset or Delay));
                free[qubit] = start + duration;
                isAwake[qubit] = operation is Measure or Reset ? false : isAwake[qubit] || operation is GateOperation;
            }
            waits._operations.Add(operation);
        }
        return new Circuit(circuit.QubitCount, waits._operations, circuit.BitCount, circuit.Parameters);
    }

    private void Fill(int qubit, double wait, bool isAwake)
    {
        if (isAwake && _sequence != Decoupling.None)
        {
            var pulses = _pulses[qubit] ??= Pulses(qubit);
            var total = pulses.Sum(Length);
            if (wait >= 2 * total && total > 0)
            {
                var pause = (wait - total) / pulses.Length;
                for (var k = 0; k < pulses.Length; k++)
                {
                    Pause(qubit, k == 0 ? pause / 2 : pause);
                    _operations.AddRange(pulses[k]);
                }
                Pause(qubit, pause / 2);
                return;
            }
        }
        Pause(qubit, wait);
    }

    private void Pause(int qubit, double seconds)
    {
        if (seconds > Shortest) _operations.Add(new Delay(Duration.FromSeconds(Math.Round(seconds * 1e15) / 1e15), [qubit]));
    }

    private double Length(List<GateOperation> pulse) => pulse.Sum(g => _target.Find(g)?.DurationSeconds ?? 0);

    private List<GateOperation>[] Pulses(int qubit)
    {
        var basis = OneQubitBasis.Of(_target, qubit);
        var (x, y) = (Pulse(Axis.OfX), Pulse(Axis.OfY));
        return _sequence == Decoupling.Xy4 ? [x, y, x, y] : [x, x];

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
