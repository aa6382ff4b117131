using System.Diagnostics;
using System.Runtime.InteropServices;
using QTrain.Observables;

namespace QTrain.Simulation.Stabilizer;

/// <summary>A circuit compiled for Pauli frames: a flat list of steps, each on many targets. Built step by step, then only read.</summary>
internal sealed class FrameProgram
{
    /// <summary>The widest gate but for Pauli rotations: two bits a qubit in one word.</summary>
    public const int MaxGateQubits = 32;

    private readonly List<FrameOp> _ops = [];
    private readonly List<int> _targets = [];
    private readonly List<FrameChannel> _channels = [];
    private readonly List<FrameMatrix> _matrices = [];
    private readonly List<FrameCondition> _conditions = [];

    public int QubitCount { get; private set; }

    public int ObservableCount { get; private set; }

    /// <summary>How many results of the record must be kept: the furthest look back, or all of them.</summary>
    public int RecordsKept { get; private set; } = 1;

    public ReadOnlySpan<FrameOp> Ops => CollectionsMarshal.AsSpan(_ops);

    public ReadOnlySpan<int> Targets => CollectionsMarshal.AsSpan(_targets);

    public FrameChannel Channel(int index) => _channels[index];

    public FrameMatrix Matrix(int index) => _matrices[index];

    public FrameCondition Condition(int index) => _conditions[index];

    /// <summary>Compiles a stim circuit.</summary>
    public static FrameProgram Of(StimCircuit circuit)
    {
        var program = new FrameProgram { QubitCount = circuit.QubitCount, ObservableCount = circuit.ObservableCount };
        program.Look(circuit.MaxLookback);
        program.Add(circuit.Instructions.AsSpan());
        return program;
    }

    /// <summary>An empty program to add steps to.</summary>
    public static FrameProgram Empty(int qubits) => new() { QubitCount = qubits };

    /// <summary>Makes sure that so many results are kept.</summary>
    public void Look(int back) => RecordsKept = Math.Max(RecordsKept, back);

    private void Add(ReadOnlySpan<StimInstruction> instructions)
    {
        foreach (var instruction in instructions)
        {
            var gate = instruction.Gate;
            switch (gate.Kind)
            {
                case StimKind.Repeat:
                    var begin = _ops.Count;
                    _ops.Add(default);
                    Add(instruction.Body.AsSpan());
                    _ops.Add(new FrameOp(FrameCode.EndRepeat, begin, 0));
                    _ops[begin] = new FrameOp(FrameCode.Repeat, _ops.Count, 0, Times: instruction.Repetitions);
                    break;
                case StimKind.Clifford:
                    AddGates(instruction);
                    break;
                case StimKind.Measure or StimKind.Reset or StimKind.MeasureReset:
                    Add(Collapse(gate.Kind, gate.Basis), [.. instruction.Targets.Select(t => t.Number)]);
                    AddRecordNoise(instruction);
                    break;
                case StimKind.MeasurePair:
                    foreach (var (first, second) in instruction.Pairs())
                        AddProduct(FrameCode.MeasureProduct, [(first.Number, gate.Basis != 'Z', gate.Basis != 'X'), (second.Number, gate.Basis != 'Z', gate.Basis != 'X')]);
                    AddRecordNoise(instruction);
                    break;
                case StimKind.MeasureProduct:
                    foreach (var product in instruction.Products()) AddProduct(FrameCode.MeasureProduct, SparsePauli.Of(product).Letters.AsSpan());
                    AddRecordNoise(instruction);
                    break;
                case StimKind.PhaseProduct:
                    foreach (var product in instruction.Products()) AddProduct(FrameCode.PauliRotation, SparsePauli.Of(product).Letters.AsSpan());
                    break;
                case StimKind.Pad:
                    _ops.Add(new FrameOp(FrameCode.Pad, 0, instruction.Targets.Length));
                    AddRecordNoise(instruction);
                    break;
                case StimKind.Noise1 or StimKind.Noise2:
                    AddNoise(instruction);
                    break;
                case StimKind.CorrelatedError or StimKind.ElseCorrelatedError:
                    // Added even at probability 0: it sets the flags that the next one asks.
                    AddProduct(gate.Kind == StimKind.CorrelatedError ? FrameCode.Correlated : FrameCode.ElseCorrelated,
                        SparsePauli.Of(instruction.Targets).Letters.AsSpan(), probability: instruction.Arguments[0]);
                    break;
                case StimKind.Heralded:
                    var probabilities = instruction.Arguments.Length == 1 ? [.. Enumerable.Repeat(instruction.Arguments[0] / 4, 4)] : instruction.Arguments;
                    Add(FrameCode.Heralded, [.. instruction.Targets.Select(t => t.Number)], AddChannel(gate, probabilities.AsSpan()), probabilities.Sum());
                    break;
                case StimKind.Detector:
                    Add(FrameCode.Detector, [.. instruction.Targets.Select(t => t.Number)], evenIfEmpty: true);
                    break;
                case StimKind.Observable:
                    var observable = (int)instruction.Arguments[0];
                    Add(FrameCode.Observable, [.. instruction.Targets.Where(t => t.Kind == StimTargetKind.Record).Select(t => t.Number)], observable);
                    foreach (var letter in instruction.Targets.Where(t => t.Kind == StimTargetKind.Pauli))
                        AddProduct(FrameCode.ObservableProduct, [(letter.Number, letter.Letter != 'Z', letter.Letter != 'X')], observable);
                    break;
            }
        }
    }

