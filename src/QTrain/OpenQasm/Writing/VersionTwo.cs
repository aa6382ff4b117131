using System.Collections.Immutable;
using System.Text;
using QTrain.Circuits;

namespace QTrain.OpenQasm.Writing;

/// <summary>A circuit as an OpenQASM 2 program.</summary>
internal sealed class VersionTwo(Circuit circuit)
{
    // qelib1.inc as widely distributed has these; definitions of the rest are up to a global phase, which the language does not know.
    private static readonly HashSet<string> Library =
    [
        "u3", "u2", "u1", "cx", "id", "u", "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "rx", "ry", "rz", "sx", "sxdg", "cz", "cy", "swap", "ch", "ccx", "cswap",
        "crx", "cry", "crz", "cp", "csx", "cu", "rxx", "rzz",
    ];

    private static readonly Dictionary<string, string> Definitions = new()
    {
        ["prx"] = "gate prx(t,f) q { rz(-f) q; rx(t) q; rz(f) q; }",
        ["gpi"] = "gate gpi(f) q { rz(-f) q; rx(pi) q; rz(f) q; }",
        ["gpi2"] = "gate gpi2(f) q { rz(-f) q; rx(pi/2) q; rz(f) q; }",
        ["ms"] = "gate ms(f,g,t) a,b { rz(-f) a; rz(-g) b; rxx(t) a,b; rz(g) b; rz(f) a; }",
        ["cs"] = "gate cs a,b { cp(pi/2) a,b; }",
        ["csdg"] = "gate csdg a,b { cp(-pi/2) a,b; }",
        ["ccz"] = "gate ccz a,b,c { h c; ccx a,b,c; h c; }",
        ["ryy"] = "gate ryy(t) a,b { sdg a; sdg b; rxx(t) a,b; s a; s b; }",
        ["rzx"] = "gate rzx(t) a,b { h b; rzz(t) a,b; h b; }",
        ["iswap"] = "gate iswap a,b { s a; s b; h a; cx a,b; cx b,a; h b; }",
        ["sqrt_iswap"] = "gate sqrt_iswap a,b { rxx(-pi/4) a,b; sdg a; sdg b; rxx(-pi/4) a,b; s a; s b; }",
        ["sycamore"] = "gate sycamore a,b { rxx(pi/2) a,b; sdg a; sdg b; rxx(pi/2) a,b; s a; s b; cp(-pi/6) a,b; }",
        ["fsim"] = "gate fsim(t,f) a,b { rxx(t) a,b; sdg a; sdg b; rxx(t) a,b; s a; s b; cp(-f) a,b; }",
        ["dcx"] = "gate dcx a,b { cx a,b; cx b,a; }",
        ["ecr"] = "gate ecr a,b { h b; rzz(pi/4) a,b; h b; x a; h b; rzz(-pi/4) a,b; h b; }",
        ["xx_plus_yy"] = "gate xx_plus_yy(t,f) a,b { rz(f) a; rxx(t/2) a,b; sdg a; sdg b; rxx(t/2) a,b; s a; s b; rz(-f) a; }",
    };

    private readonly StringBuilder _body = new();
    private readonly List<string> _defined = [];
    private readonly List<(string Name, int[] Bits)> _registers = [];
    private readonly Dictionary<int, string> _bitNames = [];

    public string Write()
    {
        if (!circuit.Parameters.IsEmpty) throw new QuantumException($"OpenQASM 2 has no parameters, but the circuit has '{circuit.Parameters[0]}': give values first, or write OpenQASM 3.");
        Registers();
        foreach (var operation in circuit.Operations) WriteOperation(operation);
        var text = new StringBuilder("OPENQASM 2.0;\ninclude \"qelib1.inc\";\n");
        foreach (var definition in _defined) text.Append(definition).Append('\n');
        text.Append("qreg q[").Append(circuit.QubitCount).Append("];\n");
        foreach (var (name, bits) in _registers) text.Append("creg ").Append(name).Append('[').Append(bits.Length).Append("];\n");
        return text.Append(_body).ToString();
    }

