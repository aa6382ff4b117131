using System.Globalization;
using System.Text;
using QTrain.Problems;

namespace QTrain.Formats.Hamiltonians;

/// <summary>Travelling salesman problems in TSPLIB's form (Reinelt 1991, TSPLIB 95), symmetric and asymmetric.</summary>
/// <remarks>Distances of coordinates are rounded as TSPLIB demands: <c>EUC_2D EUC_3D CEIL_2D MAN_2D MAN_3D MAX_2D MAX_3D GEO ATT</c>; <c>EXPLICIT</c> ones are
/// read in every row and column form of a matrix. City k of the file is city k − 1.</remarks>
internal static class TsplibText
{
    private const int MaxCities = 4000;

    private static readonly string[] Sections = ["NODE_COORD_SECTION", "EDGE_WEIGHT_SECTION", "DISPLAY_DATA_SECTION"];

    private static readonly string[] Keys =
    [
        "NAME", "TYPE", "COMMENT", "DIMENSION", "CAPACITY", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "EDGE_DATA_FORMAT", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE",
    ];

    private sealed record Entry(string Value, int Offset);

    /// <summary>Whether a text begins like one.</summary>
    public static bool Fits(TextSource source) =>
        source.Lines().FirstOrDefault() is [var first, ..] && Keys.Concat(Sections).Contains(first.Text.Split(':')[0].ToUpperInvariant());

    public static (TravellingSalesman Tour, string? Name, string? Description) Read(TextSource source)
    {
        var (head, sections) = Divide(source);
        var n = Dimension(source, head);
        if (head.TryGetValue("TYPE", out var type) && type.Value.ToUpperInvariant().Split(' ')[0] is not ("TSP" or "ATSP"))
            throw source.Fault(type.Offset, $"TYPE is {TextSource.Shown(type.Value)}: problems of type TSP and ATSP are read.");
        if (!head.TryGetValue("EDGE_WEIGHT_TYPE", out var kind)) throw source.Fault(0, "the key EDGE_WEIGHT_TYPE is missing: it says how distances are computed, such as EUC_2D.");
        var distance = string.Equals(kind.Value, "EXPLICIT", StringComparison.OrdinalIgnoreCase) ? Explicit(source, head, sections, n) : OfCoordinates(source, kind, sections, n);
        return (source.At(kind.Offset, () => new TravellingSalesman(distance)), head.GetValueOrDefault("NAME")?.Value, head.GetValueOrDefault("COMMENT")?.Value);
    }