    private void AddGates(StimInstruction instruction)
    {
        var gate = instruction.Gate;
        if (gate.QubitCount == 1)
        {
            AddGate(gate.Map!, [.. instruction.Targets.Select(t => t.Number)]);
            return;
        }
        var run = new List<int>();
        foreach (var (first, second) in instruction.Pairs())
        {
            if (first.Kind == StimTargetKind.Qubit && second.Kind == StimTargetKind.Qubit)
            {
                run.AddRange([first.Number, second.Number]);
                continue;
            }
            AddGate(gate.Map!, CollectionsMarshal.AsSpan(run));
            run.Clear();
            // A sweep bit is 0; two results only give the state a sign.
            if (first.Kind == StimTargetKind.Sweep || second.Kind == StimTargetKind.Sweep || (first.Kind != StimTargetKind.Qubit && second.Kind != StimTargetKind.Qubit)) continue;
            var place = first.Kind == StimTargetKind.Record ? 0 : 1;
            var pauli = gate.Feedback.First(f => f.Place == place).Pauli;
            var (record, qubit) = place == 0 ? (first.Number, second.Number) : (second.Number, first.Number);
            Add(FrameCode.Feedback, [record, qubit], (pauli != 'Z' ? 1 : 0) | (pauli != 'X' ? 2 : 0));
        }
        AddGate(gate.Map!, CollectionsMarshal.AsSpan(run));
    }

    /// <summary>Adds a gate on each group of as many targets as it has qubits. Frames know no signs, so a Pauli gate is nothing.</summary>
    public void AddGate(CliffordMap map, ReadOnlySpan<int> targets)
    {
        if (targets.IsEmpty || map.IsPauli) return;
        Debug.Assert(map.QubitCount <= MaxGateQubits);
        var rows = new ulong[2 * map.QubitCount];
        // Bit 2q is x of qubit q, bit 2q+1 its z. A frame's x of qubit q puts the image of X on q into the new frame.
        for (var q = 0; q < map.QubitCount; q++)
        {
            Scatter(map.OfX(q).Pauli, 2 * q);
            Scatter(map.OfZ(q).Pauli, 2 * q + 1);
        }
        void Scatter(PauliString image, int from)
        {
            for (var q = 0; q < map.QubitCount; q++)
            {
                if ((image.X >> q & 1) != 0) rows[2 * q] |= 1UL << from;
                if ((image.Z >> q & 1) != 0) rows[2 * q + 1] |= 1UL << from;
            }
        }
        FrameCode? code = rows switch
        {
            [0b10, 0b01] => FrameCode.ExchangeXZ,
            [0b01, 0b11] => FrameCode.XIntoZ,
            [0b11, 0b10] => FrameCode.ZIntoX,
            [0b0001, 0b1010, 0b0101, 0b1000] => FrameCode.ControlledX,
            [0b0001, 0b0110, 0b0100, 0b1001] => FrameCode.ControlledZ,
            [0b0100, 0b1000, 0b0001, 0b0010] => FrameCode.Swap,
            _ => null,
        };
        if (code is { } known)
        {
            Add(known, targets);
            return;
        }
        var index = _matrices.FindIndex(m => m.QubitCount == map.QubitCount && m.Rows.AsSpan().SequenceEqual(rows));
        if (index < 0)
        {
            index = _matrices.Count;
            _matrices.Add(new FrameMatrix(map.QubitCount, rows));
        }
        Add(map.QubitCount == 1 ? FrameCode.Linear1 : FrameCode.Linear, targets, index);
    }

    /// <summary>Adds a step on a product of letters.</summary>
    public void AddProduct(FrameCode code, ReadOnlySpan<(int Qubit, bool X, bool Z)> letters, int table = 0, double probability = 0)
    {
        var targets = new int[letters.Length];
        for (var k = 0; k < targets.Length; k++) targets[k] = FrameOp.Letter(letters[k].Qubit, letters[k].X, letters[k].Z);
        Add(code, targets, table, probability, evenIfEmpty: true);
    }

