using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Observables;
using QTrain.Tests.Circuits;
using QTrain.Tests.Reference;

namespace QTrain.Tests;

public sealed class Every_gate_of_the_table
{
    public static TheoryData<string> Names => [.. Gates.All.Select(g => g.Name)];

    [Theory, MemberData(nameof(Names))]
    public void has_a_unitary_matrix(string name)
    {
        var gate = Gates.Named(name);
        Should.NotThrow(() => Gate.Unitary(gate.Matrix(AnglesOf(gate))));
    }

    [Theory, MemberData(nameof(Names))]
    public void is_undone_by_its_inverse(string name)
    {
        var gate = Gates.Named(name);
        ImmutableArray<int> places = [.. Enumerable.Range(0, gate.QubitCount).Reverse()];       // the order of qubits must not get lost
        ImmutableArray<Angle> angles = [.. Enumerable.Range(0, gate.AngleCount).Select(k => k * 0.25 + 0.5 * (Angle)Parameter.Named("a"))];
        var operation = new GateOperation(gate, places, angles, [new Control(gate.QubitCount, On: false)]);
        var both = new Circuit(gate.QubitCount + 1, [operation, operation.Inverse()], parameters: [Parameter.Named("a")]);
        NaiveState.Unitary(both, [1.3]).ShouldBeClose(Identity(gate.QubitCount + 1));
    }

    [Theory, MemberData(nameof(Names))]
    public void is_generated_by_its_generator(string name)
    {
        var gate = Gates.Named(name);
        // gpi and gpi2 have an angle that tells about which axis, not how far: they are not the identity at 0, and nothing generates them.
        (gate.Generator is not null).ShouldBe(gate.AngleCount == 1 && name is not "gpi" and not "gpi2");
        if (gate.Generator is null) return;
        var generator = PauliSum.Parse(gate.Generator, gate.QubitCount);
        generator.IsHermitian.ShouldBeTrue();
        foreach (var theta in new[] { -4.1, 0, 0.37, 2.9 })
            gate.Matrix(theta).ShouldBeClose(generator.Matrix().Exponential(new Complex(0, -theta)));
    }

    [Theory, MemberData(nameof(Names))]
    public void is_the_product_of_its_definition(string name)
    {
        var gate = Gates.Named(name);
        var uncontrolled = gate.Base ?? gate;
        (uncontrolled.Definition is not null).ShouldBe(gate.AngleCount > 0);
        if (uncontrolled.Definition is null) return;
        var angles = AnglesOf(uncontrolled);
        var product = Identity(uncontrolled.QubitCount);
        foreach (var primitive in uncontrolled.Definition([.. angles.Select(Angle.FromRadians)]))
        {
            // exp(−iaPΠ/2) or exp(iaΠ), with Π the projector on the controls.
            var projector = PauliSum.Identity(uncontrolled.QubitCount);
            for (var q = 0; q < uncontrolled.QubitCount; q++)
                if ((primitive.Controls >> q & 1) != 0)
                    projector *= new PauliSum(uncontrolled.QubitCount, [new(PauliString.Identity, 0.5), new(PauliString.Single('Z', q), -0.5)]);
            var generator = primitive.IsPhase ? projector : new PauliSum(uncontrolled.QubitCount, [new(primitive.Pauli, 1)]) * projector;
            product = generator.Matrix().Exponential(new Complex(0, primitive.Angle.Constant * (primitive.IsPhase ? 1 : -0.5))).Times(product);
        }
        uncontrolled.Matrix(angles).ShouldBeClose(product);
    }

    [Theory, MemberData(nameof(Names))]
    public void is_its_base_where_all_controls_are_1(string name)
    {
        var gate = Gates.Named(name);
        if (gate.Base is not { } target) return;
        gate.QubitCount.ShouldBe(target.QubitCount + gate.ControlCount);
        gate.AngleCount.ShouldBe(target.AngleCount);
        var (angles, acting) = (AnglesOf(gate), (1 << gate.ControlCount) - 1);
        var expected = Identity(gate.QubitCount);
        for (var row = 0; row < 1 << target.QubitCount; row++)
            for (var column = 0; column < 1 << target.QubitCount; column++)
                expected[row << gate.ControlCount | acting, column << gate.ControlCount | acting] = target.Matrix(angles)[row, column];
        gate.Matrix(angles).ShouldBeClose(expected, tolerance: 0);
    }

