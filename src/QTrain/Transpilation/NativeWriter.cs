using System.Collections.Immutable;
using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>Writes steps on the qubits of a device in its native gates.</summary>
/// <remarks>Turns and phases gather on each qubit until something shared comes; phases then pass whatever they commute with, so that on devices where
/// phases are carried in software (gpi, prx) few are ever played, and those before a measurement never are.</remarks>
internal sealed class NativeWriter
{
    private readonly Target _target;
    private readonly OneQubitRun[] _runs;
    private readonly OneQubitBasis?[] _bases;
    private readonly Dictionary<(int, int), List<Entangler>> _entanglers = [];
    private readonly List<Operation> _operations = [];
    private Condition? _condition;

    private NativeWriter(Target target)
    {
        _target = target;
        _runs = new OneQubitRun[target.QubitCount];
        for (var q = 0; q < _runs.Length; q++) _runs[q] = new OneQubitRun();
        _bases = new OneQubitBasis?[target.QubitCount];
    }

    public static List<Operation> Write(IReadOnlyList<Step> steps, Target target)
    {
        var writer = new NativeWriter(target);
        foreach (var step in steps) writer.Add(step);
        for (var q = 0; q < target.QubitCount; q++) writer.Flush(q, keepPhase: false);
        return writer._operations;
    }

    private void Add(Step step)
    {
        if (step.Condition is { } condition)
        {
            foreach (var qubit in step.Qubits) Flush(qubit, keepPhase: false);
            _condition = condition;
            AddNow(step);
            foreach (var qubit in step.Qubits) Flush(qubit, keepPhase: false);
            _condition = null;
        }
        else AddNow(step);
    }

    private void AddNow(Step step)
    {
        var qubit = step.First;
        switch (step.Kind)
        {
            case StepKind.Turn:
                _runs[qubit].Add(step.Turn);
                break;
            case StepKind.Phase:
                _runs[qubit].Add(step.Angle);
                break;
            case StepKind.Joint:
                AddJoint(step.First, step.Second, step.Joint);
                break;
            case StepKind.Measure:
                // A phase does not change what is measured, and afterwards it is global.
                Flush(qubit, keepPhase: true);
                _runs[qubit].Clear();
                Emit(new Measure(qubit, step.Bit));
                break;
            case StepKind.Reset:
                // Whatever was done to the qubit alone is forgotten.
                _runs[qubit].Clear();
                Emit(new Reset(qubit));
                break;
            default:
                // A phase that is carried in software is no operation that a barrier could hold up.
                foreach (var other in step.Fence) Flush(other, keepPhase: !BasisOf(other).HasPhase);
                Emit(step.Wait is { } wait ? new Delay(wait, step.Fence) : new Circuits.Barrier(step.Fence));
                break;
        }
    }

    private OneQubitBasis BasisOf(int qubit) => _bases[qubit] ??= OneQubitBasis.Of(_target, qubit);

    private void Emit(Operation operation) => _operations.Add(_condition is null ? operation : operation with { Condition = _condition });

    private void Emit(string gate, ImmutableArray<int> qubits, params ImmutableArray<Angle> angles) =>
        Emit(new GateOperation(Gates.Named(gate), qubits, angles));

    /// <summary>Plays what has gathered on a qubit; a phase that stays is the beginning of the next run.</summary>
    private void Flush(int qubit, bool keepPhase)
    {
        var run = _runs[qubit];
        var train = run.ToPulses();
        if (train.Pulses.Count == 0 && Joint.IsZero(train.Phases[0])) return;
        var left = BasisOf(qubit).Play(train, keepPhase && _condition is null, (gate, angles) => Emit(gate, [qubit], angles));
        run.Clear();
        run.Add(left);
    }

    private void AddJoint(int first, int second, Joint joint)
    {
        var (reduced, flips) = joint.Reduced();
        if (!reduced.IsNone)
        {
            var key = (Math.Min(first, second), Math.Max(first, second));
            if (!_entanglers.TryGetValue(key, out var ways)) _entanglers[key] = ways = Entangler.Of(_target, key.Item1, key.Item2);
            var way = Entangler.Choose(ways, reduced);
            if (way.IsContinuous) Continuous(way, first, second, reduced);
            else if (way.QuarterByTwo is not null) ByHalves(way, first, second, reduced);
            else if (way.Gate == "iswap") Exchanging(way, first, second, reduced);
            else Controlled(reduced, reduced.ControlledCount(), [first, second], (a, b) => Quarter(way, a, b));
        }
        _runs[first].Add(flips);
        _runs[second].Add(flips);
    }

