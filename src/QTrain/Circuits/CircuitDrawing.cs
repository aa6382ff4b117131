using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace QTrain.Circuits;

/// <summary>Draws a circuit as text: a wire a qubit, qubit 0 on top, time to the right.</summary>
internal sealed class CircuitDrawing
{
    private readonly Circuit _circuit;
    private readonly List<Column> _columns = [];

    public CircuitDrawing(Circuit circuit)
    {
        _circuit = circuit;
        var (free, freeBits) = (new int[circuit.QubitCount], new int[circuit.BitCount]);
        foreach (var operation in circuit.Operations)
        {
            if (operation.Qubits.IsEmpty) continue;     // a global phase stands above the wires
            var (top, bottom) = (operation.Qubits.Min(), operation.Qubits.Max());
            var at = free[top..(bottom + 1)].Max();
            ImmutableArray<int> bits = [.. operation.Condition?.Bits ?? [], .. operation is Measure measure ? [measure.Bit] : Array.Empty<int>()];
            foreach (var bit in bits) at = Math.Max(at, freeBits[bit]);
            if (at == _columns.Count) _columns.Add(new Column(circuit.QubitCount));
            _columns[at].Place(operation, top, bottom);
            free.AsSpan(top, bottom - top + 1).Fill(at + 1);
            foreach (var bit in bits) freeBits[bit] = at + 1;
        }
    }

    public string ToText(int width)
    {
        var text = new StringBuilder();
        var phases = _circuit.Operations.OfType<GlobalPhase>().Where(p => p.Controls.IsEmpty).Select(p => p.Phase + (p.Condition is null ? "" : $" if {p.Condition}"));
        if (string.Join(", ", phases) is { Length: > 0 } all) text.Append("global phase: ").Append(all).Append('\n');
        var margin = $"q{_circuit.QubitCount - 1}: ".Length;
        for (var first = 0; first == 0 || first < _columns.Count;)
        {
            var (last, used) = (first, margin + 1);
            while (last < _columns.Count && (last == first || used + _columns[last].Width + 1 <= width)) used += _columns[last++].Width + 1;
            if (first > 0) text.Append('\n');
            AppendBlock(text, margin, _columns[first..last]);
            first = Math.Max(last, first + 1);
        }
        return text.ToString();
    }

    private void AppendBlock(StringBuilder text, int margin, List<Column> columns)
    {
        for (var wire = 0; wire < _circuit.QubitCount; wire++)
        {
            var line = new StringBuilder($"q{wire}: ".PadLeft(margin)).Append('─');
            foreach (var column in columns) line.Append(column.OnWire(wire)).Append('─');
            text.Append(line).Append('\n');
            var gap = new StringBuilder(new string(' ', margin + 1));
            foreach (var column in columns) gap.Append(column.Below(wire)).Append(' ');
            if (gap.ToString().TrimEnd() is { Length: > 0 } connectors) text.Append(connectors).Append('\n');
        }
    }

    private sealed class Column(int wires)
    {
        private readonly string?[] _labels = new string?[wires];
        private readonly char[] _below = [.. Enumerable.Repeat(' ', wires)];

        public int Width { get; private set; } = 1;

        public void Place(Operation operation, int top, int bottom)
        {
            var line = operation is Barrier ? '░' : '│';
            for (var wire = top; wire <= bottom; wire++) _labels[wire] = operation is Barrier ? null : "┼";
            for (var wire = top; wire < bottom; wire++) _below[wire] = line;
            foreach (var (wire, label) in Labels(operation)) _labels[wire] = label;
            if (operation.Condition is { } condition) _labels[operation.Qubits[^1]] += $" if {condition}";
            Width = Math.Max(Width, _labels.Max(l => l?.Length ?? 1));
        }

        public string OnWire(int wire) => Centered(_labels[wire] ?? "─", '─');

        public string Below(int wire) => Centered(_below[wire].ToString(), ' ');

        private string Centered(string label, char fill)
        {
            var left = (Width - label.Length) / 2;
            return new string(fill, left) + label + new string(fill, Width - label.Length - left);
        }

        private static IEnumerable<(int Wire, string Label)> Labels(Operation operation) => operation switch
        {
            Measure measure => [(measure.Qubit, $"M→c{measure.Bit}")],
            Reset reset => [(reset.Qubit, "|0⟩")],
            Barrier barrier => barrier.Qubits.Select(q => (q, "░")),
            Delay delay => delay.Qubits.Select(q => (q, $"wait({delay.Duration})")),
            GlobalPhase phase => OnPhase(phase),
            GateOperation gate => OnGate(gate),
            _ => operation.Qubits.Select(q => (q, operation.Name)),
        };

        private static IEnumerable<(int, string)> OnPhase(GlobalPhase phase)
        {
            foreach (var control in phase.Controls[..^1]) yield return (control.Qubit, Dot(control.On));
            var last = phase.Controls[^1];
            yield return (last.Qubit, (last.On ? "" : "○") + $"phase({phase.Phase})");
        }

        private static IEnumerable<(int, string)> OnGate(GateOperation operation)
        {
            foreach (var control in operation.Controls) yield return (control.Qubit, Dot(control.On));
            foreach (var control in operation.Targets[..operation.Gate.ControlCount]) yield return (control, Dot(true));
            var gate = operation.Gate.Base ?? operation.Gate;
            var targets = operation.Targets[operation.Gate.ControlCount..];
            var angles = operation.Angles.IsEmpty ? "" : $"({string.Join(", ", operation.Angles)})";
            for (var k = 0; k < targets.Length; k++)
                yield return (targets[k], gate.Name == "swap" && gate.IsNamed ? "×"
                    : gate.Pauli is { } pauli ? $"R[{pauli[k]}]" + (k == 0 ? angles : "")
                    : gate.Name + (k == 0 ? angles : "") + (targets.Length > 1 ? Subscript(k) : ""));
        }

        private static string Dot(bool on) => on ? "●" : "○";

        private static string Subscript(int number) =>
            string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(digit => (char)('₀' + (digit - '0'))));
    }
}

public sealed partial class Circuit
{
    /// <summary>The circuit as text: a wire a qubit, qubit 0 on top, time to the right.</summary>
    /// <param name="width">Where lines are continued below, in characters.</param>
    /// <remarks>● and ○ are controls that must be 1 and 0; × are swapped qubits; <c>M→c0</c> measures into bit 0; <c>if c0=1</c> is a condition;
    /// <c>ecr₀</c> is the first qubit of a gate; <c>R[X]</c> is a letter of a Pauli rotation; ░ is a barrier, and <c>wait(100ns)</c> a delay.</remarks>
    public string Draw(int width = 120) => new CircuitDrawing(this).ToText(width);
}
