using System.Globalization;
using QTrain.Cli.Terminal;
using QTrain.Devices;

namespace QTrain.Cli.Devices;

/// <summary>A device's map for a terminal: qubits as boxes and couplings as lines, coloured by error; where colours are not wanted, bad ones are marked.</summary>
internal sealed class DeviceMapText
{
    private const int MostColumns = 190;

    private readonly DeviceMap _map;
    private readonly CommandTerminal _terminal;
    private readonly (int Column, int Row)[] _cells;
    private readonly int _box, _stride;
    private readonly Dictionary<(int Row, int Column), (string Text, (int R, int G, int B)? Front, (int R, int G, int B)? Back)> _canvas = [];

    public DeviceMapText(DeviceMap map, CommandTerminal terminal)
    {
        (_map, _terminal) = (map, terminal);
        _box = map.Device.Qubits.Length > 100 ? 3 : 2;
        _stride = _box + 2;
        _cells = Cells(map.Layout);
    }

    /// <summary>Writes the map and its legend; only the legend's reason where the device is too wide for a page.</summary>
    public void Write(TextWriter text)
    {
        if (_map.Device.IsFullyConnected)
        {
            text.WriteLine(_terminal.Dim($"Every one of the {_map.Device.Qubits.Length} qubits is coupled to every other; --svg FILE draws them."));
            return;
        }
        if ((_cells.Max(c => c.Column) + 1) * _stride > MostColumns)
        {
            text.WriteLine(_terminal.Dim("The map is too wide for a terminal: --svg FILE draws it."));
            return;
        }
        foreach (var (pair, error, isDisabled) in _map.Edges) DrawEdge(pair, error, isDisabled);
        for (var q = 0; q < _cells.Length; q++) DrawQubit(q);
        for (var row = 0; row <= _canvas.Keys.Max(k => k.Row); row++)
        {
            var line = new System.Text.StringBuilder();
            var last = _canvas.Keys.Where(k => k.Row == row).Select(k => k.Column).DefaultIfEmpty(-1).Max();
            for (var column = 0; column <= last; column++)
                line.Append(_canvas.TryGetValue((row, column), out var cell) ? Painted(cell.Text, cell.Front, cell.Back) : " ");
            text.WriteLine(line.ToString().TrimEnd());
        }
        text.WriteLine();
        WriteLegend(text);
    }

    private void DrawQubit(int qubit)
    {
        var (column, row) = (_cells[qubit].Column * _stride, _cells[qubit].Row * 2);
        var label = qubit.ToString(CultureInfo.InvariantCulture).PadLeft(_box);
        var value = _map.Values[qubit];
        (int, int, int)? back = value is { } known ? _map.QubitColours.Of(_map.Badness(known)) : null;
        for (var k = 0; k < _box; k++)
            _canvas[(row, column + k)] = (label[k].ToString(), back is { } colour ? (ErrorColours.IsDark(colour) ? (255, 255, 255) : (0, 0, 0)) : (150, 150, 150), back);
        if (_terminal.Colour) return;
        var mark = !_map.Device.Qubits[qubit].IsEnabled ? "×" : value is null ? "?" : IsBad(_map.QubitColours, _map.Badness(value.Value)) ? "!" : null;
        if (mark is not null && !_canvas.ContainsKey((row, column + _box))) _canvas[(row, column + _box)] = (mark, null, null);
        else if (mark is not null) _canvas[(row, column + _box)] = (mark, null, null);
    }

    private void DrawEdge(QubitPair pair, CalibratedValue? error, bool isDisabled)
    {
        var ((ac, ar), (bc, br)) = (_cells[pair.First], _cells[pair.Second]);
        if (ar > br || ar == br && ac > bc) ((ac, ar), (bc, br)) = ((bc, br), (ac, ar));
        (int, int, int)? colour = isDisabled ? (110, 110, 110) : error is { } known ? _map.EdgeColours.Of(known.Value) : (150, 150, 150);
        var isBad = error is { } e && IsBad(_map.EdgeColours, e.Value);
        if (ar == br)
        {
            var glyph = isDisabled ? "×" : error is null ? "·" : !_terminal.Colour && isBad ? "━" : "─";
            for (var x = ac * _stride + _box; x < bc * _stride; x++) Put(ar * 2, x, glyph);
        }
        else if (ac == bc)
        {
            var glyph = isDisabled ? "×" : error is null ? "·" : !_terminal.Colour && isBad ? "┃" : "│";
            for (var y = ar * 2 + 1; y < br * 2; y++) Put(y, ac * _stride + _box - 1, glyph);
        }
        else
        {
            // Between rows that are not in line: a stroke at every line between, where they are near enough to be followed.
            var glyph = isDisabled ? "×" : bc > ac ? "╲" : "╱";
            var (from, to) = (ac * _stride + _box - 1, bc * _stride + _box - 1);
            for (var y = ar * 2 + 1; y < br * 2; y++) Put(y, (int)Math.Round(from + (to - from) * (double)(y - ar * 2) / (2 * (br - ar))), glyph);
        }

        void Put(int row, int column, string glyph) => _canvas[(row, column)] = (glyph, colour, null);
    }

