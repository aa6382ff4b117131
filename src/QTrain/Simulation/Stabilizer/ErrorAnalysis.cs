using System.Collections.Immutable;

namespace QTrain.Simulation.Stabilizer;

/// <summary>Errors at one place, of which one happens or none: what each flips.</summary>
internal sealed record ErrorChannel(StimInstruction Instruction, double[] Probabilities, int[][] Symptoms, bool IsPauliChannel)
{
    /// <summary>The errors as they are: they exclude each other.</summary>
    public IEnumerable<(double Probability, int[] Symptom)> Disjoint => Probabilities.Zip(Symptoms);

    /// <summary>The errors as independent ones.</summary>
    public IEnumerable<(double Probability, int[] Symptom)> Independent(bool approximate)
    {
        if (Probabilities.Length == 1) return Disjoint;
        if (IsPauliChannel && PauliChannels.Independent(Probabilities) is { } independent) return independent.Zip(Symptoms);
        // Where only one of the errors flips anything, nothing is approximated.
        var (several, first) = (false, default(int[]));
        foreach (var (probability, symptom) in Disjoint)
        {
            if (probability == 0 || symptom.Length == 0) continue;
            if (first is not null && !symptom.AsSpan().SequenceEqual(first)) several = true;
            first ??= symptom;
        }
        if (!several) return first is null ? [] : [(Disjoint.Where(e => e.Symptom.Length > 0).Sum(e => e.Probability), first)];
        if (approximate) return Disjoint;
        throw new QuantumException($"{Instruction.Gate.Name}{(Instruction.Line > 0 ? $" in line {Instruction.Line}" : "")} makes errors that exclude each other, "
            + "and no independent errors do the same: ask for the approximation that takes them as independent, or for DetectorStatistics, which is exact.");
    }
}

/// <summary>Pauli channels as products of independent Pauli errors.</summary>
internal static class PauliChannels
{
    /// <summary>Probabilities qₖ of independent errors, in the order of the 3 or 15 Pauli strings, that together are the channel; null where there are none.</summary>
    /// <remarks>The channel multiplies a Pauli string Q by λ_Q = Σ p_P(±1), which independent errors make Π(1 − 2q_P) over the P that
    /// anticommute with Q. So ln(1 − 2q_P) = −(2/4ᵏ) Σ_Q ±ln λ_Q, with + where P and Q commute.</remarks>
    public static double[]? Independent(double[] probabilities)
    {
        var count = probabilities.Length + 1;           // with the identity: 4 or 16
        var logs = new double[count];
        for (var q = 1; q < count; q++)
        {
            var eigenvalue = 1.0;
            for (var p = 1; p < count; p++)
                if (Anticommute(p, q)) eigenvalue -= 2 * probabilities[p - 1];
            if (!(eigenvalue > 0)) return null;
            logs[q] = Math.Log(eigenvalue);
        }
        var independent = new double[count - 1];
        for (var p = 1; p < count; p++)
        {
            var sum = 0.0;
            for (var q = 1; q < count; q++) sum += Anticommute(p, q) ? -logs[q] : logs[q];
            independent[p - 1] = (1 - Math.Exp(-2 * sum / count)) / 2;
            if (independent[p - 1] < -1e-14) return null;
            independent[p - 1] = Math.Max(0, independent[p - 1]);
        }
        return independent;
    }

    // Strings are numbered as _XYZ digits to the base four, the first qubit's the higher; two letters anticommute when they differ and neither is I.
    private static bool Anticommute(int p, int q) => Letters(p & 3, q & 3) ^ Letters(p >> 2, q >> 2);

    private static bool Letters(int p, int q) => p != 0 && q != 0 && p != q;
}

/// <summary>What every error of a circuit flips, found by going backwards through it once: for each qubit the detectors and observables that
/// an X there would flip from now on, and those that a Z would.</summary>
internal sealed class ErrorAnalysis
{
    private const long MaxExecutedTargets = 100_000_000;
    private static readonly int[] Nothing = [];