    // A condition asks for a whole register: bits that are asked together are one, in the order of the circuit.
    private void Registers()
    {
        var groups = new List<int[]>();
        foreach (var condition in circuit.Operations.Select(o => o.Condition).OfType<Condition>())
        {
            int[] bits = [.. condition.Bits.Order()];
            if (groups.Any(g => g.SequenceEqual(bits))) continue;
            if (groups.Any(g => g.Intersect(bits).Any())) throw new QuantumException("OpenQASM 2 asks conditions of whole registers, but conditions of this circuit share some of their bits: write OpenQASM 3.");
            if (bits[^1] - bits[0] != bits.Length - 1) throw new QuantumException("OpenQASM 2 asks conditions of whole registers, but a condition of this circuit asks for bits that are not neighbours: write OpenQASM 3.");
            groups.Add(bits);
        }
        for (var bit = 0; bit < circuit.BitCount;)
        {
            var group = groups.FirstOrDefault(g => g[0] == bit);
            var end = bit + (group?.Length ?? 0);
            if (group is null)
                while (end < circuit.BitCount && !groups.Any(g => g[0] == end)) end++;
            int[] bits = [.. Enumerable.Range(bit, end - bit)];
            _registers.Add(("", bits));
            bit = end;
        }
        for (var k = 0; k < _registers.Count; k++)
        {
            var name = _registers.Count == 1 ? "c" : $"c{k}";
            _registers[k] = (name, _registers[k].Bits);
            for (var b = 0; b < _registers[k].Bits.Length; b++) _bitNames[_registers[k].Bits[b]] = $"{name}[{b}]";
        }
    }

    private static string Qubits(IEnumerable<int> qubits) => string.Join(",", qubits.Select(q => $"q[{q}]"));

    private void WriteOperation(Operation operation)
    {
        string[] statements = operation switch
        {
            Measure measure => [$"measure q[{measure.Qubit}] -> {_bitNames[measure.Bit]};"],
            Reset reset => [$"reset q[{reset.Qubit}];"],
            Circuits.Barrier barrier => [$"barrier {Qubits(barrier.Qubits)};"],
            // The language has no delays. Readers would refuse a call of an opaque gate; all skip a comment.
            Delay delay => [$"// delay[{delay.Duration}] {Qubits(delay.Qubits)};"],
            GlobalPhase phase => PhaseText(phase),
            GateOperation gate => GateText(gate),
            ChannelOperation => throw new QuantumException($"OpenQASM has no noise: the circuit holds the channel '{operation.Name}'. Write the circuit as JSON, or without its noise."),
            _ => throw new QuantumException($"'{operation.Name}' cannot be written in OpenQASM."),
        };
        var asked = operation is not Delay && operation.Condition is { } condition ? ConditionText(condition) : "";
        foreach (var statement in statements) _body.Append(asked).Append(statement).Append('\n');
    }

    private string ConditionText(Condition condition)
    {
        var (name, bits) = _registers.First(r => r.Bits.Contains(condition.Bits[0]));
        ulong value = 0;
        for (var k = 0; k < condition.Bits.Length; k++)
            if ((condition.Value >> k & 1) != 0) value |= 1UL << Array.IndexOf(bits, condition.Bits[k]);
        return $"if({name}=={value}) ";
    }

    private static string[] PhaseText(GlobalPhase phase)
    {
        var angle = AngleExpression.Of(phase.Phase.Constant);
        return phase.Controls switch
        {
            [] => [],
            [var one] => Negated(phase.Controls, $"p({angle}) q[{one.Qubit}];"),
            [var one, var two] => Negated(phase.Controls, $"cp({angle}) q[{one.Qubit}],q[{two.Qubit}];"),
            _ => throw TooManyControls("global_phase", phase.Controls.Length),
        };
    }

