using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using QTrain.Circuits;
using QTrain.OpenQasm.Syntax;
using Parameter = QTrain.Circuits.Parameter;

namespace QTrain.OpenQasm.Writing;

/// <summary>A circuit as an OpenQASM 3 program.</summary>
internal sealed class VersionThree(Circuit circuit, ProgramNames names, ImmutableArray<(int At, string Text)> kept)
{
    public VersionThree(Circuit circuit) : this(circuit, ProgramNames.Plain(circuit.QubitCount, circuit.BitCount), []) { }

    // Gates that stdgates.inc lacks, with the phases that QTrain's table gives them.
    private static readonly Dictionary<string, string> Definitions = new()
    {
        ["u"] = "gate u(a, b, c) q { gphase(-a/2); U(a, b, c) q; }",
        ["u2"] = "gate u2q(a, b) q { gphase(-pi/4); U(pi/2, a, b) q; }",
        ["prx"] = "gate prx(t, f) q { rz(-f) q; rx(t) q; rz(f) q; }",
        ["gpi"] = "gate gpi(f) q { gphase(pi/2); rz(-f) q; rx(pi) q; rz(f) q; }",
        ["gpi2"] = "gate gpi2(f) q { rz(-f) q; rx(pi/2) q; rz(f) q; }",
        ["ms"] = "gate ms(f, g, t) a, b { rz(-f) a; rz(-g) b; h a; h b; cx a, b; rz(t) b; cx a, b; h b; h a; rz(g) b; rz(f) a; }",
        ["sxdg"] = "gate sxdg q { inv @ sx q; }",
        ["cs"] = "gate cs a, b { ctrl @ s a, b; }",
        ["csdg"] = "gate csdg a, b { ctrl @ sdg a, b; }",
        ["csx"] = "gate csx a, b { ctrl @ sx a, b; }",
        ["ccz"] = "gate ccz a, b, c { ctrl(2) @ z a, b, c; }",
        ["rzz"] = "gate rzz(t) a, b { cx a, b; rz(t) b; cx a, b; }",
        ["rxx"] = "gate rxx(t) a, b { h a; h b; cx a, b; rz(t) b; cx a, b; h b; h a; }",
        ["ryy"] = "gate ryy(t) a, b { sdg a; sdg b; h a; h b; cx a, b; rz(t) b; cx a, b; h b; h a; s b; s a; }",
        ["rzx"] = "gate rzx(t) a, b { h b; cx a, b; rz(t) b; cx a, b; h b; }",
        ["iswap"] = "gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }",
        ["sqrt_iswap"] = "gate sqrt_iswap a, b { h a; h b; cx a, b; rz(-pi/4) b; cx a, b; h b; h a; sdg a; sdg b; h a; h b; cx a, b; rz(-pi/4) b; cx a, b; h b; h a; s b; s a; }",
        ["sycamore"] = "gate sycamore a, b { h a; h b; cx a, b; rz(pi/2) b; cx a, b; h b; h a; sdg a; sdg b; h a; h b; cx a, b; rz(pi/2) b; cx a, b; h b; h a; s b; s a; cp(-pi/6) a, b; }",
        ["fsim"] = "gate fsim(t, f) a, b { h a; h b; cx a, b; rz(t) b; cx a, b; h b; h a; sdg a; sdg b; h a; h b; cx a, b; rz(t) b; cx a, b; h b; h a; s b; s a; cp(-f) a, b; }",
        ["dcx"] = "gate dcx a, b { cx a, b; cx b, a; }",
        ["ecr"] = "gate ecr a, b { h b; cx a, b; rz(pi/4) b; cx a, b; h b; x a; h b; cx a, b; rz(-pi/4) b; cx a, b; h b; }",
        ["xx_plus_yy"] = "gate xx_plus_yy(t, f) a, b { rz(f) a; h a; h b; cx a, b; rz(t/2) b; cx a, b; h b; h a; sdg a; sdg b; h a; h b; cx a, b; rz(t/2) b; cx a, b; h b; h a; s b; s a; rz(-f) a; }",
    };

