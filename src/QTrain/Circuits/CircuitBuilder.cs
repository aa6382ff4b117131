using System.Collections.Immutable;

namespace QTrain.Circuits;

/// <summary>Collects operations for a <see cref="Circuit"/>; every method adds one and returns the builder.</summary>
public sealed class CircuitBuilder(int qubits)
{
    private readonly List<Operation> _operations = [];

    /// <summary>How many qubits the circuit has.</summary>
    public int QubitCount { get; } = qubits;

    /// <summary>Adds any operation.</summary>
    public CircuitBuilder Add(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        foreach (var qubit in operation.Qubits)
            if ((uint)qubit >= (uint)QubitCount) throw new QubitOutOfRangeException(qubit, QubitCount);
        _operations.Add(operation);
        return this;
    }

    /// <summary>Adds every operation of a circuit, its qubit q placed on <c>on[q]</c>, or on q when none are listed.</summary>
    public CircuitBuilder Append(Circuit circuit, params ImmutableArray<int> on)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        foreach (var operation in (on.IsDefaultOrEmpty ? circuit : circuit.OnQubits(QubitCount, on)).Operations) Add(operation);
        return this;
    }

    /// <summary>Adds a gate by the name of its row in <see cref="Gates"/>.</summary>
    public CircuitBuilder Gate(string name, ImmutableArray<int> qubits, params ImmutableArray<Angle> angles) =>
        Add(new GateOperation(Gates.Named(name), qubits, angles));

    /// <summary>Adds a unitary matrix, 2ᵏ×2ᵏ, on k qubits, the first listed lowest.</summary>
    public CircuitBuilder Unitary(System.Numerics.Complex[,] matrix, params ImmutableArray<int> qubits) =>
        Add(new GateOperation(Circuits.Gate.Unitary(matrix), qubits, []));

    /// <summary>Adds exp(−iθP/2); the label's rightmost letter acts on the first listed qubit.</summary>
    public CircuitBuilder PauliRotation(string label, Angle angle, params ImmutableArray<int> qubits) =>
        Add(new GateOperation(Circuits.Gate.PauliRotation(label), qubits, [angle]));

    /// <summary>Multiplies the state by e^{iφ}.</summary>
    public CircuitBuilder GlobalPhase(Angle phase) => Add(new GlobalPhase(phase));

    /// <summary>Measures a qubit into a classical bit.</summary>
    public CircuitBuilder Measure(int qubit, int bit) => Add(new Measure(qubit, bit));

    /// <summary>Measures qubit q into bit q, for all qubits.</summary>
    public CircuitBuilder MeasureAll()
    {
        for (var q = 0; q < QubitCount; q++) Measure(q, q);
        return this;
    }

    /// <summary>Puts a qubit into |0⟩.</summary>
    public CircuitBuilder Reset(int qubit) => Add(new Reset(qubit));

    /// <summary>Adds a noise channel, the first listed qubit lowest.</summary>
    public CircuitBuilder Channel(Noise.Channel channel, params ImmutableArray<int> qubits) => Add(new ChannelOperation(channel, qubits));

    /// <summary>A barrier on all qubits, or on those listed.</summary>
    public CircuitBuilder Barrier(params ImmutableArray<int> qubits) =>
        Add(new Barrier(qubits.IsEmpty ? [.. Enumerable.Range(0, QubitCount)] : qubits));

    /// <summary>A time in which all qubits wait, or those listed.</summary>
    public CircuitBuilder Delay(Duration duration, params ImmutableArray<int> qubits) =>
        Add(new Delay(duration, qubits.IsEmpty ? [.. Enumerable.Range(0, QubitCount)] : qubits));

    /// <summary>Adds what <paramref name="build"/> adds, each operation on the condition that <paramref name="bits"/> (first lowest) read as <paramref name="value"/>.</summary>
    public CircuitBuilder If(ImmutableArray<int> bits, ulong value, Action<CircuitBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var inner = new CircuitBuilder(QubitCount);
        build(inner);
        var condition = new Condition(bits, value);
        foreach (var operation in inner._operations) Add(operation with { Condition = operation.Condition?.And(condition) ?? condition });
        return this;
    }

    /// <summary>The circuit of what was added.</summary>
    public Circuit ToCircuit() => new(QubitCount, _operations);

    /// <summary>Adds gate id.</summary>
    public CircuitBuilder Id(int qubit) => Gate("id", [qubit]);

    /// <summary>Adds gate x.</summary>
    public CircuitBuilder X(int qubit) => Gate("x", [qubit]);

    /// <summary>Adds gate y.</summary>
    public CircuitBuilder Y(int qubit) => Gate("y", [qubit]);

    /// <summary>Adds gate z.</summary>
    public CircuitBuilder Z(int qubit) => Gate("z", [qubit]);

    /// <summary>Adds gate h.</summary>
    public CircuitBuilder H(int qubit) => Gate("h", [qubit]);

    /// <summary>Adds gate s.</summary>
    public CircuitBuilder S(int qubit) => Gate("s", [qubit]);

    /// <summary>Adds gate sdg.</summary>
    public CircuitBuilder Sdg(int qubit) => Gate("sdg", [qubit]);

    /// <summary>Adds gate t.</summary>
    public CircuitBuilder T(int qubit) => Gate("t", [qubit]);

    /// <summary>Adds gate tdg.</summary>
    public CircuitBuilder Tdg(int qubit) => Gate("tdg", [qubit]);

    /// <summary>Adds gate sx.</summary>
    public CircuitBuilder Sx(int qubit) => Gate("sx", [qubit]);

    /// <summary>Adds gate sxdg.</summary>
    public CircuitBuilder Sxdg(int qubit) => Gate("sxdg", [qubit]);

    /// <summary>Adds gate rx; the angle in radians.</summary>
    public CircuitBuilder Rx(Angle angle, int qubit) => Gate("rx", [qubit], angle);

    /// <summary>Adds gate ry; the angle in radians.</summary>
    public CircuitBuilder Ry(Angle angle, int qubit) => Gate("ry", [qubit], angle);

    /// <summary>Adds gate rz; the angle in radians.</summary>
    public CircuitBuilder Rz(Angle angle, int qubit) => Gate("rz", [qubit], angle);

    /// <summary>Adds gate p; the angle in radians.</summary>
    public CircuitBuilder P(Angle angle, int qubit) => Gate("p", [qubit], angle);

    /// <summary>Adds gate u = p(φ)·ry(θ)·p(λ).</summary>
    public CircuitBuilder U(Angle theta, Angle phi, Angle lambda, int qubit) => Gate("u", [qubit], theta, phi, lambda);

    /// <summary>Adds gate cx.</summary>
    public CircuitBuilder Cx(int control, int target) => Gate("cx", [control, target]);

    /// <summary>Adds gate cy.</summary>
    public CircuitBuilder Cy(int control, int target) => Gate("cy", [control, target]);

    /// <summary>Adds gate cz.</summary>
    public CircuitBuilder Cz(int control, int target) => Gate("cz", [control, target]);

    /// <summary>Adds gate ch.</summary>
    public CircuitBuilder Ch(int control, int target) => Gate("ch", [control, target]);

    /// <summary>Adds gate cs.</summary>
    public CircuitBuilder Cs(int control, int target) => Gate("cs", [control, target]);

    /// <summary>Adds gate csdg.</summary>
    public CircuitBuilder Csdg(int control, int target) => Gate("csdg", [control, target]);

    /// <summary>Adds gate csx.</summary>
    public CircuitBuilder Csx(int control, int target) => Gate("csx", [control, target]);

    /// <summary>Adds gate swap.</summary>
    public CircuitBuilder Swap(int first, int second) => Gate("swap", [first, second]);

    /// <summary>Adds gate iswap.</summary>
    public CircuitBuilder Iswap(int first, int second) => Gate("iswap", [first, second]);

    /// <summary>Adds gate sqrt_iswap.</summary>
    public CircuitBuilder SqrtIswap(int first, int second) => Gate("sqrt_iswap", [first, second]);

    /// <summary>Adds gate sycamore.</summary>
    public CircuitBuilder Sycamore(int first, int second) => Gate("sycamore", [first, second]);

    /// <summary>Adds gate fsim; the angles in radians.</summary>
    public CircuitBuilder Fsim(Angle theta, Angle phi, int first, int second) => Gate("fsim", [first, second], theta, phi);

    /// <summary>Adds gate dcx.</summary>
    public CircuitBuilder Dcx(int first, int second) => Gate("dcx", [first, second]);

    /// <summary>Adds gate ecr.</summary>
    public CircuitBuilder Ecr(int first, int second) => Gate("ecr", [first, second]);

    /// <summary>Adds gate crx; the angle in radians.</summary>
    public CircuitBuilder Crx(Angle angle, int control, int target) => Gate("crx", [control, target], angle);

    /// <summary>Adds gate cry; the angle in radians.</summary>
    public CircuitBuilder Cry(Angle angle, int control, int target) => Gate("cry", [control, target], angle);

    /// <summary>Adds gate crz; the angle in radians.</summary>
    public CircuitBuilder Crz(Angle angle, int control, int target) => Gate("crz", [control, target], angle);

    /// <summary>Adds gate cp; the angle in radians.</summary>
    public CircuitBuilder Cp(Angle angle, int control, int target) => Gate("cp", [control, target], angle);

    /// <summary>Adds gate rxx; the angle in radians.</summary>
    public CircuitBuilder Rxx(Angle angle, int first, int second) => Gate("rxx", [first, second], angle);

    /// <summary>Adds gate ryy; the angle in radians.</summary>
    public CircuitBuilder Ryy(Angle angle, int first, int second) => Gate("ryy", [first, second], angle);

    /// <summary>Adds gate rzz; the angle in radians.</summary>
    public CircuitBuilder Rzz(Angle angle, int first, int second) => Gate("rzz", [first, second], angle);

    /// <summary>Adds gate rzx; the angle in radians.</summary>
    public CircuitBuilder Rzx(Angle angle, int first, int second) => Gate("rzx", [first, second], angle);

    /// <summary>Adds gate cu; γ is the phase on the control.</summary>
    public CircuitBuilder Cu(Angle theta, Angle phi, Angle lambda, Angle gamma, int control, int target) => Gate("cu", [control, target], theta, phi, lambda, gamma);

    /// <summary>Adds gate xx_plus_yy.</summary>
    public CircuitBuilder XxPlusYy(Angle theta, Angle beta, int first, int second) => Gate("xx_plus_yy", [first, second], theta, beta);

    /// <summary>Adds gate ccx.</summary>
    public CircuitBuilder Ccx(int first, int second, int target) => Gate("ccx", [first, second, target]);

    /// <summary>Adds gate ccz.</summary>
    public CircuitBuilder Ccz(int first, int second, int target) => Gate("ccz", [first, second, target]);

    /// <summary>Adds gate cswap.</summary>
    public CircuitBuilder Cswap(int control, int first, int second) => Gate("cswap", [control, first, second]);
}