    private readonly StimCircuit _circuit;
    private readonly int[][] _x;
    private readonly int[][] _z;
    private readonly Dictionary<long, int[]> _records = [];
    private readonly List<(StimInstruction Instruction, int[] Symptom)> _chain = [];
    private readonly List<ErrorChannel> _channels = [];
    private long _measured;
    private int _detector;

    private ErrorAnalysis(StimCircuit circuit)
    {
        _circuit = circuit;
        _x = new int[circuit.QubitCount][];
        _z = new int[circuit.QubitCount][];
        Array.Fill(_x, Nothing);
        Array.Fill(_z, Nothing);
        _measured = circuit.MeasurementCount;
        DetectorCount = (int)circuit.DetectorCount;
        _detector = DetectorCount;
    }

    public int DetectorCount { get; }

    public IReadOnlyList<ErrorChannel> Channels => _channels;

    public ImmutableArray<ImmutableArray<double>> Coordinates { get; private set; } = [];

    public static ErrorAnalysis Of(StimCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (circuit.ExecutedTargets > MaxExecutedTargets)
            throw new QuantumException($"The circuit acts on {circuit.ExecutedTargets} targets once its REPEAT blocks are run: errors are followed through at most {MaxExecutedTargets}. Repeat less often.");
        var analysis = new ErrorAnalysis(circuit);
        analysis.Undo(circuit.Instructions);
        if (analysis._chain.Count > 0) analysis.AddChain();
        for (var q = 0; q < circuit.QubitCount; q++) analysis.DemandNothing(analysis._z[q], $"the state of qubit {q} at the start");
        analysis._channels.Reverse();
        var coordinates = ImmutableArray.CreateBuilder<ImmutableArray<double>>(analysis.DetectorCount);
        Locate(circuit.Instructions, [], coordinates);
        analysis.Coordinates = coordinates.ToImmutable();
        return analysis;
    }

    /// <summary>The symmetric difference of two ascending lists: what two errors flip together.</summary>
    internal static int[] Sum(int[] left, int[] right)
    {
        if (left.Length == 0) return right;
        if (right.Length == 0) return left;
        var sum = new int[left.Length + right.Length];
        var (l, r, n) = (0, 0, 0);
        while (l < left.Length && r < right.Length)
        {
            if (left[l] == right[r]) (l, r) = (l + 1, r + 1);
            else sum[n++] = left[l] < right[r] ? left[l++] : right[r++];
        }
        while (l < left.Length) sum[n++] = left[l++];
        while (r < right.Length) sum[n++] = right[r++];
        return n == 0 ? Nothing : n == sum.Length ? sum : sum[..n];
    }

    private void Undo(ImmutableArray<StimInstruction> instructions)
    {
        for (var k = instructions.Length - 1; k >= 0; k--)
        {
            var instruction = instructions[k];
            switch (instruction.Gate.Kind)
            {
                case StimKind.Repeat:
                    for (var round = 0L; round < instruction.Repetitions; round++) Undo(instruction.Body);
                    break;
                case StimKind.Clifford: UndoGates(instruction); break;
                case StimKind.Measure or StimKind.Reset or StimKind.MeasureReset:
                    for (var t = instruction.Targets.Length - 1; t >= 0; t--) UndoCollapse(instruction, instruction.Targets[t].Number);
                    break;
                case StimKind.MeasurePair:
                    foreach (var (first, second) in instruction.Pairs().Reverse())
                        UndoMeasurement(instruction, SparsePauli.Of([first with { Kind = StimTargetKind.Pauli, Letter = instruction.Gate.Basis }, second with { Kind = StimTargetKind.Pauli, Letter = instruction.Gate.Basis }]));
                    break;
                case StimKind.MeasureProduct:
                    foreach (var product in instruction.Products().Reverse()) UndoMeasurement(instruction, SparsePauli.Of(product));
                    break;
                case StimKind.PhaseProduct:
                    foreach (var product in instruction.Products().Reverse())
                    {
                        var pauli = SparsePauli.Of(product);
                        Spread(pauli, Flipped(pauli));
                    }
                    break;
                case StimKind.Pad:
                    foreach (var _ in instruction.Targets) AddRecordNoise(instruction, NextRecord());
                    break;
                case StimKind.Noise1 or StimKind.Noise2:
                    for (var t = instruction.Targets.Length - instruction.Gate.QubitCount; t >= 0; t -= instruction.Gate.QubitCount) AddNoise(instruction, t);
                    break;
                case StimKind.CorrelatedError or StimKind.ElseCorrelatedError:
                    _chain.Add((instruction, Flipped(SparsePauli.Of(instruction.Targets))));
                    if (instruction.Gate.Kind == StimKind.CorrelatedError) AddChain();
                    break;
                case StimKind.Heralded:
                    for (var t = instruction.Targets.Length - 1; t >= 0; t--) AddHerald(instruction, instruction.Targets[t].Number);
                    break;
                case StimKind.Detector:
                    _detector--;
                    foreach (var target in instruction.Targets) Flip(target.Number, [_detector]);
                    break;
                case StimKind.Observable:
                    int[] observable = [DetectorCount + (int)instruction.Arguments[0]];
                    foreach (var target in instruction.Targets)
                        if (target.Kind == StimTargetKind.Record) Flip(target.Number, observable);
                        else Spread(SparsePauli.Single(target.Letter, target.Number), observable);
                    break;
            }
        }
    }

