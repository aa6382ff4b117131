using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;

namespace QTrain.Transpilation;

/// <summary>One circuit on its way to one device.</summary>
internal sealed class Compilation(Circuit circuit, Target target, DeviceGraph device, TranspileOptions options)
{
    private readonly ErrorScore? _errors = target.KnowsErrors ? new ErrorScore(target, device) : null;

    public TranspiledCircuit Run()
    {
        var steps = Unroller.Unroll(circuit);
        var plain = Enumerable.Range(0, circuit.QubitCount).ToArray();
        var variants = new List<(List<Step> Steps, int[] Wires)>();
        if (options.Level == 0) variants.Add((steps, plain));
        else
        {
            var merged = Simplified(steps, circuit.QubitCount);
            variants.Add((MeasuredPhases.Drop(merged, circuit.QubitCount), plain));
            if (options.Level >= 2 && options.InitialLayout.IsDefaultOrEmpty)
            {
                var (renamed, wires) = Mirrors.Rename(merged, circuit.QubitCount);
                if (!wires.SequenceEqual(plain))
                    variants.Add((MeasuredPhases.Drop(Simplified(renamed, circuit.QubitCount), circuit.QubitCount), wires));
            }
        }
        Candidate? best = null;
        foreach (var (variant, wires) in variants)
            foreach (var (problem, route) in Routes(variant))
            {
                var candidate = Finish(variant, wires, problem, route);
                if (best is null || candidate.CompareTo(best) < 0) best = candidate;
            }
        return Result(best!);
    }

    private static List<Step> Simplified(List<Step> steps, int qubits) =>
        PairBlocks.Merge(RotationFolding.Fold(PairBlocks.Merge(steps, qubits), qubits), qubits);

    /// <summary>The best few ways to place and route.</summary>
    private List<(RoutingProblem Problem, Route Route)> Routes(List<Step> steps)
    {
        var problem = RoutingProblem.Of(steps, circuit.QubitCount);
        var search = new LayoutSearch(device, _errors, options);
        if (!options.InitialLayout.IsDefaultOrEmpty) return [(problem, search.From(problem, Wanted()))];
        return search.Best(steps, problem, circuit.QubitCount);
    }

    private int[] Wanted()
    {
        var layout = options.InitialLayout;
        if (layout.Length != circuit.QubitCount)
            throw new QuantumException($"An initial layout of {layout.Length} qubits was given for a circuit of {circuit.QubitCount}: one device qubit for each is needed.");
        var places = new List<int>();
        foreach (var qubit in layout)
        {
            var at = Array.BinarySearch(device.Qubits, qubit);
            if (at < 0) throw new QuantumException($"The initial layout uses qubit {qubit}, which target '{target.Name}' does not have, has disabled or does not connect.");
            if (places.Contains(at)) throw new QuantumException($"The initial layout uses qubit {qubit} twice.");
            places.Add(at);
        }
        return LayoutSearch.Completed(places, device.Count);
    }

    private Candidate Finish(List<Step> steps, int[] wires, RoutingProblem problem, Route route)
    {
        var placed = Assembly.Of(steps, circuit.QubitCount, problem, route, device);
        if (options.Level > 0)
        {
            placed = Simplified(placed, target.QubitCount);
            placed = MeasuredPhases.Drop(placed, target.QubitCount);
        }
        int[] initial = [.. Enumerable.Range(0, circuit.QubitCount).Select(l => device.Qubits[route.Start[l]])];
        int[] final = [.. Enumerable.Range(0, circuit.QubitCount).Select(l => device.Qubits[route.End[wires[l]]])];
        if (options.Level >= 2 && options.InitialLayout.IsDefaultOrEmpty && _errors is not null && route.Swaps > 0)
        {
            var moved = LayoutSearch.Improve(placed, initial, final, device, target, _errors);
            placed = [.. placed.Select(s => s.On(moved))];
            initial = [.. initial.Select(q => moved[q])];
            final = [.. final.Select(q => moved[q])];
        }
        var operations = NativeWriter.Write(placed, target);
        return Candidate.Of(operations, initial, final, target, _errors is not null);
    }

    private TranspiledCircuit Result(Candidate best)
    {
        var native = new Circuit(target.QubitCount, best.Operations, circuit.BitCount, circuit.Parameters);
        var schedule = Schedule.Of(native, target, options.IsLate);
        if (options.ShowsWaits || options.Decoupling != Decoupling.None)
        {
            if (schedule is null) throw new QuantumException(Untimed(native));
            native = Waits.Write(native, schedule, target, options.Decoupling);
            schedule = Schedule.Of(native, target, options.IsLate);
        }
        return new TranspiledCircuit(circuit, native, target, [.. best.Initial], [.. best.Final], schedule);
    }

    private string Untimed(Circuit native)
    {
        var wanted = options.Decoupling == Decoupling.None ? "Times of operations" : "Pulses for waiting qubits";
        var unknown = native.Operations.First(o => Schedule.DurationOf(o, target) is null);
        return unknown is Delay
            ? $"{wanted} need delays in seconds, and '{unknown}' is in dt: write it in seconds, such as 100ns."
            : $"{wanted} need the durations of gates and readouts, and target '{target.Name}' gives none of '{unknown}'.";
    }

    private sealed record Candidate(List<Operation> Operations, int[] Initial, int[] Final, double Loss, int TwoQubit, int Depth) : IComparable<Candidate>
    {
        // What a qubit loses while it waits for the gate of two others, beside what a qubit of such a gate loses.
        private const double Waiting = 0.1;

        public static Candidate Of(List<Operation> operations, int[] initial, int[] final, Target target, bool knowsErrors)
        {
            var (loss, two, busy) = (0.0, 0, 0);
            var steps = new int[target.QubitCount];
            foreach (var operation in operations)
            {
                if (knowsErrors)
                    loss += ErrorScore.Loss(operation switch
                    {
                        GateOperation gate => target.Find(gate)?.Error ?? 0,
                        Measure measure => target.Qubits[measure.Qubit].ReadoutError ?? 0,
                        _ => 0,
                    });
                if (operation is not GateOperation { Targets: [var a, var b] }) continue;
                two++;
                if (steps[a] == 0) busy++;
                if (steps[b] == 0) busy++;
                steps[a] = steps[b] = Math.Max(steps[a], steps[b]) + 1;
            }
            var depth = steps.Max();
            var waits = Waiting * (depth * busy - 2 * two);
            return new Candidate(operations, initial, final, knowsErrors ? loss * (1 + waits / Math.Max(1, two)) : two + waits, two, depth);
        }

        /// <summary>Less is better: what is lost, by the errors where they are known and by two-qubit gates where not, and by waiting.</summary>
        public int CompareTo(Candidate? other) =>
            other is null ? -1 : (Loss, TwoQubit, Depth, Operations.Count).CompareTo((other.Loss, other.TwoQubit, other.Depth, other.Operations.Count));
    }
}
