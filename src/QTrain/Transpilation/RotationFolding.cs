using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>Merges rotations about the same axes through everything that commutes with them: cx·cx, phases through controls, ZZ among ZZ.</summary>
/// <remarks>
/// Fixed turns are gathered in a frame of each qubit, in which every phase is a rotation about an axis, and every joint rotation of one term about a
/// pair of axes. Two of them commute when their axes are parallel or perpendicular on each qubit they share, and perpendicular on an even number. A
/// pair of quarter turns about one pair of axes with a parametric phase between them, cx·rz(θ)·cx, is one joint rotation.
/// Joint rotations of several terms, measurements, resets, conditions and barriers are walls.
/// </remarks>
internal sealed class RotationFolding
{
    // Longer walks find little, and make circuits of 10⁵ commuting rotations slow.
    private const int FarthestWalk = 400;

    private readonly List<Item> _items = [];
    private readonly List<int>[] _onQubit;
    private readonly int[] _walls;
    private readonly Turn[] _frames;

    private RotationFolding(int qubits)
    {
        _onQubit = new List<int>[qubits];
        for (var q = 0; q < qubits; q++) _onQubit[q] = [];
        _walls = new int[qubits];
        _frames = new Turn[qubits];
        Array.Fill(_frames, Turn.None);
    }

    public static List<Step> Fold(List<Step> steps, int qubits)
    {
        var folding = new RotationFolding(qubits);
        foreach (var step in steps) folding.Add(step);
        for (var q = 0; q < qubits; q++) folding.Settle(q);
        return folding.Write();
    }

    private void Add(Step step)
    {
        if (step.IsPlain)
        {
            var first = step.First;
            switch (step.Kind)
            {
                case StepKind.Turn:
                    _frames[first] = (step.Turn * _frames[first]).Normalized();
                    return;
                case StepKind.Phase:
                    Add(first, -1, _frames[first].Inverse.Apply(Axis.OfZ), default, step.Angle);
                    return;
                default:
                    if (step.Joint.AxisCount() != 1) break;
                    var axis = !Joint.IsZero(step.Joint.X) ? 0 : !Joint.IsZero(step.Joint.Y) ? 1 : 2;
                    Add(first, step.Second, _frames[first].Inverse.Apply(Axis.Of(axis)), _frames[step.Second].Inverse.Apply(Axis.Of(axis)), -2 * step.Joint[axis]);
                    return;
            }
        }
        foreach (var qubit in step.Qubits) Settle(qubit);
        _items.Add(new Item(step, -1, -1));
    }

    /// <summary>Writes the frame of a qubit, and lets nothing move across.</summary>
    private void Settle(int qubit)
    {
        if (!_frames[qubit].IsNone) _items.Add(new Item(Step.OfTurn(qubit, _frames[qubit]), -1, -1));
        _frames[qubit] = Turn.None;
        _onQubit[qubit].Clear();
        _walls[qubit] = _items.Count;
    }

    private void Add(int first, int second, Axis firstAxis, Axis secondAxis, Angle angle)
    {
        var item = new Item(null, first, second) { FirstAxis = firstAxis, SecondAxis = secondAxis, Angle = angle };
        var crossed = -1;
        var wall = second < 0 ? _walls[first] : Math.Max(_walls[first], _walls[second]);
        var (a, b) = (_onQubit[first].Count - 1, second < 0 ? -1 : _onQubit[second].Count - 1);
        for (var walked = 0; walked < FarthestWalk && (a >= 0 || b >= 0); walked++)
        {
            var (onFirst, onSecond) = (a >= 0 ? _onQubit[first][a] : -1, b >= 0 ? _onQubit[second][b] : -1);
            var at = Math.Max(onFirst, onSecond);
            if (at < wall) break;
            if (onFirst == at) a--;
            if (onSecond == at) b--;
            var earlier = _items[at];
            if (earlier.IsDead) continue;
            var sign = earlier.Along(item);
            if (sign != 0)
            {
                if (crossed < 0)
                {
                    earlier.Angle += sign * angle;
                    Simplify(at);
                    return;
                }
                if (!Joint.IsQuarter(earlier.Angle / 2)) break;
                Wrap(_items[crossed], crossed, earlier);
                earlier.IsDead = true;
                // The two are nothing together, or a flip of both qubits, which nothing follows.
                if ((int)Math.Round((earlier.Angle.Constant + sign * angle.Constant) / Math.PI) % 2 == 0) return;
                _frames[first] *= Turn.About(firstAxis, Math.PI);
                _frames[second] *= Turn.About(secondAxis, Math.PI);
                return;
            }
            if (earlier.Commutes(item)) continue;
            // A phase between two quarter turns: the walk goes on, in case they are a pair.
            if (crossed >= 0 || second < 0 || earlier.Second >= 0 || !Joint.IsQuarter(angle / 2)) break;
            if (!earlier.FirstAxis.IsAcross(earlier.First == first ? firstAxis : secondAxis)) break;
            crossed = at;
        }
        _items.Add(item);
        _onQubit[first].Add(_items.Count - 1);
        if (second >= 0) _onQubit[second].Add(_items.Count - 1);
        Simplify(_items.Count - 1);
    }