    // A control that must be 0 stands between two x.
    private static string[] Negated(ImmutableArray<Control> controls, string statement)
    {
        string[] flips = [.. controls.Where(c => !c.On).Select(c => $"x q[{c.Qubit}];")];
        return [.. flips, statement, .. flips];
    }

    private static QuantumException TooManyControls(string gate, int controls) =>
        new($"OpenQASM 2 has no modifiers, and '{gate}' under {controls} further control{(controls == 1 ? "" : "s")} is not in its library: decompose it first, or write OpenQASM 3.");

    private string[] GateText(GateOperation operation)
    {
        var gate = operation.Gate;
        if (!gate.IsNamed) return Unnamed(operation);
        var name = gate.Name;
        var controls = operation.Controls.Length;
        if (controls > 0)
        {
            var (root, all) = (gate.Base ?? gate, gate.ControlCount + controls);
            name = (root.Name, all) switch
            {
                ("x", 3) => "c3x",
                ("x", 4) => "c4x",
                ("sx", 3) => "c3sqrtx",
                _ => operation.Controls.Any(c => !c.On) && Gates.All.FirstOrDefault(g => ReferenceEquals(g.Base, root) && g.ControlCount == all) is { } named ? named.Name : throw TooManyControls(gate.Name, controls),
            };
        }
        else if (Definitions.TryGetValue(name, out var definition) && !_defined.Contains(definition)) _defined.Add(definition);
        if (controls > 0 && Definitions.TryGetValue(name, out var ofControlled) && !_defined.Contains(ofControlled)) _defined.Add(ofControlled);
        if (!Library.Contains(name) && !Definitions.ContainsKey(name) && name is not ("c3x" or "c4x" or "c3sqrtx")) throw new QuantumException($"Gate '{name}' cannot be written in OpenQASM 2.");
        var angles = operation.Angles.IsEmpty ? "" : $"({string.Join(",", operation.Angles.Select(a => AngleExpression.Of(a.Constant)))})";
        return Negated(operation.Controls, $"{name}{angles} {Qubits(operation.Qubits)};");
    }

    private static string[] Unnamed(GateOperation operation)
    {
        if (!operation.Controls.IsEmpty) throw TooManyControls(operation.Name, operation.Controls.Length);
        if (operation.Gate.Pauli is { } pauli)
        {
            var chain = new List<string>();
            var (to, from) = (new List<string>(), new List<string>());
            for (var k = 0; k < operation.Targets.Length; k++)
            {
                var qubit = $"q[{operation.Targets[k]}]";
                var (x, z) = ((pauli.X >> k & 1) != 0, (pauli.Z >> k & 1) != 0);
                if (!x && !z) continue;
                chain.Add(qubit);
                if (x && z) to.Add($"sdg {qubit};");
                if (x) to.Add($"h {qubit};");
                if (x) from.Add($"h {qubit};");
                if (x && z) from.Add($"s {qubit};");
            }
            if (chain.Count == 0) return [];
            string[] links = [.. Enumerable.Range(0, chain.Count - 1).Select(k => $"cx {chain[k]},{chain[k + 1]};")];
            return [.. to, .. links, $"rz({AngleExpression.Of(operation.Angles[0].Constant)}) {chain[^1]};", .. links.Reverse(), .. from];
        }
        if (operation.Targets.Length > 1)
            throw new QuantumException($"The unitary matrix '{operation.Gate.Name}' on {operation.Targets.Length} qubits cannot be written in OpenQASM 2: decompose it first, or write OpenQASM 3.");
        var (theta, phi, lambda, _) = TwoLevel.Angles(operation.Gate.Matrix());
        return [$"u({AngleExpression.Of(theta)},{AngleExpression.Of(phi)},{AngleExpression.Of(lambda)}) q[{operation.Targets[0]}];"];
    }
}