    [Theory, MemberData(nameof(Names))]
    public void says_what_it_is(string name)
    {
        var gate = Gates.Named(name);
        gate.About.ShouldEndWith(".");
        gate.IsNamed.ShouldBeTrue();
        gate.Name.ShouldBe(gate.Name.ToLowerInvariant());
        foreach (var alias in gate.Aliases) Gates.Named(alias).ShouldBeSameAs(gate);
    }

    private static double[] AnglesOf(Gate gate) => [.. Enumerable.Range(1, gate.AngleCount).Select(k => 0.37 * k * k - 0.9)];

    private static Complex[,] Identity(int qubits)
    {
        var matrix = new Complex[1 << qubits, 1 << qubits];
        for (var k = 0; k < 1 << qubits; k++) matrix[k, k] = 1;
        return matrix;
    }
}

public sealed class The_table_of_gates
{
    private const double Theta = 0.7, Phi = -1.1, Lambda = 2.3, Gamma = 0.4;

    private static readonly Complex I = Complex.ImaginaryOne;
    private static readonly double Cos = Math.Cos(Theta / 2), Sin = Math.Sin(Theta / 2), Half = Math.Sqrt(0.5);

    /// <summary>As the documentation of Qiskit prints them, first listed qubit lowest.</summary>
    private static readonly Dictionary<string, (double[] Angles, Complex[,] Matrix)> Documented = new()
    {
        ["sx"] = ([], new[,] { { (1 + I) / 2, (1 - I) / 2 }, { (1 - I) / 2, (1 + I) / 2 } }),
        ["ry"] = ([Theta], new Complex[,] { { Cos, -Sin }, { Sin, Cos } }),
        ["rz"] = ([Theta], new[,] { { Turn(-Theta / 2), 0 }, { 0, Turn(Theta / 2) } }),
        ["u"] = ([Theta, Phi, Lambda], new[,] { { Cos, -Turn(Lambda) * Sin }, { Turn(Phi) * Sin, Turn(Phi + Lambda) * Cos } }),
        ["u2"] = ([Phi, Lambda], new[,] { { Half, -Half * Turn(Lambda) }, { Half * Turn(Phi), Half * Turn(Phi + Lambda) } }),
        ["cx"] = ([], new Complex[,] { { 1, 0, 0, 0 }, { 0, 0, 0, 1 }, { 0, 0, 1, 0 }, { 0, 1, 0, 0 } }),
        ["csx"] = ([], new[,] { { 1, 0, 0, 0 }, { 0, (1 + I) / 2, 0, (1 - I) / 2 }, { 0, 0, 1, 0 }, { 0, (1 - I) / 2, 0, (1 + I) / 2 } }),
        ["crz"] = ([Theta], new[,] { { 1, 0, 0, 0 }, { 0, Turn(-Theta / 2), 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, Turn(Theta / 2) } }),
        ["cu"] = ([Theta, Phi, Lambda, Gamma], new[,]
        {
            { 1, 0, 0, 0 },
            { 0, Turn(Gamma) * Cos, 0, -Turn(Gamma + Lambda) * Sin },
            { 0, 0, 1, 0 },
            { 0, Turn(Gamma + Phi) * Sin, 0, Turn(Gamma + Phi + Lambda) * Cos },
        }),
        ["iswap"] = ([], new[,] { { 1, 0, 0, 0 }, { 0, 0, I, 0 }, { 0, I, 0, 0 }, { 0, 0, 0, 1 } }),
        // As Cirq documents SQRT_ISWAP, SYC and FSimGate(θ, φ).
        ["sqrt_iswap"] = ([], new[,] { { 1, 0, 0, 0 }, { 0, Half, Half * I, 0 }, { 0, Half * I, Half, 0 }, { 0, 0, 0, 1 } }),
        ["sycamore"] = ([], new[,] { { 1, 0, 0, 0 }, { 0, 0, -I, 0 }, { 0, -I, 0, 0 }, { 0, 0, 0, Turn(-Math.PI / 6) } }),
        ["fsim"] = ([Theta, Phi], new[,] { { 1, 0, 0, 0 }, { 0, Math.Cos(Theta), -I * Math.Sin(Theta), 0 }, { 0, -I * Math.Sin(Theta), Math.Cos(Theta), 0 }, { 0, 0, 0, Turn(-Phi) } }),
        ["dcx"] = ([], new Complex[,] { { 1, 0, 0, 0 }, { 0, 0, 0, 1 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } }),
        ["ecr"] = ([], new[,] { { 0, Half, 0, Half * I }, { Half, 0, -Half * I, 0 }, { 0, Half * I, 0, Half }, { -Half * I, 0, Half, 0 } }),
        ["rzx"] = ([Theta], new[,] { { Cos, 0, -I * Sin, 0 }, { 0, Cos, 0, I * Sin }, { -I * Sin, 0, Cos, 0 }, { 0, I * Sin, 0, Cos } }),
        ["xx_plus_yy"] = ([Theta, Phi], new[,]
        {
            { 1, 0, 0, 0 },
            { 0, Cos, -I * Sin * Turn(-Phi), 0 },
            { 0, -I * Sin * Turn(Phi), Cos, 0 },
            { 0, 0, 0, 1 },
        }),
        ["ccx"] = ([], Exchange(8, 3, 7)),
        ["cswap"] = ([], Exchange(8, 3, 5)),
    };