    /// <summary>Adds a Pauli string where a condition holds otherwise than in the reference.</summary>
    public void AddConditional(FrameCondition condition, ReadOnlySpan<(int Qubit, bool X, bool Z)> letters)
    {
        _conditions.Add(condition);
        AddProduct(FrameCode.Conditional, letters, _conditions.Count - 1);
    }

    /// <summary>Adds a step on targets.</summary>
    public void Add(FrameCode code, ReadOnlySpan<int> targets, int table = 0, double probability = 0, bool evenIfEmpty = false)
    {
        if (targets.IsEmpty && !evenIfEmpty) return;
        _ops.Add(new FrameOp(code, _targets.Count, targets.Length, table, GapScale(probability)));
        _targets.AddRange(targets);
    }

    private void AddRecordNoise(StimInstruction instruction)
    {
        if (instruction.Arguments is [> 0 and var p] && instruction.Measurements > 0)
        {
            Look(instruction.Measurements);
            _ops.Add(new FrameOp(FrameCode.RecordNoise, 0, instruction.Measurements, 0, GapScale(p)));
        }
    }

    private void AddNoise(StimInstruction instruction)
    {
        var gate = instruction.Gate;
        int[] targets = [.. instruction.Targets.Select(t => t.Number)];
        var total = instruction.Arguments.Sum();
        if (total == 0) return;
        if (gate.Arguments == StimArguments.Probability)
        {
            Add(gate.Errors switch
            {
                [{ Pauli: { X: 1, Z: 0 } }] => FrameCode.NoiseX,
                [{ Pauli: { X: 1, Z: 1 } }] => FrameCode.NoiseY,
                [{ Pauli: { X: 0, Z: 1 } }] => FrameCode.NoiseZ,
                _ => gate.QubitCount == 1 ? FrameCode.Depolarize1 : FrameCode.Depolarize2,
            }, targets, probability: total);
            return;
        }
        Add(gate.QubitCount == 1 ? FrameCode.Channel1 : FrameCode.Channel2, targets, AddChannel(gate, instruction.Arguments.AsSpan()), Math.Min(1, total));
    }

    /// <summary>−1/ln(1 − p): between two hits of probability p, ⌊scale·E⌋ trials miss, E being exponentially distributed with mean 1.</summary>
    private static double GapScale(double p)
    {
        // ln(1 − p) loses its digits where p is small; its series does not. p below 1e-4: the fifth term is 2·10⁻²¹.
        var log = p < 1e-4 ? -p * (1 + p * (1.0 / 2 + p * (1.0 / 3 + p / 4))) : Math.Log(1 - Math.Min(p, 1));
        return p == 0 ? double.PositiveInfinity : -1 / log;
    }

    private int AddChannel(StimGate gate, ReadOnlySpan<double> probabilities)
    {
        Debug.Assert(gate.Errors.Length == probabilities.Length);
        var (masks, cumulative) = (new List<int>(), new List<ulong>());
        var total = 0.0;
        foreach (var p in probabilities) total += p;
        var sum = 0.0;
        for (var k = 0; k < probabilities.Length; k++)
        {
            if (probabilities[k] == 0) continue;
            sum += probabilities[k];
            var pauli = gate.Errors[k].Pauli;
            masks.Add((int)(pauli.X & 1) | (int)(pauli.Z & 1) << 1 | (int)(pauli.X >> 1) << 2 | (int)(pauli.Z >> 1) << 3);
            cumulative.Add(sum / total < 1 ? (ulong)(sum / total * 18446744073709551616.0) : ulong.MaxValue);
        }
        if (cumulative.Count > 0) cumulative[^1] = ulong.MaxValue;
        _channels.Add(new FrameChannel([.. masks], [.. cumulative]));
        return _channels.Count - 1;
    }

    private static FrameCode Collapse(StimKind kind, char basis) => (kind, basis) switch
    {
        (StimKind.Measure, 'X') => FrameCode.MeasureX,
        (StimKind.Measure, 'Y') => FrameCode.MeasureY,
        (StimKind.Measure, _) => FrameCode.MeasureZ,
        (StimKind.Reset, 'X') => FrameCode.ResetX,
        (StimKind.Reset, 'Y') => FrameCode.ResetY,
        (StimKind.Reset, _) => FrameCode.ResetZ,
        (_, 'X') => FrameCode.MeasureResetX,
        (_, 'Y') => FrameCode.MeasureResetY,
        _ => FrameCode.MeasureResetZ,
    };
}
