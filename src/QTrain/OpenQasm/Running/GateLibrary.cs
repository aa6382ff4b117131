using QTrain.Circuits;

namespace QTrain.OpenQasm.Running;

/// <summary>The gates that programs have without defining them: those of the language, of its standard files, and of Braket.</summary>
internal static class GateLibrary
{
    /// <summary>OpenQASM 3's U, with the phase e^{iθ/2} of the specification.</summary>
    public static GateRule SpecificationU { get; } = new ComposedRule("U", 3, 1, static (a, q) => [new GlobalPhase(a[0] / 2), Op("u", q, a)]);

    /// <summary>U with a real upper left corner: OpenQASM 2's and Braket's.</summary>
    public static GateRule PlainU { get; } = new TableRule("U", Gates.Named("u"));

    public static GateRule CX { get; } = new TableRule("CX", Gates.Named("cx"));

    public static GateRule GlobalPhase { get; } = new ComposedRule("gphase", 1, 0, static (a, _) => [new GlobalPhase(a[0])]);

    /// <summary><c>stdgates.inc</c>.</summary>
    public static IReadOnlyDictionary<string, GateRule> Standard { get; } = Table(
        [
            "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "cx", "cy", "cz", "cp", "crx", "cry", "crz", "ch", "swap", "ccx", "cswap", "cu", "id",
            "CX=cx", "phase=p", "cphase=cp", "u1=p",
        ],
        // These have the determinant 1, unlike Qiskit's.
        new ComposedRule("u2", 2, 1, static (a, q) => [new GlobalPhase(-0.5 * (a[0] + a[1])), Op("u2", q, a)]),
        new ComposedRule("u3", 3, 1, static (a, q) => [new GlobalPhase(-0.5 * (a[1] + a[2])), Op("u", q, a)]));

    /// <summary><c>qelib1.inc</c> as Qiskit has it.</summary>
    public static IReadOnlyDictionary<string, GateRule> Qelib1 { get; } = Table(
        [
            "u3", "u2", "u1", "cx", "id", "u", "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "rx", "ry", "rz", "sx", "sxdg", "cz", "cy", "swap", "ch", "ccx", "cswap",
            "crx", "cry", "crz", "cu1=cp", "cp", "csx", "cu", "rxx", "rzz",
        ],
        new ComposedRule("u0", 1, 1, static (_, q) => [Op("id", q)]),
        new ComposedRule("cu3", 3, 2, static (a, q) => [Op("cu", q, [.. a, 0.0])]),
        new ComposedRule("c3x", 0, 4, static (_, q) => [Under("x", q)]),
        new ComposedRule("c4x", 0, 5, static (_, q) => [Under("x", q)]),
        new ComposedRule("c3sqrtx", 0, 4, static (_, q) => [Under("sx", q)]),
        new ComposedRule("rccx", 0, 3, static (_, q) => RelativeToffoli(q)),
        new ComposedRule("rc3x", 0, 4, static (_, q) => RelativeThreeControls(q)));

    /// <summary>Those of qelib1.inc that its paper lists, and that a program therefore must not define again.</summary>
    public static IReadOnlySet<string> OfPaper { get; } = new HashSet<string>
    {
        "u3", "u2", "u1", "cx", "id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "rx", "ry", "rz", "cz", "cy", "ch", "ccx", "crz", "cu1", "cu3",
    };

    /// <summary>Amazon Braket's gates.</summary>
    public static IReadOnlyDictionary<string, GateRule> Braket { get; } = Table(
        [
            "i=id", "x", "y", "z", "h", "s", "si=sdg", "t", "ti=tdg", "v=sx", "vi=sxdg", "rx", "ry", "rz", "phaseshift=p", "cnot=cx", "cy", "cz", "cv=csx", "cphaseshift=cp",
            "swap", "iswap", "cswap", "ccnot=ccx", "xx=rxx", "yy=ryy", "zz=rzz", "ecr", "prx", "gpi", "gpi2", "ms",
        ],
        new ComposedRule("cphaseshift00", 1, 2, static (a, q) => [new GlobalPhase(a[0], [new Control(q[0], false), new Control(q[1], false)])]),
        new ComposedRule("cphaseshift01", 1, 2, static (a, q) => [new GlobalPhase(a[0], [new Control(q[0], false), new Control(q[1])])]),
        new ComposedRule("cphaseshift10", 1, 2, static (a, q) => [new GlobalPhase(a[0], [new Control(q[0]), new Control(q[1], false)])]),
        new ComposedRule("pswap", 1, 2, static (a, q) => [Op("rzz", q, a[0]), new GlobalPhase(a[0] / 2), Op("swap", q)]),
        new ComposedRule("xy", 1, 2, static (a, q) => [Op("xx_plus_yy", q, -a[0], 0.0)]));

    private static Dictionary<string, GateRule> Table(string[] rows, params GateRule[] composed)
    {
        var table = composed.ToDictionary(r => r.Name);
        foreach (var row in rows)
        {
            var names = row.Split('=');
            table.Add(names[0], new TableRule(names[0], Gates.Named(names[^1])));
        }
        return table;
    }

    private static GateOperation Op(string gate, int[] qubits, params Angle[] angles) => new(Gates.Named(gate), [.. qubits], [.. angles]);

    private static GateOperation Under(string gate, int[] qubits) => new(Gates.Named(gate), [qubits[^1]], [], [.. qubits[..^1].Select(q => new Control(q))]);

    // Maslov 2016, arXiv:1508.03273, figure 3.
    private static IEnumerable<Operation> RelativeToffoli(int[] q)
    {
        var (a, b, c) = (q[0], q[1], q[2]);
        return
        [
            Op("h", [c]), Op("t", [c]), Op("cx", [b, c]), Op("tdg", [c]), Op("cx", [a, c]), Op("t", [c]), Op("cx", [b, c]), Op("tdg", [c]), Op("h", [c]),
        ];
    }

    // The same, figure 4.
    private static IEnumerable<Operation> RelativeThreeControls(int[] q)
    {
        var (a, b, c, d) = (q[0], q[1], q[2], q[3]);
        return
        [
            Op("h", [d]), Op("t", [d]), Op("cx", [c, d]), Op("tdg", [d]), Op("h", [d]), Op("cx", [a, d]), Op("t", [d]), Op("cx", [b, d]), Op("tdg", [d]), Op("cx", [a, d]),
            Op("t", [d]), Op("cx", [b, d]), Op("tdg", [d]), Op("h", [d]), Op("t", [d]), Op("cx", [c, d]), Op("tdg", [d]), Op("h", [d]),
        ];
    }
}
