using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using QTrain.Formats;
using QTrain.Observables;
using static System.Math;

namespace QTrain.Circuits;

/// <summary>The table of gates: one row each, and everything else (parser, inverse, compiler, documentation, tests) is derived from it.</summary>
/// <remarks>Matrices are Qiskit's: U(θ, φ, λ) has a real upper left corner; ecr, rzx and xx_plus_yy(θ, β) as there.</remarks>
public static class Gates
{
    private static readonly Complex I = Complex.ImaginaryOne;
    private static readonly PauliString Y0 = PauliString.Single('Y', 0), Z0 = PauliString.Single('Z', 0),
        X0 = PauliString.Single('X', 0), Z1 = PauliString.Single('Z', 1);

    /// <summary>Every named gate, in the order of the documentation.</summary>
    public static ImmutableArray<Gate> All { get; } = BuildTable();

    private static readonly FrozenDictionary<string, Gate> ByName =
        All.SelectMany(g => g.Aliases.Append(g.Name).Select(n => (n, g))).ToFrozenDictionary(p => p.n, p => p.g, StringComparer.Ordinal);

    /// <summary>The gate of a name or alias.</summary>
    /// <exception cref="QuantumException">There is no such gate.</exception>
    public static Gate Named(string name) => Find(name)
        ?? throw new QuantumException($"There is no gate '{name}'. " + (Nearest.To(name, ByName.Keys) is { } near
            ? $"Did you mean '{near}'?"
            : $"The gates are: {string.Join(' ', All.Select(g => g.Name))}."));

    /// <summary>The gate of a name or alias, or null.</summary>
    public static Gate? Find(string name) => ByName.GetValueOrDefault(name);