    // The worst third of the scale.
    private static bool IsBad(ErrorColours colours, double value) => value > colours.Low * Math.Pow(colours.High / colours.Low, 2.0 / 3);

    private void WriteLegend(TextWriter text)
    {
        var (qubits, edges) = (_map.QubitColours, _map.EdgeColours);
        var disabled = _map.Edges.Count(e => e.IsDisabled);
        if (_terminal.Colour)
        {
            text.WriteLine($"qubits  {Bar()}  {_map.QubitTitle} {_map.QubitScale(qubits.Low)} to {_map.QubitScale(qubits.High)}");
            if (_map.Edges.Any(e => e.Error is not null)) text.WriteLine($"lines   {Bar()}  {_map.EdgeTitle} {CalibratedValue.Probability(edges.Low)} to {CalibratedValue.Probability(edges.High)}" + (disabled > 0 ? $"; {disabled} disabled (×)" : ""));
            return;
        }
        text.WriteLine($"qubits  ! {_map.QubitTitle} in the worst third of {_map.QubitScale(qubits.Low)} to {_map.QubitScale(qubits.High)} (by logarithm)   ? not known   × disabled");
        if (_map.Edges.Any(e => e.Error is not null))
            text.WriteLine($"lines   ━ ┃ {_map.EdgeTitle} in the worst third of {CalibratedValue.Probability(edges.Low)} to {CalibratedValue.Probability(edges.High)}   · not known   × disabled ({disabled})");
    }

    private string Bar() => string.Concat(Enumerable.Range(0, 24).Select(k => Painted(" ", null, ErrorColours.At(k / 23.0))));

    private string Painted(string text, (int R, int G, int B)? front, (int R, int G, int B)? back)
    {
        if (!_terminal.Colour || front is null && back is null) return text;
        var codes = new List<string>();
        if (front is var (r, g, b)) codes.Add($"38;2;{r};{g};{b}");
        if (back is var (x, y, z)) codes.Add($"48;2;{x};{y};{z}");
        return $"\e[{string.Join(';', codes)}m{text}\e[0m";
    }

    /// <summary>Whole columns and rows: those of the grid; a computed drawing is rounded, each qubit to the free place nearest to its own.</summary>
    private static (int Column, int Row)[] Cells(DeviceLayout layout)
    {
        if (layout.IsGrid)
        {
            var (columns, rows) = (Steps(layout.Places.Select(p => p.X)), Steps(layout.Places.Select(p => p.Y)));
            return [.. layout.Places.Select(p => (columns[p.X], rows[p.Y]))];
        }
        var taken = new HashSet<(int, int)>();
        return [.. layout.Places.Select(p =>
        {
            for (var reach = 0; ; reach++)
            {
                var free = (from dx in Enumerable.Range(-reach, 2 * reach + 1) from dy in Enumerable.Range(-reach, 2 * reach + 1)
                            let cell = ((int)Math.Round(p.X * 1.5) + dx, (int)Math.Round(p.Y * 1.5) + dy)
                            where cell.Item1 >= 0 && cell.Item2 >= 0 && !taken.Contains(cell)
                            orderby Math.Abs(cell.Item1 - p.X * 1.5) + Math.Abs(cell.Item2 - p.Y * 1.5)
                            select cell).Cast<(int, int)?>().FirstOrDefault();
                if (free is not { } found) continue;
                taken.Add(found);
                return found;
            }
        })];
    }

    // Grids of whole steps keep their gaps; other coordinates are numbered in order.
    private static Dictionary<double, int> Steps(IEnumerable<double> values)
    {
        double[] distinct = [.. values.Distinct().Order()];
        var isWhole = distinct.All(v => v == Math.Floor(v)) && distinct[^1] < 400;
        return distinct.Select((v, k) => (v, k)).ToDictionary(x => x.v, x => isWhole ? (int)x.v : x.k);
    }
}
