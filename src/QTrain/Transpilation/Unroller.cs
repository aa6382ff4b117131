using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Observables;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Transpilation;

/// <summary>Writes a circuit as turns, phases and joint rotations of two qubits.</summary>
/// <remarks>Gates of two qubits without parameters go through their canonical decomposition, parametric ones through the Pauli rotations they are
/// made of, so that every angle stays an affine expression. Larger gates: <see cref="MultiControl"/> and <see cref="UnitarySynthesis"/>.</remarks>
internal sealed class Unroller
{
    private readonly Dictionary<string, (Turn, Turn, Joint, Turn, Turn)> _fixed = [];
    private Condition? _condition;

    private Unroller(int qubits) => QubitCount = qubits;

    public int QubitCount { get; }

    public List<Step> Steps { get; } = [];

    /// <exception cref="QuantumException">The circuit holds noise, or a matrix on more qubits than <see cref="UnitarySynthesis.MaxQubits"/>.</exception>
    public static List<Step> Unroll(Circuit circuit)
    {
        var unroller = new Unroller(circuit.QubitCount);
        foreach (var operation in circuit.Operations) unroller.Add(operation);
        return unroller.Steps;
    }

    private void Add(Operation operation)
    {
        _condition = operation.Condition;
        switch (operation)
        {
            case Measure measure:
                Add(new Step(StepKind.Measure, measure.Qubit) { Bit = measure.Bit });
                break;
            case Reset reset:
                Add(new Step(StepKind.Reset, reset.Qubit));
                break;
            case Barrier barrier:
                if (!barrier.Qubits.IsEmpty) Add(new Step(StepKind.Barrier, barrier.Qubits[0]) { Fence = barrier.Qubits });
                break;
            case Delay delay:
                Add(new Step(StepKind.Barrier, delay.Qubits[0]) { Fence = delay.Qubits, Wait = delay.Duration });
                break;
            case GlobalPhase phase:
                WithControlsOn(phase.Controls, () => ControlledPhase([.. phase.Controls.Select(c => c.Qubit)], phase.Phase));
                break;
            case GateOperation gate:
                WithControlsOn(gate.Controls, () => Add(gate));
                break;
            default:
                throw new QuantumException($"A circuit with '{operation.Name}' cannot be compiled for a device: devices have noise of their own. Leave the noise out.");
        }
    }

    private void WithControlsOn(ImmutableArray<Control> controls, Action add)
    {
        foreach (var control in controls)
            if (!control.On) Add(control.Qubit, Turn.Flip);
        add();
        foreach (var control in controls)
            if (!control.On) Add(control.Qubit, Turn.Flip);
    }

    private void Add(GateOperation operation)
    {
        var gate = operation.Gate;
        int[] controls = [.. operation.Controls.Select(c => c.Qubit), .. operation.Targets[..gate.ControlCount]];
        int[] targets = [.. operation.Targets[gate.ControlCount..]];
        var target = gate.Base ?? gate;
        if (target.Name == "id") return;
        if (operation.Angles.All(a => a.IsConstant) && controls.Length + targets.Length <= 2 && target.Pauli is null)
        {
            AddSmall(target, controls, targets, operation.Angles);
            return;
        }
        if (target.Definition is { } definition)
        {
            foreach (var primitive in definition(operation.Angles)) Add(primitive, controls, targets);
            return;
        }
        var matrix = target.Matrix();
        if (targets.Length == 1) AddControlled(matrix, target.Name, controls, targets[0]);
        else if (target.Name == "swap")
        {
            Cx(targets[1], targets[0]);
            new MultiControl(this).Flip([.. controls, targets[0]], targets[1]);
            Cx(targets[1], targets[0]);
        }
        else if (controls.Length == 0) UnitarySynthesis.Add(this, matrix, targets);
        else UnitarySynthesis.AddControlled(this, matrix, controls, targets);
    }

    /// <summary>A gate of one or two qubits without parameters.</summary>
    private void AddSmall(Gate gate, int[] controls, int[] targets, ImmutableArray<Angle> angles)
    {
        if (controls.Length == 0 && targets.Length == 1)
        {
            Add(targets[0], Turn.Of([.. gate.Matrix([.. angles.Select(a => a.Constant)]).Cast<Complex>()]));
            return;
        }
        var (first, second) = controls.Length == 1 ? (controls[0], targets[0]) : (targets[0], targets[1]);
        switch (gate.Name, controls.Length)
        {
            case ("x", 1):
                Cx(first, second);
                return;
            case ("z", 1):
                Cz(first, second);
                return;
            case ("swap", 0):
                Add(first, second, Joint.Swap);
                return;
            case ("p" or "u1", 1):
                ControlledPhase([first, second], angles[0]);
                return;
            case ("rxx", 0):
                Add(first, second, new Joint(-angles[0] / 2, 0, 0));
                return;
            case ("ryy", 0):
                Add(first, second, new Joint(0, -angles[0] / 2, 0));
                return;
            case ("rzz", 0):
                Add(first, second, new Joint(0, 0, -angles[0] / 2));
                return;
        }
        var key = gate.IsNamed && angles.IsEmpty ? gate.Name + controls.Length : null;
        if (key is null || !_fixed.TryGetValue(key, out var parts))
        {
            var matrix = Gate.Controlled(gate.Matrix([.. angles.Select(a => a.Constant)]), controls.Length);
            parts = Joint.Decompose([.. matrix.Cast<Complex>()]);
            if (key is not null) _fixed[key] = parts;
        }
        Add(first, second, parts);
    }

    /// <summary>A unitary of two qubits, 4×4, row-major, the first the lower bit.</summary>
    public void AddPair(ReadOnlySpan<Complex> unitary, int first, int second) => Add(first, second, Joint.Decompose(unitary));