    private static ImmutableArray<Gate> BuildTable()
    {
        var rows = new List<Gate>
        {
            Fixed("id", "The identity.", new Complex[,] { { 1, 0 }, { 0, 1 } }, aliases: ["i"]),
            Fixed("x", "Pauli X, the bit flip.", new Complex[,] { { 0, 1 }, { 1, 0 } }),
            Fixed("y", "Pauli Y.", new[,] { { 0, -I }, { I, 0 } }),
            Fixed("z", "Pauli Z, the sign flip.", new Complex[,] { { 1, 0 }, { 0, -1 } }),
            Fixed("h", "Hadamard.", new Complex[,] { { Sqrt(0.5), Sqrt(0.5) }, { Sqrt(0.5), -Sqrt(0.5) } }),
            Fixed("s", "Square root of Z.", new[,] { { 1, 0 }, { 0, I } }, inverse: "sdg"),
            Fixed("sdg", "Inverse of s.", new[,] { { 1, 0 }, { 0, -I } }, inverse: "s"),
            Fixed("t", "Fourth root of Z.", new[,] { { 1, 0 }, { 0, Turn(PI / 4) } }, inverse: "tdg"),
            Fixed("tdg", "Inverse of t.", new[,] { { 1, 0 }, { 0, Turn(-PI / 4) } }, inverse: "t"),
            Fixed("sx", "Square root of X.", new[,] { { 0.5 + 0.5 * I, 0.5 - 0.5 * I }, { 0.5 - 0.5 * I, 0.5 + 0.5 * I } }, inverse: "sxdg"),
            Fixed("sxdg", "Inverse of sx.", new[,] { { 0.5 - 0.5 * I, 0.5 + 0.5 * I }, { 0.5 + 0.5 * I, 0.5 - 0.5 * I } }, inverse: "sx"),

            Rotation("rx", "X", "Rotation about X, e^(−iθX/2)."),
            Rotation("ry", "Y", "Rotation about Y, e^(−iθY/2)."),
            Rotation("rz", "Z", "Rotation about Z, e^(−iθZ/2)."),
            PhaseGate("p", "Phase e^{iλ} on |1⟩.", ["phase"]),
            PhaseGate("u1", "Phase e^{iλ} on |1⟩; OpenQASM 2's name of p.", []),
            new("u2", 1, 2, a => UMatrix(PI / 2, a[0], a[1]))
            {
                About = "u(π/2, φ, λ).",
                Definition = a => UDefinition(PI / 2, a[0], a[1]),
                Inverse = (q, a) => ("u", q, [-PI / 2, -a[1], -a[0]]),
            },
            UGate("u3", []),
            UGate("u", ["U"]),
            new("prx", 1, 2, a => PrxMatrix(a[0], a[1]))
            {
                About = "Rotation by θ about the axis cos φ·X + sin φ·Y; angles θ, φ. IQM's and AQT's native gate.",
                Definition = a => PrxDefinition(a[0], a[1]),
                Inverse = (q, a) => ("prx", q, [-a[0], a[1]]),
            },
            new("gpi", 1, 1, a => new[,] { { 0, Turn(-a[0]) }, { Turn(a[0]), 0 } })
            {
                About = "cos φ·X + sin φ·Y, in radians of φ: IonQ's native bit flip.",
                Definition = a => [Primitive.Phase(0, PI / 2), .. PrxDefinition(PI, a[0])],
                Inverse = (q, a) => ("gpi", q, a),
            },
            new("gpi2", 1, 1, a => PrxMatrix(PI / 2, a[0]))
            {
                About = "prx(π/2, φ), in radians of φ: IonQ's native square root of gpi.",
                Definition = a => PrxDefinition(PI / 2, a[0]),
                Inverse = (q, a) => ("gpi2", q, [a[0] + PI]),
            },

            Fixed("swap", "Exchanges two qubits.",
                new Complex[,] { { 1, 0, 0, 0 }, { 0, 0, 1, 0 }, { 0, 1, 0, 0 }, { 0, 0, 0, 1 } }),
            Fixed("iswap", "Exchanges two qubits and multiplies |01⟩ and |10⟩ by i.",
                new[,] { { 1, 0, 0, 0 }, { 0, 0, I, 0 }, { 0, I, 0, 0 }, { 0, 0, 0, 1 } },
                invert: (q, _) => ("xx_plus_yy", q, [PI, 0])),
            Fixed("sqrt_iswap", "Square root of iswap, exp(iπ(XX + YY)/8). Google's native gate.",
                new[,] { { 1, 0, 0, 0 }, { 0, Sqrt(0.5), I * Sqrt(0.5), 0 }, { 0, I * Sqrt(0.5), Sqrt(0.5), 0 }, { 0, 0, 0, 1 } },
                invert: (q, _) => ("xx_plus_yy", q, [PI / 2, 0])),
            Fixed("sycamore", "fsim(π/2, π/6). Google's native gate.", FsimMatrix(PI / 2, PI / 6), aliases: ["syc"], invert: (q, _) => ("fsim", q, [-PI / 2, -PI / 6])),
            Fixed("dcx", "cx(a, b) then cx(b, a).",
                new Complex[,] { { 1, 0, 0, 0 }, { 0, 0, 0, 1 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } },
                invert: (q, _) => ("dcx", [q[1], q[0]], [])),
            Fixed("ecr", "Echoed cross resonance, (IX − XY)/√2.", Scaled(Sqrt(0.5), new[,]
            {
                { 0, 1, 0, I },
                { 1, 0, -I, 0 },
                { 0, I, 0, 1 },
                { -I, 0, 1, 0 },
            })),
            new("cu", 2, 4, a => CuMatrix(a))
            {
                About = "Controlled u(θ, φ, λ) with the phase e^{iγ} on the control; angles θ, φ, λ, γ.",
                Definition = a => [Primitive.Phase(1, a[3]), .. UDefinition(a[0], a[1], a[2]).Select(OnControlled)],
                Inverse = (q, a) => ("cu", q, [-a[0], -a[2], -a[1], -a[3]]),
            },
            Rotation("rxx", "XX", "exp(−iθXX/2)."),
            Rotation("ryy", "YY", "exp(−iθYY/2)."),
            Rotation("rzz", "ZZ", "exp(−iθZZ/2)."),
            Rotation("rzx", "XZ", "exp(−iθXZ/2): Z on the first qubit, X on the second."),
            new("xx_plus_yy", 2, 2, a => XxPlusYyMatrix(a[0], a[1]))
            {
                About = "exp(−iθ(XX + YY)/4) between Rz(β) and Rz(−β) on the first qubit.",
                Definition = a =>
                [
                    Primitive.Rotation(Z0, a[1]),
                    Primitive.Rotation(Both('X'), a[0] / 2),
                    Primitive.Rotation(Both('Y'), a[0] / 2),
                    Primitive.Rotation(Z0, -a[1]),
                ],
                Inverse = (q, a) => ("xx_plus_yy", q, [-a[0], a[1]]),
            },
            new("fsim", 2, 2, a => FsimMatrix(a[0], a[1]))
            {
                About = "Google's fermionic simulation gate: exp(−iθ(XX + YY)/2) and the phase e^{−iφ} on |11⟩.",
                Definition = a =>
                [
                    Primitive.Rotation(Both('X'), a[0]),
                    Primitive.Rotation(Both('Y'), a[0]),
                    Primitive.Phase(3, -a[1]),
                ],
                Inverse = (q, a) => ("fsim", q, [-a[0], -a[1]]),
            },
            new("ms", 2, 3, a => MsMatrix(a[0], a[1], a[2]))
            {
                About = "Mølmer–Sørensen, exp(−iθ/2·(cos φ₀·X + sin φ₀·Y)⊗(cos φ₁·X + sin φ₁·Y)); angles φ₀, φ₁, θ in radians. IonQ's native gate.",
                Definition = a =>
                [
                    Primitive.Rotation(Z0, -a[0]), Primitive.Rotation(Z1, -a[1]),
                    Primitive.Rotation(Both('X'), a[2]),
                    Primitive.Rotation(Z0, a[0]), Primitive.Rotation(Z1, a[1]),
                ],
                Inverse = (q, a) => ("ms", q, [a[0], a[1], -a[2]]),
            },
        };
        rows.AddRange(
        [
            ControlOf("cx", "x", ["cnot", "CX"]), ControlOf("cy", "y"), ControlOf("cz", "z"), ControlOf("ch", "h"),
            ControlOf("cs", "s"), ControlOf("csdg", "sdg"), ControlOf("csx", "sx"),
            ControlOf("crx", "rx"), ControlOf("cry", "ry"), ControlOf("crz", "rz"), ControlOf("cp", "p", ["cu1", "cphase"]),
            ControlOf("ccx", "x", ["toffoli"], controls: 2), ControlOf("ccz", "z", controls: 2), ControlOf("cswap", "swap", ["fredkin"]),
        ]);
        return [.. rows];

        Gate ControlOf(string name, string of, string[]? aliases = null, int controls = 1)
        {
            var target = rows.First(r => r.Name == of);
            return new Gate(name, controls + target.QubitCount, target.AngleCount, null)
            {
                About = controls == 1 ? $"Controlled {of}: the first qubit is the control." : $"{of} with {controls} controls, listed first.",
                Aliases = [.. aliases ?? []],
                ControlCount = controls,
                Base = target,
                Generator = target.Generator is { } generator ? ControlledGenerator(generator, target.QubitCount, controls) : null,
            };
        }
    }

