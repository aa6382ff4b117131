using System.Collections.Frozen;
using System.Collections.Immutable;
using QTrain.Circuits;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Transpilation;

/// <summary>What a circuit is compiled for: the qubits of a device, the gates it has on which of them, and, where known, their errors and durations.</summary>
/// <remarks>Gates that are the same in both orders of their qubits (cz, rzz, iswap, sqrt_iswap, sycamore, fsim, swap, rxx, ryy) are allowed in both when one is listed; so is
/// <c>ms</c>, its first two angles exchanged. All others, cx among them, are allowed in the orders that are listed.</remarks>
public sealed partial class Target
{
    private static readonly FrozenSet<string> Symmetric = FrozenSet.Create("cz", "rzz", "iswap", "swap", "rxx", "ryy", "cp", "ms", "sqrt_iswap", "sycamore", "fsim");

    private readonly FrozenDictionary<(string Name, int First, int Second), NativeGate> _gates;
    private readonly Lazy<int[][]> _distances;

    /// <summary>A device of so many qubits.</summary>
    /// <param name="name">For people.</param>
    /// <param name="qubits">How many qubits, at least 1.</param>
    /// <param name="gates">Every gate on every qubit or pair of qubits that has it; a later entry replaces an earlier one of the same gate on the same qubits.</param>
    /// <param name="quality">What is known of each qubit, by its number; nothing where left out.</param>
    /// <exception cref="QuantumException">A gate is not in the table, or acts on more than two qubits or on qubits that do not exist.</exception>
    public Target(string name, int qubits, IEnumerable<NativeGate> gates, IReadOnlyList<QubitQuality>? quality = null)
    {
        ArgumentNullException.ThrowIfNull(gates);
        ArgumentOutOfRangeException.ThrowIfLessThan(qubits, 1);
        Name = name;
        QubitCount = qubits;
        if (quality is not null && quality.Count != qubits)
            throw new QuantumException($"Target '{name}' has {qubits} qubits, but the quality of {quality.Count} was given: one for each.");
        Qubits = quality is null ? [.. Enumerable.Repeat(QubitQuality.Unknown, qubits)] : [.. quality];
        var all = new OrderedDictionary<(string, int, int), NativeGate>();
        foreach (var gate in gates)
        {
            var rule = Circuits.Gates.Named(gate.Name);
            if (rule.QubitCount is not (1 or 2) || gate.Qubits.Length != rule.QubitCount)
                throw new QuantumException($"Gate '{gate}' of target '{name}' cannot be native: native gates act on one qubit or two, and list as many.");
            foreach (var qubit in gate.Qubits)
                if ((uint)qubit >= (uint)qubits) throw new QubitOutOfRangeException(qubit, qubits);
            if (gate.Qubits.Length == 2 && gate.Qubits[0] == gate.Qubits[1])
                throw new QuantumException($"Gate '{gate}' of target '{name}' cannot be: its qubits must differ.");
            var key = (rule.Name, gate.Qubits[0], gate.Qubits.Length == 2 ? gate.Qubits[1] : -1);
            all[key] = rule.Name == gate.Name ? gate : gate with { Name = rule.Name };
        }
        Gates = [.. all.Values];
        foreach (var gate in Gates)
            if (gate.Qubits.Length == 2 && Symmetric.Contains(gate.Name))
                all.TryAdd((gate.Name, gate.Qubits[1], gate.Qubits[0]), gate);
        _gates = all.ToFrozenDictionary();
        // A qubit that cannot be turned, as where a calibration has its pulses disabled, is of no use even on the way: a swap turns both.
        var turns = Enumerable.Range(0, qubits).Select(q => OneQubitBasis.IsThere(this, q)).ToArray();
        if (turns.Contains(true)) Qubits = [.. Qubits.Select((quality, q) => turns[q] ? quality : quality with { IsEnabled = false })];

        var neighbours = new SortedSet<int>[qubits];
        for (var q = 0; q < qubits; q++) neighbours[q] = [];
        foreach (var gate in Gates)
        {
            if (gate.Qubits.Length != 2 || !Qubits[gate.Qubits[0]].IsEnabled || !Qubits[gate.Qubits[1]].IsEnabled) continue;
            neighbours[gate.Qubits[0]].Add(gate.Qubits[1]);
            neighbours[gate.Qubits[1]].Add(gate.Qubits[0]);
        }
        Neighbours = [.. neighbours.Select(n => n.ToImmutableArray())];
        _distances = new Lazy<int[][]>(AllDistances);
    }