    private void Add(int first, int second, (Turn BeforeFirst, Turn BeforeSecond, Joint Joint, Turn AfterFirst, Turn AfterSecond) parts)
    {
        Add(first, parts.BeforeFirst);
        Add(second, parts.BeforeSecond);
        Add(first, second, parts.Joint);
        Add(first, parts.AfterFirst);
        Add(second, parts.AfterSecond);
    }

    /// <summary>A fixed matrix of one qubit under controls: its eigenvectors, and the phases of its eigenvalues under control.</summary>
    private void AddControlled(Complex[,] matrix, string name, int[] controls, int target)
    {
        if (controls.Length == 0)
        {
            Add(target, Turn.Of([.. matrix.Cast<Complex>()]));
            return;
        }
        if (name == "x")
        {
            new MultiControl(this).Flip(controls, target);
            return;
        }
        // e^{iα}·(w − i n·σ) is a rotation about n; its frame takes Z there.
        var turn = Turn.Of([.. matrix.Cast<Complex>()]);
        var determinant = matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0];
        var phase = determinant.Phase / 2;
        var entry = turn.ToMatrix();
        var own = Complex.FromPolarCoordinates(1, phase);
        // The square root of the determinant is known up to its sign only.
        var difference = (matrix[0, 0] - own * entry[0]).Magnitude + (matrix[1, 0] - own * entry[2]).Magnitude;
        if (difference > 1) phase += Math.PI;
        var size = Math.Sqrt(turn.X * turn.X + turn.Y * turn.Y + turn.Z * turn.Z);
        if (size > Turn.Negligible)
        {
            var frame = Turn.FromZTo(new Axis(turn.X / size, turn.Y / size, turn.Z / size));
            Add(target, frame.Inverse);
            new MultiControl(this).Phase(controls, target, 2 * Math.Atan2(size, turn.W));
            Add(target, frame);
        }
        ControlledPhase(controls, phase);
    }

    /// <summary>exp(−iθP/2) or a phase, both under the primitive's own and further controls.</summary>
    private void Add(Primitive primitive, int[] controls, int[] targets)
    {
        int[] all = [.. controls, .. Enumerable.Range(0, targets.Length).Where(k => (primitive.Controls >> k & 1) != 0).Select(k => targets[k])];
        if (primitive.IsPhase)
        {
            ControlledPhase(all, primitive.Angle);
            return;
        }
        var pauli = primitive.Pauli;
        var acted = Enumerable.Range(0, targets.Length).Where(k => ((pauli.X | pauli.Z) >> k & 1) != 0).ToArray();
        if (acted.Length == 0)
        {
            ControlledPhase(all, -primitive.Angle / 2);
            return;
        }
        var frames = acted.Select(k => (pauli.X >> k & 1, pauli.Z >> k & 1) switch
        {
            (1, 0) => Turn.AboutY(Math.PI / 2),
            (1, 1) => Turn.AboutX(-Math.PI / 2),
            _ => Turn.None,
        }).ToArray();
        for (var k = 0; k < acted.Length; k++) Add(targets[acted[k]], frames[k].Inverse);
        PhaseOfParity([.. acted.Select(k => targets[k])], primitive.Angle, all);
        for (var k = 0; k < acted.Length; k++) Add(targets[acted[k]], frames[k]);
    }

    /// <summary>exp(−iθ·Z⊗…⊗Z/2), possibly under controls: the parity is gathered along a chain, and put back.</summary>
    public void PhaseOfParity(int[] qubits, Angle angle, int[] controls)
    {
        var last = qubits.Length - (controls.Length == 0 && qubits.Length > 1 ? 2 : 1);
        for (var k = 0; k < last; k++) Cx(qubits[k], qubits[k + 1]);
        if (controls.Length > 0) new MultiControl(this).Phase(controls, qubits[last], angle);
        else if (qubits.Length == 1) Phase(qubits[0], angle);
        else Add(qubits[last], qubits[last + 1], new Joint(0, 0, -angle / 2));
        for (var k = last - 1; k >= 0; k--) Cx(qubits[k], qubits[k + 1]);
    }

    /// <summary>e^{iφ} where all of the qubits are 1; without qubits it is global and dropped.</summary>
    public void ControlledPhase(ReadOnlySpan<int> qubits, Angle angle)
    {
        for (; qubits.Length > 2; qubits = qubits[..^1], angle /= 2) new MultiControl(this).Phase(qubits[..^1], qubits[^1], angle);
        if (qubits.Length == 0) return;
        Phase(qubits[0], qubits.Length == 1 ? angle : angle / 2);
        if (qubits.Length == 1) return;
        Phase(qubits[1], angle / 2);
        Add(qubits[0], qubits[1], new Joint(0, 0, angle / 4));
    }

    public void Cz(int first, int second)
    {
        Add(first, Turn.AboutZ(Math.PI / 2));
        Add(second, Turn.AboutZ(Math.PI / 2));
        Add(first, second, Joint.Controlled);
    }

    public void Cx(int control, int target)
    {
        Add(target, Turn.Hadamard);
        Cz(control, target);
        Add(target, Turn.Hadamard);
    }

    public void Add(int qubit, Turn turn)
    {
        if (!turn.IsNone) Add(Step.OfTurn(qubit, turn));
    }

    public void Phase(int qubit, Angle angle)
    {
        if (!Joint.IsZero(angle)) Add(Step.OfPhase(qubit, angle));
    }

    private void Add(int first, int second, Joint joint)
    {
        var (reduced, flips) = joint.Reduced();
        if (!reduced.IsNone) Add(Step.OfJoint(first, second, reduced));
        Add(first, flips);
        Add(second, flips);
    }

    private void Add(Step step) => Steps.Add(_condition is null ? step : step with { Condition = _condition });
}