    /// <summary>G ⊗ Π, where Π projects on all controls being 1, each with (1 − Z)/2.</summary>
    private static string ControlledGenerator(string generator, int qubits, int controls)
    {
        var sum = PauliSum.Parse(generator, qubits);
        for (var k = 0; k < controls; k++) sum = sum.Tensor(PauliSum.Of(1, ("I", 0.5), ("Z", -0.5)));
        return sum.ToString();
    }

    private static Gate Fixed(string name, string about, Complex[,] matrix, string? inverse = null, string[]? aliases = null,
        Func<ImmutableArray<int>, ImmutableArray<Angle>, (string, ImmutableArray<int>, ImmutableArray<Angle>)>? invert = null) =>
        new(name, BitOperations.Log2((uint)matrix.GetLength(0)), 0, _ => (Complex[,])matrix.Clone())
        {
            About = about,
            Aliases = [.. aliases ?? []],
            Inverse = invert ?? (inverse is null ? (q, a) => (name, q, a) : (q, a) => (inverse, q, a)),
        };

    private static Gate Rotation(string name, string label, string about)
    {
        var template = Gate.PauliRotation(label);
        return new Gate(name, label.Length, 1, a => template.Matrix(a))
        {
            About = about,
            Generator = template.Generator,
            Definition = template.Definition,
        };
    }

