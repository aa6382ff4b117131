using System.Collections.Immutable;
using System.Globalization;
using System.Security;
using System.Text;

namespace QTrain.Circuits;

/// <summary>Draws a circuit as SVG: a wire a qubit, qubit 0 on top, time to the right, one double line for all classical bits.</summary>
internal sealed class CircuitSvg
{
    private const double Wire = 46, Half = 15, Gap = 12, Top = 26, Left = 14, RowGap = 30, Smallest = 30;
    private const double NameSize = 13, AngleSize = 9.5, LetterWidth = 0.6;
    private const int LongestLabel = 26;

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["id"] = "I", ["sdg"] = "S†", ["tdg"] = "T†", ["sx"] = "√X", ["sxdg"] = "√X†", ["iswap"] = "iSWAP", ["sqrt_iswap"] = "√iSWAP", ["sycamore"] = "SYC", ["fsim"] = "fSim", ["ecr"] = "ECR", ["dcx"] = "DCX", ["ms"] = "MS", ["gpi"] = "GPI", ["gpi2"] = "GPI2",
    };

    private sealed record Column(List<Operation> Operations)
    {
        public double Width { get; set; } = Smallest;
    }

    private readonly Circuit _circuit;
    private readonly double _rowWidth;
    private readonly List<Column> _columns = [];
    private readonly StringBuilder _svg = new();
    private readonly double _labels;

    public CircuitSvg(Circuit circuit, double width)
    {
        (_circuit, _rowWidth) = (circuit, width);
        _labels = 12 + 8 * $"q{circuit.QubitCount - 1}".Length;
        Arrange();
    }

    private bool HasBits => _circuit.BitCount > 0;

    private double RowHeight => (_circuit.QubitCount + (HasBits ? 1 : 0)) * Wire;

    public string ToSvg()
    {
        var rows = Rows();
        var width = Left + _labels + rows.Max(r => r.Sum(c => c.Width + Gap)) + Gap + 22;
        var phases = _circuit.Operations.OfType<GlobalPhase>().Where(p => p.Controls.IsEmpty).Select(p => AngleText.Short(p.Phase) + (p.Condition is null ? "" : $" if {p.Condition}")).ToArray();
        var head = Top + (phases.Length > 0 ? 18 : 0);
        var height = head + rows.Count * RowHeight + (rows.Count - 1) * RowGap - Wire / 2 + 16;
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" font-family="'Latin Modern Roman','STIX Two Text','DejaVu Sans',Helvetica,Arial,sans-serif" text-anchor="middle">""");
        _svg.Append("<title>").Append(Escaped($"A circuit of {_circuit.QubitCount} qubits and {_circuit.Operations.Length} operations")).Append("</title>\n");
        Add($"""<rect width="{width}" height="{height}" fill="#ffffff"/>""");
        if (phases.Length > 0) Text(Left, Top - 6, 11, "#57606a", "global phase: " + string.Join(", ", phases), anchor: "start");
        for (var row = 0; row < rows.Count; row++) Row(rows[row], head + row * (RowHeight + RowGap), row < rows.Count - 1, row > 0);
        return _svg.Append("</svg>\n").ToString();
    }

    // As far left as the wires between an operation's ends, and those of its bits, are free.
    private void Arrange()
    {
        var free = new int[_circuit.QubitCount];
        var freeBits = 0;
        foreach (var operation in _circuit.Operations)
        {
            if (operation.Qubits.IsEmpty) continue;
            var (top, bottom) = (operation.Qubits.Min(), operation.Qubits.Max());
            // A line to the bits crosses every wire below.
            var classical = operation is Measure || operation.Condition is not null;
            if (classical) bottom = _circuit.QubitCount - 1;
            var at = free[top..(bottom + 1)].Max();
            if (classical) at = Math.Max(at, freeBits);
            while (_columns.Count <= at) _columns.Add(new Column([]));
            _columns[at].Operations.Add(operation);
            _columns[at].Width = Math.Max(_columns[at].Width, Width(operation));
            free.AsSpan(top, bottom - top + 1).Fill(at + 1);
            if (classical) freeBits = at + 1;
        }
    }

    private List<List<Column>> Rows()
    {
        var rows = new List<List<Column>> { new() };
        var used = 0.0;
        foreach (var column in _columns)
        {
            if (used + column.Width + Gap > _rowWidth - _labels - Left - 30 && rows[^1].Count > 0)
            {
                rows.Add([]);
                used = 0;
            }
            rows[^1].Add(column);
            used += column.Width + Gap;
        }
        return rows;
    }

    private void Row(List<Column> columns, double top, bool goesOn, bool continues)
    {
        var (start, end) = (Left + _labels, Left + _labels + columns.Sum(c => c.Width + Gap) + Gap);
        for (var q = 0; q < _circuit.QubitCount; q++)
        {
            Text(start - 8, Y(q) + 4, 13, "#24292f", "q", q.ToString(CultureInfo.InvariantCulture), "end");
            Add($"""<path d="M{start} {Y(q)}H{end}" stroke="#57606a" stroke-width="1.2"/>""");
        }
        if (HasBits)
        {
            var y = BitsY();
            Text(start - 8, y + 4, 13, "#24292f", "c", null, "end");
            Add($"""<path d="M{start} {y - 1.6}H{end}M{start} {y + 1.6}H{end}" stroke="#57606a" stroke-width="1"/>""");
            Add($"""<path d="M{start + 4} {y + 5}l5 -10" stroke="#57606a" stroke-width="1"/>""");
            Text(start + 12, y - 5, 9, "#57606a", _circuit.BitCount.ToString(CultureInfo.InvariantCulture));
        }
        // Two small strokes where a row breaks off and where it is taken up again.
        if (goesOn) Add($"""<path d="M{end + 5} {top - 8}v{RowHeight - Wire + 16}M{end + 8} {top - 8}v{RowHeight - Wire + 16}" stroke="#8c959f" stroke-width="1"/>""");
        if (continues) Add($"""<path d="M{start - 3} {top - 8}v{RowHeight - Wire + 16}" stroke="#8c959f" stroke-width="1"/>""");
        var x = start + Gap;
        foreach (var column in columns)
        {
            foreach (var operation in column.Operations) Draw(operation, x + column.Width / 2);
            x += column.Width + Gap;
        }

        double Y(int qubit) => top + qubit * Wire;

        double BitsY() => top + _circuit.QubitCount * Wire;

        void Draw(Operation operation, double middle)
        {
            if (operation.Condition is { } condition && operation.Qubits.Length > 0)
            {
                var y = BitsY();
                Add($"""<path d="M{middle} {Y(operation.Qubits.Max())}V{y}" stroke="#8250df" stroke-width="1" stroke-dasharray="3 2"/>""");
                Add($"""<circle cx="{middle}" cy="{y}" r="3.5" fill="#8250df"/>""");
                Text(middle, y + 15, 9, "#8250df", Cut(condition.ToString()));
            }
            switch (operation)
            {
                case Barrier barrier:
                    foreach (var q in barrier.Qubits)
                        Add($"""<rect x="{middle - 5}" y="{Y(q) - Wire / 2}" width="10" height="{Wire}" fill="#d0d7de" fill-opacity="0.6"/><path d="M{middle} {Y(q) - Wire / 2}v{Wire}" stroke="#6e7781" stroke-dasharray="4 3"/>""");
                    break;
                case Delay delay:
                    Block(delay.Qubits, "wait", Cut(delay.Duration.ToString()), "#f6f8fa", "#6e7781");
                    break;
                case Measure measure:
                    Meter(middle, Y(measure.Qubit), measure.Bit, BitsY());
                    break;
                case Reset reset:
                    Box(middle, Y(reset.Qubit), Y(reset.Qubit), Width(operation), "#24292f", "#24292f", "|0⟩", null, null, "#ffffff");
                    break;
                case GlobalPhase phase:
                    Stem(phase.Qubits);
                    foreach (var control in phase.Controls[..^1]) Dot(middle, Y(control.Qubit), control.On);
                    var last = phase.Controls[^1];
                    Dot(middle, Y(last.Qubit), last.On);
                    Text(middle + 8, Y(last.Qubit) - 7, AngleSize, "#24292f", Cut(AngleText.Short(phase.Phase)), anchor: "start");
                    break;
                case ChannelOperation channel:
                    Block(channel.Qubits, Cut(channel.Name), channel.Channel.Arguments.IsDefaultOrEmpty ? null : Cut(string.Join(", ", channel.Channel.Arguments.Select(a => a.ToString("0.####", CultureInfo.InvariantCulture)))), "#fff1e5", "#bc4c00", dashed: true);
                    break;
                case GateOperation gate:
                    Gate(gate);
                    break;
            }

            void Stem(ImmutableArray<int> qubits)
            {
                if (qubits.Length > 1) Add($"""<path d="M{middle} {Y(qubits.Min())}V{Y(qubits.Max())}" stroke="#24292f" stroke-width="1.3"/>""");
            }

            void Gate(GateOperation gate)
            {
                var targets = gate.Targets[gate.Gate.ControlCount..];
                var inner = gate.Gate.Base ?? gate.Gate;
                Stem(gate.Qubits);
                foreach (var control in gate.Controls) Dot(middle, Y(control.Qubit), control.On);
                foreach (var control in gate.Targets[..gate.Gate.ControlCount]) Dot(middle, Y(control), true);
                var controlled = gate.Qubits.Length > targets.Length;
                var angles = gate.Angles.IsEmpty ? null : Cut(string.Join(", ", gate.Angles.Select(AngleText.Short)));
                switch (inner.Name)
                {
                    case "x" when controlled && inner.IsNamed:
                        Plus(middle, Y(targets[0]));
                        return;
                    case "z" when controlled && inner.IsNamed:
                        Dot(middle, Y(targets[0]), true);
                        return;
                    case "swap" when inner.IsNamed:
                        foreach (var q in targets) Add($"""<path d="M{middle - 6} {Y(q) - 6}l12 12m0 -12l-12 12" stroke="#24292f" stroke-width="1.8"/>""");
                        return;
                }
                var (fill, edge) = Colours(inner);
                if (inner.Pauli is { } pauli && !inner.IsNamed)
                {
                    for (var k = 0; k < targets.Length; k++)
                        Box(middle, Y(targets[k]), Y(targets[k]), Width(operation), fill, edge, "R", pauli[k].ToString(), k == 0 ? angles : null);
                    return;
                }
                Block(targets, Name(inner), angles, fill, edge);
            }

            // One box over wires that lie together; else a box on each, joined by the stem, with the number of the gate's qubit.
            void Block(ImmutableArray<int> wires, string name, string? detail, string fill, string edge, bool dashed = false)
            {
                var (low, high) = (wires.Min(), wires.Max());
                var between = operation.Qubits.Any(q => q > low && q < high && !wires.Contains(q));
                var (stem, subscript) = Split(name);
                if (wires.Length == 1 || (high - low == wires.Length - 1 && !between))
                {
                    Box(middle, Y(low), Y(high), Width(operation), fill, edge, stem, subscript, detail, dashed: dashed);
                    for (var k = 0; wires.Length > 1 && k < wires.Length; k++)
                        Text(middle - Width(operation) / 2 + 6, Y(wires[k]) + (wires.Length % 2 == 1 && wires[k] == (low + high) / 2 ? 13 : 3), 8, "#57606a", k.ToString(CultureInfo.InvariantCulture));
                    return;
                }
                Stem(wires);
                for (var k = 0; k < wires.Length; k++)
                {
                    Box(middle, Y(wires[k]), Y(wires[k]), Width(operation), fill, edge, stem, subscript, k == 0 ? detail : null, dashed: dashed);
                    Text(middle - Width(operation) / 2 + 6, Y(wires[k]) + 12, 8, "#57606a", k.ToString(CultureInfo.InvariantCulture));
                }
            }
        }
    }

    private void Box(double x, double top, double bottom, double width, string fill, string edge, string name, string? subscript, string? detail, string ink = "#24292f", bool dashed = false)
    {
        Add($"""<rect x="{x - width / 2}" y="{top - Half}" width="{width}" height="{bottom - top + 2 * Half}" rx="4" fill="{fill}" stroke="{edge}" stroke-width="1.2"{(dashed ? " stroke-dasharray=\"4 2\"" : "")}/>""");
        var y = (top + bottom) / 2;
        Text(x, y + (detail is null ? 4.5 : -1), NameSize, ink, name, subscript);
        if (detail is not null) Text(x, y + 10.5, AngleSize, ink, detail);
    }

    private void Meter(double x, double y, int bit, double bits)
    {
        Add($"""<path d="M{x - 1.4} {y + Half}V{bits - 5}M{x + 1.4} {y + Half}V{bits - 5}" stroke="#57606a" stroke-width="0.9"/><path d="M{x - 4.5} {bits - 7}h9l-4.5 6z" fill="#57606a"/>""");
        Add($"""<rect x="{x - Half}" y="{y - Half}" width="{2 * Half}" height="{2 * Half}" rx="4" fill="#eaeef2" stroke="#57606a" stroke-width="1.2"/>""");
        Add($"""<path d="M{x - 9} {y + 6}a9 9 0 0 1 18 0M{x} {y + 6}l6.5 -11" stroke="#24292f" stroke-width="1.3" fill="none"/>""");
        Text(x + 8, bits - 8, 9, "#57606a", bit.ToString(CultureInfo.InvariantCulture), anchor: "start");
    }

    private void Dot(double x, double y, bool on) => Add($"""<circle cx="{x}" cy="{y}" r="4.2" fill="{(on ? "#24292f" : "#ffffff")}" stroke="#24292f" stroke-width="1.4"/>""");

    private void Plus(double x, double y) => Add($"""<circle cx="{x}" cy="{y}" r="10" fill="#ffffff" stroke="#24292f" stroke-width="1.4"/><path d="M{x - 10} {y}h20M{x} {y - 10}v20" stroke="#24292f" stroke-width="1.4"/>""");

    private void Text(double x, double y, double size, string ink, string text, string? subscript = null, string? anchor = null)
    {
        _svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Round(x)}\" y=\"{Round(y)}\" font-size=\"{size}\" fill=\"{ink}\"");
        if (anchor is not null) _svg.Append(" text-anchor=\"").Append(anchor).Append('"');
        _svg.Append('>').Append(Escaped(text));
        if (subscript is not null) _svg.Append(CultureInfo.InvariantCulture, $"<tspan dy=\"3\" font-size=\"{Round(size * 0.72)}\">{Escaped(subscript)}</tspan>");
        _svg.Append("</text>\n");
    }

    private static double Width(Operation operation)
    {
        var (name, detail) = operation switch
        {
            GateOperation { Gate: { Pauli: not null, IsNamed: false } } rotation => ("RX", string.Join(", ", rotation.Angles.Select(AngleText.Short))),
            GateOperation gate => (Name(gate.Gate.Base ?? gate.Gate), string.Join(", ", gate.Angles.Select(AngleText.Short))),
            ChannelOperation channel => (channel.Name, channel.Channel.Arguments.IsDefaultOrEmpty ? "" : string.Join(", ", channel.Channel.Arguments.Select(a => a.ToString("0.####", CultureInfo.InvariantCulture)))),
            GlobalPhase phase => ("", AngleText.Short(phase.Phase) + AngleText.Short(phase.Phase)),       // it stands beside the dot
            Reset => ("|0⟩", ""),
            Delay delay => ("wait", delay.Duration.ToString()),
            _ => ("", ""),
        };
        var numbers = operation is GateOperation { Targets.Length: > 1 } or ChannelOperation { Qubits.Length: > 1 } or Delay { Qubits.Length: > 1 } ? 12 : 0;
        var condition = operation.Condition is { } given ? Cut(given.ToString()).Length * 9 * LetterWidth : 0;
        return Math.Ceiling(Math.Max(condition, Math.Max(Smallest, 12 + numbers + LetterWidth * Math.Max(NameSize * Cut(name).Length, AngleSize * Cut(detail).Length))));
    }

    private static string Name(Gate gate) => !gate.IsNamed ? Cut(gate.Name) : Names.TryGetValue(gate.Name, out var known) ? known
        : gate.Name.Length > 1 && gate.Name[0] == 'r' ? "R" + gate.Name[1..]
        : gate.Name.Length > 0 ? char.ToUpperInvariant(gate.Name[0]) + gate.Name[1..] : gate.Name;

    private static (string Stem, string? Subscript) Split(string name) =>
        name is "Rx" or "Ry" or "Rz" or "Rxx" or "Ryy" or "Rzz" or "Rzx" ? ("R", name[1..]) : name is "U1" or "U2" or "U3" ? ("U", name[1..]) : (name, null);

    // Blue for rotations that can be trained, green for Clifford and other constant gates, orange for what changes two qubits at once.
    private static (string Fill, string Edge) Colours(Gate gate) => gate.QubitCount - gate.ControlCount > 1 ? ("#fbefff", "#8250df")
        : gate.AngleCount > 0 ? ("#ddf4ff", "#0969da")
        : gate.IsNamed ? ("#dafbe1", "#1a7f37")
        : ("#fff8c5", "#9a6700");

    private static string Cut(string text) => text.Length <= LongestLabel ? text : text[..(LongestLabel - 1)] + "…";

    private static string Escaped(string text) => SecurityElement.Escape(string.Concat(text.Where(c => !char.IsControl(c))));

    private static double Round(double value) => Math.Round(value, 2);

    // Numbers of the picture in hundredths, whatever the culture.
    private void Add(FormattableString markup) =>
        _svg.Append(string.Format(CultureInfo.InvariantCulture, markup.Format, [.. markup.GetArguments().Select(a => a is double number ? Round(number) : a)])).Append('\n');
}

public sealed partial class Circuit
{
    /// <summary>The circuit as SVG: a wire a qubit, qubit 0 on top, time to the right, one double line for all classical bits.</summary>
    /// <param name="width">Where rows are continued below, in pixels.</param>
    /// <remarks>Filled and hollow dots are controls that must be 1 and 0; crosses are swapped qubits; a dashed line to the bits is a condition; small
    /// numbers in a box are the qubits of a gate in its own order; boxes with a dashed edge are channels.</remarks>
    public string DrawSvg(double width = 1000) => double.IsFinite(width) && width >= 100
        ? new CircuitSvg(this, width).ToSvg()
        : throw new ArgumentOutOfRangeException(nameof(width), width, "A drawing is at least 100 pixels wide.");
}