    private static readonly HashSet<string> Standard =
        ["p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "cx", "cy", "cz", "cp", "crx", "cry", "crz", "ch", "swap", "ccx", "cswap", "cu", "id"];

    private static readonly Dictionary<string, string> Renamed = new() { ["u1"] = "p", ["u3"] = "u" };

    /// <summary>Names that the writer needs for itself.</summary>
    public static IReadOnlySet<string> OwnNames { get; } = new HashSet<string>(Running.GateLibrary.Standard.Keys.Concat(Definitions.Keys)) { "U", "u2q" };

    private readonly StringBuilder _body = new();
    private readonly List<string> _defined = [];
    private readonly HashSet<string> _definedNames = [];
    private readonly Dictionary<Parameter, string> _names = [];

    public string Write()
    {
        NameParameters();
        var next = 0;
        for (var k = 0; k <= circuit.Operations.Length; k++)
        {
            for (; next < kept.Length && kept[next].At == k; next++) _body.Append(kept[next].Text).Append('\n');
            if (k < circuit.Operations.Length) WriteOperation(circuit.Operations[k]);
        }
        var text = new StringBuilder("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n");
        foreach (var parameter in circuit.Parameters) text.Append("input float ").Append(_names[parameter]).Append(";\n");
        foreach (var definition in _defined) text.Append(definition).Append('\n');
        foreach (var declaration in names.Declarations) text.Append(declaration).Append('\n');
        return text.Append(_body).ToString();
    }

    // Names of parameters as the language allows them, all different.
    private void NameParameters()
    {
        var taken = new HashSet<string>(Words.OfThree.Concat(Meaning.Functions.Names).Concat(Meaning.Functions.Constants.Keys).Concat(Running.GateLibrary.Standard.Keys).Concat(Definitions.Keys)) { "U", "u2q", "q", "c" };
        taken.UnionWith(names.Qubits.Concat(names.Bits).Select(n => n.Split('[')[0]));
        foreach (var parameter in circuit.Parameters)
        {
            var name = string.Concat(parameter.Name.Select(ch => char.IsAsciiLetterOrDigit(ch) || ch == '_' || ch > 127 && char.IsLetter(ch) ? ch : '_')).TrimEnd('_');
            if (name.Length == 0 || char.IsAsciiDigit(name[0])) name = "p" + name;
            var free = name;
            for (var k = 1; !taken.Add(free); k++) free = $"{name}_{k}";
            _names[parameter] = free;
        }
    }

    private string Text(Angle angle) => AngleExpression.Of(angle, p => _names[p]);

    private string Qubits(IEnumerable<int> qubits) => string.Join(", ", qubits.Select(q => names.Qubits[q]));

    private string AllOr(ImmutableArray<int> qubits) =>
        names.Registers.FirstOrDefault(r => r.Count == qubits.Length && qubits.Order().SequenceEqual(Enumerable.Range(r.First, r.Count))) is { Name: { } register } ? register : Qubits(qubits);

    private void WriteOperation(Operation operation)
    {
        var statement = operation switch
        {
            Measure measure => $"{names.Bits[measure.Bit]} = measure {names.Qubits[measure.Qubit]};",
            Reset reset => $"reset {names.Qubits[reset.Qubit]};",
            Circuits.Barrier barrier => $"barrier {AllOr(barrier.Qubits)};",
            Delay delay => $"delay[{delay.Duration}] {AllOr(delay.Qubits)};",
            GlobalPhase phase => $"{Controls(phase.Controls)}gphase({Text(phase.Phase)}){(phase.Controls.IsEmpty ? "" : " " + Qubits(phase.Qubits))};",
            GateOperation gate => GateText(gate),
            ChannelOperation => throw new QuantumException($"OpenQASM has no noise: the circuit holds the channel '{operation.Name}'. Write the circuit as JSON, or without its noise."),
            _ => throw new QuantumException($"'{operation.Name}' cannot be written in OpenQASM."),
        };
        if (operation.Condition is { } condition)
        {
            var asked = condition.Bits.Select((bit, k) => $"{names.Bits[bit]} == {condition.Value >> k & 1}");
            statement = $"if ({string.Join(" && ", asked)}) {{ {statement} }}";
        }
        _body.Append(statement).Append('\n');
    }

    private string GateText(GateOperation operation)
    {
        var name = NameOf(operation.Gate);
        var angles = operation.Angles.IsEmpty ? "" : $"({string.Join(", ", operation.Angles.Select(Text))})";
        return $"{Controls(operation.Controls)}{name}{angles} {Qubits(operation.Qubits)};";
    }

    // Equal modifiers one after another are written as one: ctrl(2) @.
    private static string Controls(ImmutableArray<Control> controls)
    {
        var text = new StringBuilder();
        for (var k = 0; k < controls.Length;)
        {
            var end = k;
            while (end < controls.Length && controls[end].On == controls[k].On) end++;
            text.Append(controls[k].On ? "ctrl" : "negctrl").Append(end - k == 1 ? "" : $"({end - k})").Append(" @ ");
            k = end;
        }
        return text.ToString();
    }

    private string NameOf(Gate gate)
    {
        if (gate.IsNamed)
        {
            var name = Renamed.GetValueOrDefault(gate.Name, gate.Name);
            if (Standard.Contains(name)) return name;
            if (!Definitions.TryGetValue(name, out var definition)) throw new QuantumException($"Gate '{gate.Name}' cannot be written in OpenQASM.");
            if (_definedNames.Add(name)) _defined.Add(definition);
            return name == "u2" ? "u2q" : name;
        }
        if (gate.Pauli is not null)
        {
            var label = gate.Name[(gate.Name.IndexOf('(', StringComparison.Ordinal) + 1)..^1];
            var name = "pauli_" + label;
            if (_definedNames.Add(name)) _defined.Add(PauliDefinition(name, label));
            return name;
        }
        for (var k = 0; ; k++)
        {
            var name = $"unitary_{k}";
            if (_unitaries.TryGetValue(name, out var known))
            {
                if (known.Equals(gate)) return name;
                continue;
            }
            _unitaries.Add(name, gate);
            _defined.Add(UnitaryDefinition(name, gate.Matrix()));
            return name;
        }
    }

    private readonly Dictionary<string, Gate> _unitaries = [];

    private static string PauliDefinition(string name, string label)
    {
        var qubits = Enumerable.Range(0, label.Length).Select(k => $"a{k}").ToArray();
        var (to, from, chain) = (new StringBuilder(), new StringBuilder(), new List<string>());
        for (var k = 0; k < label.Length; k++)
        {
            var letter = label[label.Length - 1 - k];
            if (letter == 'I') continue;
            chain.Add(qubits[k]);
            if (letter == 'X') (_, _) = (to.Append($"h {qubits[k]}; "), from.Append($"h {qubits[k]}; "));
            if (letter == 'Y') (_, _) = (to.Append($"sdg {qubits[k]}; h {qubits[k]}; "), from.Append($"h {qubits[k]}; s {qubits[k]}; "));
        }
        if (chain.Count == 0) return $"gate {name}(t) {string.Join(", ", qubits)} {{ gphase(-t/2); }}";
        var up = string.Concat(Enumerable.Range(0, chain.Count - 1).Select(k => $"cx {chain[k]}, {chain[k + 1]}; "));
        var down = string.Concat(Enumerable.Range(0, chain.Count - 1).Reverse().Select(k => $"cx {chain[k]}, {chain[k + 1]}; "));
        return $"gate {name}(t) {string.Join(", ", qubits)} {{ {to}{up}rz(t) {chain[^1]}; {down}{from}}}";
    }

    private static string UnitaryDefinition(string name, Complex[,] matrix)
    {
        var count = BitOperations.Log2((uint)matrix.GetLength(0));
        var qubits = string.Join(", ", Enumerable.Range(0, count).Select(k => $"a{k}"));
        return $"gate {name} {qubits} {{ {string.Concat(TwoLevel.Decompose(matrix).Select(s => s.Text()))}}}";
    }
}