    private static Gate PhaseGate(string name, string about, string[] aliases) =>
        new(name, 1, 1, a => new[,] { { 1, 0 }, { 0, Turn(a[0]) } })
        {
            About = about,
            Aliases = [.. aliases],
            Generator = "-0.5*I + 0.5*Z",
            Definition = a => [Primitive.Phase(1, a[0])],
        };

    private static Gate UGate(string name, string[] aliases) => new(name, 1, 3, a => UMatrix(a[0], a[1], a[2]))
    {
        About = "Any one-qubit gate up to a phase: p(φ)·ry(θ)·p(λ).",
        Aliases = [.. aliases],
        Definition = a => UDefinition(a[0], a[1], a[2]),
        Inverse = (q, a) => (name, q, [-a[0], -a[2], -a[1]]),
    };

    private static ImmutableArray<Primitive> UDefinition(Angle theta, Angle phi, Angle lambda) =>
        [Primitive.Phase(1, lambda), Primitive.Rotation(Y0, theta), Primitive.Phase(1, phi)];

    /// <summary>A one-qubit primitive moved to the second qubit and controlled by the first.</summary>
    private static Primitive OnControlled(Primitive p) =>
        p with { Pauli = new PauliString(p.Pauli.X << 1, p.Pauli.Z << 1), Controls = p.Controls << 1 | 1 };

    private static PauliString Both(char letter)
    {
        var (first, second) = (PauliString.Single(letter, 0), PauliString.Single(letter, 1));
        return new PauliString(first.X | second.X, first.Z | second.Z);
    }

    private static Complex Turn(double angle)
    {
        var (sin, cos) = SinCos(angle);
        return new Complex(cos, sin);
    }

    private static Complex[,] UMatrix(double theta, double phi, double lambda)
    {
        var (sin, cos) = SinCos(theta / 2);
        return new[,] { { cos, -Turn(lambda) * sin }, { Turn(phi) * sin, Turn(phi + lambda) * cos } };
    }

    private static ImmutableArray<Primitive> PrxDefinition(Angle theta, Angle phi) =>
        [Primitive.Rotation(Z0, -phi), Primitive.Rotation(X0, theta), Primitive.Rotation(Z0, phi)];

    private static Complex[,] PrxMatrix(double theta, double phi)
    {
        var (sin, cos) = SinCos(theta / 2);
        return new[,] { { cos, -I * sin * Turn(-phi) }, { -I * sin * Turn(phi), cos } };
    }

    private static Complex[,] MsMatrix(double first, double second, double theta)
    {
        var (sin, cos) = SinCos(theta / 2);
        var matrix = new Complex[4, 4];
        for (var b = 0; b < 4; b++)
        {
            matrix[b, b] = cos;
            matrix[3 - b, b] = -I * sin * Turn(((b & 1) == 0 ? first : -first) + ((b & 2) == 0 ? second : -second));
        }
        return matrix;
    }

    private static Complex[,] CuMatrix(ReadOnlySpan<double> a)
    {
        var matrix = Gate.Controlled(UMatrix(a[0], a[1], a[2]), 1);
        for (var row = 1; row < 4; row += 2)
            for (var column = 1; column < 4; column += 2) matrix[row, column] *= Turn(a[3]);
        return matrix;
    }

    private static Complex[,] XxPlusYyMatrix(double theta, double beta)
    {
        var (sin, cos) = SinCos(theta / 2);
        return new[,]
        {
            { 1, 0, 0, 0 },
            { 0, cos, -I * sin * Turn(-beta), 0 },
            { 0, -I * sin * Turn(beta), cos, 0 },
            { 0, 0, 0, 1 },
        };
    }

    private static Complex[,] FsimMatrix(double theta, double phi)
    {
        var (sin, cos) = SinCos(theta);
        return new[,]
        {
            { 1, 0, 0, 0 },
            { 0, cos, -I * sin, 0 },
            { 0, -I * sin, cos, 0 },
            { 0, 0, 0, Turn(-phi) },
        };
    }

    private static Complex[,] Scaled(double factor, Complex[,] matrix)
    {
        for (var row = 0; row < matrix.GetLength(0); row++)
            for (var column = 0; column < matrix.GetLength(1); column++) matrix[row, column] *= factor;
        return matrix;
    }
}