    /// <summary>Makes the phase, which follows a quarter turn about (A, B), the joint rotation that it is before that turn: C becomes ±(C × A)⊗B.</summary>
    private void Wrap(Item phase, int at, Item quarter)
    {
        var isFirst = phase.First == quarter.First;
        var (own, other) = isFirst ? (quarter.FirstAxis, quarter.SecondAxis) : (quarter.SecondAxis, quarter.FirstAxis);
        var turned = Axis.Cross(phase.FirstAxis, own);
        phase.FirstAxis = quarter.Angle.Constant > 0 ? turned : -turned;
        phase.SecondAxis = other;
        phase.Second = isFirst ? quarter.Second : quarter.First;
        var places = _onQubit[phase.Second];
        places.Insert(~places.BinarySearch(at), at);
    }

    /// <summary>A rotation that is nothing goes; one that is a turn of each qubit moves to the end, turning the axes it passes.</summary>
    private void Simplify(int at)
    {
        var item = _items[at];
        if (!item.Angle.IsConstant) return;
        var halves = item.Angle.Constant / Math.PI;
        var isTurn = item.Second < 0 || Math.Abs(halves - Math.Round(halves)) < Turn.Negligible;
        if (!isTurn) return;
        item.IsDead = true;
        Push(item.First, Turn.About(item.FirstAxis, item.Angle.Constant));
        if (item.Second < 0) return;
        // A whole turn of both is nothing; half a turn is that of each qubit.
        if ((long)Math.Round(halves) % 2 == 0)
        {
            Push(item.First, Turn.About(item.FirstAxis, -item.Angle.Constant));
            return;
        }
        Push(item.Second, Turn.About(item.SecondAxis, Math.PI));

        void Push(int qubit, Turn turn)
        {
            var places = _onQubit[qubit];
            var next = places.BinarySearch(at);
            for (var k = next < 0 ? ~next : next + 1; k < places.Count; k++)
            {
                var later = _items[places[k]];
                if (later.First == qubit) later.FirstAxis = turn.Inverse.Apply(later.FirstAxis);
                else later.SecondAxis = turn.Inverse.Apply(later.SecondAxis);
            }
            _frames[qubit] = (_frames[qubit] * turn).Normalized();
        }
    }

    private List<Step> Write()
    {
        var steps = new List<Step>(_items.Count * 2);
        var pending = new Turn[_frames.Length];
        Array.Fill(pending, Turn.None);
        foreach (var item in _items)
        {
            if (item.IsDead) continue;
            if (item.Wall is { Kind: StepKind.Turn, Condition: null } turn)
            {
                pending[turn.First] = turn.Turn * pending[turn.First];
                continue;
            }
            if (item.Wall is { } wall)
            {
                foreach (var qubit in wall.Qubits) Flush(qubit, Turn.None);
                steps.Add(wall);
                continue;
            }
            var (first, second) = (Turn.FromZTo(item.FirstAxis), item.Second < 0 ? default : Turn.FromZTo(item.SecondAxis));
            Flush(item.First, first);
            if (item.Second < 0)
            {
                steps.Add(Step.OfPhase(item.First, item.Angle));
                continue;
            }
            Flush(item.Second, second);
            var (joint, flips) = new Joint(0, 0, -0.5 * item.Angle).Reduced();
            steps.Add(Step.OfJoint(item.First, item.Second, joint));
            pending[item.First] *= flips;
            pending[item.Second] *= flips;
        }
        for (var q = 0; q < pending.Length; q++) Flush(q, Turn.None);
        return steps;

        // What is pending, and the way into a frame, from which the way back is pending.
        void Flush(int qubit, Turn frame)
        {
            var turn = frame.Inverse * pending[qubit];
            if (!turn.IsNone) steps.Add(Step.OfTurn(qubit, turn.Normalized()));
            pending[qubit] = frame;
        }
    }

    /// <summary>exp(−iθA/2) or exp(−iθ·A⊗B/2); or a step that nothing passes.</summary>
    private sealed class Item(Step? wall, int first, int second)
    {
        public Step? Wall { get; } = wall;

        public int First { get; } = first;

        public int Second { get; set; } = second;

        public Axis FirstAxis { get; set; }

        public Axis SecondAxis { get; set; }

        public Angle Angle { get; set; }

        public bool IsDead { get; set; }

        /// <summary>+1 or −1 when both rotate about the same axes of the same qubits, or the opposite ones.</summary>
        public int Along(Item other)
        {
            if (Second < 0 || other.Second < 0) return Second == other.Second && First == other.First ? FirstAxis.Along(other.FirstAxis) : 0;
            if (First == other.First && Second == other.Second) return FirstAxis.Along(other.FirstAxis) * SecondAxis.Along(other.SecondAxis);
            return First == other.Second && Second == other.First ? FirstAxis.Along(other.SecondAxis) * SecondAxis.Along(other.FirstAxis) : 0;
        }

        public bool Commutes(Item other)
        {
            var across = 0;
            if (other.AxisOn(First) is { } first && FirstAxis.Along(first) == 0)
            {
                if (!FirstAxis.IsAcross(first)) return false;
                across++;
            }
            if (Second >= 0 && other.AxisOn(Second) is { } second && SecondAxis.Along(second) == 0)
            {
                if (!SecondAxis.IsAcross(second)) return false;
                across++;
            }
            return across % 2 == 0;
        }

        private Axis? AxisOn(int qubit) => qubit == First ? FirstAxis : qubit == Second ? SecondAxis : null;
    }
}
