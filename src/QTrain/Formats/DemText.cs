using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using QTrain.Simulation.Stabilizer;

namespace QTrain.Formats;

/// <summary>The text format of detector error models, <c>.dem</c>.</summary>
/// <remarks>Blocks and shifts are read and written out flat; a suggested decomposition (<c>^</c>) is read as the one error it is.</remarks>
public static class DemText
{
    private const int MaxNesting = 64;
    private const long MaxLines = 10_000_000;
    private const int MaxNumber = 10_000_000;

    /// <summary>Reads a detector error model.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file as the user named it, for messages.</param>
    /// <exception cref="InvalidFileException">The text is not right; says where, what was given and what is allowed.</exception>
    public static DetectorErrorModel Read(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        var reader = new Reader(file, text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n'));
        reader.Run();
        return reader.ToModel();
    }

    /// <summary>The model as text.</summary>
    public static string Write(DetectorErrorModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var text = new StringBuilder();
        foreach (var (probability, detectors, observables) in model.Mechanisms)
        {
            text.Append(CultureInfo.InvariantCulture, $"error({probability:R})");
            foreach (var d in detectors) text.Append(CultureInfo.InvariantCulture, $" D{d}");
            foreach (var l in observables) text.Append(CultureInfo.InvariantCulture, $" L{l}");
            text.Append('\n');
        }
        for (var d = 0; d < model.DetectorCount; d++)
        {
            text.Append("detector");
            if (d < model.Coordinates.Length && !model.Coordinates[d].IsEmpty)
                text.Append('(').AppendJoin(", ", model.Coordinates[d].Select(c => c.ToString("R", CultureInfo.InvariantCulture))).Append(')');
            text.Append(CultureInfo.InvariantCulture, $" D{d}\n");
        }
        if (model.ObservableCount > 0) text.Append(CultureInfo.InvariantCulture, $"logical_observable L{model.ObservableCount - 1}\n");
        return text.ToString();
    }

    private sealed class Reader(string file, string[] lines)
    {
        private readonly Dictionary<SymptomKey, double> _errors = [];
        private readonly SortedDictionary<int, ImmutableArray<double>> _coordinates = [];
        private double[] _offset = [];
        private long _shift;
        private int _detectors;
        private int _observables;
        private long _read;

        // Observables are numbered after all detectors there can be, so that they sort behind them.
        private const int FirstObservable = MaxNumber + 1;

        public void Run()
        {
            var end = Block(0, 0);
            if (end < lines.Length) throw Fault(end, "'}' ends no block: there is no repeat before it that is still open.");
        }

        public DetectorErrorModel ToModel() => new(_detectors, _observables,
            [.. _errors.OrderBy(e => e.Key).Select(e => new ErrorMechanism(e.Value, [.. e.Key.Flipped.Where(f => f < FirstObservable)], [.. e.Key.Flipped.Where(f => f >= FirstObservable).Select(f => f - FirstObservable)]))],
            [.. Enumerable.Range(0, _detectors).Select(d => _coordinates.GetValueOrDefault(d, []))]);

        /// <summary>Reads up to the end of a block, and returns the line of its '}'.</summary>
        private int Block(int first, int depth)
        {
            for (var at = first; at < lines.Length; at++)
            {
                if (++_read > MaxLines) throw TooMany(at);
                var line = lines[at].Split('#')[0].Trim();
                if (line.Length == 0) continue;
                if (line == "}") return at;
                var (name, arguments, targets) = Parts(at, line);
                switch (name)
                {
                    case "error": Error(at, arguments, targets); break;
                    case "detector":
                        foreach (var target in targets)
                        {
                            var d = Detector(at, target);
                            if (arguments.Length > 0) _coordinates[d] = [.. arguments.Select((a, k) => a + _offset.ElementAtOrDefault(k))];
                        }
                        break;
                    case "logical_observable":
                        foreach (var target in targets) Observable(at, target);
                        break;
                    case "shift_detectors":
                        if (targets is not [var by] || !int.TryParse(by, NumberStyles.None, CultureInfo.InvariantCulture, out var shift)) throw Fault(at, "shift_detectors takes one whole number: shift_detectors(0, 1) 8.");
                        _shift = Math.Min(_shift + shift, MaxNumber + 1L);
                        _offset = [.. Enumerable.Range(0, Math.Max(_offset.Length, arguments.Length)).Select(k => _offset.ElementAtOrDefault(k) + arguments.ElementAtOrDefault(k))];
                        break;
                    case "repeat":
                        if (targets is not [var times, "{"] || !long.TryParse(times, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
                            throw Fault(at, "a repeat is written 'repeat 10 {', its block on the following lines, and '}' on a line of its own.");
                        if (depth == MaxNesting) throw Fault(at, $"repeat blocks are nested deeper than {MaxNesting}.");
                        // Refused before it is begun where its own lines are too many; what blocks within it repeat is counted as it is read.
                        var end = at;
                        if (count > MaxLines / Math.Max(1, BodyLength(at))) throw TooMany(at);
                        for (var round = 0L; round < count; round++)
                        {
                            end = Block(at + 1, depth + 1);
                            if (end == lines.Length) throw Fault(at, "the repeat block that begins here does not end: a line '}' is missing.");
                        }
                        at = end;
                        break;
                    default:
                        throw Fault(at, $"there is no instruction '{name}'. Instructions are: error, detector, logical_observable, shift_detectors, repeat.");
                }
            }
            return lines.Length;
        }

        private (string Name, double[] Arguments, string[] Targets) Parts(int at, string line)
        {
            var nameEnd = line.AsSpan().IndexOfAny("[( \t");
            var name = nameEnd < 0 ? line : line[..nameEnd];
            var rest = nameEnd < 0 ? "" : line[nameEnd..];
            if (rest.StartsWith('['))
            {
                var close = rest.IndexOf(']');
                if (close < 0) throw Fault(at, "the tag does not end: ']' is missing.");
                rest = rest[(close + 1)..];
            }
            double[] arguments = [];
            if (rest.StartsWith('('))
            {
                var close = rest.IndexOf(')');
                if (close < 0) throw Fault(at, "the parenthesis is not closed.");
                arguments = [.. rest[1..close].Split(',').Select(a => double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
                    ? value : throw Fault(at, $"'{a.Trim()}' is not a number."))];
                rest = rest[(close + 1)..];
            }
            return (name.ToLowerInvariant(), arguments, rest.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
        }

        private void Error(int at, double[] arguments, string[] targets)
        {
            if (arguments is not [>= 0 and <= 1 and var probability]) throw Fault(at, "an error takes one probability between 0 and 1: error(0.01) D0 D1.");
            int[] flipped = [];
            foreach (var target in targets)
                if (target != "^") flipped = ErrorAnalysis.Sum(flipped, [target.StartsWith('L') ? FirstObservable + Observable(at, target) : Detector(at, target)]);
            if (flipped.Length == 0 || probability == 0) return;
            var before = _errors.GetValueOrDefault(new SymptomKey(flipped));
            _errors[new SymptomKey(flipped)] = before + probability - 2 * before * probability;
        }

        private int Detector(int at, string target)
        {
            var d = Number(at, target, 'D', "a detector such as D5") + _shift;
            if (d > MaxNumber) throw Fault(at, $"{target} is detector {d}: at most {MaxNumber} is read.");
            _detectors = Math.Max(_detectors, (int)d + 1);
            return (int)d;
        }

        private int Observable(int at, string target)
        {
            var l = Number(at, target, 'L', "a logical observable such as L0");
            if (l > MaxNumber) throw Fault(at, $"{target} is too large: observables are numbered up to {MaxNumber}.");
            _observables = Math.Max(_observables, l + 1);
            return l;
        }

        private int Number(int at, string target, char prefix, string expected) =>
            target.StartsWith(prefix) && int.TryParse(target.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number : throw Fault(at, $"'{target}' was found where {expected} is expected.");

        private int BodyLength(int at)
        {
            var depth = 1;
            var line = at + 1;
            for (; line < lines.Length && depth > 0; line++)
            {
                var text = lines[line].Split('#')[0].Trim();
                depth += text == "}" ? -1 : text.EndsWith('{') ? 1 : 0;
            }
            return line - at - 1;
        }

        private InvalidFileException TooMany(int at) => Fault(at, $"more than {MaxLines} lines are to be read once repeat blocks are run: repeat less often.");

        private InvalidFileException Fault(int line, string reason) => new(file, line + 1, 1, reason);
    }
}