    /// <summary>Notes that a result, so far back from here, flips this when it is flipped.</summary>
    private void Flip(int back, int[] flipped) => _records[_measured - back] = Sum(_records.GetValueOrDefault(_measured - back, Nothing), flipped);

    /// <summary>What the latest result flips; it is not asked for again.</summary>
    private int[] NextRecord()
    {
        _records.Remove(--_measured, out var flipped);
        return flipped ?? Nothing;
    }

    /// <summary>What a Pauli error would flip from here on.</summary>
    private int[] Flipped(SparsePauli pauli)
    {
        var sum = Nothing;
        foreach (var (q, x, z) in pauli.Letters)
        {
            if (x) sum = Sum(sum, _x[q]);
            if (z) sum = Sum(sum, _z[q]);
        }
        return sum;
    }

    /// <summary>Lets errors that anticommute with a string flip this too.</summary>
    private void Spread(SparsePauli pauli, int[] flipped)
    {
        foreach (var (q, x, z) in pauli.Letters)
        {
            if (z) _x[q] = Sum(_x[q], flipped);
            if (x) _z[q] = Sum(_z[q], flipped);
        }
    }

    private void UndoGates(StimInstruction instruction)
    {
        var gate = instruction.Gate;
        if (gate.Map!.IsPauli && gate.Feedback.Length == 0) return;
        for (var t = instruction.Targets.Length - gate.QubitCount; t >= 0; t -= gate.QubitCount)
        {
            var targets = instruction.Targets.AsSpan(t, gate.QubitCount);
            if (gate.QubitCount == 2 && (targets[0].Kind != StimTargetKind.Qubit || targets[1].Kind != StimTargetKind.Qubit))
            {
                var place = targets[0].Kind == StimTargetKind.Qubit ? 1 : 0;
                if (targets[place].Kind == StimTargetKind.Record && targets[1 - place].Kind == StimTargetKind.Qubit)
                    Flip(targets[place].Number, Flipped(SparsePauli.Single(gate.Feedback.First(f => f.Place == place).Pauli, targets[1 - place].Number)));
                continue;
            }
            int[] qubits = gate.QubitCount == 1 ? [targets[0].Number] : [targets[0].Number, targets[1].Number];
            var (x, z) = (new int[qubits.Length][], new int[qubits.Length][]);
            for (var k = 0; k < qubits.Length; k++)
            {
                x[k] = Flipped(SparsePauli.Placed(gate.Map.OfX(k), qubits));
                z[k] = Flipped(SparsePauli.Placed(gate.Map.OfZ(k), qubits));
            }
            for (var k = 0; k < qubits.Length; k++) (_x[qubits[k]], _z[qubits[k]]) = (x[k], z[k]);
        }
    }

