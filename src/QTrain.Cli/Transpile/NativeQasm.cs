using System.Globalization;
using System.Text;
using QTrain.Circuits;

namespace QTrain.Cli.Transpile;

/// <summary>A compiled circuit as OpenQASM 3: native gates on the qubits of one register, trainable parameters as inputs.</summary>
internal static class NativeQasm
{
    /// <summary>Gates that stdgates.inc does not have, in terms of those it has.</summary>
    private static readonly Dictionary<string, string> Definitions = new()
    {
        ["prx"] = "gate prx(theta, phi) q { rz(-phi) q; rx(theta) q; rz(phi) q; }",
        ["gpi"] = "gate gpi(phi) q { gphase(pi/2); rz(-phi) q; rx(pi) q; rz(phi) q; }",
        ["gpi2"] = "gate gpi2(phi) q { rz(-phi) q; rx(pi/2) q; rz(phi) q; }",
        ["rxx"] = "gate rxx(theta) a, b { h a; h b; cx a, b; rz(theta) b; cx a, b; h a; h b; }",
        ["ryy"] = "gate ryy(theta) a, b { rx(pi/2) a; rx(pi/2) b; cx a, b; rz(theta) b; cx a, b; rx(-pi/2) a; rx(-pi/2) b; }",
        ["rzz"] = "gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }",
        ["rzx"] = "gate rzx(theta) a, b { h b; cx a, b; rz(theta) b; cx a, b; h b; }",
        ["ms"] = "gate ms(phi0, phi1, theta) a, b { rz(-phi0) a; rz(-phi1) b; h a; h b; cx a, b; rz(theta) b; cx a, b; h a; h b; rz(phi0) a; rz(phi1) b; }",
        ["iswap"] = "gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }",
        ["ecr"] = "gate ecr a, b { h b; cx a, b; rz(pi/4) b; cx a, b; h b; x a; h b; cx a, b; rz(-pi/4) b; cx a, b; h b; }",
        ["sxdg"] = "gate sxdg q { inv @ sx q; }",
    };

    public static string Write(Circuit circuit)
    {
        var text = new StringBuilder("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n");
        foreach (var name in circuit.Operations.OfType<GateOperation>().Select(g => g.Gate.Name).Distinct())
            if (Definitions.TryGetValue(name, out var definition)) text.Append(definition).Append('\n');
        var names = Names(circuit);
        foreach (var parameter in circuit.Parameters) text.Append(CultureInfo.InvariantCulture, $"input float[64] {names[parameter]};\n");
        text.Append(CultureInfo.InvariantCulture, $"qubit[{circuit.QubitCount}] q;\n");
        if (circuit.BitCount > 0) text.Append(CultureInfo.InvariantCulture, $"bit[{circuit.BitCount}] c;\n");
        foreach (var operation in circuit.Operations)
        {
            var line = operation switch
            {
                Measure measure => $"c[{measure.Bit}] = measure q[{measure.Qubit}];",
                GateOperation { Angles.IsEmpty: true } gate => $"{gate.Gate.Name} {Places(gate)};",
                GateOperation gate => $"{gate.Gate.Name}({string.Join(", ", gate.Angles.Select(a => Expression(a, names)))}) {Places(gate)};",
                _ => $"{operation.Name} {Places(operation)};",
            };
            if (operation.Condition is { } condition)
                line = $"if ({string.Join(" && ", condition.Bits.Select((b, k) => $"c[{b}] == {condition.Value >> k & 1}"))}) {{ {line} }}";
            text.Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static string Places(Operation operation) => string.Join(", ", operation.Qubits.Select(q => $"q[{q}]"));

    private static string Expression(Angle angle, Dictionary<Parameter, string> names)
    {
        if (angle.IsConstant) return Number(angle.Constant);
        var terms = angle.Terms.Select(t => t.Coefficient == 1 ? names[t.Parameter] : $"{Number(t.Coefficient)}*{names[t.Parameter]}");
        return string.Join(" + ", angle.Constant == 0 ? terms : terms.Append(Number(angle.Constant)));
    }

    private static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        // OpenQASM tells whole numbers from others by the point.
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }

    /// <summary>Parameters as identifiers: letters, digits and underscores, each its own, none a word of the language or a gate.</summary>
    private static Dictionary<Parameter, string> Names(Circuit circuit)
    {
        var names = new Dictionary<Parameter, string>();
        var taken = new HashSet<string>(Gates.All.SelectMany(g => g.Aliases.Append(g.Name)))
        {
            "q", "c", "pi", "tau", "euler", "input", "output", "qubit", "bit", "int", "uint", "float", "angle", "bool", "gate", "def", "if", "else", "for", "while",
            "measure", "reset", "barrier", "include", "let", "const", "return", "in", "box", "delay", "duration", "stretch", "complex", "array", "true", "false", "sin", "cos",
            "tan", "exp", "log", "sqrt", "pow", "ctrl", "negctrl", "inv", "gphase", "extern", "cal", "defcal", "switch", "case", "default", "end", "break", "continue", "mod", "popcount",
        };
        foreach (var parameter in circuit.Parameters)
        {
            var name = string.Concat(parameter.Name.Select(ch => char.IsAsciiLetterOrDigit(ch) || ch == '_' ? ch : '_'));
            if (name.Length == 0 || char.IsAsciiDigit(name[0])) name = "p_" + name;
            while (!taken.Add(name)) name += "_";
            names.Add(parameter, name);
        }
        return names;
    }
}
