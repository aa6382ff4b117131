using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>Which steps of a circuit wait for which: what a router needs to know. Turns and phases of one qubit are left out; they follow their qubit.</summary>
/// <remarks>Rotations about ZZ that follow each other on a qubit, with nothing but phases between, may happen in any order: they wait for what was
/// before all of them, and what comes after waits for all. Between two such groups stands a node of no step, so that edges stay few.</remarks>
internal sealed class RoutingProblem
{
    private readonly List<int> _steps = [], _first = [], _second = [], _saves = [], _waits = [];
    private readonly List<List<int>> _next = [];

    private RoutingProblem(IReadOnlyList<Step> steps, int qubits, bool isReversed, bool isStrict)
    {
        var lines = new Line[qubits];
        for (var q = 0; q < qubits; q++) lines[q] = new Line();
        // A classical bit orders whoever writes it and whoever asks it; all are put in one line, which costs nothing that matters.
        var lastOnBit = new Dictionary<int, int>();
        for (var k = 0; k < steps.Count; k++)
        {
            var at = isReversed ? steps.Count - 1 - k : k;
            var step = steps[at];
            if (step.IsPlain && step.Kind != StepKind.Joint)
            {
                if (step.Kind == StepKind.Turn && !step.Turn.IsDiagonal) lines[step.First].IsOpen = false;
                continue;
            }
            var isJoint = step.Kind == StepKind.Joint;
            var node = Add(at, isJoint ? step.First : -1, isJoint ? step.Second : -1, isJoint ? Saving(step.Joint) : 0);
            var isPhase = !isStrict && step.IsPlain && Joint.IsZero(step.Joint.X) && Joint.IsZero(step.Joint.Y);
            foreach (var qubit in step.Qubits) Follow(lines[qubit], node, isPhase);
            foreach (var bit in step.Condition?.Bits ?? []) OnBit(bit, node);
            if (step.Kind == StepKind.Measure) OnBit(step.Bit, node);
        }
        (Steps, First, Second, Saves, Waits) = ([.. _steps], [.. _first], [.. _second], [.. _saves], [.. _waits]);
        Next = [.. _next.Select(n => n.ToArray())];

        void OnBit(int bit, int node)
        {
            if (lastOnBit.TryGetValue(bit, out var earlier) && earlier != node) Wait(earlier, node);
            lastOnBit[bit] = node;
        }
    }

    /// <summary>The number of each node's step; −1 where groups meet.</summary>
    public int[] Steps { get; }

    /// <summary>The qubits of a joint rotation; −1 for a node that can happen anywhere.</summary>
    public int[] First { get; }

    public int[] Second { get; }

    /// <summary>How many cx of a swap are saved when it comes right after the joint rotation, and is one with it: 0 to 3.</summary>
    public int[] Saves { get; }

    /// <summary>How many nodes must come before each.</summary>
    public int[] Waits { get; }

    /// <summary>The nodes that wait for each.</summary>
    public int[][] Next { get; }

    public int Count => Steps.Length;

    /// <param name="steps">The circuit.</param>
    /// <param name="qubits">How many qubits it has.</param>
    /// <param name="isReversed">From the end to the beginning.</param>
    /// <param name="isStrict">In the order of the steps even where they commute: shorter in depth, and sometimes in swaps.</param>
    public static RoutingProblem Of(IReadOnlyList<Step> steps, int qubits, bool isReversed = false, bool isStrict = false) => new(steps, qubits, isReversed, isStrict);

    private static int Saving(Joint joint)
    {
        var reduced = joint.Reduced().Joint;
        return reduced.ControlledCount() + 3 - Entangler.Mirrored(reduced).ControlledCount();
    }

    private int Add(int step, int first, int second, int saves)
    {
        _steps.Add(step);
        _first.Add(first);
        _second.Add(second);
        _saves.Add(saves);
        _waits.Add(0);
        _next.Add([]);
        return _steps.Count - 1;
    }

    private void Wait(int earlier, int node)
    {
        _next[earlier].Add(node);
        _waits[node]++;
    }

    private void Follow(Line line, int node, bool isPhase)
    {
        if (!isPhase || !line.IsOpen)
        {
            // The group is over; who comes now waits for all of it.
            if (line.Group.Count > 1)
            {
                var meeting = Add(-1, -1, -1, 0);
                foreach (var earlier in line.Group) Wait(earlier, meeting);
                line.Before = meeting;
            }
            else if (line.Group.Count == 1) line.Before = line.Group[0];
            line.Group.Clear();
        }
        if (line.Before >= 0) Wait(line.Before, node);
        line.Group.Add(node);
        line.IsOpen = isPhase;
    }

    /// <summary>What happens to one qubit.</summary>
    private sealed class Line
    {
        /// <summary>What the open group waits for.</summary>
        public int Before { get; set; } = -1;

        public List<int> Group { get; } = [];

        public bool IsOpen { get; set; }
    }
}