    private void UndoCollapse(StimInstruction instruction, int qubit)
    {
        var gate = instruction.Gate;
        // The letter measured or reset to leaves the state alone, so it flips nothing that is certain.
        DemandNothing(Flipped(SparsePauli.Single(gate.Basis, qubit)), $"{gate.Name} on qubit {qubit}{(instruction.Line > 0 ? $" in line {instruction.Line}" : "")}");
        if (gate.Kind != StimKind.Measure) _x[qubit] = _z[qubit] = Nothing;
        if (gate.Kind == StimKind.Reset) return;
        var flipped = NextRecord();
        AddRecordNoise(instruction, flipped);
        Spread(SparsePauli.Single(gate.Basis, qubit), flipped);
    }

    private void UndoMeasurement(StimInstruction instruction, SparsePauli pauli)
    {
        DemandNothing(Flipped(pauli), $"{instruction.Gate.Name}{(instruction.Line > 0 ? $" in line {instruction.Line}" : "")}");
        var flipped = NextRecord();
        AddRecordNoise(instruction, flipped);
        Spread(pauli, flipped);
    }

    private void DemandNothing(int[] flipped, string where)
    {
        if (flipped.Length == 0) return;
        var name = flipped[0] < DetectorCount ? $"Detector D{flipped[0]}" : $"Observable L{flipped[0] - DetectorCount}";
        throw new QuantumException($"{name} is not certain without noise: it depends on an outcome that is random because of {where}. A detector must be a parity of results that is always the same.");
    }

    private void AddRecordNoise(StimInstruction instruction, int[] flipped)
    {
        if (instruction.Arguments is [> 0 and var p]) _channels.Add(new ErrorChannel(instruction, [p], [flipped], true));
    }

    private void AddNoise(StimInstruction instruction, int first)
    {
        var gate = instruction.Gate;
        int[] qubits = [.. instruction.Targets.AsSpan(first, gate.QubitCount).ToArray().Select(t => t.Number)];
        var symptoms = gate.Errors.Select(e => Flipped(SparsePauli.Placed(e, qubits))).ToArray();
        double[] probabilities = gate.Arguments == StimArguments.Probability ? [.. gate.Errors.Select(_ => instruction.Arguments[0] / gate.Errors.Length)] : [.. instruction.Arguments];
        _channels.Add(new ErrorChannel(instruction, probabilities, symptoms, true));
    }

    private void AddHerald(StimInstruction instruction, int qubit)
    {
        var flipped = NextRecord();
        var gate = instruction.Gate;
        double[] probabilities = gate.Arguments == StimArguments.Probability ? [.. gate.Errors.Select(_ => instruction.Arguments[0] / gate.Errors.Length)] : [.. instruction.Arguments];
        _channels.Add(new ErrorChannel(instruction, probabilities, [.. gate.Errors.Select(e => Sum(flipped, Flipped(SparsePauli.Placed(e, [qubit]))))], false));
    }

    /// <summary>A correlated error and those that happen only where none before them did.</summary>
    private void AddChain()
    {
        _chain.Reverse();
        var (probabilities, left) = (new double[_chain.Count], 1.0);
        for (var k = 0; k < probabilities.Length; k++)
        {
            probabilities[k] = left * _chain[k].Instruction.Arguments[0];
            left -= probabilities[k];
        }
        _channels.Add(new ErrorChannel(_chain[0].Instruction, probabilities, [.. _chain.Select(c => c.Symptom)], false));
        _chain.Clear();
    }

    private static double[] Locate(ImmutableArray<StimInstruction> instructions, double[] offset, ImmutableArray<ImmutableArray<double>>.Builder found)
    {
        foreach (var instruction in instructions)
        {
            if (instruction.Gate.Kind == StimKind.Repeat)
                for (var round = 0L; round < instruction.Repetitions; round++) offset = Locate(instruction.Body, offset, found);
            else if (instruction.Gate.Kind == StimKind.ShiftCoordinates)
                offset = [.. Enumerable.Range(0, Math.Max(offset.Length, instruction.Arguments.Length)).Select(k => offset.ElementAtOrDefault(k) + instruction.Arguments.ElementAtOrDefault(k))];
            else if (instruction.Gate.Kind == StimKind.Detector)
                found.Add([.. instruction.Arguments.Select((a, k) => a + offset.ElementAtOrDefault(k))]);
        }
        return offset;
    }
}