    public static TheoryData<string> DocumentedNames => [.. Documented.Keys];

    [Theory, MemberData(nameof(DocumentedNames))]
    public void has_the_matrix_that_its_maker_documents(string name)
    {
        var (angles, matrix) = Documented[name];
        Gates.Named(name).Matrix(angles).ShouldBeClose(matrix, tolerance: 1e-15);
    }

    [Fact]
    public void holds_all_gates_it_promises() => Gates.All.Select(g => g.Name).Order().ShouldBe(
        "id x y z h s sdg t tdg sx sxdg rx ry rz p u u1 u2 u3 prx gpi gpi2 ms cx cy cz ch cs csdg csx swap iswap sqrt_iswap sycamore fsim dcx ecr crx cry crz cp cu rxx ryy rzz rzx xx_plus_yy ccx ccz cswap"
            .Split(' ').Order());

    [Fact]
    public void gives_every_name_and_alias_to_one_gate() =>
        Gates.All.SelectMany(g => g.Aliases.Append(g.Name)).ShouldBeUnique();

    [Fact]
    public void helps_to_find_a_gate()
    {
        Should.Throw<QuantumException>(() => Gates.Named("ccz2")).Message.ShouldBe("There is no gate 'ccz2'. Did you mean 'ccz'?");
        Should.Throw<QuantumException>(() => Gates.Named("hadamard")).Message.ShouldStartWith("There is no gate 'hadamard'. The gates are: id x y z h");
        Gates.Find("hadamard").ShouldBeNull();
    }

    [Fact]
    public void refuses_matrices_that_are_no_gates()
    {
        Reason(() => Gate.Unitary(new Complex[,] { { 1, 0 }, { 0, 2 } })).ShouldBe("The matrix of gate 'unitary' is not unitary: U†U differs from 1 by 3; at most 1e-9 is allowed.");
        Reason(() => Gate.Unitary(new Complex[,] { { double.NaN, 0 }, { 0, 1 } })).ShouldStartWith("The matrix of gate 'unitary' is not unitary: U†U differs from 1 by NaN");
        Reason(() => Gate.Unitary(new Complex[3, 3])).ShouldBe("A unitary gate needs a square matrix of 2, 4, 8 … 4096 rows; this one is 3×3.");
        Reason(() => Gate.PauliRotation("XQ")).ShouldBe("'Q' is not a Pauli operator: the letters are I, X, Y and Z.");
        Reason(() => Gate.PauliRotation(new string('Z', 65))).ShouldBe("A Pauli rotation on 65 qubits cannot be: at most 64 letters are allowed.");
        Reason(() => Gate.PauliRotation(new string('Z', 40)).Matrix(1)).ShouldEndWith("on 40 qubits is too large to write down: at most 12 qubits are.");
        Reason(() => new GateOperation(Gates.Named("rx"), [0], [double.NaN])).ShouldBe("Gate 'rx' was given the angle NaN: angles must be finite.");
        Reason(() => new GateOperation(Gates.Named("rx"), [0], [])).ShouldBe("Gate 'rx' takes 1 angle, but was given 0.");

        static string Reason(Func<object> make) => Should.Throw<QuantumException>(make).Message;
    }

    private static Complex Turn(double angle) => Complex.FromPolarCoordinates(1, angle);

    private static Complex[,] Exchange(int size, int first, int second)
    {
        var matrix = new Complex[size, size];
        for (var k = 0; k < size; k++) matrix[k, k == first ? second : k == second ? first : k] = 1;
        return matrix;
    }
}