    /// <summary>A joint rotation by so many exp(iπ/4·ZZ), with turns between.</summary>
    /// <param name="joint">The rotation, reduced.</param>
    /// <param name="count">0 to 3: as many as it needs, or more.</param>
    /// <param name="at">Where the two qubits are; the gate may exchange them.</param>
    /// <param name="quarter">Does exp(iπ/4·ZZ).</param>
    private void Controlled(Joint joint, int count, int[] at, Action<int, int> quarter)
    {
        switch (count)
        {
            case 0:
                return;
            case 1:
                var axis = !Joint.IsZero(joint.X) ? 0 : !Joint.IsZero(joint.Y) ? 1 : 2;
                var frame = Turn.FromZTo(Axis.Of(axis));
                Both(frame.Inverse);
                quarter(at[0], at[1]);
                Both(frame);
                return;
            case 2:
                // The axis that is missing becomes Y.
                var missing = Joint.IsZero(joint.Y) ? 1 : Joint.IsZero(joint.X) ? 0 : 2;
                var exchange = missing switch { 0 => Turn.AboutZ(Math.PI / 2), 2 => Turn.AboutX(Math.PI / 2), _ => Turn.None };
                var (x, z) = missing switch { 0 => (joint.Y, joint.Z), 2 => (joint.X, joint.Y), _ => (joint.X, joint.Z) };
                Both(exchange);
                Cx(0, 1);
                _runs[at[0]].AddAbout(Axis.OfX, -2 * x);
                _runs[at[1]].Add(-2 * z);
                Cx(0, 1);
                Both(exchange.Inverse);
                return;
            default:
                // Vatan & Williams 2004, arXiv:quant-ph/0308006: conjugated by the cx, each turn is about one of the three axes, and the three
                // cx are a swap, which is a quarter of each.
                _runs[at[1]].Add(Turn.AboutZ(Math.PI / 2));
                Cx(1, 0);
                _runs[at[0]].Add(Math.PI / 2 - 2 * joint.Z);
                _runs[at[1]].AddAbout(Axis.OfY, Math.PI / 2 - 2 * joint.X);
                Cx(0, 1);
                _runs[at[1]].AddAbout(Axis.OfY, 2 * joint.Y - Math.PI / 2);
                Cx(1, 0);
                _runs[at[0]].Add(Turn.AboutZ(-Math.PI / 2));
                return;
        }

        void Both(Turn turn)
        {
            _runs[at[0]].Add(turn);
            _runs[at[1]].Add(turn);
        }

        void Cx(int control, int target)
        {
            _runs[at[target]].Add(Turn.Hadamard);
            Both(Turn.AboutZ(Math.PI / 2));
            quarter(at[control], at[target]);
            _runs[at[target]].Add(Turn.Hadamard);
        }
    }

    /// <summary>exp(iπ/4·ZZ) by one native gate, in the order that leaves fewer pulses before it.</summary>
    private void Quarter(Entangler way, int a, int b)
    {
        var turns = way.Turns!;
        var (first, second) = (way.First, way.Second);
        if (way.IsBoth && Pulses(second, first) < Pulses(first, second)) (first, second) = (second, first);
        var (leanFirst, leanSecond) = (_runs[first].LeanPhase(turns.BeforeFirst), _runs[second].LeanPhase(turns.BeforeSecond));
        _runs[first].Add(turns.BeforeFirst * leanFirst);
        _runs[second].Add(turns.BeforeSecond * leanSecond);
        var isEcho = way.Gate == "ecr";
        Flush(first, keepPhase: way.Gate is "cz" or "cx" or "cy" or "ch" or "ecr");
        Flush(second, keepPhase: way.Gate == "cz");
        Emit(way.Gate, [first, second]);
        if (isEcho) TurnAround(first);
        _runs[first].Add(leanFirst.Inverse * turns.AfterFirst);
        _runs[second].Add(leanSecond.Inverse * turns.AfterSecond);

        int Pulses(int one, int other) => Cost(one, turns.BeforeFirst) + Cost(other, turns.BeforeSecond);

        int Cost(int qubit, Turn before) => _runs[qubit].PulsesWith(before * _runs[qubit].LeanPhase(before)).Pulses;
    }