    /// <summary>The name, for people.</summary>
    public string Name { get; }

    /// <summary>How many qubits, disabled ones among them.</summary>
    public int QubitCount { get; }

    /// <summary>Every native gate, in the order given.</summary>
    public ImmutableArray<NativeGate> Gates { get; }

    /// <summary>What is known of each qubit.</summary>
    public ImmutableArray<QubitQuality> Qubits { get; }

    /// <summary>The qubits that share a two-qubit gate with each, ascending; disabled qubits share none.</summary>
    public ImmutableArray<ImmutableArray<int>> Neighbours { get; }

    /// <summary>The names of the native gates, in the order of their first entry.</summary>
    public IEnumerable<string> Basis => Gates.Select(g => g.Name).Distinct();

    /// <summary>The pairs of qubits that share a two-qubit gate, the lower number first, ascending.</summary>
    public IEnumerable<(int First, int Second)> Coupling
    {
        get
        {
            for (var q = 0; q < QubitCount; q++)
                foreach (var other in Neighbours[q])
                    if (q < other) yield return (q, other);
        }
    }

    /// <summary>Whether any error is known.</summary>
    internal bool KnowsErrors => Gates.Any(g => g.Error is not null) || Qubits.Any(q => q.ReadoutError is not null);

    /// <summary>The native gate on a qubit, or null.</summary>
    public NativeGate? Find(string gate, int qubit) => _gates.GetValueOrDefault((gate, qubit, -1));

    /// <summary>The native gate on two qubits in this order, or null; what is symmetric is found in both.</summary>
    public NativeGate? Find(string gate, int first, int second) => _gates.GetValueOrDefault((gate, first, second));

    /// <summary>The native gate that an operation is, or null when the device does not have it there.</summary>
    public NativeGate? Find(GateOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (!operation.Controls.IsEmpty || !operation.Gate.IsNamed) return null;
        return operation.Targets switch
        {
            [var qubit] => Find(operation.Gate.Name, qubit),
            [var first, var second] => Find(operation.Gate.Name, first, second),
            _ => null,
        };
    }

    /// <summary>Whether two qubits share a two-qubit gate.</summary>
    public bool AreCoupled(int first, int second) => Neighbours[first].BinarySearch(second) >= 0;

    /// <summary>How many two-qubit gates apart two qubits are: 1 for neighbours, <see cref="int.MaxValue"/> where nothing connects them.</summary>
    public int Distance(int first, int second) => _distances.Value[first][second];

    /// <summary>The distances from a qubit.</summary>
    internal int[] DistancesFrom(int qubit) => _distances.Value[qubit];

    /// <summary>Says what is wrong with a circuit that should run on this device as it is; null when nothing is.</summary>
    public string? Objection(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (circuit.QubitCount != QubitCount) return $"the circuit has {circuit.QubitCount} qubits, but target '{Name}' has {QubitCount}.";
        foreach (var operation in circuit.Operations)
        {
            if (operation is Barrier or GlobalPhase { Controls.IsEmpty: true }) continue;
            foreach (var qubit in operation.Qubits)
                if (!Qubits[qubit].IsEnabled) return $"'{operation}' uses qubit {qubit}, which target '{Name}' has disabled.";
            if (operation is Measure or Reset or Delay) continue;
            if (operation is not GateOperation gate || Find(gate) is null)
                return $"target '{Name}' has no '{operation}': its gates are {string.Join(", ", Basis)}.";
        }
        return null;
    }

    /// <summary>The device as <c>line:5: 5 qubits, 4 couplings, cx rz sx x</c>.</summary>
    public override string ToString() => $"{Name}: {QubitCount} qubits, {Coupling.Count()} couplings, {string.Join(' ', Basis)}";

    private int[][] AllDistances()
    {
        var all = new int[QubitCount][];
        var queue = new int[QubitCount];
        for (var from = 0; from < QubitCount; from++)
        {
            var distances = all[from] = new int[QubitCount];
            Array.Fill(distances, int.MaxValue);
            distances[from] = 0;
            queue[0] = from;
            for (int head = 0, tail = 1; head < tail; head++)
                foreach (var next in Neighbours[queue[head]])
                    if (distances[next] == int.MaxValue)
                    {
                        distances[next] = distances[queue[head]] + 1;
                        queue[tail++] = next;
                    }
        }
        return all;
    }
}