    /// <summary>A problem with its distances written out.</summary>
    public static string Write(TravellingSalesman tour, string? name)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"NAME: {(string.IsNullOrWhiteSpace(name) ? "tour" : name.ReplaceLineEndings(" "))}\nTYPE: {(tour.IsSymmetric ? "TSP" : "ATSP")}\nDIMENSION: {tour.CityCount}\n");
        text.Append("EDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: FULL_MATRIX\nEDGE_WEIGHT_SECTION\n");
        for (var a = 0; a < tour.CityCount; a++)
            text.AppendJoin(' ', Enumerable.Range(0, tour.CityCount).Select(b => tour[a, b].ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        return text.Append("EOF\n").ToString();
    }

    private static (Dictionary<string, Entry> Head, Dictionary<string, List<Token>> Sections) Divide(TextSource source)
    {
        var (head, sections) = (new Dictionary<string, Entry>(), new Dictionary<string, List<Token>>());
        List<Token>? open = null;
        for (var start = 0; start < source.Text.Length;)
        {
            var end = source.Text.IndexOf('\n', start);
            if (end < 0) end = source.Text.Length;
            var words = source.Words(start, end);
            if (words is [var first, ..])
            {
                var name = first.Text.Split(':')[0].ToUpperInvariant();
                if (name is "EOF" or "-1") break;
                if (name.EndsWith("_SECTION", StringComparison.Ordinal))
                {
                    if (!Sections.Contains(name)) throw source.Fault(first, $"the section {name} is not read: only {string.Join(", ", Sections)} are.");
                    if (!sections.TryAdd(name, open = [])) throw source.Fault(first, $"there is a second {name}.");
                }
                else if (Keys.Contains(name))
                {
                    var colon = source.Text.IndexOf(':', start, end - start);
                    var value = colon < 0 ? words is [_, var second, ..] ? second.Offset : end : colon + 1;
                    if (!head.TryAdd(name, new Entry(source.Text[value..end].Trim(), start)) && name != "COMMENT") throw source.Fault(start, $"the key {name} occurs twice.");
                    open = null;
                }
                else if (open is null) throw source.Fault(first, $"'{TextSource.Shown(first.Text)}' is no key of TSPLIB{(Nearest.To(name, Keys) is { } near ? $"; did you mean {near}?" : ".")}");
                else open.AddRange(words);
            }
            start = end + 1;
        }
        return (head, sections);
    }

    private static int Dimension(TextSource source, Dictionary<string, Entry> head)
    {
        if (!head.TryGetValue("DIMENSION", out var dimension)) throw source.Fault(0, "the key DIMENSION is missing: it says how many cities there are.");
        return int.TryParse(dimension.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 2 and <= MaxCities
            ? n
            : throw source.Fault(dimension.Offset, $"DIMENSION must be a whole number from 2 to {MaxCities}, not {TextSource.Shown(dimension.Value)}.");
    }

    private static double[,] OfCoordinates(TextSource source, Entry kind, Dictionary<string, List<Token>> sections, int n)
    {
        var name = kind.Value.ToUpperInvariant();
        var solid = name.EndsWith("3D", StringComparison.Ordinal);
        Func<double[], double[], double> length = name switch
        {
            "EUC_2D" or "EUC_3D" => static (a, b) => Rounded(Euclid(a, b)),
            "CEIL_2D" => static (a, b) => Math.Ceiling(Euclid(a, b)),
            "MAN_2D" or "MAN_3D" => static (a, b) => Rounded(a.Zip(b, (x, y) => Math.Abs(x - y)).Sum()),
            "MAX_2D" or "MAX_3D" => static (a, b) => a.Zip(b, (x, y) => Rounded(Math.Abs(x - y))).Max(),
            "GEO" => Geographical,
            "ATT" => PseudoEuclid,
            _ => throw source.Fault(kind.Offset, $"EDGE_WEIGHT_TYPE {TextSource.Shown(kind.Value)} is not read: EXPLICIT, EUC_2D, EUC_3D, CEIL_2D, MAN_2D, MAN_3D, MAX_2D, MAX_3D, GEO and ATT are."),
        };
        if (!sections.TryGetValue("NODE_COORD_SECTION", out var words)) throw source.Fault(kind.Offset, $"EDGE_WEIGHT_TYPE {name} needs a NODE_COORD_SECTION with the coordinates of every city.");
        var width = solid ? 4 : 3;
        if (words.Count != n * width)
            throw source.Fault(words is [] ? kind.Offset : words[^1].Offset, $"{n} cities of 'number {(solid ? "x y z" : "x y")}' are {n * width} numbers, but NODE_COORD_SECTION holds {words.Count}.");
        var places = new double[n][];
        for (var k = 0; k < n; k++)
        {
            var row = words.GetRange(k * width, width);
            if (!row[0].TryIndex(out var city) || city < 1 || city > n) throw source.Fault(row[0], $"'{TextSource.Shown(row[0].Text)}' is no city: they are numbered 1 to {n}.");
            if (places[city - 1] is not null) throw source.Fault(row[0], $"city {city} has coordinates already.");
            places[city - 1] = [.. row.Skip(1).Select(w => Number(source, w))];
        }
        var distance = new double[n, n];
        for (var a = 0; a < n; a++)
            for (var b = 0; b < a; b++) distance[a, b] = distance[b, a] = length(places[a], places[b]);
        return distance;
    }

    private static double[,] Explicit(TextSource source, Dictionary<string, Entry> head, Dictionary<string, List<Token>> sections, int n)
    {
        if (!head.TryGetValue("EDGE_WEIGHT_FORMAT", out var format)) throw source.Fault(head["EDGE_WEIGHT_TYPE"].Offset, "EDGE_WEIGHT_TYPE EXPLICIT needs EDGE_WEIGHT_FORMAT, such as FULL_MATRIX.");
        // A triangle by columns is the other triangle by rows.
        var (upper, diagonal, full) = format.Value.ToUpperInvariant() switch
        {
            "FULL_MATRIX" => (false, true, true),
            "UPPER_ROW" or "LOWER_COL" => (true, false, false),
            "LOWER_ROW" or "UPPER_COL" => (false, false, false),
            "UPPER_DIAG_ROW" or "LOWER_DIAG_COL" => (true, true, false),
            "LOWER_DIAG_ROW" or "UPPER_DIAG_COL" => (false, true, false),
            _ => throw source.Fault(format.Offset, $"EDGE_WEIGHT_FORMAT {TextSource.Shown(format.Value)} is not read: FULL_MATRIX and UPPER_ROW, LOWER_ROW, UPPER_DIAG_ROW, LOWER_DIAG_ROW and their _COL are."),
        };
        if (!sections.TryGetValue("EDGE_WEIGHT_SECTION", out var words)) throw source.Fault(format.Offset, "EDGE_WEIGHT_TYPE EXPLICIT needs an EDGE_WEIGHT_SECTION.");
        var expected = full ? (long)n * n : (long)n * (n - 1) / 2 + (diagonal ? n : 0);
        if (words.Count != expected)
            throw source.Fault(words is [] ? format.Offset : words[^1].Offset, $"{format.Value} of {n} cities holds {expected} distances, but EDGE_WEIGHT_SECTION holds {words.Count}.");
        var (distance, at) = (new double[n, n], 0);
        for (var row = 0; row < n; row++)
        {
            var first = full ? 0 : upper ? row + (diagonal ? 0 : 1) : 0;
            var end = full || upper ? n : row + (diagonal ? 1 : 0);
            for (var column = first; column < end; column++)
            {
                var value = Number(source, words[at++]);
                if (row == column) continue;        // TSPLIB puts anything there
                if (value < 0) throw source.Fault(words[at - 1], $"the distance {value:R} is negative: distances must be 0 or more.");
                distance[row, column] = value;
                if (!full) distance[column, row] = value;
            }
        }
        return distance;
    }

    private static double Number(TextSource source, Token word) => word.TryNumber(out var value) ? value : throw source.Fault(word, $"'{TextSource.Shown(word.Text)}' is no finite number.");

    private static double Euclid(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());

    private static double Rounded(double value) => Math.Floor(value + 0.5);

    private static double PseudoEuclid(double[] a, double[] b)
    {
        var length = Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum() / 10);
        var rounded = Rounded(length);
        return rounded < length ? rounded + 1 : rounded;
    }

    // TSPLIB's own value of π and radius; degrees are cut off, as the published optima demand.
    private static double Geographical(double[] a, double[] b)
    {
        const double radius = 6378.388;
        var (latitudeA, longitudeA, latitudeB, longitudeB) = (Radians(a[0]), Radians(a[1]), Radians(b[0]), Radians(b[1]));
        var (q1, q2, q3) = (Math.Cos(longitudeA - longitudeB), Math.Cos(latitudeA - latitudeB), Math.Cos(latitudeA + latitudeB));
        return Math.Floor(radius * Math.Acos(0.5 * ((1 + q1) * q2 - (1 - q1) * q3)) + 1);

        static double Radians(double value)
        {
            const double pi = 3.141592;
            var degrees = Math.Truncate(value);
            return pi * (degrees + 5 * (value - degrees) / 3) / 180;
        }
    }
}