    /// <summary>By gates of which two are a cz: numbers as their templates say, parameters by a cz for each quarter.</summary>
    private void ByHalves(Entangler way, int first, int second, Joint joint)
    {
        if (way.Templates(joint) is { } templates)
            foreach (var template in templates) Play(template, first, second);
        else Controlled(joint, joint.ControlledCount(), [first, second], (a, b) => Play(way.QuarterByTwo!, a, b));

        void Play(PairTemplate template, int a, int b)
        {
            for (var k = 0; ; k++)
            {
                _runs[a].Add(template.Turns[k].First);
                _runs[b].Add(template.Turns[k].Second);
                if (k == template.Gates) return;
                Flush(a, keepPhase: false);
                Flush(b, keepPhase: false);
                Emit(way.Gate, [way.First, way.Second]);
            }
        }
    }

    /// <summary>The phase that waits on a qubit, when a gate that flips the qubit comes before it.</summary>
    private void TurnAround(int qubit)
    {
        var train = _runs[qubit].ToPulses();
        _runs[qubit].Clear();
        _runs[qubit].Add(-1 * train.Phases[0]);
    }

    /// <summary>Each axis by one gate of a continuous angle.</summary>
    private void Continuous(Entangler way, int a, int b, Joint joint)
    {
        var (own, other) = way.Gate switch { "rxx" or "ms" => (0, 0), "ryy" => (1, 1), "rzx" => (2, 0), _ => (2, 2) };
        var (first, second) = (way.First, way.Second);
        for (var axis = 0; axis < 3; axis++)
        {
            if (Joint.IsZero(joint[axis])) continue;
            var (firstFrame, secondFrame) = (Between(axis, own), Between(axis, other));
            _runs[first].Add(firstFrame);
            _runs[second].Add(secondFrame);
            var angle = OneQubitBasis.Normal(-2 * joint[axis]);
            if (way.Gate == "ms")
            {
                Flush(first, keepPhase: true);
                Flush(second, keepPhase: true);
                Emit("ms", [first, second], Waiting(first), Waiting(second), angle);
            }
            else
            {
                Flush(first, keepPhase: own == 2);
                Flush(second, keepPhase: other == 2);
                if (way.Gate == "cp")
                {
                    // cp is ZZ and a phase of each qubit.
                    Emit("cp", [first, second], OneQubitBasis.Normal(-2 * angle));
                    _runs[first].Add(angle);
                    _runs[second].Add(angle);
                }
                else Emit(way.Gate, [first, second], angle);
            }
            _runs[first].Add(firstFrame.Inverse);
            _runs[second].Add(secondFrame.Inverse);
        }

        // A turn that takes one axis to another.
        static Turn Between(int from, int to) => (from, to) switch
        {
            _ when from == to => Turn.None,
            (0, 2) or (2, 0) => Turn.About(Axis.OfY, from == 0 ? -Math.PI / 2 : Math.PI / 2),
            (1, 2) or (2, 1) => Turn.About(Axis.OfX, from == 1 ? Math.PI / 2 : -Math.PI / 2),
            _ => Turn.About(Axis.OfZ, from == 0 ? Math.PI / 2 : -Math.PI / 2),
        };

        Angle Waiting(int qubit) => OneQubitBasis.Normal(-1 * _runs[qubit].ToPulses().Phases[0]);
    }

    /// <summary>By iswap, which is a cz and a swap: the circuit of cz, its qubits exchanged at each.</summary>
    private void Exchanging(Entangler way, int first, int second, Joint joint)
    {
        int[] at = [first, second];
        if (joint.ControlledCount() <= 2 && way.Count(joint) != 1)
        {
            // An even number of exchanges.
            Controlled(joint, 2, at, Gate);
            return;
        }
        // One or three exchanges are the swap that is added here.
        var (whole, flips) = (joint + Joint.Swap).Reduced();
        Controlled(whole, way.Count(joint), at, Gate);
        _runs[first].Add(flips);
        _runs[second].Add(flips);

        void Gate(int a, int b)
        {
            Flush(first, keepPhase: true);
            Flush(second, keepPhase: true);
            Emit("iswap", [way.First, way.Second]);
            (_runs[first], _runs[second]) = (_runs[second], _runs[first]);
            (at[0], at[1]) = (at[1], at[0]);
            _runs[first].Add(Turn.AboutZ(Math.PI));
            _runs[second].Add(Turn.AboutZ(Math.PI));
        }
    }
}
