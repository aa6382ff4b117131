using System.Collections.Immutable;
using System.Globalization;
using QTrain.Circuits;
using QTrain.Formats;

namespace QTrain.Transpilation;

public sealed partial class Target
{
    private const int MostQubits = 10_000, MostAllToAll = 512;

    private static readonly ImmutableArray<string> Shapes = ["line", "ring", "grid", "heavy-hex", "all"];

    /// <summary>IBM's gates since 2021: cx, rz, sx, x.</summary>
    public static ImmutableArray<string> DefaultBasis { get; } = ["cx", "rz", "sx", "x"];

    /// <summary>Qubits in a row, each coupled to the next.</summary>
    /// <param name="qubits">How many.</param>
    /// <param name="basis">Names of native gates; every qubit has those of one, every coupling those of two, in both orders.</param>
    public static Target Line(int qubits, params ImmutableArray<string> basis) =>
        FromCoupling($"line:{qubits}", qubits, Enumerable.Range(0, Math.Max(0, qubits - 1)).Select(q => (q, q + 1)), basis);

    /// <summary>Qubits in a circle.</summary>
    public static Target Ring(int qubits, params ImmutableArray<string> basis) =>
        FromCoupling($"ring:{qubits}", qubits, Enumerable.Range(0, Math.Max(0, qubits)).Select(q => (q, (q + 1) % qubits)).Where(e => e.Item1 != e.Item2), basis);

    /// <summary>Rows × columns, qubit r·columns + c in row r and column c, each coupled to those beside, above and below.</summary>
    public static Target Grid(int rows, int columns, params ImmutableArray<string> basis)
    {
        var edges = new List<(int, int)>();
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
            {
                if (column + 1 < columns) edges.Add((row * columns + column, row * columns + column + 1));
                if (row + 1 < rows) edges.Add((row * columns + column, (row + 1) * columns + column));
            }
        return FromCoupling($"grid:{rows}x{columns}", rows * columns, edges, basis);
    }

    /// <summary>Every qubit coupled to every other.</summary>
    public static Target AllToAll(int qubits, params ImmutableArray<string> basis)
    {
        if (qubits > MostAllToAll) throw new QuantumException($"{qubits} qubits coupled all to all are too many: at most {MostAllToAll}.");
        return FromCoupling($"all:{qubits}", qubits, Enumerable.Range(0, Math.Max(0, qubits)).SelectMany(a => Enumerable.Range(a + 1, qubits - a - 1).Select(b => (a, b))), basis);
    }

    /// <summary>IBM's heavy-hexagon lattices, numbered as IBM numbers them: 127 (Eagle), 133 (Heron r1) or 156 (Heron r2) qubits.</summary>
    /// <exception cref="QuantumException">Another number of qubits.</exception>
    public static Target HeavyHex(int qubits, params ImmutableArray<string> basis)
    {
        // Rows of coupled qubits with four bridges between each and the next; the columns where bridges are shift by two from row to row.
        var (rows, width, first, second) = qubits switch
        {
            127 => (7, 15, 0, 2),
            133 => (7, 15, 0, 2),
            156 => (8, 16, 3, 1),
            _ => throw new QuantumException($"There is no heavy-hex lattice of {qubits} qubits: allowed are 127, 133 and 156."),
        };
        var edges = new List<(int, int)>();
        var place = new Dictionary<(int Row, int Column), int>();
        var next = 0;
        var bridges = new List<(int Bridge, int Column)>();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < width; column++)
            {
                // Eagle lacks the last qubit of the first row and the first of the last.
                if (qubits == 127 && (row == 0 && column == width - 1 || row == rows - 1 && column == 0)) continue;
                place[(row, column)] = next;
                if (place.TryGetValue((row, column - 1), out var left)) edges.Add((left, next));
                next++;
            }
            foreach (var (bridge, column) in bridges) edges.Add((bridge, place[(row, column)]));
            bridges.Clear();
            // Heron r1 ends with bridges that lead nowhere.
            if (row == rows - 1 && qubits != 133) break;
            for (var column = row % 2 == 0 ? first : second; column < width; column += 4)
            {
                edges.Add((place[(row, column)], next));
                bridges.Add((next++, column));
            }
        }
        return FromCoupling($"heavy-hex:{qubits}", qubits, edges, basis);
    }

    /// <summary>A device of given couplings, nothing known of its errors.</summary>
    /// <param name="name">For people.</param>
    /// <param name="qubits">How many.</param>
    /// <param name="coupling">Pairs of qubits; directed gates go from the first to the second.</param>
    /// <param name="basis">Names of native gates; <see cref="DefaultBasis"/> when none is listed.</param>
    /// <param name="isDirected">Whether directed gates such as cx are allowed in the order of each pair only.</param>
    public static Target FromCoupling(string name, int qubits, IEnumerable<(int First, int Second)> coupling, ImmutableArray<string> basis = default, bool isDirected = false)
    {
        ArgumentNullException.ThrowIfNull(coupling);
        if (qubits is < 1 or > MostQubits) throw new QuantumException($"A device of {qubits} qubits cannot be compiled for: allowed are 1 to {MostQubits}.");
        if (basis.IsDefaultOrEmpty) basis = DefaultBasis;
        (int First, int Second)[] pairs = [.. coupling];
        var gates = new List<NativeGate>();
        foreach (var gate in basis)
        {
            var rule = Circuits.Gates.Named(gate);
            if (rule.QubitCount == 1)
                for (var q = 0; q < qubits; q++) gates.Add(new NativeGate(rule.Name, [q]));
            else
                foreach (var (a, b) in pairs)
                {
                    gates.Add(new NativeGate(rule.Name, [a, b]));
                    if (!isDirected && !Symmetric.Contains(rule.Name)) gates.Add(new NativeGate(rule.Name, [b, a]));
                }
        }
        return new Target(name, qubits, gates);
    }

    /// <summary>The device of a description: <c>line:5</c>, <c>ring:8</c>, <c>grid:4x5</c>, <c>heavy-hex:127</c> or <c>all:11</c>.</summary>
    /// <param name="text">The shape and its size.</param>
    /// <param name="basis">Names of native gates; <see cref="DefaultBasis"/> when none is listed.</param>
    /// <exception cref="QuantumException">It is none of these; says what is allowed.</exception>
    public static Target Parse(string text, params ImmutableArray<string> basis)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (shape, size) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        if (!Shapes.Contains(shape))
            throw new QuantumException($"There is no device '{text}'. " + (Nearest.To(shape, Shapes) is { } near ? $"Did you mean '{near}:…'? " : "")
                + "Allowed are line:5, ring:8, grid:4x5, heavy-hex:127 (133, 156) and all:11.");
        if (shape == "grid")
        {
            var times = size.IndexOf('x', StringComparison.Ordinal);
            if (times < 0) throw new QuantumException($"'{text}': write rows times columns, such as grid:4x5.");
            var (rows, columns) = (Size(size[..times]), Size(size[(times + 1)..]));
            if ((long)rows * columns > MostQubits) throw new QuantumException($"'{text}': at most {MostQubits} qubits are allowed.");
            return Grid(rows, columns, basis);
        }
        var count = Size(size);
        return shape switch
        {
            "line" => Line(count, basis),
            "ring" => Ring(count, basis),
            "heavy-hex" => HeavyHex(count, basis),
            _ => AllToAll(count, basis),
        };

        int Size(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostQubits
            ? number
            : throw new QuantumException($"'{text}': '{digits}' is not a number of qubits from 1 to {MostQubits}.");
    }
}
